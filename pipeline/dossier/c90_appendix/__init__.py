"""Chapter 90 (附录)."""
