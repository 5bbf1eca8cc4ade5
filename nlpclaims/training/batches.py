"""Windows side by side, as the network reads them.

What is gathered are arrays, so that another process can do it; ``to_tensors`` makes tensors of them.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from itertools import pairwise
from typing import Any, TypeAlias, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray

from nlpclaims.components.stance_model import Views, view
from nlpclaims.components.wordpieces import Pieces
from nlpclaims.training.network import DISTANCES, CuePairs, StancePairs
from nlpclaims.training.windows import MISSING, Ints, Links, Part, Roles, Specials, Stances, Window

MASKED = 0.35
"""The share of pairs of which a training step does not see the mentions."""
Column: TypeAlias = Any
"""An array as it is gathered, a tensor after ``to_tensors``."""
T = TypeVar("T")


@dataclass(frozen=True)
class Trees:
    """Sentences of a batch.

    Attributes:
        sentences: the words of each sentence, white space left out, -1 beyond its end, ``(n_sentences, longest)``.
        place: where in the flattened ``sentences`` each word is, ``(n,)``.
        dependent: the words, in that order, ``(n,)``.
        head: the head of each of them, -1 for a root, ``(n,)``.
        gold: the head as ``Parser.arcs`` numbers it: 0 for the root, else one more than its place in the sentence.
    """

    sentences: Column
    place: Column
    dependent: Column
    head: Column
    gold: Column


@dataclass(frozen=True)
class Antecedents:
    """What ``network.Antecedents`` takes: anaphors, candidates, the distances between them; and which are right."""

    anaphor: Column
    candidates: Column
    distances: Column
    right: Column | None


@dataclass(frozen=True)
class Batch:
    """Windows of one kind; words, and what points at them, are numbered through the whole batch.

    Attributes:
        ids: word pieces, ``(n_windows, longest)``, some of them masked; ``whole`` has none of them masked.
        marks, mask, place, word, counts: see ``Network.words``.
        labels: by layer, ``(n_words,)``; only layers that have any.
        roles: the role of each of the cue pairs.
        stance: the class of each of the stance pairs, if they have any.
        is_gold: whether the labels are to be learned.
    """

    ids: Column
    whole: Column
    marks: Column
    mask: Column
    place: Column
    word: Column
    counts: Column
    labels: Mapping[str, Column]
    trees: Trees | None
    cues: CuePairs | None
    roles: Column | None
    links: Antecedents | None
    pairs: StancePairs | None
    stance: Column | None
    is_gold: bool


def to_tensors(value: T, device: str = "cpu") -> T:
    """*value* with a tensor on *device* for each array in it, also in its dataclasses and mappings."""
    found: Any = value
    if isinstance(value, np.ndarray):
        found = torch.from_numpy(value)
        if device != "cpu":  # from memory that is not pinned, a copy waits for all that the GPU has yet to do
            found = found.pin_memory().to(device, non_blocking=True)
    elif isinstance(value, torch.Tensor):
        found = value.to(device)
    elif isinstance(value, Mapping):
        found = {name: to_tensors(part, device) for name, part in value.items()}
    elif is_dataclass(value) and not isinstance(value, type):
        found = type(value)(**{f.name: to_tensors(getattr(value, f.name), device) for f in fields(value)})
    return found  # type: ignore[no-any-return]


def collate(parts: Sequence[Part], specials: Specials, hide: float = 0.0, rng: random.Random | None = None) -> Batch:
    """Gather windows of one kind.

    With *rng*, a share *hide* of the pieces is masked, and so are the mentions of some pairs in what has nothing else.
    """
    items = [part.window() for part in parts]
    read = [w.pieces if rng is None else _masked(w, specials.mask, rng) for w in items]
    longest = max(w.n_pieces for w in items) + 2
    ids = np.zeros((len(items), longest), dtype=np.int64)
    marks, mask = np.zeros_like(ids), np.zeros(ids.shape, dtype=bool)
    offsets = np.cumsum([0, *(w.n_words for w in items)])
    place, word = [], []
    for row, (pieces, offset) in enumerate(zip(read, offsets, strict=False)):
        n = len(pieces.ids)
        ids[row, : n + 2] = [specials.first, *pieces.ids, specials.last]
        marks[row, 1 : n + 1] = pieces.marks
        mask[row, : n + 2] = True
        place.append(np.arange(1, n + 1) + row * longest)
        word.append(pieces.word + offset)
    whole = ids
    if hide and rng is not None:
        hidden = np.random.default_rng(rng.getrandbits(32)).random(ids.shape) < hide
        ids = np.where(hidden & mask, specials.mask, ids)
    words = np.concatenate(word)
    layers = {layer: np.concatenate([w.labels[layer] for w in items]).astype(np.int64) for layer in items[0].labels}
    roles = [(w.roles, o) for w, o in zip(items, offsets, strict=False) if w.roles is not None]
    stances = [w.stances for w in items if w.stances is not None]
    classes = np.concatenate([s.classes for s in stances]).astype(np.int64) if stances else None
    return Batch(
        ids,
        whole,
        marks,
        mask,
        np.concatenate(place),
        words,
        np.bincount(words, minlength=offsets[-1]).clip(1),
        {layer: values for layer, values in layers.items() if (values != MISSING).any()},
        _trees(items, offsets) if items[0].heads is not None else None,
        _cue_pairs(roles) if roles else None,
        np.concatenate([r.roles for r, _ in roles]).astype(np.int64) if roles else None,
        _linked([(w.links, int(o)) for w, o in zip(items, offsets, strict=False) if w.links is not None]),
        pair_arrays([_views(w.stances) for w in items], np.diff(offsets)) if stances else None,
        classes if classes is not None and (classes != MISSING).all() else None,
        items[0].is_gold,
    )


def _masked(window: Window, mask_id: int, rng: random.Random) -> Pieces:
    pieces = window.pieces
    if window.stances is None or window.labels or rng.random() >= MASKED:
        return pieces
    inside = np.zeros(len(pieces.ids), dtype=bool)
    for start, end in window.stances.pairs.reshape(-1, 2):
        inside |= (pieces.word >= start) & (pieces.word < end)
    return pieces._replace(ids=np.where(inside, mask_id, pieces.ids))


def _views(stances: Stances | None) -> Views:
    return view((), ()) if stances is None else view(stances.pairs.tolist(), stances.parts.tolist())


def _cue_pairs(roles: Sequence[tuple[Roles, int]]) -> CuePairs:
    lengths = np.concatenate([r.pairs.lengths for r, _ in roles])
    return CuePairs(
        np.concatenate([r.pairs.token + o for r, o in roles]).astype(np.int64),
        np.concatenate([r.pairs.cue_head + o for r, o in roles]).astype(np.int64),
        np.concatenate([r.pairs.features for r, _ in roles]).astype(np.int64),
        np.repeat(np.arange(len(lengths)), lengths),
        len(lengths),
    )


def _linked(linked: Sequence[tuple[Links, int]]) -> Antecedents | None:
    if not linked:
        return None
    most = max(len(c) for links, _ in linked for c in links.candidates)
    candidates = np.stack(
        [
            np.pad(c.astype(np.int64) + o, (0, most - len(c)), constant_values=-1)
            for links, o in linked
            for c in links.candidates
        ]
    )
    known = [np.pad(r, (0, most + 1 - len(r))) for links, _ in linked for r in links.right or ()]
    distances = np.broadcast_to(np.minimum(np.arange(most), DISTANCES - 1), candidates.shape).copy()
    anaphors = np.concatenate([links.anaphor.astype(np.int64) + o for links, o in linked])
    return Antecedents(anaphors, candidates, distances, np.stack(known) if len(known) == len(candidates) else None)


def pair_arrays(views: Sequence[Views], n_words: Sequence[int] | Ints) -> StancePairs:
    """The views of texts side by side; *n_words* is how many words each text has."""
    offsets = np.cumsum([0, *n_words])
    mentions = np.concatenate([v.mentions + o for v, o in zip(views, offsets, strict=False)])
    before = np.cumsum([0, *(len(v.mentions) for v in views)])
    holder, target = (
        np.concatenate([getattr(v, name) + n for v, n in zip(views, before, strict=False)])
        for name in ("holder", "target")
    )
    token = np.concatenate([v.token + o for v, o in zip(views, offsets, strict=False)])
    lengths = np.concatenate([v.lengths for v in views])
    counts = mentions[:, 1] - mentions[:, 0]
    return StancePairs(
        np.concatenate([np.arange(a, b) for a, b in mentions]),
        np.repeat(np.arange(len(mentions)), counts),
        counts,
        token,
        holder,
        target,
        np.concatenate([v.features for v in views]).astype(np.int64),
        *sequences(lengths),
    )


def sequences(lengths: Ints) -> tuple[Ints, Ints]:
    """Of sequences of these *lengths*, one after the other: whose each row is, and the rows of each, -1 beyond its end.

    The latter's shape is ``(n_sequences, longest)``.
    """
    starts = np.cumsum(lengths) - lengths
    place = np.arange(lengths.max())
    return np.repeat(np.arange(len(lengths)), lengths), np.where(place < lengths[:, None], starts[:, None] + place, -1)


def _trees(items: Sequence[Window], offsets: Ints) -> Trees:
    heads = np.concatenate(
        [_shifted(w.heads, int(o)) for w, o in zip(items, offsets, strict=False) if w.heads is not None]
    )
    rows: list[NDArray[np.int64]] = []
    for window, offset in zip(items, offsets, strict=False):
        flags = window.labels["senter"]
        words = np.flatnonzero(flags != MISSING)
        starts = np.flatnonzero(flags[words] == 1).tolist()
        bounds = sorted({0, *starts, len(words)})
        rows += [words[a:b] + offset for a, b in pairwise(bounds)]
    longest = max(map(len, rows))
    sentences = np.stack([np.pad(row, (0, longest - len(row)), constant_values=-1) for row in rows])
    place = np.flatnonzero(sentences.ravel() >= 0)
    dependent = sentences.ravel()[place]
    number = np.zeros(int(offsets[-1]), dtype=np.int64)
    number[dependent] = place % longest + 1
    head = heads[dependent]
    return Trees(sentences, place, dependent, head, np.where(head < 0, 0, number[head.clip(0)]))


def _shifted(heads: Ints, offset: int) -> Ints:
    heads = heads.astype(np.int64)
    return np.where(heads < 0, -1, heads + offset)
