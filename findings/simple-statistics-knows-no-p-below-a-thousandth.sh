#!/usr/bin/env bash
# For simple-statistics every z above 3.09 has the probability 0.999: a county eight deviations from the
# mean is as usual as one of three, and nothing survives a correction for many tests.
#
# Versions: simple-statistics 7.12.1, jstat 1.9.6 for comparison (npm); Node 20.
# cumulativeStdNormalProbability(z) looks z up in a printed table of two decimals for z and four for
# the answer, which ends at 3.09; beyond, and for every negative z below -3.09, it answers with the
# end of the table. The documentation says that it is an approximation from a table, not that the
# table ends. With 20 indicators and a limit of 0.05 / 20 on two sides a p of 0.002 is the least there
# is, with a hundred counties nothing can be found. The inverse, probit(), is apart from it by
# 0.003 at 0.975. That the table is coarse is known, six of its entries were mended in August 2026
# (847), and an exact function was added beside it; of the floor under p no report was found.
#
# Seen (z: one-sided p by simple-statistics, by jStat):
#   3: 0.00130, 0.00135
#   3.09: 0.00100, 0.00100
#   3.5: 0.00100, 0.00023
#   4: 0.00100, 0.00003
#   8: 0.00100, 0.00000
#   97.5 %: 1.9572, 1.9600
#
# Exits 0 while this is so, 1 when it changes, 2 when it could not be tried.
set -u
place=$(mktemp -d); trap 'rm -rf "$place"' EXIT; cd "$place" || exit 2
{ npm init -y && npm install --silent --no-audit --no-fund simple-statistics@7.12.1 jstat@1.9.6; } >log 2>&1 || { cat log; exit 2; }
cat >tail.js <<'JS'
const simple = require('simple-statistics'), {jStat} = require('jstat');
for (const z of [3, 3.09, 3.5, 4, 8]) {
  console.log(`${z}: ${(1 - simple.cumulativeStdNormalProbability(z)).toFixed(5)}, ${jStat.normal.cdf(-z, 0, 1).toFixed(5)}`);
}
console.log(`97.5 %: ${simple.probit(0.975).toFixed(4)}, ${jStat.normal.inv(0.975, 0, 1).toFixed(4)}`);
JS
said=$(node tail.js)
echo "$said"
[ "$said" = '3: 0.00130, 0.00135
3.09: 0.00100, 0.00100
3.5: 0.00100, 0.00023
4: 0.00100, 0.00003
8: 0.00100, 0.00000
97.5 %: 1.9572, 1.9600' ]
