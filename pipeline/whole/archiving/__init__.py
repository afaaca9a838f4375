"""One folder that an academic or an auditor keeps (归档): data, packs, program, codebook, proof.

It is a bag (BagIt); `verify.sh` in it remakes the dossier from what it holds and compares bytes.
"""

import os
from pathlib import Path

from jinja2 import Template

from pipeline.county import County
from pipeline.definitions.base import told_folder
from pipeline.ground.errors import WrongUse
from pipeline.ground.origin import run_of
from pipeline.ground.software import version_of
from pipeline.ground.terms import TABLES
from pipeline.publishing.records.manifest import code_hash, read_manifest
from pipeline.publishing.records.public_causes import INTERNAL, edition_of, edition_zh
from pipeline.publishing.records.temporaries import temporary_folder
from pipeline.publishing.records.verification import asked_standard
from pipeline.whole.archiving.archive_parts import lay_code, lay_dossier, lay_inputs, lay_wheels
from pipeline.whole.archiving.bag import PAYLOAD, close_bag
from pipeline.whole.archiving.tidy_data import write_tidy

_REBUILD = Path(__file__).with_name("rebuild.sh")
_README = Path(__file__).with_name("readme.md.j2")


def archive_dossier(folder: Path, to: Path, raw: Path, processed: Path, whole: bool,
                    wheels: bool) -> Path:
    """Archive one published dossier; return the folder, which must not be there yet.

    ``whole`` says that the raw files go with it; those of a public edition never do. `WrongUse`
    where the program, the raw files or the tables are no longer those of the dossier.
    """
    record, target = read_manifest(folder), to / f"{folder.parent.name}-{folder.name}"
    internal = edition_of(record) == INTERNAL
    if target.exists():
        raise WrongUse(f"{target} 已经存在，未动。归档不覆盖，请另写 --out")
    if "standard" not in record or record["code"] != code_hash():
        raise WrongUse("程序已不是出这份卷宗时的那一个（或不是县的卷宗），未归档。"
                       "请先重新运行 junheng run")
    to.mkdir(parents=True, exist_ok=True)
    with temporary_folder(".archive-", to) as work:
        bag = work / target.name
        payload = bag / PAYLOAD
        payload.mkdir(parents=True)
        lay_dossier(folder, record, payload / "dossier")
        if internal:
            if whole and record["parameters"].get("drop_personal"):
                raise WrongUse("原始数据含个人信息（出卷宗时已去除），不随归档交出，"
                               "请用 --inputs hashes")
            lay_inputs(record, raw, payload / "inputs", whole)
        commit = lay_code(payload / "code")
        if wheels:
            lay_wheels(payload / "wheels")
        county = _county_of(folder, record, raw, processed)
        formats = write_tidy(county, _tables_of(county, record), payload / "tidy")
        _lay_words(payload, county, {
            "edition": edition_zh(edition_of(record)), "run": record["run_id"],
            "commit": f"（提交 {commit}）" if commit else "", "formats": "、".join(formats),
            "inputs": "原始数据，照报送的原样" if internal and whole else
            "没有原始数据" if not internal else "只有原始数据的文件名和散列值（inputs.csv）",
            "wheels": "锁定的软件包，装程序用" if wheels else "没有（归档时写 --wheels）"})
        close_bag(bag, _info(county, record, commit))
        _as_if_written(bag)
        bag.rename(target)
    return target


def _lay_words(payload: Path, county: County, told: dict) -> None:
    """Lay the words that tell what is in the archive, and the script that makes it anew."""
    told |= {"name": county.name, "year": county.year, "code": county.code}
    readme = Template(_README.read_text("utf-8"), keep_trailing_newline=True)
    (payload / "README.md").write_text(readme.render(told), "utf-8")
    script = _REBUILD.read_text("utf-8").replace("@PLACE@", f"{county.year}/{county.code}")
    (payload / "verify.sh").write_text(script, "utf-8")


def _as_if_written(bag: Path) -> None:
    """Give copies the rights of what this command writes, not those of where they came from."""
    mask = os.umask(0)
    os.umask(mask)
    for path in (bag, *bag.rglob("*")):
        path.chmod(path.stat().st_mode & 0o777 & ~mask)


def _county_of(folder: Path, record: dict, raw: Path, processed: Path) -> County:
    return County.open(folder.name, int(folder.parent.name), asked_standard(folder),
                       str(raw), str(processed))


def _tables_of(county: County, record: dict) -> list[str]:
    """Return the tables that the run of the dossier left; `WrongUse` where they are another's."""
    names = sorted(path.stem for path in county.folder.glob("*.csv") if path.stem in TABLES)
    if not names or {run_of(county.folder, f"{name}.csv") for name in names} != {record["run_id"]}:
        raise WrongUse(f"{told_folder(county.folder)} 中的中间表不是这份卷宗的，未归档。"
                       "请写明 --processed，或先重新运行 junheng run --force")
    return names


def _info(county: County, record: dict, commit: str) -> dict[str, str]:
    return {"External-Identifier": record["run_id"],
            "External-Description": f"{county.name}（{county.code}）{county.year}年评估卷宗",
            "Internal-Sender-Identifier": f"{county.year}/{county.code}",
            "Bag-Software-Agent": f"junheng {version_of('junheng')}"
                                  + (f" commit {commit}" if commit else "")}
