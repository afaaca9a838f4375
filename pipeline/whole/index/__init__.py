"""All counties of a year at a glance (总览): from what is published, one line a county."""

PAGE = "index.html"
