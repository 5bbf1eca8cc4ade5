"""What lines of an article are by their form: bylines, which say who wrote it, and turns of an interview."""

import re

from spacy.tokens import Doc, Span, Token

LINES = 8
"""A byline is one of so many lines at the top."""
_LINE = re.compile(r"[^\n]*\S[^\n]*")
_TURN = re.compile(r"\s*(?:[A-Z0-9][\w.'’-]*[^\S\n]*){1,5}:\s")
_BYLINE = re.compile(r"\s*by\s+\S[^\n]{1,150}?(?<![.!?;:,\"”])\s*", re.IGNORECASE)


def bylines(doc: Doc) -> list[Span]:
    """The lines among the first that are "By" and a name, maybe with more; such as end like a sentence are none."""
    lines = (match for match, _ in zip(_LINE.finditer(doc.text), range(LINES), strict=False))
    spans = (
        doc.char_span(*match.span(), alignment_mode="expand") for match in lines if _BYLINE.fullmatch(match.group())
    )
    return [span for span in spans if span is not None and _authors(span)]


def author(doc: Doc) -> Span | None:
    """The name in the document's bylines, if it is one."""
    names = [name for line in bylines(doc) for name in _authors(line)]
    return names[0] if len(names) == 1 else None


def is_in_turn(token: Token) -> bool:
    """Whether the token's line begins with a label in capitals and a colon: "A: I was there."."""
    text = token.doc.text
    return _TURN.match(text, text.rfind("\n", 0, token.idx) + 1, token.idx) is not None


def _authors(line: Span) -> list[Span]:
    """The persons named in a line that begins with "By", if one is named right after that."""
    people = [ent for ent in line.ents if ent.label_ == "PERSON"]
    words = [token.i for token in line if not token.is_space]
    return people if people and len(words) > 1 and people[0].start == words[1] else []
