"""Figures of chapter 06: outcome against focus, and the specification curve."""

import numpy as np
import pandas as pd

from pipeline.county import County
from pipeline.definitions.parts import CHANGED, Model
from pipeline.dossier.printing.drawing import Picture
from pipeline.dossier.printing.exhibit import Figure
from pipeline.dossier.printing.gap_sentences import number_of, points, step_of, term_zh
from pipeline.dossier.printing.numbers import coefficient_text, joined
from pipeline.dossier.printing.plot_panel import (
    LABEL,
    NOTE,
    TITLE,
    Panel,
    Scale,
    grid,
    names,
    padded,
)
from pipeline.dossier.printing.style import ALERT, DARK, MARKERS, MID
from pipeline.ground.terms import FITTED, is_missing, records

_ENOUGH_TO_DRAW, _ENOUGH_FOR_CURVE = 5, 3
_ROWS = (  # rows of the choice matrix: column, value, wording
    ("estimator", "ols", "最小二乘"), ("estimator", "median", "中位数回归"),
    ("weights", "", "不加权"), ("weights", "pupils", "按在校生加权"),
    ("scale", "log", "关注项取对数"), ("scale", "level", "关注项取水平"),
    ("sample", "all", "全部学校"), ("sample", "no_top", "去杠杆最大校"),
    ("sample", "no_points", "去教学点"))


def gap_chart(frames: dict[str, pd.DataFrame], county: County) -> Figure | None:
    """Draw the first question's outcome against its focus, a panel a stage."""
    if not county.standard.models:
        return None
    model = county.standard.models[0]
    drawn = {s: f[[model.focus, model.outcome]].dropna() for s, f in frames.items()
             if {model.focus, model.outcome} <= set(f.columns)}
    drawn = {s: f for s, f in drawn.items() if len(f) >= _ENOUGH_TO_DRAW}
    if not drawn:
        return None
    picture = _scatter(drawn, model, county)
    rho = joined([f"{county.standard.stages[s]}{len(f)}所" for s, f in drawn.items()])
    return Figure(
        "gap_chart", f"{county.name}{county.year}年{model.question}",
        f"散点图，{rho}；横轴为{term_zh(model.focus, county).removesuffix('（对数）')}，"
        f"纵轴为{county.standard.indicator(model.outcome).zh}", "学校数据表", picture,
        tuple({"stage": s, "school": name, "x": float(x), "y": float(y)}
              for s, f in drawn.items() for name, x, y in f.itertuples()),
        notes=("每点为一所学校；不画拟合线，系数以表为准。",))


def _scatter(drawn: dict[str, pd.DataFrame], model: Model, county: County) -> Picture:
    picture = Picture(2.7)
    unlogged = model.focus.removeprefix("ln_")  # people read 元, not its logarithm
    drawn = {s: f.assign(**{unlogged: np.exp(f[model.focus])}) if unlogged != model.focus else f
             for s, f in drawn.items()}
    ups = {s: padded(f[model.outcome]) for s, f in drawn.items()}
    boxes = grid(picture, [up.room + 1.8 * LABEL for up in ups.values()], [3.9 * LABEL],
                 top=1.9 * TITLE)
    for n, (box, (stage, frame)) in enumerate(zip(boxes, drawn.items(), strict=True)):
        panel = Panel(picture, box, padded(frame[unlogged]), ups[stage], lines="xy")
        panel.points(frame[[unlogged, model.outcome]].to_numpy(float), colour=DARK,
                     marker=MARKERS[n], size=5, edge="white")
        panel.title(f"{county.standard.stages[stage]}（n＝{len(frame)}）")
        panel.label_x(_with_unit(unlogged, county))
        panel.label_y(county.standard.indicator(model.outcome).zh)
    return picture


def _with_unit(term: str, county: County) -> str:
    found = {i.id: i for i in county.standard.used_indicators}.get(term)
    return f"{found.zh}（{found.unit}）" if found else term_zh(term, county)


def curve_chart(specifications: pd.DataFrame, models: pd.DataFrame, county: County
                ) -> Figure | None:
    """Draw the first fitted question's specifications in order of effect (设定曲线)."""
    fitted = specifications[specifications["status"] == FITTED]
    if fitted.empty:
        return None
    id = fitted.iloc[0]["id"]
    rows = fitted[fitted["id"] == id].sort_values("effect", kind="stable").reset_index(drop=True)
    if len(rows) < _ENOUGH_FOR_CURVE:
        return None
    model = models[models["id"] == id].iloc[0].to_dict()
    choices = _choices(rows, county)
    asked = len(specifications[specifications["id"] == id])
    return _curve_figure(_curve(rows, choices, model, county), rows, model, asked, county)


def _curve(rows: pd.DataFrame, choices: list, model: dict, county: County) -> Picture:
    matrix = names([zh for zh, _ in choices], downwards=True, size=NOTE)
    ends = [v for c in ("effect", "ci_low", "ci_high") for v in rows[c] if not is_missing(v)]
    up, across = padded([0, *ends]), Scale(-0.7, len(rows) - 0.3)
    picture = Picture(2.2 + 0.17 * len(choices))
    left, rests = max(matrix.room, up.room + 1.8 * LABEL) + 2, 12.2 * len(choices) + 4
    (upper,) = grid(picture, [left], [rests + 2.4 * LABEL + 8], top=4)
    effects = Panel(picture, upper, across, up)
    effects.line([(across.low, 0), (across.high, 0)], stroke="#555555", width=0.8)
    for n, row in enumerate(records(rows)):
        _effect(effects, n, row)
    outcome = county.standard.indicator(model["outcome"])
    effects.label_y(f"{outcome.short}（{points(outcome.unit)}）")
    x, _, width, _ = upper
    below = Panel(picture, (x, 2.2 * LABEL, width, rests), across, matrix)
    for y, (_, held) in enumerate(choices):
        below.points([(n, y) for n, there in enumerate(held) if there], marker="s", colour=DARK,
                     size=3.8)
    below.label_x("设定，按效应由小到大")
    return picture


def _choices(rows: pd.DataFrame, county: County) -> list[tuple[str, list[bool]]]:
    """Return the rows of the matrix whose choice differs between the specifications."""
    found = [(zh, list(rows[column] == value)) for column, value, zh in _ROWS]
    for covariates in dict.fromkeys(rows["covariates"]):
        named = joined([term_zh(c, county) for c in covariates.split("、") if c])
        held = list(rows["covariates"] == covariates)
        found.append((f"控制{named}" if named else "不加控制", held))
    return [(zh, held) for zh, held in found if any(held) and not all(held)]


def _effect(panel: Panel, n: int, row: dict) -> None:
    if not is_missing(row["ci_low"]):
        panel.line([(n, row["ci_low"]), (n, row["ci_high"])],
                   stroke=ALERT if row["base"] else MID, width=1)
    look = ({"marker": "D", "colour": ALERT, "size": 5.6} if row["base"]
            else {"colour": DARK, "size": 4.2})
    panel.points([(n, row["effect"])], **look)


def _curve_figure(picture: Picture, rows: pd.DataFrame, model: dict, asked: int,
                  county: County) -> Figure:
    step, _ = step_of(model["focus"], county)
    effects = rows["effect"].astype(float)
    above, unit = int((effects > 0).sum()), points(county.standard.indicator(model["outcome"]).unit)
    stage = county.standard.stages[model["stage"]]
    refused = f"、因样本量等原因不估计{asked - len(rows)}种" if asked > len(rows) else ""
    said = (f"{asked}种设定中可估计{len(rows)}种{refused}："
            f"效应为正{above}种、为负{int((effects < 0).sum())}种，"
            f"中位数{coefficient_text(float(effects.median()))}{unit}，"
            f"由{coefficient_text(float(effects.min()))}至{coefficient_text(float(effects.max()))}")
    listed = not number_of(model).endswith(CHANGED)
    base = "检验方案所列的原设定" if listed else f"{number_of(model)}，不是检验方案所列的设定"
    return Figure(
        "curve_chart", f"{county.name}{county.year}年{stage}设定曲线：{step}时的效应", said,
        "学校数据表", picture,
        tuple(records(rows[["estimator", "weights", "scale", "covariates", "sample", "effect"]])),
        notes=(f"{said}。竖线为95%区间（中位数回归不给），菱形为{base}。"
               "设定曲线只描述结果随取舍变动的程度，不是证明。",))
