"""The model of ``components.acts``: what an attribution does, read off its words.

Each token of the attribution's source, cue and content, and of what stands beside the cue, meets the vector of the
cue's head and its own place; neighbours are mixed, and attention with a maximum gathers the tokens into one vector.
That and the cue's own are what is judged.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from spacy.tokens import Doc, Span
from spacy.util import registry
from thinc.api import Dropout, Linear, Model, chain

from nlpclaims.components.attribution import Attribution, get_attributions
from nlpclaims.components.cue_features import bucket, table_rows
from nlpclaims.components.decoding import Floats
from nlpclaims.components.labelled import over_tok2vec
from nlpclaims.components.pair_layer import build_pair_layer
from nlpclaims.components.pooling import build_maxout, build_mixing, build_pooling, gather
from nlpclaims.records import ACTIONS, COMMITMENTS

Ints = NDArray[np.int64]

ACTION_LABELS = ("", *ACTIONS)
"""The empty one is for attributions that are no such action."""
LAYERS: Mapping[str, Sequence[str]] = {"action": ACTION_LABELS, "commitment": COMMITMENTS}

BESIDE = 8
"""How many tokens of its sentence are read on either side of the cue, whatever their role."""
LENGTH = 96
"""How many tokens of an attribution are read, the nearest to its cue."""
NONE, SOURCE, CUE, CONTENT = 1, 2, 3, 4
FEATURE_ROWS = (16, 256)


@dataclass(frozen=True)
class Views:
    """What is read of attributions; the tokens of each are contiguous.

    Attributes:
        heads: index of each cue's head, shape ``(n_cues,)``.
        token: index of the token by row, shape ``(n_rows,)``.
        cue: index of the cue's head by row, shape ``(n_rows,)``.
        features: rows of the embedding table, shape ``(n_rows, len(FEATURE_ROWS))``.
        lengths: how many rows each attribution has, shape ``(n_cues,)``.
    """

    heads: Ints
    token: Ints
    cue: Ints
    features: NDArray[np.int32]
    lengths: Ints


def view(doc: Doc, cues: Sequence[Span]) -> Views:
    """The views of *cues*, each as that of the attribution of *doc* that it is the cue of, or else by itself."""
    cue_of = {i: a for a in get_attributions(doc) if a.cue is not None for i in range(a.cue.start, a.cue.end)}
    sentence = np.cumsum(doc.to_array("SENT_START").astype(np.int64) == 1)
    heads = np.array([cue.root.i for cue in cues], dtype=np.int64)
    read = [_read(cue, cue_of.get(head), head, sentence) for cue, head in zip(cues, heads.tolist(), strict=True)]
    lengths = np.array([len(tokens) for tokens, _ in read], dtype=np.int64)
    token, role = (np.concatenate(part) for part in zip(*read, strict=True))
    cue = np.repeat(heads, lengths)
    return Views(heads, token, cue, table_rows(((role,), (bucket(token - cue),)), FEATURE_ROWS), lengths)


def _read(cue: Span, attribution: Attribution | None, head: int, sentence: Ints) -> tuple[Ints, Ints]:
    """The tokens that are read of an attribution, with the role of each."""
    roles = np.zeros(len(sentence), dtype=np.int64)
    beside = slice(max(head - BESIDE, 0), head + BESIDE + 1)
    roles[beside] = np.where(sentence[beside] == sentence[head], NONE, 0)
    if attribution is not None:
        for span in attribution.content:
            roles[span.start : span.end] = CONTENT
        if attribution.source is not None:
            roles[attribution.source.start : attribution.source.end] = SOURCE
    roles[cue.start : cue.end] = CUE
    tokens = np.flatnonzero(roles)
    nearest = np.argsort(np.abs(tokens - head), kind="stable")[:LENGTH]
    tokens = np.sort(tokens[nearest])
    return tokens, roles[tokens]


@registry.architectures("nlpclaims.ActModel.v2")
def build_act_model(
    tok2vec: Model[list[Doc], list[Floats]], hidden_width: int = 64, depth: int = 1
) -> Model[list[Doc], list[Floats]]:
    """Build the layers that the component calls by name: ``tok2vec``, the layers of ``score``, and those of LAYERS."""
    width = tok2vec.get_dim("nO")
    layers: dict[str, Model[Any, Any]] = {
        "tok2vec": chain(tok2vec, Dropout(0.0)),
        "pair": build_pair_layer(hidden_width, width, sum(FEATURE_ROWS)),
        "context": build_mixing(hidden_width, depth),
        "pooled": build_pooling(hidden_width),
        "hidden": build_maxout(hidden_width, 2 * hidden_width),
    }
    layers |= {name: Linear(len(labels), hidden_width + width) for name, labels in LAYERS.items()}
    return over_tok2vec("acts", layers)


def score(
    model: Model[list[Doc], list[Floats]], vectors: Floats, views: Views, is_train: bool = False
) -> tuple[dict[str, Floats], Callable[[Mapping[str, Floats]], Floats]]:
    """By layer the scores of each cue's labels, and what takes their gradients back, over a document's vectors."""
    rows, back_pair = model.get_ref("pair")((vectors, (views.token, views.cue), views.features), is_train)
    gathered, back_gathered = gather(model, rows, views.lengths, is_train)
    hidden, back_hidden = model.get_ref("hidden")(gathered, is_train)
    inputs = np.hstack([hidden, vectors[views.heads]])
    outputs = {name: model.get_ref(name)(inputs, is_train) for name in LAYERS}

    def backprop(d_scores: Mapping[str, Floats]) -> Floats:
        d_inputs = sum(back(d_scores[name]) for name, (_, back) in outputs.items())
        d_hidden = np.ascontiguousarray(d_inputs[:, : hidden.shape[1]])
        d_vectors: Floats = back_pair(back_gathered(back_hidden(d_hidden)))
        np.add.at(d_vectors, views.heads, d_inputs[:, hidden.shape[1] :])
        return d_vectors

    return {name: scores for name, (scores, _) in outputs.items()}, backprop
