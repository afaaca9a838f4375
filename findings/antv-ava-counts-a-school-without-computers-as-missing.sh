#!/usr/bin/env bash
# AntV's AVA counts a reported 0 as a missing value: of four schools that report 0, 0, 50 and 30
# computers, missing() says two did not report; the text 未填 ("not filled in") counts as valid.
#
# Versions: @antv/ava 3.4.1 (npm); Node 20.
# valid() adds one for each value that JavaScript holds for true, so 0 is counted with null, NaN and
# the empty text. The DataFrame of the same package counts the same column rightly (missing 0,
# zeros 2), so a report made of both contradicts itself. In a county's inventory 0 is the figure that
# matters most: the share of schools reporting falls exactly where provision is worst.
# No report was found.
#
# Seen:
#   0 0 50 30: valid 2, missing 2; DataFrame: missing 0, zeros 2
#   null 12 50 30: valid 3, missing 1; DataFrame: missing 1, zeros 0
#   0 0 0 0: valid 0, missing 4; DataFrame: missing 0, zeros 4
#   未填 12 50 30: valid 4, missing 0
#
# Exits 0 while this is so, 1 when it changes, 2 when it could not be tried.
set -u
place=$(mktemp -d); trap 'rm -rf "$place"' EXIT; cd "$place" || exit 2
{ npm init -y && npm install --silent --no-audit --no-fund @antv/ava@3.4.1; } >log 2>&1 || { cat log; exit 2; }
cat >reported.js <<'JS'
const {DataFrame, missing, valid} = require('@antv/ava');
const told = column => `${column.map(String).join(' ')}: valid ${valid(column)}, missing ${missing(column)}`;
for (const column of [[0, 0, 50, 30], [null, 12, 50, 30], [0, 0, 0, 0]]) {
  const [info] = new DataFrame(column.map(computers => ({computers}))).info();
  console.log(`${told(column)}; DataFrame: missing ${info.missing}, zeros ${info.zeros}`);
}
console.log(told(['未填', 12, 50, 30]));
JS
said=$(node reported.js)
echo "$said"
[ "$said" = '0 0 50 30: valid 2, missing 2; DataFrame: missing 0, zeros 2
null 12 50 30: valid 3, missing 1; DataFrame: missing 1, zeros 0
0 0 0 0: valid 0, missing 4; DataFrame: missing 0, zeros 4
未填 12 50 30: valid 4, missing 0' ]
