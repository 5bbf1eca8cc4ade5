"""The model of ``components.stance``: what it reads of a pair of mentions, and how it scores the pair.

Both mentions and every other name are masked before anything is embedded, so a prediction cannot depend on who is
named. Both directions go through the same weights, so that the probability of "p positive to q" is the same whether the
pair is given as (p, q) or as (q, p).
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
from spacy.ml.models.tok2vec import MaxoutWindowEncoder
from spacy.strings import get_string_id
from spacy.tokens import Doc
from spacy.util import registry
from thinc.api import Dropout, HashEmbed, Linear, Maxout, Model, Ragged, chain, concatenate, reduce_max, with_array

LABELS = ("neutral", "p positive to q", "q positive to p", "p negative to q", "q negative to p")
"""DSE's five classes; the index is the corpus's label."""
REVERSED = [0, 2, 1, 4, 3]
"""The class of (q, p) for each class of (p, q)."""

MAX_DISTANCE = 120
"""A pair with more tokens than this between its mentions is not read."""
SIDE, MIDDLE = 20, 40
"""Tokens read at most before the first and after the second mention, and between them."""
SENTENCE_END = frozenset(".!?")
OPENERS = frozenset({".", "!", "?", ":", ";", '"', "“", "‘", "'", "``", "(", "[", "-", "–", "—", "--", "•", "*", "…"})
"""After one of these a capital may be that of a common word."""
WORD_ATTRS: list[int | str] = ["NORM", "PREFIX", "SUFFIX", "SHAPE"]
FAR = 8
"""Places further from a mention than this count the same."""
PLACES = 64

TokenSpan: TypeAlias = tuple[int, int]
Pair: TypeAlias = tuple[TokenSpan, TokenSpan]
Floats: TypeAlias = npt.NDArray[np.float32]


class PairWindow(NamedTuple):
    """What the model reads of one pair: a row of features a token, and the rows of the two mentions in text order."""

    features: npt.NDArray[np.uint64]
    first: int
    second: int


PairModel: TypeAlias = Model[list[PairWindow], Floats]


class Marks(NamedTuple):
    """What the tokens of a document are: (part of) a name, the end of a sentence, whitespace."""

    names: npt.NDArray[np.bool_]
    ends: npt.NDArray[np.bool_]
    spaces: npt.NDArray[np.bool_]

    def words(self, start: int, end: int) -> npt.NDArray[np.int64]:
        """Token indices from *start* to *end* without whitespace, a name of several tokens counted once."""
        tokens = np.flatnonzero(~self.spaces[start:end]) + start
        named = self.names[tokens]
        keep = ~named
        keep[:1] = True
        keep[1:] |= ~named[:-1]
        return tokens[keep]


class PairReader:
    """Turns token spans of a document into masked windows; *words* are lower-case words known not to be names."""

    def __init__(self, words: Iterable[str] = ()):
        self.words = frozenset(get_string_id(word) for word in words)
        self.name = np.array([get_string_id("<name>")] * len(WORD_ATTRS), dtype="uint64")
        self.mention = np.array([get_string_id("<mention>")] * len(WORD_ATTRS), dtype="uint64")

    def windows(self, doc: Doc, pairs: Sequence[Pair]) -> list[PairWindow | None]:
        """One window a pair, ``None`` for a pair that cannot be read; spans may come in either order."""
        if not pairs:
            return []
        features = np.asarray(doc.to_array(WORD_ATTRS), dtype="uint64")
        marks = self._marks(doc)
        features[marks.names] = self.name
        return [self._window(features, marks, pair) for pair in pairs]

    def _marks(self, doc: Doc) -> "Marks":
        marks = Marks(*np.zeros((3, len(doc)), dtype=bool))
        opening = True
        for i, (text, lower) in enumerate(zip([t.text for t in doc], doc.to_array("LOWER").tolist(), strict=True)):
            if text.isspace():
                marks.spaces[i] = True
                marks.ends[i] = "\n" in text
                opening = True
            elif text in OPENERS:
                marks.ends[i] = text in SENTENCE_END
                opening = True
            else:
                marks.names[i] = text[0].isupper() and text != "I" and not (opening and lower in self.words)
                opening = False
        return marks

    def _window(
        self,
        features: npt.NDArray[np.uint64],
        marks: "Marks",
        pair: Pair,
    ) -> PairWindow | None:
        (start1, end1), (start2, end2) = sorted(pair)
        if end1 > start2 or start2 - end1 > MAX_DISTANCE or start1 >= end1 or start2 >= end2:
            return None
        before = _after_last(marks.ends, max(0, start1 - SIDE), start1)
        after = _through_first(marks.ends, end2, min(len(marks.ends), end2 + SIDE))
        left = marks.words(before, start1)
        middle = marks.words(end1, start2)
        if len(middle) > MIDDLE:
            middle = np.concatenate([middle[: MIDDLE // 2], middle[-MIDDLE // 2 :]])
        right = marks.words(end2, after)
        tokens = np.concatenate([left, [start1], middle, [start2], right]).astype(int)
        first, second = len(left), len(left) + 1 + len(middle)
        words = features[tokens]
        words[[first, second]] = self.mention
        place = np.arange(len(tokens))
        places = [np.clip(place - mention, -FAR, FAR) + FAR + 1 for mention in (first, second)]
        return PairWindow(np.column_stack([words, *places]).astype("uint64"), first, second)


def _after_last(ends: npt.NDArray[np.bool_], start: int, end: int) -> int:
    found = np.flatnonzero(ends[start:end])
    return start + int(found[-1]) + 1 if len(found) else start


def _through_first(ends: npt.NDArray[np.bool_], start: int, end: int) -> int:
    found = np.flatnonzero(ends[start:end])
    return start + int(found[0]) + 1 if len(found) else end


@registry.architectures("nlpclaims.DirectedPairCNN.v1")
def build_model(
    *,
    width: int,
    depth: int,
    hidden: int,
    rows: list[int],
    dropout: float,
    word_dropout: float,
) -> PairModel:
    """A convolutional encoder over a window and a head that reads it from either mention's side.

    *rows* are the hash table sizes for norm, prefix, suffix and shape; *word_dropout* is the share of tokens that
    training hides. The output is one row of five logits a window, for its mentions in text order.
    """
    columns = [*rows, PLACES, PLACES]
    embeddings: list[Any] = [HashEmbed(width, size, column=i, seed=i + 1) for i, size in enumerate(columns)]
    mix: Any = Maxout(width, width * len(columns), nP=3, dropout=0.0, normalize=True)
    convolutions: Any = MaxoutWindowEncoder(width=width, window_size=1, maxout_pieces=3, depth=depth)
    dense: Any = Maxout(hidden, 5 * width + 2, nP=3, dropout=0.0, normalize=True)
    encoder: Any = chain(with_array(chain(concatenate(*embeddings), mix)), convolutions)
    head: Any = chain(Dropout(dropout), dense, Dropout(dropout), Linear(len(LABELS), hidden))
    return Model(
        "directed_pair",
        _forward,
        init=_initialize,
        layers=[encoder, head, reduce_max()],
        dims={"nO": len(LABELS)},
        attrs={"word_dropout": word_dropout},
    )


def _initialize(model: PairModel, X: list[PairWindow] | None = None, Y: Floats | None = None) -> None:  # noqa: ARG001
    encoder, head, _ = model.layers
    encoder.initialize(X=[window.features for window in X] if X else None)
    head.initialize()


def _forward(
    model: PairModel, X: list[PairWindow], is_train: bool
) -> tuple[Floats, Callable[[Floats], list[PairWindow]]]:
    encoder, head, pool = model.layers
    ops: Any = model.ops
    arrays = [window.features for window in X]
    if is_train and model.attrs["word_dropout"]:
        arrays = [_hide_words(array, model.attrs["word_dropout"]) for array in arrays]
    vectors, backprop_encoder = encoder(arrays, is_train)
    tokens = np.concatenate(vectors)
    size, width = len(X), tokens.shape[1]
    lengths = np.array([len(array) for array in arrays])
    offsets = np.cumsum(lengths) - lengths
    first = offsets + [window.first for window in X]
    second = offsets + [window.second for window in X]
    # Three stretches a window: up to the first mention, from it to the second, and from there on; none is ever empty.
    starts = np.column_stack([offsets, first, second]).ravel()
    ends = np.column_stack([first + 1, second + 1, offsets + lengths]).ravel()
    members = np.concatenate([np.arange(start, end) for start, end in zip(starts, ends, strict=True)])
    stretches: Any = (ends - starts).astype("int32")
    pooled, backprop_pool = pool(Ragged(tokens[members], stretches), is_train)
    context = pooled.reshape(size, 3 * width)
    order = np.repeat(np.eye(2, dtype="float32"), size, axis=0)
    sides = [[tokens[first], tokens[second]], [tokens[second], tokens[first]]]
    views = np.hstack([np.vstack([context, context]), *(np.vstack(side) for side in sides), order])
    scores, backprop_head = head(views, is_train)

    def backprop(d_logits: Floats) -> list[PairWindow]:
        d_views = backprop_head(np.vstack([d_logits, d_logits[:, REVERSED]]))
        d_context, d_holder, d_target, _ = np.split(d_views, np.cumsum([3 * width, width, width]), axis=1)
        d_pooled = (d_context[:size] + d_context[size:]).reshape(3 * size, width)
        d_tokens = ops.alloc2f(*tokens.shape)
        ops.scatter_add(d_tokens, members.astype("int32"), backprop_pool(d_pooled).dataXd)
        # No two windows share a row, and a window's mentions are two rows: plain indexing adds each gradient once.
        d_tokens[first] += d_holder[:size] + d_target[size:]
        d_tokens[second] += d_target[:size] + d_holder[size:]
        backprop_encoder(np.split(d_tokens, offsets[1:]))
        return []

    return scores[:size] + scores[size:][:, REVERSED], backprop


def _hide_words(array: npt.NDArray[np.uint64], share: float) -> npt.NDArray[np.uint64]:
    array = array.copy()
    array[np.random.random(len(array)) < share, : len(WORD_ATTRS)] = 0
    return array
