"""The decoder finds the best sequence that BIO labels allow."""

from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlpclaims.components.attribution_model import ROLE_LABELS
from nlpclaims.components.decoding import best_labels, bio_transitions, log_softmax, spans_of, viterbi

LABELS = ("O", "B-x", "I-x")


def allowed(sequence: tuple[int, ...]) -> bool:
    moves = bio_transitions(LABELS)
    return LABELS[sequence[0]] != "I-x" and all(moves[a, b] == 0 for a, b in pairwise(sequence))


@given(st.lists(st.integers(1, 5), min_size=1, max_size=4), st.integers(0, 2**32 - 1))
def test_viterbi_equals_a_search_through_all_sequences(lengths: list[int], seed: int) -> None:
    rng = np.random.default_rng(seed)
    scores = [rng.normal(size=(n, 3)).astype(np.float32) for n in lengths]
    for matrix, found in zip(scores, viterbi(scores, LABELS), strict=True):
        candidates = [s for s in product(range(3), repeat=len(matrix)) if allowed(s)]
        best = max(candidates, key=lambda s: sum(matrix[i, label] for i, label in enumerate(s)))
        assert tuple(found) == best


def test_spans_of_labels() -> None:
    tags = np.array(
        [ROLE_LABELS.index(t) for t in ("B-source", "I-source", "O", "B-content", "B-content", "I-content")]
    )
    assert spans_of(tags, ROLE_LABELS) == [(0, 2, "source"), (3, 4, "content"), (4, 6, "content")]


@given(st.integers(1, 30), st.integers(0, 2**32 - 1))
def test_decoding_only_what_is_unsure_changes_nothing(length: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    raw = rng.normal(size=(length, 3)).astype(np.float32)
    raw[rng.random(length) < 0.6, 0] += 20  # surely outside
    matrix = log_softmax(raw)
    (sparse,), (full,) = best_labels([matrix], LABELS), viterbi([matrix], LABELS)
    assert list(sparse) == list(full)


def test_nothing_to_decode() -> None:
    assert viterbi([], LABELS) == []


@given(st.lists(st.floats(-50, 50, width=32), min_size=2, max_size=6))
def test_log_softmax_is_a_distribution(row: list[float]) -> None:
    probabilities = np.exp(log_softmax(np.array([row], dtype=np.float32)))
    assert abs(probabilities.sum() - 1) < 1e-4
    assert row[int(probabilities[0].argmax())] == pytest.approx(max(row), abs=1e-5)
