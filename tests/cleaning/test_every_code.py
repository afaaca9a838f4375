"""Every code that docs/checks.md lists is found by some small input (每个核查项都查得到).

A code that nothing provokes is dead, and whoever reads the list is told of a check that there is
not. A case is what is handed in; what else is found beside the code does not matter here.
"""

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
import xlsxwriter
from openpyxl.styles import Font
from tables import YEAR, csv_bytes, school, standard, workbook

from pipeline.cleaning.counties.county_tables import read_county_tables
from pipeline.cleaning.importing import import_county
from pipeline.county import County
from pipeline.definitions.forms.county_layouts import CountyLayout
from pipeline.ground.errors import JunhengError

LISTED = re.findall(r"^\| `([a-z._]+)` \|", (
    Path(__file__).parents[2] / "docs" / "checks.md").read_text("utf-8"), re.MULTILINE)
ELSEWHERE = {  # code → the test that provokes it, and why that is not done here
    "file.many": ("test_handed_in", "found before anything is read"),
    "file.access": ("test_handed_in", "whoever runs as root may read every file"),
    "file.name": ("test_handed_in", "not every file system takes such a name"),
    "file.too_large": ("test_receiving", "takes its seconds"),
    **{f"cohort.{what}": ("test_enrolment", "found where enrolment is projected")
       for what in ("jump", "later", "repeated", "sum")},
    "evidence.school": ("test_evidence_catalogue", "found where evidence is catalogued"),
    "ledger.unread": ("test_ledger_handed_in", "needs a published dossier of the year before"),
    "target.contradicted": ("test_contradictions", "found when targets are judged"),
}
PASSED = [school(n, pupils=400 + 7 * n) for n in range(1, 8)]
NINE = [school(1, "九年一贯制学校") | {"学段": stage} for stage in ("小学", "初中")]
BANDS = ["25人及以下", "26—30人", "31—35人", "36—40人", "41—45人", "46—50人", "51—55人", "56—60人",
         "61—65人", "66人及以上"]


@dataclass(frozen=True)
class Case:
    """Files of a year by name, besides the county's own workbook of `rows`, and how it is read."""

    rows: list[dict] = field(default_factory=lambda: PASSED)
    sheets: dict[str, list] = field(default_factory=dict)
    files: dict[str, object] = field(default_factory=dict)
    shape: Callable = lambda book: None
    own: str = "990101_甲县.xlsx"
    unit: str = "990101"
    drop: bool = False
    rules: dict = field(default_factory=dict)
    prepare: Callable = lambda place: None

    def codes(self, folder: Path) -> set[str]:
        place = folder / "raw" / str(YEAR)
        place.mkdir(parents=True)
        if self.own:
            (place / self.own).parent.mkdir(exist_ok=True)
            book = workbook(self.rows)
            for name, lines in self.sheets.items():
                sheet = book.create_sheet(name)
                for line in lines:
                    sheet.append(line)
            self.shape(book)
            book.save(place / self.own)
        for name, content in self.files.items():
            path = place / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        self.prepare(place)
        county = County.open(self.unit, YEAR, raw=str(folder / "raw"), processed=str(folder))
        pack = county.standard.model_copy(update=self.rules)
        try:
            return {*import_county(replace(county, standard=pack), self.drop).findings["code"]}
        except JunhengError as fault:
            return {str(fault)}


def first(**cells) -> Case:
    """Change cells of the first school."""
    return Case([PASSED[0] | cells, *PASSED[1:]])


def _in_one_row(row: dict, **cells) -> dict:
    """Return a school of both stages in one row, its teachers apart."""
    teachers = [name for name in row if name.endswith("教师数")]
    return {name: value for name, value in row.items() if name not in teachers} | {
        stage + name: row[name] for name in teachers for stage in ("小学", "初中")} | {
        "办学类型": "九年一贯制学校", "小学在校生数": 200, "初中在校生数": 200, **cells}


def with_column(header: str, *values) -> Case:
    return Case([row | {header: value} for row, value in
                 zip(PASSED, [*values, *[values[-1]] * len(PASSED)], strict=False)])


def sheet(name: str, *lines: list) -> Case:
    return Case(sheets={name: [*lines]})


def cell(address: str, value: object = None, **looks) -> Case:
    def shape(book):
        found = book.active[address]
        found.value = found.value if value is None else value
        for name, look in looks.items():
            setattr(found, name, look)
    return Case(shape=shape)


def shaped(shape: Callable) -> Case:
    return Case(shape=shape)


def alone(name: str, content: bytes) -> Case:
    """Hand in nothing but this file."""
    return Case(own="", files={name: content})


def beside(name: str, content: bytes | str) -> Case:
    return Case(files={name: content})


def register(*lines: str) -> Case:
    head = "文件,工作表,单元格,原值,新值,理由"
    return beside("990101_corrections.csv", "\n".join([head, *lines]))


def calculated(place: Path) -> None:
    with xlsxwriter.Workbook(place / "990101_甲县.xlsx") as book:
        sheet = book.add_worksheet("学校情况")
        for n, line in enumerate((PASSED[0].keys(), *(row.values() for row in PASSED))):
            sheet.write_row(n, 0, line)
        sheet.write_formula(1, 7, "=400+7", None, 407)


def uncalculated(place: Path) -> None:
    book = workbook(PASSED)
    book.active["H2"] = "=400+7"
    book.save(place / "990101_甲县.xlsx")


def without_part(name: str, added: tuple = ()) -> bytes:
    """Return the county's workbook without a part, or with one more."""
    out, made = io.BytesIO(), io.BytesIO()
    workbook(PASSED).save(made)
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(out, "w") as new:
        for member in old.namelist():
            if member != name:
                new.writestr(member, old.read(member))
        for more in added:
            new.writestr(*more)
    return out.getvalue()


def wide(**columns) -> list[dict]:
    return [{k: v for k, v in (row | columns).items() if v is not ...} for row in PASSED]


def shared(*rows: dict, unit: str = "990101", listed: str = "") -> Case:
    return Case(own="", files={"全市.csv": csv_bytes([*rows])}, unit=unit,
                prepare=lambda place: listed and (place.parent / "counties.csv").write_text(
                    listed, "utf-8"))


def spot(*lines: tuple) -> Case:
    head = ["学校标识码", "学校名称", "核查学段", "核查内容", "计量单位", "实测值", "核查说明"]
    return sheet("实地核查表", head, *(["2199000001", "甲1校", *line] for line in lines))


def survey(*lines: list) -> Case:
    return sheet("满意度调查", ["调查群体", "发放问卷数", "有效问卷数", "满意问卷数"], *lines)


def classes(*counts: int, **cells) -> Case:
    line = ["2199000001", "甲1校", "小学", *counts, *[0] * (10 - len(counts))]
    head = ["学校标识码", "学校名称", "学段", *BANDS]
    return Case([row | cells for row in PASSED], {"班额": [head, line]})


def facts(*lines: list) -> Case:
    return sheet("县级数据", ["项目", "数值", "单位"], *lines)


def evidence(*lines: list) -> Case:
    return sheet("佐证材料", ["编号", "状态", "日期", "文件"], *lines)


def ledger(*lines: list) -> Case:
    return sheet("整改台账", ["台账编号", "整改措施", "完成时限"], *lines)


def links(*lines: list) -> Case:
    return sheet("学校对照", ["学校标识码", "原标识码", "归属学校标识码"], *lines)


def rooms(code: str, name: str) -> Case:
    return sheet("专用教室", ["学校标识码", "学校名称", "教室类别", "教室面积(㎡)"],
                 [code, name, "音乐", 96])


def merged(place: str, address: str = "", value: object = None) -> Case:
    return shaped(lambda book: book.active.merge_cells(place))


TOWN = dict.fromkeys(["统计三级"], "示例县")
CASES: dict[str, Case] = {
    "assets.both": with_column("体育运动场馆面积(㎡)", 5000),
    "assets.disagree": Case([NINE[0], NINE[1] | {"网络多媒体教室数": 3}, *PASSED[1:]]),
    "assets.indoor": first(**{"室内体育用房面积(㎡)": 3001}),
    "cell.calculated": Case(own="", prepare=calculated),
    "cell.cleaned": first(在校生数="407人"),
    "cell.confirmed": register("990101_甲县.xlsx,学校情况,H2,407,407,核对过"),
    "cell.corrected": register("990101_甲县.xlsx,学校情况,H2,407,408,误填"),
    "cell.format": cell("H2", 407, number_format="0.0,"),
    "cell.formula": Case(own="", prepare=uncalculated),
    "cell.fraction": first(在校生数=407.5),
    "cell.huge": first(在校生数=10_000_001),
    "cell.kind": first(在校生数=True),
    "cell.merged": merged("K2:K3"),
    "cell.missing": first(县级以上骨干教师数=None),
    "cell.negative": first(县级以上骨干教师数=-1),
    "cell.percent": facts(["社会认可度", 101, "%"]),
    "cell.spread": merged("E2:E4"),
    "cell.struck": cell("K2", font=Font(strike=True)),
    "cell.text": first(在校生数="约四百"),
    "cell.unit": first(**{"教学仪器设备值(万元)": "100元"}),
    "cell.unseen": cell("K2", 0, number_format="0;-0;;@"),
    "classes.largest": classes(0, 0, 0, 0, 10, 最大班额=60),
    "classes.pupils": classes(0, 0, 0, 0, 0, 0, 0, 0, 0, 30),
    "classes.total": classes(0, 0, 0, 0, 9, 班级数=10),
    "column.hidden": shaped(lambda book: setattr(
        book.active.column_dimensions["K"], "hidden", True)),
    "correction.misplaced": beside("corrections.csv", "990101_甲县.xlsx"),
    "correction.unused": register("990101_甲县.xlsx,学校情况,H2,1,408,误填"),
    "cover.unit": shaped(lambda book: (book.active.insert_rows(1),
                                       book.active.cell(1, 1, "金水区学校情况表"))),
    "cover.year": Case(own="990101_甲县2022年.xlsx"),
    "derive.sum": Case(wide(体育艺术专任教师数=..., 体育专任教师数=3, 艺术专任教师数=3)),
    "evidence.date": evidence(["G1", "符合", "去年", "某规划.pdf"]),
    "evidence.day": evidence(["G1", "符合", "2033-01-01", "某规划.pdf"]),
    "evidence.unproved": evidence(["G1", "符合", None, None]),
    "evidence.unread": Case(own="990101/甲.xlsx", prepare=lambda place: (
        (place / "990101" / "佐证材料").mkdir(),
        (place / "990101" / "佐证材料" / "链接").symlink_to(place / "无"))),
    "fact.repeated": facts(["社会认可度", 90, "%"], ["社会认可度", 91, "%"]),
    "fact.unknown": facts(["幸福指数", 90, "%"]),
    "file.decoded": alone("990101_甲县.csv", csv_bytes(PASSED, "gb18030")),
    "file.empty": Case([dict.fromkeys(PASSED[0])]),
    "file.encoding": alone("990101_甲县.csv", "学校名称\n甲".encode() + "乙".encode("gb18030")),
    "file.encrypted": alone("990101_甲县.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
                            + "EncryptedPackage".encode("utf-16-le") + bytes(600)),
    "file.far_cell": cell("A20002", "远"),
    "file.kind": Case(prepare=lambda place: (place / "990101_乙.csv").symlink_to(place / "甲.csv")),
    "file.noted": alone("990101_甲县.xlsx", without_part("", (("xl/vbaProject.bin", b"x"),))),
    "file.ragged": alone("990101_甲县.csv", csv_bytes(PASSED) + b"1,2,3\n"),
    "file.sheet_missing": alone("990101_甲县.xlsx", without_part("xl/worksheets/sheet1.xml")),
    "file.skipped": Case(own="990101/甲.xlsx", files={"990101/说明.docx": b"x"}),
    "file.suspicious": alone("990101_甲县.xlsx", without_part("", (("../x", b"x"),))),
    "file.toml": Case(own="990101/甲.xlsx", files={"990101/county.toml": b"[facts"}),
    "file.unended": alone("990101_甲县.csv", csv_bytes(PASSED).rstrip()),
    "file.unread_table": Case(own="990101/甲.xlsx", files={"990101/乙.rar": b"Rar!\x1a\x07\x00"}),
    "file.unreadable": alone("990101_甲县.xlsx", b"PK\3\4 nothing"),
    "header.absent": Case(wide(城乡类型=...)),
    "header.ambiguous": Case(wide(学生数=407)),
    "header.converted": Case([{k.replace("万元", "百元"): v for k, v in row.items()}
                              for row in PASSED]),
    "header.decoy": Case(wide(招生数=70)),
    "header.group": alone("990101_甲县.csv", b"\n".join([
        ",".join(["表头", *[""] * 8, "某种教师", "", "某种用房", *[""] * 5]).encode(),
        csv_bytes(PASSED)])),
    "header.missing": Case(wide(在校生数=..., 高中在校生数=...)),
    "header.ratio": Case(wide(高于规定学历教师数=..., 每百名学生高于规定学历教师数=7.4)),
    "header.ratio_apart": Case(wide(每百名学生高于规定学历教师数=1)),
    "header.ratio_counts": Case(wide(高于规定学历教师数=..., 每百名学生高于规定学历教师数=30)),
    "header.unit": Case([{k.replace("万元", "㎡"): v for k, v in row.items()} for row in PASSED]),
    "header.unused": Case(wide(校训="求实")),
    "identity.category": Case([*PASSED, school(8, "特殊教育学校") | {"学校标识码": "2199000008"}]),
    "identity.category_odd": Case([*PASSED, school(8) | {"学校标识码": "3199000008"}]),
    "identity.class": first(城乡类型="山区"),
    "identity.code": first(学校标识码="21990"),
    "identity.code_missing": first(学校标识码=None),
    "identity.disagree": Case([NINE[0], NINE[1] | {"城乡类型": "乡村"}, *PASSED[1:]]),
    "identity.duplicate": Case([*PASSED, PASSED[0]]),
    "identity.exchanged": rooms("2199000001", "甲2校"),
    "identity.linked": Case([school(9), *PASSED], {"学校对照": [
        ["学校标识码", "原标识码"], ["2199000010", "2199000009"]]}),
    "identity.name": first(学校名称=None),
    "identity.other_name": rooms("2199000001", "丙校"),
    "identity.province": first(学校标识码="2111000001"),
    "identity.renumbered": Case(files={"../2022/990101_甲县.csv": csv_bytes(
        [PASSED[0] | {"学校标识码": "2199000099"}])}),
    "identity.same_name": first(学校名称="甲2校"),
    "identity.unlisted": rooms("2199000077", "丁校"),
    "ledger.day": ledger(["990101-G5", "补充", "明年"]),
    "ledger.foreign": ledger(["410105-G5", "补充", None]),
    "ledger.number": ledger([None, "补充", "2024-08-31"]),
    "ledger.repeated": ledger(["990101-G5", "甲", None], ["990101-G5", "乙", None]),
    "merge.no_parent": Case([*PASSED, school(8, "小学教学点", pupils=20)], rules={
        "scope": standard("cn-2017-06").scope.model_copy(update={
            "teaching_point": standard("cn-2017-06").scope.teaching_point.model_copy(
                update={"below": "merge"})})}),
    "privacy.dropped": Case(wide(校长="王小明"), drop=True),
    "privacy.form_line": shaped(lambda book: book.active.append(["填表人：王小明"])),
    "privacy.found": Case(wide(校长="王小明")),
    "pupils.columns": Case(wide(小学在校生数=300)),
    "pupils.disagree": Case([
        {k: v for k, v in (row | {"小学在校生数": 200 + n, "初中在校生数": 200}).items()
         if k != "在校生数"} for n, row in enumerate(NINE)]),
    "pupils.missing": first(在校生数=None),
    "pupils.no_senior": first(**school(1, "完全中学") | {"学段": "初中", "高中在校生数": 0}),
    "pupils.no_stage": Case([NINE[1] | {"小学在校生数": 300, "初中在校生数": 400, "在校生数": None},
                             *PASSED[1:]]),
    "pupils.whole": Case([*NINE, *PASSED]),
    "pupils.zero": first(在校生数=0),
    "column.copied": Case([school(n, pupils=400 + n) for n in range(1, 21)]),
    "row.copied": Case([PASSED[0], PASSED[1] | {k: PASSED[0][k] for k in [*PASSED[0]][7:]},
                        *PASSED[2:]]),
    "row.hidden": shaped(lambda book: setattr(book.active.row_dimensions[3], "hidden", True)),
    "row.note": shaped(lambda book: book.active.append(["注：均为年末数"])),
    "row.outside": Case([*PASSED, school(8, "幼儿园") | {"学校标识码": "1199000008"}]),
    "row.senior": Case([*PASSED, school(8, "普通高中") | {"学校标识码": "3499000008"}]),
    "row.statistic": shaped(lambda book: book.active.append(["变异系数"])),
    "row.unclear": shaped(lambda book: book.active.append([None, "缺口", "小学"])),
    "row.example": first(学校名称="示例小学"),
    "row.total": shaped(lambda book: book.active.append(["合计"])),
    "row.total_as_school": Case([*PASSED, school(9, pupils=sum(
        row["在校生数"] for row in PASSED)) | {"学校名称": "全县小学"} | {
        k: sum(row[k] for row in PASSED) for k in [*PASSED[0]][9:]}]),
    "row.total_wrong": shaped(lambda book: book.active.append(["合计", *[None] * 6, 5])),
    "scenario.assumed": Case(own="990101/甲.xlsx", files={"990101/scenario.toml": (
        'set = ["pupils:2199000001=450"]\n')}),
    "scope.no_pupils": first(在校生数=0),
    "sheet.unread": sheet("底稿", ["街道", "人数"], ["甲", 3], ["乙", 4], ["丙", 5]),
    "sheet.hidden": shaped(lambda book: setattr(
        book.create_sheet("旧"), "sheet_state", "hidden")),
    "sheet.hidden_table": shaped(lambda book: (
        book.create_sheet("说明").append(["见附件"]), setattr(
            book.worksheets[0], "sheet_state", "hidden"), setattr(book, "active", 1))),
    "sheet.of_nobody": Case(own="全市.xlsx", rows=[row | TOWN for row in PASSED], sheets={
        "满意度调查": [["调查群体", "有效问卷数", "满意问卷数"], ["家长", 9, 9]]}),
    "sheet.of_several": sheet("满意度调查", ["年份", "调查群体", "有效问卷数", "满意问卷数"],
                              [2022, "家长", 9, 9], [2023, "学生", 9, 9]),
    "split.no_enrolment": first(**school(1, "完全中学") | {"学段": "初中", "高中在校生数": None}),
    "spot.repeated": spot(("小学", "在校生数", "人", 407), ("小学", "在校生数", "人", 400)),
    "spot.unknown": spot(("小学", "食堂", "㎡", 40)),
    "stage.mixed": first(**school(1, "九年一贯制学校")),
    "stage.senior": first(**school(1, "完全中学") | {"高中在校生数": 300}),
    "stage.sheet": shaped(lambda book: setattr(book.active, "title", "初中")),
    "stage.whole": Case([_in_one_row(PASSED[0], 班级数=12)]),
    "stage.wrong": first(学段="初中"),
    "survey.blank": survey(["家长", 100, None, 90]),
    "survey.exceeds": survey(["家长", 100, 90, 91]),
    "survey.group": survey(["王小明", 100, 90, 80]),
    "survey.repeated": survey(["家长", 100, 90, 80], ["家长", 100, 90, 80]),
    "target.aside": facts(["H02", "很多", "所"]),
    "text.cleaned": first(学校名称=" 甲1 校"),
    "text.letters": first(学校名称="甲1校\ufffd"),
    "text.substituted": first(学校名称="𠮷小学"),
    "unit.ambiguous": shared(*({"统计三级": "市中区"} | row for row in PASSED), unit="370103"),
    "unit.blank": shared(PASSED[0] | {"统计三级": None}, *(row | TOWN for row in PASSED[1:])),
    "unit.missing": shared(*PASSED),
    "unit.named": Case(own="990101_金水区.xlsx"),
    "unit.none": Case([row | {"统计三级": "五校算例"} for row in PASSED]),
    "unit.other": Case([row | {"统计三级": "五校算例" if n else "示例县"}
                        for n, row in enumerate(PASSED)]),
    "unit.published": Case(own="110101_东城区.xlsx", unit="110101"),
    "value.band": first(在校生数=8001),
    "value.column": Case([row | {"教学仪器设备值(万元)": 1_000_000} for row in PASSED]),
    "value.confirmed": Case(
        [PASSED[0] | {"教学及辅助用房面积(㎡)": 300_000}, *PASSED[1:]],
        files=register("990101_甲县.xlsx,学校情况,M2,300000,300000,属实").files),
    "value.implausible": first(**{"教学及辅助用房面积(㎡)": 300_000}),
    "value.part": facts(["专任教师总数", 100, "人"], ["持有教师资格证的专任教师数", 101, "人"]),
    "value.range": first(在校生数=30_001),
    "value.ratio": Case(wide(**{"体质健康优良率(%)": .95})),
    "value.relation": facts(["义务教育教师年平均工资收入", 98000, "元"],
                            ["公务员年平均工资收入", 980_000, "元"]),
    "value.unusual": first(**{"教学及辅助用房面积(㎡)": 30_000}),
    "value.year": sheet("质量监测", ["监测年份", "年级", "学科", "水平等级", "校际差异率(%)"],
                        [22, "四年级", "数学", "Ⅲ", 10]),
    "value.zero": first(**{"教学及辅助用房面积(㎡)": 0}),
    "year.later": with_column("年份", 2024, 2023),
    "year.other": with_column("年份", 2022, 2023),
    "year.unclear": with_column("年份", "去年", 2023),
}

LAYOUT = CountyLayout.model_validate({
    "id": "made", "zh": "试算表", "table": "counties",
    "columns": [
        {"name": "year", "headers": ["年份"]}, {"name": "unit", "headers": ["县代码"]},
        {"name": "name", "headers": ["县名"], "required": False},
        {"name": "province", "headers": ["省"], "required": False},
        *({"name": name, "zh": zh, "headers": [zh], "kind": "amount", "unit": "年",
           "required": False, **more} for name, zh, more in (
            ("years", "平均年限", {"possible": ["0", "22"]}), ("part", "其中", {}),
            ("up", "增长", {}), ("income", "收入增长", {}), ("gap", "增幅之差", {})))],
    "bounds": [{"values": ["part"], "at_most": "years"}],
    "identities": [{"zh": "增长−收入增长=增幅之差", "left": "up - income", "right": "gap",
                    "tolerance": "0.01", "swap": ["years", "up"], "left_out": ["up"]}]})
LEVELLED = CountyLayout.model_validate({
    "id": "levelled", "zh": "分段试算表", "table": "counties", "levels": {"小学": "primary"},
    "columns": [
        {"name": "year", "headers": ["年份"]}, {"name": "unit", "headers": ["县代码"]},
        {"name": "level", "headers": ["学段"]},
        {"name": "name", "headers": ["县名"], "required": False},
        {"name": "years", "zh": "平均年限", "headers": ["平均年限"], "kind": "amount",
         "unit": "年"}]})
_GAPS = ["20,3,1,2", "21,4,1,3", "18,5,2,3", "17,6,6,0", "19,9,3,6"]


def gaps(*lines: str) -> list[str]:
    return [f"2023,3301{n:02},县{n},{line}" for n, line in enumerate(lines, 1)]


COUNTY_CASES: dict[str, tuple[str, list[str]]] = {  # code → heading and lines
    "county.bound": ("年份,县代码,平均年限,其中", ["2023,330102,5,6"]),
    "county.code": ("年份,县代码,平均年限", ["2023,33010,5"]),
    "county.duplicate": ("年份,县代码,平均年限", ["2023,330102,5", "2023,330102,6"]),
    "county.header": ("年份,县名,平均年限", ["2023,甲县,5"]),
    "county.identical": ("年份,县代码,平均年限,其中", [
        f"2023,3301{n:02},{n / 4},{n / 4}" for n in range(2, 40)]),
    "county.identity": ("年份,县代码,县名,平均年限,增长,收入增长,增幅之差",
                        gaps(*_GAPS[:4], "19,9,3,7")),
    "county.identity_all": ("年份,县代码,县名,平均年限,增长,收入增长,增幅之差",
                            gaps(*(f"2{n},{n}5,1,9" for n in range(1, 6)))),
    "county.impossible": ("年份,县代码,平均年限", ["2023,330102,23"]),
    "county.level": ("年份,县代码,学段,平均年限", ["2023,330102,大学,5"]),
    "county.missing": ("年份,县代码,平均年限", ["2023,330102,", "2023,330103,5"]),
    "county.named": ("年份,县代码,县名,平均年限", ["2023,330102,甲区,5"]),
    "county.province": ("年份,县代码,省,平均年限", ["2023,330102,贵州省,5"]),
    "county.swapped": ("年份,县代码,县名,平均年限,增长,收入增长,增幅之差", gaps(*(
        ",".join((b, a, c, d)) for a, b, c, d in (line.split(",") for line in _GAPS)))),
    "county.total": ("年份,县代码,平均年限", ["2023,330000,5"]),
}


@pytest.mark.parametrize("code", sorted(CASES))
def test_a_small_input_provokes_the_code(code, tmp_path):
    assert code in CASES[code].codes(tmp_path)


@pytest.mark.parametrize("code", sorted(COUNTY_CASES))
def test_a_small_table_of_counties_provokes_the_code(code, tmp_path):
    head, lines = COUNTY_CASES[code]
    path = tmp_path / "表.csv"
    path.write_text("\n".join([head, *lines]) + "\n", "utf-8")
    files = [(LEVELLED if "学段" in head else LAYOUT, path)]
    if code == "county.named":      # said otherwise in another table
        (tmp_path / "乙.csv").write_text("\n".join([
            "年份,县代码,县名,学段,平均年限", "2023,330102,乙区,小学,5", ""]), "utf-8")
        files.append((LEVELLED, tmp_path / "乙.csv"))
    found = read_county_tables(files, YEAR).findings.rows
    assert code in {row["code"] for row in found}


def test_every_listed_code_is_provoked_here_or_by_the_named_test():
    tests = {path.stem: path.read_text("utf-8") for path in Path(__file__).parents[1].rglob("*.py")}
    assert sorted({*LISTED} - {*CASES, *COUNTY_CASES, *ELSEWHERE}) == []
    assert {*CASES, *COUNTY_CASES, *ELSEWHERE} <= {*LISTED} and len(LISTED) > 150
    assert [code for code, (test, _) in ELSEWHERE.items() if code not in tests[test]] == []
