"""Six counties for tests of what one of them can cost (`six_counties`); rolls are noted, so that
no test reads them anew."""

import shutil

import pytest
from batches import Nation
from six_counties import made, quick


@pytest.fixture
def quick_dossiers(monkeypatch):
    quick(monkeypatch)


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    """Return six counties without a fault, all made; for tests that leave them as they are."""
    nation = Nation(tmp_path_factory.mktemp("sound"), 6)
    with pytest.MonkeyPatch.context() as patch:
        quick(patch)
        assert made(nation)[1] == 0
    return nation


@pytest.fixture(scope="module")
def clean(sound):
    """Return what six counties without a fault leave."""
    return sound.hashes()


@pytest.fixture
def made_before(sound, tmp_path):
    """Return six counties of one's own, all made."""
    return sound.copied(tmp_path / "nation")


@pytest.fixture
def unmade(made_before):
    """Return six counties of one's own, none made yet."""
    for code in made_before.codes:
        shutil.rmtree(made_before.folder(code))
    shutil.rmtree(made_before.place / "processed")
    return made_before
