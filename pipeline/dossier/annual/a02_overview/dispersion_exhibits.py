"""Chapter 02 of the annual evaluation: how far counties lie apart, and which codes go on."""

import pandas as pd

from pipeline.annual_evaluation import Annual
from pipeline.definitions.forms.county_layouts import COUNTIES
from pipeline.dossier.printing.exhibit import Cell, Field, Figure, PrintedTable, Prose
from pipeline.dossier.printing.numbers import count_text, figure_text, joined
from pipeline.dossier.printing.style import ALERT, DARK, panels, tidy
from pipeline.ground.terms import is_missing

_CV_DECIMALS, _MOST_UNITS = 3, 40


def dispersion_sentences(table: pd.DataFrame, annual: Annual) -> Prose:
    """Say how far counties lie apart in the study's measure of level, and how it is weighed."""
    whole = table[(table["by"] == "") & table["cv"].map(lambda cv: not is_missing(cv))]
    mine = whole[whole["measure"] == (annual.study.level or next(iter(whole["measure"]), ""))]
    zh, said = annual.study.subject_zh, []
    if len(mine):
        measure = annual.study.measure(mine["measure"].iloc[0])
        each = [f"{r['year']}年{r['n']}个{zh}平均{figure_text(r['mean'], measure.decimals)}"
                f"{measure.unit}，{zh}之间的差异系数{figure_text(r['cv'], _CV_DECIMALS)}"
                for r in mine.to_dict("records")]
        said.append(f"{measure.zh}：{'；'.join(each)}。各量见[[dispersion_table]]。")
    else:
        said.append("各量见[[dispersion_table]]。")
    if not annual.study.chained:
        said.append("各年资料不相衔接，各年的数不能相减，不作趋势。")
    return Prose("dispersion_sentences", tuple(said))


def dispersion_table(table: pd.DataFrame, annual: Annual) -> PrintedTable | None:
    """Print mean, CV, Gini and quantiles of every measure in the last two years (县际差异)."""
    whole = table[table["by"] == ""]
    years = sorted(set(whole["year"]))[-2:]
    rows = [_measured(r, annual) for measure in dict.fromkeys(whole["measure"])
            for r in whole[(whole["measure"] == measure) & whole["year"].isin(years)]
            .to_dict("records")]
    if not rows:
        return None
    zh = annual.study.subject_zh
    weighed = [annual.study.measure(m).zh for m in dict.fromkeys(
        whole.loc[whole["weights"] != "", "measure"])]
    by = joined(sorted({_weight_zh(w, annual) for w in whole["weights"] if w}))
    notes = [f"{joined(weighed)}按{by}加权，其余各{zh}同权。" if weighed else f"各{zh}同权。",
             *sorted({f"{part}。" for r in whole["reason"] if r for part in r.split("；")})]
    return PrintedTable(
        "dispersion_table", f"{zh}之间的差异",
        (Field("量", align="left"), Field("年份", align="center"),
         Field(f"{zh}数"), Field("平均"), Field("差异系数"),
         Field("基尼系数"), Field("P10"), Field("中位"),
         Field("P90"), Field("极差率")),
        tuple(rows), annual.study.source.citation, notes=tuple(notes))


def _weight_zh(name: str, annual: Annual) -> str:
    return {"pupils": "学生数"}.get(name) or annual.study.measure(name).zh


def _measured(r: dict, annual: Annual) -> tuple[Cell, ...]:
    measure = annual.study.measure(r["measure"])
    label = measure.zh + (f"（{measure.unit}）" if measure.unit else "")

    def cell(name: str, decimals: int) -> Cell:
        return Cell(figure_text(r[name], decimals), value=r[name])

    return (Cell(label), Cell(str(r["year"])), Cell(count_text(r["n"]), value=r["n"]),
            cell("mean", measure.decimals), cell("cv", _CV_DECIMALS), cell("gini", _CV_DECIMALS),
            *(cell(name, measure.decimals) for name in ("p10", "p50", "p90")),
            cell("range_ratio", 2))


def province_table(table: pd.DataFrame, annual: Annual) -> PrintedTable | None:
    """Print the level by province in the first and the last year: counties, mean, CV (分省)."""
    mine = table[(table["by"] == "province") & (table["measure"] == annual.study.level)]
    if mine.empty:
        return None
    measure, years = annual.study.measure(annual.study.level), sorted(set(mine["year"]))
    years = [years[0], years[-1]] if len(years) > 1 and annual.study.chained else years[-1:]
    found = mine.set_index(["group", "year"])
    rows = []
    for group in dict.fromkeys(mine["group"]):
        cells = [Cell(group)]
        for year in years:
            there = found.loc[(group, year)] if (group, year) in found.index else {}
            cells += [Cell(text, value=there.get(name)) for name, text in (
                ("n", count_text(there.get("n"))),
                ("mean", figure_text(there.get("mean"), measure.decimals)),
                ("cv", figure_text(there.get("cv"), _CV_DECIMALS)))]
        rows.append(tuple(cells))
    zh = annual.study.subject_zh
    return PrintedTable(
        "province_table", f"各省{zh}的{measure.zh}",
        (Field("省", align="left"),
         *(Field(label, f"{year}年") for year in years
           for label in (f"{zh}数", "平均", "差异系数"))),
        tuple(rows), annual.study.source.citation, unit=measure.unit,
        notes=(f"两年的{zh}不全相同。",) if len(years) > 1 else ())


def unit_chart(panel: pd.DataFrame, annual: Annual) -> Figure | None:
    """Draw every county's level where they are few, in the order of codes, not of values."""
    name = annual.study.level
    now = panel[(panel["year"] == annual.year)].sort_values("unit", kind="stable")
    now = now[now[name].notna()] if name in now else now.iloc[:0]
    if not 2 < len(now) <= _MOST_UNITS:
        return None
    measure, values = annual.study.measure(name), now[name].astype(float)
    figure, (ax,) = panels(1, 1, 0.8 + 0.17 * len(now))
    places = range(len(now) - 1, -1, -1)
    ax.plot(values, places, "o", color=DARK, markersize=4)
    ax.axvline(values.median(), color=ALERT, linewidth=1, linestyle="--")
    ax.set_yticks(list(places), list(now["name"]))
    ax.set(xlabel=measure.zh + (f"（{measure.unit}）" if measure.unit else ""))
    ax.grid(True, axis="both")
    tidy(ax)
    low, high = (figure_text(v, measure.decimals) for v in (values.min(), values.max()))
    return Figure(
        "unit_chart", f"{annual.year}年各{annual.study.subject_zh}{measure.zh}",
        f"{len(now)}个{annual.study.subject_zh}，{low}至{high}{measure.unit}",
        annual.study.source.citation, figure,
        tuple({"name": n, "value": float(v)} for n, v in zip(now["name"], values, strict=True)),
        notes=("虚线为中位数；按代码排列，不排名次。",))


def continuity_sentences(table: pd.DataFrame, annual: Annual) -> Prose | None:
    """Say how many codes of the first year go on; None where schools are pooled or one year."""
    if table.empty or annual.study.source.kind != COUNTIES or not annual.study.chained:
        return None
    whole, zh = table.iloc[0], annual.study.subject_zh
    return Prose("continuity_sentences", (
        f"{whole['first']}年有{whole['n_first']}个{zh}，{whole['last']}年有{whole['n_last']}个，"
        f"两年都有的代码{whole['n_both']}个；只在{whole['first']}年的{whole['gone']}个、"
        f"只在{whole['last']}年的{whole['new']}个是撤并、升格、更名换码和新设，不按名称相连。"
        "代码未变的也可能调整过边界。逐县比较只用两年都有的代码。",))
