"""Four schools for scenarios (情景): two primary ones, one of nine years, and a junior one."""

from tables import school

A, B, NINE, JUNIOR = "2199000001", "2199000002", "3199000003", "3199000004"
MIXED = "九年一贯制学校"


def rows(**changed: dict) -> list[dict]:
    """Return two primary schools, one of nine years and a junior one; ``changed`` by name."""
    drawn = {"A": school(1), "B": school(2, pupils=500),
             "P": school(3, MIXED, 300, 学段="小学"), "J": school(3, MIXED, 200, 学段="初中"),
             "D": school(4, "初级中学", 600)}
    return [{**row, **changed.get(key, {})} for key, row in drawn.items()]
