"""Pair quotation marks by the conventions of print, which are exact enough for a rule.

A double mark opens where white space or an opening bracket stands before it and closes otherwise, unless it is curly or
a guillemet and says which. A quotation ends with its paragraph; where the next paragraph opens with a mark again and
this one was not closed, it runs on, as in a quotation of several paragraphs. Single marks count only in closed pairs,
since they are apostrophes too.
"""

import re
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from spacy.tokens import Doc

from nlpclaims.layout import BLANK_LINE, paragraph_break

Ints = NDArray[np.int64]

OPENING, CLOSING = "“„«‟", "\"”»'"
_PARAGRAPH = re.compile(rf"{BLANK_LINE}\s*|(?<![’`])\s*\n\s*")
"""What is between the parts of a quotation that runs on. Those that ’ or `` closes may be at the end of any line."""
_MARK = re.compile(r"``|''|[\"“”„‟«»‘’']")
_BEFORE_OPENING = re.compile(r"[\s(\[{—–\-/“‘\"']")

if not Doc.has_extension("quotations"):
    Doc.set_extension("quotations", default=None)


def paragraphs(text: str) -> Iterator[tuple[int, int]]:
    """Yield the ``(start, end)`` of each paragraph, as ``layout`` tells them apart."""
    start = 0
    for gap in paragraph_break(text).finditer(text):
        if gap.start() > start:
            yield start, gap.start()
        start = gap.end()
    if start < len(text):
        yield start, len(text)


def quotations(text: str) -> list[tuple[int, int]]:
    """The quoted stretches of *text*, marks included, outermost only, in order.

    Args:
        text: an article.

    Returns:
        ``(start, end)`` in code points; a quotation over several paragraphs gives one stretch for each of them.
    """
    blocks = list(paragraphs(text))
    found: list[tuple[int, int]] = []
    for i, (start, end) in enumerate(blocks):
        runs_on = i + 1 < len(blocks) and _opens(text, blocks[i + 1][0])
        found.extend(_quotations_of_paragraph(text, start, end, runs_on))
    return found


def quotations_of(doc: Doc) -> list[tuple[int, int]]:
    """The quotations of a document's text, which are looked for once."""
    found: list[tuple[int, int]] | None = doc._.quotations
    if found is None:
        found = doc._.quotations = quotations(doc.text)
    return found


def unclosed(text: str, quoted: list[tuple[int, int]]) -> frozenset[int]:
    """The numbers of those of the *quoted* stretches that go on with the next one, in the next paragraph."""
    pairs = enumerate(pairwise(quoted))
    return frozenset(
        number
        for number, (one, following) in pairs
        if text[one[1] - 1] not in CLOSING and _PARAGRAPH.fullmatch(text, one[1], following[0])
    )


def quotation_numbers(doc: Doc, starts: Ints) -> Ints:
    """For each token the number of the quotation that it stands in, from 1, or 0; *starts* is where tokens begin."""
    numbers = np.zeros(len(starts), dtype=np.int64)
    for number, stretch in enumerate(quotations_of(doc), 1):
        first, last = np.searchsorted(starts, stretch)
        numbers[first:last] = number
    return numbers


def _opens(text: str, position: int) -> bool:
    return text[position] in OPENING + '"' or text.startswith("``", position)


def _quotations_of_paragraph(text: str, start: int, end: int, runs_on: bool) -> Iterator[tuple[int, int]]:
    double: int | None = None
    single: int | None = None
    pending: list[tuple[int, int]] = []
    for match in _MARK.finditer(text, start, end):
        mark, at = match[0], match.start()
        spaced = at == start or _BEFORE_OPENING.match(text[at - 1]) is not None
        if mark in ("‘", "’", "'"):
            if double is None:
                if single is None:
                    if mark == "‘" or (mark == "'" and spaced):
                        single = at
                elif mark != "‘" and not text[at + 1 : at + 2].isalnum() and not text[at - 1].isspace():
                    pending = [pair for pair in pending if pair[0] < single]
                    pending.append((single, at + 1))
                    single = None
        elif double is None:
            if mark in OPENING or mark == "``" or (mark == '"' and spaced):
                double = at
                if single is not None and text[single] != "‘":
                    single = None
        elif mark not in OPENING and not (
            mark == '"' and at > start and text[at - 1].isspace() and _word(text, at + 1)
        ):
            pending.append((double, match.end()))
            double = None
    if double is not None and runs_on:
        pending.append((double, end))
    yield from sorted(pending)


def _word(text: str, position: int) -> bool:
    return text[position : position + 1].isalnum()
