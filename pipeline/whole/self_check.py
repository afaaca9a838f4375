"""Can this machine make a dossier? (自检): packages, fonts, typesetting, kernel, folders."""

import os
import re
from importlib import metadata

from pipeline.definitions.base import ROOT
from pipeline.ground.fonts import font_files, missing_letters

RARE = "儋濮亳堽鄠鄯岢犍邛筠芷溆婺歙黟濉盱眙㎡Ⅲ〔〕≤≥—－"
_PINNED = re.compile(r"^([A-Za-z0-9_.\-]+)==([^\s;]+)", re.MULTILINE)


def examine() -> list[tuple[str, bool, str]]:
    """Return (what, fine, in words) for everything that a dossier needs."""
    return [_packages(), _fonts(), _typesetting(), _kernel(), _folders()]


def _packages() -> tuple[str, bool, str]:
    pinned = dict(_PINNED.findall((ROOT / "requirements.lock").read_text(encoding="utf-8")))
    wanted = metadata.requires("junheng") or []
    direct = {re.split(r"[ ;<>=!\[]", r)[0] for r in wanted if "extra ==" not in r}
    differing = [f"{name} {_version(name)}（锁定 {pinned[name]}）"
                 for name in sorted(direct) if _version(name) != pinned[name]]
    said = "与锁定文件一致" if not differing else "与锁定文件不同：" + "、".join(differing)
    return "软件包", not differing, said


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "未安装"


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
    from jupyter_client.kernelspec import KernelSpecManager

    found = "python3" in KernelSpecManager().find_kernel_specs()
    return "Jupyter 内核", found, "python3" if found else "没有 python3 内核"


def _folders() -> tuple[str, bool, str]:
    unwritable = [n for n in ("data/processed", "reports") if not os.access(ROOT / n, os.W_OK)]
    return "写入权限", not unwritable, "、".join(unwritable) + "不可写" if unwritable else "正常"
