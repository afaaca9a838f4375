"""What is written about the program is true of it."""

import re

import pytest

from pipeline.definitions.base import ROOT
from pipeline.ground.terms import TABLES
from pipeline.whole.listings.dictionary import checks_listed, dictionary

GLOSSARY = (ROOT / "GLOSSARY.md").read_text("utf-8")
TERMS = re.findall(r"^\| ([^|]+) \| (`[^|]+`) \| ([^|]+) \|$", GLOSSARY, re.MULTILINE)
NAMES = sorted({name for _, names, _ in TERMS for name in re.findall("`([^`]+)`", names)})
PLACES = (("pipeline", "*.py"), ("notebooks", "*.ipynb"), ("data", "*.toml"))
WORDS = {word for folder, pattern in PLACES for path in (ROOT / folder).rglob(pattern)
         for word in re.findall(r"\w+", path.read_text("utf-8"))}


def code_blocks(text):
    return re.findall(r"^```\w*\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def test_the_glossary_is_all_tables_of_three_columns():
    rows = [line for line in GLOSSARY.split("\n") if line.startswith("| ")]
    heads = [line for line in rows if line == "| 中文 | 代码中的名称 | 含义 |"]
    assert len(heads) == GLOSSARY.count("\n## ")
    assert len(TERMS) == len(rows) - len(heads)
    assert len(TERMS) > 80


@pytest.mark.parametrize("name", NAMES)
def test_a_name_in_the_glossary_exists_in_the_code(name):
    assert name in WORDS


def test_no_concept_stands_in_the_glossary_twice():
    words = [zh for zh, _, _ in TERMS]
    names = [name for _, listed, _ in TERMS for name in re.findall("`([^`]+)`", listed)]
    assert sorted({w for w in words if words.count(w) > 1}) == []
    assert sorted({n for n in names if names.count(n) > 1}) == []


def test_every_table_between_rooms_is_explained_in_the_glossary():
    by_class = {"cells": "Cell", "schools": "Section", "indicators": "Indicator",
                "models": "Model"}
    assert {by_class.get(name, name) for name in TABLES} <= set(NAMES)


@pytest.mark.parametrize("path", sorted(set(re.findall(
    r"`((?:data|pipeline|notebooks|tests)/[\w./-]+)`", GLOSSARY))))
def test_a_place_named_in_the_glossary_exists(path):
    assert (ROOT / path).exists()


def test_the_readme_has_two_commands_and_both_are_targets_of_the_makefile():
    readme, makefile = ((ROOT / name).read_text("utf-8") for name in ("README.md", "Makefile"))
    commands = re.findall(r"^make (\w+)", code_blocks(readme)[0], re.MULTILINE)
    targets = re.findall(r"^(\w+):(?!=)", makefile, re.MULTILINE)
    assert len(commands) == 2
    assert set(commands) <= set(targets)


def test_the_data_dictionary_is_up_to_date():
    written = (ROOT / "data" / "processed" / "README.md").read_text("utf-8")
    assert written == dictionary(), "run: python -m pipeline.whole.listings.dictionary"


def test_what_outside_software_does_is_held_by_a_test_that_there_is():
    named = re.findall(r"`(test_\w+)`", (ROOT / "docs" / "outside.md").read_text("utf-8"))
    there = " ".join(p.read_text("utf-8") for p in (ROOT / "tests").rglob("test_*.py"))
    assert len(named) >= 10
    assert [name for name in named if f"def {name}(" not in there] == []


def test_the_list_of_checks_is_up_to_date():
    written = (ROOT / "docs" / "checks.md").read_text(encoding="utf-8")
    assert written == checks_listed(), "run: python -m pipeline.whole.listings.dictionary"


def test_the_data_dictionary_names_every_table_and_column():
    text = dictionary()
    for table in TABLES.values():
        part = text.split(f"## {table.name}.csv：{table.zh}\n")[1].split("\n## ")[0]
        assert all(f"| `{c.name}` | {c.zh} | " in part for c in table.columns)


def test_every_decision_has_a_number_of_its_own():
    files = sorted((ROOT / "docs" / "decisions").rglob("*.md"))
    assert len({path.name[:4] for path in files}) == len(files)
    assert [path.name for path in files if path.name[:4] not in path.read_text("utf-8")[:12]] == []
