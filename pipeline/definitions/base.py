"""The strict reader of definition files (定义文件): every fault of a file at once.

Numbers become exact fractions of their decimal text. Unknown keys, missing clauses and
options that this version does not carry out are faults: a rule that is written down but
not obeyed would be worse than a missing one.
"""

import hashlib
import tomllib
from collections.abc import Callable, Iterable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from pipeline.ground.errors import DefinitionFault

ROOT = Path(__file__).resolve().parent.parent.parent
DATA = ROOT / "data"


def _to_exact(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | Decimal | str):
        raise ValueError("应为数字")
    try:
        number = Decimal(value)
    except ArithmeticError as error:
        raise ValueError("应为数字") from error
    if not number.is_finite():
        raise ValueError("应为有限数")
    return Fraction(number)


Exact = Annotated[Fraction, BeforeValidator(_to_exact)]
Text = Annotated[str, Field(min_length=1)]


class Definition(BaseModel):
    """Base of everything that a TOML file may say: no unknown key, no lax conversion."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True,
                              arbitrary_types_allowed=True)


def read_toml(path: Path) -> dict:
    """Return the raw content of a definition file, decimals as `Decimal`."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DefinitionFault(path.name, [f"不是有效的 TOML：{error}"]) from error


def load_toml(path: Path, model: type[Definition],
              disagreements: Callable[[dict], Iterable[str]] = lambda raw: (),
              read: Callable[[Path], dict] = read_toml) -> Definition:
    """Read one definition file; raise `DefinitionFault` with every fault of the file.

    ``disagreements`` looks at the raw file, so that what does not agree between its parts
    is reported together with what is wrong in each of them.
    """
    raw = read(path)
    faults = list(disagreements(raw))
    try:
        found = model.model_validate(raw)
    except ValidationError as error:
        faults = [*map(_fault_zh, error.errors()), *faults]
    if faults:
        raise DefinitionFault(path.name, faults)
    return found


_FAULT_ZH = {
    "missing": "缺少必填项",
    "extra_forbidden": "未知的键",
    "string_too_short": "不得为空",
    "literal_error": "取值不在本版本支持的范围内：{expected}",
    "too_short": "至少一项",
    "bool_type": "应为 true 或 false",
    "int_type": "应为整数",
    "int_parsing": "应为整数",
    "string_type": "应为文本",
    "list_type": "应为列表",
    "dict_type": "应为表",
    "model_type": "应为表",
    "string_pattern_mismatch": "写法不合规定（{pattern}）",
    "greater_than_equal": "不得小于 {ge}",
    "less_than_equal": "不得大于 {le}",
    "union_tag_invalid": "没有这种规则，可用：{expected_tags}",
    "union_tag_not_found": "缺少 type",
}


def _fault_zh(error: dict) -> str:
    place = ".".join(str(part) for part in error["loc"]) or "（全文件）"
    text = _FAULT_ZH.get(error["type"], error["msg"].removeprefix("Value error, "))
    return f"{place}：{text.format(**error.get('ctx', {}))}"


def file_hash(path: Path) -> str:
    """Return the sha256 of a file, for the run record."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
