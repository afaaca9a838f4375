"""Chapters bound and executed (装订与执行)."""
