#!/usr/bin/env bash
# jStat gives no percentile between the two largest values: the 90 % point of ten schools or fewer,
# and every higher one, is the second largest school itself, however far the largest lies above it.
#
# Versions: jstat 1.9.6 (npm; some two million downloads a month), hyperformula 3.5.0 for
# comparison; Node 20.
# percentile() computes the place between two values as Excel's PERCENTILE.INC does, or with its
# third argument as PERCENTILE.EXC does, and then asks whether the place is before the last but one
# value, where it has to ask for the last: there the interpolation is left out, and at k = 1 it
# jumps. jStat.quantiles(values, [k], 1, 1), of the same package, and all the others interpolate.
# A ratio of the richest tenth to the poorest, or a cap on outliers, is too small. No report of it
# was found among jStat's issues; one of 2018 led to the third argument.
#
# Seen (spending of five schools: 10 20 30 40 100; at 0.70, 0.75, 0.76, 0.90, 0.99, 1):
#   jStat.percentile: 38 40 40 40 40 100
#   jStat.quantiles: 38 40 42.4 76 97.6 100
#   PERCENTILE of HyperFormula: 38 40 42.4 76 97.6 100
#   exclusive (0.70, 0.80): jStat.percentile 40 40
#   exclusive (0.70, 0.80): PERCENTILE.EXC 52 88
#
# Exits 0 while this is so, 1 when it changes, 2 when it could not be tried.
set -u
place=$(mktemp -d); trap 'rm -rf "$place"' EXIT; cd "$place" || exit 2
{ npm init -y && npm install --silent --no-audit --no-fund jstat@1.9.6 hyperformula@3.5.0; } >log 2>&1 || { cat log; exit 2; }
cat >decile.js <<'JS'
const {jStat} = require('jstat'), {HyperFormula} = require('hyperformula');
const schools = [10, 20, 30, 40, 100], points = [0.7, 0.75, 0.76, 0.9, 0.99, 1];
const sheet = HyperFormula.buildFromArray(schools.map(s => [s]), {licenseKey: 'gpl-v3'});
const excel = (name, k) => sheet.calculateFormula(`=${name}(A1:A5, ${k})`, 0);
const told = (name, values) => console.log(`${name} ${values.map(v => +v.toFixed(6)).join(' ')}`);
told('jStat.percentile:', points.map(k => jStat.percentile(schools, k)));
told('jStat.quantiles:', points.map(k => jStat.quantiles(schools, [k], 1, 1)[0]));
told('PERCENTILE of HyperFormula:', points.map(k => excel('PERCENTILE', k)));
const open = [0.7, 0.8];
told('exclusive (0.70, 0.80): jStat.percentile', open.map(k => jStat.percentile(schools, k, true)));
told('exclusive (0.70, 0.80): PERCENTILE.EXC', open.map(k => excel('PERCENTILE.EXC', k)));
JS
said=$(node decile.js)
echo "$said"
[ "$said" = 'jStat.percentile: 38 40 40 40 40 100
jStat.quantiles: 38 40 42.4 76 97.6 100
PERCENTILE of HyperFormula: 38 40 42.4 76 97.6 100
exclusive (0.70, 0.80): jStat.percentile 40 40
exclusive (0.70, 0.80): PERCENTILE.EXC 52 88' ]
