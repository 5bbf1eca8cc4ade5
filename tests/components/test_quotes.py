"""Quotation marks are paired as print pairs them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlpclaims.components.quotes import CLOSING, paragraphs, quotations, unclosed


def quoted(text: str) -> list[str]:
    return [text[start:end] for start, end in quotations(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"We will act," she said. "Soon."', ['"We will act,"', '"Soon."']),
        ("“We will act,” she said.", ["“We will act,”"]),
        ("He called it 'a farce' and left.", ["'a farce'"]),
        ("The workers' union won't say 'no' to it.", ["'no'"]),
        ("“He told me ‘no’ twice,” she said.", ["“He told me ‘no’ twice,”"]),
        ("‘He told me “no” and left,’ she said. ‘Twice.’", ["‘He told me “no” and left,’", "‘Twice.’"]),
        ("‘Tis late, “no” he said.", ["“no”"]),
        ('A plank of 5" by 3" is no quotation.', []),
        ("In the ’90s and ’80s it rained.", []),
        ("«Non», he said.", ["«Non»"]),
        ("``Yes,'' he said.", ["``Yes,''"]),
        ("„We stay,“ said Petra. „So do I,” said Jan.", ["„We stay,“", "„So do I,”"]),
        ("»We stay,« said Petra, »and fish.«", ["»We stay,«", "»and fish.«"]),
        ("«We stay», said Petra, « and fish ».", ["«We stay»", "« and fish »"]),
        ("“The sign says «Keep out» in red,” said Jan.", ["“The sign says «Keep out» in red,”"]),
        ("‘The nurses’ pay is an insult,’ said Ana. ‘Shame.’", ["‘The nurses’ pay is an insult,’", "‘Shame.’"]),
        ("'The Lopez' barn and the foxes' den burnt,' said Jan.", ["'The Lopez' barn and the foxes' den burnt,'"]),
        ("He called them ‘heroes’ and left the ‘boss’ behind.", ["‘heroes’", "‘boss’"]),
        ("She met the ‘river kings’ on Monday.", ["‘river kings’"]),
        ("In the '90s the dockers' union sang of ‘68 and won.", []),
        ("Round 'em up, 'til the cows' bells and 'cause of 'n' fall silent.", []),
        ("They played rock ‘n’ roll, 'twas loud and the neighbours' dog fled.", []),
        ("'Get 'em out of the mill 'cause it burns,' said Ana.", ["'Get 'em out of the mill 'cause it burns,'"]),
        ("'Tis a fine band,' said Jan. 'A rock 'n' roll band.'", ["'Tis a fine band,'", "'A rock 'n' roll band.'"]),
        ("The 'cause' was a spark.", ["'cause'"]),
        ('"I read "The Weak Dam" twice," said Ana. "Yes."', ['"I read "The Weak Dam" twice,"', '"Yes."']),
        ("“I read “The Weak Dam” twice,” said Ana.", ["“I read “The Weak Dam” twice,”"]),
        ('"I read “The Weak Dam” twice," said Ana.', ['"I read “The Weak Dam” twice,"']),
        ("“I read “The Weak Dam twice,” said Ana. “Then I left.”", ["“I read “The Weak Dam twice,”", "“Then I left.”"]),
        ('*"We ran,"* said Ana. _"All of us."_', ['"We ran,"', '"All of us."']),
        ('>"We ran," said Ana.', ['"We ran,"']),
        ('The boat, 5"x3", and <a href="mill">the mill</a>.', []),
        ("Nothing here.", []),
        ("", []),
    ],
)
def test_marks_pair_up(text: str, expected: list[str]) -> None:
    assert quoted(text) == expected


def test_a_quotation_runs_over_paragraphs_until_it_is_closed() -> None:
    text = "“It began at night.\n\n“Then the water came.\n\n“We ran,” said Ana. No more."
    assert quoted(text) == ["“It began at night.", "“Then the water came.", "“We ran,”"]


def test_a_quotation_in_single_marks_runs_on_too() -> None:
    text = "Ana said: ‘It began at “night”.\n\n‘Then the water came.\n\n‘We ran.’\n\n‘All of us?’ I asked."
    found = quotations(text)
    pieces = ["‘It began at “night”.", "‘Then the water came.", "‘We ran.’", "‘All of us?’"]
    assert [text[start:end] for start, end in found] == pieces
    assert unclosed(text, found) == {0, 1}


@pytest.mark.parametrize("before", ["Songs of the ‘68 revolt.", "He cut ’fine wood.", "He met the ‘boss’."])
def test_what_is_closed_or_an_apostrophe_does_not_run_on(before: str) -> None:
    text = f"{before}\n\n‘We ran,’ said Ana."
    assert quoted(text)[-1] == "‘We ran,’"
    assert unclosed(text, quotations(text)) == frozenset()


def test_a_mark_left_open_does_not_swallow_the_next_paragraph() -> None:
    assert quoted("He said “nothing of note.\n\nThe rain went on.") == []


def test_paragraphs_end_at_blank_lines() -> None:
    text = "One.\nStill one.\n \nTwo.\n\n\nThree."
    assert [text[start:end] for start, end in paragraphs(text)] == ["One.\nStill one.", "Two.", "Three."]


LONG = "The miller of Ashby had, she told the farmers who came, ground no rye since the frost. " * 2


def test_where_each_line_is_a_paragraph_quotations_end_and_run_on_as_after_blank_lines() -> None:
    text = (
        f"{LONG}\nShe said “nothing of note.\nThe frost went on.\n“It began at night.\r\n“We ran,” said Ana. No more."
    )
    assert quoted(text) == ["“It began at night.", "“We ran,”"]
    found = quotations(text)
    assert unclosed(text, found) == {0}


@given(st.text(alphabet="ab .'\"“”‘’\n", max_size=60))
def test_quotations_are_ordered_apart_and_within_a_paragraph(text: str) -> None:
    blocks = list(paragraphs(text))
    end_of_last = 0
    for start, end in quotations(text):
        assert end_of_last <= start < end <= len(text)
        assert any(low <= start and end <= high for low, high in blocks)
        end_of_last = end


@given(st.text(alphabet="ab .,'\"“”‘’„«»*\n", max_size=60))
def test_a_quotation_begins_with_a_mark_and_ends_with_its_like_or_its_paragraph(text: str) -> None:
    ends = {end for _, end in paragraphs(text)}
    for start, end in quotations(text):
        assert text[end - 1] in CLOSING[text[start]] or end in ends
