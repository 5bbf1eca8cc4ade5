"""Which country a name stands for: the name of a country, of its people, its capital or its seat of government."""

import unicodedata
from functools import cache, lru_cache
from pathlib import Path

COUNTRIES = Path(__file__).with_name("countries.tsv")
"""A line for each country: its ISO 3166-1 alpha-2 code and its names, separated by tabs (``training.countries``)."""

KINDS = ("GPE", "NORP", "ORG", "OTHER")
"""Actor types that can stand for a country: Jordan and Chad are also people."""
NATIONS = frozenset({"England", "Scotland", "Wales", "Northern Ireland"})
"""Countries within one, each of which is another than the others and than that."""

PLAIN = str.maketrans({"ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "ı": "i"})
PLAIN |= str.maketrans({"ß": "ss", "æ": "ae", "Æ": "Ae", "œ": "oe", "Œ": "Oe", "þ": "th", "Þ": "Th"})
"""Letters that Unicode does not take apart."""


@lru_cache(maxsize=2**12)  # an article asks for the same names many times
def country_of(name: str, kind: str) -> str | None:
    """The ISO 3166-1 alpha-2 code of the country that a named actor stands for.

    Args:
        name: the actor's name, matched as a whole and in its case: "US" is one and "us" is not. "Dutch government",
            "Chad's government" and "government of Chile" stand for their countries as "the Netherlands", "Santiago"
            and "Chileans" do.
        kind: the actor's type (``records.ACTOR_TYPES``).

    Returns:
        ``None`` where the gazetteer has no such name, or it is that of several countries ("Korea", "Georgia").
    """
    if kind not in KINDS:
        return None
    countries = read_countries()
    whole = normal(name)
    government = whole.removesuffix(" government").removesuffix(" Government")
    if government != whole:
        government = government.removesuffix("'s")
    for prefix in ("government of ", "Government of "):
        government = government.removeprefix(prefix)
    people = whole.removesuffix("s") if kind in ("NORP", "GPE") else whole
    return next((countries[form] for form in (whole, normal(government), people) if form in countries), None)


def are_one_country(one: str, other: str) -> bool:
    """Whether two places are names of one country: "Moscow" and "Russia"."""
    country = country_of(one, "GPE")
    is_same = country is not None and country == country_of(other, "GPE")
    return is_same and (one == other or NATIONS.isdisjoint((one, other)))


@cache
def read_countries(path: Path = COUNTRIES) -> dict[str, str]:
    """The code for each name, in normal form; read once.

    Raises:
        ValueError: one name stands for two countries.
    """
    countries: dict[str, str] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        code, *names = line.split("\t")
        for name in map(normal, names):
            for form in (name, name.upper()):  # as in a headline
                if countries.setdefault(form, code) != code:
                    raise ValueError(f"{name} stands for {code} and {countries[form]}")
    return countries


def normal(name: str) -> str:
    """A name without what is written in more than one way: dots, accents, curly apostrophes, commas and "the"."""
    letters = unicodedata.normalize(
        "NFKD", name.translate(PLAIN).replace("’", "'").replace("&", "and").replace("-", " ")
    )
    plain = "".join(c for c in letters if not unicodedata.combining(c) and c not in ".,")
    return " ".join(plain.split()).removeprefix("the ").removeprefix("The ")
