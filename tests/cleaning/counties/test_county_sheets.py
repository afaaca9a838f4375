"""The county's own sheets and files: facts, evidence, classes, rooms, monitoring."""

from datetime import date, datetime
from fractions import Fraction

import pytest
from tables import YEAR, found, imported, refusals, school, table, workbook

from pipeline.analysis.county.county_data import county_data
from pipeline.analysis.county.item_verdicts import judge_item
from pipeline.county import County
from pipeline.definitions.base import DATA
from pipeline.definitions.standards import standard
from pipeline.dossier.c01_cleaning.sources import source_table

F = Fraction
ITEMS = {item.id: item for item in standard("cn-2017-06").items}
BANDS = ["25人及以下", "26—30人", "31—35人", "36—40人", "41—45人", "46—50人", "51—55人", "56—60人",
         "61—65人", "66人及以上"]
HOW = pytest.mark.parametrize("how", ["sheet", "toml"])


def book(*schools, **sheets):
    """Return a workbook of schools with further sheets, each a list of rows."""
    made = workbook(list(schools) or [school(1)])
    for title, rows in sheets.items():
        sheet = made.create_sheet(title)
        for line in (rows[0].keys(), *(row.values() for row in rows)):
            sheet.append(list(line))
    return made


def received(folder, *schools, toml=None, **sheets):
    """Import a county with these sheets, and these texts as county.toml or evidence.toml."""
    for name, text in (toml or {}).items():
        place = folder / "raw" / str(YEAR) / "990101"
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{name}.toml").write_bytes(text if isinstance(text, bytes) else text.encode())
    return imported(folder, book(*schools, **sheets))


def fact(name, value, unit) -> dict:
    return {"项目": name, "数值": value, "单位": unit}


def facts(result) -> dict:
    return dict(zip(result.facts["variable"], result.facts["value"], strict=True))


def paper(id, status="符合", note="", date="2023-11-20", document="某政办〔2023〕1号") -> dict:
    return {"编号": id, "状态": status, "说明": note, "日期": date, "文件": document}


def answered(how, id, status="符合", code="yes", date="2023-11") -> dict:
    """Return one line of evidence, in the sheet or in the file."""
    text = f'[evidence.{id}]\nstatus = "{code}"\ndocument = "函"\ndate = "{date}"\n'
    sheet = {"佐证材料": [paper(id, status, date=date)]}
    return sheet if how == "sheet" else {"toml": {"evidence": text}}


UNPROVED = table("""
    status | date    | document | lacking
    符合   | 2023-11 | 函       |
    符合   |         | 函       | 日期
    符合   | 2023-11 |          | 文件
    符合   |         |          | 日期和文件
    不符合 |         |          |
    待核   |         |          |
""")


@pytest.mark.parametrize("line", UNPROVED)
@HOW
def test_a_yes_without_day_or_document_is_open_and_the_check_says_so(line, how, tmp_path):
    code = {"符合": "yes", "不符合": "no", "待核": "unknown"}[line["status"]]
    text = (f'[evidence.G1]\nstatus = "{code}"\ndocument = "{line["document"]}"\n'
            f'date = "{line["date"]}"\n')
    of_sheet = paper("G1", line["status"], date=line["date"], document=line["document"])
    given = {"佐证材料": [of_sheet]} if how == "sheet" else {"toml": {"evidence": text}}
    result = received(tmp_path, **given)
    said = [(f["severity"], f["action"]) for f in found(result, "evidence.unproved")]
    lacking = line["lacking"]
    assert said == ([("warn", f"编号 G1 没有写明{lacking}，判为待核")] if lacking else [])
    status = judge_item(ITEMS["G1"], county_data(result.tables, YEAR)).status
    assert (status == "met") == (line["status"] == "符合" and not lacking)


def test_papers_that_lack_the_same_are_told_once(tmp_path):
    rows = [paper("G1", date=""), paper("G2", date=""), paper("V1", "无此情况", document="")]
    said = [f["action"] for f in found(received(tmp_path, 佐证材料=rows), "evidence.unproved")]
    assert said == ["编号 G1、G2 没有写明日期，判为待核",
                    "编号 V1 没有写明文件，判为待核"]


def test_every_sheet_that_was_read_is_listed_with_its_cells(tmp_path):
    toml = '[evidence.G2]\nstatus = "no"\n'
    result = received(tmp_path, 佐证材料=[paper("G1")], 班额=[bands(**{"36—40人": 2})],
                      专用教室=[dict.fromkeys(("学校标识码", "学校名称", "教室类别",
                                           "教室面积(㎡)"))],
                      toml={"evidence": toml})
    listed = {(row.file, row.sheet): row.cells for row in result.sheets.itertuples()}
    book = f"{YEAR}/990101_甲县.xlsx"
    assert listed == {(book, "学校情况"): None, (book, "佐证材料"): 4, (book, "班额"): 13,
                      (book, "专用教室"): 0, (f"{YEAR}/evidence.toml", ""): 1}
    printed = source_table(result.cells, result.sheets, County.open("990101", YEAR))
    rows = [tuple(cell.text for cell in row) for row in printed.rows]
    assert [(row[2], row[3], row[4]) for row in rows] == [
        ("专用教室", "0", "—"), ("佐证材料", "4", "—"), ("学校情况", "14", "1"),
        ("班额", "13", "—"), ("—", "1", "—")]


def bands(code="2199000001", stage="小学", **classes) -> dict:
    known = {"学校标识码": code, "学校名称": "甲1校", "学段": stage}
    return known | dict.fromkeys(BANDS, 0) | classes


def monitored(header="校际差异率(%)", gap=12, **more) -> dict:
    return {"监测年份": 2023, "年级": "四年级", "学科": "数学", "水平等级": "Ⅲ", header: gap} | more


@pytest.mark.parametrize("row", table("""
    item                   | value     | unit  | key                       | base
    特殊教育学校公用经费   | 85.6      | 万元  | special_ed_operating_yuan | 856000
    特殊教育学校公用经费   | 856       | 千元  | special_ed_operating_yuan | 856000
    一般公共预算教育支出   | 0.1       | 亿元  | education_budget_yuan     | 10000000
    公务员年平均工资收入   | 9.87654   | 万元  | civil_servant_income_yuan | 98765.4
    专任教师总数           | 1,234     | 人    | full_time_teachers        | 1234
    社会认可度             | 84.99     | %     | recognition_pct           | 84.99
    社会认可度             | 0.8499    | 比率  | recognition_pct           | 84.99
    通过国家基本均衡认定年份 | 2014    | 年    | basic_balance_year        | 2014
    交流轮岗教师数         | 0         | 人    | rotated_teachers          | 0
"""), ids=lambda row: f"{row['item']}{row['unit']}")
@HOW
def test_a_figure_is_read_in_its_own_unit_exactly(tmp_path, row, how):
    line = fact(row["item"], row["value"], row["unit"])
    text = f'[facts."{row["item"]}"]\n"数值" = "{row["value"]}"\n"单位" = "{row["unit"]}"\n'
    given = {"县级数据": [line]} if how == "sheet" else {"toml": {"county": text}}
    result = received(tmp_path, **given)
    assert facts(result) == {row["key"]: F(row["base"])} and not result.refused


@pytest.mark.parametrize(("line", "code"), [
    (fact("特殊教育学校公用经费", 856000, "人"), "header.unit"),
    (fact("特殊教育学校公用经费", 856000, None), "header.unit"),
    (fact("专任教师总数", 1234, "万元"), "header.unit"),
    (fact("专任教师总数", 12.5, "人"), "cell.fraction"),
    (fact("专任教师总数", -1, "人"), "cell.negative"),
    (fact("专任教师总数", "约一千", "人"), "cell.text"),
    (fact("社会认可度", 101, "%"), "cell.percent"),
    (fact("社会认可度", 92, "比率"), "cell.percent"),
    (fact("在校生数", 1234, "人"), "fact.unknown"), (fact("教师工资", 9, "万元"), "fact.unknown"),
    (fact("目标Z99", 9, "所"), "fact.unknown")])
def test_a_wrong_unit_value_or_item_is_refused_and_its_cell_is_named(tmp_path, line, code):
    result = received(tmp_path, 县级数据=[fact("适龄残疾儿童少年数", 9, "人"), line])
    assert code in refusals(result) and list(facts(result)) == ["disabled_children"]
    places = {(f["file"], f["sheet"], f["row"]) for f in found(result, code)}
    assert places == {("2023/990101_甲县.xlsx", "县级数据", 3)}


@pytest.mark.parametrize("value", [None, " ", "-", "—"])
@pytest.mark.parametrize("unit", ["人", None])
def test_a_blank_or_a_dash_is_a_figure_not_handed_in(tmp_path, value, unit):
    rows = [fact("专任教师总数", value, unit), fact("适龄残疾儿童少年数", 9, "人")]
    result = received(tmp_path, 县级数据=rows)
    assert not result.refused and facts(result) == {"disabled_children": 9}


def test_a_target_of_a_plan_is_filled_in_under_its_number(tmp_path):
    result = received(tmp_path, 县级数据=[fact("H14", 3, "年"), fact("z19", 400, "所")])
    assert facts(result) == {"H14": 3, "Z19": 400} and not result.refused


def test_rows_of_targets_that_no_plan_has_or_of_another_unit_never_cost_the_county(tmp_path):
    rows = [fact("专任教师总数", 9, "人"), fact("Z99", 9, "所"), fact("Z19", 400, "元"),
            fact("Z05", "9.5万个", None), fact("CX17", 3000000, "元")]
    result = received(tmp_path, 县级数据=rows)
    assert facts(result) == {"full_time_teachers": 9, "Z05": 95000, "CX17": 300}
    assert not result.refused
    assert [(f["sheet"], f["row"]) for f in found(result, "target.aside")] == [
        ("县级数据", 3), ("县级数据", 4)]


def test_a_target_filled_in_twice_and_differently_is_set_aside_alone(tmp_path):
    rows = [fact("H14", v, "年") for v in (2, 3)] + [fact("Z19", 400, "所")]
    result = received(tmp_path, 县级数据=rows, 佐证材料=[
        paper("H00", "符合"), paper("H00", "不符合"), paper("CX88", "符合")])
    assert not result.refused and facts(result) == {"Z19": 400} and result.evidence.empty
    assert len(found(result, "target.aside")) == 3


def test_one_item_given_twice_with_different_figures_is_refused(tmp_path):
    assert received(tmp_path, 县级数据=[fact("社会认可度", v, "%") for v in (84, 86)]).refused


def test_the_figures_of_two_years_are_kept_apart(tmp_path):
    (tmp_path / "raw" / "2022").mkdir(parents=True)
    for year, value in ((2022, 90), (YEAR, 80)):
        note = paper("G1", note=str(year), date=f"{year}-11-20")
        made = book(县级数据=[fact("社会认可度", value, "%")], 佐证材料=[note])
        made.save(tmp_path / "raw" / "2022" / "990101_甲县.xlsx") if year == 2022 else None
    result = imported(tmp_path, made)
    given = {year: county_data(result.tables, year) for year in (2022, YEAR)}
    assert {y: d.facts["recognition_pct"] for y, d in given.items()} == {2022: 90, YEAR: 80}
    assert {y: d.evidence["G1"]["note"] for y, d in given.items()} == {2022: "2022", YEAR: "2023"}


@pytest.mark.parametrize(("id", "status", "read"), [
    ("G1", "符合", "yes"), ("g1", "不符合", "no"), ("Q3", "待核", "unknown"),
    ("V1", "无此情况", "absent"), ("v7", "有此情况", "present"), ("H00", "符合", "yes")])
def test_evidence_is_read_by_its_wording(tmp_path, id, status, read):
    result = received(tmp_path, 佐证材料=[paper(id, status)])
    assert result.evidence[["id", "status"]].values.tolist() == [[id.upper(), read]]
    assert not result.refused


@pytest.mark.parametrize(("id", "status", "code"), [
    ("V1", "符合", "yes"), ("V1", "不符合", "no"), ("G1", "无此情况", "absent"),
    ("G1", "有此情况", "present"), ("G1", "通过", "passed"), ("G99", "符合", "yes")])
@HOW
def test_an_answer_is_in_the_words_of_its_item_or_veto(tmp_path, id, status, code, how):
    result = received(tmp_path, **answered(how, id, status, code))
    assert result.refused and result.evidence.empty


@pytest.mark.parametrize("given", [
    "2023-11-20", "2023年11月20日", "2023/11/20", "2023.11.20", date(2023, 11, 20),
    datetime(2023, 11, 20)])
def test_a_date_may_be_written_in_any_usual_way(tmp_path, given):
    result = received(tmp_path, 佐证材料=[paper("G1", date=given)])
    assert list(result.evidence["date"]) == ["2023-11-20"] and not result.refused


@pytest.mark.parametrize("given", ["去年冬天", "2023-13-01", "2023-02-30", "20231320"])
@HOW
def test_what_is_no_date_is_refused(tmp_path, given, how):
    assert received(tmp_path, **answered(how, "G1", date=given)).refused


def test_a_row_without_a_state_is_evidence_not_handed_in(tmp_path):
    result = received(tmp_path, 佐证材料=[paper("G1", None, "布局规划", None, None), paper("G2")])
    assert not result.refused and list(result.evidence["id"]) == ["G2"]


def test_a_note_that_begins_with_a_word_for_totals_does_not_lose_its_row(tmp_path):
    result = received(
        tmp_path, 佐证材料=[paper("Q3", note="全县各校均已制定章程")],
        县级数据=[fact("公务员年平均工资收入", 9, "万元") | {"说明": "平均数，税前"}])
    assert list(result.evidence["id"]) == ["Q3"]
    assert facts(result) == {"civil_servant_income_yuan": 90000}


@pytest.mark.parametrize(("name", "text"), [
    ("county", "[facts\n"), ("county", b"\xff\xfe[facts]"), ("county", "facts = 5\n"),
    ("county", '[facts]\n"社会认可度" = 92\n'), ("county", '[fact."社会认可度"]\n"数值" = 9\n'),
    ("evidence", "[evidence]\nG1 = yes\n"), ("evidence", '[evidence]\nG1 = "yes"\n'),
    ("evidence", '[evidence]\nG1 = { document = "函" }\n'), ("evidence", "evidence = []\n")])
def test_a_toml_file_that_is_not_as_described_is_refused(tmp_path, name, text):
    assert received(tmp_path, toml={name: text}).refused


def test_both_toml_files_and_the_sheets_are_read_together(tmp_path):
    files = {"county": '[facts."社会认可度"]\n"数值" = 92.5\n"单位" = "%"\n',
             "evidence": '[evidence.V1]\nstatus = "absent"\ndocument = "函"\ndate = 2023-11-20\n'}
    lines = {"县级数据": [fact("专任教师总数", 9, "人")], "佐证材料": [paper("G1")]}
    result = received(tmp_path, toml=files, **lines)
    assert not result.refused
    assert facts(result) == {"full_time_teachers": 9, "recognition_pct": F("92.5")}
    assert set(zip(result.evidence["id"], result.evidence["date"], strict=True)) == {
        ("G1", "2023-11-20"), ("V1", "2023-11-20")}


def test_the_example_in_the_shipped_county_file_can_be_used_as_it_stands(tmp_path):
    lines = (DATA / "raw" / "2023" / "410105" / "county.toml").read_text("utf-8").splitlines()
    example = "\n".join(line.removeprefix("# ") for line in lines if line[:3] in ('# [', '# "'))
    result = received(tmp_path, toml={"county": example})
    assert facts(result) == {"recognition_pct": F("92.5")} and not result.refused


def test_class_bands_are_read_by_their_headers(tmp_path):
    row = bands(**{"41—45人": 6, "46—50人": 1, "66人及以上": 2})
    row = {{"25人及以下": "25人以下", "26—30人": "26-30人"}.get(k, k): v for k, v in row.items()}
    result = received(tmp_path, 班额=[row])
    read = {(r["lowest"], r["highest"]): r["classes"]
            for r in result.class_sizes.to_dict("records")}
    assert not result.refused and len(read) == 10
    assert {k: v for k, v in read.items() if v} == {(41, 45): 6, (46, 50): 1, (66, 999): 2}


@pytest.mark.parametrize("blank", BANDS[5:])
def test_a_blank_band_above_the_limit_is_open_and_no_zero(tmp_path, blank):
    result = received(tmp_path, 班额=[bands(**{"41—45人": 6, blank: None})])
    assert found(result, "cell.missing") and not result.refused
    assert judge_item(ITEMS["G5"], county_data(result.tables, YEAR)).status == "undetermined"


@pytest.mark.parametrize(("kind", "area", "code"), [
    ("音乐", 96, ""), ("美术专用教室", "90㎡", ""), ("舞蹈", 96, "identity.class"),
    ("音乐", -1, "cell.negative"), ("音乐", "大", "cell.text")])
def test_rooms_are_read_one_a_row_by_kind(tmp_path, kind, area, code):
    row = {"学校标识码": "2199000001", "学校名称": "甲1校", "教室类别": kind, "教室面积(㎡)": area}
    result = received(tmp_path, 专用教室=[row])
    assert refusals(result) == ([code] if code else [])
    read = result.rooms[["kind", "area"]].values.tolist()
    assert code or read in ([["music", 96]], [["art", 90]])


@pytest.mark.parametrize(("header", "gap", "read", "level"), [
    ("校际差异率(%)", 12, "12", "Ⅲ"), ("校际差异率（%）", 1.2, "1.2", "III级"),
    ("校际差异率", 0.12, "12", "3"), ("校际差异率", "0.15", "15", "Ⅲ级"),
    ("校际差异率", 0, "0", "III"), ("校际差异率(%)", "12%", "12", "3级")])
def test_a_gap_is_a_percentage_or_a_ratio_as_its_header_says(tmp_path, header, gap, read, level):
    result = received(tmp_path, 质量监测=[monitored(header, gap, 水平等级=level)])
    read_as = result.monitoring[["level", "gap"]].values.tolist()
    assert read_as == [["Ⅲ", F(read)]] and not result.refused


@pytest.mark.parametrize(("header", "gap"), [
    ("校际差异率", 12), ("校际差异率", 1.01), ("校际差异率(%)", 101), ("校际差异率", -0.1),
    ("校际差异率(%)", 0.12), ("校际差异率", 0.0012)])
def test_a_gap_above_the_whole_or_a_ratio_under_percent_is_refused(tmp_path, header, gap):
    assert received(tmp_path, 质量监测=[monitored(header, gap)]).refused
