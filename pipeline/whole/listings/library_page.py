"""The page of the library (程序库): what its docstrings say, printed.

    python -m pipeline.whole.listings.library_page

writes `docs/library.md`. A test compares the file with what is printed here.
"""

import ast
import doctest
import inspect
import re

from pipeline.analysis import library
from pipeline.definitions.base import ROOT

PAGE = ROOT / "docs" / "library.md"

_HEAD = """\
# 程序库：只有一张数据表的

不用采集表、不出卷宗，由 pandas 数据表直接得到差异系数、不均等指标、差异来源分解和回归估计。
各数由出卷宗的同一批函数算得，逐位相同。
本页由 `pipeline/whole/listings/library_page.py` 按程序中的说明印出，请勿手改；例子由测试运行。

```python
from pipeline.analysis.library import SchoolTable, estimate, five_schools

schools = SchoolTable(five_schools(), amounts=["books"], group="group")
schools.coefficients()[["stage", "indicator", "cv"]]        # 差异系数 0.515257
schools.indices()[["stage", "gini", "theil_t", "hoover"]]   # 基尼系数、泰尔指数等，共37列
schools.decomposition()[["group", "between", "within"]]     # 组间、组内
```

- 数可以是浮点数、Decimal、Fraction、整数，结果相同：浮点数按能还原它的最短小数读，0.1 就是 1/10。
- 缺学校代码、同一学段一校两行、学段不明、学生数不是正整数、负数、无穷大、缺数据、缺列，
  一律拒收（`TableRefused`，也是 `ValueError`），逐处列明；
  `allow_missing=True` 时缺数据的学校照列，结论为待核。
- 卷宗的中间表也可以用：`data/processed/<年份>/<县代码>/indicators.csv` 的 `value` 列
  经 `Fraction` 转换即为精确值。
"""
_SECTION = re.compile(r"^(Parameters|Raises)\n-+$", re.MULTILINE)
_SECTION_ZH = {"Parameters": "参数", "Raises": "拒收"}
_EXAMPLE = re.compile(r"^(>>> .*(?:\n.+)*)", re.MULTILINE)
_OBJECT = re.compile(r"=(?:\w+\(.*\)|<.*?>)(?=[,)])")  # a default that no line can show
_TERM = re.compile(r"^(?=\w[\w, ]* : )", re.MULTILINE)


def library_page() -> str:
    """Return the page of the library as markdown."""
    parts = [_HEAD]
    for name in library.__all__:
        thing = getattr(library, name)
        parts.append(_entry("##", name, thing))
        if thing is library.SchoolTable:
            methods = inspect.getmembers(thing, inspect.isfunction)
            parts += [_entry("###", f"{name}.{method}", function)
                      for method, function in methods if not method.startswith("_")]
    return "\n".join(parts)


def _entry(level: str, name: str, thing: object) -> str:
    called = "" if inspect.isclass(thing) and issubclass(thing, Exception) else _signature(thing)
    return f"{level} `{name}{called}`\n\n{_markdown(inspect.getdoc(thing))}\n"


def _signature(thing: object) -> str:
    signature = inspect.signature(thing)
    given = [part.replace(annotation=part.empty) for part in signature.parameters.values()
             if part.name != "self"]
    return _OBJECT.sub("=…", str(inspect.Signature(given)))


def _markdown(text: str) -> str:
    """Return a docstring with its sections, parameters and examples marked up."""
    text = _SECTION.sub(lambda found: f"**{_SECTION_ZH[found[1]]}**\n", text.strip())
    text = _TERM.sub("- ", text)
    return _EXAMPLE.sub(lambda found: f"```python\n{_imports(found[1])}{found[1]}\n```", text)


def _imports(example: str) -> str:
    """Return the lines that an example needs ahead of it, to run as it stands."""
    program = "".join(part.source for part in doctest.DocTestParser().get_examples(example))
    used = {node.id for node in ast.walk(ast.parse(program)) if isinstance(node, ast.Name)}
    ours = [name for name in library.__all__ if name in used]
    lines = ["import pandas as pd"] if "pd" in used else []
    lines += [f"from {library.__name__} import {', '.join(ours)}"] if ours else []
    return "".join(f">>> {line}\n" for line in lines)


if __name__ == "__main__":
    PAGE.write_text(library_page(), encoding="utf-8")
