#!/usr/bin/env bash
# nbconvert --embed-images leaves every picture out whose file name is Chinese or has a blank, and
# says nothing: the one HTML file that is handed in shows no chart on any other machine.
#
# Versions: nbconvert 7.17.2, mistune 3.4.0; Python 3.11.
# mistune percent-encodes the address before it calls the renderer; nbconvert's _src_to_base64
# looks for a file of that encoded name, finds none and returns the address as it was. An <img>
# tag written by hand does not go through mistune and is embedded.
#
# Seen (exit status, then each picture of the page):
#   0
#   ![](chart.png): embedded
#   ![](差异系数.png): %E5%B7%AE%E5%BC%82%E7%B3%BB%E6%95%B0.png
#   ![](<fig 1.png>): fig%201.png
#   <img src="差异系数.png">: embedded
#
# Exits 0 while this is so, 1 when it changes, 2 when it could not be tried.
set -u
place=$(mktemp -d); trap 'rm -rf "$place"' EXIT; cd "$place" || exit 2
{ python3 -m venv v && v/bin/pip install -q --no-compile --disable-pip-version-check \
    nbconvert==7.17.2 mistune==3.4.0; } >log 2>&1 || { cat log; exit 2; }
cat >write.py <<'PY'
import base64, nbformat
from nbformat.v4 import new_markdown_cell, new_notebook
dot = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
for name in ("chart.png", "差异系数.png", "fig 1.png"):
    open(name, "wb").write(dot)
ways = ["![](chart.png)", "![](差异系数.png)", "![](<fig 1.png>)", '<img src="差异系数.png">']
nbformat.write(new_notebook(cells=[new_markdown_cell("\n\n".join(ways))]), "report.ipynb")
PY
cat >look.py <<'PY'
from bs4 import BeautifulSoup
ways = ["![](chart.png)", "![](差异系数.png)", "![](<fig 1.png>)", '<img src="差异系数.png">']
for way, image in zip(ways, BeautifulSoup(open("report.html", encoding="utf-8"), "html.parser").find_all("img"), strict=True):
    print(f"{way}: {'embedded' if image['src'].startswith('data:') else image['src']}")
PY
export PYTHONUTF8=1
v/bin/python write.py || exit 2
v/bin/jupyter-nbconvert --to html --embed-images --log-level=WARN report.ipynb >log 2>&1
said=$(echo $?; v/bin/python look.py)
echo "$said"
[ "$said" = '0
![](chart.png): embedded
![](差异系数.png): %E5%B7%AE%E5%BC%82%E7%B3%BB%E6%95%B0.png
![](<fig 1.png>): fig%201.png
<img src="差异系数.png">: embedded' ]
