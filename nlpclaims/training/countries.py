"""Make the gazetteer of ``components.gazetteer``: what each country, its people and its government are called.

python -m nlpclaims.training.countries FOLDER nlpclaims/components/countries.tsv

FOLDER holds ``country-codes.csv.gz`` and ``Phoenix.Countries.actors.txt.gz``. Of Phoenix only the names and demonyms of
countries are taken: no persons, institutions, towns or dates.
"""

import csv
import gzip
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from nlpclaims.components.gazetteer import normal, read_countries

SEATS = {
    "AR": ["Casa Rosada"],
    "BR": ["Planalto", "Planalto Palace", "Palácio do Planalto"],
    "CA": ["Rideau Hall"],
    "CL": ["La Moneda", "La Moneda Palace"],
    "CN": ["Zhongnanhai"],
    "DE": ["Bundeskanzleramt", "Bundestag"],
    "ES": ["Moncloa", "Moncloa Palace", "La Moncloa"],
    "FR": ["Élysée", "Élysée Palace", "Quai d'Orsay"],
    "GB": [
        "Downing Street",
        "10 Downing Street",
        "Number 10 Downing Street",
        "Whitehall",
        "Westminster",
        "Buckingham Palace",
    ],
    "IL": ["Knesset"],
    "IN": ["Rashtrapati Bhavan", "Raisina Hill"],
    "IT": ["Palazzo Chigi", "Quirinale"],
    "JP": ["Kantei"],
    "KR": ["Blue House", "Cheong Wa Dae"],
    "NG": ["Aso Rock"],
    "PH": ["Malacañang", "Malacañang Palace"],
    "RU": ["Kremlin", "State Duma"],
    "UA": ["Bankova"],
    "US": ["White House", "Pentagon", "Foggy Bottom", "Capitol Hill"],
    "VA": ["Vatican"],
    "VE": ["Miraflores Palace"],
    "ZA": ["Union Buildings"],
}
"""Seats of government and parliament that stand for it, which neither source has."""

MORE = {
    "CD": ["DR Congo", "DRC"],
    "CN": ["PRC"],
    "GB": ["United Kingdom", "Brit", "England", "English", "Northern Ireland", "Scotland", "Scots", "Wales", "Welsh"],
    "GL": ["Greenlander", "Greenlandic"],
    "HK": ["Hongkonger"],
    "IL": ["Tel Aviv"],
    "IN": ["Delhi"],
    "IS": ["Icelandic"],
    "KP": ["DPRK"],
    "KR": ["ROK", "S. Korea"],
    "KZ": ["Astana", "Kazakh"],
    "LU": ["Luxembourgish"],
    "MG": ["Malagasy"],
    "MM": ["Naypyidaw", "Naypyitaw"],
    "MO": ["Macau"],
    "MV": ["Maldivian"],
    "NP": ["Nepali"],
    "NZ": ["Wellington"],
    "PG": ["PNG"],
    "RS": ["Serb"],
    "SA": ["KSA"],
    "SE": ["Swedish"],
    "SI": ["Slovenian"],
    "SZ": ["Swazi", "Swaziland"],
    "TJ": ["Tajik"],
    "TM": ["Turkmen"],
    "TR": ["Turk", "Turkey", "Turkish"],
    "UA": ["Kiev"],
    "US": ["USA", "United States", "Washington D.C.", "Washington, DC"],
    "UZ": ["Uzbek"],
    "YE": ["Sana'a"],
}
"""Names and demonyms in use that neither source has, or has far down."""

LEFT_OUT = {
    *("Congo", "Congolese", "Dominican", "Grenadines", "Guinean", "Korea", "Korean", "Samoan", "Virgin Islands"),
    # Also something else, and more often.
    *("Georgetown", "Georgia", "Georgian", "Kingston", "Kiwi", "Male", "Nassau", "St. George's", "St. John's"),
    *("San Jose", "Victoria"),
    *("Brussels", "Jerusalem"),  # the European Union's capital too; claimed by two
    *("Alto Peru", "Huambo", "Kumasi", "West Bank", "Yaren District", "Nords", "Balkan Bulgars", "Dutch Inhabitants"),
}
"""Names that do not say which country is meant, and a few of the source's that are no country's."""

FIRST, FURTHER = 4, 8
"""Phoenix gives a country's name and demonyms first. Up to the second limit a name must begin as one before it; then
there are misspellings, other languages and towns without order."""
STEM = 4
CODE = "ISO3166-1-Alpha-2"
SMALL = {"AND", "DE", "DU", "LA", "OF", "THE"}
ABBREVIATIONS = {"DPRK", "UAE", "UK", "US", "USA"}


def main(corpora: Path, output: Path) -> None:
    """Write the gazetteer: a line for each country, its code and its names, separated by tabs."""
    countries = list(_countries(corpora / "country-codes.csv.gz"))
    names = {row[CODE]: dict.fromkeys([*_names(row), *MORE.get(row[CODE], [])]) for row in countries}
    owners = {_key(name): code for code, kept in names.items() for name in kept}
    towns: dict[str, set[str]] = {}
    for entry in _entries(corpora / "Phoenix.Countries.actors.txt.gz"):
        code = owners.get(_key(entry[0]))
        if code is None:
            continue
        for place, name in enumerate(entry):
            towns.setdefault(_key(name), set()).add(code)
            if place < FIRST or (place < FURTHER and _stems([name]) & _stems(names[code])):
                names[code].setdefault(name)
    for row in countries:
        code, capital = row[CODE], row["Capital"]
        # A territory's capital does not stand for a government, nor does one that is a town elsewhere.
        if (row["is_independent"] == "Yes" or code == "TW") and towns.get(_key(capital), set()) <= {code}:
            names[code].setdefault(capital)
        names[code] |= dict.fromkeys(SEATS.get(code, []))
    lines = ("\t".join((code, *sorted(_distinct(kept)))) + "\n" for code, kept in sorted(_unambiguous(names).items()))
    output.write_text("".join(lines), encoding="utf-8")
    read_countries(output)


def _countries(path: Path) -> Iterator[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _names(row: dict[str, str]) -> Iterator[str]:
    """The English names of a country, short and formal, without what stands in brackets after them."""
    for column in ("CLDR display name", "UNTERM English Short", "UNTERM English Formal", "official_name_en"):
        name = re.sub(r"\s*(\(.*?\)|\*+)", "", row[column]).removeprefix("the ").strip()
        if name:
            yield name


def _entries(path: Path) -> Iterator[list[str]]:
    """The names of each entry of a Phoenix file that stands for a country until today.

    An entry is a name, a line ``+name`` for each synonym, and a line ``[role dates]`` for each role, which may also
    follow the name: ``[PRK]``, ``[GEO >911221]``. A role of more than three letters is that of a part of a country.
    """
    names: list[str] = []
    role = ""
    with gzip.open(path, "rt", encoding="utf-8", errors="replace") as file:
        for line in file:
            text, _, roles = re.split("[;#]", line)[0].strip().partition("[")
            if text and not text.startswith("+"):
                if names and re.fullmatch(r"[A-Z]{3}(\s+>\d+)?\]", role):
                    yield names
                names, role = [], ""
            if text and not re.search("[(/\ufffd]", text):
                names.append(_cased(text.lstrip("+")))
            role = roles.strip() or role


def _cased(name: str) -> str:
    """A name of capitals and underscores as it is written: "SOUTH_KOREA_" is "South Korea"."""
    words = name.replace("_", " ").split()
    return " ".join(word.lower() if i and word in SMALL else _capitalized(word) for i, word in enumerate(words))


def _capitalized(word: str) -> str:
    if word in ABBREVIATIONS or re.fullmatch(r"(\w\.)+\w?", word):
        return word
    return re.sub(r"[^\W\d_]+(?:'[^\W\d_]+)*", lambda match: match[0].capitalize(), word)


def _stems(names: Iterable[str]) -> set[str]:
    """The beginnings of the names."""
    return {_key(name)[:STEM] for name in names}


def _key(name: str) -> str:
    return normal(name).casefold()


def _unambiguous(names: dict[str, dict[str, None]]) -> dict[str, list[str]]:
    """The names that no second country has, of each country."""
    owners: dict[str, set[str]] = {}
    for code, kept in names.items():
        for name in kept:
            owners.setdefault(_key(name), set()).add(code)
    unclear = {_key(name) for name in LEFT_OUT} | {key for key, codes in owners.items() if len(codes) > 1}
    return {code: [name for name in kept if _key(name) not in unclear] for code, kept in names.items()}


def _distinct(names: Iterable[str]) -> list[str]:
    """The names without those that differ only in what ``normal`` takes away."""
    return list({normal(name): name for name in reversed(list(names))}.values())


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
