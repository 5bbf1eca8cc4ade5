"""Layers that make one vector of the vectors of a passage's tokens."""

from typing import Any

from thinc.api import (
    Maxout,
    Model,
    ParametricAttention,
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


def build_maxout(width: int, inputs: int) -> Model[Floats, Floats]:
    return Maxout(nO=width, nI=inputs, nP=3, dropout=0.0, normalize=True)
