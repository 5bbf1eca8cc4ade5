"""Training examples for the network as arrays: stretches of documents, and how they are gathered into batches.

``training.readers`` makes them from annotated documents, ``training.batches`` puts them side by side. A missing
annotation has the label ``MISSING`` and adds nothing to the loss.
"""

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from nlpclaims.components.cue_features import Pairs
from nlpclaims.components.wordpieces import Pieces

MISSING = -100
WINDOW = 318
"""Word pieces that are read at once, without the two that open and close them."""
MOST_CANDIDATES = 60
POOL = 2000
"""So many windows at a time are sorted by their lengths, for batches of windows of about one length."""
Ints = NDArray[np.int64]


class Specials(NamedTuple):
    """Ids of the pieces that open a window, close it, and stand for a hidden one."""

    first: int
    last: int
    mask: int


@dataclass(frozen=True)
class Links:
    """The anaphors of a window and the mentions before them.

    Attributes:
        anaphor: index of each anaphor's head, shape ``(n_anaphors,)``.
        candidates: heads of the mentions before it, the nearest first, shapes ``(n_candidates,)``.
        right: whether each candidate, and before them all none of them, is what it refers to; ``None`` if unknown.
    """

    anaphor: Ints
    candidates: list[Ints]
    right: list[NDArray[np.bool_]] | None


@dataclass(frozen=True)
class Roles:
    """Pairs of a cue and a token, and the role of each token to its cue, ``MISSING`` where it has none to have."""

    pairs: Pairs
    roles: Ints


@dataclass(frozen=True)
class Stances:
    """Pairs of mentions.

    Attributes:
        pairs: start and end of p and of q, shape ``(n_pairs, 2, 2)``.
        parts: from where to where the text tells of each pair, shape ``(n_pairs, 2)``.
        classes: how one stands to the other, see ``stance_model.LABELS``; ``MISSING`` if unknown, ``(n_pairs,)``.
    """

    pairs: Ints
    parts: Ints
    classes: Ints

    def between(self, start: int, end: int) -> "Stances | None":
        """Those that are told of from *start* to *end*, if any."""
        here = (self.parts[:, 0] >= start) & (self.parts[:, 1] <= end)
        if not here.any():
            return None
        return Stances(self.pairs[here] - start, self.parts[here] - start, self.classes[here])


@dataclass(frozen=True)
class Window:
    """A stretch of a document.

    Attributes:
        pieces: its word pieces.
        n_words: how many words they belong to.
        labels: numbers by layer, shapes ``(n_words,)``; "senter" is also where the sentences of ``heads`` begin.
        heads: each word's head, -1 for a root, shape ``(n_words,)``.
        is_gold: whether the labels are to be learned; otherwise there is a teacher to learn from alone.
    """

    pieces: Pieces
    n_words: int
    labels: Mapping[str, Ints] = field(default_factory=dict)
    heads: Ints | None = None
    roles: Roles | None = None
    links: Links | None = None
    stances: Stances | None = None
    is_gold: bool = True

    @property
    def n_pieces(self) -> int:
        return len(self.pieces.ids)

    def window(self) -> "Window":
        return self


@dataclass(frozen=True)
class Referents:
    """What the mentions of a document refer to, as far as it is known.

    Attributes:
        mentions: heads of what can be referred to, in their order.
        anaphors: heads of what refers to something.
        clusters: the entity that a mention's head stands for; without any, nothing is known.
    """

    mentions: Ints
    anaphors: Sequence[int]
    clusters: Mapping[int, str]

    def between(self, start: int, end: int) -> Links | None:
        """What the anaphors from *start* to *end* refer to in there, of the ``MOST_CANDIDATES`` mentions before."""
        anaphors, candidates, right = [], [], []
        for i in self.anaphors:
            before = self.mentions[(self.mentions >= start) & (self.mentions < i)][::-1][:MOST_CANDIDATES]
            if start < i < end and len(before):
                anaphors.append(i - start)
                candidates.append(before - start)
                if self.clusters:
                    same = np.array([self.clusters.get(j) == self.clusters[i] for j in before.tolist()])
                    right.append(np.concatenate([[not same.any()], same]))
        if not anaphors:
            return None
        return Links(np.array(anaphors, dtype=np.int64), candidates, right if self.clusters else None)


@dataclass(frozen=True)
class Article:
    """A whole document, which is cut into windows at other places each time; ``whole.roles`` is sorted by cue."""

    whole: Window
    referents: Referents
    stances: Stances | None = None

    def cuts(self, rng: random.Random | None = None) -> Iterator["Cut"]:
        """Stretches of at most ``WINDOW`` pieces, cut where chance, or without *rng* the limit alone, has it."""
        n = self.whole.n_words
        for start, end in ranges(self.whole.pieces, range(n), n, rng):
            first, last = np.searchsorted(self.whole.pieces.word, [start, end])
            yield Cut(self, start, end, int(last - first))


@dataclass(frozen=True)
class Cut:
    """The words from *start* to *end* of an article."""

    article: Article
    start: int
    end: int
    n_pieces: int

    def window(self) -> Window:
        whole, start, end = self.article.whole, self.start, self.end
        return Window(
            slice_pieces(whole.pieces, start, end),
            end - start,
            {layer: values[start:end] for layer, values in whole.labels.items()},
            roles=whole.roles and slice_roles(whole.roles, start, end),
            links=self.article.referents.between(start, end),
            stances=self.article.stances and self.article.stances.between(start, end),
        )


Part: TypeAlias = Window | Cut
"""What a batch is gathered from."""


@dataclass(frozen=True)
class Source:
    """Where the windows of a kind come from: articles to be cut anew each time, or ready versions of windows."""

    articles: Sequence[Article] = ()
    versions: Sequence[Sequence[Window]] = ()

    def parts(self, time: int, rng: random.Random) -> list[Part]:
        """All windows for the *time*-th pass over them."""
        cuts = [cut for article in self.articles for cut in article.cuts(rng)]
        return [*cuts, *(self.versions[time % len(self.versions)] if self.versions else ())]


def slice_roles(roles: Roles, start: int, end: int) -> Roles | None:
    """The pairs whose cue and token are between *start* and *end*, if any."""
    pairs = roles.pairs
    bounds = np.cumsum([0, *pairs.lengths])
    here = (pairs.token >= start) & (pairs.token < end)
    here &= (pairs.cue_head >= start) & (pairs.cue_head < end)
    if not here.any():
        return None
    lengths = np.add.reduceat(here, bounds[:-1]).astype(np.int64)
    inside = Pairs(
        pairs.cue[here],
        pairs.token[here] - start,
        pairs.cue_head[here] - start,
        pairs.in_cue[here],
        pairs.features[here],
        lengths[lengths > 0],
    )
    return Roles(inside, roles.roles[here])


def ranges(
    pieces: Pieces, starts: Sequence[int], n: int, rng: random.Random | None = None
) -> Iterator[tuple[int, int]]:
    """Token ranges of at most ``WINDOW`` pieces that begin at *starts* where one is near enough."""
    first = np.searchsorted(pieces.word, np.arange(n + 1))  # the first piece of each token
    places = np.array([*starts, n])
    start = 0
    limit = rng.randint(WINDOW // 4, WINDOW) if rng else WINDOW
    while start < n:
        last = int(np.searchsorted(first, first[start] + limit, "right")) - 1
        last = min(max(last, start + 1), n)
        snapped = int(places[np.searchsorted(places, last, "right") - 1])
        end = snapped if snapped > start else last
        if first[end] > first[start]:
            yield start, end
        start, limit = end, WINDOW


def slice_pieces(pieces: Pieces, start: int, end: int) -> Pieces:
    a, b = np.searchsorted(pieces.word, [start, end])
    return Pieces(pieces.ids[a:b], pieces.marks[a:b], pieces.word[a:b] - start)


def batches(items: Iterable[Part], size: int, rng: random.Random) -> list[list[Part]]:
    """Shuffle *items* into batches of at most *size* pieces with padding, of items of about one length."""
    pool = list(items)
    rng.shuffle(pool)
    found: list[list[Part]] = []
    for first in range(0, len(pool), POOL):
        batch: list[Part] = []
        for item in sorted(pool[first : first + POOL], key=lambda part: part.n_pieces):
            if batch and (len(batch) + 1) * (item.n_pieces + 2) > size:
                found.append(batch)
                batch = []
            batch.append(item)
        found.append(batch)
    rng.shuffle(found)
    return found
