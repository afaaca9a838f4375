"""How anything is printed (印法): exhibits, numbers, style, strokes, words that chapters share."""
