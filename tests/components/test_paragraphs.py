"""Sentences begin after blank lines, and never between a quotation that ends in a comma and what follows."""

import pytest
import spacy

from nlpclaims.components import paragraphs  # noqa: F401 (registers the component)


def starts(text: str) -> dict[str, bool | None]:
    nlp = spacy.blank("en")
    nlp.add_pipe("nlpclaims_paragraphs")
    return {token.text: token.is_sent_start for token in nlp(text) if not token.is_space}


@pytest.mark.parametrize("marks", ['""', "“”", "«»", "‘’"])
@pytest.mark.parametrize("gap", [" ", "\n"])
def test_a_quotation_that_ends_in_a_comma_goes_on(marks: str, gap: str) -> None:
    found = starts(f"{marks[0]}It rained,{marks[1]}{gap}Kim said . Then it snowed")
    assert found["Kim"] is False
    assert found["Then"] is None  # left to the senter


def test_a_blank_line_ends_a_sentence_all_the_same() -> None:
    assert starts('"It rained,"\n\nKim said')["Kim"] is True
    assert starts("It rained \n\n \n Kim said")["Kim"] is True


def test_a_line_end_ends_a_sentence_where_each_line_is_a_paragraph() -> None:
    assert starts(f'"It rained,"\nKim said{" and said" * 20}')["Kim"] is True


@pytest.mark.parametrize("text", ["", " ", ",", '"', ',"', '," ', "\n\n"])
def test_short_texts(text: str) -> None:
    starts(text)
