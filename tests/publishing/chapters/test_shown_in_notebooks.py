"""What JupyterLab shows of a county whose name is markup: letters, in every output of a kernel."""

import pytest
from batches import HEAD, Nation
from tables import csv_bytes, school
from test_exhibit_markup import NAME, OURS, _Tags

from pipeline.ground.terms import EXHIBIT_MIME
from pipeline.publishing.chapter_parameters import AnnualParameters
from pipeline.publishing.chapters.binding import bind
from pipeline.publishing.chapters.chapter_files import chapters
from pipeline.publishing.chapters.execution import execute

SHOWN = {EXHIBIT_MIME, "text/html", "text/plain", "image/svg+xml"}
ACTIVE = {"script", "img", "a", "iframe", "object", "embed", "foreignobject", "animate", "set"}


def county(folder):
    """Return the parameters of a county with markup for a name."""
    nation = Nation(folder, 1)
    line = f"910001,{NAME},某省,某市,ref-worked-example,,{NAME}"
    (nation.raw / "counties.csv").write_text(f"{HEAD}\n{line}\n", "utf-8")
    return "county", nation.order("910001").parameters


def pooled(folder):
    """Return the parameters of an evaluation of one county with markup for a name."""
    raw = folder / "raw"
    (raw / "2023").mkdir(parents=True)
    line = f"990001,{NAME},某省,某市,cn-2017-06,,{NAME}"
    (raw / "counties.csv").write_text(f"{HEAD}\n{line}\n", "utf-8")
    (raw / "2023" / "990001_x.csv").write_bytes(csv_bytes([school(n) for n in (1, 2, 3)]))
    return "annual", AnnualParameters(study="cn-annual", year=2023, raw=str(raw),
                                      processed=str(folder / "processed"))


@pytest.mark.slow
@pytest.mark.parametrize("book", [county, pooled], ids=["a county", "an evaluation"])
def test_a_name_full_of_markup_is_nothing_but_letters_in_every_output_of_a_kernel(tmp_path, book):
    name, parameters = book(tmp_path)
    work = tmp_path / "work"
    work.mkdir()
    asked = (bind(chapters("county")) if name == "county"
             else bind(chapters("annual")[:1], AnnualParameters))
    executed = execute(asked, parameters, work, "kernel")
    outputs = [output for cell in executed.cells if cell.cell_type == "code"
               for output in cell.outputs]
    assert {output.output_type for output in outputs} == {"display_data"}
    bundles = [output.data for output in outputs]
    assert {mime for bundle in bundles for mime in bundle} <= SHOWN
    pages = [_Tags(bundle["text/html"]) for bundle in bundles if "text/html" in bundle]
    assert len(pages) > 3
    assert {tag for page in pages for tag in page.tags} <= OURS
    assert {name for page in pages for name in page.names} <= {"class", "style"}
    assert any(NAME in page.letters for page in pages)
    drawn = [_Tags(bundle["image/svg+xml"]) for bundle in bundles if "image/svg+xml" in bundle]
    assert not {tag for picture in drawn for tag in picture.tags} & ACTIVE
    assert not any(attribute.startswith("on") for part in (*pages, *drawn)
                   for attribute in part.names)
