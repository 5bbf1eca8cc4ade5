"""The attributions in our own articles, with the acts of their cues; passages without any annotated are left out."""

import json
from pathlib import Path

import spacy

from nlpclaims.components.acts import ACT_KEY
from nlpclaims.components.attribution import get_attributions
from nlpclaims.training.corpora import attribution_docs

TEXT = "Ana Lopez blamed the council. It did not reply."
ROLES = {"source": [[0, 9]], "cue": [[10, 16]], "content": [[17, 28]]}


def test_attributions_and_acts(tmp_path: Path) -> None:
    stories = [{"id": "story-1", "text": TEXT, "attributions": [ROLES]}, {"id": "story-2", "text": "Nobody read it."}]
    act = {"id": "story-1", **ROLES, "commitment": "CT+", "action": "ACCUSE"}
    for name, rows in (("stories", stories), ("acts.stories", [act])):
        lines = "".join(json.dumps(row) + "\n" for row in rows)
        (tmp_path / f"{name}.jsonl").write_text(lines, encoding="utf-8")
    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer")
    (doc,) = attribution_docs(tmp_path / "stories.jsonl", nlp, tmp_path / "acts.stories.jsonl")
    (attribution,) = get_attributions(doc)
    assert attribution.source is not None
    assert attribution.source.text == "Ana Lopez"
    assert [span.text for span in attribution.content] == ["the council"]
    (cue,) = doc.spans[ACT_KEY]
    assert (cue.text, cue.label_, cue.kb_id_) == ("blamed", "CT+", "ACCUSE")
