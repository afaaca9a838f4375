"""What a printed paper tells of its run (页脚的运行编号、附件): read back from a PDF."""

from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.ground.errors import WrongUse

if TYPE_CHECKING:
    from pypdf import PdfReader

_MISSING = ("读 PDF 要用软件包 pypdf，尚未安装。在项目文件夹中运行 make sign 即装；"
            "或用 pip 安装 junheng[sign]")


def pages_of_other_runs(pdf: Path, run: str) -> list[int]:
    """Return the numbers of the pages that do not bear the first sixteen letters of a run id; a
    cover, which is the first page, need not. `WrongUse` where there is nothing to read it with."""
    return [number for number, page in enumerate(_reader(pdf).pages, 1)
            if number > 1 and run[:16] not in page.extract_text().split()]


def attached_files(pdf: Path) -> dict[str, bytes]:
    """Return name → content of what a PDF carries with it (附件); `WrongUse` where there is nothing
    to read it with."""
    return {name: b"".join(contents) for name, contents in _reader(pdf).attachments.items()}


def _reader(pdf: Path) -> "PdfReader":
    try:
        from pypdf import PdfReader
    except ImportError as fault:
        raise WrongUse(_MISSING) from fault
    return PdfReader(pdf)
