"""A study of one prefecture: the same questions of the counties whose codes begin alike."""

import pytest
from click.testing import CliRunner

from pipeline.annual_evaluation import Annual
from pipeline.commands.annual import annual
from pipeline.definitions.studies import study
from pipeline.ground.errors import WrongUse


def test_it_asks_the_same_of_the_counties_of_the_prefecture_alone(tmp_path):
    for code in ("410102", "410103", "330302"):
        (tmp_path / "2023").mkdir(exist_ok=True)
        (tmp_path / "2023" / f"{code}_甲.csv").write_text("x")
    whole, part = study("cn-annual"), study("cn-annual-4101")
    assert part.model_dump(exclude={"id", "title", "source", "based_on"}) == whole.model_dump(
        exclude={"id", "title", "source", "based_on"})
    assert part.registration.name == "cn-annual" and part.registration.differences == ()
    assert "4101" in part.title and part.id == "cn-annual-4101"
    units = {id: [u.code for u in Annual.open(id, 2023, str(tmp_path)).units()]
             for id in ("cn-annual", "cn-annual-4101", "cn-annual-3303")}
    assert units == {"cn-annual": ["330302", "410102", "410103"],
                     "cn-annual-4101": ["410102", "410103"], "cn-annual-3303": ["330302"]}
    names = {id: sorted(p.name[:6] for p in Annual.open(id, 2023, str(tmp_path)).inputs())
             for id in units}
    assert names == units


@pytest.mark.parametrize(("words", "said"), [
    (("--prefecture", "41"), "前四位"), (("--prefecture", "410102"), "前四位"),
    (("--prefecture", "甲乙丙丁"), "前四位"),
    (("--prefecture", "4101", "--study", "census"), "不能按市"),
    (("--prefecture", "4101", "--study", "nothing"), "没有评价方案“nothing”"),
    (("--prefecture", "4101", "--study", "a.toml"), "不同用")])
def test_what_is_no_prefecture_is_refused_in_words(words, said, tmp_path):
    result = CliRunner().invoke(annual, ["--year", "2023", "--raw", str(tmp_path), *words])
    assert isinstance(result.exception, WrongUse) and said in str(result.exception)
