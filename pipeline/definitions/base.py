"""The strict reader of definition files (定义文件): every fault of a file at once.

Numbers become exact fractions of their decimal text. Unknown keys, missing clauses and
options that this version does not carry out are faults: a rule that is written down but
not obeyed would be worse than a missing one.
"""

import hashlib
import os
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from fractions import Fraction
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PrivateAttr, ValidationError

from pipeline.ground.admission import NotAdmitted, content_of, one_line
from pipeline.ground.errors import DefinitionFault, WrongUse
from pipeline.ground.software import HOME, ROOT

DATA = HOME / "data"
_OF_ONE = {"raw", "processed", "standards", "studies", "disclosure", "languages"}
MOST_TOML_BYTES = 1_000_000
_MOST_DOTS, _MOST_LEVELS = 300, 30
_ID = re.compile(r"[\w-]+")  # it becomes the name of folders
_TOML_PLACE = re.compile(r"at line (\d+), column (\d+)")


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
                              arbitrary_types_allowed=True, defer_build=True)


def read_toml(path: Path) -> dict:
    """Return the raw content of a definition file, decimals as `Decimal`."""
    try:
        return toml_of(content_of(path.resolve(), MOST_TOML_BYTES), Decimal)
    except NotAdmitted as fault:
        what = "不是有效的 TOML：" if fault.code == "file.toml" else ""
        place = f"第{fault.row}行" if fault.row else ""
        raise DefinitionFault(one_line(path.name), [f"{what}{place}{fault.found}"]) from fault


def toml_of(content: bytes, parse_float: Callable[[str], Any] = str) -> dict:
    """Return what a TOML text holds; `NotAdmitted` with the line where it is none.

    Keys of very many parts are refused before `tomllib` sees them: it takes the square of
    their number.
    """
    far = next((n for n, line in enumerate(content.split(b"\n"), 1)
                if line.count(b".") > _MOST_DOTS), None)
    if far:
        raise NotAdmitted("file.toml", f"一行中有{_MOST_DOTS}个以上的句点", far)
    try:
        found = tomllib.loads(content.decode("utf-8-sig"), parse_float=parse_float)
    except UnicodeDecodeError as error:
        row = content[:error.start].count(b"\n") + 1
        raise NotAdmitted("file.toml", "不是 UTF-8 编码", row) from error
    except RecursionError as error:
        raise NotAdmitted("file.toml", "括号套得太深") from error
    except ValueError as error:  # of tomllib, or of a number of thousands of digits
        place = _TOML_PLACE.search(str(error))
        if place:
            raise NotAdmitted("file.toml", f"第{place[2]}列处写法有误", int(place[1])) from error
        ended = content.count(b"\n") + 1 if "end of document" in str(error) else None
        raise NotAdmitted("file.toml", "写法有误或不完整", ended) from error
    if _levels(found) > _MOST_LEVELS:
        raise NotAdmitted("file.toml", "键套得太深")
    return found


def _levels(content: Any) -> int:
    """Return how deep tables and lists stand in each other, without going down by recursion."""
    levels, inside = 0, [content]
    while inside and levels <= _MOST_LEVELS:
        inside = [part for value in inside if isinstance(value, dict | list)
                  for part in (value.values() if isinstance(value, dict) else value)]
        levels += 1
    return levels


def is_path(named: str) -> bool:
    """Tell whether a definition is named by the path of its file, and not by its id (编号)."""
    return named.lower().endswith(".toml") or bool({"/", os.sep} & {*named})


class Filed(Definition):
    """A definition with an id and a file of its own, in ``home`` or elsewhere: commands take the
    id or the path of the file."""

    home: ClassVar[Path]
    kind_zh: ClassVar[str]
    id: Text
    _file: Path | None = PrivateAttr(None)

    @classmethod
    def file_named(cls, named: str) -> Path:
        """Return the file with this id in ``home``, or the one at this path; `WrongUse` lists
        the ids where there is none."""
        known = {path.stem: path for path in sorted(cls.home.glob("*.toml"))}
        if is_path(named) and os.path.lexists(named):
            return Path(named).absolute()
        if named not in known:
            fault = (f"没有{cls.kind_zh}文件 {one_line(named)}，请核对路径，或改写编号"
                     if is_path(named) else
                     f"没有{cls.kind_zh}“{one_line(named)}”，也可写 .toml 文件的路径")
            raise WrongUse(f"{fault}。现有：{'、'.join(known)}")
        return known[named]

    @property
    def file(self) -> Path:
        """Return the file that it was read from."""
        return self._file or self.home / f"{self.id}.toml"

    @property
    def named(self) -> str:
        """Return what names it again: its id, or the path of a file elsewhere."""
        return self.id if self.file.parent == self.home else str(self.file)

    @property
    def sha256(self) -> str:
        """Return the hash of its file, as results and run records state it."""
        return file_hash(self.file)

    def require_own_id(self) -> None:
        """Raise `DefinitionFault` where a file elsewhere has an id that is no name, or is that
        of another one in ``home``: results would say that they follow that one."""
        namesake = self.home / f"{self.id}.toml"
        if not _ID.fullmatch(self.id):
            raise DefinitionFault(one_line(self.file.name),
                                  ["id：只能用文字、数字、“-”和“_”"])
        if namesake.is_file() and file_hash(namesake) != self.sha256:
            raise DefinitionFault(one_line(self.file.name), [
                f"id：{self.id} 是已有的{self.kind_zh}，内容与本文件不同，请另取编号"])


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
        faults = [*map(fault_zh, error.errors()), *faults]
    if faults:
        raise DefinitionFault(path.name, faults)
    if isinstance(found, Filed):
        found._file = path
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
    "union_tag_not_found": "缺少 {discriminator}",
    "greater_than": "应大于 {gt}",
    "less_than": "应小于 {lt}",
    "too_long": "至多{max_length}项",
    "float_type": "应为数字",
}


def fault_zh(error: dict) -> str:
    """Return one fault that pydantic found, with its place, in Chinese."""
    place = ".".join(str(part) for part in error["loc"]) or "（全文件）"
    if error["type"] not in _FAULT_ZH:      # our own words, which may quote braces of the file
        return f"{place}：{error['msg'].removeprefix('Value error, ')}"
    return f"{place}：{_FAULT_ZH[error['type']].format(**error.get('ctx', {}))}"


@cache
def definitions_hash() -> str:
    """Return one hash over the definitions that hold under every standard and study, as this
    process has found them."""
    total = hashlib.sha256()
    for path in sorted(_definitions_in(DATA, _OF_ONE)):
        total.update(f"{path.relative_to(DATA).as_posix()} {file_hash(path)}\n".encode())
    return total.hexdigest()


def definition_files(folder: Path) -> list[Path]:
    """Return the definition files of a folder and of those within it, by name; `DefinitionFault`
    where two have one name."""
    found = sorted(_definitions_in(folder, set()), key=lambda path: path.name)
    for path, after in pairwise(found):
        if path.name == after.name:
            places = "、".join(p.relative_to(folder).as_posix() for p in (path, after))
            raise DefinitionFault(path.name, [f"两个文件同名：{places}，请去掉一个"])
    return found


def _definitions_in(place: Path, left_out: set[str]) -> Iterator[Path]:
    for folder, inside, names in os.walk(place):
        inside[:] = [name for name in inside if name not in left_out and name[0] != "."]
        yield from (Path(folder, name) for name in names if name.endswith(".toml"))


def told_folder(path: Path) -> str:
    """Return a folder as records tell it: from the project on where it stands there, else whole."""
    place = Path(os.path.realpath(path))
    return one_line((place.relative_to(ROOT) if place.is_relative_to(ROOT) else place).as_posix())


def file_hash(path: Path) -> str:
    """Return the sha256 of a file of ours, for the run record; what others hand in is
    admitted first (`pipeline.ground.admission.hash_of`)."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
