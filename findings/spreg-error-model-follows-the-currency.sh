#!/usr/bin/env bash
# The spatial error model of spreg finds a dependence of 0.33 in house values of thousand dollars and
# of 0.54 in the same values as dollars; in hundred millions it is 0, in ten millions -0.99.
#
# Versions: spreg 1.9.0, libpysal 4.14.1, numpy 2.4.6, scipy 1.17.1; Python 3.11. The data are the 49
# neighbourhoods of Columbus, Ohio, of 1980, which come with libpysal and stand in every textbook.
# Lambda is a correlation of errors and has no unit: whatever y is multiplied by, lambda and the
# coefficients divided by the factor stay. GM_Error (Kelejian and Prucha 1999) fits moments of which
# some have the square of the unit and some none, divides them all by the least, and stops by
# absolute limits. GM_Error_Het and ML_Error, of the same package, give one answer.
# Nothing is said. Spending in yuan and in 万元 are two models. No report was found.
#
# Seen (lambda and the coefficient of income in thousand dollars, by the unit of house value):
#   10^8 dollars: GM_Error 0.000 0.629, GM_Error_Het 0.358, ML_Error 0.358
#   10^7 dollars: GM_Error -0.990 0.691, GM_Error_Het 0.358, ML_Error 0.358
#   10^3 dollars: GM_Error 0.326 0.710, GM_Error_Het 0.358, ML_Error 0.358
#   1 dollar: GM_Error 0.540 0.788, GM_Error_Het 0.358, ML_Error 0.358
#
# Exits 0 while this is so, 1 when it changes, 2 when it could not be tried.
set -u
place=$(mktemp -d); trap 'rm -rf "$place"' EXIT; cd "$place" || exit 2
{ python3 -m venv v && v/bin/pip install -q --no-compile --disable-pip-version-check \
    spreg==1.9.0 libpysal==4.14.1 numpy==2.4.6 scipy==1.17.1 pandas==2.3.3; } >log 2>&1 || { cat log; exit 2; }
cat >unit.py <<'PY'
import warnings
warnings.simplefilter("ignore")
import libpysal
import numpy as np
import spreg
table = libpysal.io.open(libpysal.examples.get_path("columbus.dbf"))
value, *causes = (np.array(table.by_col(name)).reshape(-1, 1) for name in ("HOVAL", "INC", "CRIME"))
near = libpysal.io.open(libpysal.examples.get_path("columbus.gal")).read()
near.transform = "r"
for unit, factor in (("10^8 dollars", 1e-5), ("10^7 dollars", 1e-4), ("10^3 dollars", 1), ("1 dollar", 1000)):
    found, het, ml = (model(value * factor, np.hstack(causes), near).betas.ravel()
                      for model in (spreg.GM_Error, spreg.GM_Error_Het, spreg.ML_Error))
    print(f"{unit}: GM_Error {found[3]:.3f} {found[1] / factor:.3f}, GM_Error_Het {het[3]:.3f}, ML_Error {ml[3]:.3f}")
PY
said=$(v/bin/python unit.py | grep dollar)
echo "$said"
[ "$said" = '10^8 dollars: GM_Error 0.000 0.629, GM_Error_Het 0.358, ML_Error 0.358
10^7 dollars: GM_Error -0.990 0.691, GM_Error_Het 0.358, ML_Error 0.358
10^3 dollars: GM_Error 0.326 0.710, GM_Error_Het 0.358, ML_Error 0.358
1 dollar: GM_Error 0.540 0.788, GM_Error_Het 0.358, ML_Error 0.358' ]
