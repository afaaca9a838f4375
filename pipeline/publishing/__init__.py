"""Bind, run, export, publish; knows nothing of education (出版)."""
