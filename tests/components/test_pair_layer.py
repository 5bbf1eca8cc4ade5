"""The gradients of layers of pairs are those of their output."""

import numpy as np
from thinc.api import fix_random_seed

from nlpclaims.components.pair_layer import PairInput, build_product_layer


def test_the_product_of_a_pair_has_the_right_gradients() -> None:
    fix_random_seed(0)
    rng = np.random.default_rng(0)
    model = build_product_layer(3, 4)
    model.initialize()
    vectors = rng.normal(size=(5, 4)).astype(np.float32)
    indices = np.array([0, 3, 3, 2]), np.array([1, 4, 1, 2])
    inputs: PairInput = (vectors, indices, np.zeros((4, 1), dtype=np.int32))
    weight = rng.normal(size=(4, 1)).astype(np.float32)

    scores, backprop = model(inputs, True)
    assert scores.shape == (4, 1)
    assert scores[3] == 0  # paired with itself
    assert np.abs(scores[:3]).min() > 0

    d_vectors = backprop(weight)
    gradients = {name: model.get_grad(name).copy() for name in model.param_names}

    def loss() -> float:
        return float((model.predict(inputs) * weight).sum())

    def slope(array: np.ndarray, place: tuple[int, ...]) -> float:
        step, before = 1e-2, array[place]
        array[place] = before + step
        up = loss()
        array[place] = before - step
        down = loss()
        array[place] = before
        return (up - down) / (2 * step)

    for place in np.ndindex(vectors.shape):
        assert np.isclose(slope(vectors, place), d_vectors[place], atol=1e-3)
    for name, gradient in gradients.items():
        for place in np.ndindex(gradient.shape):
            assert np.isclose(slope(model.get_param(name), place), gradient[place], atol=1e-3), name
