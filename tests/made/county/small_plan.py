"""The smallest plan that is read (最小的规划包): one target of the county, one number."""

SMALL_PLAN = """
id = "small"
title = "题"
issuer = "某市"
date = "2024-03"
period = "2024—2026年"
place = "某市"
source = "转载件"

[[targets]]
id = "T1"
place = "二"
quantity = "学校数"
op = ">="
values = [{ value = 0.5 }]
unit = "所"
scope = "county"
deadline = "2026"
kind = "count"
"""
