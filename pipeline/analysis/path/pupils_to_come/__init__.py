"""Pupils of the years to come, and what they need (学龄人口推算)."""
