"""Lemmas of verbs are words of a dictionary; those of other words, and of new verbs, are the pipeline's."""

import pytest
import spacy
from spacy.tokens import Doc

from nlpclaims.lemmas import lemma_of, singular

VOCAB = spacy.blank("en").vocab


@pytest.mark.parametrize(
    ("form", "tag", "learned", "expected"),
    [
        ("condemned", "VBD", "condemne", "condemn"),
        ("Blamed", "VBD", "blam", "blame"),
        ("underwent", "VBD", "underwent", "undergo"),
        ("said", "VBD", "say", "say"),
        ("zorbled", "VBD", "zorble", "zorble"),
        ("meetings", "NNS", "meeting", "meeting"),
        ("meeting", "NN", "meeting", "meeting"),
        ("Saying", "NN", "", "saying"),
    ],
)
def test_lemmas(form: str, tag: str, learned: str, expected: str) -> None:
    (word,) = Doc(VOCAB, [form], tags=[tag], lemmas=[learned])
    assert lemma_of(word) == expected


@pytest.mark.parametrize(
    ("phrase", "expected"),
    [
        ("Foreign Ministers", "Foreign Minister"),
        ("senators", "senator"),
        ("spokeswomen", "spokeswoman"),
        ("Prime Minister", "Prime Minister"),
        ("CEOs", "CEOs"),
        ("Republican Sens.", "Republican Sen."),
        ("Lt. Gov.", "Lt. Gov."),
    ],
)
def test_singular_of_a_title(phrase: str, expected: str) -> None:
    assert singular(phrase) == expected
