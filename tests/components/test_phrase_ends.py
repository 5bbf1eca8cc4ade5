"""Spans do not break off in the middle of a phrase."""

import pytest
import spacy
from spacy.tokens import Doc

from nlpclaims.components.phrase_ends import end_of_phrase

VOCAB = spacy.blank("en").vocab
WORDS = ["left", "in", "an", "email", "on", "28", "June", "and", "wept"]
HEADS = [0, 3, 3, 0, 5, 0, 5, 8, 0]
DEPS = ["ROOT", "case", "det", "obl", "case", "obl", "compound", "cc", "conj"]


def document() -> Doc:
    return Doc(VOCAB, WORDS, heads=HEADS, deps=DEPS)


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        ("left in", "left in an email"),
        ("left in an", "left in an email"),
        ("on 28", "on 28 June"),
        ("left in an email on", "left in an email on 28 June"),
        ("left in an email", "left in an email"),
        ("28 June", "28 June"),
        ("and wept", "and wept"),
    ],
)
def test_a_span_goes_on_to_the_end_of_the_phrase(span: str, expected: str) -> None:
    doc = document()
    start = WORDS.index(span.split(maxsplit=1)[0])
    end = end_of_phrase(doc, start, start + len(span.split()), taken=())
    assert doc[start:end].text == expected


@pytest.mark.parametrize("taken", [{2}, {3}, {2, 3}])
def test_nothing_is_added_that_is_part_of_something_else(taken: set[int]) -> None:
    assert end_of_phrase(document(), 0, 2, taken) == 2


def test_an_empty_span_stays_empty() -> None:
    assert end_of_phrase(document(), 2, 2, taken=()) == 2
