"""Scores of the network while it learns: in per cent, given gold words, sentences and cues.

They tell one state of a run from another; how good a pipeline is, ``nlpclaims evaluate`` says.
"""

import itertools
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
import torch
from torch import Tensor

from nlpclaims.components.attribution_model import CUE_LABELS, ROLE_LABELS
from nlpclaims.components.decoding import best_labels, log_softmax, spans_of
from nlpclaims.components.entities import OTHER
from nlpclaims.components.stance import label_scores
from nlpclaims.training.batches import Batch, collate, to_tensors
from nlpclaims.training.losses import Scores, answers
from nlpclaims.training.material import Labels
from nlpclaims.training.network import CuePairs, Network
from nlpclaims.training.windows import MISSING, Ints, Specials, Window

WINDOWS_AT_ONCE = 32
LAYERS = ("tag", "lemma", "senter", "action", "commitment")


@torch.no_grad()
def rough_scores(network: Network, items: Sequence[Window], specials: Specials, labels: Labels) -> dict[str, float]:
    """The score of each layer that windows of one kind have labels for."""
    network.eval()
    device = next(network.parameters()).device.type
    found = _Scores({"ner": tuple(labels.ner), "cue": CUE_LABELS})
    by_length = sorted(items, key=lambda window: window.n_pieces)
    for first in range(0, len(items), WINDOWS_AT_ONCE):
        batch = to_tensors(collate(by_length[first : first + WINDOWS_AT_ONCE], specials), device)
        layers = [layer for layer in batch.labels if layer in network.linear]
        with torch.autocast(device, torch.bfloat16):
            scores = answers(network, batch, batch.ids, layers)
        if batch.trees is not None:
            scores |= _trees(network, scores["vector"], batch)
        batch = to_tensors(batch, "cpu")
        found.add(batch, {layer: values.float().cpu() for layer, values in scores.items()})
    network.train()
    return found.percentages()


def _trees(network: Network, words: Tensor, batch: Batch) -> Scores:
    """The head of each word that the network takes for the likeliest, and the relation to that."""
    trees = batch.trees
    assert trees is not None
    best = network.parser.arcs(words, trees.sentences).argmax(-1)
    rows = torch.cat([torch.full_like(best[:, :1], -1), trees.sentences], 1)
    heads = rows.gather(1, best).flatten()[trees.place]
    return {"head": heads, "relation": network.parser.labels(words, trees.dependent, heads).argmax(-1)}


class _Scores:
    def __init__(self, names: Mapping[str, tuple[str, ...]]) -> None:
        self.names = names
        self.right: Counter[str] = Counter()
        self.total: Counter[str] = Counter()
        self.classes: list[tuple[int, int]] = []

    def percentages(self) -> dict[str, float]:
        found = {name: self.right[name] / n for name, n in self.total.items() if n}
        if self.classes:
            scores = label_scores(*zip(*self.classes, strict=True))
            found |= {name: scores[f"stance_{name}_f"] for name in ("micro", "macro")}
        return {name: round(100 * share, 1) for name, share in found.items()}

    def add(self, batch: Batch, scores: Scores) -> None:
        for layer in LAYERS:
            if layer in batch.labels:
                known = batch.labels[layer] != MISSING
                self._count(layer, scores[layer].argmax(-1)[known] == batch.labels[layer][known])
        for layer, names in self.names.items():
            if layer in batch.labels:
                self._spans(layer, names, scores[layer], batch.labels[layer].numpy())
        if batch.trees is not None:
            heads = scores["head"] == batch.trees.head
            self._count("uas", heads)
            self._count("las", heads & (scores["relation"] == batch.labels["dep"][batch.trees.dependent]))
        if batch.cues is not None and batch.roles is not None:
            self._roles(batch.cues, scores["pair"], batch.roles.numpy())
        if batch.links is not None and batch.links.right is not None:
            self._count("link", batch.links.right.gather(1, scores["link"].argmax(1, keepdim=True)))
        if batch.stance is not None:
            self.classes += zip(batch.stance.tolist(), scores["stance"].argmax(1).tolist(), strict=True)

    def _count(self, name: str, right: Tensor) -> None:
        self.right[name] += int(right.sum())
        self.total[name] += right.numel()

    def _spans(self, layer: str, names: tuple[str, ...], scores: Tensor, gold: Ints) -> None:
        logs = log_softmax(scores.numpy())
        logs[gold == MISSING] = [0.0, *[-99.0] * (len(names) - 1)]
        found = spans_of(best_labels([logs], names)[0], names), spans_of(_opened(gold), names)
        ours, theirs = ({span for span in spans if span[2] != OTHER} for spans in found)
        self.right[layer] += 2 * len(ours & theirs)
        self.total[layer] += len(ours) + len(theirs)

    def _roles(self, pairs: CuePairs, scores: Tensor, gold: Ints) -> None:
        bounds = np.flatnonzero(np.diff(pairs.sequence.numpy(), prepend=-1, append=pairs.count))
        by_cue = [log_softmax(scores[a:b].numpy()) for a, b in itertools.pairwise(bounds)]
        for tags, a, b in zip(best_labels(by_cue, ROLE_LABELS), bounds[:-1], bounds[1:], strict=True):
            for role in ("source", "content"):
                ours, theirs = (_places(of, role) for of in (tags, _opened(gold[a:b])))
                if ours or theirs:
                    self.right[f"{role} given cue"] += ours == theirs
                    self.total[f"{role} given cue"] += 1


def _places(labels: Ints, role: str) -> set[int]:
    return {i for start, end, kind in spans_of(labels, ROLE_LABELS) if kind == role for i in range(start, end)}


def _opened(gold: Ints) -> Ints:
    """Gold labels in which a span that the window's edge or a gap cut begins anew."""
    labels = np.maximum(gold, 0)
    cut = (labels > 0) & (labels % 2 == 0) & (np.concatenate([[0], labels[:-1]]) == 0)
    opened: Ints = labels - cut
    return opened
