"""An edition in another language (外文版) of one published dossier: translated from what is
published, so that no figure is made again, and laid in a folder of its own."""

import shutil
from pathlib import Path

import nbformat

from pipeline.definitions.base import file_hash
from pipeline.ground.errors import DossierFailed
from pipeline.ground.keeping import carry_over
from pipeline.ground.ownership import LOG, place_of, seal_log
from pipeline.publishing.formats import PDF, exporter_of
from pipeline.publishing.languages.language import Language, language
from pipeline.publishing.languages.place_names import pinyin_version
from pipeline.publishing.languages.translation import Translation
from pipeline.publishing.paper.blocks import read_notebook
from pipeline.publishing.paper.papers import APART, binding_among, papers
from pipeline.publishing.records.manifest import (
    manifest,
    manifest_text,
    program,
    read_manifest,
    run_id,
)
from pipeline.publishing.records.publication import publish, recover, require_place
from pipeline.publishing.records.temporaries import temporary_folder
from pipeline.publishing.records.verification import doubts

_RESULTS, _STEM = "results.json", "dossier"


def folder_of_edition(out: Path, words: Language) -> Path:
    """Return where the editions in a language stand: beside the folder of the Chinese dossiers,
    ``reports-en`` beside ``reports``."""
    return out.with_name(f"{out.name}-{words.id}")


def editions_beside(out: Path) -> list[Path]:
    """Return the folders of editions in the known languages that stand beside the Chinese one."""
    named = (language(path.stem) for path in sorted(Language.home.glob("*.toml")))
    return [folder for one in named if (folder := folder_of_edition(out, one)).is_dir()
            and not folder.is_symlink()]


def make_edition(folder: Path, out: Path, words: Language) -> tuple[Path, list[str]]:
    """Make the edition of the published dossier in ``folder``, as PDF; return its folder below
    ``out``, and what had no wording and stands in Chinese.

    `DossierFailed` where the dossier is not as it was made, `WrongUse` where the place is
    somebody else's or there is no library of pinyin; then nothing is written.
    """
    amiss = doubts(folder, alone=False)
    if amiss:
        raise DossierFailed(f"{folder} 与发布时不同（{amiss[0]}），未译。请先重新运行 junheng run")
    record, target = read_manifest(folder), out / folder.parent.name / folder.name
    require_place(target)
    why = _causes(folder, record, words)
    if _stands(target, why):
        return target, []
    out.mkdir(parents=True, exist_ok=True)
    with temporary_folder(".work-", out) as work:
        finished = work / target.parent.name / target.name
        finished.mkdir(parents=True)
        untold = _write(folder, record, finished, why, words)
        recover(target)
        kept = carry_over(target, finished) if target.exists() else []
        seal_log(finished / LOG, kept)
        publish(finished, target, place_of(target))
    return target, untold


def _causes(folder: Path, record: dict, words: Language) -> dict:
    """Return all that decides the edition: the Chinese one, the words, the program."""
    return {"edition": words.id, **{name: record[name] for name in (
                "unit", "year", "registered", "parameters", "standard")},
            "inputs": [], "skipped": [], "of": record["run_id"],
            "notebook": file_hash(folder / f"{_STEM}.ipynb"),
            "language": {"id": words.id, "sha256": words.sha256},
            "pinyin": pinyin_version(), **program()}


def _stands(target: Path, why: dict) -> bool:
    """Tell whether the edition is there already, whole and of the same causes."""
    found = read_manifest(target)
    return bool(found) and found["run_id"] == run_id(why) and not doubts(target, alone=False)


def _write(folder: Path, record: dict, finished: Path, why: dict, words: Language
           ) -> list[str]:
    run, of = run_id(why)[:16], record["run_id"][:16]
    document = read_notebook(nbformat.read(folder / f"{_STEM}.ipynb", 4), run)
    translation = Translation(words, record["registered"], document)
    binding = binding_among(output["file"] for output in record["outputs"]) or APART
    exporter = exporter_of(PDF)(default_preprocessors=[])
    for stem, part in papers(document, _STEM, binding).items():
        told = translation.paper(part, run, of)
        if stem == _STEM:
            told |= {"attachment": (_RESULTS, (folder / _RESULTS).read_bytes())}
        made = exporter.written(told)
        (finished / f"{stem}.{PDF}").write_bytes(made)
    shutil.copyfile(folder / _RESULTS, finished / _RESULTS)
    (finished / "manifest.json").write_text(manifest_text(manifest(why, finished)), "utf-8")
    untold = list(dict.fromkeys(translation.untold))
    (finished / LOG).write_text("".join(f"没有译文：{text}\n" for text in untold), "utf-8")
    return untold
