"""What a bureau, an accident or an attacker may send: nothing wrong is accepted in silence.

The limits are those promised: no silent acceptance at all, at most two in a hundred sound
files refused, ninety-eight places in a hundred named to the cell, no file that costs a minute.
`corpus/` holds the cases, by family; `corpus/base.py` says what each outcome means.
"""

from collections import Counter
from fractions import Fraction
from itertools import chain

import pytest
from corpus import identity, privacy, recoverable, variants
from corpus.base import BASE, FILE, GOOD, PE, Case, at, rows, xlsx
from corpus.figures import boundary, formulas, units, values
from corpus.files import containers, encodings, writers
from corpus.judging import judge
from corpus.tables import exports, headers, shapes, sheets
from drawn import PART
from tables import imported

from pipeline.analysis.schools.indicator_values import indicator_values
from pipeline.definitions.standards import standard

FAMILIES = {"values": [values], "shapes": [shapes, sheets], "identity": [identity],
            "containers": [containers, writers], "encodings": [encodings],
            "formulas": [formulas], "units": [units], "headers": [headers, exports],
            "privacy": [privacy], "boundary": [boundary], "recoverable": [recoverable],
            "variants": [variants]}
MOST_SECONDS, FEWEST_CASES = 60, 350
MOST_REFUSED, FEWEST_PLACED = Fraction(2, 100), Fraction(98, 100)
SHOWN = ("silent", "only warned", "over-refusal", "wrong", "unrecorded", "leak", "fault")

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def families(tmp_path_factory):
    """Judge every family, each in one call, and print a line of figures for each."""
    found = {name: judge(_cases(name, parts), tmp_path_factory.mktemp(name))
             for name, parts in FAMILIES.items()}
    print("\n" + "".join(word.rjust(13) for word in (
        "family", "cases", "refused", "accepted", *SHOWN, "unplaced", "seconds")))
    for name, (lines, seconds) in found.items():
        counts = Counter(one.problem.partition(":")[0].partition(" figures")[0] for one in lines)
        outcomes = Counter(one.outcome for one in lines)
        print("".join(str(word).rjust(13) for word in (
            name, len(lines), outcomes["refused"], outcomes["accepted"],
            *(counts[word] for word in SHOWN), sum(one.placed is False for one in lines),
            round(seconds))))
    lines = chain.from_iterable(lines for lines, _ in found.values())
    print("\n".join(told([one for one in lines if one.problem], "")))
    return found


def _cases(name: str, parts: list) -> list[Case]:
    """Return the cases of a family; of the variants, which only say others anew, every fourth."""
    cases = [*chain.from_iterable(part.cases() for part in parts)]
    return cases[::PART] if name == "variants" else cases


@pytest.fixture(scope="module")
def judged(families):
    return list(chain.from_iterable(lines for lines, _ in families.values()))


def told(judged, *problems: str) -> list[str]:
    """Return the cases with such a problem, one line each."""
    return [f"{one.case.family}: {one.case.name}: {one.problem}" for one in judged
            if one.problem.startswith(problems)]


def test_the_corpus_is_large_and_every_case_has_a_name_of_its_own(judged):
    names = Counter((one.case.family, one.case.name) for one in judged)
    assert len(names) == len(judged) >= FEWEST_CASES


def test_nothing_wrong_is_accepted_in_silence(judged):
    assert told(judged, "silent") == []


def test_what_must_be_refused_is_not_merely_warned_of(judged):
    assert told(judged, "only warned") == []


def test_at_most_two_in_a_hundred_files_that_can_be_read_are_refused(judged):
    readable = [one for one in judged if "refuse" not in one.case.expected.split("|")]
    refused = told(judged, "over-refusal")
    assert len(refused) <= MOST_REFUSED * len(readable), refused


def test_the_figures_of_what_is_accepted_are_those_of_the_clean_county(judged):
    assert told(judged, "wrong") == []


def test_whatever_is_cleaned_is_recorded(judged):
    assert told(judged, "unrecorded") == []


def test_the_place_is_named_to_the_cell(judged):
    wanted = [one for one in judged if one.placed is not None]
    lost = [f"{one.case.family}: {one.case.name}" for one in wanted if not one.placed]
    assert len(lost) <= (1 - FEWEST_PLACED) * len(wanted), lost


def test_no_finding_repeats_what_may_be_a_person(judged):
    assert told(judged, "leak") == []


def test_no_file_breaks_the_reader_and_a_run_agrees_with_the_check(judged):
    assert told(judged, "fault") == []


def test_no_file_takes_a_minute(families):
    """A whole family in less than a minute leaves no file a minute."""
    assert {name for name, (_, seconds) in families.items() if seconds >= MOST_SECONDS} == set()


def test_the_judge_notices_each_kind_of_failure(tmp_path):
    bad, other = xlsx(rows({(5, PE): "约6"})), xlsx(rows({(5, PE): 7}))
    cases = [Case(problem, "", {FILE: content}, expected, place)
             for problem, content, expected, place in (
                 ("silent", GOOD, "refuse", ()), ("silent", GOOD, "warn|refuse", ()),
                 ("over-refusal", bad, "exact|clean|warn", ()), ("", bad, "refuse", at(5, PE)),
                 ("wrong figures", other, "exact", ()), ("unrecorded", GOOD, "clean", ()),
                 ("", GOOD, "exact", ()), ("leak", bad, "refuse", at(6, PE)))]
    cases[-1] = Case("leak", "", cases[-1].files, "refuse", secret="学校情况")
    lost = Case("", "", {FILE: bad}, "refuse", at(6, PE))
    found, _ = judge([*cases, lost], tmp_path)
    assert [one.problem.partition(":")[0] for one in found] == [one.case.name for one in found]
    assert [one.placed for one in found[-1:]] == [False] and found[3].placed


def test_the_clean_county_has_the_figures_that_a_hand_finds(tmp_path):
    """和平路小学: 62 of 1280; 白塔学校: (4240 − 80) ㎡ and 172.8 万元 over 250 + 1.1 × 500."""
    found = indicator_values(imported(tmp_path, rows()).schools, standard("cn-2017-06"))
    values = {(line.school_code, line.stage, line.indicator): line.value
              for line in found.itertuples()}
    first, nine = BASE[0]["学校标识码"], BASE[-1]["学校标识码"]
    assert values[first, "primary", "R1"] == Fraction("4.84375")
    assert values[nine, "primary", "R4"] == Fraction("5.2")
    assert values[nine, "junior", "R4"] == Fraction("5.72")
    assert values[nine, "primary", "R6"] == 2160 and values[nine, "junior", "R6"] == 2376
