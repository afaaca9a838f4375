#!/usr/bin/env bash
# The 500 simulations behind PySAL's modified dissimilarity are one simulation, 500 times: each is given
# the same seed, and the "expected" segregation by chance is that of a single draw.
#
# Versions: segregation 2.5.4, numpy 2.4.6, scipy 1.17.1, pandas 3.1.1; Python 3.11.
# D* is the mean dissimilarity of districts in which the children are spread by chance (Carrington
# and Troske 1997), and (D - D*) / (1 - D*) is reported. _modified_dissim draws one seed and hands it to
# every iteration, which sets np.random.seed anew; _modified_gini is written alike. So 2 and 20 and
# 500 iterations give one answer, and it varies from call to call as one draw does, however many
# are asked for: with small schools, for which the correction is made, already in the first digit.
# The class takes no seed at all. The lines are the same in release 2.6.0. No report was found.
#
# Seen (20 schools of 25 pupils, 1 to 12 of a minority; the function behind the class; D is 0.317):
#   seed 1: 2 iterations 0.157, 20 iterations 0.157
#   seed 2: 2 iterations 0.203, 20 iterations 0.203
#   seed 3: 2 iterations 0.170, 20 iterations 0.170
#   500 draws of one's own, three times: 0.148 0.147 0.147
#
# Exits 0 while this is so, 1 when it changes, 2 when it could not be tried.
set -u
place=$(mktemp -d); trap 'rm -rf "$place"' EXIT; cd "$place" || exit 2
{ python3 -m venv v && v/bin/pip install -q --no-compile --disable-pip-version-check \
    segregation==2.5.4 numpy==2.4.6 scipy==1.17.1 pandas==3.1.1; } >log 2>&1 || { cat log; exit 2; }
cat >draws.py <<'PY'
import numpy as np
import pandas as pd
from segregation.singlegroup.modified_dissim import _modified_dissim

district = pd.DataFrame({"minority": [1, 3, 2, 8, 6, 9, 4, 12, 4, 5] * 2, "pupils": 25})


def own(seed):
    share = district.minority.sum() / district.pupils.sum()
    drawn = np.random.default_rng(seed).binomial(25, share, (500, 20))
    found, chance = ((abs(minority - 25 * share) / (2 * 500 * share * (1 - share))).sum(-1)
                     for minority in (district.minority.values, drawn))
    return (found - chance.mean()) / (1 - chance.mean())


for seed in (1, 2, 3):
    told = ", ".join(f"{number} iterations " + format(_modified_dissim(
        district, "minority", "pupils", iterations=number, n_jobs=1, seed=seed)[0], ".3f") for number in (2, 20))
    print(f"seed {seed}: {told}")
print("500 draws of one's own, three times:", *(f"{own(seed):.3f}" for seed in (1, 2, 3)))
PY
said=$(v/bin/python -W ignore draws.py)
echo "$said"
[ "$said" = "seed 1: 2 iterations 0.157, 20 iterations 0.157
seed 2: 2 iterations 0.203, 20 iterations 0.203
seed 3: 2 iterations 0.170, 20 iterations 0.170
500 draws of one's own, three times: 0.148 0.147 0.147" ]
