#!/usr/bin/env bash
# Asking formulajs for one sum of squares writes a 0 into the caller's blank cell, and every formula
# after it counts one school more: the mean falls from 350 to 280, the deviation is three times as large.
#
# Versions: @formulajs/formulajs 4.6.1 (npm; half a million downloads a month), hyperformula 3.5.0
# for comparison; Node 20.
# DEVSQ, SUMSQ, GEOMEAN, HARMEAN, KURT, SKEW and MODE.SNGL hand the array that they were given, not a
# copy, to a conversion that puts numbers in the place of null and undefined (what SheetJS and exceljs
# give for a blank cell); a column that is an array of numbers is that very array. MEDIAN leaves it
# alone and counts the blank as 0 by itself. Excel's documentation says of all of these that empty
# cells are ignored, and a formula changes no cell. A portal that computes 差异系数 gives 0.136 or
# 0.522, by what was asked for before. Of MEDIAN it was reported for a program built on
# formulajs (jspreadsheet pro, 2023); no report of the changed array was found.
#
# Seen (pupils 320, 410, blank, 380, 290; the coefficient is STDEV.P / AVERAGE):
#   formulajs: COUNT 4 AVERAGE 350 STDEV.P 47.434 MEDIAN 320, coefficient 0.136
#   DEVSQ 107000, pupils [320,410,0,380,290]
#   formulajs: COUNT 5 AVERAGE 280 STDEV.P 146.287 MEDIAN 320, coefficient 0.522
#   HyperFormula: COUNT 4 AVERAGE 350 STDEV.P 47.434 MEDIAN 350, coefficient 0.136; DEVSQ 9000
#
# Exits 0 while this is so, 1 when it changes, 2 when it could not be tried.
set -u
place=$(mktemp -d); trap 'rm -rf "$place"' EXIT; cd "$place" || exit 2
{ npm init -y && npm install --silent --no-audit --no-fund @formulajs/formulajs@4.6.1 hyperformula@3.5.0; } >log 2>&1 ||
  { cat log; exit 2; }
cat >blank.js <<'JS'
const formulas = require('@formulajs/formulajs'), {HyperFormula} = require('hyperformula');
const pupils = [320, 410, null, 380, 290];
const sheet = HyperFormula.buildFromArray(pupils.map(p => [p]), {licenseKey: 'gpl-v3'});
const asked = name => sheet.calculateFormula(`=${name}(A1:A5)`, 0);
function told(engine, value) {
  const [deviation, mean] = [value('STDEV.P'), value('AVERAGE')];
  return `${engine}: ` + ['COUNT', 'AVERAGE', 'STDEV.P', 'MEDIAN'].map(n => `${n} ${+value(n).toFixed(3)}`).join(' ') +
    `, coefficient ${(deviation / mean).toFixed(3)}`;
}
const own = name => name === 'STDEV.P' ? formulas.STDEV.P(pupils) : formulas[name](pupils);
console.log(told('formulajs', own));
console.log(`DEVSQ ${formulas.DEVSQ(pupils)}, pupils ${JSON.stringify(pupils)}`);
console.log(told('formulajs', own));
console.log(told('HyperFormula', asked) + `; DEVSQ ${asked('DEVSQ')}`);
JS
said=$(node blank.js)
echo "$said"
[ "$said" = 'formulajs: COUNT 4 AVERAGE 350 STDEV.P 47.434 MEDIAN 320, coefficient 0.136
DEVSQ 107000, pupils [320,410,0,380,290]
formulajs: COUNT 5 AVERAGE 280 STDEV.P 146.287 MEDIAN 320, coefficient 0.522
HyperFormula: COUNT 4 AVERAGE 350 STDEV.P 47.434 MEDIAN 350, coefficient 0.136; DEVSQ 9000' ]
