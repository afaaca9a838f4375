"""Tokens (口令): made for one county, shown once, printed, ended."""

import re
from math import ceil

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from pipeline.definitions.forms.unit_list import UNIT, unit_of
from pipeline.whole.desk.desk_clock import now
from pipeline.whole.desk.desk_folder import DAY_SECONDS
from pipeline.whole.desk.tokens import CLERK, EVERY, OPERATOR, ROLE_ZH, new_token, revoke
from pipeline.whole.desk.web.page_rendering import county_name, page
from pipeline.whole.desk.web.signing_in import operators

_MOST_LABEL = 40
_NUMBER = re.compile(r"[0-9]{1,18}")  # what the database can hold


@operators
async def tokens(request: Request) -> Response:
    """Show every token but its letters, which nobody has any more, and the form for a new one."""
    db, desk = request.app.state.db, request.app.state.desk
    rows = [{**dict(row), "role_zh": ROLE_ZH[row["role"]],
             "name": "全部" if row["unit"] == EVERY else county_name(desk, row["unit"]),
             "days": ceil(max(0, row["expires"] - now(db)) / DAY_SECONDS),
             "holds": not row["revoked"] and row["expires"] > now(db)}
            for row in db.execute("SELECT * FROM token ORDER BY revoked, unit, id")]
    return page(request, "tokens", "口令", rows=rows, most=_MOST_LABEL)


@operators
async def issue(request: Request) -> Response:
    """Make a token for the county in the body, ``code`` and a label behind a comma; for ``*`` one
    of another operator's."""
    desk = request.app.state.desk
    unit, _, label = (await request.body()).decode("utf-8", "replace").partition(",")
    unit, label = unit.strip(), label.strip()[:_MOST_LABEL]
    if unit != EVERY and (not UNIT.fullmatch(unit) or unit_of(unit, desk.place) is None):
        return JSONResponse({"said": f"没有代码为“{unit[:6]}”的县。请写 6 位县级代码；新设的县请先"
                                     "加进窗口文件夹的 counties.csv。"}, 400)
    role = OPERATOR if unit == EVERY else CLERK
    letters = new_token(request.app.state.db, desk, unit, role, label,
                        request.state.visitor.who)
    name = "主办单位" if role == OPERATOR else county_name(desk, unit)
    return JSONResponse({"token": letters, "name": name, "days": desk.token_days}, 201)


@operators
async def end_token(request: Request) -> Response:
    """End a token, and whoever is signed in with it."""
    number = request.path_params["id"]
    if not _NUMBER.fullmatch(number) or not request.app.state.db.execute(
            "SELECT 1 FROM token WHERE id = ?", (int(number),)).fetchone():
        raise HTTPException(404)
    if int(number) == request.state.visitor.token:
        return JSONResponse({"said": "不能停用自己正在用的口令。"}, 409)
    revoke(request.app.state.db, int(number), request.state.visitor.who)
    return JSONResponse({"to": "/op/tokens"})
