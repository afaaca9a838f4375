"""Chapter 06 (差距检验)."""
