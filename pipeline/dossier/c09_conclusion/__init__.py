"""Chapter 09 (综合结论) and the records that go with it."""
