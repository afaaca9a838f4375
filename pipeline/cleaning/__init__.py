"""From files to clean tables (清洗)."""
