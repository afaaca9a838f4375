#!/usr/bin/env bash
# frictionless finds a table valid and reads a deficit as a surplus: with bareNumber false the
# full-width minus, U+2212 and brackets are stripped like a unit, and so is 万 (ten thousand).
#
# Versions: frictionless 5.21.0; Python 3.11.
# bareNumber: false is what the Table Schema offers for "320人" and "98％". Everything before and
# after the digits is cut off; that the ordinary "-" has to stay was mended in 2023 (number and
# integer), the signs that Chinese input and typeset tables use were not thought of. 1.5万 yuan
# becomes 1.5; a strict field refuses all of these, so that this one looks like the remedy.
#
# Seen (text read as number; the table is valid: True):
#   320人 320, -3.2万元 -3.2, －3.2万元 3.2, −3.2 3.2, （3.2） 3.2, 1.5万 1.5
#   valid: True
#
# Exits 0 while this is so, 1 when it changes, 2 when it could not be tried.
set -u
place=$(mktemp -d); trap 'rm -rf "$place"' EXIT; cd "$place" || exit 2
{ python3 -m venv v && v/bin/pip install -q --no-compile --disable-pip-version-check frictionless==5.21.0; } >log 2>&1 || { cat log; exit 2; }
cat >try.py <<'PY'
from frictionless import Resource, Schema
texts = ["320人", "-3.2万元", "－3.2万元", "−3.2", "（3.2）", "1.5万"]
schema = Schema.from_descriptor({"fields": [{"name": "结余", "type": "number", "bareNumber": False}]})
table = Resource(data=[["结余"], *([text] for text in texts)], schema=schema)
print(", ".join(f"{text} {row['结余']}" for text, row in zip(texts, table.read_rows(), strict=True)))
print("valid:", table.validate().valid)
PY
said=$(PYTHONUTF8=1 v/bin/python try.py)
echo "$said"
[ "$said" = '320人 320, -3.2万元 -3.2, －3.2万元 3.2, −3.2 3.2, （3.2） 3.2, 1.5万 1.5
valid: True' ]
