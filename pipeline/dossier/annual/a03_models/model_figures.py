"""Figures of chapter 03: the foci with their variants, in natural units."""

import pandas as pd

from pipeline.annual_evaluation import Annual
from pipeline.dossier.annual.a03_models.naming import size_of, sources_zh
from pipeline.dossier.printing.exhibit import Figure
from pipeline.dossier.printing.numbers import joined
from pipeline.dossier.printing.style import ALERT, DARK, MID, panels, tidy
from pipeline.ground.terms import FITTED, is_missing

_ROW, _HEAD = 0.2, 0.75


def effect_chart(models: pd.DataFrame, variants: pd.DataFrame, annual: Annual) -> Figure | None:
    """Draw each focus and its variants with intervals, one panel a unit of the effect."""
    groups = _groups(models, variants, annual)
    if not groups:
        return None
    heights = [len(rows) for rows in groups.values()]
    figure, axes = panels(len(groups), 1, sum(_ROW * h + _HEAD for h in heights),
                          height_ratios=heights)
    for ax, ((unit, effect), rows) in zip(axes, groups.items(), strict=True):
        for n, row in enumerate(rows):
            colour = ALERT if row["base"] else MID
            if row["low"] is not None:
                ax.plot([row["low"], row["high"]], [n, n], color=colour, linewidth=1.3)
            ax.plot(row["effect"], n, "D" if row["base"] else "o", markersize=4.5,
                    color=ALERT if row["base"] else DARK)
        ax.axvline(0, color="#555555", linewidth=0.8)
        ax.set_yticks(range(len(rows)), [row["label"] for row in rows])
        ax.set(ylim=(len(rows) - 0.5, -0.5), xlabel=f"{effect}的变化（{unit}）")
        ax.grid(True, axis="x")
        ax.grid(False, axis="y")
        tidy(ax)
    flat = [row for rows in groups.values() for row in rows]
    return Figure(
        "effect_chart", f"{annual.year}年各问题的效应与敏感性",
        f"点和95%区间；{joined(sorted({row['id'] for row in flat}))}，每个问题先列原设定，"
        f"再列改变一项的",
        sources_zh(annual), figure,
        tuple({k: row[k] for k in ("id", "label", "effect", "low", "high")} for row in flat),
        notes=(_marks(flat, annual),))


def _marks(drawn: list[dict], annual: Annual) -> str:
    """Explain the marks that are drawn, and no others."""
    by_tenths = {m.id for m in annual.study.models if m.reading in ("elasticity", "semi")}
    said = [("菱形为原设定", True), ("圆点为列明的改变", not all(row["base"] for row in drawn)),
            ("对数的关注项为每高10%", any(row["id"] in by_tenths for row in drawn)),
            ("横线为95%区间", True), ("竖线为零", True)]
    return "，".join(text for text, there in said if there) + "。"


def _groups(models: pd.DataFrame, variants: pd.DataFrame, annual: Annual
            ) -> dict[tuple[str, str], list[dict]]:
    """Return the rows to draw by unit and outcome."""
    asked, groups = {m.id: m for m in annual.study.models}, {}
    for r in models.to_dict("records"):
        model = asked[r["id"]]
        if r["status"] != FITTED or model.reading not in ("elasticity", "semi", "unit"):
            continue
        key = (size_of(model).unit or "—", _short(model.effect))
        mine = groups.setdefault(key, [])
        mine.append(_row(r, r["id"], True, model))
        for v in variants[variants["id"] == r["id"]].to_dict("records"):
            if v["status"] == FITTED:
                mine.append(_row(v, f"{v['variant']}", False, model))
    return groups


def _short(effect: str) -> str:
    return effect.split("（")[0].split("的第")[0].removeprefix("教师三项")


def _row(r: dict, label: str, base: bool, model) -> dict:
    size = size_of(model)
    there = not (is_missing(r["ci_low"]) or is_missing(r["ci_high"]))
    return {"id": model.id, "label": label, "base": base, "effect": size.of(r["estimate"]),
            "low": size.of(r["ci_low"]) if there else None,
            "high": size.of(r["ci_high"]) if there else None}
