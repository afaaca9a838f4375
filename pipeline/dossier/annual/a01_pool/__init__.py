"""Chapter 01 of the annual evaluation (汇总)."""
