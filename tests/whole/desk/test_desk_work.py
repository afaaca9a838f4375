"""What the desk finds is what `check` finds, and what it makes has the bytes of `run`."""

import io
import json
import random
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from asked_desk import EXAMPLE, FIRST, YEAR, Asked, desk_at
from desk_standing import free_port, standing
from desk_visitors import Visitor
from openpyxl import Workbook

from pipeline.definitions.base import DATA
from pipeline.publishing.chapters.surroundings import fixed_environment
from pipeline.whole.checking import check_paths
from pipeline.whole.checking.check_reports import ACCEPTED
from pipeline.whole.desk.desk_folder import file_name

TEXT = EXAMPLE.read_text("utf-8-sig")
SPOILT = {  # name of what is handed in → its bytes, its suffix
    "good": (TEXT.encode(), ".csv"), "cell": (TEXT.replace("45,", "约45,", 1).encode(), ".csv"),
    "empty rows": (b"school,pupils,books\n", ".csv"), "binary": (bytes(range(256)) * 9, ".csv"),
    "not a workbook": (b"PK\x03\x04 broken", ".xlsx"), "html": (b"<html><table>", ".xls"),
    "personal": (TEXT.replace("小学1", "11010519491231002X", 1).encode(), ".csv"),
    "negative": (TEXT.replace("45,", "-45,", 1).encode(), ".csv"),
    "no header": (TEXT.partition("\n")[2].encode(), ".csv"),
    "gbk": (TEXT.encode("gb18030"), ".csv"), "other year": (TEXT.encode() + b"\n\n", ".csv")}


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    made = desk_at(tmp_path_factory.mktemp("desk") / "desk", port=free_port())
    token = Asked(made).token(FIRST)
    with standing(made):
        yield made, Visitor(made.port, token)


@pytest.mark.parametrize("name", SPOILT)
def test_the_desk_finds_what_check_finds(name, desk, tmp_path):
    content, suffix = SPOILT[name]
    made, visitor = desk
    place = visitor.put(YEAR, content, f"表{suffix}")
    while (told := visitor.told(place))["waiting"]:
        pass
    raw = tmp_path / "raw"
    (raw / str(YEAR)).mkdir(parents=True)
    (raw / "counties.csv").write_bytes(made.register.read_bytes())
    (raw / str(YEAR) / file_name(FIRST, raw, suffix)).write_bytes(content)
    (report,) = [one for one in check_paths([raw / str(YEAR)], workers=1) if one["unit"] == FIRST]
    row = Asked(made).db.execute("SELECT state, findings FROM upload WHERE id = ?",
                                 (place.rpartition("/")[2],)).fetchone()
    assert row["state"] == told["state"] == (
        "ready" if report["outcome"] == ACCEPTED else "to_mend")
    assert json.loads(row["findings"]) == report["findings"]
    kept = [path for path in made.inbox.iterdir() if path.stem == place.rpartition("/")[2]]
    assert bool(kept) == (name != "personal")  # a file with personal data is deleted at once
    if name == "personal":
        assert "已经删除" in visitor.ask("GET", place)[2].decode()
        assert visitor.put(YEAR, content, f"表{suffix}") != place


def test_what_the_institute_has_confirmed_is_no_fault_once_the_file_is_sent_again(desk):
    made, visitor = desk
    content = TEXT.replace("小学1,45,", "小学1,约45,", 1).encode()
    place = waited(visitor, visitor.put(YEAR, content + b"\n" * 5))
    assert visitor.told(place)["state"] == "to_mend"
    kept = made.corrections(FIRST, YEAR)
    kept.parent.mkdir(parents=True)
    kept.write_text("文件,工作表,单元格,原值,新值,理由\n"
                    f"{file_name(FIRST, made.place, '.csv')},,B2,约45,45,电话核实\n", "utf-8")
    again = waited(visitor, visitor.put(YEAR, content + b"\n" * 5))
    kept.unlink()
    assert (again != place, visitor.told(again)["state"]) == (True, "ready")


def waited(visitor, place):
    while visitor.told(place)["waiting"]:
        pass
    return place


def test_a_workbook_of_twenty_megabytes_is_checked_and_the_web_part_stays_small(tmp_path):
    made = desk_at(tmp_path / "desk", port=free_port())
    token = Asked(made).token(FIRST)
    with standing(made) as parts:
        visitor = Visitor(made.port, token)
        place = waited(visitor, visitor.put(YEAR, padded(20_000_000), "表.xlsx"))
        assert visitor.told(place)["state"] == "ready"
        status = Path(f"/proc/{parts.parts['web'].pid}/status").read_text("ascii")
    assert int(re.search(r"VmHWM:\s*(\d+) kB", status)[1]) < 200_000


def padded(size):
    """Return the example as a workbook with a picture in it, of so many bytes in all."""
    book, out = Workbook(), io.BytesIO()
    for line in EXAMPLE.read_text("utf-8-sig").splitlines():
        book.active.append([int(part) if part.isdigit() else part for part in line.split(",")])
    book.save(out)
    plain = out.getvalue()
    made = pictured(plain, size - len(pictured(plain, 0)))
    assert len(made) == size
    return made


def pictured(plain, length):
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(plain)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
        new.writestr("xl/media/image1.png", random.Random(1).randbytes(length))
    return out.getvalue()


def test_a_dossier_is_deleted_at_once_and_the_file_stays_until_it_is_deleted_itself(desk):
    made, visitor = desk
    place = visitor.put(YEAR, TEXT.encode() + b"\n\n\n")
    assert visitor.all_ended([place], 120) == {place: "done"}
    job = visitor.make_if_ready(place)
    folder = made.outputs / job.rpartition("/")[2]
    assert (folder / "dossier.pdf").is_file()
    assert visitor.ask("POST", f"{job}/delete")[0] == 200
    assert not folder.exists()
    assert visitor.ask("GET", f"{job}/file/dossier.pdf")[0] == 404
    assert visitor.ask("GET", place)[0] == 200
    assert visitor.ask("GET", f"/template/{YEAR + 1}.xlsx")[0] == 200
    assert not [*made.place.rglob(f"*{YEAR + 1}*.xlsx")]  # no blank form is kept


@pytest.mark.slow
def test_the_dossier_of_the_desk_is_that_of_the_command_line_byte_for_byte(tmp_path):
    """The very command, in the desk's own crew with all that it preloads."""
    example = next(DATA.rglob("raw/2021/990101_*.xlsx"))
    made = desk_at(tmp_path / "desk", port=free_port())
    asked = Asked(made)
    token, env = asked.token("990101"), fixed_environment()
    command = [sys.executable, "-m", "pipeline"]
    crew = subprocess.Popen([*command, "desk", str(made.place), "--part", "crew"], env=env)
    try:
        with standing(made, "web"):
            visitor = Visitor(made.port, token)
            place = visitor.put(2021, example.read_bytes(), "随意的名称.xlsx")
            assert visitor.all_ended([place], 600) == {place: "done"}
    finally:
        crew.terminate()
        crew.wait(60)
    raw = tmp_path / "raw"
    (raw / "2021").mkdir(parents=True)
    (raw / "counties.csv").write_bytes(made.register.read_bytes())
    (raw / "2021" / example.name).write_bytes(example.read_bytes())
    subprocess.run([*command, "run", "990101", "--year", "2021", "--raw", str(raw), "--out",
                    str(tmp_path / "out"), "--processed", str(tmp_path / "processed"),
                    "--formats", "pdf"], env=env, check=True, capture_output=True)
    job = asked.db.execute("SELECT id FROM job WHERE kind = 'make'").fetchone()[0]
    folders = made.outputs / job, tmp_path / "out" / "2021" / "990101"
    names = [{p.relative_to(f).as_posix() for p in f.rglob("*") if p.is_file()} for f in folders]
    assert names[0] == names[1] and {"dossier.pdf", "results.json"} <= names[0]
    differing = {name for name in names[0] - {"run.log"}
                 if (folders[0] / name).read_bytes() != (folders[1] / name).read_bytes()}
    assert differing == set()
