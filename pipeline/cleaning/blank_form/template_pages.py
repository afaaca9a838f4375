"""The pages of the blank workbook that are no forms: 填表说明 and 填写样例. Neither is read.

填表说明 is the first page: for which county and year, who filled it in, what the colours say,
then every column of every form.
"""

from itertools import groupby

from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

from pipeline.cleaning.blank_form.template_rows import Handed
from pipeline.cleaning.forms.cover import CODE, TITLE, UNIT, YEAR
from pipeline.definitions.forms.layouts import FormColumn, Layout

EXAMPLE = "填写样例"
HEAD, WANTED = PatternFill("solid", fgColor="D9E2EC"), PatternFill("solid", fgColor="FBE3C0")
_THIN = Side(style="thin", color="9AA5B1")
_BOX = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_WIDTHS = {"A": 16, "B": 34, "C": 12, "D": 14, "E": 64}
_SPANNED = 5             # so many columns alike are told by the first and the last
_EXAMPLE_WIDTH = 10.5     # the widest block is one page wide in print
_SIGNED = ("填表单位", "填表人", "审核人", "填表日期")

_OF_PLANS = "规划目标已按本县的规划列在两表末尾；另有的可加行填写，项目或编号写目标编号，如 Z16。"
_LINES = (
    "橙色表头的列必填，缺了就不能判定；蓝色表头的列有则填。鼠标点在格中，旁边有填写提示。",
    "空白表示缺失，零请填 0；短横表示不适用。",
    "一贯制学校分小学、初中两行填写，教师数、班级数按学段，校舍、场地、设备、教室、经费填全校数。",
    "“运动场地面积”与“体育运动场馆面积”二者填一；只有一个学段的学校可只填“在校生数”。",
    "“县级数据”“佐证材料”已列出项目和编号：没有的留空即为不提交；单位可改为同类的其他单位。",
    _OF_PLANS,
    "“符合”“无此情况”须写明文件和日期，缺一即为待核。",
    "“校际差异率(比率)”填小数：百分之十五填 0.15。",
    "“满意度调查”“学龄人口”没有的不填；学龄人口只供推算，不参与判定。",
    "实地核查用卷宗旁的实地核查表 spot_check.xlsx（学校按规则抽取），填好与本表一起交回。",
    "除本页的填表人、审核人（不读入）外，请勿填写个人姓名、身份证件号码、电话。",
)

_PRIMARY = {
    "school_code": "2199000001", "name": "甲小学", "school_type": "小学", "location": "镇区",
    "ownership": "公办", "pupils_primary": 480, "qualified_teachers": 26, "backbone_teachers": 6,
    "pe_art_teachers": 5, "teaching_area_m2": 2650.5, "indoor_sport_area_m2": 320,
    "field_area_m2": 4100, "equipment_value_yuan": 118.6, "multimedia_rooms": 14,
    "operating_spending_yuan": 39.2, "fitness_good_pct": 52.4, "classes": 12,
    "operating_budget_yuan": 40, "training_spending_yuan": 2.3}
_MIXED = {
    "school_code": "3199000002", "name": "乙学校", "school_type": "九年一贯制学校",
    "location": "乡村", "ownership": "公办", "pupils_primary": 214, "pupils_junior": 188,
    "teaching_area_m2": 3400.2, "indoor_sport_area_m2": 0, "field_area_m2": 8000,
    "equipment_value_yuan": 140.65, "multimedia_rooms": 15, "operating_spending_yuan": 36.72,
    "operating_budget_yuan": 38, "training_spending_yuan": 2.1}
_EXAMPLES: dict[str, list[dict]] = {
    "template-1": [
        _PRIMARY,
        _MIXED | {"stage": "小学", "qualified_teachers": 14, "backbone_teachers": 3,
                  "pe_art_teachers": 2, "classes": 6, "fitness_good_pct": 50.1},
        _MIXED | {"stage": "初中", "qualified_teachers": 12, "backbone_teachers": 2,
                  "pe_art_teachers": 2, "classes": 6, "fitness_good_pct": 48.7}],
    "county-facts": [
        {"fact": "专任教师总数", "fact_value": 1742, "fact_unit": "人"},
        {"fact": "一般公共预算教育支出", "fact_value": 48915, "fact_unit": "万元",
         "evidence_note": "决算数"},
        {"fact": "Z25", "fact_value": 71.5, "fact_unit": "%", "evidence_note": "规划目标写编号"}],
    "evidence": [
        {"item_id": "G1", "evidence_status": "符合", "evidence_note": "布局专项规划已批复",
         "evidence_date": "2022-06-30", "evidence_document": "布局专项规划.pdf"},
        {"item_id": "V1", "evidence_status": "无此情况", "evidence_date": "2023-11-20",
         "evidence_document": "县政府书面说明.pdf"}],
    "class-sizes": [
        {"school_code": "2199000001", "name": "甲小学", "stage": "小学", "classes_to_25": 0,
         "classes_26_30": 0, "classes_31_35": 2, "classes_36_40": 4, "classes_41_45": 6,
         "classes_46_50": 0, "classes_51_55": 0, "classes_56_60": 0, "classes_61_65": 0,
         "classes_66_up": 0}],
    "rooms": [
        {"school_code": "2199000001", "name": "甲小学", "room_kind": "音乐", "room_area_m2": 98.5},
        {"school_code": "2199000001", "name": "甲小学", "room_kind": "美术", "room_area_m2": 90}],
    "monitoring": [
        {"monitoring_year": 2022, "grade": "八年级", "subject": "语文", "monitoring_level": "Ⅲ",
         "school_gap_pct": 0.12}],
    "survey": [
        {"survey_group": "家长", "survey_population": 21000, "survey_sent": 420,
         "survey_valid": 401, "survey_satisfied": 372}],
    "grade-pupils": [
        {"cohort_year": 2022, "births": 2310, "kindergarten_small": 2905,
         "kindergarten_middle": 3120, "kindergarten_big": 3384, "grade_1": 3421, "grade_2": 3398,
         "grade_3": 3350, "grade_4": 3302, "grade_5": 3287, "grade_6": 3240, "grade_7": 3215,
         "grade_8": 3190, "grade_9": 3174},
        {"cohort_year": 2016, "births": 3562}],
    "links": [
        {"school_code": "3199000009", "name": "丙九年一贯制学校", "former_code": "2199000009"},
        {"school_code": "2199000011", "name": "丁教学点", "parent_code": "2199000001"}],
}


def explaining_page(sheet, forms: list[Layout], handed: Handed) -> None:
    """Write 填表说明 (`PAGE`): whom it is for, who signs it, how to fill in, what columns mean."""
    sheet["A1"] = TITLE
    sheet["A1"].font = Font(bold=True, size=16)
    unit = handed.unit
    for row in ((UNIT, unit and unit.name, CODE, unit and unit.code),
                (YEAR, handed.year, *_SIGNED[:1], None), (_SIGNED[1], None, _SIGNED[2], None),
                (_SIGNED[3], None)):
        sheet.append(row)
        for cell in sheet[sheet.max_row][:len(row)]:
            cell.border, cell.alignment = _BOX, Alignment(horizontal="left")
            if cell.column % 2:
                head(cell, HEAD)
    sheet.append([])
    lines = [line for line in _LINES if line != _OF_PLANS or handed.plans or not unit]
    for number, line in enumerate(lines, 1):
        sheet.append([f"{number}. {line}"])
    sheet.append([])
    sheet.append(["工作表", "列", "是否必填", "计量单位", "怎样填"])
    for cell in sheet[sheet.max_row][:len(_WIDTHS)]:
        head(cell, HEAD)
    for form in forms:
        columns = [c for c in form.columns if handed.wants(c.variable)]
        for (must, unit, note), alike in groupby(columns, key=_said):
            names = [column.headers[0] for column in alike]
            named = names if len(names) < _SPANNED else [f"{names[0]} 至 {names[-1]}"]
            for name in named:
                sheet.append([form.sheet, name, must, unit, note])
            sheet.cell(sheet.max_row, 5).alignment = Alignment(wrap_text=True, vertical="top")
    for letter, width in _WIDTHS.items():
        sheet.column_dimensions[letter].width = width


def wanted(column: FormColumn) -> bool:
    """Tell whether a column has to be filled in: without it the form is none, or cannot judge."""
    return column.required or column.expected


def _said(column: FormColumn) -> tuple[str, str, str]:
    """Return what is said of a column; neighbours of which the same is said stand together."""
    return "必填" if wanted(column) else "按需", _unit(column), column.note


def _unit(column: FormColumn) -> str:
    return "" if "(" in column.headers[0] else column.unit


def example_page(sheet, forms: list[Layout]) -> None:
    """Write 填写样例, a block a form; its headers are marked 例：, so that no layout knows them."""
    sheet.append(["填写样例：仅供参考，学校和数字均为虚构；本表不读取"])
    sheet["A1"].font = Font(bold=True, size=14)
    for form in forms:
        rows = _EXAMPLES[form.id]
        columns = [c for c in form.columns if any(c.variable in row for row in rows)]
        sheet.append([])
        sheet.append([f"{form.sheet}（{form.zh}）"])
        sheet.append([f"例：{column.headers[0]}" for column in columns])
        sheet.row_dimensions[sheet.max_row].height = 45
        for cell in sheet[sheet.max_row][:len(columns)]:
            head(cell, HEAD)
        for row in rows:
            sheet.append([row.get(column.variable) for column in columns])
            sheet.row_dimensions[sheet.max_row].height = 30
            for cell in sheet[sheet.max_row][:len(columns)]:
                cell.alignment = Alignment(wrap_text=True, vertical="top")
    for column in sheet.columns:
        sheet.column_dimensions[column[0].column_letter].width = _EXAMPLE_WIDTH
    sheet.column_dimensions["A"].width = 13


def head(cell, fill: PatternFill) -> None:
    """Set a cell as the head of a column."""
    cell.font, cell.fill, cell.border = Font(bold=True), fill, _BOX
    cell.alignment = Alignment(wrap_text=True, vertical="center", horizontal="center")
