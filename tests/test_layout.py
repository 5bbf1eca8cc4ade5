"""Paragraphs end with blank lines or, in a text most of which is in lines too long to be wrapped, with lines."""

import re
from textwrap import fill

import pytest
from hypothesis import assume, given
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
def test_each_line_is_a_paragraph_where_most_of_the_text_is_in_long_ones(end: str) -> None:
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


def test_so_it_is_with_blank_lines_about_some() -> None:
    assert split(f"Lighthouse goes dark\n\n{LONG}\nWho pays\n{LONG}") == [
        "Lighthouse goes dark",
        LONG,
        "Who pays",
        LONG,
    ]


def test_a_long_line_in_a_wrapped_text_changes_nothing() -> None:
    text = f"{fill(f'{LONG} ' * 4, 72)}\n{LONG}\n\n{fill(LONG, 72)}"
    assert split(text) == text.split("\n\n")


@given(TEXTS)
def test_where_lines_are_none_only_blank_lines_separate(text: str) -> None:
    assume(not lines_are_paragraphs(text))
    assert split(text) == re.split(rf"{BLANK_LINE}\s*", text)


@given(TEXTS)
def test_where_lines_are_paragraphs_each_is_one_and_nothing_but_white_space_is_lost(text: str) -> None:
    parts = split(text)
    assert "".join("".join(parts).split()) == "".join(text.split())
    if lines_are_paragraphs(text):
        assert [part.strip() for part in parts if part.strip()] == [
            line.strip() for line in text.split("\n") if line.strip()
        ]
