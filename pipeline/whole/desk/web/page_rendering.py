"""Pages from templates (页面): every text from outside is escaped, and nothing is fetched from
anywhere else."""

import json
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from pipeline.definitions.forms.unit_list import unit_of, units
from pipeline.ground.errors import DefinitionFault
from pipeline.ground.terms import SEVERITY_ZH
from pipeline.publishing.chapters.chapter_files import chapters
from pipeline.whole.desk.desk_folder import Desk
from pipeline.whole.desk.states import EDITION_ZH, JOB_ZH, KIND_ZH, UPLOAD_ZH
from pipeline.whole.desk.web.clerks_words import for_clerks

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
    """Return the name of a county as the institute's list or the published codes have it; its
    code where the list cannot be used."""
    found = None if register_fault(desk) else unit_of(unit, desk.place)
    return found.name if found else unit


def register_fault(desk: Desk) -> str:
    """Return what is wrong with the institute's list of counties (counties.csv); "" if nothing."""
    try:
        units(desk.place)
    except DefinitionFault as fault:
        return str(fault)
    return ""


def chapter_number(stage: str) -> int:
    """Return the number that the paper gives to the last chapter of the notebook that a job is
    at; 0 before the first, one more than the chapters in the appendix."""
    return max(_chapters_zh().get(stage, {0: ""}))


def chapter_words(stage: str) -> str:
    """Return where a job stands, in the paper's numbers: ``第 4 章 校际均衡（共 11 章）``."""
    here = _chapters_zh().get(stage)
    if not here:
        return "准备中"
    count = chapter_count()
    if min(here) > count:
        return f"附录（前 {count} 章已成）"
    numbers = "、".join(map(str, here))
    return f"第 {numbers} 章 {'；'.join(here.values())}（共 {count} 章）"


def chapter_count() -> int:
    """Return how many numbered chapters the paper of a county has."""
    return max(max(here) for here in _chapters_zh().values()) - 1


@cache
def _chapters_zh() -> dict[str, dict[int, str]]:
    """Return notebook → number on the paper → heading of the chapters that it writes; the last
    one is the appendix, which has no number there."""
    found, number = {}, 0
    for path in chapters("county"):
        cells = json.loads(path.read_text("utf-8"))["cells"]
        heads = [line[2:] for cell in cells if cell["cell_type"] == "markdown"
                 for line in "".join(cell["source"]).splitlines() if line.startswith("# ")]
        found[path.stem] = dict(enumerate(heads, number + 1))
        number += len(heads)
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
                     "chapter_number": chapter_number, "clerks": for_clerks}
    made.globals |= {"upload_zh": UPLOAD_ZH, "job_zh": JOB_ZH, "kind_zh": KIND_ZH,
                     "edition_zh": EDITION_ZH, "severity_zh": SEVERITY_ZH,
                     "chapters": chapter_count}
    return made
