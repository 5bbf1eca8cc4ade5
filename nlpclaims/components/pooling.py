"""Layers that make one vector of the vectors of a passage's tokens."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from thinc.api import (
    Maxout,
    Model,
    ParametricAttention,
    Ragged,
    chain,
    clone,
    concatenate,
    expand_window,
    reduce_max,
    reduce_sum,
    residual,
    with_array,
)

from nlpclaims.components.decoding import Floats


def build_mixing(hidden_width: int, depth: int) -> Model[list[Floats], list[Floats]]:
    """Layers over the tokens of each passage, the last *depth* of which mix neighbours."""
    mixing = residual(chain(expand_window(window_size=1), build_maxout(hidden_width, hidden_width * 3)))
    return with_array(chain(build_maxout(hidden_width, hidden_width), clone(mixing, depth)), pad=depth)


def build_pooling(hidden_width: int) -> Model[Any, Any]:
    """Attention (Raffel and Ellis 2015) beside a maximum: twice *hidden_width* for each passage of a ``Ragged``."""
    return concatenate(chain(ParametricAttention(hidden_width), reduce_sum()), reduce_max())


def gather(
    model: Model[Any, Any], rows: Floats, lengths: NDArray[np.int64], is_train: bool
) -> tuple[Floats, Callable[[Floats], Floats]]:
    """One vector for each passage by the model's layers ``context`` and ``pooled``, and what takes its gradient back.

    Args:
        rows: vectors of the tokens of all passages, one after the other, shape ``(n_rows, hidden_width)``.
        lengths: how many rows each passage has.
    """
    ends = np.cumsum(lengths)[:-1]
    mixed, back_context = model.get_ref("context")(np.split(rows, ends), is_train)
    counts: Any = lengths.astype(np.int32)
    gathered, back_pooled = model.get_ref("pooled")(Ragged(np.concatenate(mixed), counts), is_train)

    def backprop(d_gathered: Floats) -> Floats:
        d_mixed = back_pooled(d_gathered).dataXd
        d_rows: Floats = np.concatenate(back_context(np.split(d_mixed, ends)))
        return d_rows

    return gathered, backprop


def build_maxout(width: int, inputs: int) -> Model[Floats, Floats]:
    return Maxout(nO=width, nI=inputs, nP=3, dropout=0.0, normalize=True)
