"""Pages from templates (页面): every text from outside is escaped, and nothing is fetched from
anywhere else."""

import json
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from pipeline.definitions.forms.unit_list import unit_of
from pipeline.ground.terms import SEVERITY_ZH
from pipeline.publishing.chapters.chapter_files import chapters
from pipeline.whole.desk.desk_folder import Desk
from pipeline.whole.desk.states import EDITION_ZH, JOB_ZH, KIND_ZH, UPLOAD_ZH

STATIC = Path(__file__).parent / "static"


def page(request: Request, name: str, title: str, status: int = 200, **said: object
         ) -> HTMLResponse:
    """Return a page; the template finds who looks at it, and the desk, beside what is said."""
    who = getattr(request.state, "visitor", None)
    desk = request.app.state.desk
    text = _environment().get_template(f"{name}.html.j2").render(
        title=title, visitor=who, desk=desk, path=request.url.path,
        home=county_name(desk, who.unit) if who and not who.is_operator else "", **said)
    return HTMLResponse(text, status)


def county_name(desk: Desk, unit: str) -> str:
    """Return the name of a county as the institute's list or the published codes have it."""
    found = unit_of(unit, desk.place)
    return found.name if found else unit


def chapter_number(stage: str) -> int:
    """Return the number of the chapter that a job is at, from 1; 0 before the first."""
    return [*_chapters_zh()].index(stage) + 1 if stage in _chapters_zh() else 0


def chapter_words(stage: str) -> str:
    """Return where a job stands: ``第 3 章 校际均衡（共 10 章）``."""
    number = chapter_number(stage)
    if not number:
        return "准备中"
    return f"第 {number} 章 {_chapters_zh()[stage]}（共 {len(_chapters_zh())} 章）"


@cache
def _chapters_zh() -> dict[str, str]:
    """Return what the chapters of a county's dossier are called, each by its first heading."""
    found = {}
    for path in chapters("county"):
        cells = json.loads(path.read_text("utf-8"))["cells"]
        said = "".join(next(c["source"] for c in cells if c["cell_type"] == "markdown"))
        found[path.stem] = said.partition("\n")[0].lstrip("# ")
    return found


def size_words(size: float) -> str:
    """Return a size in bytes in words."""
    return f"{size / 1e6:.1f} MB" if size >= 1e5 else f"{max(1, round(size / 1e3))} kB"


@cache
def _environment() -> Environment:
    made = Environment(loader=FileSystemLoader(Path(__file__).parent / "templates"),
                       autoescape=True, undefined=StrictUndefined, trim_blocks=True,
                       lstrip_blocks=True)
    made.filters |= {"size": size_words, "chapter": chapter_words,
                     "chapter_number": chapter_number}
    made.globals |= {"upload_zh": UPLOAD_ZH, "job_zh": JOB_ZH, "kind_zh": KIND_ZH,
                     "edition_zh": EDITION_ZH, "severity_zh": SEVERITY_ZH}
    return made
