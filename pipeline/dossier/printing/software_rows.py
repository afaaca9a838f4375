"""What a book says of the software that made it: on the cover where it is not as locked, and
among the run information (运行信息) always."""

from pipeline.ground.fonts import font_hashes
from pipeline.ground.software import DIFFERS, differing, installed, software

_NAMED = ("pandas", "numpy", "scipy", "statsmodels", "seaborn", "matplotlib", "papermill",
          "nbconvert", "typst")


def cover_rows() -> tuple[tuple[str, str], ...]:
    """Return the row of a cover (封面) that marks other packages than the locked ones, if any."""
    found = differing()
    return (("软件环境", f"{DIFFERS}（{len(found)}个），见附录运行信息"),) if found else ()


def run_rows() -> list[tuple[str, str]]:
    """Return the rows of the run information: versions, where they are not as locked, fonts."""
    from importlib.metadata import version

    ran, have = software(), installed()
    blas = "；".join(f"{library} 用 {built}" for library, built in ran["blas"].items())
    said = "、".join(differing())
    return [("软件版本", "；".join([f"junheng {version('junheng')}", ran["python"],
                                *(f"{name} {have.get(name, '未安装')}" for name in _NAMED)])),
            ("线性代数库", blas),
            ("锁定文件", f"{DIFFERS}：{said}" if said else f"{len(have)}个软件包都与锁定文件一致"),
            ("字体", "；".join(f"{name} {value[:12]}" for name, value in font_hashes().items()))]
