"""LibreOffice as a reader of what is made, with the fonts of the dossier on any machine."""

import os
import shutil
import subprocess
from pathlib import Path

from pipeline.ground.fonts import SANS, SERIF, font_file

OFFICE = shutil.which("soffice")
FACES = {"仿宋": SERIF, "楷体": SERIF, "宋体": SERIF, "方正小标宋简体": SERIF,
         "Times New Roman": SERIF, "黑体": SANS}
ALIAS = ('<alias binding="same"><family>{}</family><prefer><family>{}</family></prefer></alias>')


def has(library):
    """Tell whether there is a LibreOffice with this part, such as ``libswlo.so``, Writer."""
    return bool(OFFICE) and (Path(OFFICE).resolve().parent / library).exists()


def converted(folder, kind, *files):
    """Have LibreOffice write files anew as a kind, such as ``pdf``, into a folder.

    Our fonts stand in for those of Word; without them a machine that has no Chinese font
    prints Chinese as other letters.
    """
    folder.mkdir(parents=True, exist_ok=True)
    places = sorted({str(font_file(name).parent) for name in (SERIF, SANS)})
    (folder / "fonts.conf").write_text(
        "<fontconfig>" + "".join(f"<dir>{place}</dir>" for place in places)
        + "<dir>/usr/share/fonts</dir>" + f"<cachedir>{folder}/cache</cachedir>"
        + "".join(ALIAS.format(*pair) for pair in FACES.items()) + "</fontconfig>", "utf-8")
    subprocess.run(
        [OFFICE, f"-env:UserInstallation=file://{folder}/office", "--headless", "--convert-to",
         kind, "--outdir", str(folder), *map(str, files)],
        check=True, timeout=240, capture_output=True,
        env=os.environ | {"FONTCONFIG_FILE": str(folder / "fonts.conf")})
