#!/usr/bin/env bash
# papermill's list of a notebook's parameters ends a text at the first # inside it: what follows is
# shown as the parameter's description, and the default is an unclosed quotation.
#
# Versions: papermill 2.7.0, nbformat 5.11.1; Python 3.11.
# --help-notebook and inspect_notebook() look for the comment with a regular expression; the pull
# request that brought them says why: Python's own parser drops comments. Document numbers, colours
# and the # of a building stand in texts: a form made from the answer, as a page that offers a
# chapter's parameters does, hands back a default that is no Python. A second assignment on a line is
# left out with the first, and the message of that is printed into the list. The run itself reads the
# cell as Python and is right, so the description and the run differ. No report was found.
#
# Seen (what the cell says; default | help as listed):
#   unit = "410105"  # 县代码: "410105" | 县代码
#   title = "简报第#3号"  # 题名: "简报第 | 3号"  # 题名
#   colour = "#c00000": " | c00000"
#   year = 2023; years = 3: not listed
#   the notebook that papermill parameterizes: 简报第#3号 #c00000
#
# Exits 0 while this is so, 1 when it changes, 2 when it could not be tried.
set -u
place=$(mktemp -d); trap 'rm -rf "$place"' EXIT; cd "$place" || exit 2
{ python3 -m venv v && v/bin/pip install -q --no-compile --disable-pip-version-check papermill==2.7.0 nbformat==5.11.1; } >log 2>&1 || { cat log; exit 2; }
cat >listed.py <<'PY'
import contextlib
import io

import nbformat
import papermill
from papermill.parameterize import parameterize_notebook

LINES = ['unit = "410105"  # 县代码', 'title = "简报第#3号"  # 题名', 'colour = "#c00000"',
         "year = 2023; years = 3"]
cell = nbformat.v4.new_code_cell("\n".join(LINES), metadata={"tags": ["parameters"]})
python = {"kernelspec": {"name": "python3", "language": "python", "display_name": "Python 3"}}
nbformat.write(nbformat.v4.new_notebook(cells=[cell], metadata=python), "chapter.ipynb")
with contextlib.redirect_stdout(io.StringIO()):
    listed = papermill.inspect_notebook("chapter.ipynb")
for line in LINES:
    found = listed.get(line.split(" = ")[0])
    print(f"{line}:", f"{found['default']} | {found['help']}" if found else "not listed")
made = parameterize_notebook(papermill.iorw.load_notebook_node("chapter.ipynb"), {"years": 5})
names = {}
for cell in made.cells:
    exec(cell.source, names)
print("the notebook that papermill parameterizes:", names["title"], names["colour"])
PY
said=$(PYTHONUTF8=1 v/bin/python listed.py 2>log)
echo "$said"
[ "$said" = 'unit = "410105"  # 县代码: "410105" | 县代码
title = "简报第#3号"  # 题名: "简报第 | 3号"  # 题名
colour = "#c00000": " | c00000"
year = 2023; years = 3: not listed
the notebook that papermill parameterizes: 简报第#3号 #c00000' ]
