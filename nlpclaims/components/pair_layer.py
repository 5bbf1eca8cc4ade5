"""Layers of models of pairs: a token and what it is paired with become one vector, or one score."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from thinc.api import Model
from thinc.initializers import glorot_uniform_init, zero_init

from nlpclaims.components.decoding import Floats

PairInput = tuple[Floats, Sequence[NDArray[np.int64]], NDArray[np.int32]]
"""Vectors; for each part of a pair the index of its vector, shape ``(n_pairs,)``; rows of features by pair."""


def build_pair_layer(
    hidden_width: int, width: int, rows: int, parts: tuple[str, ...] = ("token", "cue")
) -> Model[PairInput, Floats]:
    """A layer that adds up a projection of the vector of each of the *parts* and embeddings of the pair's features.

    *rows* is how many embeddings of features there are.
    """
    return Model(
        "pair",
        _forward,
        init=_initialize,
        dims={"nO": hidden_width, "nI": width, "nF": rows},
        params=dict.fromkeys((*parts, "bias", "features")),
        attrs={"parts": list(parts)},
    )


def _initialize(model: Model[PairInput, Floats], X: object = None, Y: object = None) -> None:  # noqa: ARG001
    hidden, width = model.get_dim("nO"), model.get_dim("nI")
    for name in model.attrs["parts"]:
        model.set_param(name, glorot_uniform_init(model.ops, (hidden, width)))
    model.set_param("bias", zero_init(model.ops, (hidden,)))
    model.set_param("features", glorot_uniform_init(model.ops, (model.get_dim("nF"), hidden)))


def _forward(
    model: Model[PairInput, Floats],
    inputs: PairInput,
    is_train: bool,  # noqa: ARG001
) -> tuple[Floats, Callable[[Floats], Floats]]:
    vectors, indices, features = inputs
    ops = model.ops
    parts = [(name, model.get_param(name), index) for name, index in zip(model.attrs["parts"], indices, strict=True)]
    table = model.get_param("features")
    hidden = ops.gather_add(table, features)
    for _, weights, index in parts:
        hidden += ops.gemm(vectors, weights, trans2=True)[index]
    hidden += model.get_param("bias")

    def backprop(d_hidden: Floats) -> Floats:
        d_table = ops.alloc2f(*table.shape)
        for column in range(features.shape[1]):
            ops.scatter_add(d_table, np.ascontiguousarray(features[:, column]), d_hidden)
        model.inc_grad("features", d_table)
        model.inc_grad("bias", d_hidden.sum(axis=0))
        d_vectors: Floats = ops.alloc2f(*vectors.shape)
        for name, _, index in parts:
            d_vectors += _project_back(model, name, vectors, index, d_hidden)
        return d_vectors

    return hidden, backprop


def _project_back(
    model: Model[PairInput, Floats], name: str, vectors: Floats, index: NDArray[np.int64], d_projected: Floats
) -> Floats:
    """The gradient of the vectors by that of their projection in pairs, ``(n_pairs, nO)``; adds the weights' own."""
    ops = model.ops
    d_all = ops.alloc2f(vectors.shape[0], d_projected.shape[1])
    ops.scatter_add(d_all, index.astype(np.int32), d_projected)
    model.inc_grad(name, ops.gemm(d_all, vectors, trans1=True))
    d_vectors: Floats = ops.gemm(d_all, model.get_param(name))
    return d_vectors


def build_product_layer(
    hidden_width: int, width: int, parts: tuple[str, str] = ("token", "cue")
) -> Model[PairInput, Floats]:
    """A layer that scores a pair by the product of a projection of each of its *parts*, ``(n_pairs, 1)``.

    What is paired with itself scores 0.
    """
    return Model(
        "product",
        _multiply,
        init=_initialize_product,
        dims={"nO": 1, "nI": width, "nH": hidden_width},
        params=dict.fromkeys(f"{part}_{name}" for part in parts for name in ("weights", "bias")),
        attrs={"parts": list(parts)},
    )


def _initialize_product(model: Model[PairInput, Floats], X: object = None, Y: object = None) -> None:  # noqa: ARG001
    hidden, width = model.get_dim("nH"), model.get_dim("nI")
    for part in model.attrs["parts"]:
        model.set_param(f"{part}_weights", glorot_uniform_init(model.ops, (hidden, width)))
        model.set_param(f"{part}_bias", zero_init(model.ops, (hidden,)))


def _multiply(
    model: Model[PairInput, Floats],
    inputs: PairInput,
    is_train: bool,  # noqa: ARG001
) -> tuple[Floats, Callable[[Floats], Floats]]:
    vectors, indices, _ = inputs
    ops, names = model.ops, model.attrs["parts"]
    weights = [model.get_param(f"{name}_weights") for name in names]
    biases = [model.get_param(f"{name}_bias") for name in names]
    sides = [
        (ops.gemm(vectors, w, trans2=True) + b)[index] for w, b, index in zip(weights, biases, indices, strict=True)
    ]
    scale = (indices[0] != indices[1])[:, None] * np.float32(model.get_dim("nH") ** -0.5)
    scores: Floats = (sides[0] * sides[1]).sum(axis=1, keepdims=True) * scale

    def backprop(d_scores: Floats) -> Floats:
        d_vectors: Floats = ops.alloc2f(*vectors.shape)
        for name, index, other in zip(names, indices, reversed(sides), strict=True):
            d_side = d_scores * scale * other
            model.inc_grad(f"{name}_bias", d_side.sum(axis=0))
            d_vectors += _project_back(model, f"{name}_weights", vectors, index, d_side)
        return d_vectors

    return scores, backprop
