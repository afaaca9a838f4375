"""A standard or a study is named by its id, or by the path of its file wherever that stands."""

import shutil

import pytest
from tables import YEAR as OF, table
from test_extends import OWN, PLACE, VETO

from pipeline.__main__ import main
from pipeline.annual_evaluation import STUDY, Annual
from pipeline.county import County
from pipeline.definitions import standards
from pipeline.definitions.base import DATA
from pipeline.definitions.standards import evidence_ids, standard, veto_ids
from pipeline.definitions.studies import study
from pipeline.ground.errors import DefinitionFault, WrongUse
from pipeline.ground.terms import TABLES
from pipeline.publishing.chapter_parameters import AnnualParameters, Parameters
from pipeline.publishing.records.manifest import causes

UNIT, YEAR = "990102", 2012
EXAMPLE = (DATA / "standards" / "ref-worked-example.toml").read_text("utf-8")
BEIJING = (DATA / "studies" / "beijing.toml").read_text("utf-8")
CASES = table("""
    words                                              | missing
    run 990102 --year 2012 --standard                  | 没有标准包文件
    run --all --year 2012 --standard                   | 没有标准包文件
    check . --standard                                 | 没有标准包文件
    what-if 990102 --year 2012 --set close=1 --standard | 没有标准包文件
    annual --year 2025 --study                         | 没有评价方案文件
    run 990102 --year 2012 --peers                     | 没有评价方案文件
""")


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    """Stand in an empty folder; forget afterwards which standards were named by a path."""
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    standards._elsewhere.clear()
    veto_ids.cache_clear()
    evidence_ids.cache_clear()


def written(path, text, id="mine"):
    """Write a definition under another id; return its path."""
    first, _, rest = text.partition('id = "')
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'{first}id = "{id}"{rest.partition(chr(34))[2]}', "utf-8")
    return path


def told(capsys, *words):
    with pytest.raises(SystemExit) as end:
        main([str(word) for word in words])
    said = capsys.readouterr()
    return end.value.code, said.out, said.err


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["words"])
@pytest.mark.parametrize("named", ["no.toml", "NO.TOML", "./no", "no/such.toml"])
def test_a_path_that_does_not_exist_is_wrong_use_and_nothing_is_written(
        here, capsys, case, named):
    code, out, err = told(capsys, *case["words"].split(), named)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert case["missing"] in err and named.removeprefix("./") in err and "现有：" in err
    assert [*here.iterdir()] == []


@pytest.mark.parametrize(("content", "said"), [
    (b"id = ", "不是有效的 TOML"), (b"\xff\xfe", "不是 UTF-8"), (b"", "必填"), (None, "文件夹")])
def test_a_file_that_is_no_standard_is_refused_by_name(here, capsys, content, said):
    path = here / "mine.toml"
    path.mkdir() if content is None else path.write_bytes(content)
    code, out, err = told(capsys, "check", ".", "--standard", "mine.toml")
    assert (code, out) == (2, "")
    assert "mine.toml" in err and said in err


def test_a_path_is_seen_from_where_the_user_stands(here, capsys):
    shutil.copytree(DATA / "raw" / str(YEAR), here / "raw" / str(YEAR))
    written(here / "own" / "mine.toml", EXAMPLE)
    code, out, err = told(capsys, "run", UNIT, "--year", YEAR, "--raw", "raw", "--processed",
                          "processed", "--standard", "own/mine.toml", "--dry-run")
    assert (code, "要做" in out) == (0, True), err


def test_the_run_record_states_the_file_and_what_it_extends(here):
    for folder, cv_max in (("a", "0.45"), ("b", "0.44")):
        written(here / folder / "parent.toml",
                f"{OWN}\n[balance]\ncv_max = {{ primary = {cv_max} }}\n{PLACE}", "parent")
        written(here / folder / "mine.toml", OWN.replace("cn-2017-06", "parent"))
    found = []
    for folder in ("a", "b"):
        named = standard(f"{folder}/mine.toml").named
        made = County.open("990101", OF, named, "data/raw", str(here))
        found.append(causes(made, Parameters(unit="990101", year=OF, standard=named))["standard"])
    one, other = found
    assert {one["id"], other["id"]} == {"mine"}
    assert (one["sha256"] == other["sha256"], one["rules"] == other["rules"]) == (True, False)


def test_evidence_may_be_handed_in_for_the_items_of_a_file_elsewhere(here):
    assert "V8" not in evidence_ids() | veto_ids()
    standard(str(written(here / "mine.toml", OWN + VETO)))
    assert "V8" in evidence_ids() & veto_ids()


@pytest.mark.parametrize("id", ["mine", "某省-2024", "my_pack", "ref-worked-example"])
def test_an_id_of_ones_own_or_the_very_same_content_is_taken(here, id):
    path = written(here / "x.toml", EXAMPLE, id)
    assert standard(str(path)).id == id


@pytest.mark.parametrize("id", ["cn-2012-03", "../x", "a b", "a.b"])
def test_an_id_that_is_anothers_or_no_name_is_refused(here, id):
    with pytest.raises(DefinitionFault, match="id："):
        standard(str(written(here / "x.toml", EXAMPLE, id)))


def test_an_evaluation_is_named_by_the_id_of_its_study_and_not_by_a_path(here):
    path = written(here / "study.toml", BEIJING, "my-study")
    annual = Annual.open(str(path), 2025, processed=str(here))
    assert annual.folder == here / "2025" / "annual-my-study"
    assert AnnualParameters(study=str(path), year=2025).subject == "annual-my-study"


def test_peers_are_found_by_the_copy_of_a_study_and_refused_where_the_study_has_changed(here):
    path = written(here / "a" / "mine.toml", BEIJING, "my-study")
    annual = Annual.open(str(path), 2025, processed=str(here))
    annual.save("panel", TABLES["panel"].frame([]))
    with pytest.raises(WrongUse, match="没有评价方案“my-study”"):
        Annual.at(str(annual.folder), "data/raw")
    shutil.copy(path, annual.folder / STUDY)
    assert Annual.at(str(annual.folder), "data/raw", str(path)).study.id == "my-study"
    changed = written(here / "b" / "mine.toml", BEIJING + "\n", "my-study")
    with pytest.raises(WrongUse, match="另一份内容"):
        Annual.at(str(annual.folder), "data/raw", str(changed))


def test_two_comparisons_of_one_id_are_refused_when_a_study_is_read(here):
    path = written(here / "mine.toml", BEIJING.replace('id = "L2"', 'id = "L1"'))
    with pytest.raises(DefinitionFault, match="comparisons：L1 重复"):
        study(str(path))
