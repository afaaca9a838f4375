"""Funding and outcome gaps between the schools of a county (差距检验)."""
