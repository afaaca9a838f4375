"""The clerk's first pages (填报人的页面): own county year by year, blank workbook, history."""

import asyncio
import re
import shutil
import subprocess
import sys
import tempfile
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from pipeline.ground.admission import read_json
from pipeline.ground.terms import VERDICT_ZH
from pipeline.whole.desk.desk_folder import SUFFIXES, Desk, file_name
from pipeline.whole.desk.states import DELETED, DONE, INTERNAL, MAKE, READY
from pipeline.whole.desk.storage import connect
from pipeline.whole.desk.web.page_rendering import page
from pipeline.whole.desk.web.signing_in import clerks

_YEARS_BACK, _YEAR = 6, re.compile(r"[12][0-9]{3}")
_AUTUMN = 9  # the statistics of a school year are those of 1 September (统计时点)
_WRITERS = asyncio.Semaphore(2)  # processes that write blank workbooks at a time
_SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@clerks
async def desk_page(request: Request) -> Response:
    """Show the own county, one line a year, and where the file is dropped."""
    db, unit = request.app.state.db, request.state.visitor.unit
    latest: dict[int, dict] = {}
    for row in db.execute("SELECT * FROM upload WHERE unit = ? AND state != ? ORDER BY made",
                          (unit, DELETED)):
        latest[row["year"]] = {"upload": row, "job": last_job(db, row["id"])}
    for year, told in latest.items():
        made = told["job"] and told["job"]["run_id"]
        told["earlier"] = None if made else _earlier(db, unit, year)
        told["verdict"] = verdict_zh(request.app.state.desk.outputs, told["job"])
    usual = usual_year(datetime.now().astimezone())
    return page(request, "desk", "本县", years=range(usual, usual - _YEARS_BACK, -1),
                usual=usual, latest=sorted(latest.items(), reverse=True),
                suffixes="、".join(SUFFIXES))


def usual_year(day: datetime) -> int:
    """Return the year whose statistics (统计时点 9 月 1 日) are the last ones that there are.

    >>> usual_year(datetime(2026, 8, 31)), usual_year(datetime(2026, 9, 1))
    (2025, 2026)
    """
    return day.year if day.month >= _AUTUMN else day.year - 1


def last_job(db, upload: str):
    """Return the last job that made, or was to make, the dossier of an upload; None for none."""
    return db.execute("SELECT * FROM job WHERE upload = ? AND kind = ? AND edition = ?"
                      " ORDER BY made DESC LIMIT 1", (upload, MAKE, INTERNAL)).fetchone()


def _earlier(db, unit: str, year: int):
    """Return the last job whose dossier of a year is there, made of whichever file."""
    return db.execute(
        "SELECT job.*, upload.made_at AS sent FROM job JOIN upload ON upload.id = job.upload WHERE"
        " unit = ? AND year = ? AND edition = ? AND job.state = ? AND run_id != ''"
        " ORDER BY job.made DESC LIMIT 1", (unit, year, INTERNAL, DONE)).fetchone()


def verdict_zh(outputs: Path, job) -> str:
    """Return the conclusion of the dossier of a job, "" where it has none."""
    return _verdict(outputs / job["id"]) if job and job["state"] == DONE and job["run_id"] else ""


@lru_cache(maxsize=4096)
def _verdict(folder: Path) -> str:
    return VERDICT_ZH.get((read_json(folder / "results.json") or {}).get("verdict"), "")


@clerks
async def history(request: Request) -> Response:
    """Show all that the county has handed in and had made, with what can be deleted."""
    db, unit = request.app.state.db, request.state.visitor.unit
    uploads = db.execute("SELECT * FROM upload WHERE unit = ? ORDER BY made DESC LIMIT 500",
                         (unit,)).fetchall()
    jobs = db.execute(
        "SELECT job.*, year, confirmed_by, confirmed_at FROM job JOIN upload ON upload.id ="
        " job.upload LEFT JOIN release ON release.job = job.id WHERE unit = ? AND kind = ?"
        " ORDER BY job.made DESC LIMIT 500", (unit, MAKE)).fetchall()
    return page(request, "history", "历史", uploads=uploads, jobs=jobs)


@clerks
async def blank_form(request: Request) -> Response:
    """Hand out the blank workbook for the county and year; schools are those of the last file
    that was found fit, of an earlier year."""
    unit, year = request.state.visitor.unit, request.path_params["year"]
    if not _YEAR.fullmatch(year):
        raise HTTPException(404)
    async with _WRITERS:
        form = await asyncio.to_thread(_written_form, request.app.state.desk, unit, int(year))
    if form is None:
        raise HTTPException(503, "采集表没有写成，请稍后再试，或向主办单位索取。")
    return Response(form, media_type=_SPREADSHEET,
                    headers=attached(f"{unit}-{year}-采集表.xlsx"))


def attached(name: str) -> dict[str, str]:
    """Return the header by which a browser saves an answer under a name."""
    return {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}


def _written_form(desk: Desk, unit: str, year: int) -> bytes | None:
    """Return the blank workbook, written by the command ``template`` in a process of its own:
    this one opens no file of a county. Nothing of it is kept: schools of a file stand in it."""
    db = connect(desk)
    before = db.execute("SELECT * FROM upload WHERE unit = ? AND year < ? AND state = ? ORDER BY"
                        " year DESC, made DESC LIMIT 1", (unit, year, READY)).fetchone()
    db.close()
    with tempfile.TemporaryDirectory(prefix="junheng-") as folder:
        raw, written = Path(folder, "raw"), Path(folder, "form.xlsx")
        raw.mkdir()
        if desk.register.is_file():
            shutil.copyfile(desk.register, raw / desk.register.name)
        command = [sys.executable, "-m", "pipeline", "template", str(written), "--unit", unit,
                   "--year", str(year), "--raw", str(raw)]
        if before:
            (raw / str(before["year"])).mkdir()
            shutil.copyfile(desk.file_of(before["id"], before["suffix"]),
                            raw / str(before["year"]) / file_name(unit, raw, before["suffix"]))
            command += ["--from", str(before["year"])]
        done = subprocess.run(command, capture_output=True, check=False, timeout=120)
        return written.read_bytes() if not done.returncode and written.is_file() else None
