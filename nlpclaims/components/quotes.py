"""Pair quotation marks by the conventions of print, which are exact enough for a rule.

A straight mark opens where white space or an opening bracket stands before it and closes otherwise; others say which.
Quotations nest, and if a paragraph's do not come out even, one ends at the first mark that can close it. It also ends
with its paragraph; where the next paragraph opens with a mark again and this one was not closed, it runs on, as in a
quotation of several paragraphs. Single marks are apostrophes too: what looks like one counts only for want of another.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from spacy.tokens import Doc

from nlpclaims.layout import paragraph_break

Ints = NDArray[np.int64]
Marks = Sequence[re.Match[str]]

SINGLE = "‘’'"
CLOSING = {
    '"': '"”',
    "“": '”"',
    "‟": '”"',
    "„": '“”"',
    "«": "»",
    "»": "«",
    "`": "'\"”",
    "‘": "’'",
    "'": "'’",
}
"""For the first character of each mark that opens, the characters that close what it opened."""
_MARK = re.compile(r"``|''|[\"“”„‟«»‘’']")
_SPACED = r"(?<![^\s(\[{—–\-/“‘\"'])"
_WORD = r"[^\W_]"
_OPENING = re.compile(rf"``|[“„«‟‘]|{_SPACED}(?:\"|'(?![\s'])|»(?=\S))|(?<!{_WORD}|=)\"(?={_WORD})")
"""A straight mark also opens after what is neither white space nor a word, as "*" is, but for "=" of markup."""
_OPENING_WITHIN = re.compile(rf"{_SPACED}\"(?={_WORD})")
"""Where a straight mark opens even though a quotation is open that it could close."""
_SINGLE_CLOSING = re.compile(rf"(?<=\S)['’](?!{_WORD})")
_APOSTROPHE = re.compile(rf"(?:(?<=[sxz])|(?<=['‘’]n))['’](?=\s+{_WORD})", re.IGNORECASE)
"""Where a closing mark is likely to be an apostrophe, as in "the nurses' pay" and "rock 'n' roll"."""
_ELIDED = re.compile(r"['‘](?:\d\ds?|em|til|n|tis|twas|cause(?!['’]))\b", re.IGNORECASE)
"""Where an opening mark is likely to be an apostrophe, as in "the '90s" and "get 'em out"."""
_PUNCTUATION = ".,!?…"

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
        following = text[blocks[i + 1][0]] if i + 1 < len(blocks) else ""
        found.extend(_quotations_of_paragraph(text, start, end, following))
    return found


def quotations_of(doc: Doc) -> list[tuple[int, int]]:
    """The quotations of a document's text, which are looked for once."""
    found: list[tuple[int, int]] | None = doc._.quotations
    if found is None:
        found = doc._.quotations = quotations(doc.text)
    return found


def unclosed(text: str, quoted: list[tuple[int, int]]) -> frozenset[int]:
    """The numbers of those of the *quoted* stretches that go on with the next one, in the next paragraph."""
    gap = paragraph_break(text)
    pairs = enumerate(pairwise(quoted))
    return frozenset(
        number
        for number, (one, following) in pairs
        if text[one[0]] == text[following[0]]
        and text[one[1] - 1] not in CLOSING[text[one[0]]]
        and gap.fullmatch(text, one[1], following[0])
    )


def quotation_numbers(doc: Doc, starts: Ints) -> Ints:
    """For each token the number of the quotation that it stands in, from 1, or 0; *starts* is where tokens begin."""
    numbers = np.zeros(len(starts), dtype=np.int64)
    for number, stretch in enumerate(quotations_of(doc), 1):
        first, last = np.searchsorted(starts, stretch)
        numbers[first:last] = number
    return numbers


def _quotations_of_paragraph(text: str, start: int, end: int, following: str) -> Iterator[tuple[int, int]]:
    """The quotations between *start* and *end*; *following* is the first character of the next paragraph."""
    marks = list(_MARK.finditer(text, start, end))
    closed = _closed(marks)
    i = 0
    while i < len(marks):
        single = marks[i][0] in SINGLE
        close = (_single_close if single else _double_close)(marks, i, closed) if _is(_OPENING, marks[i]) else None
        opens = marks[i].start()
        if close is None:
            i += 1
        elif close < len(marks):
            yield opens, marks[close].end()
            i = close + 1
        elif _runs_on(text[opens], following):
            yield opens, end
            return
        elif single:
            i += 1
        else:
            return


def _runs_on(mark: str, following: str) -> bool:
    """Whether a quotation that *mark* opened goes on where a paragraph begins with *following*."""
    return following == mark if mark in SINGLE else following in CLOSING and following not in SINGLE


def _is(pattern: re.Pattern[str], mark: re.Match[str]) -> bool:
    return pattern.match(mark.string, mark.start()) is not None


def _closes(mark: re.Match[str], opening: re.Match[str]) -> bool:
    """Whether the double *mark* may close what the mark *opening* opened."""
    if mark[0] in SINGLE or _OPENING_WITHIN.match(mark.string, mark.start()):
        return False
    return mark[0][0] in CLOSING[opening[0][0]]


def _closed(marks: Marks) -> dict[int, int]:
    """By the number of the double mark that opens it, what closes each quotation within which all others close."""
    closed: dict[int, int] = {}
    opened: list[int] = []
    for i, mark in enumerate(marks):
        if mark[0] in SINGLE:
            continue
        if opened and _closes(mark, marks[opened[-1]]):
            closed[opened.pop()] = i
        elif _is(_OPENING, mark):
            opened.append(i)
    return closed


def _double_close(marks: Marks, i: int, closed: dict[int, int]) -> int:
    """The number of the mark that closes the double mark *i*, ``len(marks)`` if none does."""
    if i in closed:
        return closed[i]
    return next((j for j in range(i + 1, len(marks)) if _closes(marks[j], marks[i])), len(marks))


def _single_close(marks: Marks, i: int, closed: dict[int, int]) -> int | None:
    """The number of the mark that closes the single mark *i*: none if another opens first, ``len(marks)`` at the end.

    What is likely to be an apostrophe closes only what nothing else does, and opens only what ends in punctuation.
    """
    elided = _is(_ELIDED, marks[i])
    weak = None
    j = i + 1
    while j < len(marks):
        mark = marks[j]
        if mark[0] not in SINGLE:
            if _is(_OPENING, mark):
                j = _double_close(marks, j, closed)
        elif _is(_SINGLE_CLOSING, mark):
            if _is(_APOSTROPHE, mark):
                weak = weak or j
            elif not elided or mark.string[mark.start() - 1] in _PUNCTUATION:
                return j
        elif _is(_OPENING, mark) and (elided or not _is(_ELIDED, mark)):
            return None if elided else weak
        j += 1
    return None if elided else weak or len(marks)
