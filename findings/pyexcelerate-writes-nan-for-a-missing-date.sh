#!/usr/bin/env bash
# One school without a date, and the whole workbook that PyExcelerate writes from the table cannot
# be opened by openpyxl; the dates that are there are plain numbers when the table is handed over
# at once.
#
# Versions: PyExcelerate 0.13.0, pandas 3.1.1, openpyxl 3.1.5, python-calamine 0.9.1; Python 3.11.
# pandas' NaT is a datetime to Python, its serial number is nan, and that is written as it is:
# <v>nan</v>, which is no number in a workbook. A missing float is written as the error #NUM!,
# openly; a missing date is not looked for. calamine reads nan and says nothing. With new_sheet(data=)
# no date gets a format (set_cell_value gives one), so that 1956-09-01 is 20699.
#
# Seen:
#   openpyxl: ValueError
#   calamine: [['第一小学', 20699.0], ['第二小学', nan]]
#   openpyxl, without the missing one: [['第一小学', 20699]]
#
# Exits 0 while this is so, 1 when it changes, 2 when it could not be tried.
set -u
place=$(mktemp -d); trap 'rm -rf "$place"' EXIT; cd "$place" || exit 2
{ python3 -m venv v && v/bin/pip install -q --no-compile --disable-pip-version-check \
    PyExcelerate==0.13.0 pandas==3.1.1 openpyxl==3.1.5 python-calamine==0.9.1; } >log 2>&1 || { cat log; exit 2; }
cat >try.py <<'PY'
import openpyxl, pandas, pyexcelerate
from python_calamine import CalamineWorkbook
schools = pandas.DataFrame({"学校名称": ["第一小学", "第二小学"],
                            "建校日期": pandas.to_datetime(["1956-09-01", None])})
def written(table):
    book = pyexcelerate.Workbook()
    book.new_sheet("学校情况", data=table.to_numpy().tolist())
    book.save("schools.xlsx")
written(schools)
try:
    print("openpyxl:", len(openpyxl.load_workbook("schools.xlsx").worksheets), "sheet")
except ValueError as fault:
    print("openpyxl:", type(fault).__name__)
print("calamine:", CalamineWorkbook.from_path("schools.xlsx").get_sheet_by_index(0).to_python())
written(schools.dropna())
sheet = openpyxl.load_workbook("schools.xlsx").active
print("openpyxl, without the missing one:", [[name, int(day)] for name, day in sheet.values])
PY
said=$(PYTHONUTF8=1 v/bin/python -W ignore try.py)
echo "$said"
[ "$said" = "openpyxl: ValueError
calamine: [['第一小学', 20699.0], ['第二小学', nan]]
openpyxl, without the missing one: [['第一小学', 20699]]" ]
