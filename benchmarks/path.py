"""How long the path to compliance of a large county takes (达标路径的用时).

    python benchmarks/path.py [schools]

Made-up counties of 300 schools, two thirds primary, about the thresholds of 教督〔2017〕6号; each
is timed three times and the median is printed, with what the path found.
"""

import sys
import time
from collections import Counter
from fractions import Fraction
from random import Random
from statistics import median

import pandas as pd

from pipeline.analysis.path import Restrictions, path
from pipeline.analysis.path.shortfall import shortfalls
from pipeline.analysis.schools.indicator_values import indicator_values
from pipeline.definitions.standards import Standard, standard
from pipeline.ground.terms import TABLES

CASES = {"充足 rich": (1.6, 0.3, 0), "不均 uneven": (1.2, 0.7, 0), "不足 poor": (0.9, 0.4, 0),
         "含民办 with private": (1.2, 0.7, 0.2)}


def county(schools: int, level: float, spread: float, private: float, pack: Standard, draw: Random
           ) -> pd.DataFrame:
    """Return a schools table; a third of the schools are split and hold shares of assets."""
    rows = []
    for n in range(schools):
        stage, pupils = ("junior" if n % 3 == 2 else "primary"), draw.randint(50, 2000)
        row = {"year": 2023, "stage": stage, "school_code": f"{n:010}", "name": f"{n}校",
               "school_type": "211", "location": draw.choice(["urban", "town", "rural"]),
               "ownership": "private" if draw.random() < private else "public",
               "pupils": pupils, "indoor_sport_area_m2": Fraction(0)}
        for indicator in map(pack.indicator, pack.resource.indicators):
            required = float(pack.threshold(indicator.id, stage)) * pupils / indicator.per
            amount = Fraction(round(required * level * draw.lognormvariate(0, spread)))
            share = Fraction(pupils, pupils + draw.randint(50, 2000))
            mixed = indicator.split and n % 3 == 0
            row[indicator.numerator.plus[0]] = 2 * amount * share if mixed else amount
        rows.append(row)
    return TABLES["schools"].frame(rows)


def seconds(work, *given, **wishes) -> tuple[float, object]:
    """Return the median of three runs, and the last result."""
    times = []
    for _ in range(3):
        begun = time.perf_counter()
        result = work(*given, **wishes)
        times.append(time.perf_counter() - begun)
    return median(times), result


def main() -> None:
    """Time every case and print one line each."""
    count, pack = int(sys.argv[1]) if len(sys.argv) > 1 else 300, standard("cn-2017-06")
    limits = Restrictions(most_out=3, most_in=5)
    print(f"{count} 所学校，七项，两个方案；秒，三次的中位数\n")
    for name, (level, spread, private) in CASES.items():
        schools = county(count, level, spread, private, pack, Random(20170426))
        values = indicator_values(schools, pack)
        ledger, _ = seconds(shortfalls, values, pack)
        whole, found = seconds(path, values, schools, pack)
        limited, _ = seconds(path, values, schools, pack, restrictions=limits)
        states = Counter(found.path["status"])
        moves = sum(n or 0 for n in found.path["moves"])
        print(f"{name}：台账 {ledger:.3f}，全部 {whole:.3f}，每校限人数 {limited:.3f}；"
              f"交流 {moves} 人次，{dict(states)}")


if __name__ == "__main__":
    main()
