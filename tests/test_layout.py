"""Paragraphs end with blank lines or, in a text without any whose lines are too long to be wrapped, with lines."""

import re
from textwrap import fill

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from nlpclaims.layout import BLANK_LINE, WIDEST, lines_are_paragraphs, paragraph_break

LONG = (
    "Warden Ilse Marrow told the fishermen of Kettle Bay on Tuesday that the lighthouse would be dark for all of the "
    "winter, because nobody had paid for its oil."
)
TEXTS = st.lists(st.sampled_from(["Ilse Marrow", LONG, " ", "\n", "\r\n", "\n\n", "\t", "x" * WIDEST]), max_size=9).map(
    "".join
)


def split(text: str) -> list[str]:
    return paragraph_break(text).split(text)


@pytest.mark.parametrize("end", ["\n", "\r\n", " \n", " \n ", "\n\t"])
def test_each_line_is_a_paragraph_where_none_is_blank_and_some_are_long(end: str) -> None:
    lines = ["Lighthouse goes dark", "By Sara Holt", LONG, "Who pays", LONG]
    assert split(end.join(lines)) == lines
    assert split(end.join(lines) + "\n\n") == [*lines, ""]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_wrapped_text_without_blank_lines_is_one_paragraph(end: str) -> None:
    text = fill(f"{LONG} {LONG}", WIDEST).replace("\n", end)
    assert len(text.split(end)) > 2
    assert split(text) == [text]


def test_one_line_is_a_paragraph() -> None:
    for text in ("", "\n", LONG, f"{LONG}\n", f"\n{LONG}\r\n"):
        assert not lines_are_paragraphs(text)


@given(TEXTS, TEXTS)
@example(f"{LONG}\n{LONG}", LONG)
def test_with_a_blank_line_inside_only_blank_lines_separate(before: str, after: str) -> None:
    assume(before.strip() and after.strip())
    text = f"{before}\n\n{after}"
    assert split(text) == re.split(rf"{BLANK_LINE}\s*", text)


@given(TEXTS)
def test_where_lines_are_paragraphs_each_is_one_and_nothing_but_white_space_is_lost(text: str) -> None:
    parts = split(text)
    assert "".join("".join(parts).split()) == "".join(text.split())
    if lines_are_paragraphs(text):
        assert [part.strip() for part in parts if part.strip()] == [
            line.strip() for line in text.split("\n") if line.strip()
        ]
