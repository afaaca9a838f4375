"""What has come in for a year, and what is known of it before the first dossier is made."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from batches import HEAD, YEAR, Nation, fake
from hypothesis import given, settings, strategies as st
from tables import csv_bytes, school

from pipeline.county import County
from pipeline.county.known_files import KnownFiles, handed_on
from pipeline.definitions.forms.rare_letters import printable
from pipeline.ground.errors import WrongUse
from pipeline.publishing.chapter_parameters import checked
from pipeline.publishing.order import Order
from pipeline.whole.intake import arrivals, orders_for, refused_for_schools

ROWS = [school(n, pupils=400 + n) for n in range(1, 7)]
OTHERS = [school(n) | {"学校标识码": f"219900009{n}"} for n in range(6)]


def raw_folder(place, files, units=("990001", "990002", "990003")):
    lines = [f"{code},县{code[-1]},某省,某市,cn-2017-06,,造的" for code in units]
    (place / "raw" / "2023").mkdir(parents=True)
    (place / "raw" / "counties.csv").write_text("\n".join([HEAD, *lines, ""]), "utf-8")
    for name, content in files.items():
        path = place / "raw" / "2023" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
    return place / "raw"


def came(place, files, **more):
    raw = raw_folder(place, files, **more)
    found = arrivals(raw, 2023, place / "work")
    given = {"year": 2023, "raw": str(raw), "processed": str(place / "processed")}
    orders = orders_for(sorted(found.codes), given, place / "out", "fork", found, True)
    refused, problems = refused_for_schools(orders, found, 2, place / "rolls", place / "work")
    return found, [order.parameters.unit for order in orders], refused, problems


def of(unit, rows):
    return [row | {"统计三级": unit} for row in rows]


def test_a_school_that_two_counties_report_refuses_both_and_names_both_places(tmp_path):
    twice = [*OTHERS, ROWS[1]]
    _, codes, refused, problems = came(tmp_path, {
        "990001_县1.csv": csv_bytes(ROWS), "990002_县2.csv": csv_bytes(twice),
        "990003/小学.csv": csv_bytes([school(1) | {"学校标识码": "2199000777"}])})
    assert (codes, problems) == (["990001", "990002", "990003"], [])
    code = ROWS[1]["学校标识码"]
    assert set(refused) == {"990001", "990002"}
    assert all(word in refused["990001"] for word in (
        code, "2023/990001_县1.csv第3行", "990002 县2", "2023/990002_县2.csv第8行"))
    assert "990001 县1 填报（2023/990001_县1.csv第3行）" in refused["990002"]


def test_a_roll_is_read_once_and_again_when_its_file_changes(tmp_path, monkeypatch):
    files = {"990001_县1.csv": csv_bytes(ROWS), "990002_县2.csv": csv_bytes(OTHERS)}
    assert came(tmp_path, files)[2] == {}
    raw, given = tmp_path / "raw", {"year": 2023, "raw": str(tmp_path / "raw")}
    orders = [Order(checked({"unit": code, **given}), tmp_path / "out")
              for code in ("990001", "990002")]
    asked = []
    ask = __import__("pipeline.whole.intake", fromlist=["_asked"])._asked
    monkeypatch.setattr("pipeline.whole.intake._asked",
                        lambda questions, *more: asked.append(len(questions)) or
                        ask(questions, *more))
    found = arrivals(raw, 2023, tmp_path / "work")
    again = [refused_for_schools(orders, found, 1, tmp_path / "rolls", tmp_path / "work")]
    (raw / "2023" / "990002_县2.csv").write_bytes(csv_bytes([*OTHERS, ROWS[0]]))
    again += [refused_for_schools(orders, found, 1, tmp_path / "rolls", tmp_path / "work")]
    assert [set(refused) for refused, _ in again] == [set(), {"990001", "990002"}]
    assert asked == [0, 1]  # shared tables; one changed roll, and none that is unchanged


def test_a_shared_table_says_which_counties_have_handed_in(tmp_path):
    found, codes, refused, problems = came(tmp_path, {
        "全市学校.csv": csv_bytes([*of("县1", ROWS), *of("某省某市县2", OTHERS)])})
    assert codes == ["990001", "990002"]
    assert (refused, problems, found.problems) == ({}, [], [])


def test_a_school_in_a_shared_table_and_in_another_countys_file_refuses_both(tmp_path):
    _, _, refused, _ = came(tmp_path, {
        "全市学校.csv": csv_bytes(of("县1", ROWS)), "990002_县2.csv": csv_bytes(ROWS[:1])})
    assert set(refused) == {"990001", "990002"}


def test_a_county_reads_the_shared_tables_that_name_it_alone(tmp_path):
    raw = raw_folder(tmp_path, {"全市学校.csv": csv_bytes(of("县1", ROWS)),
                                "990002_县2.csv": csv_bytes(OTHERS)})
    found = arrivals(raw, 2023, tmp_path / "work")
    files = {code: [p.name for p in County.open(
        code, 2023, "", str(raw), known=found.known).files(2023)] for code in ("990001", "990002")}
    assert files == {"990001": ["全市学校.csv"], "990002": ["990002_县2.csv"]}


def test_a_county_answers_by_what_was_known_when_it_was_opened_and_never_otherwise(tmp_path):
    raw = raw_folder(tmp_path, {"全市学校.csv": csv_bytes(of("县1", ROWS)),
                                "990002_县2.csv": csv_bytes(OTHERS)})
    unknowing, found = County.open("990002", 2023, "", str(raw)), arrivals(
        raw, 2023, tmp_path / "work")

    def names(county):
        return [p.name for p in county.files(2023)]

    knowing = County.open("990002", 2023, "", str(raw), known=found.known)
    assert names(knowing) == ["990002_县2.csv"]
    (raw / "2023" / "990002_补.csv").write_bytes(csv_bytes(OTHERS[:1]))
    assert names(replace(knowing)) == names(knowing) == ["990002_县2.csv"]
    assert names(unknowing) == ["990002_县2.csv", "990002_补.csv", "全市学校.csv"]


@pytest.mark.parametrize("code", ["990001", "990002", "990003"])
def test_what_is_known_is_the_same_once_written_and_the_part_of_a_unit_tells_it_all(
        code, tmp_path):
    raw = raw_folder(tmp_path, {
        "全市学校.csv": csv_bytes(of("县1", ROWS)), "另表.csv": csv_bytes(of("县3", OTHERS)),
        "990002_县2.csv": csv_bytes(OTHERS), "990002/补.csv": csv_bytes(OTHERS)})
    known = replace(arrivals(raw, 2023, tmp_path / "work").known, kept=tmp_path / "kept")
    assert KnownFiles.read(json.loads(json.dumps(known.record()))) == known
    asked = [[county.files(2023), county.file_years, county.origin] for county in (
        County.open(code, 2023, "", str(raw), known=one) for one in (known, known.about(code)))]
    assert asked[0] == asked[1]


def test_a_county_opened_beside_private_tables_knows_what_was_handed_on_with_them(tmp_path):
    raw = raw_folder(tmp_path, {"全市学校.csv": csv_bytes(of("县1", ROWS)),
                                "990002_县2.csv": csv_bytes(OTHERS)})
    known, private = arrivals(raw, 2023, tmp_path / "work").known, tmp_path / "private"

    def names(processed):
        county = County.open("990002", 2023, "", str(raw), str(processed))
        return [path.name for path in county.files(2023)]

    with handed_on(known, private):
        assert names(private) == ["990002_县2.csv"]
        assert names(tmp_path / "processed") == ["990002_县2.csv", "全市学校.csv"]
    assert names(private) == ["990002_县2.csv", "全市学校.csv"]
    assert not [*private.iterdir()]


@pytest.mark.parametrize(("name", "content", "said"), [
    ("990777_某县.csv", csv_bytes(OTHERS), "990777 有 2023 年的资料而未登记"),
    ("全市学校.csv", csv_bytes(of("邻县", OTHERS)), "全市学校.csv 中的 邻县 未登记"),
    ("全市学校.csv", csv_bytes(OTHERS), "全市学校.csv 不能使用"),
    ("全市学校.xlsx", bytes(range(256)) * 9, "全市学校.xlsx 不能使用"),
    ("990002/说明.docx", b"x", "990002 县2 的文件夹中没有可读的表"),
])
def test_files_that_belong_to_nobody_are_a_problem_and_cost_nobody_else(
        tmp_path, name, content, said):
    found, codes, refused, _ = came(tmp_path, {"990001_县1.csv": csv_bytes(ROWS), name: content})
    assert (codes, refused) == (["990001"], {})
    assert [problem for problem in found.problems if said in problem]


def test_a_year_in_which_nobody_handed_in_is_wrong_use(tmp_path):
    with pytest.raises(WrongUse, match="没有找到任何县"):
        came(tmp_path, {})


def test_problems_and_refusals_stand_in_the_record_and_in_the_exit_code(tmp_path):
    nation = Nation(tmp_path, 3)
    outcomes, code = nation.run(problems=("990777 有资料而未登记",))
    assert (code, {o.state for o in outcomes.values()}) == (1, {"ok"})
    assert nation.record()["problems"] == ["990777 有资料而未登记"]
    outcomes, code = nation.run(look=lambda: ({"910002": "也由他县填报"}, ["未能核对"]))
    assert (code, outcomes["910002"].state, outcomes["910002"].reason) == (
        1, "refused", "也由他县填报")
    assert nation.record()["problems"] == ["未能核对"]
    assert nation.folder("910002").is_dir()  # what was published before stays


NAMES = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters=',"'),
                min_size=1, max_size=40).filter(lambda name: name == name.strip())


@settings(max_examples=12, deadline=None)
@given(name=NAMES)
def test_no_name_of_a_county_ever_names_a_file(tmp_path_factory, name):
    nation = Nation(tmp_path_factory.mktemp("names"), 1)
    line = f"910001,{name},../..,/etc,ref-worked-example,,"
    (nation.raw / "counties.csv").write_text(f"{HEAD}\n{line}\n", "utf-8", newline="")
    nation.run(job=fake({}))
    there = {p.relative_to(nation.place).as_posix() for p in nation.place.rglob("*")
             if not p.is_relative_to(nation.raw)}
    assert all(set(part) <= set("abcdefghijklmnopqrstuvwxyz0123456789.-_")
               for path in there for part in Path(path).parts), there
    assert nation.record()["counties"][0]["name"] == printable(name)


@pytest.mark.parametrize("code", [
    "../..", "91000", "９１０００１", "910001/..", "910001\n", "", "aux"])
def test_a_code_that_is_no_code_never_becomes_a_folder(tmp_path, code):
    nation = Nation(tmp_path, 1)
    with pytest.raises(WrongUse):
        nation.order(code)


def test_the_journal_is_plain_lines_that_any_program_can_read(tmp_path):
    nation = Nation(tmp_path, 2)
    nation.run({"910002": "refuse"})
    lines = (nation.out / str(YEAR) / ".junheng" / "journal.jsonl").read_text("utf-8").split("\n")
    events = [json.loads(line) for line in lines]
    assert [e["event"] for e in events] == ["begin", "county", "county", "end"]


def test_progress_says_done_failed_rate_and_time_left(tmp_path):
    import io

    from pipeline.publishing.batch.outcome import Outcome
    from pipeline.publishing.batch.progress import Progress

    class Terminal(io.StringIO):
        def isatty(self):
            return True

    for stream in (Terminal(), io.StringIO()):
        tell = Progress(4, stream)
        tell.started -= 60
        tell.told_of(Outcome("910001", "甲县", "ok"))
        tell.told_of(Outcome("910002", "乙县", "timeout", "超过600秒", "06_gaps"))
        assert "910002 乙县：未出卷宗，超时、06_gaps。超过600秒\n" in stream.getvalue()
        assert tell.line() == "已完成 2/4，未出卷宗 1，每分钟 2.0 县，约剩 1 分"
        assert ("\r" in stream.getvalue()) == stream.isatty()
