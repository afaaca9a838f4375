#!/usr/bin/env bash
# formulajs' F.TEST gives the ratio of the variances where Excel gives the probability, and its
# T.TEST is two-sided with equal variances whatever it is asked for.
#
# Versions: @formulajs/formulajs 4.6.1 (npm; half a million downloads a month), hyperformula 3.5.0
# for comparison; Node 20.
# Microsoft's own examples: F.TEST of 6 7 9 15 21 and 20 28 31 38 40 is 0.64831785, T.TEST of the
# nine pairs below with two tails, type 1 (paired), is 0.196016. A ratio between 0 and 1 looks like a
# probability: below, the variances do not differ (p = 0.13), and 0.0698 is read as nearly
# significant; the other way round it is 14.3. The third and fourth argument of T.TEST are accepted
# and dropped, so that one tail gives twice the right p. No report of either was found.
#
# Seen:
#   formulajs F.TEST: 0.614198, 10 20 30 and 30 40 100: 0.069767, the other way round: 14.333333
#   HyperFormula F.TEST: 0.648318, 10 20 30 and 30 40 100: 0.130435, the other way round: 0.130435
#   formulajs T.TEST (tails, type): 2,1 0.191996 1,1 0.191996 2,2 0.191996 2,3 0.191996
#   HyperFormula T.TEST (tails, type): 2,1 0.196016 1,1 0.098008 2,2 0.191996 2,3 0.202294
#
# Exits 0 while this is so, 1 when it changes, 2 when it could not be tried.
set -u
place=$(mktemp -d); trap 'rm -rf "$place"' EXIT; cd "$place" || exit 2
{ npm init -y && npm install --silent --no-audit --no-fund @formulajs/formulajs@4.6.1 hyperformula@3.5.0; } >log 2>&1 ||
  { cat log; exit 2; }
cat >tests.js <<'JS'
const formulas = require('@formulajs/formulajs'), {HyperFormula} = require('hyperformula');
const sheet = HyperFormula.buildFromArray([[0]], {licenseKey: 'gpl-v3'});
const listed = values => Array.isArray(values) ? `{${values}}` : values;
const engines = {
  formulajs: (name, ...given) => formulas[name].TEST(...given),
  HyperFormula: (name, ...given) => sheet.calculateFormula(`=${name}.TEST(${given.map(listed)})`, 0)};
const few = [10, 20, 30], apart = [30, 40, 100];
const before = [3, 4, 5, 8, 9, 1, 2, 4, 5], after = [6, 19, 3, 2, 14, 4, 5, 17, 1];
for (const [engine, test] of Object.entries(engines))
  console.log(`${engine} F.TEST: ${test('F', [6, 7, 9, 15, 21], [20, 28, 31, 38, 40]).toFixed(6)}, 10 20 30 and 30 40 100: ` +
    `${test('F', few, apart).toFixed(6)}, the other way round: ${test('F', apart, few).toFixed(6)}`);
for (const [engine, test] of Object.entries(engines))
  console.log(`${engine} T.TEST (tails, type):`, ...[[2, 1], [1, 1], [2, 2], [2, 3]].map(
    how => `${how} ${test('T', before, after, ...how).toFixed(6)}`));
JS
said=$(node tests.js)
echo "$said"
[ "$said" = 'formulajs F.TEST: 0.614198, 10 20 30 and 30 40 100: 0.069767, the other way round: 14.333333
HyperFormula F.TEST: 0.648318, 10 20 30 and 30 40 100: 0.130435, the other way round: 0.130435
formulajs T.TEST (tails, type): 2,1 0.191996 1,1 0.191996 2,2 0.191996 2,3 0.191996
HyperFormula T.TEST (tails, type): 2,1 0.196016 1,1 0.098008 2,2 0.191996 2,3 0.202294' ]
