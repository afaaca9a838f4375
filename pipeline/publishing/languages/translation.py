"""A document in two languages (双语): cover, summary, headings, captions and method are told in
the other language; no figure is made here, every one is carried over.

What has no wording stands as it is in Chinese, and is counted.
"""

import re

from pipeline.publishing.languages.language import Language
from pipeline.publishing.languages.phrases import REFERENCES, Phrases
from pipeline.publishing.languages.place_names import romanised
from pipeline.publishing.paper.numbering import NAMES
from pipeline.publishing.paper.papers import APPENDIX

_HAN = re.compile(r"[\u3400-\u9fff]")
_METHOD = {"method_sentences"}
_SENTENCES = re.compile(r"[^。]+。?")
_STATED = ("title", "subtitle", "running_head", "mark", "statement")


class Translation:
    """The translation (翻译) of the papers of one dossier.

    ``unit`` is the row of the unit in its list, as the manifest tells it, ``document`` the whole
    of which the papers are parts. ``untold`` fills with what has no wording, as it stands in
    Chinese.
    """

    def __init__(self, language: Language, unit: dict[str, str], document: dict):
        self._language, self._paper = language, language.paper
        self._heads = dict.fromkeys(
            field[name] for part in ("front", "body", "brief") for block in document[part]
            if block["type"] == "table" for field in block["fields"]
            for name in ("group", "label") if _HAN.search(field[name]))
        self._phrases = Phrases(language, _places_of(unit, language))
        self.untold: list[str] = []

    def paper(self, part: dict, run: str, of: str) -> dict:
        """Return one paper in two languages: ``run`` is its own, ``of`` that of the Chinese one.

        Blocks of the body get ``other``, what stands below or beside the Chinese; the cover and
        ``front`` are in the other language alone; ``words`` are those of the paper itself.
        """
        before = len(self.untold)
        found = part | {"front": [self._front(block) for block in part["front"]],
                        "body": [self._body(block) for block in part["body"]],
                        "words": self._paper.model_dump(exclude={"untold", "remains"})}
        if "elsewhere" in part:
            found["elsewhere"] = [*map(self._body_heading, part["elsewhere"]), {
                "number": f"附{1 + len(part['elsewhere'])}　", **self._dictionary_title()}]
        if part.get("kind") == APPENDIX or any(block.get("annex") for block in part["body"]):
            found["body"] = [*found["body"], *self._dictionary(part["body"])]
        found["cover"] = self._cover(part, before)
        found["run_says"] = self._paper.run_says.format(run=run, of=of)
        return found

    def _told(self, text: str, kind: str = "") -> str:
        """Return a text in the language; as it is, and counted, where it has no wording."""
        if not _HAN.search(text):
            return text.replace("　", " ")
        said = self._phrases.told(text, kind)
        if said is None:
            self.untold.append(text)
        return said or text

    def _cover(self, part: dict, before: int) -> dict:
        cover = part["cover"]
        annex = part.get("kind") == APPENDIX
        told = {name: self._told(cover[name]) for name in _STATED[:4 if annex else 5]}
        if annex:
            told["statement"] = self._paper.appendix_says
        told["rows"] = [[self._told(text) for text in row] for row in cover["rows"]]
        left = len({*self.untold[before:]})
        remains = [self._paper.remains,
                   *([self._paper.untold.format(count=left)] if left else [])]
        return cover | told | {"title_zh": f"{cover['title']}（{self._language.zh}）",
                               "remains": remains}

    def _front(self, block: dict) -> dict:
        """Return a block of the summary, in the other language alone."""
        if block["type"] == "paragraph":
            return block | {"runs": self._runs(block["runs"])}
        if block["type"] == "list":
            return block | {"items": [self._runs(item) for item in block["items"]]}
        told = block | {name: self._told(block[name]) for name in ("caption", "source")}
        told |= {"label": self._label(block["label"]), "language": self._language.id,
                 "notes": [self._told(note) for note in block["notes"]]}
        if block["type"] == "table":
            told["unit"] = self._told(block["unit"])
            told["fields"] = [field | {name: self._told(field[name], "head")
                                       for name in ("label", "group")}
                              for field in block["fields"]]
            told["rows"] = [[cell | {"text": self._told(cell["text"])} for cell in row]
                            for row in block["rows"]]
        return told

    def _body(self, block: dict) -> dict:
        """Return a block of the body with what stands in the other language beside it."""
        if block.get("said") in _METHOD:
            return self._front(block)
        if block["type"] == "heading":
            return self._body_heading(block)
        if block["type"] in NAMES:
            said, label = self._told(block["caption"]), self._label(block["label"])
            return block | {"other_label": label, "other": "" if said == block["caption"]
                            and _HAN.search(said) else f"{label}. {said}"}
        return block

    def _body_heading(self, block: dict) -> dict:
        said = self._told(block["text"])
        return block | {"other": "" if said == block["text"] else said}

    def _dictionary_title(self) -> dict:
        return {"text": self._paper.dictionary_zh, "other": self._paper.dictionary}

    def _runs(self, runs: list[dict]) -> list[dict]:
        """Translate a paragraph sentence by sentence; references keep where they lead."""
        marks = {chr(REFERENCES[n]): run for n, run in enumerate(r for r in runs if "to" in r)}
        letters = iter(marks)
        text = "".join(next(letters) if "to" in run else run.get("text", "") for run in runs)
        text = re.sub(f"(附录|卷宗)(?=[{''.join(marks)}])", "", text) if marks else text
        said = " ".join(self._sentence(sentence) for sentence in _SENTENCES.findall(text))
        pieces = re.split(f"([{''.join(marks)}])", said) if marks else [said]
        return [marks[piece] | {"text": self._label(marks[piece]["text"])} if piece in marks
                else {"text": piece} for piece in pieces if piece]

    def _sentence(self, sentence: str) -> str:
        """Tell a sentence, with its full stop as part of the pattern or without."""
        whole = self._phrases.told(sentence)
        if whole or not _HAN.search(sentence):
            return whole or sentence
        said = self._told(sentence.removesuffix("。"))
        return said + ("。" if said == sentence.removesuffix("。") else ".")

    def _label(self, label: str) -> str:
        for kind, zh in NAMES.items():
            label = label.replace(zh, getattr(self._paper, kind))
        return label

    def _dictionary(self, body: list[dict]) -> list[dict]:
        """Return the dictionary (术语对照) of the heads of all tables: a section of its own at
        the end of the annex."""
        pairs = [(zh, self._told(zh, "head")) for zh in self._heads]
        annex = next((n for n, block in enumerate(body) if block.get("annex")), 0)
        last = body[annex:]
        number = 1 + sum(b["type"] == "heading" and b["level"] == 2 for b in last)
        tables = 1 + sum(b["type"] == "table" for b in last)
        label = f"{NAMES['table']}A-{tables}"
        return [
            {"type": "heading", "level": 2, "number": f"附{number}　", **self._dictionary_title()},
            _in_two(pairs, self._paper.dictionary_heads) | {
                "label": label, "other_label": self._label(label),
                "caption": self._paper.dictionary_caption_zh,
                "other": f"{self._label(label)}. {self._paper.dictionary_caption}"}]


def _in_two(pairs: list[tuple[str, str]], heads: list[str]) -> dict:
    """Return pairs of terms as a table of two times two columns, down the left ones first."""
    half = (len(pairs) + 1) // 2
    right = [*pairs[half:], ("", "")][:half]
    rows = [[{"text": text, "tone": ""} for text in (*one, *other)]
            for one, other in zip(pairs[:half], right, strict=True)]
    return {"type": "table", "key": "dictionary_table", "unit": "", "source": "", "notes": [],
            "wide": False, "rows": rows, "reckoned": [],
            "data": [[None] * 4 for _ in rows],
            "fields": [{"label": head, "group": "", "align": "left"} for head in (*heads, *heads)]}


def _places_of(unit: dict[str, str], language: Language) -> dict[str, str]:
    """Return how the unit is called, alone and with prefecture and province before it."""
    names = [unit[name] for name in ("name", "prefecture", "province") if unit.get(name)]
    told = [romanised(name, language.places) for name in names]
    whole = "".join(reversed(names))
    return {names[0]: told[0], whole: ", ".join(told)}
