"""Faults of other kinds than a changed byte are found too: of dossiers, and of their overview."""

import random
import shutil
from collections import Counter

import pytest
from batches import YEAR, Nation
from dossier_faults import FILES, SIGNED
from drawn import drawn
from odd_faults import HARMLESS, KINDS, OF_THE_YEAR

from pipeline.__main__ import main
from pipeline.publishing.records.signature import make_key, public_key, read_key, sign_folders
from pipeline.publishing.records.verification import doubts, published_folders, unproven
from pipeline.whole.index.index_checking import overview_doubts
from pipeline.whole.index.index_files import write_index

COUNTIES, FAULTS = 10, max(drawn(600), len(KINDS))


@pytest.fixture(scope="module")
def signed(tmp_path_factory):
    """Ten published counties signed together, their overview written, and the public key."""
    place = tmp_path_factory.mktemp("signed")
    nation = Nation(place, COUNTIES)
    nation.run()
    make_key(place / "key")
    folders = published_folders(nation.out / str(YEAR))
    root = sign_folders(folders, read_key(place / "key"))
    write_index(nation.out / str(YEAR))
    return nation, folders, public_key(place / "key.pub"), root


def test_every_fault_of_every_kind_is_found_at_its_level(signed, tmp_path, capsys):
    _, folders, key, root = signed
    draw, found = random.Random(19), {}
    for number in range(FAULTS):
        kind = [*KINDS][number % len(KINDS)]
        folder, other = draw.sample(folders, 2)
        place = tmp_path / str(number)
        victim = place / str(YEAR) / folder.name
        shutil.copytree(folder, victim)
        KINDS[kind][1](victim, other, draw)
        level = FILES if doubts(victim) else SIGNED if unproven(victim, key, root) else "没有发现"
        found.setdefault(kind, Counter())[level] += 1
        shutil.rmtree(place)
    with capsys.disabled():
        counts = sum(found.values(), Counter())
        print(f"\n{len(found)} 种 {counts.total()} 处：" + "，".join(
            f"{level} {n}" for level, n in counts.items()))
    assert {kind: c for kind, c in found.items() if {*c} != {KINDS[kind][0]}} == {}


def test_what_copying_does_to_a_dossier_is_no_fault(signed, tmp_path):
    _, folders, key, root = signed
    draw = random.Random(1)
    for number in range(drawn(100)):
        folder = folders[number % COUNTIES]
        copied = tmp_path / str(number) / str(YEAR) / folder.name
        shutil.copytree(folder, copied)
        [*HARMLESS.values()][number % len(HARMLESS)](copied, draw)
        assert doubts(copied) + unproven(copied, key, root) == []


@pytest.mark.parametrize("kind", OF_THE_YEAR)
def test_an_overview_that_does_not_say_what_the_dossiers_say_is_found(kind, signed, tmp_path,
                                                                      capsys):
    nation, _, _, _ = signed
    year = tmp_path / "out" / str(YEAR)
    for number in range(max(1, drawn(12))):
        shutil.copytree(nation.out / str(YEAR), year)
        assert overview_doubts(year) == []
        OF_THE_YEAR[kind](year, random.Random(number))
        with pytest.raises(SystemExit) as ended:
            main(["verify", str(tmp_path / "out")])
        assert ended.value.code == 1
        said = capsys.readouterr().out
        assert f"{YEAR}/{kind.split()[1]} 不符" in said
        assert f"相符 {COUNTIES}，不符 0，未能核对 0；批次记录、总览不符" in said
        shutil.rmtree(year)


def test_an_overview_of_earlier_runs_is_no_forgery(tmp_path):
    nation = Nation(tmp_path, 2)
    nation.run()
    write_index(nation.out / str(YEAR))
    nation.file("910001").write_bytes(nation.file("910001").read_bytes() + b"\n")
    nation.run()
    assert overview_doubts(nation.out / str(YEAR)) == []
