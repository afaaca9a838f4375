"""Chapter 05 (经费投入)."""
