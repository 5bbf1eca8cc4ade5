"""Whether the polarities of judged targets are counted by what was judged."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import spacy
from spacy.language import Language

from nlpclaims.components.stance import StanceComponent
from nlpclaims.errors import CorpusError, ModelError
from nlpclaims.evaluation.targets import evaluate, read_targets

TEXT = "Ana Lopez praised Kovia. She blamed the firms."
ARTICLE: dict[str, Any] = {"id": "x", "text": TEXT}


def judged(actor: str, target: str, label: int | None) -> dict[str, Any]:
    places = {key: [TEXT.index(words), TEXT.index(words) + len(words)] for key, words in (("p", actor), ("q", target))}
    return {"id": "x", **places, "label": label}


PRAISED, BLAMED = judged("Ana Lopez", "Kovia", 1), judged("She", "firms", 3)


def written(tmp_path: Path, *rows: dict[str, Any]) -> Path:
    path = tmp_path / "claims.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture
def nlp(monkeypatch: pytest.MonkeyPatch) -> Language:
    """A pipeline that takes all for praise, and does not read what "She" says."""
    nlp = spacy.blank("en")
    nlp.add_pipe("nlpclaims_stance", name="stance")

    def praise(_: StanceComponent, pairs: Any) -> list[Any]:
        return [None if doc[p[0]].text == "She" else np.array([0.1, 0.6, 0.1, 0.1, 0.1]) for doc, (p, _) in pairs]

    monkeypatch.setattr(StanceComponent, "probabilities", praise)
    return nlp


def test_polarities_are_those_of_the_actor_towards_the_target(nlp: Language) -> None:
    praised_by = judged("Ana Lopez", "Kovia", 2)
    figures = evaluate(nlp, [(TEXT, [PRAISED, BLAMED, praised_by])])["polarity"]
    assert figures["confusion"] == {
        "positive": {"positive": 1},
        "negative": {"neutral": 1},
        "neutral": {"positive": 1},
    }
    assert figures["accuracy"] == pytest.approx(33.3)


def test_where_nobody_is_spoken_of_there_is_no_polarity(tmp_path: Path) -> None:
    rows = PRAISED, judged("She", "firms", None)
    assert read_targets(written(tmp_path, *rows), [ARTICLE]) == [(TEXT, [PRAISED])]


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        ({"id": "y"}, "not among those given"),
        ({"p": [4, 99]}, '"p" is no place'),
        ({"q": "Kovia"}, '"q" is no place'),
        ({"label": 5}, "no class of DSE's"),
        ({"label": "positive"}, "no class of DSE's"),
    ],
)
def test_a_broken_annotation_names_its_line(tmp_path: Path, bad: dict[str, Any], why: str) -> None:
    with pytest.raises(CorpusError, match=f"line 2.*{why}"):
        read_targets(written(tmp_path, PRAISED, PRAISED | bad), [ARTICLE])


def test_evaluation_says_what_the_pipeline_lacks() -> None:
    with pytest.raises(ModelError, match="stance"):
        evaluate(spacy.blank("en"), [])
