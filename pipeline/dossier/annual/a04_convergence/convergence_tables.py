"""Chapter 04 of the annual evaluation: do counties draw together, in sentences and a table."""

import pandas as pd

from pipeline.annual_evaluation import Annual
from pipeline.definitions.models.questions import Trajectory
from pipeline.dossier.annual.a03_models.naming import plain
from pipeline.dossier.printing.exhibit import UNKNOWN, Cell, Field, PrintedTable, Prose
from pipeline.dossier.printing.numbers import (
    coefficient_text,
    count_text,
    figure_text,
    p_text,
)
from pipeline.dossier.printing.tested_words import relation
from pipeline.ground.terms import FITTED, LEVEL, is_missing

KIND_ZH = {"sigma": "σ：离散程度", "beta": "β：无条件", "beta_averaged": "β：初值取两年平均",
           "beta_conditional": "β：控制首年条件", "sigma_whole": "σ：不含有学校缺数据的",
           "beta_whole": "β：不含有学校缺数据的"}
RETURN = ("β为负也可能只是偶然偏高偏低的单位自行回归（Friedman 1992），"
          "须与σ和初值取两年平均的结果一并看；"
          "σ下降才是单位之间的差异在缩小。")


def method_sentences(annual: Annual) -> Prose | None:
    """Say what σ and β ask; None without trajectories, so that the heading falls away too."""
    if not annual.study.trajectories:
        return None
    zh = annual.study.subject_zh
    return Prose("convergence_method", (f"σ问{zh}与{zh}之间的差异是否在缩小，"
                                        f"β问起点高的{zh}此后是否变化"
                                        "得慢；两者一并看。",))


def convergence_sentences(tests: pd.DataFrame, annual: Annual) -> Prose | None:
    """Say for each trajectory whether counties drew together; None without trajectories."""
    if not annual.study.trajectories:
        return None
    said = [_said(t, tests[(tests["measure"] == t.measure) & (tests["grouping"] == "")], annual)
            for t in annual.study.trajectories]
    return Prose("convergence_sentences", (*said, RETURN), bullets=True)


def _said(trajectory: Trajectory, tests: pd.DataFrame, annual: Annual) -> str:
    rows = {r["kind"]: r for r in tests.to_dict("records")}
    sigma, beta = rows.get("sigma"), rows.get("beta")
    if sigma is None or sigma["status"] != FITTED:
        reason = plain(sigma["reason"], annual) if sigma else "没有资料"
        return f"{trajectory.zh}：{reason}，不作判断。"
    zh = annual.study.subject_zh
    text = (f"{trajectory.zh}（{sigma['n']}个{zh}，{sigma['first_year']}—{sigma['last_year']}年）："
            f"对数标准差由{figure_text(sigma['sd_first'], 3)}变为{figure_text(sigma['sd_last'], 3)}"
            f"（Pitman–Morgan检验p{relation(sigma['p_value'])}），{_change(sigma)}")
    if beta is not None and beta["status"] == FITTED:
        text += f"；{_catching_up(beta, trajectory, _narrows(sigma))}"
    left = rows.get("sigma_whole")
    if left is not None:
        there = "结果见[[convergence_table]]" if left["status"] == FITTED else "不作判断"
        text += (f"；其中{left['partial']}个{zh}首年或末年有学校缺数据，差异系数由其余学校算出，"
                 f"不含它们的{there}")
    return text + "。"


def _narrows(sigma: dict) -> bool:
    """Tell whether σ falls: only then may a speed or a half-life be read as a narrowing."""
    return (sigma["status"] == FITTED and sigma["p_value"] < LEVEL
            and sigma["sd_last"] < sigma["sd_first"])


def _change(sigma: dict) -> str:
    if sigma["p_value"] >= LEVEL:
        return "看不出差异扩大或缩小"
    return "差异缩小" if _narrows(sigma) else "差异扩大"


def _catching_up(beta: dict, trajectory: Trajectory, narrows: bool) -> str:
    low, high = (coefficient_text(beta[end]) for end in ("ci_low", "ci_high"))
    text = (f"初值对数的系数为{coefficient_text(beta['estimate'])}"
            f"（95%区间{low}至{high}，p{relation(beta['p_value'])}）")
    if beta["p_value"] >= LEVEL:
        return text + "，不足以判断起初高低与此后变化的关系"
    start = "较高" if trajectory.lower_is_better else "较低"
    rises = (beta["estimate"] > 0) == trajectory.lower_is_better
    more, less = ("升", "降") if rises else ("降", "升")
    half = (f"，相当于每年缩小{figure_text(100 * beta['speed'], 1)}%、"
            f"{figure_text(beta['half_life'], 0)}年减半"
            if narrows and not is_missing(beta["half_life"]) else "")
    return f"{text}，起初{start}的此后{more}得多（或{less}得少）{half}"


def convergence_table(tests: pd.DataFrame, annual: Annual) -> PrintedTable | None:
    """Print σ and β of every trajectory and group (收敛)."""
    if tests.empty:
        return None
    zh = {t.measure: t.zh for t in annual.study.trajectories}
    found = tests.to_dict("records")
    narrow = {(r["measure"], r["grouping"]) for r in found if r["kind"] == "sigma" and _narrows(r)}
    named = [_name(r, zh[r["measure"]]) for r in found]
    rows = [_row(r, name * (name != before), (r["measure"], r["grouping"]) in narrow, annual)
            for r, name, before in zip(found, named, ["", *named], strict=False)]
    return PrintedTable(
        "convergence_table", f"{annual.year}年各量的收敛检验",
        (Field("量", align="left"), Field("检验", align="left"),
         Field("n"), Field("估计值"), Field("下限", "95%区间"),
         Field("上限", "95%区间"), Field("p"), Field("λ（%/年）"),
         Field("半衰期（年）"), Field("说明", align="left")),
        tuple(rows), annual.study.source.citation, wide=True,
        notes=("σ的估计值为末年与首年对数标准差之比的对数，检验为同一批县先后两年方差相等（Pitman–Morgan）；"
               "β为总增长（对数）对初值对数的系数，HC3标准误，λ＝−ln(1＋β)/年数；σ不下降的不列半衰期。",))


def _name(r: dict, zh: str) -> str:
    return f"{zh}·{r['grouping']}" if r["grouping"] else zh


def _row(r: dict, name: str, narrows: bool, annual: Annual) -> tuple[Cell, ...]:
    speed = None if is_missing(r["speed"]) else 100 * r["speed"]
    fitted = r["status"] == FITTED
    said = "" if fitted else f"不估计：{plain(r['reason'], annual)}"
    if r["kind"].startswith("sigma") and fitted:
        said = f"{figure_text(r['sd_first'], 3)}→{figure_text(r['sd_last'], 3)}"
    return (Cell(name), Cell(KIND_ZH[r["kind"]]), Cell(count_text(r["n"])),
            *(Cell(coefficient_text(r[c]), value=None if is_missing(r[c]) else r[c])
              for c in ("estimate", "ci_low", "ci_high")),
            Cell(p_text(r["p_value"])), Cell(figure_text(speed, 2)),
            Cell(figure_text(r["half_life"] if narrows else None, 1)),
            Cell(said, "" if fitted else UNKNOWN))
