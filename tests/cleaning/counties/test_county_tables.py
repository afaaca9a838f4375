"""Tables of counties: what a publisher does wrong costs its cell or row, by name."""

from fractions import Fraction

import pytest

from pipeline.cleaning.counties.county_tables import read_county_tables
from pipeline.definitions.forms.county_layouts import Bound, CountyLayout, county_layouts
from pipeline.definitions.formulas import exactly, parsed

LAYOUT = CountyLayout.model_validate({
    "id": "drawn", "zh": "试算表", "table": "counties",
    "columns": [
        {"name": "year", "headers": ["年份"]}, {"name": "unit", "headers": ["县代码"]},
        {"name": "name", "headers": ["县名"], "required": False},
        {"name": "province", "headers": ["省"], "required": False},
        *({"name": name, "zh": zh, "headers": [zh], "kind": kind, "unit": unit,
           "required": False, **more} for name, zh, kind, unit, more in (
            ("population", "人口数", "person", "人", {}),
            ("primary", "小学程度人数", "person", "人", {}),
            ("mean_years", "平均年限", "amount", "年", {"possible": ["0", "22"],
                                                  "usual": ["2", "15"]}),
            ("budget_yuan", "教育经费", "amount", "亿元", {}),
            ("share_pct", "占比", "percent", "%", {}), ("growth_pct", "增长", "score", "%", {}),
            ("revenue_pct", "收入增长", "score", "%", {}),
            ("difference_pct", "增幅之差", "score", "%", {})))],
    "bounds": [{"values": ["primary"], "at_most": "population"}],
    "identities": [{"zh": "增长−收入增长=增幅之差", "left": "growth_pct - revenue_pct",
                    "right": "difference_pct", "tolerance": "0.015",
                    "swap": ["share_pct", "growth_pct"], "left_out": ["growth_pct"]}]})

GROWTH = "年份,县代码,县名,占比,增长,收入增长,增幅之差"
RIGHT = ["20.1,3.1,1,2.1", "21.2,4,1.5,2.5", "18.3,2,5,-3", "17.4,6,6,0", "19.5,9.9,3.3,6.6"]
SWAPPED = [",".join((b, a, c, d)) for a, b, c, d in (line.split(",") for line in RIGHT)]


def read(folder, head, lines, year=2023, content=None):
    path = folder / "表.csv"
    text = "\n".join([head, *lines]) + "\n"
    path.write_bytes(text.encode() if content is None else content)
    return read_county_tables([(LAYOUT, path)], year)


def codes(found):
    return [row["code"] for row in found.findings.rows]


def growths(folder, lines):
    return read(folder, GROWTH, [f"2023,3301{n:02},县{n},{line}"
                                 for n, line in enumerate(lines, 1)])


@pytest.mark.parametrize(("code", "province", "said"), [
    ("330102", "浙江省", ""), ("330102", "", ""), ("３３０１０２", "浙江", ""),
    (" 330102", "浙江省", ""), ("330102.0", "浙江省", ""), ("'330102", "浙江省", ""),
    ("330102000000", "浙江省", ""), ("330102001000", "浙江省", "county.code"),
    ("330102.5", "浙江省", "county.code"), ("150102", "内蒙古", ""),
    ("170971", "山西省", "county.code"), ("33010", "浙江省", "county.code"),
    ("3301021", "浙江省", "county.code"), ("上城区", "浙江省", "county.code"),
    ("", "浙江省", "county.code"), ("330102", "贵州省", "county.province"),
    ("330102", "浙", "county.province"), ("330000", "浙江省", "county.total")])
def test_a_row_counts_only_with_a_code_that_can_be(tmp_path, code, province, said):
    found = read(tmp_path, "年份,县代码,县名,省,人口数", [f"2023,{code},某县,{province},1000"])
    assert codes(found) == ([said] if said else [])
    assert not found.findings.refused
    assert (len(found.values), len(found.left_out)) == ((0, 1) if said else (1, 0))


def test_a_row_that_is_left_out_is_named_with_file_row_column_and_reason(tmp_path):
    found = read(tmp_path, "年份,县代码,县名,人口数",
                 ["2020,330102,上城区,5", "2020,170971,某景区,7"])
    (finding,) = found.findings.rows
    assert (finding["file"], finding["row"], finding["column"]) == ("表.csv", 3, "B")
    assert finding["action"] == "某景区：代码“170971”的前两位不是省级行政区划代码，该行未使用"
    assert [row["unit"] for row in found.left_out] == ["170971"]


@pytest.mark.parametrize(("units", "kept"), [
    (("441900",), ("441900",)),  # 东莞市，不设县
    (("330100", "330102"), ("330102",)),  # 杭州市的合计与上城区
    (("330000", "330102", "441900"), ("330102", "441900"))])
def test_totals_of_prefectures_are_no_counties_unless_they_have_none(tmp_path, units, kept):
    found = read(tmp_path, "年份,县代码,人口数", [f"2023,{unit},10" for unit in units])
    assert tuple(row["unit"] for row in found.values) == kept


def test_one_county_twice_in_a_year_is_refused_with_both_places(tmp_path):
    found = read(tmp_path, "年份,县代码,县名,人口数",
                 ["2023,330102,甲县,1", "2022,330102,甲县,2", "2023,330102,甲县,1"])
    (finding,) = found.findings.rows
    assert (finding["code"], finding["severity"], finding["row"]) == (
        "county.duplicate", "refuse", 4)
    assert "表.csv 第2行" in finding["action"]


@pytest.mark.parametrize(("people", "kept"), [("859786", True), ("859787", True),
                                              ("859788", False), ("1235929", False)])
def test_a_part_larger_than_the_whole_is_left_out_and_never_converted(tmp_path, people, kept):
    # 2010 年涟水县：小学程度 1,235,929 人，人口 859,787 人
    found = read(tmp_path, "年份,县代码,县名,人口数,小学程度人数",
                 [f"2010,320826,涟水县,859787,{people}"])
    (row,) = found.values
    assert row["primary"] == (int(people) if kept else None)
    assert row["population"] == 859787
    assert codes(found) == ([] if kept else ["county.bound"])
    if not kept:
        assert found.findings.rows[0]["action"] == (
            f"2010年涟水县小学程度人数“{people}”，大于人口数859787；该值未使用")
        assert row["note"] == "小学程度人数未使用（大于人口数859787）"


TABLES = {  # how a table is written → its bytes or text, the code that tells of it
    "a title": ("全省人口,,,\n{}", ""), "a unit": ("全省人口,,,\n单位：人,,,\n{}", ""),
    "semicolons": (lambda text: text.replace(",", ";").encode(), ""),
    "gb18030": (lambda text: text.encode("gb18030"), ""),
    "utf-16": (lambda text: text.encode("utf-16"), ""),
    "thousands and measure words": (lambda text: text.replace("1000", '"1,000"').replace(
        "2000", "2000人").encode(), "cell.cleaned"),
    "a prefecture's sum": ("{}2023,330100,杭州市,3000\n", "county.total"),
    "a sum without a code": ("{}2023,,合计,3000\n", "county.code"),
    "a note": ("{}注：数据来自年鉴,,,\n", "row.note"), "a blank line": ("{},,,\n", ""),
    "no end": (lambda text: text.rstrip().encode(), "file.unended")}


@pytest.mark.parametrize("name", TABLES)
def test_a_table_says_the_same_however_it_is_written(name, tmp_path):
    shape, code = TABLES[name]
    text = "年份,县代码,县名,人口数\n2023,330102,上城区,1000\n2023,330105,拱墅区,2000\n"
    found = read(tmp_path, "", [], content=shape.format(text).encode() if isinstance(shape, str)
                 else shape(text))
    assert [(row["unit"], row["population"]) for row in found.values] == [
        ("330102", 1000), ("330105", 2000)]
    assert {*codes(found)} == {code} - {""} and not found.findings.refused


@pytest.mark.parametrize(("written", "value", "said"), [
    ("8.88", "8.88", ""), ("0", "0", "value.band"), ("-9.29", None, "county.impossible"),
    ("22", "22", "value.band"), ("22.01", None, "county.impossible"),
    ("1.99", "1.99", "value.band"), ("2", "2", ""), ("15", "15", ""),
    ("15.1", "15.1", "value.band"), ("", None, "county.missing"), ("九年", None, "cell.text")])
def test_a_value_that_cannot_be_is_left_out_and_an_unusual_one_kept(tmp_path, written, value, said):
    found = read(tmp_path, "年份,县代码,县名,平均年限", [f"2010,420526,兴山县,{written}"])
    assert found.values[0]["mean_years"] == (None if value is None else Fraction(value))
    assert codes(found) == ([said] if said else [])
    assert found.findings.refused == (said == "cell.text")


def test_a_registered_correction_mends_a_published_table(tmp_path):
    (tmp_path / "corrections.csv").write_text(
        "文件,工作表,单元格,原值,新值,理由\n表.csv,,D2,-9.29,9.29,年鉴第100页\n", "utf-8")
    found = read(tmp_path, "年份,县代码,县名,平均年限", ["2010,420526,兴山县,-9.29"])
    assert codes(found) == ["cell.corrected"]
    assert found.values[0]["mean_years"] == Fraction("9.29")


@pytest.mark.parametrize(("header", "written", "yuan"), [
    ("教育经费", "70.4", 7_040_000_000), ("教育经费(亿元)", "70.4", 7_040_000_000),
    ("教育经费（万元）", "704000", 7_040_000_000), ("教育经费/元", "13912345678", 13_912_345_678)])
def test_units_of_the_header_are_converted_exactly(tmp_path, header, written, yuan):
    found = read(tmp_path, f"年份,县代码,{header}", [f"2023,110101,{written}"])
    assert codes(found) == []
    assert found.values[0]["budget_yuan"] == yuan


def test_a_header_about_one_stage_is_not_that_of_the_whole(tmp_path):
    found = read(tmp_path, "年份,县代码,小学人口数", ["2023,110101,5"])
    assert codes(found) == ["header.unused"]
    assert found.values[0]["population"] is None


def test_columns_exchanged_in_every_row_are_put_right_with_a_record_of_each_cell(tmp_path):
    found = growths(tmp_path, SWAPPED)
    assert [row["share_pct"] for row in found.values] == [
        Fraction(line.split(",")[0]) for line in RIGHT]
    assert found.values[0]["growth_pct_published"] == Fraction("20.1")
    assert found.values[0]["share_pct_published"] == Fraction("3.1")
    assert codes(found) == ["county.swapped"] * 10
    first = found.findings.rows[0]
    assert (first["severity"], first["row"], first["column"]) == ("clean", 2, "D")
    assert first["action"] == ("县1占比：“3.1”改为“20.1”（增长−收入增长=增幅之差："
                               "2023年5行原样均不成立，对调后均成立）")


@pytest.mark.parametrize(("lines", "said"), [
    (RIGHT, {}),
    ([*SWAPPED[:4], RIGHT[4]], {"county.identity": 4}),   # one row holds as published
    (SWAPPED[:4], {"county.identity": 4}),                # too few rows to prove anything
    ([*SWAPPED[:4], "9.9,20,1,2"], {"county.identity_all": 1}),  # one row is wrong both ways
    ([*SWAPPED[:4], "9.9,19.5,,6.6"], {"county.identity": 4, "county.missing": 1})])
def test_anything_less_than_proof_is_not_put_right(tmp_path, lines, said):
    found = growths(tmp_path, lines)
    assert {code: codes(found).count(code) for code in set(codes(found))} == said
    for row, line in zip(found.values, lines, strict=True):
        assert row["share_pct"] == Fraction(line.split(",")[0])
        assert row["growth_pct"] in (None, Fraction(line.split(",")[1]))
    assert found.findings.refused == ("county.identity_all" in said)


@pytest.mark.parametrize(("difference", "held"), [
    ("2.086", True), ("2.085", True), ("2.084", False), ("2.115", True), ("2.116", False)])
def test_an_identity_holds_within_its_tolerance_inclusive(tmp_path, difference, held):
    found = growths(tmp_path, [*RIGHT[1:], f"20.1,3.1,1,{difference}"])
    assert codes(found) == ([] if held else ["county.identity"])


def test_two_quantities_that_are_the_same_row_for_row_are_reported(tmp_path):
    rows = [f"2023,3301{n:02},{n * 7},{n * 7}" for n in range(1, 6)]
    head = "年份,县代码,人口数,小学程度人数"
    found = read(tmp_path, head, rows)
    (finding,) = found.findings.rows
    assert (finding["code"], finding["column"]) == ("county.identical", "D")
    assert finding["action"] == "2023年5行与 表.csv C列“人口数”逐行相同"
    assert codes(read(tmp_path, head, rows[:4])) == []
    assert codes(read(tmp_path, head, [*rows[:4], "2023,330105,35,34"])) == []


def test_a_mispublished_file_is_reported_beside_the_file_it_repeats(tmp_path):
    values = (5764.44, 7111.36, 9000, 8000.5, 12345.67)
    for name, header in (("公用.csv", "人口数"), ("事业费.csv", "平均年限")):
        lines = [f"2023,1101{n:02},{int(v) % 20 + 1}" for n, v in enumerate(values, 1)]
        (tmp_path / name).write_text("\n".join([f"年份,县代码,{header}", *lines]), "utf-8")
    found = read_county_tables([(LAYOUT, tmp_path / "公用.csv"), (LAYOUT, tmp_path / "事业费.csv")],
                               2023)
    (finding,) = [row for row in found.findings.rows if row["code"] == "county.identical"]
    assert finding["file"] == "事业费.csv"
    assert "公用.csv C列“人口数”" in finding["action"]


def test_blanks_are_missing_and_zero_is_data(tmp_path):
    rows = [f"2023,3301{n:02},{'' if n > 2 else 0}" for n in range(1, 10)]
    found = read(tmp_path, "年份,县代码,人口数", rows)
    assert [row["population"] for row in found.values] == [0, 0, *[None] * 7]
    (finding,) = found.findings.rows
    assert (finding["code"], finding["row"]) == ("county.missing", 4)
    assert finding["action"] == "2023年9行中7行的人口数空白"


def test_rows_of_later_years_are_not_used_and_counted(tmp_path):
    found = read(tmp_path, "年份,县代码,人口数", ["2020,330102,1", "2021,330102,2"], year=2020)
    assert [row["year"] for row in found.values] == [2020]
    assert codes(found) == ["year.later"]


@pytest.mark.parametrize(("content", "code", "row"), [
    (b"%PDF-1.7", "file.unreadable", None), (b"", "file.unreadable", None),
    ("年份,县代码,人口数\n2023,330102,约三万\n".encode(), "cell.text", 2),
    ("年份,县代码,人口数\n2023,330102,1e5\n".encode("gb18030"), "cell.text", 2),
    ("年份,县代码,人口数\n2023,330102\n".encode(), "file.ragged", 2),
    ("年份,县代码,县名\n2023,330102,".encode() + "甲县城区".encode("gb18030"), "file.encoding", 2),
    ("年份,县代码,人口数\n去年,330102,1\n".encode(), "year.unclear", 2),
    ("年份,人口数\n2023,1\n".encode(), "county.header", 1),
    ("年份,县代码,人口数,人口数\n2023,330102,1,2\n".encode(), "header.ambiguous", 1),
    ("年份,县代码,人口数（万元）\n2023,330102,1\n".encode(), "header.unit", 1),
    ("年份,县代码,负责人电话\n2023,330102,13912345678\n".encode(), "privacy.found", 2)],
    ids=("pdf", "empty", "words", "exponent", "ragged", "mixed", "year", "header", "twice", "unit",
         "personal"))
def test_a_file_that_cannot_be_read_is_refused_with_its_place(tmp_path, content, code, row):
    found = read(tmp_path, "", [], content=content)
    refused = [r for r in found.findings.rows if r["severity"] == "refuse"]
    assert [(r["code"], r["row"]) for r in refused] == [(code, row)]
    assert "13912345678" not in str(found.findings.rows)


def test_an_absent_file_is_refused_by_name(tmp_path):
    found = read_county_tables([(LAYOUT, tmp_path / "没有.csv")], 2023)
    assert [(r["code"], r["file"]) for r in found.findings.rows] == [
        ("file.access", "没有.csv")]


@pytest.mark.parametrize(("text", "value"), [
    ("100 * (b / a - 1)", 25), ("-a + 0.5", Fraction(-7, 2)), ("b / (a - 4)", None),
    ("b - c", None)])
def test_a_formula_is_exact_and_missing_where_it_has_no_value(text, value):
    assert exactly(text, {"a": Fraction(4), "b": Fraction(5), "c": None}) == value


@pytest.mark.parametrize("text", ["a ** 2", "__import__('os')", "a if b else c", "a.b", "1 +",
                                  "'a'", "True"])
def test_a_formula_is_nothing_but_arithmetic(text):
    with pytest.raises(ValueError, match="算式"):
        parsed(text)


@pytest.mark.parametrize(("change", "said"), [
    ({"bounds": [Bound(values=["primary"], at_most="people")]}, "没有量 people"),
    ({"columns": LAYOUT.columns[1:]}, "columns：缺少 year"),
    ({"levels": {"小学": "primary"}}, "levels 与 level 列须同时写"),
    ({"columns": [*LAYOUT.columns, LAYOUT.columns[-1]]}, "columns.difference_pct：写了两次")])
def test_a_layout_that_contradicts_itself_says_so(change, said):
    assert said in list(LAYOUT.model_copy(update=change).faults())


def test_every_layout_of_counties_is_in_order():
    assert set(county_layouts()) >= {"census-counties", "beijing-budget", "beijing-operating"}
