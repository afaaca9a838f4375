"""Chapter 90 of the annual evaluation (方法)."""
