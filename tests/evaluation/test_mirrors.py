"""Mirror tests: the sentences themselves, what is counted, and how far the shipped pipeline stands them."""

import json
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
import spacy
from typer.testing import CliRunner

from nlpclaims.cli import app
from nlpclaims.components.stance import StanceComponent
from nlpclaims.errors import ModelError
from nlpclaims.evaluation.mirrors import Mirror, evaluate, fill, read_mirrors, read_names
from nlpclaims.records import POLARITIES

FLOORS = {"accuracy": 92.0, "silent": 98.0, "swap": 94.0, "passive": 91.0, "negation": 89.0, "third": 95.0}
"""In per cent; below what the shipped pipeline reaches, and to be raised with it."""
MOST_CHANGED = 11.0
"""How often, in per cent, two sets of names may lead to different polarities."""
MOST_CHANGE = 0.11
"""By how much they may change a probability on average."""

FORMS = ("active", "passive", "negated", "third")
PRAISED = Mirror(
    "a",
    "positive",
    "person",
    "country",
    "person",
    active="{p} praised {q}.",
    passive="{q} was praised by {p}.",
    negated="{p} never praised {q}.",
    negated_polarity=["neutral"],
    third="{p} praised {q} near {r}.",
)
SETS = {
    "first": {"person": ["Ann", "Bob", "Cy"], "country": ["Kovia", "Ludonia", "Mar"]},
    "second": {"person": ["Di", "Ed", "Flo"], "country": ["Norland", "Ostia", "Pol"]},
}


def test_there_are_forty_sentences_of_every_polarity() -> None:
    mirrors = read_mirrors()
    assert len({mirror.id for mirror in mirrors}) == len({mirror.active for mirror in mirrors}) == 40
    assert {mirror.polarity for mirror in mirrors} == set(POLARITIES)
    for mirror in mirrors:
        assert mirror.negated_polarity
        assert set(mirror.negated_polarity) <= {*POLARITIES} - {mirror.polarity} | {"neutral"}


@pytest.mark.parametrize("form", FORMS)
def test_each_slot_is_there_once(form: str) -> None:
    for mirror in read_mirrors():
        template = getattr(mirror, form)
        assert [template.count(f"{{{slot}}}") for slot in "pqr"] == [1, 1, form == "third"], mirror.id
        assert template.count("{") == template.count("}") == 2 + (form == "third")


def test_there_are_ten_sets_of_names_for_each_slot() -> None:
    sets = read_names()
    assert len(sets) == 10
    for given in sets.values():
        assert set(given) == {"person", "organisation", "country"}
        names = [name for kind in given.values() for name in kind]
        assert len(names) == len(set(names)) == 9
    lengths = {len(name.split()) for given in sets.values() for kind in given.values() for name in kind}
    assert lengths >= {1, 2, 3, 4}


def test_names_are_where_the_spans_say() -> None:
    for given in read_names().values():
        for mirror in read_mirrors():
            names = mirror.names(given)
            for form in FORMS:
                text, spans = fill(getattr(mirror, form), names)
                assert {slot: text[start:end] for slot, (start, end) in spans.items()}.items() <= names.items()


def figures_of(monkeypatch: pytest.MonkeyPatch, judge: Any) -> dict[str, Any]:
    """The figures of a pipeline that gives each (text, p, q) the class that *judge* says, or reads it not."""

    def probabilities(_component: StanceComponent, pairs: Any) -> list[Any]:
        texts = [(doc.text, *(doc[start:end].text for start, end in pair)) for doc, pair in pairs]
        labels = [judge(*each) for each in texts]
        return [None if label is None else 0.6 * np.eye(5, dtype="float32")[label] + 0.08 for label in labels]

    monkeypatch.setattr(StanceComponent, "probabilities", probabilities)
    nlp = spacy.blank("en")
    nlp.add_pipe("nlpclaims_stance", name="stance")
    monkeypatch.setattr(StanceComponent, "__call__", lambda _self, doc: doc)
    monkeypatch.setattr(StanceComponent, "pipe", lambda _self, stream, **_: stream)
    return evaluate(nlp, [PRAISED], SETS)


def shares(figures: dict[str, Any]) -> dict[str, float]:
    return {name: figures[name]["right"] for name in FLOORS}


def test_who_reads_the_sentence_is_right_in_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    def judge(text: str, p: str, q: str) -> int | None:
        if "never" in text or f"near {q}" in text:
            return None
        return 1 if text.index(p) < text.index("praised") or f"by {p}" in text else 2

    figures = figures_of(monkeypatch, judge)
    assert shares(figures) == dict.fromkeys(FLOORS, 100.0)
    assert figures["accuracy"]["n"] == 2
    assert figures["third"]["n"] == 4
    assert figures["names"] == {"changed": 0.0, "change": 0.0, "n": 1}
    assert figures["classes"]["positive"] == {"right": 100.0, "n": 2}
    assert figures["sets"] == {name: {"polarity": 0.6, "right": 100.0, "n": 1} for name in SETS}


def test_who_goes_by_order_alone_is_wrong_in_the_passive(monkeypatch: pytest.MonkeyPatch) -> None:
    figures = figures_of(monkeypatch, lambda text, p, q: 1 if text.index(p) < text.index(q) else 2)
    assert shares(figures) == {
        "accuracy": 100.0,
        "silent": 50.0,
        "swap": 100.0,
        "passive": 0.0,
        "negation": 0.0,
        "third": 0.0,
    }


def test_who_goes_by_names_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    figures = figures_of(monkeypatch, lambda _text, p, _q: 1 if p in ("Ann", "Bob") else 3)
    assert figures["swap"]["right"] == 50.0
    assert figures["names"] == {"changed": 100.0, "change": 0.6, "n": 1}
    assert [(each["right"], each["polarity"]) for each in figures["sets"].values()] == [(100.0, 0.6), (0.0, -0.6)]


def test_a_pipeline_must_know_stance() -> None:
    with pytest.raises(ModelError, match="no component 'stance'"):
        evaluate(spacy.blank("en"), [PRAISED], SETS)


@pytest.fixture(scope="module")
def figures() -> dict[str, Any]:
    """What the command says of the shipped pipeline."""
    command = [sys.executable, "-m", "nlpclaims", "evaluate", "mirrors"]
    done = subprocess.run(command, capture_output=True, timeout=300, check=True)
    assert done.stderr == b""
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("name", list(FLOORS))
def test_the_shipped_pipeline_keeps_its_scores(figures: dict[str, Any], name: str) -> None:
    assert figures[name]["right"] >= FLOORS[name]


def test_the_shipped_pipeline_does_not_go_by_names(figures: dict[str, Any]) -> None:
    assert figures["names"]["changed"] <= MOST_CHANGED
    assert figures["names"]["change"] <= MOST_CHANGE


def test_a_table_has_a_row_for_each_set_of_names(monkeypatch: pytest.MonkeyPatch, figures: dict[str, Any]) -> None:
    monkeypatch.setattr("nlpclaims.extractor.load_pipeline", lambda _model: None)
    monkeypatch.setattr("nlpclaims.evaluation.mirrors.evaluate", lambda *_: figures)
    run = CliRunner().invoke(app, ["evaluate", "mirrors", "-f", "table"], env={"COLUMNS": "120"})
    assert run.exit_code == 0
    for name in (*FLOORS, *POLARITIES, "names", *read_names()):
        assert name in run.stdout
