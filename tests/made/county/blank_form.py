"""The blank workbook (采集表) in the hand of a small county, and what is filled into it."""

import openpyxl

from pipeline.cleaning.blank_form.template_book import write_template
from pipeline.cleaning.importing import import_county
from pipeline.county import County
from pipeline.ground.terms import REFUSE
from pipeline.whole.checking import check_paths

FORMS = {"学校情况": "template-1", "县级数据": "county-facts", "佐证材料": "evidence",
         "班额": "class-sizes", "专用教室": "rooms", "质量监测": "monitoring",
         "满意度调查": "survey", "学龄人口": "grade-pupils", "学校对照": "links"}
SCHOOL = {"学校标识码": "2199000001", "学校名称": "甲小学", "办学类型": "小学", "城乡类型": "镇区",
          "举办者类型": "公办", "在校生数": 500, "高于规定学历教师数": 25, "县级以上骨干教师数": 6,
          "体育艺术专任教师数": 5, "教学及辅助用房面积(㎡)": 2500.5, "运动场地面积(㎡)": 4000,
          "教学仪器设备值(万元)": 120.5, "网络多媒体教室数": 13}
SCHOOLS = [SCHOOL, SCHOOL | {"学校标识码": "2199000002", "学校名称": "乙小学"}]


def placed(tmp_path):
    path = tmp_path / "raw" / "2023" / "990101_甲县.xlsx"
    path.parent.mkdir(parents=True)
    write_template(path)
    return path


def headers(sheet):
    return [cell.value for cell in sheet[1]]


def fill(path, **sheets):
    """Write rows of header → value; in a prefilled sheet, into the row whose first cell agrees."""
    book = openpyxl.load_workbook(path)
    for name, rows in sheets.items():
        sheet, place = book[name], {h: i for i, h in enumerate(headers(book[name]), 1)}
        lines = {sheet.cell(n, 1).value: n for n in range(2, sheet.max_row + 1)}
        for row in rows:
            number = lines.get(row[headers(sheet)[0]]) if name in ("县级数据", "佐证材料") else None
            number = number or max([1, *(c.row for c in sheet["A"] if c.value)]) + 1
            for header, value in row.items():
                sheet.cell(number, place[header], value)
    book.save(path)
    return path


def imported(path):
    county = County.open("990101", 2023, raw=str(path.parents[1]), processed=str(path.parent))
    return import_county(county)


def refused_places(path):
    report, = check_paths([path])
    return {(f["code"], f["sheet"]) for f in report["findings"] if f["severity"] == REFUSE}
