"""Reliability: the error is the distance between what is claimed and what is right."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from nlpclaims.cli import app
from nlpclaims.evaluation.attribution import judge
from nlpclaims.evaluation.confidence import reliability

TEXT = "Ann said it rains. Bob left."
GOLD = {"source": [[0, 3]], "cue": [[4, 8]], "content": [[9, 17]]}
WRONG = {"source": [[19, 22]], "cue": [[4, 8]], "content": [[9, 17]]}


def test_bins_hold_their_mean_confidence_and_the_share_right() -> None:
    figures = reliability([0.91, 0.97, 0.32, 1.0], [True, False, False, True])
    assert figures["bins"] == {
        "0.3 to 0.4": {"confidence": 32.0, "right": 0.0, "n": 1},
        "0.9 to 1.0": {"confidence": 96.0, "right": 66.7, "n": 3},
    }
    assert figures["ece"] == pytest.approx(0.25 * 0.32 + 0.75 * (0.96 - 2 / 3), abs=1e-3)


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=50))
def test_the_error_is_a_fraction_and_no_attribution_is_lost(pairs: list[tuple[float, bool]]) -> None:
    figures = reliability([c for c, _ in pairs], [r for _, r in pairs])
    assert 0 <= figures["ece"] <= 1
    assert sum(row["n"] for row in figures["bins"].values()) == len(pairs)


def test_what_the_annotators_discarded_is_not_judged() -> None:
    assert judge(TEXT, [GOLD], [GOLD, WRONG]) == [True, False]
    assert judge(TEXT, [GOLD], [WRONG, GOLD]) == [False, False]  # the first of two equals is paired
    assert judge(TEXT, [GOLD], [GOLD], [[0, 18]]) == [None]


def test_the_command_prints_error_bins_and_curve(tmp_path) -> None:
    path = tmp_path / "gold.jsonl"
    text = "Anna Berg said the harbour was closed. “Nobody was hurt,” she added."
    path.write_text(json.dumps({"id": "a", "text": text, "attributions": [], "discard": []}), encoding="utf-8")
    run = CliRunner().invoke(app, ["evaluate", "confidence", str(path), "--format", "json"])
    figures = json.loads(run.stdout)
    assert run.exit_code == 0
    assert list(figures) == ["ece", "bins", "min_confidence"]
    curve = [row["p"] for row in figures["min_confidence"].values()]
    assert len(curve) == 10
    table = CliRunner().invoke(app, ["evaluate", "confidence", str(path), "--format", "table"]).stdout
    assert "at least 0.5" in table
    assert "ece" in table
