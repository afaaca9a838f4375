"""From an executed notebook to paper (排版)."""
