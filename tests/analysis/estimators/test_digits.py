"""The same digits on every processor: each estimator in processes whose libraries differ.

Run as a program, this file prints what the estimators find, to the last bit, and beside it
what BLAS, numpy and the library of mathematics themselves give for the same data.
"""

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

KERNELS = {"Prescott": "sse2", "Nehalem": "sse4_2", "Sandybridge": "avx", "Haswell": "avx2",
           "SkylakeX": "avx512vl"}
PLAIN_CODE = {"NPY_DISABLE_CPU_FEATURES": "X86_V3 X86_V4", "OPENBLAS_CORETYPE": "Prescott",
              "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX2,-FMA,-AVX512F"}
TERMS = ["estimate", "std_error", "df", "ci_low", "ci_high"]
AGREED = 13  # digits of p values, which hang on the library of mathematics

X, EFFECTS = ["fund", "size"], ["unit", "year"]
PLAIN = {"formula": "y ~ fund + size"}
BETWEEN = {"vars": ["y", *X], "fe": EFFECTS}
SPECS = {
    **{cov: {"kind": "ols", **PLAIN, "cov": cov} for cov in ("nonrobust", "HC1", "HC3", "HC4")},
    "functions": {"kind": "ols", "formula": "np.log(y) ~ np.sqrt(fund) + I(size ** 1.5) + "
                  "np.log10(pupils) + np.exp(-fund / 9000) + C(year)", "cov": "HC3"},
    "weighted": {"kind": "wls", **PLAIN, "weights": "pupils", "cov": "HC3"},
    "two ways": {"kind": "ols", **PLAIN, "cov": "cluster", "groups": EFFECTS},
    "jackknife": {"kind": "ols", **PLAIN, "cov": "cluster-crv3", "groups": "unit"},
    "effects": {"kind": "fe", **BETWEEN, "cov": "cluster", "groups": "unit"},
    "weighted effects": {"kind": "fe", **BETWEEN, "cov": "iid", "weights": "pupils"},
    "differences": {"kind": "fd", **PLAIN, "difference": ["y", *X], "unit": "unit",
                    "time": "year", "cov": "HC3"},
    "few clusters": {"kind": "cr2", "formula": "y ~ fund + C(unit) + C(year)", "groups": "unit"},
    "few clusters swept": {"kind": "cr2", **BETWEEN, "groups": "unit"},
    "wild": {"kind": "wild", **BETWEEN, "groups": "unit", "terms": ["fund"], "interval": True},
    "within and between": {"kind": "within_between", **BETWEEN, "cov": "cr2"},
    "mundlak": {"kind": "within_between", **BETWEEN, "cov": "cluster"},
    "quantile": {"kind": "quantile", **PLAIN, "q": 0.25, "draws": 99},
    "quantile by ranks": {"kind": "quantile", **PLAIN, "q": 0.25, "interval": True},
    "ranks of clusters": {"kind": "quantile", **PLAIN, "q": 0.5, "interval": True,
                          "groups": "unit"},
    "quantile of clusters": {"kind": "quantile", **PLAIN, "q": 0.5, "draws": 40, "groups": "unit"},
    "gap": {"kind": "oaxaca", "endog": "y", "exog": X, "by": "rural", "weights": "pupils",
            "draws": 99},
    "rate": {"kind": "quasibinomial", "endog": ["met", "not_met"], "exog": X, "effects": ["year"],
             "groups": "unit"},
    "adoption": {"kind": "attgt", "y": "y", "unit": "unit", "time": "year", "cohort": "cohort",
                 "few_units": True},
    "beta": {"kind": "beta", "initial": "first", "final": "last", "years": 5, "cov": "HC3"},
    "sigma": {"kind": "sigma", "first": "first", "last": "last"},
    "neighbours": {"kind": "moran", "y": "y", "neighbours": [[n ^ 1] for n in range(96)]},
}


def panel() -> pd.DataFrame:
    """Return 16 units in 6 years, figures as raw as a county's: not centred, not scaled."""
    draw, rows = np.random.default_rng(7), []
    for unit in range(16):
        level, size = draw.random(), draw.integers(200, 900)
        for year in range(2018, 2024):
            fund = 8000 * (1 + level + draw.random() / 3)
            rows.append({"unit": f"u{unit}", "year": year, "fund": fund,
                         "size": float(size + draw.integers(0, 60)), "rural": float(unit % 2),
                         "cohort": (0, 2021, 2022)[unit % 3]})
    data = pd.DataFrame(rows)
    noise = draw.integers(0, 9000, len(data)) / 1000
    data["y"] = 60 + data["fund"] / 1500 - data["size"] / 200 + noise
    data["pupils"], data["met"] = data["size"] * 2, np.rint(noise * 2) + 1
    return data.assign(not_met=12 + data["rural"], first=data["fund"],
                       last=data["fund"] + data["y"])


def found() -> dict:
    """Return the terms, p values and figures of every model, of trends and of what describes."""
    from pipeline.analysis.annual.models.projection import continued
    from pipeline.analysis.estimators import estimate, rank_correlation
    from pipeline.analysis.estimators.extended import logarithms
    from pipeline.analysis.gaps.linear_fitting import max_vif

    data, every = panel(), {}
    for name, spec in SPECS.items():
        fit = estimate(data, spec)
        every[name] = [fit.terms[TERMS].to_numpy().ravel().tolist(), fit.terms["p_value"].tolist(),
                       [v for k, v in fit.figures.items() if "_p" not in k]]
    ahead = continued(logarithms(data.pivot(index="unit", columns="year", values="fund")),
                      np.arange(2018, 2024))
    every["trends"] = [ahead.means.ravel().tolist(), [], ahead.errors.ravel().tolist()]
    every["described"] = [[rank_correlation(data["y"], data["fund"]), max_vif(data[X])], [], []]
    return every


def libraries() -> dict:
    """Return the same data reckoned by the libraries themselves, whose digits may differ."""
    from scipy import linalg

    data = panel()
    x = np.column_stack([np.ones(len(data)), data[X]])
    many = np.random.default_rng(1).random((90, 90))
    return {"numpy": np.linalg.inv(x.T @ x).ravel().tolist(), "scipy": linalg.inv(many).sum(),
            "tanh": np.tanh(many).ravel().tolist()}


@cache
def printed(**environment: str) -> dict:
    inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    done = subprocess.run([sys.executable, "-P", __file__], env=inherited | environment,
                          capture_output=True, text=True, check=True, timeout=300)
    return json.loads(done.stdout)


def has(flag: str) -> bool:
    told = Path("/proc/cpuinfo")
    return told.is_file() and f" {flag} " in told.read_text("utf-8").replace("\n", " ")


def possible(kernel: str) -> str:
    if not has(KERNELS[kernel]):
        pytest.skip(f"this processor has no {KERNELS[kernel]}: OpenBLAS would crash")
    return kernel


def digits(value: float) -> str:
    return f"{value:.{AGREED}g}"


def unlike(ours: dict, theirs: dict) -> list[str]:
    """Return the models whose terms or figures differ in a bit, or whose p in a digit."""
    def rounded(model: list) -> list:
        return [model[0], [digits(p) for p in model[1]], model[2]]

    return [name for name in ours if repr(rounded(ours[name])) != repr(rounded(theirs[name]))]


@pytest.mark.parametrize("threads", ["1", "2"])
@pytest.mark.parametrize("kernel", KERNELS)
def test_every_figure_is_the_same_with_every_kernel_of_openblas(kernel, threads):
    with_it = printed(OPENBLAS_CORETYPE=possible(kernel), OPENBLAS_NUM_THREADS=threads)
    assert unlike(printed()["found"], with_it["found"]) == []


def test_every_figure_is_the_same_without_the_processors_newer_instructions():
    assert unlike(printed()["found"], printed(**PLAIN_CODE)["found"]) == []


def test_the_libraries_themselves_do_differ_without_newer_instructions():
    possible("Haswell")
    assert printed()["libraries"]["tanh"] != printed(**PLAIN_CODE)["libraries"]["tanh"]


def test_the_libraries_themselves_do_differ_between_kernels():
    old, new = (printed(OPENBLAS_CORETYPE=possible(kernel), OPENBLAS_NUM_THREADS="1")["libraries"]
                for kernel in ("Prescott", "Haswell"))
    assert old["numpy"] != new["numpy"] and old["scipy"] != new["scipy"]


if __name__ == "__main__":
    print(json.dumps({"found": found(), "libraries": libraries()}))
