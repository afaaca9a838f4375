"""What goes with what on the command line of ``junheng run`` (哪些选项可以同用)."""

from pathlib import Path

from pipeline.commands.folders import require_apart
from pipeline.ground.errors import WrongUse


def require_one_choice(units: tuple[str, ...], everybody: bool, asked: dict) -> None:
    """Raise `WrongUse` where not just one way is chosen of saying whose dossiers are made."""
    if [bool(units), everybody, bool(asked["prefecture"])].count(True) != 1:
        raise WrongUse("请写明至少一个县代码，如 junheng run 990101 --year 2023；"
                       "或写 --all，出全部有资料的县；或写 --prefecture，出一个市（州）的；不同用")
    if asked["shard"] and not everybody:
        raise WrongUse("--shard 只与 --all 同用")


def require_of_edition(asked: dict) -> None:
    """Raise `WrongUse` where what is asked for does not go with the edition (版本)."""
    public = asked["edition"] == "public"
    told = {"binding": "--appendix", "language": "--lang"}
    apart = [name for name in ("prefecture", "peers", "binding", "scheduler", "language")
             if asked[name]]
    if asked["language"] and asked["prefecture"]:
        raise WrongUse("--lang 不与 --prefecture 同用：外文版只有县的卷宗")
    if public and apart:
        said = "、".join(told.get(name, f"--{name}") for name in apart)
        raise WrongUse(f"{said} 不与 --edition public 同用")
    if asked["disclosure"] and not public:
        raise WrongUse("--disclosure 只与 --edition public 同用")


def require_places(raw: str, processed: str, place: Path, asked: dict) -> None:
    """Raise `WrongUse` where a folder lies in another, or holds what is of another edition or
    language."""
    from pipeline.definitions.base import ROOT
    from pipeline.publishing.records.public_causes import require_one_edition

    require_apart({"原始数据": ROOT / raw, "中间表": ROOT / processed, "卷宗": place})
    require_one_edition(place, asked["edition"])
    require_one_edition(ROOT / processed, "internal")
    if asked["language"]:
        _require_place_of_language(place, asked["language"])


def _require_place_of_language(place: Path, named: str) -> None:
    from pipeline.publishing.languages.edition import folder_of_edition
    from pipeline.publishing.languages.language import language
    from pipeline.publishing.records.public_causes import require_one_edition

    words = language(named)
    require_one_edition(folder_of_edition(place, words), words.id)
