"""Sentences, tables and figures of the annual evaluation (年度评价)."""
