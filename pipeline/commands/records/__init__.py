"""Commands about what was made (成果): records, signatures, clearing up."""
