"""Bylines and turns of interviews are told by the form of a line."""

import pytest
import spacy
from spacy.tokens import Doc, Span

from nlpclaims.components.bylines import author, bylines, label_of_turn, turns

BLANK = spacy.blank("en")


def article(text: str, *people: str) -> Doc:
    """A document in which each of *people* is found as a person where it stands first."""
    doc = BLANK(text)
    places = [text.index(name) for name in people]
    spans = [doc.char_span(at, at + len(name), label="PERSON") for at, name in zip(places, people, strict=True)]
    doc.set_ents([span for span in spans if isinstance(span, Span)])
    return doc


@pytest.mark.parametrize(
    ("text", "people", "found", "writer"),
    [
        (
            "Head\n\nBy Ana Lopez, Health Editor\n\nIt rained.",
            ["Ana Lopez"],
            ["By Ana Lopez, Health Editor"],
            "Ana Lopez",
        ),
        ("Head\nBY Ana Lopez\nIt rained.", ["Ana Lopez"], ["BY Ana Lopez"], "Ana Lopez"),
        (
            "Head\n\nBy Ana Lopez and Bo Lind\n\nIt rained.",
            ["Ana Lopez", "Bo Lind"],
            ["By Ana Lopez and Bo Lind"],
            None,
        ),
        ("By Tuesday Ana Lopez had left", ["Ana Lopez"], [], None),
        ("By Ana Lopez the story was well known.", ["Ana Lopez"], [], None),
        ("It rained.\n" * 9 + "By Ana Lopez", ["Ana Lopez"], [], None),
        ("I left.\n\nIt rained.\n\nAna Lopez is a teacher in Faro.", ["Ana Lopez"], [], "Ana Lopez"),
        ("I left.\n\nLopez is a reporter in Faro.", ["Lopez"], [], "Lopez"),
        ("Ms Lopez left.\n\nAna Lopez is a teacher in Faro.", ["Ana Lopez"], [], None),
        ("I left.\n\nAna Lopez said so.", ["Ana Lopez"], [], None),
        ("Ana Lopez is a teacher in Faro.", ["Ana Lopez"], [], None),
        ("", [], [], None),
    ],
)
def test_a_byline_is_a_line_at_the_top_of_a_name(
    text: str, people: list[str], found: list[str], writer: str | None
) -> None:
    doc = article(text, *people)
    assert [line.text for line in bylines(doc)] == found
    named = author(doc)
    assert (named.text if named is not None else None) == writer


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("A: I was there.", "A"),
        ("It rained.\nMS. POE: Then I left.", "MS. POE"),
        ("It rained: I was there.", None),
        ("It rained. Then this: I left.", None),
        ("It rained.\nI was there.", None),
        ("A: It rained.\nI was there.", None),
        ("Q: And then?\nA: It rained.\n\nI was there.\nQ: And then?\nA: It rained.", "A"),
        ("Q: And then?\nA: It rained.\nQ: And then?\n\nI was there.", "Q"),
    ],
)
def test_a_turn_begins_with_a_label(text: str, label: str | None) -> None:
    pronoun = next(token for token in BLANK(text) if token.text == "I")
    found = label_of_turn(pronoun, turns(pronoun.doc))
    assert (found.text if found is not None else None) == label


@pytest.mark.parametrize(("verb", "expected"), [("is", "Ana Lopez"), ("saw", None)])
def test_a_note_may_say_who_the_author_is_after_an_apposition(verb: str, expected: str | None) -> None:
    words = ["I", "left", ".", "\n\n", "Ana", "Lopez", ",", "a", "doctor", ",", verb, "our", "columnist", "."]
    heads = [1, 1, 1, 2, 12, 4, 8, 8, 4, 4, 12, 12, 12, 12]
    doc = Doc(BLANK.vocab, words, heads=heads, deps=["dep"] * len(words))
    doc.set_ents([Span(doc, 4, 6, label="PERSON")])
    named = author(doc)
    assert (named.text if named is not None else None) == expected
