"""The model of ``components.stance``: what one mention says of another, read off the encoder's vectors of the text.

Each pair is read twice, once from either side, through the same weights, so that the probability of "p positive to q"
is the same whether the pair is given as (p, q) or as (q, p), and what is learned of one direction holds for the other.
For a holder and a target, each token's vector meets those of both mentions and its place between them, neighbours are
mixed, and attention with a maximum gathers the tokens into one vector.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from spacy.tokens import Doc
from spacy.util import registry
from thinc.api import Linear, Model, chain, zero_init

from nlpclaims.components.cue_features import bucket, table_rows
from nlpclaims.components.decoding import Floats
from nlpclaims.components.labelled import over_tok2vec
from nlpclaims.components.pair_layer import build_pair_layer
from nlpclaims.components.pooling import build_maxout, build_mixing, build_pooling, gather

Ints = NDArray[np.int64]

LABELS = ("neutral", "p positive to q", "q positive to p", "p negative to q", "q negative to p")
"""DSE's five classes; the index is the corpus's label."""
REVERSED = [0, 2, 1, 4, 3]
"""The class of (q, p) for each class of (p, q)."""
SCORES = ("neutral", "positive", "negative")
"""What is scored for each direction."""

MAX_DISTANCE = 100
"""A pair with more tokens than this between its mentions is not read."""
SIDE = 32
"""Tokens read at most before the first and after the second mention."""
FEATURE_ROWS = (128, 128, 64, 256)

TokenSpan: TypeAlias = tuple[int, int]
Pair: TypeAlias = tuple[TokenSpan, TokenSpan]


@dataclass(frozen=True)
class Views:
    """The tokens round pairs of mentions, each pair seen from p and then from q; the tokens of a view are contiguous.

    Attributes:
        mentions: start and end of each mention, shape ``(2 * n_pairs, 2)``: p and q of each pair in turn.
        token: index of the token by row, shape ``(n_rows,)``.
        holder: index into ``mentions`` of the one who has the stance, shape ``(n_rows,)``.
        target: index into ``mentions`` of the one whom it is towards, shape ``(n_rows,)``.
        features: rows of the embedding table, shape ``(n_rows, len(FEATURE_ROWS))``.
        lengths: how many rows each view has, shape ``(2 * n_pairs,)``.
    """

    mentions: Ints
    token: Ints
    holder: Ints
    target: Ints
    features: NDArray[np.int32]
    lengths: Ints


def is_readable(pair: Pair) -> bool:
    """Whether the mentions are apart and near enough to each other."""
    (start1, end1), (start2, end2) = sorted(pair)
    return start1 < end1 <= start2 < end2 and start2 - end1 <= MAX_DISTANCE


def view(pairs: Sequence[Pair], bounds: Sequence[tuple[int, int]]) -> Views:
    """The views of *pairs*, which are readable; *bounds* are where what may be read of each begins and ends."""
    mentions = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    lows, highs = np.array(bounds, dtype=np.int64).reshape(-1, 2).T
    first, last = mentions[:, 0].reshape(-1, 2).min(1), mentions[:, 1].reshape(-1, 2).max(1)
    lows, highs = np.maximum(lows, first - SIDE), np.minimum(highs, last + SIDE)
    lengths = np.repeat(highs - lows, 2)
    number = np.repeat(np.arange(len(mentions)), lengths)  # of the view, which is that of its holder
    token = np.arange(len(number)) - np.repeat(np.cumsum(lengths) - lengths, lengths) + np.repeat(lows, 2)[number]
    holder, target = number, number ^ 1
    places = [_place(token, *mentions[which].T) for which in (holder, target)]
    order = (mentions[holder, 0] < mentions[target, 0]).astype(np.int64)
    side = [np.sign(place) for place in places]
    gap = np.repeat(mentions[:, 0].reshape(-1, 2).max(1) - mentions[:, 1].reshape(-1, 2).min(1), 2)[number]
    columns = (
        (bucket(places[0]), order),
        (bucket(places[1]), order),
        (*side, order),
        (*side, order, np.minimum(gap, 8)),
    )
    return Views(mentions, token, holder, target, table_rows(columns, FEATURE_ROWS), lengths)


def _place(token: Ints, start: Ints, end: Ints) -> Ints:
    """How far each token is from a mention, 0 inside, negative before it."""
    return np.where(token < start, token - start, np.maximum(token - end + 1, 0))


@registry.architectures("nlpclaims.DirectedPairModel.v1")
def build_model(
    tok2vec: Model[list[Doc], list[Floats]], hidden_width: int = 96, depth: int = 1
) -> Model[list[Doc], list[Floats]]:
    """Build the layers that the component calls by name.

    These are ``tok2vec``, the layers of ``score``, and ``party``, which scores of each token whether it heads a mention
    that is spoken of as somebody; until that is fitted (see ``training.parties_head``), every one is.
    """
    head = chain(build_maxout(hidden_width, 2 * hidden_width), Linear(len(SCORES), hidden_width))
    layers = {
        "tok2vec": tok2vec,
        "party": Linear(2, tok2vec.get_dim("nO"), init_W=zero_init),
        "pair": build_pair_layer(hidden_width, tok2vec.get_dim("nO"), sum(FEATURE_ROWS), ("token", "holder", "target")),
        "context": build_mixing(hidden_width, depth),
        "pooled": build_pooling(hidden_width),
        "head": head,
    }
    return over_tok2vec("directed_pair", layers)


def score(
    model: Model[list[Doc], list[Floats]], vectors: Floats, views: Views, is_train: bool = False
) -> tuple[Floats, Callable[[Floats], Floats]]:
    """The five logits of each pair of *views* over a document's token vectors, and what takes their gradient back."""
    n = len(vectors)
    means, back_means = _means(vectors, views.mentions)
    index = (views.token, views.holder + n, views.target + n)
    rows, back_pair = model.get_ref("pair")((np.vstack([vectors, means]), index, views.features), is_train)
    gathered, back_gathered = gather(model, rows, views.lengths, is_train)
    scores, back_head = model.get_ref("head")(gathered, is_train)

    def backprop(d_logits: Floats) -> Floats:
        d_vectors: Floats = back_pair(back_gathered(back_head(_spread(d_logits))))
        return d_vectors[:n] + back_means(d_vectors[n:])

    return _combine(scores), backprop


def _combine(scores: Floats) -> Floats:
    """Logits ``(n_pairs, 5)`` of scores ``(2 * n_pairs, 3)``: whoever has no stance adds to neutral."""
    forth, back = scores[::2], scores[1::2]
    return np.stack([forth[:, 0] + back[:, 0], forth[:, 1], back[:, 1], forth[:, 2], back[:, 2]], axis=1)


def _spread(d_logits: Floats) -> Floats:
    d_scores = np.zeros((2 * len(d_logits), len(SCORES)), dtype=d_logits.dtype)
    d_scores[::2] = d_logits[:, [0, 1, 3]]
    d_scores[1::2] = d_logits[:, [0, 2, 4]]
    return d_scores


def _means(vectors: Floats, mentions: Ints) -> tuple[Floats, Callable[[Floats], Floats]]:
    """The mean vector of each mention's tokens."""
    lengths = mentions[:, 1] - mentions[:, 0]
    which = np.repeat(np.arange(len(mentions)), lengths)
    token = np.arange(len(which)) - np.repeat(np.cumsum(lengths) - lengths, lengths) + mentions[which, 0]
    means: Floats = np.add.reduceat(vectors[token], np.cumsum(lengths) - lengths)
    means /= lengths[:, None]

    def backprop(d_means: Floats) -> Floats:
        d_vectors = np.zeros_like(vectors)
        np.add.at(d_vectors, token, (d_means / lengths[:, None])[which])
        return d_vectors

    return means, backprop
