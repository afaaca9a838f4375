"""Chapter 02 of the annual evaluation (总览)."""
