"""The run that a printed page tells (页脚的运行编号): read back from a PDF, page by page."""

from pathlib import Path

from pipeline.ground.errors import WrongUse

_MISSING = ("读 PDF 要用软件包 pypdf，尚未安装。在项目文件夹中运行 make sign 即装；"
            "或用 pip 安装 junheng[sign]")


def pages_of_other_runs(pdf: Path, run: str) -> list[int]:
    """Return the numbers of the pages that do not bear the first sixteen letters of a run id; a
    cover, which is the first page, need not. `WrongUse` where there is nothing to read it with."""
    try:
        from pypdf import PdfReader
    except ImportError as fault:
        raise WrongUse(_MISSING) from fault
    pages = PdfReader(pdf).pages
    return [number for number, page in enumerate(pages, 1)
            if number > 1 and run[:16] not in page.extract_text().split()]
