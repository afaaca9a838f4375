"""Chapter 05 of the annual evaluation (政策)."""
