"""What is personal is dropped on demand by every command that reads what bureaus hand in."""

import json

import pytest
from batches import YEAR, Nation
from test_leaks import mark

from pipeline.__main__ import main
from pipeline.annual_evaluation import Annual
from pipeline.commands import COMMANDS, command, options
from pipeline.publishing.batch.hands.child import Limits
from pipeline.publishing.batch.hands.crew import Crew
from pipeline.publishing.batch.hands.guard import guarded
from pipeline.publishing.chapter_parameters import AnnualParameters
from pipeline.publishing.records.annual_causes import annual_causes
from pipeline.synth.nation import Wanted, write_nation
from pipeline.whole.pooling import ask_counties
from pipeline.whole.pooling.pooling_county import Pooled, bring

UNREAD = {  # commands with raw data, and why they drop none
    "archive": "copies files as they are, and none where personal data were dropped",
    "list": "names alone, of counties.csv",
    "verify": "what the dossier says of itself: it is made again as it was made"}


def test_every_command_that_reads_raw_data_has_the_one_option():
    def plain():
        pass

    options.drop_personal(plain)
    (wanted,) = plain.__click_params__
    every = {name: {p.name: p for p in command.get_command(None, name).params}
             for name in COMMANDS}
    reading = {name: params for name, params in every.items()
               if {"raw", "paths"} & params.keys() and name not in UNREAD}
    assert {"run", "check", "what-if", "annual"} <= reading.keys()
    helps = {name: params["drop_personal"].help for name, params in reading.items()}
    assert helps == dict.fromkeys(reading, wanted.help)


@pytest.fixture
def spoilt(tmp_path):
    """Return a small county whose table has a column that nobody asks for, with a number in it."""
    nation = Nation(tmp_path, 1)
    head, first, *rest = nation.file("910001").read_text("utf-8-sig").splitlines()
    lines = [f"{head},备注", f"{first},见{mark(1)}", *(f"{line}," for line in rest)]
    nation.file("910001").write_text("\n".join(lines) + "\n", "utf-8")
    return nation


def asked(nation, capfd, *more):
    with pytest.raises(SystemExit) as end:
        main(["what-if", "910001", "--year", str(YEAR), "--raw", str(nation.raw), "--set",
              "pupils:小学1=300", "--json", *more])
    told = capfd.readouterr()
    assert "9907771970" not in told.out + told.err
    return end.value.code, told


def test_a_what_if_refuses_a_county_with_personal_data_and_judges_it_without(spoilt, capfd):
    code, told = asked(spoilt, capfd)
    assert (code, told.out) == (1, "")
    code, told = asked(spoilt, capfd, "--drop-personal")
    record = json.loads(told.out)
    assert (code, record["unit"]["code"]) == (0, "910001") and record["changes"]


@pytest.mark.parametrize("drop", [False, True], ids=["refused", "dropped"])
def test_an_annual_evaluation_leaves_the_county_out_or_the_number(tmp_path, drop):
    raw = tmp_path / "raw"
    list(write_nation(raw, Wanted(2, (2023,), 7, "csv")))
    (table,) = (raw / "2023" / "990002").glob("*.csv")
    content = table.read_text("utf-8-sig").rstrip("\n").split("\n")
    table.write_text("\n".join([f"{content[0]},备注", f"{content[1]},见{mark(1)}",
                                *(f"{line}," for line in content[2:])]) + "\n", "utf-8")
    annual = Annual.open("cn-annual", 2023, str(raw), str(tmp_path / "processed"))
    with guarded() as guard:
        ask_counties(annual, Crew(bring, Limits(), 2, tmp_path / "work"), guard, drop)
    brought = {path.stem: Pooled.read(path) for path in sorted(annual.brought.glob("*.json"))}
    assert {code: one.pool_units[0]["state"] for code, one in brought.items()} == {
        "990001": "pooled", "990002": "pooled" if drop else "refused"}
    assert "9907771970" not in "".join(p.read_text("utf-8") for p in annual.brought.iterdir())


def test_whether_personal_data_was_dropped_stands_among_the_causes_of_an_evaluation(tmp_path):
    annual = Annual.open("beijing", 2025, processed=str(tmp_path))
    told = [annual_causes(annual, AnnualParameters(study="beijing", year=2025, drop_personal=drop))
            for drop in (False, True)]
    assert [why["parameters"] for why in told] == [{"drop_personal": False},
                                                   {"drop_personal": True}]
