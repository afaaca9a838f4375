#!/usr/bin/env bash
# agate, behind csvkit, takes a column of pupil–teacher ratios for durations and one of classes for
# dates, and writes them back so: 1:17.5 is 0:01:17.500000, class 3-1 is 2001-03-01.
#
# Versions: agate 1.14.2; Python 3.11.
# 师生比 is written 1:19 (primary) and 1:13.5 (junior secondary) in the standard itself, a class is
# 3-1, and a rate 99.5%. The types are tried in the order Boolean, Number, TimeDelta, Date, DateTime,
# Text (the documentation gives the order), and the first that takes every cell wins. Nothing says
# that a text was changed, and to_csv writes the change out; csvkit's commands read their tables with
# it. A % is dropped without a division, so that 99.5% is 99.5 here and 0.995 in a spreadsheet.
# pandas leaves all three as they are written. No report of ratios was found among agate's issues.
#
# Seen (what from_csv and then to_csv make of three rows):
#   师生比: TimeDelta, 班: Date, 入学率: Number
#   第一小学,0:01:19,2001-03-01,99.5
#   第二小学,0:01:17.500000,2001-03-02,100
#   第一中学,0:01:13.500000,2001-12-01,98
#
# Exits 0 while this is so, 1 when it changes, 2 when it could not be tried.
set -u
place=$(mktemp -d); trap 'rm -rf "$place"' EXIT; cd "$place" || exit 2
{ python3 -m venv v && v/bin/pip install -q --no-compile --disable-pip-version-check agate==1.14.2; } >log 2>&1 || { cat log; exit 2; }
cat >read.py <<'PY'
import agate
with open("schools.csv", "w", encoding="utf-8") as file:
    file.write("学校名称,师生比,班,入学率\n第一小学,1:19,3-1,99.5%\n第二小学,1:17.5,3-2,100%\n第一中学,1:13.5,12-1,98%\n")
table = agate.Table.from_csv("schools.csv")
kinds = dict(zip(table.column_names, table.column_types))
print(", ".join(f"{name}: {type(kinds[name]).__name__}" for name in ("师生比", "班", "入学率")))
table.to_csv("back.csv")
with open("back.csv", encoding="utf-8") as file:
    print(file.read().split("\n", 1)[1].strip())
PY
said=$(PYTHONUTF8=1 v/bin/python read.py)
echo "$said"
[ "$said" = '师生比: TimeDelta, 班: Date, 入学率: Number
第一小学,0:01:19,2001-03-01,99.5
第二小学,0:01:17.500000,2001-03-02,100
第一中学,0:01:13.500000,2001-12-01,98' ]
