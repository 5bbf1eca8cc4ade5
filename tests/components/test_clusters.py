"""Clusters are what a component says, else what names, actors and antecedents say together."""

import pytest
import spacy
from spacy.tokens import Doc

from nlpclaims.components.actors import ActorMention
from nlpclaims.components.clusters import clusters_of

ANN, BOB = ("Ann Lee", "PERSON"), ("Bob", "PERSON")


@pytest.fixture
def doc() -> Doc:
    """Names at 0-2, 3 and 5; the rest are whatever the test says."""
    doc = Doc(
        spacy.blank("en").vocab, ["Ann", "Lee", "met", "Bob", ".", "Lee", "said", "she", "saw", "the", "man", "who"]
    )
    doc._.names = {(0, 2): ANN, (3, 4): BOB, (5, 6): ANN}
    return doc


def test_names_of_one_name(doc: Doc) -> None:
    assert clusters_of(doc) == (((0, 2), (5, 6)), ((3, 4),))


def test_sources_and_anaphors_are_with_their_names(doc: Doc) -> None:
    doc._.actors = (ActorMention("a0", 7, 8, *ANN, None, "pronoun"), ActorMention("a1", 5, 6, *ANN, None, "alias"))
    doc._.antecedents = {11: 10, 10: 3, 7: 5}
    assert clusters_of(doc) == (((0, 2), (5, 6), (7, 8)), ((3, 4), (10, 11), (11, 12)))


def test_anaphors_of_a_description_are_together(doc: Doc) -> None:
    doc._.antecedents = {11: 10}
    assert clusters_of(doc)[-1] == ((10, 11), (11, 12))


def test_no_mention_is_in_two_clusters(doc: Doc) -> None:
    doc._.actors = tuple(ActorMention("a0", 7, 8, *who, None, "pronoun") for who in (BOB, ANN))
    assert clusters_of(doc) == (((0, 2), (5, 6)), ((3, 4), (7, 8)))


def test_a_component_has_the_last_word(doc: Doc) -> None:
    doc._.coreference = (((0, 2), (3, 4)),)
    assert clusters_of(doc) == (((0, 2), (3, 4)),)
