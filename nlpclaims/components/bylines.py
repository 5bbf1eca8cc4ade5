"""What lines of an article are by their form: bylines and notes, which say who wrote it, and turns of an interview."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence

from spacy.tokens import Doc, Span, Token

from nlpclaims.components.quotes import paragraphs

LINES = 8
"""A byline is one of so many lines at the top."""
NOTES = 3
"""A note about the author is one of so many paragraphs at the end."""
_LINE = re.compile(r"[^\n]*\S[^\n]*")
_TURN = re.compile(r"^[^\S\n]*(?P<label>[A-Z0-9][\w.'’-]*(?:[^\S\n]+[A-Z0-9][\w.'’-]*){0,4})[^\S\n]*:\s", re.MULTILINE)
_BYLINE = re.compile(r"\s*by\s+\S[^\n]{1,150}?(?<![.!?;:,\"”])\s*", re.IGNORECASE)


def bylines(doc: Doc) -> list[Span]:
    """The lines among the first that are "By" and a name, maybe with more; such as end like a sentence are none."""
    return [line for line in like_bylines(doc) if _authors(line)]


def like_bylines(doc: Doc) -> list[Span]:
    """The lines among the first that begin with "By" and do not end like a sentence, whatever they name."""
    lines = (match for match, _ in zip(_LINE.finditer(doc.text), range(LINES), strict=False))
    return _spans(doc, (match.span() for match in lines if _BYLINE.fullmatch(match.group())))


def byline_tokens(doc: Doc) -> frozenset[int]:
    """The indices of the tokens in bylines."""
    return frozenset(token.i for line in bylines(doc) for token in line)


def author(doc: Doc) -> Span | None:
    """The name in the document's bylines, or else in a note about the author at its end, if it is one."""
    names = [name for line in bylines(doc) for name in _authors(line)] or _in_note(doc)
    return names[0] if len(names) == 1 else None


def _in_note(doc: Doc) -> list[Span]:
    """Who has not been named before one of the last paragraphs says who that is: "Ana Lopez is a teacher in Faro."."""
    found = []
    for start, _ in list(paragraphs(doc.text))[1:][-NOTES:]:
        name = next((ent for ent in doc.ents if ent.start_char == start and ent.label_ == "PERSON"), None)
        if name is not None and _is_told_of(name) and name[-1].text not in doc.text[:start]:
            found.append(name)
    return found


def _is_told_of(name: Span) -> bool:
    """Whether a clause says who that is, maybe after an apposition: "Ana Lopez, a teacher in Faro, is …"."""
    following = name.doc[name.end : name.end + 1].text
    return following == "is" or (following == "," and any(word.text == "is" for word in name.root.head.lefts))


def turns(doc: Doc) -> list[Span]:
    """The labels in capitals that lines begin with before a colon, as turns of an interview do: "POE: I was there."."""
    return _spans(doc, (match.span("label") for match in _TURN.finditer(doc.text)))


def label_of_turn(token: Token, labels: Sequence[Span]) -> Span | None:
    """The label, of those of all turns, that a token is under: in its line, or the last before, if it has several."""
    place = bisect_right(labels, token.i, key=lambda label: label.end)
    if place == 0:
        return None
    last = labels[place - 1]
    in_line = "\n" not in token.doc.text[last.end_char : token.idx]
    return last if in_line or sum(label.text == last.text for label in labels) > 1 else None


def _spans(doc: Doc, places: Iterable[tuple[int, int]]) -> list[Span]:
    spans = (doc.char_span(*place, alignment_mode="expand") for place in places)
    return [span for span in spans if span is not None]


def _authors(line: Span) -> list[Span]:
    """The persons named in a line that begins with "By", if one is named right after that."""
    people = [ent for ent in line.ents if ent.label_ == "PERSON"]
    words = [token.i for token in line if not token.is_space]
    return people if people and len(words) > 1 and people[0].start == words[1] else []
