"""The chapters of a public edition (公开版), as in `notebooks/public`: from public tables alone."""
