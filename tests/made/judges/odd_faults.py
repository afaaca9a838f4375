"""Single faults of other kinds (单个差错之二): what file systems, editors and forgers do besides.

``FILES``, ``SIGNED`` as in `dossier_faults`; ``OVERVIEW``: the files of the year, whose dossiers
are as they were (`overview_doubts`). ``HARMLESS`` is done to a folder that must not be doubted.
"""

import gzip
import hashlib
import json
import os
import re
import shutil

from dossier_faults import FILES, SIGNED, another_digit, files_of, listed_anew, rewritten

from pipeline.ground.ownership import seal_log
from pipeline.publishing.records.signature import make_key, read_key, sign_folders

OVERVIEW = "总览"
_NOT_SIGNED = "manifest.sig"


def some(folder, draw):
    return draw.choice(files_of(folder, _NOT_SIGNED, "run.log", "manifest.json"))


def unsigned(folder):
    (folder / _NOT_SIGNED).unlink(missing_ok=True)


def changed(how):
    """Return a fault: the bytes of some file become others."""
    def fault(folder, other, draw):
        path = some(folder, draw)
        path.write_bytes(how(path.read_bytes()))
    return fault


def named(name, how):
    """Return a fault: the text of one file becomes another."""
    def fault(folder, other, draw):
        path = folder / name
        before = path.read_text("utf-8")
        path.write_text(how(before), "utf-8")
        assert path.read_text("utf-8") != before
    return fault


def renamed(how):
    def fault(folder, other, draw):
        path = some(folder, draw)
        path.rename(path.with_name(how(path.name)))
    return fault


def beside(make):
    """Return a fault: something is put into the folder that was not there."""
    def fault(folder, other, draw):
        make(folder / draw.choice(["x", "tables/x", ".DS_Store", "~$dossier.pdf", "Thumbs.db"]))
    return fault


def instead(make):
    """Return a fault: something else stands where a file was."""
    def fault(folder, other, draw):
        path = some(folder, draw)
        kept = folder.parents[1] / "kept"
        shutil.move(path, kept)
        make(path, kept)
    return fault


def two_exchanged(folder, other, draw):
    one, two = draw.sample(files_of(folder, _NOT_SIGNED), 2)
    first, second = one.read_bytes(), two.read_bytes()
    one.write_bytes(second)
    two.write_bytes(first)


def log_of_another(folder, other, draw):
    shutil.copyfile(other / "run.log", folder / "run.log")
    (folder / "run.log").write_text((folder / "run.log").read_text("utf-8") + "\n", "utf-8")


def hard_link_of_another(folder, other, draw):
    path = some(folder, draw)
    path.unlink()
    os.link(other / "results.json", path)


def signed_by_another(folder, other, draw):
    """The forger changes a table, seals the manifest and signs with a key of his own."""
    path = another_digit([p for p in files_of(folder) if p.suffix == ".csv"], draw)
    listed_anew(folder, path.relative_to(folder).as_posix())
    unsigned(folder)
    key = folder.parents[1] / "forger"
    if not key.exists():
        make_key(key)
    sign_folders([folder], read_key(key))


def verdict_and_seal(folder, other, draw):
    path = folder / "results.json"
    record = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps(record | {"verdict": "met"}), "utf-8")
    listed_anew(folder, "results.json")
    unsigned(folder)


def file_and_line_in(folder, other, draw):
    (folder / "tables" / "more.csv").write_text("1", "utf-8")
    line = {"file": "tables/more.csv", "bytes": 1, "sha256": hashlib.sha256(b"1").hexdigest()}
    rewritten(folder, lambda record: record["outputs"].append(line))
    unsigned(folder)


def log_sealed_and_unsigned(folder, other, draw):
    log = folder / "run.log"
    log.write_text("mine\n", "utf-8")
    seal_log(log)
    unsigned(folder)


def input_and_seal(folder, other, draw):
    """Another input is told, the signature left."""
    rewritten(folder, lambda record: record["inputs"][0].update(sha256="0" * 64))


def in_another_year(folder, other, draw):
    place = folder.parents[1] / "2011"
    shutil.copytree(folder, place / folder.name)
    folder.rename(folder.with_name("moved"))
    (place / folder.name).rename(folder)
    rewritten(folder, lambda record: record.update(year=2011))


def under_another_code(folder, other, draw):
    shutil.rmtree(folder)
    shutil.copytree(other, folder)
    unsigned(folder)


def of_signature(name, how):
    """Return a fault: one part of the signature is another."""
    def fault(folder, other, draw):
        path = folder / _NOT_SIGNED
        record = json.loads(path.read_text("utf-8"))
        path.write_text(json.dumps(record | {name: how(record[name])}, indent=1) + "\n", "utf-8")
    return fault


KINDS = {
    "内容清空": (FILES, changed(lambda content: b"")),
    "文件末尾加字节": (FILES, changed(lambda content: content + b"\n%%EOF\n1 0 obj")),
    "文件开头加字节": (FILES, changed(lambda content: b"\xef\xbb\xbf" + content)),
    "换成 CRLF": (FILES, changed(lambda content: content.replace(b"\n", b"\r\n") + b"\r\n")),
    "换成 UTF-16": (FILES, changed(lambda content: content.decode("utf-8").encode("utf-16"))),
    "前后两半对调": (FILES, changed(lambda c: c[len(c) // 2:] + c[:len(c) // 2] + b"")),
    "运行记录改一个字": (FILES, named("run.log", lambda text: text.replace("made", "Made"))),
    "换成别县的运行记录": (FILES, log_of_another),
    "清单压成一行": (FILES, named("manifest.json", lambda t: json.dumps(json.loads(t)))),
    "清单末尾加空行": (FILES, named("manifest.json", lambda text: text + "\n")),
    "清单里一个键写两遍": (FILES, named("manifest.json", lambda text: text.replace(
        "{", '{"year": 1999, ', 1))),
    "清单里的路径前加 ./": (FILES, named("manifest.json", lambda text: text.replace(
        '"file": "', '"file": "./', 1))),
    "清单里的路径写到文件夹之外": (FILES, named("manifest.json", lambda text: text.replace(
        '"file": "', '"file": "../', 1))),
    "文件名换大小写": (FILES, renamed(str.swapcase)),
    "文件名换全角": (FILES, renamed(lambda name: "\uff21" + name)),
    "文件名加组合符号": (FILES, renamed(lambda name: name + "\u0301")),
    "文件名末尾加空格": (FILES, renamed(lambda name: name + " ")),
    "换成同名文件夹": (FILES, instead(lambda path, kept: path.mkdir())),
    "换成指向原文件的链接": (FILES, instead(lambda path, kept: path.symlink_to(kept))),
    "换成指不到的链接": (FILES, instead(lambda path, kept: path.symlink_to("nowhere"))),
    "换成管道": (FILES, instead(lambda path, kept: os.mkfifo(path))),
    "换成压缩的": (FILES, instead(lambda path, kept: path.with_name(path.name + ".gz").write_bytes(
        gzip.compress(kept.read_bytes())))),
    "放进空文件": (FILES, beside(lambda path: path.touch())),
    "放进空文件夹": (FILES, beside(lambda path: path.mkdir())),
    "放进链接": (FILES, beside(lambda path: path.symlink_to("dossier.pdf"))),
    "放进管道": (FILES, beside(os.mkfifo)),
    "换成别县文件的硬链接": (FILES, hard_link_of_another),
    "两个文件对调": (FILES, two_exchanged),
    "放到别的年份": (FILES, in_another_year),
    "放在别县的代码下": (FILES, under_another_code),
    "改资料的散列值并重封": (FILES, input_and_seal),
    "签名换批次根": (FILES, of_signature("root", lambda root: root[::-1])),
    "签名换叶": (FILES, of_signature("leaf", lambda leaf: leaf + 1)),
    "签名去掉一段路": (FILES, of_signature("way", lambda way: way[1:])),
    "签名换公钥的名称": (SIGNED, of_signature("key", lambda key: key[::-1])),
    "由别的私钥重签": (SIGNED, signed_by_another),
    "改结论并重封": (SIGNED, verdict_and_seal),
    "加一个文件、一行并重封": (SIGNED, file_and_line_in),
    "运行记录重写并重封，签名取走": (SIGNED, log_sealed_and_unsigned),
}


def verdict_in(name, old, new, note=False):
    """Return a fault: the file of the year gives some county another conclusion; its note too, if
    the forger knows of it."""
    def fault(year, draw):
        path = year / name
        text = path.read_text("utf-8-sig")
        at = draw.choice([m.start() for m in re.finditer(re.escape(old), text)])
        path.write_text(text[:at] + new + text[at + len(old):], "utf-8")
        if note:
            (year / ".junheng" / "written" / f"{name}.sha256").write_text(
                hashlib.sha256(path.read_bytes()).hexdigest(), "utf-8")
    return fault


def bytes_of(name):
    def fault(year, draw):
        content = bytearray((year / name).read_bytes())
        content[draw.randrange(len(content))] ^= 1
        (year / name).write_bytes(content)
    return fault


OF_THE_YEAR = {
    "总览 index.json 改结论": verdict_in("index.json", '"not_met"', '"met"'),
    "总览 index.json 改结论，连同记录": verdict_in(
        "index.json", '"verdict": "not_met"', '"verdict": "met"', note=True),
    "总览 index.csv 改结论": verdict_in("index.csv", ",未达标,", ",达标,"),
    "总览 index.csv 改结论，连同记录": verdict_in("index.csv", ",未达标,", ",达标,", note=True),
    "总览 index.html 改一位": bytes_of("index.html"),
    "全国表 nation.xlsx 改一位": bytes_of("nation.xlsx"),
    "批次记录 batch.json 改结论，连同记录": verdict_in(
        "batch.json", '"verdict": "not_met"', '"verdict": "met"', note=True),
    "批次记录 batch.csv 改一位": bytes_of("batch.csv"),
}


def other_times(folder, draw):
    for path in files_of(folder):
        os.utime(path, (draw.choice([0, 4_000_000_000]),) * 2)


def other_rights(folder, draw):
    for path in files_of(folder):
        path.chmod(draw.choice([0o400, 0o666, 0o755]))


def as_hard_links(folder, draw):
    twin = folder.parents[1] / "twin"
    shutil.copytree(folder, twin, copy_function=os.link)


HARMLESS = {"时间": other_times, "权限": other_rights, "硬链接": as_hard_links}
