"""What one county costs beside how many others in a shared table (多县合表), and a nation's intake.

    python benchmarks/shared.py                    counties of 60 schools; 500 to 32,000 rows
    python benchmarks/shared.py 174000             one table of so many rows, all of its counties
    python benchmarks/shared.py 174000 100         one county in so many

Made-up schools in one csv. Printed are seconds of CPU, of children too: looking through what has
come in, and the import of a county, the least of many.
"""

import csv
import resource
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from statistics import median

from pipeline.cleaning.importing import import_county
from pipeline.county import County
from pipeline.ground.readiness import make_ready, mark_child
from pipeline.whole.intake import arrivals

_MIB = 2**20 if sys.platform == "darwin" else 2**10  # macOS counts bytes, Linux KiB
_SCHOOLS, _YEAR = 60, 2023
_ROUNDS = 40
_SIZES = (500, 2_000, 8_000, 32_000)
_LIST = "code,name,province,prefecture,standard,plans,notice"
_HEAD = ["学校标识码", "学校名称", "统计三级", "办学类型", "城乡类型", "小学在校生数（人）",
         "高于规定学历教师数（人）", "县级及以上骨干教师数（人）", "体育、艺术专任教师数（人）",
         "教学及辅助用房面积（㎡）", "室内体育用房面积（㎡）", "体育运动场馆面积（㎡）",
         "教学仪器设备值（万元）", "网络多媒体教室数（间）", "在编教师数（人）"]


def _school(number: int) -> list:
    """Return a row of a primary school; amounts turn with the number, none is out of range."""
    pupils = 240 + number * 37 % 700
    return [f"2198{number:06d}", f"造的第{number}小学", f"县{number // _SCHOOLS}", "小学",
            "农村", pupils, pupils // 16, pupils // 80, pupils // 90, pupils * 6, pupils // 2 + 90,
            pupils * 8, round(pupils * 0.21, 2), pupils // 40, pupils // 17]


def made(raw: Path, rows: int) -> list[str]:
    """Write a table of so many schools and the list of its counties; return their codes."""
    (raw / str(_YEAR)).mkdir(parents=True)
    codes = [f"98{n:04d}" for n in range(-(-rows // _SCHOOLS))]
    lines = [f"{code},县{n},某省,某市,cn-2017-06,,造的" for n, code in enumerate(codes)]
    (raw / "counties.csv").write_text("\n".join([_LIST, *lines, ""]), "utf-8")
    with (raw / str(_YEAR) / "全国学校.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([_HEAD, *map(_school, range(rows))])
    return codes


def _cpu() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def _cost(county: County) -> float:
    begun = _cpu()
    import_county(county)
    return _cpu() - begun


def looked_through(place: Path, rows: int) -> list[County]:
    """Make a table of so many rows, look through it, print what that costs; return the counties."""
    codes = made(place / "raw", rows)
    begun = _cpu()
    came = arrivals(place / "raw", _YEAR, place / "work", kept=place / "kept")
    intake = _cpu() - begun
    if came.problems:
        raise SystemExit("；".join(came.problems))
    counties = [County.open(code, _YEAR, "", str(place / "raw"), known=came.known.about(code))
                for code in codes]
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / _MIB
    print(f"{rows:>8,} 行、{len(codes):,} 县：收件 {intake:.2f} 秒，内存峰值 {peak:.0f} MiB",
          flush=True)
    return counties


def one_county(place: Path) -> None:
    """Print what the import of one county costs beside so many rows: the sizes in turn, since
    the machine's speed drifts, the least of every size, and that beside the smallest table."""
    counties = {rows: looked_through(place / str(rows), rows)[3] for rows in _SIZES}
    costs: dict[int, list[float]] = {rows: [] for rows in _SIZES}
    for _ in range(_ROUNDS):
        for rows, county in counties.items():
            costs[rows].append(_cost(replace(county)))  # it asks its files anew
    first = min(costs[_SIZES[0]])
    for rows, found in costs.items():
        print(f"{rows:>8,} 行：导入一县 {min(found):.4f} 秒，{min(found) / first:.2f} 倍；"
              f"中位数 {median(found):.4f} 秒")


def main() -> None:
    """Measure the sizes, or one table with all of its counties."""
    mark_child()
    make_ready()
    with tempfile.TemporaryDirectory(prefix="junheng-benchmark-") as name:
        if not sys.argv[1:]:
            one_county(Path(name))
            return
        rows, step = map(int, [*sys.argv[1:], "1"][:2])
        costs = [_cost(county) for county in looked_through(Path(name), rows)[::step]]
        print(f"导入 {len(costs):,} 县共 {sum(costs):.1f} 秒")


if __name__ == "__main__":
    main()
