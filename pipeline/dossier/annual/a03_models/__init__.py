"""Chapter 03 of the annual evaluation (模型)."""
