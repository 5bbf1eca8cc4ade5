"""Words that our own annotation marks as names of peoples are marked in corpora that have no such label."""

import spacy
from spacy.tokens import Doc, Span

from nlpclaims.training.peoples import Peoples, mark_peoples, peoples

VOCAB = spacy.blank("en").vocab


def marked(text: str, *places: int) -> Doc:
    doc = Doc(VOCAB, text.split())
    doc.set_ents([Span(doc, place, place + 1, label="NORP") for place in places], default="outside")
    return doc


def test_a_word_is_sure_that_is_hardly_ever_unmarked_and_unsure_that_sometimes_is() -> None:
    docs = [marked("Ruritanians sang with Fenlanders", 0, 3)] * 3 + [marked("The Fenlanders Hotel burnt")] * 2
    assert peoples(docs) == Peoples(frozenset({"ruritanians"}), frozenset({"fenlanders"}))


def test_a_word_that_is_marked_once_is_not_known() -> None:
    assert peoples([marked("Ruritanians sang", 0)]) == Peoples(frozenset(), frozenset())


def test_words_are_marked_or_left_open_but_for_those_in_other_names_and_without_a_capital() -> None:
    words = ["Ruritanians", "met", "Fenlanders", "at", "Ruritanians", "House", ";", "ruritanians", "sang"]
    words += ["Ruritanians", "in", "Ruritanians", "Inn"]
    doc = Doc(VOCAB, words)
    doc.set_ents([Span(doc, 4, 6, label="ORG")], missing=[doc[9:10], doc[11:13]], default="outside")
    mark_peoples(doc, Peoples(frozenset({"ruritanians"}), frozenset({"fenlanders"})))
    marked = [(ent.start, ent.text, ent.label_) for ent in doc.ents]
    assert marked == [(0, "Ruritanians", "NORP"), (4, "Ruritanians House", "ORG"), (9, "Ruritanians", "NORP")]
    open_places = [token.i for token in doc if token.ent_iob == 0]
    assert open_places == [2, 11, 12]
