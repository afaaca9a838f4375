"""A mark put into every place where a text can stand reaches no paper, record, table or log.

The marks are identity numbers of a region that does not exist, one a place, so that a leak
names its place. What others may read of the files is looked at on the way.
"""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from openpyxl import Workbook
from pypdf import PdfReader
from tables import found, school, workbook

from pipeline.cleaning.importing import import_county
from pipeline.county import County
from pipeline.definitions.assumptions import read_assumption
from pipeline.ground.errors import WrongUse

UNIT, YEAR = "990777", "2023"
FOLDER = f"{YEAR}/{UNIT}"
ROWS = [school(n) for n in range(1, 4)]
WEIGHTS = [2 ** (17 - n) % 11 for n in range(17)]
LIST = "code,name,province,prefecture,standard,plans,notice\n"
EVIDENCE = '[evidence]\n"{id}" = {{ status = "yes", note = "{note}", document = "{document}" }}\n'
CORRECTED = "文件,工作表,单元格,原值,新值,理由\n学校.xlsx,学校情况,{cell},{old},{new},{reason}\n"


def mark(number: int) -> str:
    """Return an identity number of region 990777 with its check digit."""
    digits = f"99077719700101{number:03}"
    left = sum(int(d) * w for d, w in zip(digits, WEIGHTS, strict=True)) % 11
    return digits + "0123456789X"[(12 - left) % 11]


def book(change=lambda book: None) -> Workbook:
    """Return the county's workbook with a change made to it."""
    made = workbook([row | {"备注": None} for row in ROWS])
    change(made)
    return made


def cell(place: str, text: str):
    return lambda book: book.active.__setitem__(place, text)


def below(*texts: str):
    return lambda book: book.active.append(texts)


def another(title: str, *rows: tuple, hidden: bool = False):
    """Return the change that adds a sheet."""
    def change(book: Workbook) -> None:
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
        sheet.sheet_state = "hidden" if hidden else "visible"
    return change


def files(table: Workbook | None = None, name: str = "学校.xlsx", listed: str = "某县,某省,某市",
          notice: str = "", **further: str) -> dict[str, object]:
    """Return the county's files: path in the raw folder → workbook or text."""
    given = {"counties.csv": f"{LIST}{UNIT},{listed},cn-2017-06,,{notice}\n",
             f"{FOLDER}/{name}": table or book()}
    return given | {f"{FOLDER}/{path.replace('_', '.')}": text for path, text in further.items()}


def corrected(cell: str = "S2", old: str = "", new: str = "无", reason: str = "核对") -> dict:
    return files(book(), corrections_csv=CORRECTED.format(cell=cell, old=old, new=new,
                                                          reason=reason))


# place → the county's files with the mark there; what the gate calls the place
PLACES = {
    "an unused column": lambda m: files(book(cell("R3", f"见{m}"))),
    "a school's name": lambda m: files(book(cell("B3", f"甲校{m}"))),
    "a township": lambda m: files(book(lambda b: (cell("R1", "乡镇")(b), cell("R2", m)(b)))),
    "a header": lambda m: files(book(cell("S1", m))),
    "a rounded number": lambda m: files(book(cell("R3", float(m[:15] + "000")))),
    "a hidden sheet": lambda m: files(book(another("隐藏", (m,), hidden=True))),
    "the name of a sheet": lambda m: files(book(another(f"表{m}", ("说明",)))),
    "the links of schools": lambda m: files(book(another(
        "学校对照", ("学校标识码", "原标识码", "归属学校标识码"), ("2199000001", m, None)))),
    "the county's facts": lambda m: files(book(another(
        "县级数据", ("项目", "数值", "单位"), ("常住人口", m, "人")))),
    "the file's name": lambda m: files(name=f"学校{m}.xlsx"),
    "the name of a file not read": lambda m: files(**{f"签字{m}_pdf": "x"}),
    "a corrected value": lambda m: corrected("R2", "", m),
    "the reason of a correction": lambda m: corrected("H2", "400", "401", f"据{m}改"),
    "the sheet of a correction": lambda m: files(corrections_csv=CORRECTED.replace(
        "学校情况", m).format(cell="H2", old="400", new="401", reason="核对")),
    "a value of county.toml": lambda m: files(
        county_toml=f'[facts]\n"常住人口" = {{ "数值" = "{m}", "单位" = "人" }}\n'),
    "a number of county.toml": lambda m: files(
        county_toml=f'[facts]\n"常住人口" = {{ "数值" = {m[:17]}1, "单位" = "1.1E17" }}\n'),
    "a key of county.toml": lambda m: files(
        county_toml=f'[facts]\n"{m}" = {{ "数值" = "1", "单位" = "人" }}\n'),
    "a table of county.toml": lambda m: files(county_toml=f'[{m}]\nx = 1\n'),
    "a note of evidence.toml": lambda m: files(
        evidence_toml=EVIDENCE.format(id="G1", note=f"联系{m}", document="某文")),
    "a document of evidence.toml": lambda m: files(
        evidence_toml=EVIDENCE.format(id="G1", note="", document=f"某文{m}")),
    "an item of evidence.toml": lambda m: files(
        evidence_toml=EVIDENCE.format(id=m, note="", document="")),
    "the county's name": lambda m: files(listed=f"某县{m},某省,某市"),
    "the prefecture's name": lambda m: files(listed=f"某县,某省,{m}"),
    "the notice of the county": lambda m: files(notice=m),
}


def county(folder: Path, given: dict) -> County:
    """Write the files and open the county."""
    for name, content in given.items():
        path = folder / "raw" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, str):
            path.write_text(content, encoding="utf-8")
        else:
            content.save(path)
    return County.open(UNIT, int(YEAR), raw=str(folder / "raw"), processed=str(folder / "made"))


def told(imported) -> str:
    """Return every letter of every table that an import gives."""
    return "".join(frame.to_csv() for frame in imported.tables.values())


@pytest.mark.parametrize("drop", [False, True], ids=["refused", "dropped"])
@pytest.mark.parametrize("place", PLACES)
def test_a_mark_in_any_place_is_refused_or_dropped_and_told_by_nobody(tmp_path, place, drop):
    opened = county(tmp_path, PLACES[place](mark(1)))
    imported = import_county(opened, drop)
    assert "990777197001" not in told(imported) + str(opened.info)
    assert found(imported, "privacy.dropped" if drop else "privacy.found")
    assert not found(imported, "privacy.found" if drop else "privacy.dropped")
    assert drop or imported.refused


SIGNED = {
    "in one cell": ("填表人：王小明  审核人：李大海  联系电话：13812345678  填报日期：9月20日",),
    "label and content in turn": ("填表人", "王小明", "审核人", "李大海", "电话", "0431-85551234"),
    "in cells of their own": ("单位负责人（签字）：赵六", None, "填 表 人：王小明", "13812345678"),
    "a date in cells of its own": ("填表人：王小明", "2023", "年", "9", "月", "20", "日"),
    "behind the bureau": ("某县教育局", "制表：王小明", "2023-09-20")}


@pytest.mark.parametrize("above", [False, True], ids=["below", "above"])
@pytest.mark.parametrize("line", SIGNED)
def test_a_line_of_who_filled_it_in_refuses_nobody_and_is_recorded_without_its_content(
        tmp_path, line, above):
    def change(made: Workbook) -> None:
        if above:
            made.active.insert_rows(1, 1)
        row = 1 if above else made.active.max_row + 2
        for n, text in enumerate(SIGNED[line], 1):
            made.active.cell(row, n, text)
        made.active.merge_cells(start_row=row, end_row=row, start_column=7, end_column=9)
    imported = import_county(county(tmp_path, files(book(change))))
    (finding,) = found(imported, "privacy.form_line")
    assert not imported.refused and len(imported.schools) == len(ROWS)
    assert finding["severity"] == "clean" and finding["action"] == "该行不读入"
    assert not any(text in told(imported) for text in ("王小明", "李大海", "赵六", "1381", "8555"))


@pytest.mark.parametrize("place", ["A3", "B3", "C3"])
def test_a_school_whose_row_names_a_person_is_no_such_line_and_not_lost(tmp_path, place):
    given = files(book(cell(place, "联系电话：13812345678")))
    refused = import_county(county(tmp_path, given))
    assert refused.refused and not found(refused, "privacy.form_line")
    assert [(f["row"], f["column"], f["action"]) for f in found(refused, "privacy.found")] == [
        (3, place[0], "该列有1格")]
    dropped = import_county(county(tmp_path, given), True)
    assert dropped.refused or len(dropped.schools) == len(ROWS)


def test_a_number_that_a_correction_takes_out_refuses_nobody(tmp_path):
    given = corrected("R2", mark(1), "") | {f"{FOLDER}/学校.xlsx": book(cell("R2", mark(1)))}
    imported = import_county(county(tmp_path, given))
    assert not imported.refused and mark(1) not in told(imported)


def test_an_assumption_with_a_number_is_refused_without_it():
    with pytest.raises(WrongUse) as fault:
        read_assumption(f"close={mark(1)}")
    assert mark(1) not in str(fault.value)


def everything(folder: Path) -> str:
    """Return every byte of every file below a folder, names and the text of PDF included."""
    said = []
    for path in folder.rglob("*"):
        said.append(path.name)
        if path.is_file():
            said.append(path.read_bytes().decode("utf-8", "replace"))
        if path.suffix == ".pdf":
            said += [page.extract_text() for page in PdfReader(path).pages]
    return "".join(said)


def run(folder: Path, *options: str) -> subprocess.CompletedProcess:
    """Make the county's dossier below the folder."""
    return subprocess.run(
        [sys.executable, "-m", "pipeline", "run", UNIT, "--year", YEAR, "--raw", folder / "raw",
         "--out", folder / "out", "--processed", folder / "made", "--workers", "1", *options],
        capture_output=True, text=True, timeout=600, check=False)


@pytest.mark.slow
def test_a_whole_dossier_and_a_refused_one_hold_no_mark_and_are_for_nobody_else(tmp_path):
    marks = [mark(number) for number in range(9)]
    table = book(lambda b: (cell("R1", "乡镇")(b), cell("R2", marks[0])(b), cell("S3", marks[1])(b),
                            another(f"表{marks[2]}", ("说明",))(b),
                            below(f"填表人：{marks[3]}")(b)))
    given = files(
        table, f"学校{marks[4]}.xlsx", notice=marks[5],
        evidence_toml=EVIDENCE.format(id="G1", note=marks[6], document=marks[6]),
        county_toml=f'[facts]\n"{marks[7]}" = {{ "数值" = "1", "单位" = "人" }}\n',
        corrections_csv=CORRECTED.replace("学校.xlsx", f"学校{marks[4]}.xlsx").format(
            cell="H2", old="400", new="401", reason=marks[8]))
    county(tmp_path, given)
    refused = run(tmp_path)
    assert refused.returncode == 1 and "个人信息" in refused.stdout + refused.stderr
    made = run(tmp_path, "--drop-personal")
    assert made.returncode == 0, made.stdout + made.stderr
    said = "".join((refused.stdout, refused.stderr, made.stdout, made.stderr,
                    *(everything(tmp_path / name) for name in ("out", "made"))))
    assert re.findall("9907771970.{8}", said) == []
    dossier = tmp_path / "out" / YEAR / UNIT
    dropped = (dossier / "findings.json").read_text("utf-8").count('"privacy.dropped"')
    assert dropped == len(marks) - 1 + 2  # but the line of the form; two marks stand twice
    assert f"{FOLDER}/第4个文件.xlsx" in (dossier / "manifest.json").read_text("utf-8")
    modes = {path: path.stat().st_mode & 0o027 for name in ("out", "made")
             for path in (tmp_path / name, *(tmp_path / name).rglob("*"))}
    assert [path.name for path, mode in modes.items() if mode] == []
