"""What there is (清单): `junheng list` prints the definitions readably."""

from pathlib import Path

from pipeline.definitions.indicators import indicators
from pipeline.definitions.standards import standards
from pipeline.definitions.targets.coverage import coverage_lines
from pipeline.definitions.targets.plans import plans
from pipeline.ground.terms import SEVERITY_ZH


def listing(what: str, raw: Path | None = None, coverage: bool = False) -> list[str]:
    """Return the lines of one list, a line an entry; the counties with those of a raw folder.

    With ``coverage`` the plans come as a table of what judges their targets (判定依据).
    """
    if coverage:
        return coverage_lines([*plans().values()])
    return _counties(raw) if what == COUNTIES else LISTS[what]()


def _standards() -> list[str]:
    return [f"{s.id}  {s.title}（{s.document}）"
            f"{'' if s.judged else '，参考包，不作判定'}，{len(s.resource.indicators)}项资源指标"
            for s in standards()]


def _indicators() -> list[str]:
    return [f"{i.id}  {i.zh}（{i.unit}）  {i.clause}" for i in indicators().values()]


def _plans() -> list[str]:
    return [f"{p.id}  {p.title}：{len(p.targets)}项目标，{p.period}" for p in plans().values()]


def _layouts() -> list[str]:
    from pipeline.definitions.forms.county_layouts import county_layouts
    from pipeline.definitions.forms.layouts import layouts

    found = sorted([*layouts(), *county_layouts().values()], key=lambda layout: layout.id)
    return [f"{f.id}  {f.zh}：{'、'.join(c.headers[0] for c in f.columns)}" for f in found]


def _checks() -> list[str]:
    from pipeline.definitions.forms.check_rules import checks

    return [f"{code}  {SEVERITY_ZH[check.severity]}：{check.rule}"
            for code, check in sorted(checks().items())]


def _counties(raw: Path | None = None) -> list[str]:
    from pipeline.definitions.forms.unit_list import units

    return [f"{u.code}  {u.province}{u.prefecture}{u.name}  标准包 {u.standard}"
            + (f"  {u.notice}" if u.notice else "") for u in units(raw).values()]


COUNTIES, PLANS = "counties", "plans"
LISTS = {"standards": _standards, PLANS: _plans, "indicators": _indicators, "layouts": _layouts,
         "checks": _checks,
         COUNTIES: _counties}
