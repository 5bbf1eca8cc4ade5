"""Read CoNLL-U, the tab-separated format of Universal Dependencies (https://universaldependencies.org/format.html).

GUM says in MISC where mentions of entities open and close, and of which type each is: ``Entity=(12-person-giv:act-…``,
``Entity=12)``, several of them without anything between (https://wiki.gucorpling.org/gum/entities).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from nlpclaims.errors import CorpusError
from nlpclaims.evaluation.textfile import blocks, open_text

__all__ = ["Mention", "Sentence", "Surface", "Word", "mentions", "open_text", "read_conllu"]

BRACKET = re.compile(r"\((?P<opened>[^()-]+)-(?P<type>[^()-]+)[^()]*(?P<whole>\))?|(?P<closed>[^()]+)\)")
FULL_COLUMNS = 10


@dataclass
class Word:
    """One syntactic word: its columns as in the file, and whether a space follows it in the text."""

    columns: list[str]
    space_after: bool = True

    @property
    def form(self) -> str:
        return self.columns[1]

    @property
    def lemma(self) -> str:
        return self.columns[2]

    @property
    def xpos(self) -> str:
        return self.columns[4]

    @property
    def head(self) -> int:
        """1-based index of the head in the sentence, 0 for the root."""
        return int(self.columns[6])

    @property
    def deprel(self) -> str:
        return self.columns[7]


@dataclass
class Surface:
    """A stretch of text without a break: one word, or several as in ``don't``; words are ``[first, end)``."""

    text: str
    first: int
    end: int
    space_after: bool


@dataclass
class Sentence:
    """A sentence with its words and its surface tokens, in the order of the text.

    It starts at ``line`` of ``file``. ``document`` and ``genre`` are what the file says of the document that starts
    with it, if anything.
    """

    file: str = ""
    line: int = 0
    sent_id: str = ""
    document: str = ""
    genre: str = ""
    starts_document: bool = False
    starts_paragraph: bool = False
    words: list[Word] = field(default_factory=list)
    surface: list[Surface] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The sentence as running text, without the space that may follow it."""
        parts = (s.text + " " * s.space_after for s in self.surface)
        return "".join(parts).rstrip(" ")


def read_conllu(path: Path, columns: int = FULL_COLUMNS) -> Iterator[Sentence]:
    """Yield the sentences of a CoNLL-U file, or of another file in its style with at least *columns* columns.

    Raises:
        InputError: the file cannot be read, see ``textfile.numbered_lines``.
        CorpusError: a line is neither a comment nor blank and has too few columns, an empty form, a number out of
            order, or a head that is not in the sentence.
    """
    for block in blocks(path):
        sentence = Sentence(str(path), line=block[0][0])
        rows: list[tuple[int, list[str]]] = []
        for number, line in block:
            if line.startswith("#"):
                _read_comment(line, sentence)
            else:
                row = line.split("\t")
                if len(row) < columns:
                    raise CorpusError(str(path), f"expected {columns} tab-separated columns, found {len(row)}", number)
                rows.append((number, row))
        for number, row in rows:
            if problem := _add_row(row, sentence):
                raise CorpusError(str(path), problem, number)
        if columns >= FULL_COLUMNS:
            for number, row in rows:
                if problem := _head_problem(row, len(sentence.words)):
                    raise CorpusError(str(path), problem, number)
        if sentence.words:
            yield sentence


def _read_comment(line: str, sentence: Sentence) -> None:
    key, _, value = line[1:].partition("=")
    match key.split():
        case ["sent_id"]:
            sentence.sent_id = value.strip()
        case ["newdoc", *rest]:
            sentence.starts_document = True
            sentence.document = value.strip() if rest == ["id"] else ""
        case ["meta::genre"]:
            sentence.genre = value.strip()
        case ["newpar", *_]:
            sentence.starts_paragraph = True


def _add_row(row: list[str], sentence: Sentence) -> str:
    """Add a word or a multiword token to the sentence; the answer is what is wrong with the row, if anything."""
    index, form = row[0], row[1]
    place = len(sentence.words)
    multiword = sentence.surface[-1] if sentence.surface and sentence.surface[-1].end > place else None
    space_after = not (len(row) >= FULL_COLUMNS and "SpaceAfter=No" in row[9].split("|"))
    first, dash, last = index.partition("-")
    if not form.strip():
        return "the form is empty"
    if index.isdecimal():
        if int(index) != place + 1:
            return f"expected word number {place + 1}, found {index}"
        if multiword:
            space_after = place + 1 == multiword.end and multiword.space_after
        else:
            sentence.surface.append(Surface(form, place, place + 1, space_after))
        sentence.words.append(Word(row, space_after))
    elif dash and first.isdecimal() and last.isdecimal():
        if multiword or int(first) != place + 1 or int(last) < int(first):
            return f"the multiword token {index} does not start at word {place + 1}, the next one"
        sentence.surface.append(Surface(form, place, int(last), space_after))
    elif not (index.count(".") == 1 and index.replace(".", "").isdecimal()):
        return f"expected a word number in the first column, found {index!r}"
    return ""


def _head_problem(row: list[str], words: int) -> str:
    index, head = row[0], row[6]
    if not index.isdecimal() or (head.isdecimal() and int(head) <= words):
        return ""
    return f"the head of word {index} is {head!r}, not a number from 0 to {words}"


class Mention(NamedTuple):
    """A mention: its words in the sentence (end exclusive), its type and the entity as the corpus calls them."""

    start: int
    end: int
    type: str
    entity: str


def mentions(sentence: Sentence) -> list[Mention]:
    """The mentions of a sentence, in the order in which they close.

    Raises:
        CorpusError: a mention closes that is not open, or is open at the end.
    """
    found: list[Mention] = []
    opened: list[tuple[str, int, str]] = []
    for i, word in enumerate(sentence.words):
        for bracket in BRACKET.finditer(_entity_field(word.columns[9])):
            if bracket["opened"]:
                opened.append((bracket["opened"], i, bracket["type"]))
            if bracket["whole"] or bracket["closed"]:
                name = bracket["closed"] or bracket["opened"]
                place = max((k for k, (other, _, _) in enumerate(opened) if other == name), default=None)
                if place is None:
                    problem = f"mention {name} closes without being open at {word.form!r}"
                    raise CorpusError(sentence.file, problem, sentence.line)
                _, start, kind = opened.pop(place)
                found.append(Mention(start, i + 1, kind, name))
    if opened:
        raise CorpusError(sentence.file, f"mention {opened[-1][0]} is not closed", sentence.line)
    return found


def _entity_field(misc: str) -> str:
    return next((field.removeprefix("Entity=") for field in misc.split("|") if field.startswith("Entity=")), "")
