"""From clean tables to result tables (测算)."""
