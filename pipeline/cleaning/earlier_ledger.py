"""Last year's ledger where it stands published (上年台账), for a county that handed none in.

It is read as if it had been handed in, by the same gate; what is amiss in it never refuses the
year's own tables.
"""

from pipeline.cleaning.checks import Findings
from pipeline.cleaning.counties.ledger_rows import own_ledger
from pipeline.cleaning.receiving import Received, Source, open_sources, take_file
from pipeline.county import County


def read_earlier_ledger(county: County, received: Received, findings: Findings) -> None:
    """Add the rows of last year's published ledger to what was received, unless there are any."""
    if any(row["year"] == county.year for row in received.county["ledger_rows"]):
        return
    for told, path in county.published_ledger.items():
        source = Source(path, county.year, told=told)
        said, found = Received(received.drop_personal), Findings()
        with open_sources([source]) as opened:
            take_file(source, opened(source), said, found)
        own = own_ledger(said.county["ledger_rows"], county.info, frozenset(), found)
        if found.refused or not own:
            findings.add("ledger.unread", _why(found), told)
            continue
        findings.take_in(found)
        received.county["ledger_rows"] += own
        received.forms += said.forms


def _why(found: Findings) -> str:
    said = next((row["action"] for row in found.rows), "没有本县的行")
    return f"上年卷宗中的台账不能使用（{said}），各项按首次发现列出"
