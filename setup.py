"""Ship in the wheel what the program reads (pyproject.toml has all else): the definitions in
data/, the chapters and the lock stand beside the package in a checkout, within it elsewhere
(`pipeline.ground.software` finds them in both). Examples and results are not shipped."""

import os
import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

# The time of every file in the wheel: two builds of the same files are the same bytes.
os.environ.setdefault("SOURCE_DATE_EPOCH", "1577836800")
_LEFT_OUT = {"raw", "processed", ".ipynb_checkpoints"}
_PLACE = "pipeline/shipped"


def _shipped() -> list[str]:
    found = [*Path("data").rglob("*.toml"), *Path("data").rglob("*.csv"),
             *Path("notebooks").rglob("[0-9][0-9]_*.ipynb")]
    kept = sorted(path.as_posix() for path in found if not _LEFT_OUT & {*path.parts})
    return [*kept, "requirements.lock"]


class BuildWithData(build_py):
    """Build the package, and beside its modules what it reads."""

    def run(self) -> None:
        """Copy what is shipped, but for an editable installation: that one is a checkout.

        What an earlier build has left goes first: a file that is no more would be built again.
        """
        if not self.editable_mode:
            shutil.rmtree(Path(self.build_lib, "pipeline"), ignore_errors=True)
        super().run()
        for source, built in self._copies():
            self.mkpath(str(Path(built).parent))
            self.copy_file(source, built, preserve_mode=False)

    def get_outputs(self, include_bytecode: bool = True) -> list[str]:
        """Return every file that is built."""
        return [*super().get_outputs(include_bytecode), *(built for _, built in self._copies())]

    def get_source_files(self) -> list[str]:
        """Return every file that a source distribution needs."""
        return [*super().get_source_files(), *_shipped()]

    def _copies(self) -> list[tuple[str, str]]:
        shipped = () if self.editable_mode else _shipped()
        return [(path, f"{self.build_lib}/{_PLACE}/{path}") for path in shipped]


setup(cmdclass={"build_py": BuildWithData})
