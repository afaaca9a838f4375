"""The rules by which personal data is told (个人信息的规则): `data/reading/personal.toml`."""

from functools import cache

from pipeline.definitions.base import DATA, Definition, Text, load_toml
from pipeline.ground.readiness import readied


class Headers(Definition):
    """Headers of columns that hold persons: by a part, by the whole, and whose are none; those of
    columns of posts, with how duties begin and offices end; those of ``groups`` of people,
    under which no header stands; and those of ``accounts``, with what begins like a name there."""

    parts: list[Text]
    whole: list[Text]
    institutions: list[Text]
    groups: list[Text]
    posts: list[Text]
    duties: list[Text]
    offices: list[Text]
    accounts: list[Text]
    not_names: list[Text]
    no_letters: Text


class FormLines(Definition):
    """Words of the lines that say who filled in a form (填报信息): persons, contacts, dates,
    and what else stands beside them."""

    persons: list[Text]
    contacts: list[Text]
    dates: list[Text]
    others: list[Text]


class Texts(Definition):
    """Words that stand before a name, a telephone or a number within a text."""

    roles: list[Text]
    telephones: list[Text]
    public: list[Text]
    numbered: list[Text]
    titles: list[Text]
    surnames: list[Text]


class Registrars(Definition):
    """How an office ends that answers for a correction (登记单位), what ends so and is none, and
    which short ones begin like a surname (党办)."""

    endings: list[Text]
    never: list[Text]
    posts: list[Text]


class Quotable(Definition):
    """What a finding may repeat where a number was asked for: words that clerks write for one,
    and the signs beside its digits, as a class of letters."""

    words: list[Text]
    signs: Text


class Amounts(Definition):
    """Units and headers by which a long number is an amount (金额、面积)."""

    units: list[Text]
    headers: list[Text]


class Personal(Definition):
    """All of `data/reading/personal.toml`."""

    headers: Headers
    form_lines: FormLines
    texts: Texts
    registrars: Registrars
    quotable: Quotable
    amounts: Amounts


@readied
@cache
def personal() -> Personal:
    """Return the rules by which personal data is told."""
    return load_toml(DATA / "reading" / "personal.toml", Personal)
