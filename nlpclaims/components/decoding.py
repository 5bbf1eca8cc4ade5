"""Read the best well-formed spans off the scores of tokens."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
SURE = 0.999


def log_softmax(scores: Floats) -> Floats:
    """Log-probabilities over the last axis."""
    shifted = scores - scores.max(axis=-1, keepdims=True)
    result: Floats = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return result


def bio_transitions(labels: tuple[str, ...], restart: float = 0.0) -> Floats:
    """0 where label *j* may follow label *i*, minus infinity where ``I-x`` would follow neither ``B-x`` nor ``I-x``.

    *restart* is added where a span begins right after another of its kind.
    """
    allowed = [[not b.startswith("I-") or a[2:] == b[2:] for b in labels] for a in labels]
    again = [[a != "O" and b == f"B-{a[2:]}" for b in labels] for a in labels]
    return np.where(allowed, np.where(again, restart, 0.0), -np.inf).astype(np.float32)


def best_labels(scores: list[Floats], labels: tuple[str, ...], restart: float = 0.0) -> list[NDArray[np.int64]]:
    """The best label sequence of each matrix of log-probabilities ``(length, n_labels)`` under the rules of BIO labels.

    What is outside with a probability of at least ``SURE`` is taken to be, and the stretches between are decoded.
    """
    found = [np.zeros(len(matrix), dtype=np.int64) for matrix in scores]
    stretches: list[tuple[int, int, int]] = []
    for i, matrix in enumerate(scores):
        unsure = np.concatenate([[False], matrix[:, 0] < np.log(SURE), [False]])
        edges = np.flatnonzero(unsure[1:] != unsure[:-1])
        stretches += [(i, int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]
    decoded = viterbi([scores[i][a:b] for i, a, b in stretches], labels, restart)
    for (i, a, b), sequence in zip(stretches, decoded, strict=True):
        found[i][a:b] = sequence
    return found


def viterbi(scores: list[Floats], labels: tuple[str, ...], restart: float = 0.0) -> list[NDArray[np.int64]]:
    """The label sequence with the highest sum of scores for each matrix ``(length, n_labels)``, a valid one in BIO."""
    if not scores:
        return []
    lengths = np.array([len(s) for s in scores])
    order = np.argsort(-lengths, kind="stable")
    n_labels, longest = len(labels), int(lengths.max(initial=0))
    padded = np.zeros((len(scores), longest, n_labels), dtype=np.float32)
    for row, i in enumerate(order):
        padded[row, : lengths[i]] = scores[i]
    moves = bio_transitions(labels, restart)
    first = np.array([-np.inf if label.startswith("I-") else 0.0 for label in labels], dtype=np.float32)
    sorted_lengths = lengths[order]
    best = np.zeros((len(scores), n_labels), dtype=np.float32)
    back = np.zeros((longest, len(scores), n_labels), dtype=np.int8)
    for t in range(longest):
        alive = int(np.searchsorted(-sorted_lengths, -t, "left"))
        if t == 0:
            best[:alive] = padded[:alive, 0] + first
            continue
        paths = best[:alive, :, None] + moves
        back[t, :alive] = paths.argmax(axis=1)
        best[:alive] = paths.max(axis=1) + padded[:alive, t]
    results: list[NDArray[np.int64]] = [np.zeros(0, dtype=np.int64)] * len(scores)
    tags = np.zeros((longest, len(scores)), dtype=np.int64)
    current = best.argmax(axis=1)
    rows = np.arange(len(scores))
    for t in range(longest - 1, -1, -1):
        tags[t] = current
        inside = t < sorted_lengths
        previous = back[t, rows, current].astype(np.int64)
        current = np.where(inside & (t > 0), previous, current)
    for row, i in enumerate(order):
        results[i] = tags[: lengths[i], row]
    return results


def spans_of(tags: NDArray[np.int64], labels: tuple[str, ...]) -> list[tuple[int, int, str]]:
    """The spans of a well-formed BIO sequence as ``(start, end, role)``."""
    spans: list[tuple[int, int, str]] = []
    for i in np.flatnonzero(tags):
        label = labels[tags[i]]
        if label.startswith("B-"):
            spans.append((int(i), int(i) + 1, label[2:]))
        else:
            start, _, role = spans.pop()
            spans.append((start, int(i) + 1, role))
    return spans
