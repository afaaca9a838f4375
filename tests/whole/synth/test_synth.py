"""A made-up nation is what its truth says, and the package finds the truth in its files."""

import json
import shutil
from collections import Counter
from math import log
from pathlib import Path

import numpy as np
import pytest
from nations import SEED, YEARS, listed

from pipeline.__main__ import main
from pipeline.analysis.schools.balance import balance
from pipeline.analysis.schools.indicator_values import indicator_values
from pipeline.cleaning.importing import import_county
from pipeline.county import County
from pipeline.definitions.base import DATA
from pipeline.definitions.forms.unit_list import units
from pipeline.synth.making.counties import made_county
from pipeline.synth.nation import Wanted, codes, made_years, write_nation, years_of
from pipeline.synth.writing.handing_in import hand_in
from pipeline.synth.writing.refusals import MISTAKES
from pipeline.whole.checking import check_paths

COUNTIES, FEWER, COMPARED, LAST = 200, 50, 44, YEARS[-1]


@pytest.fixture(scope="module")
def nation(tmp_path_factory):
    folder = tmp_path_factory.mktemp("nation")
    assert len(list(write_nation(folder, Wanted(COUNTIES, YEARS, SEED)))) == COUNTIES
    return folder


def contents(folder, codes=None):
    """Return place → bytes of every file, or of those that belong to the counties named."""
    return {path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(folder.rglob("*")) if path.is_file()
            and (codes is None or {path.parent.name, path.name[:6]} & codes)}


# ---- the nation is the same each time, and each county is its own

def test_two_runs_with_one_seed_give_the_same_bytes(tmp_path):
    for name in ("one", "two"):
        list(write_nation(tmp_path / name, Wanted(25, YEARS[:2], 7)))
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_another_seed_gives_another_nation(tmp_path):
    for seed in (1, 2):
        list(write_nation(tmp_path / str(seed), Wanted(1, YEARS[:1], seed)))
    one, two = (contents(tmp_path / seed, {"990001"}) for seed in "12")
    assert not set(one.values()) & set(two.values())


@pytest.mark.slow
def test_fifty_counties_are_the_first_fifty_of_two_hundred(nation, tmp_path):
    list(write_nation(tmp_path, Wanted(FEWER, YEARS, SEED)))
    first = set(codes(FEWER))
    assert contents(tmp_path, first) == contents(nation, first)
    for name in ("counties.csv", *(f"truth/{n}.csv" for n in ("counties", "years", "cvs",
                                                              "schools"))):
        assert (nation / name).read_bytes().startswith((tmp_path / name).read_bytes())


def test_codes_are_six_digits_of_a_made_up_province_and_nobody_elses():
    found = codes(2900)
    assert found[0] == "990001"
    assert all(code.startswith("99") and len(code) == 6 for code in found)
    assert len(set(found)) == 2900
    assert not set(found) & set(units())


def test_a_county_of_a_whole_nation_shares_no_school_code_with_another(nation):
    owners = Counter((row["code"], row["school_code"]) for row in listed(nation, "schools"))
    assert len({school for _, school in owners}) == len(owners)


# ---- what the files are like

def test_counties_have_eight_to_three_hundred_schools_with_a_long_tail(nation):
    sizes = sorted(int(row["schools"]) for row in listed(nation, "counties"))
    assert 8 <= sizes[0] <= 15
    assert 150 <= sizes[-1] <= 300
    assert np.mean(sizes) > 1.15 * np.median(sizes)


def test_counties_hand_in_csv_in_two_encodings_workbooks_and_wide_exports(nation):
    forms = Counter((row["form"], row["encoding"] if row["form"] == "csv" else "")
                    for row in listed(nation, "counties"))
    assert set(forms) == {("csv", "utf-8"), ("csv", "gb18030"), ("xlsx", ""), ("wide", "")}


@pytest.mark.parametrize(("form", "made"), [("csv", {"csv"}), ("xlsx", {"xlsx", "wide"})])
def test_all_counties_can_be_asked_for_in_one_form(form, made):
    forms = {made_county(3, n, code, YEARS, form).form for n, code in enumerate(codes(150), 1)}
    assert forms - {"csv"} == made - {"csv"}


def test_every_parameter_of_the_process_has_a_meaning_and_a_unit(nation):
    record = json.loads((nation / "truth" / "parameters.json").read_text("utf-8"))
    assert record["seed"] == SEED
    assert all(set(p) == {"value", "unit", "meaning"} and p["unit"] and p["meaning"]
               for p in record["parameters"].values())


# ---- what must be accepted is, what must be refused is

@pytest.mark.slow
def test_the_check_refuses_exactly_the_files_that_the_truth_names(nation, tmp_path):
    planted = {row["refused_file"]: row["refused_check"] for row in listed(nation, "counties")
               if row["refused_file"]}
    wanted = {row["code"] for n, row in enumerate(listed(nation, "counties"))
              if row["refused_file"] or not n % 8}
    shutil.copy(nation / "counties.csv", tmp_path)
    shutil.copytree(nation / str(LAST), tmp_path / str(LAST), ignore=lambda _, names: [
        name for name in names if name[:3] == "990" and name[:6] not in wanted])
    reports = check_paths([tmp_path / str(LAST)])
    refused = {}
    for finding in (f for report in reports for f in report["findings"]):
        if finding["severity"] == "refuse":
            refused.setdefault(finding["file"], []).append(finding["code"])
    planted = {f"{LAST}/{Path(file).name}": check for file, check in planted.items()}
    assert len(planted) >= 4
    assert set(refused) == set(planted)
    assert all(check in refused[file] for file, check in planted.items())
    assert sum(f["code"] == "cell.cleaned" for r in reports for f in r["findings"]) > 20


def test_years_before_the_last_are_all_accepted(nation):
    folders = [nation / "2021" / code for code in codes(30)]
    reports = check_paths([folder for folder in folders if folder.is_dir()])
    assert {report["outcome"] for report in reports} == {"accepted"}


def test_each_planted_mistake_is_refused_by_the_check_it_is_named_after(tmp_path):
    county = made_county(SEED, 1, "990001", (LAST,), "csv")
    made = made_years(county)[0]
    for number, check in enumerate(MISTAKES):
        hand_in(tmp_path / str(number), county, made.figures, made.missing, 9.5, check)
    for number, check in enumerate(MISTAKES):
        (tmp_path / str(number) / "counties.csv").write_text("990001,甲县", "utf-8")
        (report,) = check_paths([tmp_path / str(number)])
        found = {f["code"] for f in report["findings"] if f["severity"] == "refuse"}
        assert check in found
        assert found <= {check, "value.column"}    # without its unit, 万元 is read as 元


# ---- the package finds the truth in the files

def chosen(nation):
    """Return counties of every form: wide exports and workbooks first, then csv."""
    by_form = {}
    for row in listed(nation, "counties"):
        by_form.setdefault(row["form"], []).append(row)
    others = [row for form in ("wide", "xlsx") for row in by_form[form][:9]]
    return [*others, *by_form["csv"]][:COMPARED]


@pytest.mark.slow
def test_the_coefficients_computed_from_the_files_are_those_of_the_truth(nation):
    truth = {(row["code"], row["stage"], row["indicator"]): row
             for row in listed(nation, "cvs") if row["year"] == "2021"}
    compared, partial = 0, 0
    for row in chosen(nation):
        county = County.open(row["code"], YEARS[0], raw=str(nation))
        result = import_county(county)
        assert not result.refused
        values = indicator_values(result.schools, county.standard)
        for found in balance(values, result.schools, county.standard).to_dict("records"):
            wanted = truth[row["code"], found["stage"], found["indicator"]]
            assert found["cv"] == wanted["cv_in_files"]
            assert (found["n_schools"], found["n_missing"]) == (
                int(wanted["schools"]), int(wanted["missing"]))
            compared += 1
            partial += found["n_missing"] > 0
    assert compared == COMPARED * 14
    assert partial > 5


def test_the_coefficient_with_no_figure_left_out_is_the_one_in_the_files(nation):
    for row in listed(nation, "cvs"):
        assert (row["cv"] == row["cv_in_files"]) or int(row["missing"]) > 0


def test_clean_figures_reach_the_drawn_coefficient_but_for_whole_people_and_mixed_schools(nation):
    ratios = [log(float(row["cv"]) / float(row["cv_drawn"])) for row in listed(nation, "cvs")
              if row["indicator"] == "R1"]
    assert abs(np.median(ratios)) < 0.02
    assert np.quantile(np.abs(ratios), 0.9) < 0.1


# ---- the command

@pytest.mark.parametrize(("text", "years"), [
    ("2021-2023", (2021, 2022, 2023)), ("2023", (2023,)), ("2023-2021", ()), ("21-23", ()),
    ("２０２１", ())])
def test_a_span_of_years_is_read_or_refused(text, years):
    assert years_of(text) == years


@pytest.mark.parametrize(("given", "said"), [
    (["--counties", "0", "--years", "2023"], "县数"),
    (["--counties", "2901", "--years", "2023"], "县数"),
    (["--counties", "3", "--years", "2023-2021"], "年份"),
    (["--counties", "3", "--years", "2023", "--format", "pdf"], "写法"),
])
def test_what_cannot_be_made_is_said_before_anything_is_written(tmp_path, capsys, given, said):
    with pytest.raises(SystemExit) as end:
        main(["synth", str(tmp_path / "new"), "--seed", "1", *given])
    assert end.value.code == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "new").exists()


def test_the_command_writes_a_nation_and_overwrites_nothing(tmp_path, capsys):
    order = ["synth", str(tmp_path / "new"), "--counties", "2", "--years", "2023", "--seed", "1"]
    for code in (0, 2):
        with pytest.raises(SystemExit) as end:
            main(order)
        assert end.value.code == code
    told = capsys.readouterr()
    assert "已写出 2 个县" in told.out
    assert "不覆盖" in told.err
    assert "虚构" in (tmp_path / "new" / "README.md").read_text("utf-8")


def test_made_up_counties_are_not_in_the_register_of_the_repository():
    assert not [code for code in codes(50) if code in (DATA / "counties.csv").read_text("utf-8")]
