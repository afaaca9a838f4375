"""How often intervals hold the truth, and how often a test cries wolf (区间覆盖率和误报率).

    python benchmarks/coverage.py [nations] [workers] [effects|null|few|projection|policy|refusals]

Made-up nations are drawn one after another from seeds 1, 2, …, straight from the process that
is stated in `pipeline/synth/making/parameters.json`; each is put to the very functions that make
the annual evaluation, and what they say is held against what was planted. What they refuse to
say is counted with its reason, and is in no share. Prints the tables that stand in
`docs/coverage.md`. 500 nations take about an hour on one core; with COVERAGE_ROWS=FOLDER a run
that was cut goes on from where it was.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.analysis.annual.county_panel import completed
from pipeline.analysis.annual.models.models import annual_models
from pipeline.analysis.annual.models.policy import policies
from pipeline.analysis.estimators import estimate
from pipeline.definitions.studies import Study, study
from pipeline.ground.errors import WrongUse
from pipeline.synth.making.parameters import of
from pipeline.synth.nation import Wanted

sys.path[:0] = [str(Path(__file__).resolve().parent.parent / "tests" / "made" / "nation"),
                str(Path(__file__).resolve().parent)]
from county_years import clean_panel  # noqa: E402
from coverage_parts.printing import covered, number, run, share, show, why  # noqa: E402
from coverage_parts.projecting import AHEAD, MEAN, ONE, PAST, PROJECTED, projected  # noqa: E402
from coverage_parts.refusing import SIZES, reasons, refusals  # noqa: E402
from supposing import supposing  # noqa: E402

LEVEL, LAST = 0.05, 2023
COUNTIES, YEARS = 50, 6
FEW, WILD_ONLY = 20, 8
ADOPTING, ADOPTING_YEARS, ADOPTING_SHARE = 60, 6, 0.8
COUNTED = 15  # nations in which the response of the figures is counted
ASKED = ("P1", "P2", "P3", "S1")
TRUTH_ONLY = ("drawn_", "policy", "exposure")


def asked(many_clusters: int = 0) -> Study:
    """Return the study with the questions that a county panel answers, without variants.

    ``many_clusters``: from so many counties on CR1, instead of what the study says.
    """
    whole = study("cn-annual")
    models = [m.model_copy(update={"variants": []}) for m in whole.models if m.id in ASKED]
    rules = whole.inference.model_copy(
        update={"many_clusters": many_clusters} if many_clusters else {})
    return whole.model_copy(update={"models": models, "inference": rules})


def nation(seed: int, counties: int, years: int, drawn: bool, more: float = 0.0) -> pd.DataFrame:
    """Return a nation's panel; ``drawn``: the CVs that were drawn instead of the figures'."""
    span = tuple(range(LAST - years + 1, LAST + 1))
    panel = pd.DataFrame(clean_panel(Wanted(counties, span, seed, "csv"), more, drawn))
    if drawn:
        panel = panel.rename(columns=lambda c: c.replace("drawn_", "cv_"))
    return panel


def measured(panel: pd.DataFrame) -> pd.DataFrame:
    """Return the panel as pooling would give it, with gaps, measures and lags."""
    told = [c for c in panel if not c.startswith(TRUTH_ONLY)]
    return completed(panel[told], asked())


def models(seed: int, drawn: bool, planted: float, kinds: tuple[str, ...] = ("", "CR1 ")
           ) -> dict[str, float]:
    """Return what the study's models say of one nation with so great an effect planted.

    ``kinds``: with the errors that the study asks for (""), and with CR1.
    """
    with supposing(gap_fund_effect=planted):
        panel = measured(nation(seed, COUNTIES, YEARS, drawn))
    wanted, row = ("estimate", "std_error", "ci_low", "ci_high", "p_value", "p_adjusted"), {}
    for kind in kinds:
        rules = asked(COUNTIES) if kind else asked()
        found = annual_models(panel, pd.DataFrame(), rules)["annual_models"].set_index("id")
        row |= {f"{kind}{id} {name}": number(found.loc[id, name]) for id in ASKED
                for name in wanted}
        row |= {f"{kind}{id} refused": why(found.loc[id]) for id in ASKED}
    return row


def response(seed: int) -> dict[str, float]:
    """Return by how much the figures' ln CV answers to ln 支出, the same nation drawn twice."""
    step = 0.1
    less, more = (measured(nation(seed, COUNTIES, YEARS, False, m)) for m in (0.0, step))
    return {name: float((more[name] - less[name]).mean() / step)
            for name in ("ln_gap", "ln_gap_teachers")}


def few_clusters(seed: int, counties: int, planted: float) -> dict[str, float]:
    """Return whether each kind of error holds the truth in a panel of few counties."""
    with supposing(gap_fund_effect=planted):
        panel = measured(nation(seed, counties, YEARS, True))
    spec = {"vars": ["ln_gap", "ln_fund_lag1", "ln_pupils", "ln_nschools"],
            "fe": ["unit", "year"], "groups": "unit"}
    fits = {"CR1": {"kind": "fe", "cov": "cluster"}, "CR2": {"kind": "cr2"},
            "野聚类自助法": {"kind": "wild", "terms": ["ln_fund_lag1"], "interval": bool(planted)}}
    found = {}
    for name, kind in fits.items():
        try:
            term = estimate(panel, spec | kind).terms.set_index("term").loc["ln_fund_lag1"]
        except WrongUse as refused:
            found |= {f"{name} {what}": np.nan for what in ("covered", "rejected", "width")}
            found[f"{name} refused"] = str(refused)
            continue
        found[f"{name} refused"] = ""
        low, high = np.nan_to_num(term["ci_low"], nan=-np.inf), np.nan_to_num(
            term["ci_high"], nan=np.inf)
        found[f"{name} covered"] = float(low <= planted <= high)
        found[f"{name} rejected"] = float(term["p_value"] < LEVEL)
        found[f"{name} width"] = float(high - low)
    return found


def refused(seed: int, counties: int, years: int) -> dict[str, str]:
    """Return by question why a nation of this size is refused an answer."""
    return refusals(measured(nation(seed, counties, years, True)), LAST)


def adopted(seed: int) -> dict[str, float]:
    """Return whether the intervals of ATT and of plain TWFE hold the true mean effect."""
    with supposing(policy_share=ADOPTING_SHARE):
        panel = nation(seed, ADOPTING, ADOPTING_YEARS, True)
    found = policies(measured(panel), LAST, asked())
    terms, cohorts, found = found["annual_policy_terms"], found["annual_cohorts"], found[
        "annual_policies"].set_index("policy")
    rows = {}
    for policy in asked().policies:
        rows[f"{policy.id} refused"] = why(found.loc[policy.id])
        if rows[f"{policy.id} refused"]:
            continue
        used = cohorts[(cohorts["policy"] == policy.id) & (cohorts["state"] == "used")]["cohort"]
        treated = panel[panel[policy.adoption].isin(used) & (panel["exposure"] > 0)]
        drawn = (treated["policy_effect"] * treated["exposure"]).mean()
        expected = of(f"policy_{policy.id}_effect") * treated["exposure"].mean()
        for kind in ("att", "twfe"):
            mine = terms[(terms["policy"] == policy.id) & (terms["kind"] == kind)].iloc[0]
            rows[f"{policy.id} {kind} bias"] = float(mine["estimate"] - drawn)
            for name, truth in (("drawn", drawn), ("expected", expected)):
                rows[f"{policy.id} {kind} {name}"] = float(
                    mine["ci_low"] <= truth <= mine["ci_high"])
        p = number(found.loc[policy.id, "pre_p"])
        rows[f"{policy.id} pre rejected"] = np.nan if np.isnan(p) else float(p < LEVEL)
    return rows


def effect_table(nations: int, workers: int) -> None:
    """Print coverage of the models of a county panel, from the figures."""
    answer, spent = run(response, min(COUNTED, nations), workers)
    table, more = run(models, nations, workers, drawn=False, planted=of("gap_fund_effect"))
    truths = {id: (of("gap_fund_effect"), answer["ln_gap"].mean()) for id in ("P1", "P2")}
    truths |= {"S1": (of("gap_fund_effect"), answer["ln_gap_teachers"].mean()), "P3": (0.0, 0.0)}
    rows = [{"模型": id, "所植": f"{planted:g}", "数字的反应": f"{true:.4f}",
             "估计值平均": f"{table[f'{id} estimate'].mean():.4f}",
             "估计值标准差": f"{table[f'{id} estimate'].std():.4f}",
             "标准误平均": f"{table[f'{id} std_error'].mean():.4f}",
             "覆盖所植": share(covered(table, id, planted)),
             "覆盖数字的反应": share(covered(table, id, true)),
             "同左，用CR1": share(covered(table, f"CR1 {id}", true)),
             "不估计": reasons(table[f"{id} refused"])}
            for id, (planted, true) in truths.items()]
    show(f"支出的效应：{COUNTIES}县×{YEARS}年，{nations}次，由真实数字", pd.DataFrame(rows),
         spent + more)


def null_table(nations: int, workers: int) -> None:
    """Print how often a test rejects where nothing is planted, one by one and as a family."""
    null, taken = run(models, nations, workers, drawn=True, planted=0.0)
    primary = [id for id in ASKED if id.startswith("P")]
    rows = [{"检验": f"{id}，未调整", **_alarms(null, [f"{id} p_value"]),
             "不估计": reasons(null[f"{id} refused"])} for id in ASKED]
    rows += [{"检验": f"主要问题任一，{zh}", **_alarms(null, [f"{id} {p}" for id in primary]),
              "不估计": reasons(null[[f"{id} refused" for id in primary]].stack())}
             for p, zh in (("p_value", "未调整"), ("p_adjusted", "Holm调整后"))]
    show(f"没有效应时的误报：{COUNTIES}县×{YEARS}年，{nations}次", pd.DataFrame(rows), taken)


def _alarms(null: pd.DataFrame, columns: list[str]) -> dict[str, str]:
    found = {}
    for zh, kind in (("误报", ""), ("用CR1", "CR1 ")):
        p = null[[kind + c for c in columns]]
        found[zh] = share((p < LEVEL).any(axis=1).astype(float).where(p.notna().any(axis=1)))
    return found


def few_table(nations: int, workers: int) -> None:
    """Print coverage and false positives with few counties, by kind of error."""
    rows, spent = [], 0.0
    for counties in (FEW, WILD_ONLY):
        planted, one = run(few_clusters, nations, workers, counties=counties,
                           planted=of("gap_fund_effect"))
        null, two = run(few_clusters, nations, workers, counties=counties, planted=0.0)
        spent += one + two
        rows += [{"县数": counties, "标准误": kind, "覆盖": share(planted[f"{kind} covered"]),
                  "误报": share(null[f"{kind} rejected"]),
                  "区间宽度中位数": f"{planted[f'{kind} width'].median():.3f}",
                  "不估计": reasons(pd.concat([planted, null])[f"{kind} refused"])}
                 for kind in ("CR1", "CR2", "野聚类自助法")]
    show(f"县数少时（P2，{YEARS}年，{nations}次）", pd.DataFrame(rows), spent)


def projection_table(nations: int, workers: int) -> None:
    """Print coverage of projections, horizon by horizon, by method."""
    table, spent = run(projected, nations, workers)
    rows = [{"量": name, "提前": n, **{zh: f"{table[f'{name} {n} {kind}'].mean():.1%}"
                                     for zh, kind in (("各县自己的趋势", "own trend"),
                                                      ("收缩趋势", "shrunk"),
                                                      ("收缩趋势，按回测放宽", "shrunk, widened"))},
             "不估计": reasons(table[f"{name} refused"])}
            for name in (MEAN, ONE) for n in range(1, AHEAD + 1)]
    show(f"外推：{PROJECTED}县×{PAST}年，名义95%，{nations}次", pd.DataFrame(rows), spent)


def policy_table(nations: int, workers: int) -> None:
    """Print coverage of ATT and of TWFE, and how often the pre-trend test rejects."""
    table, spent = run(adopted, nations, workers)
    told = [*(f"{policy} {kind} {what}" for policy in ("group", "rotation")
              for kind in ("att", "twfe") for what in ("bias", "drawn", "expected")),
            *(f"{policy} pre rejected" for policy in ("group", "rotation"))]
    table = table.reindex(columns=dict.fromkeys([*table.columns, *told]))  # all may be refused
    names = {p.id: p.zh for p in asked().policies}
    rows = [{"政策": names[policy], "方法": zh,
             "偏差平均": f"{table[f'{policy} {kind} bias'].mean():.4f}",
             "覆盖这些县的平均效应": share(table[f"{policy} {kind} drawn"]),
             "覆盖所植的平均效应": share(table[f"{policy} {kind} expected"]),
             "不估计": reasons(table[f"{policy} refused"])}
            for policy in ("group", "rotation")
            for kind, zh in (("att", "ATT（多期）"), ("twfe", "普通双向固定效应"))]
    alarms = "、".join(share(table[f"{policy} pre rejected"]) for policy in ("group", "rotation"))
    show(f"政策：{ADOPTING}县×{ADOPTING_YEARS}年，{nations}次；实施前趋势检验误报{alarms}",
         pd.DataFrame(rows), spent)


def refusal_table(nations: int, workers: int) -> None:
    """Print what is refused in nations of several sizes, a fifth as many of each, and why."""
    tables, spent = {}, 0.0
    for counties, years in SIZES:
        tables[f"{counties}县×{years}年"], taken = run(
            refused, max(1, nations // 5), workers, counties=counties, years=years)
        spent += taken
    questions = dict.fromkeys(name for table in tables.values() for name in table)
    rows = [{"问题": name, **{size: reasons(table[name]) if name in table else "（不问）"
                            for size, table in tables.items()}} for name in questions]
    show(f"不估计：县级面板能答的各个问题，各{max(1, nations // 5)}次", pd.DataFrame(rows), spent)


def main() -> None:
    """Print every table, or those that are named, for so many nations."""
    numbers = [int(text) for text in sys.argv[1:] if text.isdigit()]
    nations, workers = (*numbers, *(500, 1)[len(numbers):])
    tables = {"policy": policy_table, "null": null_table, "projection": projection_table,
              "few": few_table, "refusals": refusal_table, "effects": effect_table}
    chosen = [name for name in tables if name in sys.argv] or list(tables)
    for name in chosen:
        tables[name](nations, workers)


if __name__ == "__main__":
    main()
