"""The tokens that separate paragraphs are those that lie between the paragraphs of the text."""

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st

from nlpclaims.components.breaks import paragraph_breaks
from nlpclaims.components.quotes import paragraphs

NLP = spacy.blank("en")
LONG = (
    "The ferry of Kettle Bay was sold to a man from the hills who had, he told the council, never seen the sea before. "
)


@pytest.mark.parametrize("gap", ["\n", " \n", "\r\n", " \n  "])
def test_line_ends_separate_where_lines_are_paragraphs(gap: str) -> None:
    doc = NLP(f"Ferry sold{gap}By Sara Holt{gap}{LONG * 2}")
    assert [doc[i + 1].text for i in paragraph_breaks(doc)] == ["By", "The"]


def test_only_blank_lines_do_where_lines_are_short() -> None:
    doc = NLP(f"Ferry sold\nagain\n\n{LONG[:80]}\n{LONG[80:]}\nNobody knows why.")
    assert [doc[i].text for i in paragraph_breaks(doc)] == ["\n\n"]


def test_line_ends_do_in_a_text_of_long_lines_that_has_blank_ones_too() -> None:
    doc = NLP(f"Ferry sold\n\n{LONG * 2}\n{LONG * 2}")
    assert [doc[i + 1].text for i in paragraph_breaks(doc)] == ["The", "The"]


@given(st.lists(st.sampled_from(["Ilse", LONG.strip(), " ", "\n", "\r\n", "\n\n", "."]), max_size=12).map("".join))
def test_the_paragraphs_of_the_text_lie_between_them(text: str) -> None:
    doc = NLP(text)
    breaks = {doc[i].idx for i in paragraph_breaks(doc)}
    for start, end in paragraphs(text):
        assert not any(start < place < end and text[place:end].strip() for place in breaks)
    starts = [start for start, _ in paragraphs(text)][1:]
    assert all(any(place < start and not text[place:start].strip() for place in breaks) for start in starts)
