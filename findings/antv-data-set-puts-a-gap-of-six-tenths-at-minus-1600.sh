#!/usr/bin/env bash
# AntV's DataSet rounds the coefficients of a trend to two decimals before it computes the curve: the
# parabola through ten years of gaps between 0.47 and 0.61 runs at minus 1,600, and no year warns.
#
# Versions: @antv/data-set 0.11.8 with regression 2.0.1 (npm); Node 20.
# The transform "regression" hands its fields to another package with precision 2, its own default.
# That package rounds the coefficients and predicts from the rounded ones, which its issues know. A
# coefficient of variation against the calendar year has a square term of 0.0004: rounded it is 0,
# the other two stay, and the curve is a line at -1604. A linear slope of -0.016 a year becomes
# -0.02, so ten years gain a quarter of the change, and an exponential is a third too low. With a
# precision of 12 all are right. In percent instead of ratios the same call looks well.
#
# Seen (year 2014 and 2023; measured 0.612 and 0.470):
#   linear: 0.6300 and 0.4500 | precision 12: 0.6082 and 0.4646
#   polynomial: -1604.5400 and -1619.0300 | precision 12: 0.6130 and 0.4693
#   exponential: 0.4100 and 0.3100 | precision 12: 0.6112 and 0.4674
#
# Exits 0 while this is so, 1 when it changes, 2 when it could not be tried.
set -u
place=$(mktemp -d); trap 'rm -rf "$place"' EXIT; cd "$place" || exit 2
{ npm init -y && npm install --silent --no-audit --no-fund @antv/data-set@0.11.8 regression@2.0.1; } >log 2>&1 || { cat log; exit 2; }
cat >trend.js <<'JS'
const {View} = require('@antv/data-set');
const gaps = [0.612, 0.598, 0.570, 0.561, 0.540, 0.522, 0.519, 0.490, 0.482, 0.470];
const ends = (method, more) => {
  const view = new View().source(gaps.map((gap, i) => ({year: 2014 + i, gap})));
  const fields = {fields: ['year', 'gap'], as: ['year', 'gap'], extent: [2014, 2023], bandwidth: 1};
  const curve = view.transform({type: 'regression', method, ...fields, ...more}).rows;
  return [curve[0], curve[9]].map(point => point.gap.toFixed(4)).join(' and ');
};
for (const method of ['linear', 'polynomial', 'exponential'])
  console.log(`${method}: ${ends(method, {})} | precision 12: ${ends(method, {precision: 12})}`);
JS
said=$(node trend.js)
echo "$said"
[ "$said" = 'linear: 0.6300 and 0.4500 | precision 12: 0.6082 and 0.4646
polynomial: -1604.5400 and -1619.0300 | precision 12: 0.6130 and 0.4693
exponential: 0.4100 and 0.3100 | precision 12: 0.6112 and 0.4674' ]
