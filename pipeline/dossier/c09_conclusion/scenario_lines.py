"""The answer to a what-if in words (情景测算): verdict, items, schools, coefficients."""

from collections.abc import Callable
from fractions import Fraction

from pipeline.county import County
from pipeline.definitions.assumptions import CLOSE
from pipeline.dossier.c03_balance.coefficients import short
from pipeline.dossier.printing.numbers import EMPTY, cv_text, level_text
from pipeline.ground.terms import STATE_ZH

_NOT_JUDGED, _MOST_MORE = "不作判定", 10
_STAYS = ("停办学校的校舍、场地、设备不计入别校；教师也不计入，除非写 with=教师。"
          "要转给别校的，另加 move:变量:调出校:调入校=人数、add:变量:校=数量。")


def difference_lines(record: dict, county: County) -> list[str]:
    """Return the lines that the command prints; what is not named has not changed."""
    return [
        f"情景测算：{county.name}{county.year}年，{county.standard.title}。"
        "以下各数含假设，不是填报数据，不代表认定结果。",
        *(f"假设{n}：{zh}" for n, zh in enumerate(record["changes"], 1)),
        _verdict(record, county),
        *_items(record["items"]),
        *_schools(record["schools"], county),
        *_coefficients(record["balance"], county),
        *([_STAYS] if any(text.startswith(CLOSE) for text in record["assumptions"]) else []),
        "班额、专用教室、县级数据和佐证材料按原填报数，不随假设改变。"]


def _verdict(record: dict, county: County) -> str:
    if not county.standard.judged:
        return "参考包没有标准值，不作判定，只比较各校指标和差异系数。"
    before, after = (STATE_ZH[record["verdict"][side]] for side in ("before", "after"))
    said = [f"{zh}{record['counts']['before'][s]}→{record['counts']['after'][s]}项"
            for s, zh in STATE_ZH.items()]
    return f"综合：{before}→{after}（含一票否决与申报条件：{'、'.join(said)}）。"


def _items(changed: list[dict]) -> list[str]:
    """List the items whose state changes; reasons that alone differ stand in the record."""
    lines = [f"  {row['id']} {row['zh']}：{_state(row['before'])}→{_state(row['after'])}"
             f"（{row['after']['reason']}）" for row in changed
             if row["before"]["status"] != row["after"]["status"]]
    said = f"{len(lines)}项结论有变化" if lines else "结论没有变化"
    return [f"逐项判定：{said}。", *lines]


def _schools(changed: list[dict], county: County) -> list[str]:
    lines = [_school(row, county) for row in changed]
    return [f"学校：{len(lines)}个学段部有变化。" if lines else "学校：没有变化。", *lines]


def _school(row: dict, county: County) -> str:
    before, after = row["before"], row["after"]
    name = f"  {county.standard.stages[row['stage']]} {(after or before)['name']}"
    if after is None or before is None:
        return f"{name}：{'不再参评' if after is None else '参评'}"
    said = [f"学生{before['pupils']}→{after['pupils']}人"] \
        if before["pupils"] != after["pupils"] else []
    for id in county.standard.resource.indicators:
        if after["values"].get(id) != before["values"].get(id):
            pair = _apart(lambda more, id=id: [
                _level(side["values"].get(id), id, row["stage"], county, more)
                for side in (before, after)])
            said.append(f"{id} {short(id, county)}{pair[0]}→{pair[1]}")
    if before["status"] != after["status"]:
        said.append(f"{_state(before)}→{_state(after)}")
    return f"{name}：{'，'.join(said)}"


def _apart(printed: Callable[[int], list[str]]) -> list[str]:
    """Print two figures that differ with as many more decimals as show it."""
    return next((pair for pair in map(printed, range(_MOST_MORE)) if pair[0] != pair[1]),
                printed(0))


def _level(value: str | None, id: str, stage: str, county: County, more: int) -> str:
    limits = (county.standard.threshold(id, stage), county.standard.floor(id, stage)) \
        if county.standard.judges_schools else ()
    exact = None if value is None else Fraction(value)
    return level_text(exact, county.standard.indicator(id).decimals + more, limits)


def _coefficients(changed: list[dict], county: County) -> list[str]:
    lines = [_coefficient(row, county) for row in changed]
    return [f"差异系数：{len(lines)}个有变化。" if lines else "差异系数：没有变化。", *lines]


def _coefficient(row: dict, county: County) -> str:
    before, after = _apart(lambda more: [
        _cv(row[side], county.standard.balance.display_decimals + more)
        for side in ("before", "after")])
    zh = county.standard.stages[row["stage"]]
    return f"  {zh} {row['indicator']} {short(row['indicator'], county)}：{before}→{after}"


def _cv(side: dict | None, decimals: int) -> str:
    if side is None:
        return EMPTY
    limit = None if side["limit"] is None else Fraction(side["limit"])
    return f"{cv_text(side['cv'] or '', limit, decimals)}{_judged(side)}"


def _judged(side: dict) -> str:
    return f"（{STATE_ZH[side['status']]}）" if side["status"] else ""


def _state(side: dict | None) -> str:
    return STATE_ZH.get(side["status"] or "", _NOT_JUDGED) if side else EMPTY
