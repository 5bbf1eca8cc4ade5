"""The best dependency tree for a matrix of scores (Chu and Liu 1965; Edmonds 1967)."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]


def best_tree(scores: Floats) -> Ints:
    """The tree with one root that has the highest sum of scores.

    Args:
        scores: ``scores[i, j]`` for word *i* with word *j* - 1 as its head, or as the root where *j* is 0; shape
            ``(n, n + 1)``.

    Returns:
        The head of each word, -1 for the root, shape ``(n,)``.
    """
    n = len(scores)
    own = scores.astype(np.float64)
    own[np.arange(n), np.arange(1, n + 1)] = -np.inf
    square = np.vstack([np.full(n + 1, -np.inf), own])
    heads = _spanning_tree(square)[1:]
    if (heads == 0).sum() > 1:
        # With every root dearer than any tree can make good, the best tree has one of them.
        finite = np.where(np.isfinite(own), own, 0.0)
        square[1:, 0] -= n * (finite.max() - finite.min() + 1)
        heads = _spanning_tree(square)[1:]
    return heads - 1


def _spanning_tree(scores: NDArray[np.float64]) -> Ints:
    """Heads of the maximum spanning tree of ``scores[dependent, head]`` with node 0, its own head, as the root."""
    heads: Ints = scores.argmax(axis=1)
    heads[0] = 0
    cycle = _cycle(heads)
    if not len(cycle):
        return heads
    # Contract the cycle to one node, the last of the smaller graph; what enters it breaks one of its edges.
    outside = np.ones(len(scores), dtype=bool)
    outside[cycle] = False
    rest = np.flatnonzero(outside)
    own = scores[rest]
    enter = (scores[cycle] - scores[cycle, heads[cycle]][:, None])[:, rest]
    leave = own[:, cycle]
    smaller = np.empty((len(rest) + 1, len(rest) + 1))
    smaller[:-1, :-1] = own[:, rest]
    smaller[-1, :-1] = enter.max(axis=0)
    smaller[:-1, -1] = leave.max(axis=1)
    smaller[-1, -1] = -np.inf
    found = _spanning_tree(smaller)
    heads[rest] = np.where(found[:-1] == len(rest), cycle[leave.argmax(axis=1)], np.append(rest, 0)[found[:-1]])
    entry = found[-1]
    heads[cycle[enter[:, entry].argmax()]] = rest[entry]
    heads[0] = 0
    return heads


def _cycle(heads: Ints) -> Ints:
    """The nodes of a cycle that does not hold node 0, in order; empty where there is none."""
    n = len(heads)
    reached = heads.copy()
    for _ in range(n.bit_length()):
        reached = reached[reached]
    stuck = np.flatnonzero(reached != 0)
    if not len(stuck):
        return stuck
    node = int(reached[stuck[0]])
    members = [node]
    while (node := int(heads[node])) != members[0]:
        members.append(node)
    return np.array(members)
