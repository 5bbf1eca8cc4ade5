"""Our own passages are read as pairs of actor and target and as names."""

import json
from pathlib import Path

import pytest
import spacy

from nlpclaims.training.sentences import read_story_parties, story_entity_docs
from nlpclaims.training.stance import read_stories

ROW = {
    "id": "story-1",
    "text": "Ana Lopez blamed the council, not the drivers, in Lima.",
    "pairs": [[[0, 9], [21, 28], 3], [[0, 9], [38, 45], 0]],
    "none": [[50, 54]],
    "names": [[0, 9, "PERSON"]],
}


@pytest.fixture
def annotations(tmp_path: Path) -> Path:
    (tmp_path / "stories.jsonl").write_text(json.dumps(ROW) + "\n", encoding="utf-8")
    return tmp_path


def test_pairs(annotations: Path) -> None:
    pairs = list(read_stories(annotations))
    assert [(pair.text[slice(*pair.p)], pair.text[slice(*pair.q)], pair.label) for pair in pairs] == [
        ("Ana Lopez", "council", 3),
        ("Ana Lopez", "drivers", 0),
    ]


def test_a_pair_is_told_of_by_the_paragraphs_from_one_mention_to_the_other(tmp_path: Path) -> None:
    text = "No more buses\n\nAna Lopez spoke.\nShe blamed the council.\n\nIt rained."
    ana, she, council = (
        [text.index(words), text.index(words) + len(words)] for words in ("Ana Lopez", "She", "council")
    )
    row = {"id": "story-2", "text": text, "pairs": [[ana, council, 3], [she, council, 3]], "none": [], "names": []}
    (tmp_path / "stories.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    alone = list(read_stories(tmp_path))
    assert [pair.text for pair in alone] == ["Ana Lopez spoke.\nShe blamed the council.", "She blamed the council."]
    assert [pair.mentions for pair in alone] == [("Ana Lopez", "council"), ("She", "council")]
    whole = list(read_stories(tmp_path, in_context=True))
    assert [pair.text[slice(*pair.part)] for pair in whole if pair.part] == [pair.text for pair in alone]
    assert [pair.mentions for pair in whole] == [pair.mentions for pair in alone]


def test_names(annotations: Path) -> None:
    (doc,) = story_entity_docs(annotations, spacy.blank("en"))
    assert [(ent.text, ent.label_) for ent in doc.ents] == [("Ana Lopez", "PERSON")]


def test_parties(annotations: Path) -> None:
    (parties,) = read_story_parties(annotations)
    found = [(parties.text[start:end], is_party) for start, end, is_party in parties.mentions]
    assert found == [("Ana Lopez", True), ("council", True), ("drivers", True), ("Lima", False)]
