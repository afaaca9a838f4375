"""Whether models were set before the results is told by the released hashes, part by part."""

from dataclasses import replace

import pandas as pd
import pytest

from pipeline.county import County
from pipeline.definitions.models.registered import analysis_of, registration, releases
from pipeline.definitions.parts import Model
from pipeline.definitions.standards import load_standard, standard, standards
from pipeline.definitions.studies import Study, study
from pipeline.dossier.c01_cleaning import cover
from pipeline.dossier.c06_gaps import question_table
from pipeline.dossier.printing.tested_words import registered_words
from pipeline.ground.errors import DefinitionFault

NATION = standard("cn-2017-06")
COPY = f'''
id = "my-2026"
extends = "cn-2017-06"
title = "{NATION.title}"
document = "{NATION.document}"
source = "同原标准；检验方案有改动"
'''
STUDIES = [study(path.stem) for path in sorted(Study.home.glob("*.toml"))]


def copied(folder, changes: str):
    path = folder / "my-2026.toml"
    path.write_text(COPY + changes, encoding="utf-8")
    return load_standard(path)


@pytest.mark.parametrize("asked", [*(s for s in standards() if s.models), *STUDIES],
                         ids=lambda asked: asked.id)
def test_what_the_project_ships_is_as_it_was_released(asked):
    assert asked.registration.released, asked.registration.differences
    assert registered_words(asked.registration, "").endswith("设定先于结果")


@pytest.mark.parametrize(("changes", "differs"), [
    ('[[models]]\nid = "M1"\nformula = "O1 ~ ln_F1"\n', ["M1有改动"]),
    ('[[models]]\nid = "M2"\ncovariance = "HC1"\n', ["M2有改动"]),
    ('[[models]]\nid = "M6"\ngroups = ["rural", "urban"]\n', ["M6有改动"]),
    ('[inference]\nmin_schools = 20\n', ["推断规则有改动"]),
    ('[[models]]\nid = "M8"\nquestion = "问"\nformula = "O1 ~ R1"\nfocus = "R1"\n',
     ["M8是新增的"])])
def test_every_choice_of_a_copy_is_told_and_the_cover_keeps_the_standard(
        tmp_path, changes, differs):
    ours = copied(tmp_path, changes)
    assert list(ours.registration.differences) == differs
    said = registered_words(ours.registration, "检验方案")
    assert "设定先于结果" not in said and f"设定已改动（与已发布的第1版相比：{differs[0]}）" in said
    county = replace(County.open("990101", 2023), standard=ours)
    table = question_table({"primary": pd.DataFrame({"R1": [1.0]})}, county)
    marked = [row[0].text.removesuffix("（改动）") for row in table.rows if "改动" in row[0].text]
    assert marked == ([differs[0][:2]] if differs[0][0] == "M" else [])
    assert table.source == said and "预先" not in table.caption
    assert dict(cover(county).rows)["所依文件"] == dict(cover(
        County.open("990101", 2023)).rows)["所依文件"]


def test_a_copy_that_changes_nothing_is_as_released(tmp_path):
    assert copied(tmp_path, "").registration.released


def test_a_model_is_fitted_with_the_covariance_that_it_names(tmp_path):
    ours = copied(tmp_path, '[[models]]\nid = "M1"\ncovariance = "HC1"\n')
    assert [m.covariance for m in ours.models[:2]] == ["HC1", "HC3"]


def test_what_was_left_out_and_what_was_never_released_are_told():
    parts = dict(releases()["cn-school-gaps"][-1].parts)
    del parts["M7"]
    assert registration("cn-school-gaps", parts).differences == ("M7被删去",)
    assert "没有已发布的版本" in registered_words(registration("my-own", parts), "评价方案")


@pytest.mark.parametrize("name", releases())
def test_every_version_that_was_released_is_still_known(name):
    versions = releases()[name]
    assert [v.version for v in versions] == [str(n) for n in range(1, len(versions) + 1)]
    assert [v.released for v in versions] == sorted(v.released for v in versions)
    for version in versions:
        known = registration(name, version.parts)
        assert (known.released, known.version) == (True, version.version)


def test_what_is_as_no_version_differs_from_the_newest():
    first, second = releases()["cn-annual"]
    mixed = {**second.parts, "P2": first.parts["P2"]}
    assert registration("cn-annual", mixed).differences == ("P2有改动",)
    assert registration("cn-annual", mixed).version == "2"


def test_the_standard_itself_holds_no_model():
    raw = NATION.file.read_text("utf-8")
    assert "[[models]]" not in raw and {m["id"] for m in analysis_of("cn-school-gaps")[
        "models"]} == {m.id for m in NATION.models}
    assert all(isinstance(m, Model) for m in NATION.models)


@pytest.mark.parametrize("name", ["nobody", "released", "../standards/cn-2017-06"])
def test_an_analysis_that_is_none_is_refused(name):
    with pytest.raises(DefinitionFault, match="没有检验方案"):
        analysis_of(name)
