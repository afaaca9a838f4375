"""Chapter 03 (校际均衡)."""
