"""Chapter 08: pupils to the horizon with their intervals, and the classes, teachers and rooms that
they need at both sizes of class (学龄人口变化). Nothing of it is a verdict."""

from itertools import groupby

import pandas as pd

from pipeline.county import County
from pipeline.definitions.models.enrolment_rules import enrolment_rule
from pipeline.dossier.printing.drawing import Picture
from pipeline.dossier.printing.exhibit import Cell, Field, Figure, PrintedTable, Prose
from pipeline.dossier.printing.numbers import EMPTY, count_text, joined
from pipeline.dossier.printing.plot_panel import (
    LABEL,
    TITLE,
    Key,
    Panel,
    Scale,
    flat_width,
    grid,
    legend,
    numbers,
)
from pipeline.dossier.printing.style import DARK, PALE
from pipeline.ground.terms import is_missing, records

_NONE = "没有交学龄人口表（分年级在校生、在园幼儿、出生人口），不推算以后各年的在校生。"
_COVERS = ("推算假定近年的升级率不变，区间（{level}）只含各年升级率的出入，"
           "不含政策、迁移、区划和学校布局的变化；年份越远越不可靠。推算不参与任何判定")
_MOST_TICKS = 5


def enrolment_sentences(enrolment: pd.DataFrame, needs: pd.DataFrame, county: County) -> Prose:
    """Say, stage by stage, how many pupils there are and will be, and what the last year needs."""
    rows = _by_stage(enrolment)
    if not rows:
        return Prose("enrolment_sentences", (_NONE,))
    table = "，见[[enrolment_table]]" if any(len(own) > 1 for own in rows.values()) else ""
    needed = need_words(needs, county)
    return Prose("enrolment_sentences", (
        *course_words(enrolment, county), f"{_COVERS.format(level=_level())}{table}。",
        *([f"{needed}，各年见[[needs_table]]。"] if needed else [])))


def course_words(enrolment: pd.DataFrame, county: County) -> list[str]:
    """Say of each stage how many pupils there are and will be, and of this year's numbers why
    they are not those of the schools' own tables, where they are not."""
    rows = _by_stage(enrolment)
    told = [_two_totals(stage, own[0], county) for stage, own in rows.items()]
    return [*(_course(stage, own, county) for stage, own in rows.items()),
            *([f"{'；'.join(filter(None, told))}。两表的统计范围可能不同（如附设班、未列入学校表的"
               "学校）：达标和差异系数按学校表判定，推算按学龄人口表。"] if any(told) else [])]


def need_words(needs: pd.DataFrame, county: County) -> str:
    """Say what the last year needs at both sizes of class; nothing where that is not known."""
    return "；".join(_need(stage, own, county) for stage, own in _by_stage(needs).items())


def _two_totals(stage: str, row: dict, county: County) -> str:
    """Say how two totals of one stage and year differ (两个合计), where they do."""
    if is_missing(row["pupils"]) or is_missing(row["reported"]) or row["pupils"] == row["reported"]:
        return ""
    zh, more = county.standard.stages.get(stage, stage), row["pupils"] - row["reported"]
    return (f"{row['year']}年{zh}学龄人口表分年级合计{row['pupils']}人，"
            f"学校表合计{row['reported']}人，前者{'多' if more > 0 else '少'}{abs(more)}人")


def _level() -> str:
    return f"{enrolment_rule().level:.0%}"


def _by_stage(table: pd.DataFrame) -> dict[str, list[dict]]:
    found: dict[str, list[dict]] = {}
    for row in records(table):
        found.setdefault(row["stage"], []).append(row)
    return found


def _course(stage: str, rows: list[dict], county: County) -> str:
    zh, first, last = county.standard.stages.get(stage, stage), rows[0], rows[-1]
    if is_missing(first["pupils"]):
        return f"{zh}：{first['reason']}，不推算。"
    said = f"{zh}{first['year']}年在校生{first['pupils']}人"
    most = max(rows, key=lambda row: row["pupils"])
    if most not in (first, last):
        said += f"，最多为{most['year']}年{_with_ends(most)}"
    if last is not first:
        said += f"，{last['year']}年{_with_ends(last)}"
        if last["uncounted"]:
            said += f"，其中{last['uncounted']}人尚未出生或尚未计数，按近年变化外推"
    why = f"。{last['reason']}" if last["reason"] else ""
    return f"{said}{why}。"


def _with_ends(row: dict) -> str:
    ends = "" if is_missing(row["low"]) else f"（{row['low']}—{row['high']}人）"
    return f"{row['pupils']}人{ends}"


def _need(stage: str, rows: list[dict], county: County) -> str:
    last = [row for row in rows if row["year"] == rows[-1]["year"]]
    each = [f"{row['size']}人一班至少{row['classes']}班"
            + ("" if is_missing(row["teachers"]) else f"、教师{row['teachers']}人")
            for row in last]
    now = "" if is_missing(last[0]["classes_now"]) else f"（现有{last[0]['classes_now']}班）"
    zh = county.standard.stages.get(stage, stage)
    return f"{last[0]['year']}年{zh}{now}{joined(each)}"


def enrolment_table(enrolment: pd.DataFrame, county: County) -> PrintedTable | None:
    """Print pupils year by year with the ends of their interval (在校生推算)."""
    by_stage = _by_stage(enrolment)
    years = sorted({row["year"] for row in records(enrolment)})
    if len(years) < 2:
        return None
    at = {(row["stage"], row["year"]): row for row in records(enrolment)}
    fields = [Field("年份", align="center")]
    for stage in by_stage:
        zh = county.standard.stages.get(stage, stage)
        fields += [Field("在校生", zh), Field("下限", zh), Field("上限", zh),
                   Field("其中尚未计数", zh)]
    rows = tuple((Cell(str(year), value=int(year)),
                  *(cell for stage in by_stage for cell in _cells(at.get((stage, year)))))
                 for year in years)
    reasons = dict.fromkeys(
        f"{county.standard.stages.get(stage, stage)}{row['reason']}" for stage, own
        in by_stage.items() for row in own if row["reason"])
    return PrintedTable(
        "enrolment_table", f"{county.name}{years[0]}—{years[-1]}年在校生推算", tuple(fields), rows,
        "学龄人口表", unit="人",
        notes=(f"{years[0]}年为学龄人口表分年级在校生合计，与学校表的合计可有出入。区间为各年升级率出入所致的{_level()}预测区间。",
               "尚未计数的儿童：尚未出生，或没有可用的在园、出生人口的，按近年变化外推。",
               *(f"{reason}。" for reason in reasons)))


def _cells(row: dict | None) -> list[Cell]:
    if row is None or is_missing(row["pupils"]):
        return [Cell(EMPTY)] * 4
    return [_count(row[name]) for name in ("pupils", "low", "high", "uncounted")]


def needs_table(needs: pd.DataFrame, county: County) -> PrintedTable | None:
    """Print classes, rooms and teachers needed at the largest class and at a smaller one."""
    if needs.empty:
        return None
    used = [one for one in enrolment_rule().stages if one.stage in {*needs["stage"]}]
    rows = [row for one in used for row in records(needs[needs["stage"] == one.stage])]
    printed = []
    for (year, stage), both in groupby(rows, key=lambda row: (row["year"], row["stage"])):
        pair = list(both)
        printed.append((
            Cell(str(year), value=int(year)), Cell(county.standard.stages.get(stage, stage)),
            _count(pair[0]["pupils"]),
            *(_count(row[name]) for row in pair for name in ("size", "classes", "teachers")),
            _count(pair[0]["classes_now"]), _count(pair[0]["teachers_now"])))
    groups = ("标准班额", "较小班额")
    return PrintedTable(
        "needs_table", f"{county.name}以后各年所需班级、教室和教师",
        (Field("年份", align="center"), Field("学段", align="left"),
         Field("在校生"), *(field for group in groups for field in (
             Field("班额", group), Field("班、教室", group), Field("教师", group))),
         Field("班", "现有"), Field("教师", "现有")), tuple(printed),
        "学龄人口表、学校数据表", unit="人、班（间）",
        notes=("班数按全县分年级编满计，不计学校分布，是最少的班数；每班一间教室；教师按现有每班教师数，各校班级数或"
               "专任教师数不全的，或学校数据表的学生数与分年级合计相差较大的不计。",
               *(f"{stage.clause}。" for stage in used)))


def _count(value) -> Cell:
    return Cell(EMPTY) if is_missing(value) else Cell(count_text(value), value=int(value))


def enrolment_chart(grade_pupils: pd.DataFrame, enrolment: pd.DataFrame, county: County
                    ) -> Figure | None:
    """Draw pupils so far and to come, a panel a stage, with the interval as a band."""
    by_stage = {stage: [row for row in rows if not is_missing(row["pupils"])]
                for stage, rows in _by_stage(enrolment).items()}
    by_stage = {stage: rows for stage, rows in by_stage.items() if len(rows) > 1}
    if not by_stage:
        return None
    past = {stage: _past(stage, grade_pupils, county.year) for stage in by_stage}
    ends = joined([f"{county.standard.stages.get(stage, stage)}由{rows[0]['pupils']}人到"
                   f"{rows[-1]['year']}年{_with_ends(rows[-1])}"
                   for stage, rows in by_stage.items()])
    return Figure(
        "enrolment_chart", f"{county.name}在校生推算", f"折线：{ends}；浅色带为{_level()}区间",
        "学龄人口表", _drawn(by_stage, past, county),
        tuple({"stage": stage, "year": int(row["year"]), "pupils": int(row["pupils"])}
              for stage, rows in by_stage.items() for row in rows),
        notes=("实线为已有的数，虚线为推算；纵轴自零起。",))


def _past(stage: str, grade_pupils: pd.DataFrame, year: int) -> list[tuple[int, int]]:
    grades = next(one.grades for one in enrolment_rule().stages if one.stage == stage)
    own = grade_pupils[grade_pupils["cohort"].isin(grades) & (grade_pupils["year"] <= year)]
    return [(int(when), int(rows["pupils"].sum())) for when, rows in own.groupby("year")
            if len(rows) == len(grades)]


def _drawn(by_stage: dict[str, list[dict]], past: dict[str, list[tuple[int, int]]],
           county: County) -> Picture:
    picture = Picture(2.6)
    keys = [Key("已有", line={"stroke": DARK, "width": 1.5}),
            Key("推算", line={"stroke": DARK, "width": 1.3, "dash": "--"}),
            Key(f"{_level()}区间", patch={"fill": PALE})]
    scales = [numbers(0, 1.08 * max(
        [n for _, n in past[stage]] + [row["high"] if not is_missing(row["high"]) else
                                       row["pupils"] for row in rows]), 5)
              for stage, rows in by_stage.items()]
    lefts = [scale.room + (1.8 * LABEL if n == 0 else 10) for n, scale in enumerate(scales)]
    boxes = grid(picture, lefts, [3.4 * LABEL + 14], top=1.9 * TITLE)
    for box, (stage, rows), up in zip(boxes, by_stage.items(), scales, strict=True):
        first = min([year for year, _ in past[stage]] + [rows[0]["year"]])
        last = rows[-1]["year"]
        step = -(-(last - first) // _MOST_TICKS)
        ticks = tuple(range(last, first - 1, -step))[::-1]
        panel = Panel(picture, box, Scale(first - 0.3, last + 0.3, ticks, tuple(map(str, ticks))),
                      up)
        band = [row for row in rows if not is_missing(row["low"])]
        if band:
            corners = [(row["year"], row["low"]) for row in band] + [
                (row["year"], row["high"]) for row in reversed(band)]
            panel.lines([[(rows[0]["year"], rows[0]["pupils"]), *corners]], fill=PALE, closed=True,
                        level=1)
        panel.line(past[stage], **keys[0].line)
        panel.line([(row["year"], row["pupils"]) for row in rows], **keys[1].line)
        panel.title(county.standard.stages.get(stage, stage))
        if box is boxes[0]:
            panel.label_y("在校生（人）")
    legend(picture, keys, (picture.width - flat_width(keys)) / 2, 9, flat=True)
    return picture
