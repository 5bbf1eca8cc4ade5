"""Words are split as the Universal Dependencies corpora split them."""

import pytest
import spacy

from nlpclaims.training.tokenizer import split_as_ud


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("On Wed., Lt. Gov. Ana Ruiz left; we'd stay.", "On Wed. , Lt. Gov. Ana Ruiz left ; we 'd stay ."),
        ("Sens. Omar Diallo (D-Ohio) and Bo Lind, Jr.", "Sens. Omar Diallo ( D - Ohio ) and Bo Lind , Jr."),
        ("at 5pm, or 5:30 a.m., etc.", "at 5 pm , or 5:30 a.m. , etc."),
        ("a non-violent, Turkish-backed group!!", "a non-violent , Turkish - backed group !!"),
        ("It cost £3m. The bank paid $2.1m, I think.", "It cost £ 3 m . The bank paid $ 2.1 m , I think ."),
        ("in 2010-12 and/or later", "in 2010-12 and / or later"),
    ],
)
def test_words(text: str, words: str) -> None:
    nlp = split_as_ud(spacy.blank("en"))
    assert [word.text for word in nlp(text)] == words.split()
