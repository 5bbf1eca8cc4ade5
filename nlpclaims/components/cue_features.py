"""What a document's structure says about a token seen from a cue: distance, syntax, quotation, sentence, paragraph."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from spacy.tokens import Doc

from nlpclaims.components.breaks import paragraph_breaks
from nlpclaims.components.quotes import quotation_numbers

Ints = NDArray[np.int64]

# Rows of the embedding table for each feature below, in their order.
TABLE_ROWS = (64, 512, 1024, 64, 128, 128, 64, 128, 2048, 512, 512)
N_FEATURES = len(TABLE_ROWS)
MAX_CHAIN = 12
COMMAS = frozenset({",", ";", ":", "—", "–", "--"})


@dataclass(frozen=True)
class Structure:
    """A document's tokens as arrays of shape ``(n_tokens,)``; ids are spaCy's string hashes."""

    head: Ints
    dep: Ints
    tag: Ints
    lemma: Ints
    sentence: Ints
    paragraph: Ints
    quotation: Ints
    comma: Ints

    @classmethod
    def of(cls, doc: Doc) -> "Structure":
        n = len(doc)
        attributes: list[int | str] = ["HEAD", "DEP", "TAG", "LEMMA", "SENT_START", "NORM", "ORTH", "IDX"]
        columns = doc.to_array(attributes).reshape(n, len(attributes)).astype(np.int64)
        head = np.clip(np.arange(n) + columns[:, 0], 0, max(n - 1, 0))
        lemma = np.where(columns[:, 3] == 0, columns[:, 5], columns[:, 3])
        orths, word = np.unique(columns[:, 6].view(np.uint64), return_inverse=True)
        texts = [doc.vocab.strings[int(orth)] for orth in orths]
        breaks = np.zeros(n, dtype=np.int64)
        breaks[paragraph_breaks(doc)] = 1
        commas = np.array([t in COMMAS for t in texts], dtype=np.int64)[word]
        return cls(
            head,
            columns[:, 1],
            columns[:, 2],
            lemma,
            np.cumsum(columns[:, 4] == 1),
            np.cumsum(breaks),
            quotation_numbers(doc, columns[:, 7]),
            np.cumsum(commas),
        )


@dataclass(frozen=True)
class Pairs:
    """Every (cue, token) pair of a document that is near enough for the token to belong to the cue's attribution.

    Pairs are sorted by cue and then by token, and each cue's tokens are contiguous.

    Attributes:
        cue: index of the cue, shape ``(n_pairs,)``.
        token: index of the token, shape ``(n_pairs,)``.
        cue_head: index of the cue's syntactic head, shape ``(n_pairs,)``.
        in_cue: whether the token is part of the cue itself, shape ``(n_pairs,)``.
        features: rows of the embedding table, shape ``(n_pairs, N_FEATURES)``.
        lengths: number of pairs of each cue, shape ``(n_cues,)``.
    """

    cue: Ints
    token: Ints
    cue_head: Ints
    in_cue: NDArray[np.bool_]
    features: NDArray[np.int32]
    lengths: Ints


def pair_up(
    structure: Structure, cues: list[tuple[int, int]], window: int, likely: NDArray[np.bool_] | None = None
) -> Pairs:
    """Pair each cue, a token range, with the tokens within *window* tokens and one paragraph of it.

    *likely* says which tokens may have a role at all; a cue's pairs then end with the outermost of these.
    """
    n = len(structure.head)
    starts = np.array([c[0] for c in cues], dtype=np.int64)
    ends = np.array([c[1] for c in cues], dtype=np.int64)
    heads = np.array([_head(structure.head, *c) for c in cues], dtype=np.int64)
    paragraphs = structure.paragraph
    lows = np.maximum(starts - window, np.searchsorted(paragraphs, paragraphs[starts] - 1, "left"))
    highs = np.minimum(ends + window, np.searchsorted(paragraphs, paragraphs[ends - 1] + 1, "right"))
    lows, highs = np.maximum(lows, 0), np.minimum(highs, n)
    if likely is not None:
        places = np.flatnonzero(likely)
        outermost = np.concatenate([[-1], places, [n]])  # a cue without any keeps what it has
        first = outermost[np.searchsorted(places, lows) + 1]
        last = outermost[np.searchsorted(places, highs)]
        lows, highs = np.maximum(lows, np.minimum(first, starts)), np.minimum(highs, np.maximum(last + 1, ends))
    lengths = highs - lows
    cue = np.repeat(np.arange(len(cues)), lengths)
    token = np.arange(len(cue)) - np.repeat(np.cumsum(lengths) - lengths, lengths) + lows[cue]
    start, end, head = starts[cue], ends[cue], heads[cue]
    features = _features(structure, cue, token, start, end, head, lows, heads, starts)
    return Pairs(cue, token, head, (token >= start) & (token < end), features, lengths)


def _head(head: Ints, start: int, end: int) -> int:
    for i in range(start, end):
        if not start <= head[i] < end or head[i] == i:
            return i
    return start


def _features(
    s: Structure,
    cue: Ints,
    token: Ints,
    start: Ints,
    end: Ints,
    head: Ints,
    lows: Ints,
    heads: Ints,
    starts: Ints,
) -> NDArray[np.int32]:
    before = token < start
    distance = np.where(before, token - start, np.maximum(token - end + 1, 0))
    side = np.sign(distance)
    branch, up, down, cue_branch = _relation(s, cue, token, lows, heads)
    same = s.sentence[token] == s.sentence[head]
    sentences = np.clip(s.sentence[token] - s.sentence[head], -3, 3)
    kin = np.where(same, np.where(up == 0, 1, np.where(down == 0, 2, 3)), 0) * 8 + sentences
    branch_dep = np.where(same & (down > 0), s.dep[branch], 0)
    cue_dep = np.where(same & (up > 0), s.dep[cue_branch], 0)
    edge = np.where(before, end - 1, start)
    quoted, cue_quoted = s.quotation[token] > 0, s.quotation[head] > 0
    same_quotation = s.quotation[token] == s.quotation[head]
    between = np.clip(np.abs(s.quotation[token] - s.quotation[edge]), 0, 3)
    others = np.abs(np.searchsorted(starts, token, "right") - np.searchsorted(starts, start, "right"))
    others = np.clip(others - before, 0, 3)
    commas = np.clip(np.abs(s.comma[token] - s.comma[edge]), 0, 4)
    paragraph = np.clip(s.paragraph[token] - s.paragraph[head], -1, 1)
    quotes = quoted * 8 + cue_quoted * 4 + same_quotation * 2
    columns = (
        (bucket(distance),),
        (kin, branch_dep, cue_dep),
        (kin, branch_dep, s.dep[token], side),
        (np.clip(up, 0, 5), np.clip(down, 0, 5), same),
        (quotes, sentences, side),
        (quotes, between, side, paragraph),
        (others, side, same),
        (commas, side, same, kin),
        (s.lemma[head], side, branch_dep, same),
        (s.tag[head], cue_dep, branch_dep, side),
        (s.tag[token], kin, side, quoted),
    )
    return table_rows(columns, TABLE_ROWS)


def table_rows(columns: Sequence[tuple[NDArray[Any], ...]], sizes: Sequence[int]) -> NDArray[np.int32]:
    """Rows of one embedding table for features, each of which has a stretch of it: ``(n_pairs, n_features)``.

    Args:
        columns: for each feature the values, of shape ``(n_pairs,)``, whose combinations are told apart by hashing.
        sizes: how many rows each feature has.
    """
    starts = np.cumsum([0, *sizes[:-1]])
    rows = [start + mix(parts) % size for parts, start, size in zip(columns, starts, sizes, strict=True)]
    return np.stack(rows, axis=1).astype(np.int32)


def bucket(distance: Ints) -> Ints:
    """Signed distances as small numbers, exact to five and logarithmic beyond."""
    size = np.abs(distance)
    log = np.minimum((np.log2(np.maximum(size, 1)) * 4).astype(np.int64), 27)
    return np.sign(distance) * np.where(size < 6, size, log - 4) + 30


def mix(parts: tuple[NDArray[Any], ...]) -> NDArray[np.uint64]:
    """One hash for each row of *parts* (Fowler, Noll and Vo's multiply and xor, with a final shift)."""
    mixed = np.full(len(parts[0]), 14695981039346656037, dtype=np.uint64)
    for part in parts:
        mixed = (mixed ^ part.astype(np.int64).view(np.uint64)) * np.uint64(1099511628211)
        mixed ^= mixed >> np.uint64(29)
    return mixed


def _relation(s: Structure, cue: Ints, token: Ints, lows: Ints, heads: Ints) -> tuple[Ints, Ints, Ints, Ints]:
    """Where cue and token meet in the dependency tree.

    Returns:
        For each pair: the ancestor-or-self of the token just below the meeting point, the number of edges from the cue
        up to it and from the token up to it, and the ancestor-or-self of the cue just below it.
    """
    width = int((token - lows[cue]).max()) + 1 if len(token) else 0
    place = np.full((len(heads), width), -1, dtype=np.int64)
    chain = np.zeros((len(heads), MAX_CHAIN + 1), dtype=np.int64)
    every = np.arange(len(heads))
    current = heads
    for depth in range(MAX_CHAIN + 1):
        chain[:, depth] = current
        column = current - lows
        inside = (column >= 0) & (column < width)
        inside[inside] &= place[every[inside], column[inside]] < 0
        place[every[inside], column[inside]] = depth
        current = s.head[current]
    low = lows[cue]

    def met(at: Ints) -> Ints:
        column = at - low
        inside = (column >= 0) & (column < width)
        return np.where(inside, place[cue, np.where(inside, column, 0)], -1)

    branch, position, down = token.copy(), token.copy(), np.zeros_like(token)
    up = met(position)
    for _ in range(MAX_CHAIN):
        climbing = up < 0
        if not climbing.any():
            break
        branch = np.where(climbing, position, branch)
        position = np.where(climbing, s.head[position], position)
        down = down + climbing
        up = np.where(climbing, met(position), up)
    up = np.where(up < 0, MAX_CHAIN, up)
    return branch, up, down, chain[cue, np.maximum(up - 1, 0)]
