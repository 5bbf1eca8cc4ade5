"""The best tree is a tree, and no other scores higher."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlpclaims.components.trees import best_tree


def is_tree(heads: tuple[int, ...]) -> bool:
    """Whether these heads, -1 for the root, reach the one root from every word."""
    for word in range(len(heads)):
        node, steps = word, 0
        while heads[node] >= 0 and steps <= len(heads):
            node, steps = heads[node], steps + 1
        if steps > len(heads):
            return False
    return sum(head < 0 for head in heads) == 1


def value(scores: np.ndarray, heads: tuple[int, ...]) -> float:
    return float(sum(scores[i, head + 1] for i, head in enumerate(heads)))


@given(st.integers(1, 5), st.integers(0, 2**32 - 1))
@settings(max_examples=150)
def test_no_tree_scores_higher(n: int, seed: int) -> None:
    scores = np.random.default_rng(seed).normal(size=(n, n + 1)).astype(np.float32)
    found = tuple(int(head) for head in best_tree(scores))
    assert is_tree(found)
    best = max(value(scores, heads) for heads in product(range(-1, n), repeat=n) if is_tree(heads))
    assert value(scores, found) == pytest.approx(best, abs=1e-4)


@given(st.integers(1, 60), st.integers(0, 2**32 - 1))
def test_a_long_sentence_gets_a_tree(n: int, seed: int) -> None:
    scores = np.random.default_rng(seed).normal(size=(n, n + 1)).astype(np.float32)
    assert is_tree(tuple(int(head) for head in best_tree(scores)))


def test_a_cycle_is_broken_where_it_costs_least() -> None:
    # Words 0 and 1 each want the other; 1 loses less by hanging on the root.
    scores = np.array([[0.0, 0.0, 9.0], [8.0, 9.0, 0.0]], dtype=np.float32)
    assert best_tree(scores).tolist() == [1, -1]
