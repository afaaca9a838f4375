"""What stands in the blank workbook (采集表) beside its headers: rows, explanation, example.

Items and vetoes come from the standard, county figures from the variables; nothing is
listed twice. Wordings are led by their group, as a line that starts with 全县 would be
read as a total.
"""

from pipeline.definitions.forms.layouts import FormColumn, Layout
from pipeline.definitions.forms.variables import variables
from pipeline.definitions.standards import Standard, standard

STANDARD = "cn-2017-06"
WORDING, PAPERS = "指标或事项", "应提交的资料"
EXTRA = {"evidence": (WORDING, PAPERS)}  # columns that help to fill in and are not read
WIDE = ("fact", "evidence_note", "evidence_document")
_IN_YUAN = (  # so much a pupil or ㎡; other money in 万元
    "quota_primary_yuan", "quota_junior_yuan", "unit_cost_teaching_area_yuan",
    "unit_cost_sports_area_yuan")
_ELIGIBILITY = "E1"

_LINES = (
    "空白表示缺失，零请填 0；短横表示不适用。",
    "一贯制学校分小学、初中两行填写，教师数、班级数按学段，校舍、场地、设备、教室、经费填全校数。",
    "“运动场地面积”与“体育运动场馆面积”二者填一；只有一个学段的学校可只填“在校生数”。",
    "“县级数据”“佐证材料”已列出项目和编号：没有的留空即为不提交；单位可改为同类的其他单位。",
    "规划目标可在“县级数据”或“佐证材料”中加行填写，项目或编号写目标编号，如 Z16。",
    "“符合”“无此情况”须写明文件和日期，缺一即为待核。",
    "“校际差异率(比率)”填小数：百分之十五填 0.15。",
    "请勿填写个人姓名、身份证件号码、电话。",
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
    "links": [
        {"school_code": "3199000009", "name": "丙九年一贯制学校", "former_code": "2199000009"},
        {"school_code": "2199000011", "name": "丁教学点", "parent_code": "2199000001"}],
}


def prefilled(layout: Layout) -> list[dict]:
    """Return the rows that the form is handed out with, by variable or by further header."""
    if layout.table == "facts":
        return [{"fact": v.zh, "fact_unit": _unit(key, v.unit)}
                for key, v in variables().variables.items() if v.county]
    return _evidence(standard(STANDARD)) if layout.table == "evidence" else []


def _unit(variable: str, base: str) -> str:
    return "万元" if base == "元" and variable not in _IN_YUAN else base


def _evidence(pack: Standard) -> list[dict]:
    asked = [(item, item.group) for item in pack.items if item.kind != "data"]
    asked += [(veto, "一票否决") for veto in pack.vetoes]
    rows = [{"item_id": item.id, WORDING: f"{group}：{item.zh}", PAPERS: f"须有：{item.evidence}"}
            for item, group in asked]
    if pack.eligibility:
        rows.append({"item_id": _ELIGIBILITY, WORDING: "申报条件：年度监测持续保持较高水平",
                     PAPERS: "须有：年度监测结果"})
    return rows


def explanations(forms: list[Layout]) -> list[list[str]]:
    """Return the lines of 填表说明: every column of every form, then what holds for all."""
    lines = [["工作表", "列", "是否必填", "计量单位", "怎样填"]]
    lines += [[form.sheet, column.headers[0],
               "必填" if column.required or column.expected else "按需",
               _column_unit(column), column.note] for form in forms for column in form.columns]
    return [*lines, *([line] for line in _LINES)]


def _column_unit(column: FormColumn) -> str:
    return "" if "(" in column.headers[0] else column.unit


def example_blocks(forms: list[Layout]):
    """Yield title, headers and rows of each form's example; columns left blank are not shown."""
    for form in forms:
        rows = _EXAMPLES[form.id]
        columns = [c for c in form.columns if any(c.variable in row for row in rows)]
        yield (f"{form.sheet}（{form.zh}）", [c.headers[0] for c in columns],
               [[row.get(c.variable) for c in columns] for row in rows])
