"""Single faults of a published dossier (单个差错), and at which level each must be found.

``FILES``: whoever has the folder alone sees it (`doubts`). ``SIGNED``: the forger has sealed the
manifest anew, so that only the public key tells (`unproven`). A fault is done to ``folder``;
``other`` is another county's of the same batch, ``draw`` decides the place.
"""

import json
import re
import shutil

from pipeline.ground.ownership import digest, seal_log, sealed
from pipeline.publishing.records.manifest import causes_of, manifest_text, run_id

FILES, SIGNED = "文件", "签名"
NEEDED = {"dossier.pdf", "dossier.ipynb", "results.json", "findings.json"}


def files_of(folder, *but):
    return [p for p in sorted(folder.rglob("*")) if p.is_file() and p.name not in but]


def rewritten(folder, change, **more):
    """Write a manifest anew as a forger would: changed, and sealed again."""
    record = json.loads((folder / "manifest.json").read_text("utf-8")) | more
    change(record)
    record["run_id"] = run_id(causes_of(record))
    (folder / "manifest.json").write_text(manifest_text(sealed(record)), "utf-8")


def listed_anew(folder, name, **more):
    """Seal a manifest in which a changed file has the hash that it has now."""
    path = folder / name

    def change(record):
        output = next(output for output in record["outputs"] if output["file"] == name)
        output |= {"sha256": digest(path), "bytes": path.stat().st_size}
    rewritten(folder, change, **more)


def flip(folder, other, draw):
    path = draw.choice(files_of(folder, "manifest.sig"))
    content = bytearray(path.read_bytes())
    content[draw.randrange(len(content))] ^= 1 << draw.randrange(8)
    path.write_bytes(content)


def cut_short(folder, other, draw):
    path = draw.choice(files_of(folder))
    path.write_bytes(path.read_bytes()[:-1])


def swap(folder, other, draw):
    names = {p.relative_to(folder) for p in files_of(folder)} & {
        p.relative_to(other) for p in files_of(other)}
    name = draw.choice(sorted(n for n in names if (folder / n).read_bytes()
                              != (other / n).read_bytes()))
    shutil.copyfile(other / name, folder / name)


def replace_all(folder, other, draw):
    shutil.rmtree(folder)
    shutil.copytree(other, folder)


def rename(folder, other, draw):
    path = draw.choice(files_of(folder))
    path.rename(path.with_name(path.name + ".old"))


def take_away(folder, other, draw):
    draw.choice(files_of(folder, "manifest.sig")).unlink()


def add(folder, other, draw):
    name = draw.choice(["x.csv", "tables/y.csv", ".hidden", "卷宗.pdf"])
    (folder / name).write_text("added", "utf-8")


def another_digit(paths, draw):
    """Change one digit of one of these files; return which."""
    path = draw.choice([p for p in paths if re.search(rb"[0-8]", p.read_bytes())])
    content = path.read_bytes()
    at = draw.choice([m.start() for m in re.finditer(rb"[0-8]", content)])
    path.write_bytes(content[:at] + bytes([content[at] + 1]) + content[at + 1:])
    return path


def edit_table(folder, other, draw):
    another_digit([p for p in files_of(folder) if p.suffix in (".csv", ".json")], draw)


def line_out(folder, other, draw):
    """Take a line out of the manifest, its seal left as it is."""
    path = folder / "manifest.json"
    record = json.loads(path.read_text("utf-8"))
    record["outputs"].pop(draw.randrange(len(record["outputs"])))
    path.write_text(json.dumps(record), "utf-8")


def line_out_and_seal(folder, other, draw):
    rewritten(folder, lambda record: record["outputs"].pop())


def older_pack(folder, other, draw):
    rewritten(folder, lambda record: record["standard"].update(sha256="0" * 64))


def signature_of_another(folder, other, draw):
    shutil.copyfile(other / "manifest.sig", folder / "manifest.sig")


def edit_signature(folder, other, draw):
    """Change one letter of the signature itself."""
    path = folder / "manifest.sig"
    whole = path.read_text("utf-8")
    at, text = draw.randrange(128), json.loads(whole)["signature"]
    letter = draw.choice([c for c in "0123456789abcdef" if c != text[at]])
    path.write_text(whole.replace(text, text[:at] + letter + text[at + 1:]), "utf-8")


def signature_out(folder, other, draw):
    (folder / "manifest.sig").unlink()


def edit_and_seal(folder, other, draw, name="results.json", **more):
    """The strongest forger without the key: a file, the manifest and its seal; the signature,
    which could only betray it, is thrown away."""
    path = folder / name
    path.write_bytes(path.read_bytes() + b" ")
    listed_anew(folder, name, **more)
    (folder / "manifest.sig").unlink(missing_ok=True)


def edit_table_and_seal(folder, other, draw):
    path = another_digit([p for p in files_of(folder) if p.suffix == ".csv"], draw)
    listed_anew(folder, path.relative_to(folder).as_posix())
    (folder / "manifest.sig").unlink(missing_ok=True)


def edit_log_and_seal(folder, other, draw):
    """Write another line into the log and seal it again; the signature stays as it was."""
    path = folder / "run.log"
    path.write_text(path.read_text("utf-8").partition("\nsealed ")[0] + "\nmine\n", "utf-8")
    seal_log(path)


def file_out_and_seal(folder, other, draw):
    """Take a file and its line out, seal the rest."""
    path = draw.choice([p for p in files_of(folder, "manifest.json", "manifest.sig", "run.log")
                        if p.name not in NEEDED])
    name = path.relative_to(folder).as_posix()
    path.unlink()
    if path.parent != folder and not any(path.parent.iterdir()):
        path.parent.rmdir()
    rewritten(folder, lambda record: record.update(
        outputs=[o for o in record["outputs"] if o["file"] != name]))
    (folder / "manifest.sig").unlink(missing_ok=True)


LEVELS = {
    flip: FILES, cut_short: FILES, swap: FILES, replace_all: FILES, rename: FILES,
    take_away: FILES, add: FILES, edit_table: FILES, line_out: FILES, line_out_and_seal: FILES,
    older_pack: FILES, signature_of_another: FILES, edit_signature: SIGNED,
    signature_out: SIGNED, edit_and_seal: SIGNED, edit_table_and_seal: SIGNED,
    file_out_and_seal: SIGNED, edit_log_and_seal: FILES,
}
ZH = {
    flip: "翻转一位", cut_short: "截去末字节", swap: "换成别县的文件", replace_all: "整份换了",
    rename: "改名", take_away: "取走一个文件", add: "放进一个文件", edit_table: "改表中一个数字",
    line_out: "清单中去掉一行", line_out_and_seal: "去掉一行并重封", older_pack: "换标准包并重封",
    signature_of_another: "换成别县的签名", edit_signature: "改签名一个字符",
    signature_out: "取走签名", edit_and_seal: "改结果并重封", edit_table_and_seal: "改表并重封",
    file_out_and_seal: "取走文件并重封", edit_log_and_seal: "改运行记录并重封",
}
