"""Can this machine make a dossier? (自检): packages, fonts, typesetting, kernel, folders."""

import os
import platform
import re
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from pipeline.ground.fonts import font_files, missing_letters
from pipeline.ground.software import DIFFERS, ROOT, differing, locked, software

_OF_THE_OWNER = {"repository-code": "源码地址", "date-released": "发布日期", "doi": "DOI"}
_ANYBODY = "均衡 Junheng contributors"  # as long as no person or institution has put its name
RARE = "儋濮亳堽鄠鄯岢犍邛筠芷溆婺歙黟濉盱眙㎡Ⅲ〔〕≤≥—－"


def examine() -> list[tuple[str, bool, str]]:
    """Return (what, fine, in words) for everything that a dossier needs."""
    return [_packages(), _interpreter(), _fonts(), _typesetting(), _kernel(), _folders(),
            _desk()]


def citation_gaps(file: Path = ROOT / "CITATION.cff") -> list[str]:
    """Return what CITATION.cff lacks (引用信息) that only the owner can say: nothing of it may be
    made up here. Nothing where there is no such file, as of an installed program."""
    if not file.is_file():
        return []
    text = file.read_text("utf-8")
    there = {*re.findall(r"^([a-z-]+):", text, re.MULTILINE)}
    gaps = [f"{zh}（{key}）" for key, zh in _OF_THE_OWNER.items() if key not in there]
    nobody = "family-names" not in text and f"name: {_ANYBODY}" in text
    return gaps + (["作者的姓名或单位（authors）"] if nobody else [])


def _packages() -> tuple[str, bool, str]:
    found = differing()
    said = f"{DIFFERS}：{'、'.join(found)}" if found else f"{len(locked())}个都与锁定文件一致"
    return "软件包", not found, said


def _interpreter() -> tuple[str, bool, str]:
    ran = software()
    blas = "，".join(f"{library} 用 {built}" for library, built in ran["blas"].items())
    return "Python", True, f"{platform.python_version()}；{blas}"


def _fonts() -> tuple[str, bool, str]:
    try:
        files, missing = font_files(), missing_letters(RARE)
    except (ModuleNotFoundError, FileNotFoundError) as error:
        return "字体", False, f"未安装（{error}）"
    if missing:
        return "字体", False, f"缺字：{missing}"
    return "字体", True, f"{len(files)}个字体文件，县名生僻字与符号齐全"


def _typesetting() -> tuple[str, bool, str]:
    import typst

    pdf = typst.compile(b"= \xe5\x9d\x87\xe8\xa1\xa1", ignore_system_fonts=True,
                        font_paths=[str(f.parent) for f in font_files()])
    return "排版", pdf.startswith(b"%PDF"), f"typst {metadata.version('typst')}"


def _kernel() -> tuple[str, bool, str]:
    """Say whether there is a kernel: jupyter_client knows one of this Python, python3, wherever
    ipykernel is installed."""
    found = bool(find_spec("ipykernel") and find_spec("jupyter_client"))
    return "Jupyter 内核", found, "python3" if found else "没有 python3 内核"


def _desk() -> tuple[str, bool, str]:
    """Say whether `junheng desk` can be opened; who needs none is not told off."""
    absent = [name for name in ("starlette", "uvicorn") if not find_spec(name)]
    return "网页窗口", True, "未装，要用时运行 make desk" if absent else "可用"


def _folders() -> tuple[str, bool, str]:
    unwritable = [n for n in ("data/processed", "reports")
                  if not os.access(_standing(ROOT / n), os.W_OK)]
    return "写入权限", not unwritable, "、".join(unwritable) + "不可写" if unwritable else "正常"


def _standing(folder: Path) -> Path:
    """Return a folder, or the first one above it that is there: it will be made in that one."""
    return next(p for p in (folder, *folder.parents) if p.exists())
