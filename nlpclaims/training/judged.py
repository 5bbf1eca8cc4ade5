"""Whom pronouns and descriptions stand for, as judged by hand in ``models/annotations/coreference.*.jsonl``."""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from spacy.tokens import Doc, Span

from nlpclaims.components.attribution import get_attributions
from nlpclaims.components.coreference import UNKNOWN, find_anaphors
from nlpclaims.components.names import NameBook, name_text
from nlpclaims.evaluation.textfile import json_lines

Referent = str | tuple[int, int] | None
"""Whom a word stands for: a name, the place of the words for who has none, or nothing before it."""
Mark = tuple[int, int, Referent]
"""The start and the end of a word, and whom it stands for."""


class Judged(NamedTuple):
    """The marks of an article, in the *part* of its text that was read: where that starts, and ends if not with it."""

    marks: list[Mark]
    part: tuple[int, int | None] = (0, None)

    def within_part(self) -> Iterator[Mark]:
        """The marks by their places in the part."""
        first = self.part[0]
        for start, end, referent in self.marks:
            if referent is None or isinstance(referent, str):
                yield start - first, end - first, referent
            else:
                yield start - first, end - first, (referent[0] - first, referent[1] - first)


def read_judged(path: Path) -> Iterator[tuple[str, Judged]]:
    """Yield what was judged of each article, or of a part of it, with the article's id.

    Raises:
        InputError: the file cannot be read.
        CorpusError: a line is not a JSON object.
    """
    for _, row in json_lines(path):
        yield row["id"], Judged(row["marks"], row.get("part", (0, None)))


def judged_spans(doc: Doc, marks: Iterable[Mark]) -> Iterator[Span]:
    """The mentions of a document that were judged, and of whom they stand for, as ``doc.spans["cluster"]`` has them.

    What refers to nothing before it is an entity of its own; anaphors that were not judged are ``UNKNOWN``.
    """
    names = NameBook(doc, get_attributions(doc))
    own: dict[int, Referent] = {}
    for start, end, referent in marks:
        if (head := _head((start, end), doc)) is not None:
            own[head] = referent if referent is None or isinstance(referent, str) else (referent[0], referent[1])
    entities = {head: _entity(referent, doc, own) for head, referent in own.items()}
    known = {entity for entity in entities.values() if entity is not None}
    described = {_head(entity, doc) for entity in known if isinstance(entity, tuple)}
    for head, entity in entities.items():
        if entity is not None or head not in described:
            yield Span(doc, head, head + 1, span_id=f"{head}-{head + 1}" if entity is None else str(entity))
    judged = set(own)
    for entity in sorted(known, key=str):
        for mention in _mentions_of(entity, doc, names):
            judged.add(mention.root.i)
            yield mention
    for anaphor in set(find_anaphors(doc)) - judged:
        yield Span(doc, anaphor, anaphor + 1, span_id=UNKNOWN)


def _head(place: tuple[int, int], doc: Doc) -> int | None:
    span = doc.char_span(*place, alignment_mode="expand")
    return None if span is None else span.root.i


def _entity(referent: Referent, doc: Doc, own: Mapping[int, Referent]) -> Referent:
    """Whom a mark stands for; if the words for who has no name are marked themselves, whom these stand for."""
    seen: list[Referent] = []
    while isinstance(referent, tuple) and referent not in seen:
        seen.append(referent)
        head = _head(referent, doc)
        further = None if head is None else own.get(head)
        referent = referent if further is None else further
    return referent


def _mentions_of(entity: str | tuple[int, int], doc: Doc, names: NameBook) -> Iterator[Span]:
    """The mentions of a name, or, where it is none that is found, the places of these words."""
    if isinstance(entity, tuple):
        places = [entity]
    else:
        own = [name for name in names.names if _names_same(entity, name, names)]
        yield from (Span(doc, name.start, name.end, span_id=entity) for name in own)
        places = [] if own else [m.span() for m in re.finditer(re.escape(entity), doc.text)]
    for place in places:
        span = doc.char_span(*place, alignment_mode="expand")
        if span is not None:
            yield Span(doc, span.start, span.end, span_id=str(entity))


def _names_same(entity: str, name: Span, names: NameBook) -> bool:
    texts = name_text(name), names.fullest(name), entity
    ours, whole, theirs = ({word.casefold() for word in text.split()} - {"the"} for text in texts)
    if name.label_ == "PERSON":
        return whole <= theirs or theirs <= whole
    return theirs in (ours, whole)
