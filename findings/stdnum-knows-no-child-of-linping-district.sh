#!/usr/bin/env bash
# python-stdnum's is_valid(), which answers yes or no, raises a KeyError for the identity number of a
# child of Linping or Qiantang District in Hangzhou, and calls one born before its district false.
#
# Versions: python-stdnum 2.2; Python 3.11. The numbers below belong to nobody: a date, three noughts
# and the check digit of GB 11643-1999, which is right in all of them.
# Digits one to six are the code of the county where the holder is registered when the number is
# given (GB 11643). The package's list, from an encyclopedia, has the districts abolished in Hangzhou
# in 2021, with their last year, and not the two made then (330113, 330114): such a code still meets
# the province, whose entry has no county, and the lookup fails. Elsewhere the years of a code are
# compared with the year of birth, though a child registered late is given the code of that
# day. Pupils are reported as faults of the register, or the whole check stops. No report was found.
#
# Seen (code, year of birth, what is_valid() answers):
#   330110 余杭区, born 2025: True
#   330113 临平区, born 2025: KeyError('county')
#   330114 钱塘区, born 2025: KeyError('county')
#   410307 偃师区, born 2025: True
#   410307 偃师区, born 2020 and registered in 2021: False
#
# Exits 0 while this is so, 1 when it changes, 2 when it could not be tried.
set -u
place=$(mktemp -d); trap 'rm -rf "$place"' EXIT; cd "$place" || exit 2
{ python3 -m venv v && v/bin/pip install -q --no-compile --disable-pip-version-check python-stdnum==2.2; } >log 2>&1 || { cat log; exit 2; }
cat >born.py <<'PY'
from stdnum.cn import ric
def told(place, year, more=""):
    number = f"{place[:6]}{year}0101000"
    weights = [2 ** (17 - position) % 11 for position in range(17)]
    check = (1 - sum(int(digit) * weight for digit, weight in zip(number, weights))) % 11
    try:
        answer = ric.is_valid(number + ("X" if check == 10 else str(check)))
    except KeyError as error:
        answer = repr(error)
    print(f"{place}, born {year}{more}: {answer}")
for place in ("330110 余杭区", "330113 临平区", "330114 钱塘区", "410307 偃师区"):
    told(place, 2025)
told("410307 偃师区", 2020, " and registered in 2021")
PY
said=$(PYTHONUTF8=1 v/bin/python born.py)
echo "$said"
[ "$said" = "330110 余杭区, born 2025: True
330113 临平区, born 2025: KeyError('county')
330114 钱塘区, born 2025: KeyError('county')
410307 偃师区, born 2025: True
410307 偃师区, born 2020 and registered in 2021: False" ]
