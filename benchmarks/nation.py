"""How long the coefficients of a whole nation take (全国各县差异系数的用时和内存).

    python benchmarks/nation.py [schools years]

Made-up school sections, two thirds primary, in counties of 70, all seven indicators: amounts
lognormal about the threshold. Prints seconds of the clock and of CPU, the peak memory, and how
many verdicts were reckoned again in rationals.
"""

import resource
import sys
import time

import numpy as np

from pipeline.analysis.annual.national_coefficients import Sections, national_coefficients
from pipeline.definitions.standards import standard

_MIB = 2**20 if sys.platform == "darwin" else 2**10  # macOS counts bytes, Linux KiB
_COUNTY, _PARTS, _SEED = 70, 10_000, 20170426


def nation(schools: int, years: int, pack) -> Sections:
    """Return the sections of so many schools in so many years, in no order."""
    draw = np.random.default_rng(_SEED)
    rows = schools * years
    school, year = np.divmod(draw.permutation(rows), years)
    stage = np.where(school % 3 == 2, "junior", "primary")
    pupils = draw.integers(20, 2500, rows)
    amounts = {}
    for id in pack.resource.indicators:
        level = np.where(school % 3 == 2, *(float(pack.threshold(id, s)) for s in
                                            ("junior", "primary")))
        amounts[id] = np.rint(draw.lognormal(0.3, 0.45, rows) * level * pupils * _PARTS
                              ).astype(np.int64)
    return Sections(school // _COUNTY, 2014 + year, stage, pupils, amounts,
                    dict.fromkeys(amounts, _PARTS))


def main() -> None:
    """Time one pass."""
    schools, years = map(int, sys.argv[1:3]) if len(sys.argv) > 2 else (200_000, 10)
    pack = standard("cn-2017-06")
    sections = nation(schools, years, pack)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _MIB
    clock, cpu = time.perf_counter(), time.process_time()
    found = national_coefficients(sections, pack)
    clock, cpu = time.perf_counter() - clock, time.process_time() - cpu
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _MIB
    print(f"{schools:,} 所学校 × {years} 年，{len(found):,} 个差异系数："
          f"{clock:.1f} 秒（CPU {cpu:.1f}）；内存峰值 {after:.0f} MiB，"
          f"其中造数据时已用 {before:.0f} MiB；以有理数重算 {int(found['exact'].sum())} 个")


if __name__ == "__main__":
    main()
