"""Chapter 08 (达标路径)."""
