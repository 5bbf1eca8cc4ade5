"""Fit a linear layer to vectors that stay as they are."""

import sys
from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

DROPOUT = 0.3


def fit(
    layer: nn.Linear,
    inputs: Tensor,
    truth: Tensor,
    *,
    epochs: int,
    batch: int,
    rate: float,
    labels: Sequence[int] | None = None,
) -> None:
    """Learn the class of each row of *inputs* by cross-entropy.

    Args:
        inputs: vectors, shape ``(n, width)``.
        truth: the number of each one's class, shape ``(n,)``.
        labels: the classes whose weights are learned; those of the others stay as they are. All, where it is missing.
    """
    learned = torch.ones(layer.out_features) if labels is None else torch.zeros(layer.out_features)
    learned[list(labels or ())] = 1
    layer.weight.register_hook(lambda gradient: gradient * learned[:, None])
    assert layer.bias is not None
    layer.bias.register_hook(lambda gradient: gradient * learned)
    decay = 0.01 if labels is None else 0.0
    optimizer = torch.optim.AdamW(layer.parameters(), lr=rate, weight_decay=decay)
    steps = epochs * -(-len(inputs) // batch)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: 1 - step / steps)
    for _ in range(epochs):
        for some in torch.randperm(len(inputs)).split(batch):
            loss = F.cross_entropy(layer(F.dropout(inputs[some], DROPOUT)), truth[some])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
    print(f"last loss {loss.item():.3f}", file=sys.stderr)
