#!/usr/bin/env bash
# cn2an puts 100,001,000 yuan into capitals as 壹亿壹仟元整, which is read as 110 million: the 零 for
# the missing 万 is left out; and it cuts the fen of a sum off: 0.10 and 0.70 yuan are 柒角玖分.
#
# Versions: cn2an 0.5.24; Python 3.11.
# Where digits in the middle are missing one 零 has to stand (会计基础工作规范, article 52). After 万 a
# thousand may do without; reports of that (cn2an's issues 78, 80, 85) were answered by taking the
# 零 away after 亿 as well, where 千 then stands for 千万. nzh and cn2an's own reader have the
# 零. Rounding: a sum of floats seldom ends with the fen, and half of the time the nearest
# number lies below; Python's format and Excel round it, "rmb" keeps two digits of the text. A bill
# whose figures and capitals differ is void (票据法, article 8). No report of either was found.
#
# Seen:
#   100001000 yuan: 壹亿壹仟元整, 100001234: 一亿一千二百三十四, read again: no number
#   一亿零一千二百三十四, read: 100001234
#   0.1 + 0.7 yuan: 0.80 柒角玖分, 4.35 * 100 yuan: 435.00 肆佰叁拾肆元玖角玖分
#
# Exits 0 while this is so, 1 when it changes, 2 when it could not be tried.
set -u
place=$(mktemp -d); trap 'rm -rf "$place"' EXIT; cd "$place" || exit 2
{ python3 -m venv v && v/bin/pip install -q --no-compile --disable-pip-version-check cn2an==0.5.24; } >log 2>&1 || { cat log; exit 2; }
cat >words.py <<'PY'
import cn2an
def read(words):
    try:
        return cn2an.cn2an(words, "strict")
    except ValueError:
        return "no number"
words = cn2an.an2cn(100_001_234, "low")
print(f"100001000 yuan: {cn2an.an2cn(100_001_000, 'rmb')}, 100001234: {words}, read again: {read(words)}")
print(f"一亿零一千二百三十四, read: {read('一亿零一千二百三十四')}")
sums = {"0.1 + 0.7": 0.1 + 0.7, "4.35 * 100": 4.35 * 100}
print(", ".join(f"{name} yuan: {value:.2f} {cn2an.an2cn(value, 'rmb')}" for name, value in sums.items()))
PY
said=$(PYTHONUTF8=1 v/bin/python -W ignore words.py)
echo "$said"
[ "$said" = '100001000 yuan: 壹亿壹仟元整, 100001234: 一亿一千二百三十四, read again: no number
一亿零一千二百三十四, read: 100001234
0.1 + 0.7 yuan: 0.80 柒角玖分, 4.35 * 100 yuan: 435.00 肆佰叁拾肆元玖角玖分' ]
