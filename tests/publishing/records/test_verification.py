"""What was published is verified by anyone: every single fault shows, nothing untouched does."""

import random
import shutil
from collections import Counter

import pytest
from batches import YEAR, Nation
from dossier_faults import FILES, LEVELS, SIGNED, ZH, edit_and_seal
from drawn import drawn

from pipeline.__main__ import main
from pipeline.commands.records.verify import compared
from pipeline.ground.errors import WrongUse
from pipeline.publishing.records.signature import (
    _Tree,
    leads_to_root,
    make_key,
    public_key,
    read_key,
    read_signature,
    sign_folders,
)
from pipeline.publishing.records.verification import (
    doubts,
    missing_folders,
    published_folders,
    unproven,
)

COUNTIES = 10
FAULTS_DRAWN = drawn(1000)


def exit_code(*arguments):
    with pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in arguments])
    return ended.value.code or 0

@pytest.fixture(scope="module")
def signed(tmp_path_factory):
    """Ten published counties signed together, with a key."""
    place = tmp_path_factory.mktemp("signed")
    nation = Nation(place, COUNTIES)
    nation.run()
    make_key(place / "key")
    folders = published_folders(nation.out / str(YEAR))
    root = sign_folders(folders, read_key(place / "key"))
    return nation, folders, public_key(place / "key.pub"), root


@pytest.mark.parametrize("part", range(2))
def test_every_single_fault_is_found_at_its_level(part, signed, tmp_path, capsys):
    """1,000 faults of 18 kinds before a release, some of them each time (`drawn`)."""
    _, folders, key, _ = signed
    draw, found = random.Random(part), {}
    for number in range(FAULTS_DRAWN // 2):
        fault = [*LEVELS][number % len(LEVELS)]
        folder, other = draw.sample(folders, 2)
        victim = tmp_path / str(YEAR) / folder.name
        shutil.copytree(folder, victim)
        fault(victim, other, draw)
        level = FILES if doubts(victim) else SIGNED if unproven(victim, key) else "没有发现"
        found.setdefault(fault, Counter())[level] += 1
        shutil.rmtree(victim)
    with capsys.disabled():
        print("\n" + "\n".join(f"{ZH[fault]}：{LEVELS[fault]}一级发现 {counts[LEVELS[fault]]}，"
                               f"共 {counts.total()}" for fault, counts in found.items()))
    assert {f: c for f, c in found.items() if {*c} != {LEVELS[f]}} == {}


def test_a_hundred_untouched_copies_are_never_doubted(signed, tmp_path):
    _, folders, key, root = signed
    for number in range(100):
        folder = folders[number % COUNTIES]
        copied = tmp_path / str(number) / str(YEAR) / folder.name
        shutil.copytree(folder, copied)
        assert doubts(copied) + unproven(copied, key, root) == []
        shutil.rmtree(copied)


def test_nothing_untouched_is_doubted(signed):
    nation, folders, key, root = signed
    assert [doubts(folder) + unproven(folder, key, root) for folder in folders] == [[]] * COUNTIES


def test_without_a_key_everything_but_a_manifest_sealed_again_is_found(signed, tmp_path):
    _, folders, key, _ = signed
    victim = tmp_path / str(YEAR) / folders[0].name
    shutil.copytree(folders[0], victim)
    edit_and_seal(victim, None, None)
    assert doubts(victim) == []
    assert unproven(victim, key) == ["没有签名（manifest.sig）"]


def test_another_key_or_another_root_proves_nothing(signed, tmp_path):
    _, folders, _, root = signed
    make_key(tmp_path / "other")
    assert unproven(folders[0], public_key(tmp_path / "other.pub"))
    assert unproven(folders[0], None, "0" * 64)
    assert unproven(folders[0], None, root) == []


@pytest.mark.parametrize("leaves", [1, 2, 3, 4, 5, 7, 8, 9])
def test_every_leaf_leads_to_the_root_and_only_from_its_place(leaves, signed, tmp_path):
    nation, folders, _, _ = signed
    copies = [tmp_path / str(YEAR) / folder.name for folder in folders[:leaves]]
    for folder, copied in zip(folders, copies, strict=False):
        shutil.copytree(folder, copied)
    make_key(tmp_path / "key")
    sign_folders(copies, read_key(tmp_path / "key"))
    for place, folder in enumerate(copies):
        found = read_signature(folder)
        assert leads_to_root(folder, found)
        for wrong in {*range(leaves + 1)} - {place}:
            assert not leads_to_root(folder, found.model_copy(update={"leaf": wrong}))


def test_the_tree_is_that_of_rfc_6962():
    """The seven leaves of RFC 6962 §2.1.3: the way of d0 is b, h, l, that of d6 is i, k."""
    from hashlib import sha256

    leaves = tuple(sha256(b"\0" + bytes([n])).digest() for n in range(7))
    pair = lambda a, b: sha256(b"\1" + a + b).digest()  # noqa: E731
    g, h, i = (pair(leaves[n], leaves[n + 1]) for n in (0, 2, 4))
    k, l = pair(g, h), pair(i, leaves[6])  # noqa: E741
    tree = _Tree(leaves)
    assert tree.node(0, 7) == pair(k, l)
    assert tree.way(0, 0, 7) == [node.hex() for node in (leaves[1], h, l)]
    assert tree.way(6, 0, 7) == [node.hex() for node in (i, k)]


def test_a_key_is_private_and_never_replaced(tmp_path):
    make_key(tmp_path / "key")
    before = (tmp_path / "key").read_bytes()
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600
    with pytest.raises(WrongUse, match="不覆盖"):
        make_key(tmp_path / "key")
    assert (tmp_path / "key").read_bytes() == before


@pytest.mark.parametrize("content", ["", "x", "-----BEGIN PUBLIC KEY-----\nAA==\n"])
def test_what_is_no_key_is_told_in_words(content, tmp_path):
    (tmp_path / "no").write_text(content, "ascii")
    for read in (read_key, public_key):
        with pytest.raises(WrongUse, match="不是可用的"):
            read(tmp_path / "no")
    with pytest.raises(WrongUse, match="打不开"):
        read_key(tmp_path / "none")


def test_a_county_that_the_batch_made_and_is_gone_is_named(tmp_path):
    nation = Nation(tmp_path, 3)
    nation.run()
    shutil.rmtree(nation.folder("910002"))
    assert missing_folders(nation.out / str(YEAR)) == [
        "910002 不符：批次记录中已出卷宗，文件夹不在"]
    assert exit_code("verify", nation.out) == 1


def test_a_dossier_of_another_run_is_not_that_of_the_batch(tmp_path):
    nation = Nation(tmp_path, 2)
    nation.run()
    older = tmp_path / "older"
    shutil.copytree(nation.folder("910001"), older)
    nation.file("910001").write_bytes(nation.file("910001").read_bytes() + b"\n")
    nation.run()
    shutil.rmtree(nation.folder("910001"))
    shutil.copytree(older, nation.folder("910001"))
    assert doubts(nation.folder("910001")) == []
    assert [said[:6] for said in missing_folders(nation.out / str(YEAR))] == ["910001"]


def test_the_command_says_what_holds_and_what_does_not(tmp_path, capsys):
    nation = Nation(tmp_path, 2)
    nation.run()
    key = str(tmp_path / "key")
    assert exit_code("key", key) == 0
    assert exit_code("sign", nation.out, "--key", key) == 0
    root = capsys.readouterr().out.splitlines()[-2]
    proof = ["--public-key", f"{key}.pub", "--root", root]
    assert exit_code("verify", nation.out, *proof) == 0
    assert "相符 2，不符 0，未能核对 0；签名由所给公钥的私钥所签、属于所给批次根的 2 份。" in (
        capsys.readouterr().out)
    (nation.folder("910002") / "results.json").write_text("{}", "utf-8")
    assert exit_code("verify", nation.folder("910002"), *proof) == 1
    assert "results.json 被改动过" in capsys.readouterr().out
    assert exit_code("sign", nation.out, "--key", key) == 1
    assert exit_code("verify", tmp_path / "raw") == 2


def test_a_remade_county_has_no_old_signature(tmp_path):
    nation = Nation(tmp_path, 1)
    nation.run()
    make_key(tmp_path / "key")
    sign_folders([nation.folder("910001")], read_key(tmp_path / "key"))
    assert nation.run()[0]["910001"].state == "cached"
    nation.run(force=True)
    assert not (nation.folder("910001") / "manifest.sig").exists()
    assert doubts(nation.folder("910001")) == []


@pytest.fixture(scope="module")
def worked(tmp_path_factory):
    """The dossier of the published five-school example, made as users make it."""
    place = tmp_path_factory.mktemp("worked")
    assert exit_code("run", "990102", "--year", 2012, "--out", place / "reports",
                     "--processed", place / "processed", "--formats", "docx,xlsx") == 0
    return place / "reports" / "2012" / "990102"


@pytest.mark.slow
def test_a_dossier_comes_out_again_to_the_byte(worked, capsys):
    assert exit_code("verify", worked, "--level", "render") == 0
    assert "相符 1" in capsys.readouterr().out


def test_a_forger_of_figures_is_found_by_computing_again(worked, tmp_path):
    forged = tmp_path / "2012" / "990102"
    shutil.copytree(worked, forged)
    edit_and_seal(forged, None, None)
    assert doubts(forged) == []
    assert compared(forged, worked, "recompute").code == 1


@pytest.mark.parametrize(("cause", "level", "code"), [
    ("code", "recompute", 0), ("code", "render", 2), ("inputs", "recompute", 2)])
def test_what_differs_for_a_reason_is_not_called_changed(cause, level, code, worked, tmp_path):
    """Another program may set other bytes; other inputs are no ground to judge the old ones."""
    other = tmp_path / "2012" / "990102"
    shutil.copytree(worked, other)
    value = "0" * 64 if cause == "code" else []
    edit_and_seal(other, None, None, "dossier.pdf", **{cause: value})
    assert compared(worked, other, level).code == code


def test_without_the_raw_data_nothing_is_said_to_hold(worked, tmp_path, capsys):
    (tmp_path / "empty").mkdir()
    assert exit_code("verify", worked, "--level", "recompute", "--raw", tmp_path / "empty") == 2
    assert "未能核对 1" in capsys.readouterr().out


def test_a_folder_handed_on_alone_holds_and_proves_itself(signed, tmp_path):
    _, folders, key, root = signed
    alone = tmp_path / "转交" / folders[3].name
    shutil.copytree(folders[3], alone)
    assert published_folders(alone) == [alone]
    assert doubts(alone) + unproven(alone, key, root) == []
    other = tmp_path / "转交" / folders[4].name
    shutil.copytree(folders[3], other)
    assert [said for said in doubts(other) if "别处的记录" in said]


def test_the_signature_of_another_is_never_replaced(tmp_path, capsys):
    nation = Nation(tmp_path, 2)
    nation.run()
    for name in ("one", "two"):
        make_key(tmp_path / name)
    assert exit_code("sign", nation.folder("910001"), "--key", tmp_path / "one") == 0
    before = (nation.folder("910001") / "manifest.sig").read_bytes()
    assert exit_code("sign", nation.out, "--key", tmp_path / "two") == 2
    assert "910001 已有另一把私钥的签名，未动" in capsys.readouterr().err
    assert (nation.folder("910001") / "manifest.sig").read_bytes() == before
    assert not (nation.folder("910002") / "manifest.sig").exists()
    assert exit_code("sign", nation.out, "--key", tmp_path / "one") == 0
