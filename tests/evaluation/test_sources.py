"""Whether the names of sources are counted by what was judged, given the corpus's own attributions."""

import json
from pathlib import Path
from typing import Any

import pytest
import spacy
from spacy.tokens import Doc

from nlpclaims.components.actors import ActorMention
from nlpclaims.errors import CorpusError, ModelError
from nlpclaims.evaluation import sources
from nlpclaims.evaluation.sources import evaluate, read_sources

TEXT = "Ana Lopez left. She said it rains, and his aides agreed."
ARTICLE: dict[str, Any] = {"id": "x", "text": TEXT, "attributions": []}


def judged(source: str, *names: str | None) -> dict[str, Any]:
    start = TEXT.index(source)
    return {"id": "x", "start": start, "end": start + len(source), "names": list(names)}


def written(tmp_path: Path, *rows: dict[str, Any]) -> Path:
    path = tmp_path / "sources.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def scores(monkeypatch: pytest.MonkeyPatch, *rows: dict[str, Any], **names: str) -> dict[str, Any]:
    """The figures of a pipeline that gives words of the text these names."""
    nlp = spacy.blank("en")

    def resolved(*_: object) -> Doc:
        doc = nlp.make_doc(TEXT)
        doc._.actors = tuple(
            ActorMention("a0", token.i, token.i + 1, names[token.text], "PERSON", None, "pronoun")
            for token in doc
            if token.text in names
        )
        return doc

    monkeypatch.setattr(sources, "with_gold_attributions", resolved)
    monkeypatch.setattr(sources, "require", lambda *_: None)
    return evaluate(nlp, [(ARTICLE, list(rows))])


@pytest.mark.parametrize(
    ("ours", "names", "right"),
    [
        ("Ana Lopez", ["Ana Lopez"], 100.0),
        ("ana lópez", ["Lopez", "Ana Lopez"], 100.0),
        ("Lopez", ["Ana Lopez"], 0.0),
        ("Ana Lopez", [None], 0.0),
    ],
)
def test_any_of_the_names_is_right(
    monkeypatch: pytest.MonkeyPatch, ours: str, names: list[str | None], right: float
) -> None:
    assert scores(monkeypatch, judged("She", *names), She=ours)["all"] == {"right": right, "resolved": 100.0, "n": 1}


def test_no_name_is_right_where_the_article_tells_none(monkeypatch: pytest.MonkeyPatch) -> None:
    found = scores(monkeypatch, judged("She", None))
    assert found["pronouns"] == {"right": 100.0, "resolved": 0.0, "n": 1}
    assert found["descriptions"] == {"right": 0.0, "resolved": 0.0, "n": 0}


def test_descriptions_are_compared_without_whose_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    found = scores(monkeypatch, judged("his aides", "her aides"), judged("She", "Ana"), aides="aides")
    assert (found["descriptions"]["right"], found["pronouns"]["right"], found["all"]["right"]) == (100.0, 0.0, 50.0)


def test_a_name_of_marks_alone_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    assert scores(monkeypatch, judged("She", "Ana"), She=".")["all"] == {"right": 0.0, "resolved": 100.0, "n": 1}


@pytest.mark.parametrize(
    ("bad", "why"),
    [({"id": "y"}, "not among"), ({"end": 99}, "no place"), ({"names": []}, "names"), ({"names": [1]}, "names")],
)
def test_a_broken_line_is_named(tmp_path: Path, bad: dict[str, Any], why: str) -> None:
    with pytest.raises(CorpusError, match=f"line 2.*{why}"):
        read_sources(written(tmp_path, judged("She", "Ana"), judged("She", "Ana") | bad), [ARTICLE])


def test_sources_are_read_with_their_articles(tmp_path: Path) -> None:
    assert read_sources(written(tmp_path, judged("She", "Ana")), [ARTICLE]) == [(ARTICLE, [judged("She", "Ana")])]


def test_what_the_pipeline_lacks_is_said() -> None:
    with pytest.raises(ModelError, match="attribution"):
        evaluate(spacy.blank("en"), [])
