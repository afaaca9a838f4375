"""Targets of plans (规划目标): the documents, and how each target is computed."""
