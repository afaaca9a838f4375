"""What a newcomer adds is files only: none that is there is edited (a copy of the project)."""

import hashlib
import json
import os
import shutil
import subprocess
import sys

import nbformat
import pypdf
import pytest

from pipeline.definitions.base import ROOT

PROVINCE = '''
id = "xx-2026"
extends = "cn-2017-06"
title = "某省县域义务教育优质均衡发展督导评估实施方案"
document = "某政教督〔2026〕1号"
source = "某省实施方案正文"

[resource]
indicators = ["R1", "R2", "R3", "R4", "R5", "R6", "R7", "R8"]
clause = "某省实施方案 第三条"
source = "某省实施方案正文"

[thresholds.R8]
primary = 0.1
junior = 0.15
verified = true
clause = "某省实施方案 第三条"
source = "某省实施方案正文"
'''
INDICATOR = '''
id = "R8"
name = "computers_per_pupil"
zh = "生均计算机台数"
short = "计算机"
unit = "台/生"
per = 1
decimals = 2
split = true
clause = "某省实施方案 第三条"
source = "某省实施方案正文"

[numerator]
plus = ["computers"]

[denominator]
variable = "pupils"
'''
PLAN = '''
id = "some-county-2026"
title = "某某县义务教育优质均衡行动方案"
issuer = "某某县人民政府"
date = "2026-01"
period = "2026—2028年"
place = "某省某某县"
source = "某某县人民政府网站"

[[targets]]
id = "XX01"
place = "二"
quantity = "新建学校"
op = ">="
values = [{ value = 3 }]
unit = "所"
stage = "义务教育"
scope = "county"
deadline = "2028"
kind = "count"
'''
LAYOUT = '''
id = "some-county"
zh = "某某县学校装备统计表"
sheet = "装备"
code_pattern = '[0-9]{10}'
constants = { stage = "primary", school_type = "211", location = "urban", ownership = "public" }

columns = [
  { variable = "school_code", headers = ["校码"], required = true },
  { variable = "name", headers = ["校"], required = true },
  { variable = "pupils", headers = ["在读人数"], required = true, unit = "人" },
  { variable = "books", headers = ["藏书"], required = true, unit = "册" },
]
'''
CHECK = '''
id = "books-many"
severity = "refuse"
confirmable = true
table = "schools"
of = "books"
op = "<="
to = "15 * pupils"
rule = "图书册数不超过学生数的15倍"
remedy = "请核对图书册数"
source = "本县"
'''
TABLE = "校码,校,在读人数,藏书\n2199000001,甲校,100,500\n2199000002,乙校,300,4500\n"

CHAPTER_MODULE = '''\
"""A chapter of its own: how many pupils each school has."""

from pipeline.dossier.printing.drawing import Picture
from pipeline.dossier.printing.exhibit import Cell, Field, Figure, PrintedTable
from pipeline.dossier.printing.plot_panel import Panel, grid, names, padded
from pipeline.dossier.printing.style import DARK
from pipeline.ground.terms import records

__all__ = ["pupil_chart", "pupil_table"]


def pupil_table(schools, county):
    """List the schools by the number of their pupils."""
    rows = sorted(records(schools), key=lambda school: -school["pupils"])
    return PrintedTable(
        "pupil_table", f"{county.name}各校学生数", (Field("学校", align="left"), Field("学生数")),
        tuple((Cell(s["name"]), Cell(str(s["pupils"]), value=s["pupils"])) for s in rows),
        "学校数据表", "人")


def pupil_chart(schools, county):
    """Draw the pupils of each school as a point."""
    rows, picture = records(schools), Picture(2.0)
    (box,) = grid(picture, [60], [30])
    panel = Panel(picture, box, names([s["name"] for s in rows]),
                  padded([s["pupils"] for s in rows]))
    panel.points([(n, s["pupils"]) for n, s in enumerate(rows)], colour=DARK)
    return Figure("pupil_chart", f"{county.name}各校学生数图", "各校学生数", "学校数据表", picture)
'''
CHAPTER = [
    ("code", "parameters", 'unit = "990102"\nyear = 2012\nstandard = ""\ndrop_personal = False\n'
     'raw = "data/raw"\nprocessed = "data/processed"\npool = ""'),
    ("code", "setup", "from pipeline.county import County\n"
     "from pipeline.dossier import c85_pupils as chapter\n"
     "from pipeline.dossier.printing.exhibit import draw, show\n\n"
     "county = County.open(unit, year, standard, raw, processed)"),
    ("markdown", "", "# 各校学生数\n\n见[[pupil_table]]和[[pupil_chart]]。"),
    ("code", "", 'schools = county.load("schools")\n'
     "show(chapter.pupil_table(schools, county))\n"
     "draw(chapter.pupil_chart(schools, county))"),
]

FORMAT = '''\
"""Plain text: the headings, paragraphs and captions."""

from pipeline.publishing.paper.exporting import PaperExporter
from pipeline.publishing.paper.markdown import plain


class Exporter(PaperExporter):
    """``--formats txt``."""

    export_from_notebook = "均衡卷宗 纯文字"
    output_mimetype = "text/plain"

    def written(self, document):
        """Return the text of a document."""
        lines = [document["cover"]["title"]]
        for block in document["front"] + document["body"]:
            match block["type"]:
                case "heading":
                    lines.append(block["number"] + block["text"])
                case "paragraph":
                    lines.append(plain(block["runs"]))
                case "table" | "figure":
                    lines.append(block["label"] + block["caption"])
        return "\\n".join(lines).encode()
'''

STANDARD_SAYS = '''
from fractions import Fraction
from pipeline.analysis.schools.balance import balance
from pipeline.analysis.schools.compliance import compliance
from pipeline.analysis.schools.indicator_values import indicator_values
from pipeline.definitions.standards import standard
from pipeline.ground.terms import TABLES
pack = standard("xx-2026")
asked = ("qualified_teachers", "backbone_teachers", "pe_art_teachers", "teaching_area_m2",
         "field_area_m2", "equipment_value_yuan", "multimedia_rooms")
schools = TABLES["schools"].frame([
    {"year": 2026, "stage": "primary", "school_code": str(n), "name": str(n), "pupils": 100,
     "school_type": "211", "location": "town", "ownership": "public", "computers": Fraction(n),
     "indoor_sport_area_m2": Fraction(0), **dict.fromkeys(asked, Fraction(10**6))}
    for n in (8, 12)])
found = indicator_values(schools, pack)
judged = compliance(found, schools, pack)
coefficient = balance(found, schools, pack).set_index(["stage", "indicator"])
said = [list(judged["met"]), coefficient.loc[("primary", "R8"), ["cv", "status"]].tolist()]
'''
PLAN_SAYS = '''
from pipeline.definitions.targets.plans import plans
said = [target.id for target in plans()["some-county-2026"].targets]
'''
LAYOUT_SAYS = '''
from pathlib import Path
from pipeline.cleaning.importing import import_county
from pipeline.county import County
county = County.open("990101", 2026, standard="ref-worked-example",
                     raw=str(Path("given").absolute()), processed=str(Path("made").absolute()))
found = import_county(county)
found.require_accepted()
said = found.schools[["school_code", "pupils", "books"]].astype(str).values.tolist()
'''
CHECK_SAYS = '''
from pathlib import Path
from pipeline.cleaning.importing import import_county
from pipeline.county import County
from pipeline.whole.listings.inventory import listing
county = County.open("990101", 2026, standard="ref-worked-example",
                     raw=str(Path("given").absolute()), processed=str(Path("made").absolute()))
found = import_county(county)
said = [found.refused, [[row["code"], row["row"], row["action"]]
                        for row in found.findings.to_dict("records")
                        if row["code"] == "books-many"],
        [line for line in listing("checks") if line.startswith("books-many")]]
'''
BOOKS = "school,pupils,books\n小学1,300,4499\n小学2,300,4500\n小学3,300,4501\n"
STUDY = (ROOT / "data" / "studies" / "beijing.toml").read_text("utf-8").replace(
    'id = "beijing"', 'id = "some-2026"', 1)
STUDY_SAYS = f'''
from pipeline.annual_evaluation import Annual
from pipeline.whole.pooling import pool
found = pool(Annual.open("some-2026", 2025, raw={str(ROOT / "data" / "raw" / "beijing")!r}))
said = len(set(found["panel"]["unit"]))
'''
COUNTY_SAYS = '''
from pipeline.cleaning.importing import import_county
from pipeline.county import County
found = import_county(County.open("110101", 2026, "ref-worked-example"))
said = [found.refused, len(found.schools)]
'''
ANALYSIS = (ROOT / "data" / "analyses" / "cn-school-gaps.toml").read_text("utf-8").replace(
    'id = "cn-school-gaps"', 'id = "own-2026"', 1)
ASKING = '''
id = "asking-2026"
extends = "cn-2017-06"
title = "县域义务教育优质均衡发展督导评估办法"
document = "教督〔2017〕6号"
source = "同原标准，检验方案另写"
analysis = "own-2026"
'''
ANALYSIS_SAYS = '''
from pipeline.definitions.standards import standard
found = standard("asking-2026")
said = [len(found.models), found.registration.name, found.registration.released]
'''
CHECK_FINDS = [
    True, [["books-many", 4, "小学3“图书册数”4501册、“在校生数”300人（第4行B列）：图书册数不超过"
            "学生数的15倍"]],
    ["books-many  拒收：图书册数不超过学生数的15倍"]]
CHANGES = {
    "a province's standard with an eighth indicator": (
        {"data/indicators/R8.toml": INDICATOR, "data/standards/xx-2026.toml": PROVINCE},
        STANDARD_SAYS, [[7, 8], ["0.2", "met"]]),
    "a plan": ({"data/plans/some-county-2026.toml": PLAN}, PLAN_SAYS, ["XX01"]),
    "a layout": ({"data/layouts/some-county.toml": LAYOUT}, LAYOUT_SAYS,
                 [["2199000001", "100", "500"], ["2199000002", "300", "4500"]]),
    "a check": ({"data/rules/checks/books-many.toml": CHECK}, CHECK_SAYS, CHECK_FINDS, BOOKS),
    "an analysis": ({"data/analyses/own-2026.toml": ANALYSIS,
                     "data/standards/asking-2026.toml": ASKING}, ANALYSIS_SAYS,
                    [7, "own-2026", False]),
    "a study": ({"data/studies/some-2026.toml": STUDY}, STUDY_SAYS, 16),
    "a county": ({"data/raw/2026/110101_东城区.csv": BOOKS.replace("4501", "450")},
                 COUNTY_SAYS, [False, 3]),
}


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    place = tmp_path_factory.mktemp("copy")
    for name in ("pipeline", "data", "notebooks"):
        shutil.copytree(ROOT / name, place / name, ignore=shutil.ignore_patterns(
            "__pycache__", "raw", "processed"))
    shutil.copytree(ROOT / "data" / "raw" / "2012", place / "data" / "raw" / "2012")
    shutil.copy(ROOT / "requirements.lock", place)
    return place


def hashes(place) -> dict[str, str]:
    """Return path → sha256 of the program and its definitions, not of what runs have made."""
    return {path.relative_to(place).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in place.rglob("*") if path.is_file()
            and not {"__pycache__", "reports", "processed"} & {*path.parts}}


def notebook(cells) -> str:
    """Return a chapter of cells: kind, tag or none, source."""
    new = {"code": nbformat.v4.new_code_cell, "markdown": nbformat.v4.new_markdown_cell}
    return nbformat.writes(nbformat.v4.new_notebook(cells=[
        new[kind](source, metadata={"tags": [tag]} if tag else {}, id=f"85-{number:02d}")
        for number, (kind, tag, source) in enumerate(cells)]))


def added(copy, files: dict[str, str], *command, cwd) -> str:
    """Add files to the copy, run its Python, and return what it prints; nothing there changed."""
    before = hashes(copy)
    for name, text in files.items():
        assert name not in before
        (copy / name).parent.mkdir(exist_ok=True)
        (copy / name).write_text(text, "utf-8")
    ran = subprocess.run([sys.executable, *command], cwd=cwd, capture_output=True, text=True,
                         env=os.environ | {"PYTHONPATH": str(copy)}, timeout=200)
    assert ran.returncode == 0, ran.stderr
    after = hashes(copy)
    assert {name: after[name] for name in before} == before
    return ran.stdout


@pytest.mark.parametrize("change", CHANGES)
def test_a_definition_is_added_as_files_and_none_is_edited(copy, change, tmp_path):
    files, program, expected, *table = CHANGES[change]
    given = tmp_path / "given" / "2026"
    given.mkdir(parents=True)
    (given / "990101_某某县.csv").write_text(*(table or [TABLE]), "utf-8")
    program = f"import json\n{program}\nprint(json.dumps(said))"
    assert json.loads(added(copy, files, "-c", program, cwd=tmp_path)) == expected
    print(f"{change}: {len(files)} file(s), none edited")


@pytest.mark.slow
def test_a_chapter_with_a_table_and_a_figure_is_added_as_files_and_none_is_edited(copy):
    files = {"pipeline/dossier/c85_pupils/__init__.py": CHAPTER_MODULE,
             "notebooks/county/85_pupils.ipynb": notebook(CHAPTER)}
    added(copy, files, "-m", "pipeline", "run", "990102", "--year", "2012", cwd=copy)
    pages = pypdf.PdfReader(copy / "reports" / "2012" / "990102" / "dossier.pdf").pages
    lines = "\n".join(page.extract_text() for page in pages).split("\n")
    titles = [line.replace("\u3000", " ") for line in lines
              if line.endswith(("各校学生数", "数图"))]
    assert [title.split(" ")[0] for title in titles] == ["十二、各校学生数", "表4", "图3"]
    print(f"a chapter with one table and one figure: {len(files)} file(s), none edited")


@pytest.mark.slow
def test_a_format_is_added_as_one_file_and_none_is_edited(copy):
    files = {"pipeline/publishing/formats/txt.py": FORMAT}
    ask = ("-m", "pipeline", "run", "990102", "--year", "2012", "--formats", "txt")
    added(copy, files, *ask, cwd=copy)
    folder = copy / "reports" / "2012" / "990102"
    lines = (folder / "dossier.txt").read_text("utf-8").split("\n")
    assert "二、数据来源、口径与清洗" in lines and any(line.startswith("表1") for line in lines)
    listed = {o["file"]: o for o in json.loads((folder / "manifest.json").read_text())["outputs"]}
    content = (folder / "dossier.txt").read_bytes()
    assert listed["dossier.txt"] == {"file": "dossier.txt", "bytes": len(content),
                                     "sha256": hashlib.sha256(content).hexdigest()}
    assert "沿用" in added(copy, {}, *ask, cwd=copy)
    print(f"a format: {len(files)} file(s), none edited")
