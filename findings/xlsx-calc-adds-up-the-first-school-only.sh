#!/usr/bin/env bash
# xlsx-calc's SUMIF looks at the first cell of a column only, so that two primary schools have the
# pupils of one and the junior secondary ones none; its AVERAGE counts a cell with words as a 0.
#
# Versions: xlsx-calc 0.9.2 (npm; 145,000 downloads a month), hyperformula 3.5.0 for comparison; Node 20.
# It calculates on a server the formulas of a workbook that SheetJS has read or filled in. sumif() goes
# over the cells of the first row of its range, which is right for a range in one row; a column is one
# cell a row. No comparison (">300") and no number is a criterion to it. AVERAGE divides the sum by
# COUNTA, where Excel's documentation says that text in a reference is ignored; STDEV does
# ignore it. Where a clerk typed 停办 in place of the number the mean is 280 for 350 and
# 差异系数 a fourth too large. Functions that are missing are an error; these are numbers. The
# source calls SUMIF "missing test"; no report of either was found.
#
# Seen (pupils of 小学 320, 初中 410, 小学 停办, 小学 380, 初中 290):
#   xlsx-calc: SUMIF 小学 320, 初中 0; SUM 1400, AVERAGE 280, STDEV 54.77
#   HyperFormula: SUMIF 小学 700, 初中 700; SUM 1400, AVERAGE 350, STDEV 54.77
#
# Exits 0 while this is so, 1 when it changes, 2 when it could not be tried.
set -u
place=$(mktemp -d); trap 'rm -rf "$place"' EXIT; cd "$place" || exit 2
{ npm init -y && npm install --silent --no-audit --no-fund xlsx-calc@0.9.2 hyperformula@3.5.0; } >log 2>&1 || { cat log; exit 2; }
cat >sums.js <<'JS'
const calculate = require('xlsx-calc'), {HyperFormula} = require('hyperformula');
const rows = [['小学', 320], ['初中', 410], ['小学', '停办'], ['小学', 380], ['初中', 290]];
const sheet = HyperFormula.buildFromArray(rows, {licenseKey: 'gpl-v3'});
function byXlsxCalc(formula) {
  const cells = {'!ref': 'A1:C5', C1: {t: 'n', f: formula}};
  rows.forEach((row, r) => row.forEach((v, c) => {
    cells['AB'[c] + (r + 1)] = {t: typeof v === 'number' ? 'n' : 's', v};
  }));
  calculate({SheetNames: ['学校情况'], Sheets: {学校情况: cells}});
  return cells.C1.v;
}
const engines = {'xlsx-calc': byXlsxCalc, HyperFormula: formula => sheet.calculateFormula('=' + formula, 0)};
for (const [engine, result] of Object.entries(engines)) {
  const told = formula => +result(formula).toFixed(2);
  console.log(`${engine}: SUMIF 小学 ${told('SUMIF(A1:A5,"小学",B1:B5)')}, 初中 ${told('SUMIF(A1:A5,"初中",B1:B5)')}; ` +
    ['SUM', 'AVERAGE', 'STDEV'].map(name => `${name} ${told(`${name}(B1:B5)`)}`).join(', '));
}
JS
said=$(node sums.js)
echo "$said"
[ "$said" = 'xlsx-calc: SUMIF 小学 320, 初中 0; SUM 1400, AVERAGE 280, STDEV 54.77
HyperFormula: SUMIF 小学 700, 初中 700; SUM 1400, AVERAGE 350, STDEV 54.77' ]
