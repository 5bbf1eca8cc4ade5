"""The acts in our own articles: the words of the cues with their labels."""

import json
from pathlib import Path

import spacy

from nlpclaims.components.acts import ACT_KEY
from nlpclaims.training.corpora import story_act_docs


def test_cues_have_their_labels(tmp_path: Path) -> None:
    text = "Ana Lopez blamed the council. It did not reply."
    act = {"source": [[0, 9]], "cue": [[10, 16]], "content": [[17, 28]], "commitment": "CT+", "action": "ACCUSE"}
    (tmp_path / "stories.jsonl").write_text(json.dumps({"id": "story-1", "text": text}) + "\n", encoding="utf-8")
    (tmp_path / "acts.stories.jsonl").write_text(json.dumps({"id": "story-1", **act}) + "\n", encoding="utf-8")
    (doc,) = story_act_docs(tmp_path, spacy.blank("en"))
    (cue,) = doc.spans[ACT_KEY]
    assert (cue.text, cue.label_, cue.kb_id_) == ("blamed", "CT+", "ACCUSE")
