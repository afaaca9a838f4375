"""Targets of a prefecture (市级目标), judged by its counties' own tables added up."""
