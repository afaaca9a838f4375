"""What the name of a file says (文件名): whose and of which year it is, or why nobody reads it."""

from collections.abc import Iterable
from pathlib import Path

from pipeline.cleaning.checks import Findings
from pipeline.cleaning.corrections import NOT_CSV
from pipeline.cleaning.files.unread_tables import table_inside
from pipeline.cleaning.forms.titles import other_unit, other_years
from pipeline.cleaning.receiving import Source
from pipeline.county import County
from pipeline.county.known_files import means_register
from pipeline.definitions.forms.unit_list import UnitInfo
from pipeline.definitions.persons.file_names import shown_name
from pipeline.ground.admission import is_tellable


def report_skipped(county: County, findings: Findings) -> list[tuple[Path, str]]:
    """Say of each file that is read for nobody why that is; return path and label of all."""
    skipped = [(path, f"{year}/{shown_name(path)}")
               for year in county.file_years for path in county.skipped(year)]
    for path, label in skipped:
        found = ("file.skipped", "不是数据表，未读入") if is_tellable(path.name) else (
            "file.name", "文件名不能写进记录")
        if means_register(path):
            found = "correction.misplaced", NOT_CSV.format(code=county.code)
        elif said := table_inside(path):
            found = "file.unread_table", said
        findings.add(*found, label)
    return skipped


def check_file_names(sources: Iterable[Source], unit: UnitInfo, known: Iterable[UnitInfo],
                     findings: Findings) -> None:
    """Refuse a unit's own file whose name is that of another county."""
    for source in sources:
        if not source.shared and (other := other_unit(
                source.path.stem.removeprefix(unit.code), unit, known)):
            findings.add("unit.named", f"文件名写的是“{other}”，文件属于 {unit.code} {unit.name}",
                         source.label)


def check_file_years(sources: Iterable[Source], findings: Findings) -> None:
    """Refuse a file whose name says another year than the folder it lies in."""
    for source in sources:
        if years := other_years(source.path.stem, source.year):
            findings.add("cover.year", f"文件名写的是 {years} 年，"
                         f"文件在 {source.year} 年的文件夹中", source.label)
