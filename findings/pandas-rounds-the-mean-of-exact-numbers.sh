#!/usr/bin/env bash
# The mean of 1, 2 and 2 is 2 in pandas when the column is a decimal of Arrow, and 1.667 when the same
# Parquet file is read with another backend; the deviation is taken from the true mean.
#
# Versions: pandas 3.1.1, pyarrow 26.0.1; Python 3.11.
# A NUMERIC(6) of a database (Oracle's and MySQL's whole numbers, money in yuan) comes as
# decimal128(6, 0). Series.mean, DataFrame.mean, groupby and pivot_table round the result to the
# digits of the column; median, std and rolling do not. pyarrow's documentation says of its own
# mean that a decimal keeps its scale; pandas' says nothing of it, and describe() fails on such a column.
# Coefficients of variation of few teachers or classes a school change from the first digit on: the
# standard deviation is right and is divided by a rounded mean. No report was found.
#
# Seen (1, 2, 2 read from one Parquet file; mean, of a group, STDEV.P / mean):
#   pyarrow: 2.0000, 2.0000, 0.236, median 2.0
#   numpy_nullable: 1.6667, 1.6667, 0.283, median 2.0
#
# Exits 0 while this is so, 1 when it changes, 2 when it could not be tried.
set -u
place=$(mktemp -d); trap 'rm -rf "$place"' EXIT; cd "$place" || exit 2
{ python3 -m venv v && v/bin/pip install -q --no-compile --disable-pip-version-check \
    pandas==3.1.1 pyarrow==26.0.1; } >log 2>&1 || { cat log; exit 2; }
cat >mean.py <<'PY'
from decimal import Decimal
import pandas, pyarrow
import pyarrow.parquet
teachers = pyarrow.array([Decimal(1), Decimal(2), Decimal(2)], pyarrow.decimal128(6, 0))
pyarrow.parquet.write_table(pyarrow.table({"district": ["甲"] * 3, "teachers": teachers}), "teachers.parquet")
for backend in ("pyarrow", "numpy_nullable"):
    table = pandas.read_parquet("teachers.parquet", dtype_backend=backend)
    column = table["teachers"]
    mean, grouped = column.mean(), table.groupby("district")["teachers"].mean().iloc[0]
    deviation = float(column.astype(float).std(ddof=0)) if backend != "pyarrow" else float(column.std(ddof=0))
    print(f"{backend}: {mean:.4f}, {grouped:.4f}, {deviation / float(mean):.3f}, median {float(column.median())}")
PY
said=$(v/bin/python -W ignore mean.py)
echo "$said"
[ "$said" = 'pyarrow: 2.0000, 2.0000, 0.236, median 2.0
numpy_nullable: 1.6667, 1.6667, 0.283, median 2.0' ]
