"""What is judged for the county (县): items, funding, plans, verdict."""
