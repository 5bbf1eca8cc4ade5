"""Titles and given names tell who is likely "he" or "she"."""

import pytest
import spacy
from spacy.tokens import Doc

from nlpclaims.components.genders import FEMALE, GIVEN_NAMES, MALE, genders_of, given_name_gender, read_given_names
from nlpclaims.components.names import NameBook


@pytest.mark.parametrize(
    ("name", "gender"),
    [
        ("Lily Chen", FEMALE),
        ("Ban Ki-moon", MALE),
        ("Yuriko Koike", FEMALE),
        ("José Ramos", MALE),
        ("Jose Ramos", MALE),
        ("Marsh", None),
        ("Lily", None),
        ("Qwx Chen", None),
    ],
)
def test_given_names_tell_a_gender_where_they_have_one(name: str, gender: int | None) -> None:
    assert given_name_gender(name) == gender


def test_each_given_name_stands_there_once() -> None:
    assert len(GIVEN_NAMES.read_text(encoding="utf-8").splitlines()) == len(read_given_names())


def test_a_title_tells_more_than_the_given_name_and_holds_for_the_surname() -> None:
    words = ["Lily", "Chen", "met", "Rui", "Lopez", ".", "Mr.", "Chen", "and", "Lopez", "left", "."]
    ents = ["B-PERSON", "I-PERSON", "O", "B-PERSON", "I-PERSON", "O", "O", "B-PERSON", "O", "B-PERSON", "O", "O"]
    doc = Doc(spacy.blank("en").vocab, words, ents=ents, sent_starts=[i in (0, 6) for i in range(12)])
    found = {name.start: gender for name, gender in genders_of(NameBook(doc, []))}
    assert found == dict.fromkeys((0, 3, 7, 9), MALE)
