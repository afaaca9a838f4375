"""Chapter 04 of the annual evaluation (收敛)."""
