"""Chapter 07 (规划目标)."""
