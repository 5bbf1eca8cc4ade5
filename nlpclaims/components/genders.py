"""What tells who is "he" and who is "she": pronouns, titles and given names. It is evidence, no more."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from spacy.tokens import Span

from nlpclaims.components.gazetteer import normal

if TYPE_CHECKING:
    from nlpclaims.components.names import NameBook

GIVEN_NAMES = Path(__file__).with_name("given_names.tsv")
"""A line for each name that is hardly ever of both genders, of our own writing: the name, a tab, "f" or "m"."""

MALE, FEMALE = 0, 1
GENDERS = {"m": MALE, "f": FEMALE}
PRONOUNS = dict.fromkeys(("he", "him", "his", "himself"), MALE)
PRONOUNS |= dict.fromkeys(("she", "her", "hers", "herself"), FEMALE)
TITLES = dict.fromkeys(("Mr", "Sir", "Lord", "King", "Prince"), MALE)
TITLES |= dict.fromkeys(("Mrs", "Ms", "Miss", "Madam", "Lady", "Dame", "Queen", "Princess"), FEMALE)


def genders_of(names: "NameBook") -> Iterator[tuple[Span, int]]:
    """The names of persons whose gender is told: by a title of theirs, else by the given name of the fullest form."""
    people = [(name, names.fullest(name)) for name in names.names if names.type(name) == "PERSON"]
    told = {fullest: gender for _, fullest in people if (gender := given_name_gender(fullest)) is not None}
    told |= {fullest: gender for name, fullest in people if (gender := title_gender(name)) is not None}
    return ((name, told[fullest]) for name, fullest in people if fullest in told)


def title_gender(name: Span) -> int | None:
    """The gender of a title before a person's name, or of one that it begins with."""
    words = name.doc[max(name.start - 1, 0) : name.start + (len(name) > 1)]  # "King" alone is a surname
    return next((TITLES[word] for token in words if (word := plain_title(token.text)) in TITLES), None)


def plain_title(word: str) -> str:
    """A title without its full stop, and not in capitals: "MR."."""
    bare = word.rstrip(".")
    return bare.capitalize() if bare.isupper() else bare


def given_name_gender(name: str) -> int | None:
    """The gender of those who bear the given name in a name; a single word may be a surname, and tells nothing."""
    words = name.split()
    if len(words) < 2:
        return None
    known = read_given_names()
    given = words[-1] if "-" in words[-1] and normal(words[0]) not in known else words[0]  # "Ban Ki-moon"
    return known.get(normal(given))


@cache
def read_given_names(path: Path = GIVEN_NAMES) -> dict[str, int]:
    """The gender for each given name, in normal form; read once."""
    rows = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines())
    return {normal(name): GENDERS[letter] for name, letter in rows}
