"""The data dictionary (数据字典) and the list of checks (核查项), printed from the declarations.

    python -m pipeline.whole.listings.dictionary

writes `data/processed/README.md` and `docs/checks.md`. A test compares the files with what is
printed here, so they cannot fall behind.
"""

from pipeline.definitions.base import DATA, ROOT
from pipeline.definitions.forms.check_rules import program_checks
from pipeline.definitions.forms.variables import variables
from pipeline.ground.terms import SEVERITY_ZH, TABLES, Table

KIND_ZH = {"text": "文本", "whole": "整数", "exact": "精确数", "number": "浮点数", "flag": "是否"}
VARIABLE_KIND_ZH = {
    "person": "非负整数", "count": "非负整数", "amount": "非负数", "percent": "0—100",
    "score": "数", "code": "标识码", "name": "名称", "class": "分类", "raw": "照原文",
}

_HEAD = """\
# data/processed：中间表与数据字典

这里的文件由章节运行产生，每县每年一个文件夹 `<年份>/<县代码>/`，可以全部删去重做。
本文件由 `pipeline/whole/listings/dictionary.py` 按 `pipeline/ground/terms.py` 和
`data/reading/variables.toml` 印出，请勿手改。

表为 UTF-8 编码的 csv，章节之间用它交接；空白表示缺失，零是数据。类型的写法：

| 类型 | 写法 |
|---|---|
| 文本 | 原样；学校标识码、县代码是文本，前导零有意义 |
| 整数 | 十进制整数 |
| 精确数 | 有限小数照写，如 `1.955`；除不尽的写成分数，如 `2/3`；不经二进制小数 |
| 浮点数 | 能还原同一浮点数的最短写法，只用于模型结果 |
| 是否 | `true` 或 `false` |

状态：`met` 达标、`not_met` 未达标、`undetermined` 待核；参考包不作判定，留空。
给 Excel 用的同名表在 `reports/<年份>/<县代码>/tables/`，表头为中文，分数写成小数。
"""
_EXTRA = {"exact": "其后每个变量一列，类型为精确数，名称见下文“变量”。\n",
          "number": "其后每个量一列，类型为浮点数，名称见评价方案 `data/studies/`。\n"}
_VARIABLES = """
## 变量

采集表中能出现的量；换算为下列计量单位后存放。
"""


def dictionary() -> str:
    """Return the data dictionary as markdown, in Chinese."""
    parts = [_HEAD, *(_table(table) for table in TABLES.values()), _VARIABLES, _variables()]
    return "\n".join(parts)


_CHECKS = """\
# 核查项

`junheng check` 和卷宗的清洗与核查记录、`findings.json` 中每条记录的代码。本文件由
`pipeline/whole/listings/dictionary.py` 按 `data/rules/checks.toml` 印出，请勿手改。
`data/rules/checks/`（自己建）中一个文件一项的不在其内，全部见 `junheng list checks`。

- 拒收：不出卷宗。提醒：照出卷宗，写在里面。已清洗、说明：记录在案，无须处理。
- “可登记”：确实如此的数，在 `县代码_corrections.csv`（县文件夹中的 `corrections.csv`）登记该格
  （新值与原值相同，写明理由），即只提醒。
- “限当年”：往年文件夹中的文件有此情况的，只提醒。

"""


def checks_listed() -> str:
    """Return every check (核查项) as markdown: code, severity, rule and remedy."""
    rows = [(f"`{code}`", SEVERITY_ZH[check.severity] + ("，可登记" if check.confirmable else "")
             + ("，限当年" if check.of_the_year else ""), check.rule, check.remedy)
            for code, check in sorted(program_checks().items())]
    return _CHECKS + _grid(("代码", "级别", "规则", "改法"), rows)


def _table(table: Table) -> str:
    rows = [(f"`{c.name}`", c.zh, KIND_ZH[c.kind], c.meaning) for c in table.columns]
    heading = f"## {table.name}.csv：{table.zh}\n"
    grid = _grid(("名称", "中文", "类型", "含义"), rows)
    return "\n".join([heading, grid, *([_EXTRA[table.variables]] if table.variables else [])])


def _variables() -> str:
    rows = [(f"`{name}`", v.zh, VARIABLE_KIND_ZH[v.kind], v.unit or "—")
            for name, v in variables().variables.items()]
    return _grid(("名称", "中文", "取值", "计量单位"), rows)


def _grid(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "".join("| " + " | ".join(cell.replace("|", r"\|") for cell in line) + " |\n"
                   for line in lines)


if __name__ == "__main__":
    (DATA / "processed" / "README.md").write_text(dictionary(), encoding="utf-8")
    (ROOT / "docs" / "checks.md").write_text(checks_listed(), encoding="utf-8")
