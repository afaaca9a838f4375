"""Chapter 01: the cover, where the figures come from, the scope, what cleaning did."""

import pandas as pd

from pipeline.county import County
from pipeline.definitions.forms.variables import classifications
from pipeline.dossier.printing.drawing import Picture
from pipeline.dossier.printing.exhibit import TOTAL, Cell, Cover, Field, Figure, PrintedTable, Prose
from pipeline.dossier.printing.numbers import count_text, joined, limit_text, span_words
from pipeline.dossier.printing.plot_panel import LABEL, TITLE, Panel, grid, jitter, names, padded
from pipeline.dossier.printing.software_rows import cover_rows
from pipeline.dossier.printing.style import DARK, MID
from pipeline.ground.terms import (
    EXCLUDED,
    MERGED,
    SEVERITY_ZH,
    USED,
    cell_told,
    is_missing,
    records,
)

_SHOWN_FINDINGS = 40


def cover(county: County) -> Cover:
    """Return the cover (封面); the date is the reference day of the statistics, never today."""
    standard = county.standard
    date = f"{county.year}-{standard.reference_day}"
    year, month, day = date.split("-")
    place = county.info.province + county.info.prefecture
    assumed = county.assumptions
    kind = "义务教育优质均衡发展评估卷宗" if standard.judged else "校际差异测算卷宗"
    return Cover(
        "cover", f"{county.name}{kind}", f"{county.year}年" + ("（情景测算）" if assumed else ""),
        (("编制单位", "　" * 12 + "（盖章）"),
         ("评估单元", f"{place}{county.name}（{county.code}）"),
         ("数据年份", f"{county.year}年（{county.year}—{county.year + 1}学年）"),
         *((("统计时点", f"{year}年{int(month)}月{int(day)}日"),) if standard.judged else ()),
         ("所依文件", f"《{standard.title}》（{standard.document}）"),
         *((("情景假设", "；".join(a.zh for a in assumed)),) if assumed else ()),
         *cover_rows()),
        f"{county.name}·{county.year}年", date, county.mark,
        "本报告是情景测算：在填报数据之外作了上列假设，只供比较，不是填报结果，也不代表认定结果。"
        + county.info.notice if assumed
        else "本报告依据所列文件和填报数据测算，不代表认定结果。" if standard.judged
        else "本报告只作测算和描述，参考包没有标准值，不作判定；只含资料所列的学校或学区。")


def source_sentences(cells: pd.DataFrame, findings: pd.DataFrame, county: County) -> Prose:
    """Say which files were read, for which years, and how many cells."""
    years = joined([f"{year}年" for year in sorted({*county.file_years, *cells["year"]})])
    files = cells["file"].nunique()
    if not files:
        return Prose("source_sentences", (
            f"尚未收到{county.name}的学校数据表，资源配置各项均为待核；应提交的资料见[[open_table]]。"
            f"判定依据为《{county.standard.title}》（{county.standard.document}）。",))
    basis = "判定依据为" if county.standard.judged else "测算所用参考包为"
    return Prose("source_sentences", (
        f"本卷宗使用{county.name}{years}的学校数据表，共{files}个文件、{len(cells)}个单元格"
        f"（县级数据等其他表不在此数，逐表见[[source_table]]）；所有测算由原始数据一次完成，逐格保留来源。"
        f"{basis}《{county.standard.title}》（{county.standard.document}）。",
        _cleaning_sentence(findings)))


def _cleaning_sentence(findings: pd.DataFrame) -> str:
    counts = findings["severity"].value_counts()
    said = [f"{zh}{counts[severity]}处" for severity, zh in SEVERITY_ZH.items()
            if counts.get(severity, 0)]
    if not said:
        return "清洗与核查未发现需要记录的事项。"
    return (f"清洗与核查共记录{len(findings)}处：{joined(said)}。"
            "数字只按表头写明的单位换算，不作估计和插补。[[findings_table]]只列提醒和已清洗的。")


def source_table(cells: pd.DataFrame, sheets: pd.DataFrame, county: County
                 ) -> PrintedTable | None:
    """List every sheet that was read: its cells and, of schools, the sections found (资料来源)."""
    if cells.empty:
        return None
    found = {place: (len(group), len(group[["school_code", "stage"]].drop_duplicates()))
             for place, group in cells.groupby(["year", "file", "sheet"])}
    of_schools = {place[1:] for place in found}
    found |= {(row["year"], row["file"], row["sheet"]): (
                  0 if is_missing(row["cells"]) else row["cells"], None)
              for row in records(sheets) if (row["file"], row["sheet"]) not in of_schools}
    rows = [(Cell(f"{year}"), Cell(file), Cell(sheet or "—"), Cell(count_text(counted)),
             Cell("—" if sections is None else count_text(sections)))
            for (year, file, sheet), (counted, sections) in sorted(found.items())]
    return PrintedTable(
        "source_table", f"{county.name}资料来源一览",
        (Field("年份", align="center"), Field("文件", align="left"),
         Field("工作表", align="left"), Field("读取单元格"),
         Field("学段部数")),
        tuple(rows), "报送的数据表", notes=(
            "一贯制学校、完全中学按学段分别计为一个学段部；未参评学校的单元格不在此列；"
            "不是一校一行的表没有学段部。",))


def scope_table(county: County) -> PrintedTable:
    """Print the readings that the standard leaves open and what was chosen (口径)."""
    standard = county.standard
    rows = [("指标与限值", f"{joined(standard.resource.indicators)}；{standard.resource.clause}")]
    if standard.scope:
        point = standard.scope.teaching_point
        low = {"exclude": "不计", "merge": "并入归属学校"}[point.below]
        high = {"separate": "单独计", "merge": "并入归属学校"}[point.at_or_above]
        rows += [
            ("参评范围", standard.scope.clause),
            ("民办学校", "计入，另列不含民办的差异系数"
             if standard.scope.include_private else "不计"),
            ("教学点", f"不足{point.min_pupils}人的{low}，{point.min_pupils}人及以上的{high}"),
        ]
    if standard.split:
        rows.append(("资产拆分", joined(_weights(standard)) + "（按学生数加权）"))
    rounding = standard.balance.compare_rounding
    rows.append(("取整", "比较前不取整，只在印出时取整" if rounding == "none"
                 else f"比较前取{rounding}位小数"))
    return PrintedTable(
        "scope_table", f"{county.name}测算口径",
        (Field("事项", align="left"), Field("取法", align="left")),
        tuple((Cell(a), Cell(b)) for a, b in rows), f"标准包 {standard.id}",
        notes=("文件未作规定或未能在公开文本中核实之处，均按标准包所列选项处理并在此写明。",)
        if standard.judged else ())


def _weights(standard) -> list[str]:
    zh = {**standard.stages, "senior": "高中"}
    types = {t.code: t.zh for t in classifications().school_type}
    return [f"{types[code]} {'：'.join(zh[s] for s in weights)}＝"
            f"{'：'.join(limit_text(w).removesuffix('.00') for w in weights.values())}"
            for code, weights in standard.split.weights.items()]


def section_words(rows: pd.DataFrame, county: County) -> str:
    """Count sections, and the schools they belong to where these differ (学段部与学校)."""
    sections, schools = len(rows), rows["school_code"].nunique()
    if county.standard.section_zh != "学校":
        return f"{sections}个{county.standard.section_zh}"
    return f"{schools}所学校" + (f"的{sections}个学段部" if sections != schools else "")


def accounting_sentences(accounting: pd.DataFrame, county: County) -> Prose:
    """Say how many sections and pupils came in, were used, and were not, and why."""
    now = accounting[accounting["year"] == county.year]
    if now.empty:
        return Prose("accounting_sentences", ("没有报送的学校。",))
    used, gone = now[now["outcome"] == USED], now[now["outcome"] == EXCLUDED]
    merged = now[now["outcome"] == MERGED]
    text = (f"{county.year}年报送{section_words(now, county)}、学生{sum(now['pupils'])}人；"
            f"参加测算{section_words(used, county)}、{sum(used['pupils'])}人")
    if len(merged):
        text += f"；并入归属学校{len(merged)}个、{sum(merged['pupils'])}人"
    if len(gone):
        reasons = gone.groupby("reason", sort=False)["pupils"].agg(["size", "sum"])
        said = [f"{reason}{row['size']}个、{row['sum']}人" for reason, row in reasons.iterrows()]
        text += f"；未参加{len(gone)}个、{sum(gone['pupils'])}人（{'；'.join(said)}）"
    return Prose("accounting_sentences", (text + "。见[[accounting_table]]。",))


def accounting_table(accounting: pd.DataFrame, county: County) -> PrintedTable:
    """Reconcile schools and pupils by stage: in = used + merged + excluded."""
    now = accounting[accounting["year"] == county.year]
    rows = [_account_row(zh, now[now["stage"] == stage], "")
            for stage, zh in county.standard.stages.items()]
    apart = now[~now["stage"].isin(county.standard.stages)]
    rows += [_account_row("不分学段", apart, "")] if len(apart) else []
    rows.append(_account_row("合计", now, TOTAL))
    groups = ("报送", "参加测算", "并入归属学校", "未参加")
    return PrintedTable(
        "accounting_table", f"{county.name}{county.year}年学校与学生数核对",
        (Field("学段", align="left"), *(Field(label, group) for group in groups
                                      for label in ("个数", "学生"))),
        tuple(rows), "报送的学校数据表", unit="个（学段部）、人",
        notes=("一贯制学校每个学段部计一个。报送＝参加测算＋并入归属学校＋未参加。完全中学、十二年一贯制学校的高中学生不计。",))


def _account_row(label: str, rows: pd.DataFrame, tone: str) -> tuple[Cell, ...]:
    parts = [rows, *(rows[rows["outcome"] == o] for o in (USED, MERGED, EXCLUDED))]
    cells = [Cell(label, tone)]
    for part in parts:
        cells += [Cell(count_text(len(part)), tone, len(part)),
                  Cell(count_text(sum(part["pupils"])), tone, int(sum(part["pupils"])))]
    return tuple(cells)


def findings_table(findings: pd.DataFrame, county: County) -> PrintedTable:
    """List what cleaning changed and what it warns of, each with its place."""
    listed = findings[findings["severity"].isin(["warn", "clean"])]
    rows = [
        (Cell(SEVERITY_ZH[row["severity"]]), Cell(_place(row)), Cell(row["rule"]),
         Cell(row["action"]))
        for row in records(listed.head(_SHOWN_FINDINGS))]
    more = len(listed) - len(rows)
    notes = (f"另有{more}处，见随卷宗的核查记录。",) if more > 0 else ()
    if not rows:
        rows = [(Cell("—"), Cell("—"), Cell("—"), Cell("没有需要列出的事项"))]
    return PrintedTable(
        "findings_table", f"{county.name}清洗与核查记录",
        (Field("级别", align="center"), Field("位置", align="left"),
         Field("规则", align="left"), Field("发现与处理", align="left")),
        tuple(rows), "清洗程序记录", notes=notes)


def _place(row: dict) -> str:
    place = row["file"] + (f" {row['sheet']}" if row["sheet"] else "")
    if is_missing(row["row"]):
        return place
    return f"{place} {cell_told(row)}"


def size_chart(schools: pd.DataFrame, county: County) -> Figure | None:
    """Draw the number of pupils of each section by location and stage (学校规模)."""
    now = schools[schools["year"] == county.year]
    if now.empty:
        return None
    stages = {s: zh for s, zh in county.standard.stages.items() if s in set(now["stage"])}
    if not stages:
        return None
    return Figure(
        "size_chart", f"{county.name}{county.year}年参加测算{county.standard.section_zh}的规模",
        _size_alt(now, stages), "报送的学校数据表", _sizes(now, stages),
        tuple(records(now[["stage", "school_code", "location", "pupils"]])),
        notes=("每点为一所；箱线为四分位数。",))


def _sizes(now: pd.DataFrame, stages: dict[str, str]) -> Picture:
    """Draw box and points of each location, every stage on the same scale."""
    zh = {c.code: c.zh for c in classifications().location} | {"": "全部"}
    data = pd.DataFrame({"stage": now["stage"], "group": now["location"].map(zh),
                         "pupils": now["pupils"].astype(float)})
    up = padded(data["pupils"], most=8)
    picture = Picture(2.6)
    boxes = grid(picture, [up.room + 1.8 * LABEL, *[12] * (len(stages) - 1)], [2.2 * LABEL],
                 top=1.9 * TITLE)
    for box, (stage, name) in zip(boxes, stages.items(), strict=True):
        mine = data[data["stage"] == stage]
        order = [group for group in zh.values() if group in set(mine["group"])]
        panel = Panel(picture, box, names(order), up, words="xy" if box is boxes[0] else "x")
        groups = [mine.loc[mine["group"] == group, "pupils"].to_numpy() for group in order]
        panel.boxes(groups, stroke=MID)
        for x, pupils in enumerate(groups):
            panel.points(zip(x + jitter(len(pupils), 0.18), pupils, strict=True), colour=DARK,
                         size=3.5, alpha=0.8)
        panel.title(f"{name}（{len(mine)}所）")
        if box is boxes[0]:
            panel.label_y("在校生数（人）")
    return picture


def _size_alt(now: pd.DataFrame, stages: dict[str, str]) -> str:
    said = []
    for stage, zh in stages.items():
        pupils = now.loc[now["stage"] == stage, "pupils"].astype(int)
        ends = (str(pupils.min()), str(pupils.max()))
        said.append(f"{zh}{len(pupils)}所，{span_words(*ends, '人', len(pupils))}")
    return "各学段学校在校生数的分布：" + "；".join(said)
