"""From a printed figure back to the cells it was made of (溯源).

`asked_figure` finds which figure of the declared tables is meant, `county_figures` what it was made
of, step by step, `school_figures` down to the cells; `traced` is what they answer with.
"""
