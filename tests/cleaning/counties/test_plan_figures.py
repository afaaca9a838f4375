"""Figures that only plans ask for: a wrong one is set aside with its place, and costs no more."""

from fractions import Fraction

import pytest
from tables import table

from pipeline.cleaning.checks import Findings
from pipeline.cleaning.counties.county_sheets import check_county, read_facts_toml

# 填报的两项；采用的项目；放在一边时说明的话
ROWS = table("""
    first | second | kept | said
    寄宿生数 = 10 人 | 寄宿生公用经费补助 = 0.2 万元 | 2 |
    寄宿生数 = 12.5 人 | 寄宿生公用经费补助 = 2000 元 | 1 | 应填的单位：人
    寄宿生数 = 10 元 | 寄宿生公用经费补助 = 2000 元 | 1 | 单位写的是“元”，应为人、名、位
    寄宿生数 = 约10 人 | 寄宿生公用经费补助 = 2000 元 | 1 | 应填的单位：人
    寄宿生数 = 2000000 人 | 寄宿生公用经费补助 = 400000000 元 | 1 | 应在1至100万人之间
    寄宿生数 = 10000 人 | 寄宿生公用经费补助 = 2000 元 | 0 | 寄宿生人均公用经费补助（元）
    教室间数 = 10 间 | 配备多媒体教学设备的教室间数 = 10 间 | 2 |
    教室间数 = 10 间 | 配备多媒体教学设备的教室间数 = 11 间 | 0 | 部分不大于整体
    义务教育在校生数 = 10 人 | 择校生数 = 11 人 | 1 | 择校生数不大于义务教育在校生数
""")


def read(folder, *lines):
    rows = [line.split(" = ") for line in lines]
    path = folder / "county.toml"
    text = "".join(f'"{name}" = {{ "数值" = "{said.split()[0]}", "单位" = "{said.split()[1]}" }}\n'
                   for name, said in rows)
    path.write_text(f"[facts]\n{text}", encoding="utf-8")
    findings = Findings()
    county = {"facts": read_facts_toml(path, 2023, path.name, False, findings), "evidence": [],
              "ledger_rows": [], "survey": [], "spot_checks": [], "grade_pupils": [],
              "monitoring": []}
    check_county(county, None, frozenset(), findings)
    return county["facts"], findings


@pytest.mark.parametrize("row", ROWS, ids=[f"{r['first']}-{r['second']}" for r in ROWS])
def test_a_figure_for_plans_is_used_or_set_aside_and_never_refuses_the_county(tmp_path, row):
    kept, findings = read(tmp_path, row["first"], row["second"])
    assert len(kept) == int(row["kept"]) and not findings.refused
    aside = [f for f in findings.rows if f["code"] == "target.aside"]
    assert bool(aside) == bool(row["said"])
    assert all(row["said"] in f["action"] for f in aside)


def test_money_for_plans_is_kept_in_yuan(tmp_path):
    kept, _ = read(tmp_path, "寄宿生公用经费补助 = 0.2 万元")
    assert [row["value"] for row in kept] == [Fraction(2000)]
