"""`junheng check` of a folder is what `junheng run` does with it: the same files joined, the same
refusals, the same exit code; for random folders, with all of `run` but what comes after the import.
"""

import json
from random import Random

import pytest
from batches import fake
from drawn import few
from tables import csv_bytes, school

from pipeline.__main__ import main
from pipeline.cleaning.importing import import_county
from pipeline.commands.run import making
from pipeline.publishing.batch.hands.crew import Crew
from pipeline.whole.checking import check_paths
from pipeline.whole.checking.check_reports import (
    ACCEPTED,
    PROBLEM,
    UNREAD,
    exit_code,
    summary,
)

FOLDERS, YEAR = few(200, 40), 2023  # 0.7 processor seconds each
REGISTERED, PUBLISHED, LISTED, UNKNOWN = "990101", "110101", "990778", "990999"
NAMES = {REGISTERED: "示例县", PUBLISHED: "东城区", LISTED: "乙县", UNKNOWN: "丙县"}
LIST = "代码,县名,省,市\n990778,乙县,某省,某市\n"
PROVINCE = {REGISTERED: "99", PUBLISHED: "11", LISTED: "99", UNKNOWN: "99"}


def rows_of(code: str, draw: Random) -> list[dict]:
    """Return three schools of a county; now and then one that another county may report too."""
    rows = [school(1000 * list(NAMES).index(code) + n, pupils=400 + n) for n in range(1, 4)]
    if draw.random() < .15:
        rows.append(school(9999))
    return [row | {"学校标识码": row["学校标识码"][:2] + PROVINCE[code] + row["学校标识码"][4:]}
            for row in rows]


def one_file(rows, draw):
    return {"_{name}.csv": csv_bytes(rows, draw.choice(["utf-8", "gb18030"]))}


def twice(rows, draw):
    return {"_{name}.csv": csv_bytes(rows), "_{name}（修改版）.csv": csv_bytes(rows[:2])}


def own_folder(rows, draw):
    return {"/甲.csv": csv_bytes(rows[:2]), "/乙.csv": csv_bytes(rows[2:])}


def notes_beside(rows, draw):
    return {"/甲.csv": csv_bytes(rows), "/说明.docx": b"PK\3\4", "/~$甲.csv": b"x"}


def unread_table(rows, draw):
    name = draw.choice(["/乙.ods", "/乙.xlsb", "/乙.xlsx", "/乙.numbers"])
    return {"/甲.csv": csv_bytes(rows), name: b"PK\3\4 no workbook"}


def bad_cell(rows, draw):
    return one_file([rows[0] | {draw.choice(["在校生数", "办学类型", "学校标识码"]): "约三"},
                     *rows[1:]], draw)


def only_notes(rows, draw):
    return {"/说明.docx": b"PK\3\4"}


def correction_unused(rows, draw):
    line = "file,sheet,cell,old,new,reason\n{code}_{name}.csv,{code}_{name},A99,1,2,误填\n"
    return one_file(rows, draw) | {"_corrections.csv": line.encode()}


def earlier_year(rows, draw):
    return one_file(rows, draw) | {"<2022": csv_bytes(rows[:2])}


def other_name(rows, draw):
    return {"_海淀区.csv": csv_bytes(rows)}


WAYS = (one_file, one_file, one_file, twice, own_folder, notes_beside, unread_table, bad_cell,
        only_notes, correction_unused, earlier_year, other_name)


def folder_of(place, seed: int):
    """Make a folder of raw data: one to three counties, each in one of `WAYS`, and strays."""
    draw, raw = Random(f"folder/{seed}"), place / "raw"
    (raw / str(YEAR)).mkdir(parents=True)
    (raw / "counties.csv").write_bytes(LIST.encode(draw.choice(["utf-8", "gb18030"])))
    for code in draw.sample(list(NAMES), draw.randint(1, 3)):
        for name, content in draw.choice(WAYS)(rows_of(code, draw), draw).items():
            name = name.format(name=NAMES[code])
            year, name = (2022, f"_{NAMES[code]}.csv") if name[0] == "<" else (YEAR, name)
            path = raw / str(year) / f"{code}{name}"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    if draw.random() < .2:
        shared = [row | {"统计三级": draw.choice(["乙县", "示例县", "丁县"])}
                  for row in rows_of(LISTED, draw)]
        (raw / str(YEAR) / "全市.csv").write_bytes(csv_bytes(
            shared if draw.random() < .8 else rows_of(LISTED, draw)))
    if draw.random() < .2:
        (raw / str(YEAR) / "某市").mkdir()
        (raw / str(YEAR) / "说明.docx").write_bytes(b"PK\3\4")
    return raw


def read_then_fake(order, work):
    """Do what the first chapter does, and leave its findings; then stand in for the others."""
    county = order.county
    result = import_county(county, order.parameters.drop_personal)
    place = order.out / f"{county.code}.read.json"
    place.write_text(json.dumps(found_lines(result.findings.to_dict("records"))), "utf-8")
    result.require_accepted()
    fake({})(order, work)


def found_lines(rows):
    return sorted(f"{r['code']} {r['file']} {r['sheet']} {r['action']}" for r in rows)


def run_all(raw, out, monkeypatch, capsys):
    """Run everybody; return the exit code, code → outcome, code → findings."""
    monkeypatch.setattr(making, "_hands", lambda asked, batch, place: Crew(
        read_then_fake, batch.limits, batch.workers, place))
    with pytest.raises(SystemExit) as end:
        main(["run", "--all", "--year", str(YEAR), "--raw", str(raw), "--out", str(out),
              "--processed", str(out.parent / "processed"), "--workers", "1"])
    capsys.readouterr()
    record = out / str(YEAR) / "batch.json"
    told = json.loads(record.read_text("utf-8")) if record.exists() else {"counties": []}
    read = {p.name[:6]: json.loads(p.read_text("utf-8")) for p in out.glob("*.read.json")}
    return end.value.code, {c["code"]: c for c in told["counties"]}, read


def test_single_files_are_counted_as_files_and_years_as_counties(tmp_path):
    (tmp_path / "甲.csv").write_bytes(csv_bytes([school(1)]))
    assert summary(check_paths([tmp_path / "甲.csv"])) == (
        "共核查 1 个文件：可用 1。核查记录中提醒 1 条。")
    (tmp_path / str(YEAR)).mkdir()
    (tmp_path / str(YEAR) / "990101_示例县.csv").write_bytes(csv_bytes([school(1)]))
    told = summary(check_paths([tmp_path], workers=1))
    assert told == "共核查 1 个县、2 个文件：可用 2。核查记录中提醒 2 条。"


@pytest.mark.slow
def test_check_of_a_folder_is_what_run_does_with_it(tmp_path, monkeypatch, capsys):
    ends = set()
    for seed in range(FOLDERS):
        raw, out = folder_of(tmp_path / str(seed), seed), tmp_path / str(seed) / "out"
        out.mkdir()
        code, ran, read = run_all(raw, out, monkeypatch, capsys)
        reports = check_paths([raw / str(YEAR)], workers=1)
        units = {r["unit"]: r for r in reports if r["unit"]}
        assert exit_code(reports) == code, (seed, reports)
        assert {u: "ok" if r["outcome"] == ACCEPTED else r["outcome"]
                for u, r in units.items()} == {u: c["state"] for u, c in ran.items()}, seed
        assert {u: found_lines(r["findings"]) for u, r in units.items() if r["files"]
                and u in read} == read, seed
        early = {u: c["reason"] for u, c in ran.items() if u not in read}
        assert {u: units[u]["reason"] for u in early} == early, seed
        ends |= {r["outcome"] for r in reports}
        ends |= {f["code"] for r in reports for f in r["findings"] if f["severity"] == "refuse"}
    assert {ACCEPTED, "refused", PROBLEM, UNREAD, "identity.duplicate", "cell.text"} <= ends
