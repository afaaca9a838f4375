"""A folder as a bag (BagIt, RFC 8493): what is kept, with a checksum of every file.

Anybody checks it without us: ``sha256sum -c manifest-sha256.txt`` in the bag, or any program for
bags. Written here and not by a library: it is four small text files, and whoever archives needs
to install nothing; the tests have the Library of Congress's own program judge the result.
"""

import hashlib
from pathlib import Path

PAYLOAD = "data"
_ENCODED = str.maketrans({"%": "%25", "\n": "%0A", "\r": "%0D"})


def close_bag(folder: Path, told: dict[str, str]) -> None:
    """Write the four tag files of a bag whose payload stands in ``folder / PAYLOAD``.

    ``told`` is name → text of bag-info.txt, in order; Payload-Oxum is added.
    """
    payload = _files(folder / PAYLOAD)
    size = sum(path.stat().st_size for path in payload)
    info = told | {"Payload-Oxum": f"{size}.{len(payload)}"}
    _write(folder / "bagit.txt", ["BagIt-Version: 1.0", "Tag-File-Character-Encoding: UTF-8"])
    _write(folder / "bag-info.txt", [f"{name}: {text}" for name, text in info.items()])
    _write(folder / "manifest-sha256.txt", _sums(folder, payload))
    tags = [folder / name for name in ("bagit.txt", "bag-info.txt", "manifest-sha256.txt")]
    _write(folder / "tagmanifest-sha256.txt", _sums(folder, tags))


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _sums(folder: Path, paths: list[Path]) -> list[str]:
    return [f"{_digest(path)}  {path.relative_to(folder).as_posix().translate(_ENCODED)}"
            for path in paths]


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write(path: Path, lines: list[str]) -> None:
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", newline="\n")
