"""When a phrase of `data/printing/printed_words.toml` may be printed, worked out anew from the
figures.

A sentence names its model, policy or trajectory by how it begins; ``book`` has the tables that
the chapters handed over (`tables`) and the exhibits that they show (`exhibits`).
"""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field

import pandas as pd
from figures_agree import disagreements

ALPHA = 0.05


@dataclass
class Book:
    """What was printed, and what it stands on; ``zh`` names trajectories and policies."""

    exhibits: list
    tables: dict[str, pd.DataFrame]
    zh: dict[str, str] = field(default_factory=dict)

    def rows(self, table: str) -> list[dict]:
        return self.tables[table].to_dict("records") if table in self.tables else []


def there(value) -> bool:
    return value is not None and not (isinstance(value, float) and math.isnan(value))


def tells(row: dict) -> bool:
    """Tell whether every test printed in a row tells a direction, the adjusted p for the p."""
    p = row["p_adjusted"] if there(row.get("p_adjusted")) else row.get("p_value")
    agree = [v < ALPHA for v in (p, row.get("p_wild")) if there(v)]
    if there(row.get("ci_low")) and there(row.get("ci_high")):
        agree.append(row["ci_low"] * row["ci_high"] > 0)
    return bool(agree) and all(agree)


def model_of(sentence: str, book: Book) -> dict | None:
    """Return the row of the model that a sentence is about, its focus's interval with it."""
    head = re.match(r"([MPSD]\d+)(?: (\S+?))?（", sentence)
    if not head:
        return None
    for row in book.rows("annual_models"):
        if row["id"] == head[1]:
            return row
    stages = {"小学": "primary", "初中": "junior"}
    found = [r for r in book.rows("models") if r["id"].split("-")[0] == head[1]
             and r["stage"] == stages.get(head[2], r["stage"]) and r["status"] == "fitted"]
    quantile = re.search(r"第(\d+)百分位", sentence)
    if quantile:
        found = [r for r in found if round(100 * r["quantile"]) == int(quantile[1])]
    (row,) = found
    terms = [t for t in book.rows("terms") if (t["id"], t["term"]) == (row["id"], row["focus"])]
    return row | {key: terms[0][key] for key in ("estimate", "ci_low", "ci_high")}


def policy_of(sentence: str, book: Book) -> dict | None:
    for row in book.rows("annual_policies"):
        if sentence.startswith(f"{book.zh[row['policy']]}（"):
            return row
    return None


def decided(sentence: str, book: Book) -> bool:
    row = model_of(sentence, book)
    if row is None:
        policy = policy_of(sentence, book)
        (row,) = [t for t in book.rows("annual_policy_terms")
                  if (t["policy"], t["kind"]) == (policy["policy"], "att")]
    return tells(row)


def sigma(sentence: str, book: Book) -> dict:
    (row,) = [r for r in book.rows("annual_convergence") if not r["grouping"]
              and r["kind"] == "sigma" and sentence.startswith(f"{book.zh[r['measure']]}（")]
    return row


def falls(sentence: str, book: Book) -> bool:
    row = sigma(sentence, book)
    return row["p_value"] < ALPHA and row["sd_last"] < row["sd_first"]


def rises(sentence: str, book: Book) -> bool:
    row = sigma(sentence, book)
    return row["p_value"] < ALPHA and row["sd_last"] > row["sd_first"]


def a_mean(sentence: str, book: Book) -> bool:
    row = model_of(sentence, book)
    return row is None or not re.search("quantile|quasibinomial", row.get("method", "")
                                        + row.get("estimator", ""))


def no_school_turns(sentence: str, book: Book) -> bool:
    focus = {(t["id"], t["term"]): t["estimate"] for t in book.rows("terms")}
    of = {m["id"]: focus.get((m["id"], m["focus"])) for m in book.rows("models")}
    return all(r["focus_without"] * of[r["id"]] >= 0 for r in book.rows("influence"))


def no_choice_turns(sentence: str, book: Book) -> bool:
    told = {m["id"]: m["estimate"] for m in book.rows("annual_models")
            if m["status"] == "fitted" and tells(m)}
    return all(v["estimate"] * told[v["id"]] >= 0 for v in book.rows("annual_variants")
               if v["status"] == "fitted" and v["id"] in told)


def no_spending(sentence: str, book: Book) -> bool:
    return not any(there(r["value"]) for r in book.rows("indicators")
                   if r["indicator"] in ("F1", "C3"))


def complete(sentence: str, book: Book) -> bool:
    (table,) = [e for e in book.exhibits if e.key == "completeness_table"]
    missing = [n for n, f in enumerate(table.fields) if f.label == "缺失"]
    return all(row[n].value == 0 for row in table.rows for n in missing)


ALLOWED: dict[str, Callable[[str, Book], bool]] = {
    "sigma_falls": falls, "sigma_rises": rises, "direction": decided, "mean": a_mean,
    "no_direction": lambda sentence, book: not decided(sentence, book),
    "pre_trend": lambda sentence, book: policy_of(sentence, book)["pre_p"] < ALPHA,
    "untested": lambda sentence, book: not re.search(r"p[＝<]", sentence),
    "no_school_turns": no_school_turns, "no_choice_turns": no_choice_turns,
    "no_spending": no_spending, "complete": complete}


_CODE = re.compile(r"\[\[\w+\]\]|tables/\w+\.csv|\w+\.(?:json|toml)", re.ASCII)
_INTERNAL = re.compile(r"[A-Za-z]\w*_\w+|[a-z]\w* = [“\"]|\bln[A-Z]\w*|C\(\w+\)", re.ASCII)
_TESTED = re.compile(r"95%区间")


def faults(book: Book, words, texts: Callable) -> list[str]:
    """Return every printed text that its words, its figures or its codes contradict."""
    found = []
    for one in book.exhibits:
        for text in texts(one):
            found += [f"{one.key}：{text[:70]}…印出代码 {code}"
                      for code in _INTERNAL.findall(_CODE.sub("", text))]
            if not one.key.startswith(tuple(words.quoting)):
                found += [f"{one.key}：{text[:70]}…{fault}" for fault in words.faults(text)]
            if one.kind == "text":
                found += _unfounded(one.key, text, book, words)
                found += [f"{one.key}：{said}" for said in disagreements(text)]
    return found


def _unfounded(key: str, text: str, book: Book, words) -> list[str]:
    said = [(rule, word) for rule in words.conditional for word in rule.words if word in text]
    found = [f"{key}：“{word}”不合条件（{rule.meaning}）：{text}" for rule, word in said
             if not ALLOWED[rule.condition](text, book)]
    open_ = any(rule.condition in ("no_direction", "untested") for rule, _ in said)
    told = key in ("gap_sentences", "model_sentences", "policy_sentences")
    if told and _TESTED.search(text) and " 县际减县内" not in text and not open_:
        row = model_of(text, book) or {}
        if "oaxaca" not in row.get("method", "") + row.get("estimator", "") and (
                "；两者不同" not in text and "看不出不同" not in text) and not decided(text, book):
            found.append(f"{key}：没有说不足以判断方向：{text}")
    return found
