"""Our own passages are read as pairs of actor and target and as names."""

import json
from pathlib import Path

import pytest
import spacy

from nlpclaims.training.sentences import story_entity_docs
from nlpclaims.training.stance import read_stories

ROW = {
    "text": "Ana Lopez blamed the council, not the drivers.",
    "pairs": [[[0, 9], [21, 28], 3], [[0, 9], [38, 45], 0]],
    "none": [],
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


def test_names(annotations: Path) -> None:
    (doc,) = story_entity_docs(annotations, spacy.blank("en"))
    assert [(ent.text, ent.label_) for ent in doc.ents] == [("Ana Lopez", "PERSON")]
