"""The catalogue of evidence: every item and every school, the file's hash, what is missing."""

import hashlib
from io import BytesIO

import openpyxl
import pytest
from handing_in import DAY, JUNIOR, PAPER, PRIMARY, made, three
from tables import YEAR, found, imported, school, workbook as schools_book

from pipeline.analysis.evaluate import evaluated
from pipeline.analysis.schools.indicator_values import blank_variables
from pipeline.county import EVIDENCE, County
from pipeline.definitions.indicators import indicators
from pipeline.definitions.standards import standard
from pipeline.dossier.c04_government import open_sentences, open_table
from pipeline.dossier.c90_appendix import CATALOGUE_TABLES, catalogue_workbook
from pipeline.ground.terms import records
from pipeline.publishing.chapter_parameters import Parameters
from pipeline.publishing.records.manifest import causes

ASKED = [*(f"R{n}" for n in range(1, 8)), *(item.id for item in standard("cn-2017-06").items),
         *(f"V{n}" for n in range(1, 8)), "E1"]
SHEETS = ["还缺的材料", "全县指标", "规划目标", "分校材料", "文件清单", "说明"]


def workbook(given) -> bytes:
    tables, county = given
    return catalogue_workbook({name: tables[name] for name in CATALOGUE_TABLES}, county)


def rows(data, sheet) -> list[dict]:
    head, *lines = openpyxl.load_workbook(BytesIO(data))[sheet].iter_rows(min_row=3,
                                                                          values_only=True)
    return [dict(zip(head, (cell or "" for cell in line), strict=True)) for line in lines]


def handed(folder, files: dict[str, bytes], evidence, schools=None):
    """Return the county with these documents in its folder."""
    place = folder / "raw" / str(YEAR) / "990101" / EVIDENCE
    for name, content in files.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(content)
    return made(folder, schools or PRIMARY, evidence=evidence)


@pytest.fixture(scope="module")
def counties(tmp_path_factory):
    return three(tmp_path_factory.mktemp("catalogue"))


@pytest.mark.parametrize("name", ["known", "missing", "primary"])
def test_every_item_stands_in_it_and_the_bytes_are_the_same_twice(counties, name):
    data = workbook(counties[name])
    assert openpyxl.load_workbook(BytesIO(data)).sheetnames == SHEETS
    assert [row["编号"] for row in rows(data, "全县指标")] == ASKED
    assert workbook(counties[name]) == data


def test_of_a_county_that_proves_everything_only_the_files_are_missing(counties):
    lines = {row["编号"]: row for row in rows(workbook(counties["known"]), "全县指标")}
    assert (lines["G1"]["材料名称"], lines["G1"]["文号"]) == (PAPER, "县政发〔2023〕1号")
    assert lines["G1"]["日期"] == DAY and lines["V1"]["填报"] == "无此情况"
    assert {id for id, row in lines.items() if row["还缺"] == "文件未附"} == {
        id for id, row in lines.items() if row["材料名称"]}


def test_what_is_missing_is_listed_and_is_never_met(counties):
    data = workbook(counties["missing"])
    lines = rows(data, "全县指标")
    asked = {row["编号"]: row["还缺"] for row in lines}
    assert asked["G1"] == asked["V3"] == "未提交" and "缺" in asked["G7"] and "R4" in str(
        [row["还缺"] for row in rows(data, "分校材料")])
    assert asked["G8"].endswith("；未提交") and asked["G8"].startswith("数据：")
    open_ = {row["编号"] for row in lines if row["结论"] == "待核"}
    listed = {row["编号"] for row in rows(data, "还缺的材料")}
    assert open_ <= listed and not {r["编号"] for r in lines if r["结论"] == "达标"} & {
        row["编号"] for row in lines if row["还缺"] == "未提交"}


ALIKE = [school(2), school(3), *JUNIOR]
FIELD, INDOOR = {"运动场地面积(㎡)": None}, {"室内体育用房面积(㎡)": None}
NINE = [school(6, "九年一贯制学校", 学段=zh) | FIELD for zh in ("小学", "初中")]


# 初中一校空白；小学已使R5未达标；空白的学校本身已未达标；拆分的学校还须有各学段在校生数
@pytest.mark.parametrize(("schools", "status", "wanted"), [
    ([*ALIKE[:2], ALIKE[2] | INDOOR], "undetermined", "补填甲4校的室内体育用房面积"),
    ([ALIKE[0] | {"运动场地面积(㎡)": 0}, ALIKE[1], ALIKE[2] | INDOOR], "not_met",
     "补填甲4校的室内体育用房面积"),
    ([ALIKE[0] | {"教学仪器设备值(万元)": 0} | FIELD, *ALIKE[1:]], "undetermined",
     "补填甲2校的运动场地面积"),
    ([ALIKE[0] | FIELD | INDOOR, ALIKE[1] | FIELD | INDOOR, ALIKE[2] | INDOOR], "undetermined",
     "补填甲2校、甲3校的运动场地面积、室内体育用房面积；补填甲4校的室内体育用房面积"),
    ([*ALIKE, *NINE], "undetermined",
     "补填甲6校（小学部）、甲6校（初中部）的运动场地面积（按学段拆分，还须有各学段在校生数）")])
def test_schools_without_data_are_listed_with_the_blank_columns_whatever_the_verdict(
        tmp_path, schools, status, wanted):
    tables, county = made(tmp_path, schools)
    [row] = [r for r in records(tables["judgements"]) if r["id"] == "R5"]
    assert (row["status"], row["evidence"]) == (status, f"学校数据表：{wanted}")
    given = tables["judgements"], tables["indicators"], county
    listed = {cells[0].text: cells[3].text for cells in open_table(*given).rows}
    assert listed["R5"] == row["evidence"] and "R1" not in listed
    judged = open_sentences(*given).paragraphs[0].partition("已有结论、仍有学校缺数据的")[2]
    assert ("R5" in judged) == (status == "not_met")
    lines = {r["编号"]: r["还缺"] for r in rows(workbook((tables, county)), "全县指标")}
    assert "所缺此项数据（甲" in lines["R5"] and lines["R1"] == ""


@pytest.mark.parametrize(("id", "school", "reported", "blank"), [
    ("R5", {"field_area_m2": 1}, {"field_area_m2", "indoor_sport_area_m2"},
     ["indoor_sport_area_m2"]),
    ("R5", {"indoor_sport_area_m2": 1}, {"indoor_sport_area_m2", "sports_venue_area_m2"},
     ["sports_venue_area_m2"]),
    ("R5", {}, set(), ["field_area_m2", "indoor_sport_area_m2"]),
    ("R4", {"teaching_area_m2": 2, "indoor_sport_area_m2": 1}, {"teaching_area_m2"}, []),
    ("C4", {"math_score": 1}, {"math_score"}, ["read_score"])])
def test_the_blank_variables_are_those_of_the_form(id, school, reported, blank):
    assert blank_variables(school, indicators()[id], reported) == blank


def test_schools_stand_one_by_one_in_the_one_order(counties):
    lines = rows(workbook(counties["missing"]), "分校材料")
    assert list(dict.fromkeys(row["学校"] for row in lines)) == ["甲2校", "甲3校", "甲1校", "甲4校"]
    first = {row["编号"]: row["还缺"] for row in lines if row["学校"] == "甲2校"}
    assert first["R1—R7"] == "缺R4的数据" and first["G4"] == "" and first["G5"] == "缺数据"
    assert first["Q3"] == "未提交"
    known = rows(workbook(counties["known"]), "分校材料")
    assert {row["还缺"] for row in known if row["编号"] == "Q3"} == {
        f"本校的没有单独列出；县级汇总：{PAPER}"}


# 所列材料 → 文件夹中的文件名：认不认作该材料
@pytest.mark.parametrize(("document", "file", "same"), [
    ("布局规划.pdf", "布局规划.pdf", True), ("布局规划", "布局规划.PDF", True),
    ("布局规划.pdf", "布局规划（修订）.pdf", False), ("布局规划", "学校布局规划.pdf", False),
    ("示政办〔2023〕9号", "G2/示政办〔2023〕9号 关于统一标准的通知.pdf", True),
    ("示政办〔2023〕9号", "示政办〔2023〕19号.pdf", False),
    ("关于统一标准的通知（示政办〔2023〕9号）", "示政办〔2023〕9号.pdf", True)])
def test_a_file_is_the_document_by_its_name_or_its_number(tmp_path, document, file, same):
    row = {"id": "G1", "status": "yes", "date": DAY, "document": document, "note": ""}
    [line] = [r for r in rows(workbook(handed(tmp_path, {file: b"x"}, [row])), "全县指标")
              if r["编号"] == "G1"]
    assert line["文件散列值（SHA-256）"] == (hashlib.sha256(b"x").hexdigest() if same else "")
    assert line["还缺"] == ("" if same else "文件未附")
    assert line["结论"] == "达标"


def test_files_that_serve_nothing_or_are_the_same_are_told(tmp_path):
    row = {"id": "G1", "status": "yes", "date": DAY, "document": "甲.pdf", "note": ""}
    lines = rows(workbook(handed(
        tmp_path, {"甲.pdf": b"x", "乙.pdf": b"x", "丙.pdf": b"y"}, [row])), "文件清单")
    assert [(r["文件"].rpartition("/")[2], r["用于"], r["备注"]) for r in lines] == [
        ("丙.pdf", "", "目录没有列出"),
        ("乙.pdf", "", "目录没有列出"), ("甲.pdf", "G1", f"与 {lines[1]['文件']} 内容相同")]


def test_a_document_is_never_read_as_a_table_and_changes_the_run(tmp_path):
    def why():
        return causes(County.open("990101", YEAR, raw=str(tmp_path / "raw"),
                                  processed=str(tmp_path)), Parameters(unit="990101", year=YEAR))

    read = imported(tmp_path, PRIMARY)
    before = why()
    place = tmp_path / "raw" / str(YEAR) / "990101" / EVIDENCE
    place.mkdir(parents=True)
    (place / "汇总.xlsx").write_bytes(b"no workbook")
    again = imported(tmp_path, PRIMARY)
    assert not again.refused and found(again, "file.skipped") == found(read, "file.skipped") == []
    [row] = records(again.evidence_files)
    assert row["file"].endswith("汇总.xlsx") and row["bytes"] == 11
    first = why()
    (place / "汇总.xlsx").write_bytes(b"another one")
    assert "evidence_files" not in before and first["evidence_files"] != why()["evidence_files"]
    assert first.keys() - before.keys() == {"evidence_files"}


def test_a_link_among_the_documents_has_no_hash_and_is_told(tmp_path):
    place = tmp_path / "raw" / str(YEAR) / "990101" / EVIDENCE
    place.mkdir(parents=True)
    (place / "甲.pdf").symlink_to(tmp_path / "elsewhere.pdf")
    read = imported(tmp_path, [*PRIMARY, *JUNIOR])
    [row] = records(read.evidence_files)
    assert row["sha256"] == "" and row["fault"] and len(found(read, "evidence.unread")) == 1


def test_a_document_whose_name_holds_a_persons_number_refuses_the_county(tmp_path):
    place = tmp_path / "raw" / str(YEAR) / "990101" / EVIDENCE
    place.mkdir(parents=True)
    (place / "11010519491231002X.pdf").write_bytes(b"x")
    read = imported(tmp_path, [school(1)])
    assert read.refused and "11010519491231002X" not in str(records(read.evidence_files))


def answered(folder, *papers, files=()):
    """Return the findings, judgements and catalogue of a county whose sheet of evidence says so."""
    book = schools_book([school(n, pupils=400) for n in (1, 2)])
    page = book.create_sheet("佐证材料")
    for line in (("编号", "状态", "说明", "日期", "文件", "学校标识码"), *papers):
        page.append(line)
    for name in files:
        place = folder / "raw" / str(YEAR) / "990101" / EVIDENCE / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(name.encode())
    read = imported(folder, book)
    county = County.open("990101", YEAR, raw=str(folder / "raw"), processed=str(folder))
    known = {**read.tables, "standard": county.standard, "year": YEAR, "years": [YEAR],
             "code": county.code, "plans": [], "reference_day": county.reference_day}
    tables = evaluated(known, ["judgements", "evidence_catalogue", "compliance"])
    states = {row["id"]: row for row in records(tables["judgements"])}
    return read, states, {(row["学校标识码"], row["编号"]): row
                          for row in rows(workbook((tables, county)), "分校材料")}


def paper(id, status, code="", document="甲校章程.pdf"):
    return (id, status, "", DAY, document, code)


ONE, TWO = "2199000001", "2199000002"


def test_a_schools_own_paper_stands_beside_the_school_and_does_not_answer_for_the_county(tmp_path):
    read, states, of_schools = answered(tmp_path, paper("Q3", "符合", ONE),
                                        files=[f"{ONE}/甲校章程.pdf"])
    assert not read.refused and states["Q3"]["status"] == "undetermined"
    mine, other = of_schools[ONE, "Q3"], of_schools[TWO, "Q3"]
    assert (mine["材料名称"], mine["日期"], mine["填报"], mine["还缺"]) == (
        "甲校章程.pdf", DAY, "符合", "")
    assert mine["文件"].endswith(f"{ONE}/甲校章程.pdf") and other["还缺"] == "未提交"


@pytest.mark.parametrize("code", [ONE, "2199000009"])
def test_what_one_school_denies_the_county_cannot_affirm(tmp_path, code):
    read, states, _ = answered(tmp_path, paper("Q3", "符合"), paper("Q3", "不符合", code))
    assert states["Q3"]["status"] == "not_met" and "不符合" in states["Q3"]["reason"]
    assert ("甲1校" if code == ONE else code) in states["Q3"]["reason"]
    assert len(found(read, "evidence.school")) == (code != ONE)


def test_a_file_of_the_same_name_is_a_schools_by_its_code_or_name_in_the_path(tmp_path):
    files = ["甲1校/章程.pdf", "章程.pdf"]
    _, _, of_schools = answered(tmp_path, *(paper("Q3", "符合", c, "章程.pdf") for c in (ONE, TWO)),
                                files=files)
    assert of_schools[ONE, "Q3"]["文件"].endswith("甲1校/章程.pdf")
    assert "没有写是哪所学校的" in of_schools[TWO, "Q3"]["还缺"]
