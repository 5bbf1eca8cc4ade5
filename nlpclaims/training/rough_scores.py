"""Scores of the network while it learns: in per cent, given gold words, sentences and cues.

They tell one state of a run from another; how good a pipeline is, ``nlpclaims evaluate`` says.
"""

import itertools
from collections import Counter
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from nlpclaims.components.attribution_model import CUE_LABELS, ROLE_LABELS
from nlpclaims.components.decoding import best_labels, log_softmax, spans_of
from nlpclaims.components.entities import OTHER
from nlpclaims.components.stance import label_scores
from nlpclaims.components.wordpieces import PieceReader
from nlpclaims.training.network import Network
from nlpclaims.training.windows import MISSING, Batch, Ints, Labels, Window, collate

WINDOWS_AT_ONCE = 8


@torch.no_grad()
def rough_scores(network: Network, items: Sequence[Window], reader: PieceReader, labels: Labels) -> dict[str, float]:
    """The score of each layer that windows of one kind have labels for."""
    network.eval()
    found = _Scores(network, labels)
    for first in range(0, len(items), WINDOWS_AT_ONCE):
        batch = collate(items[first : first + WINDOWS_AT_ONCE], reader)
        with torch.autocast("cpu", torch.bfloat16):
            words = network.words(batch.ids, batch.marks, batch.mask, batch.place, batch.word, batch.n_words)
        for add in (found.words, found.spans, found.trees, found.roles, found.links, found.stances):
            add(batch, words)
    network.train()
    return found.percentages()


class _Scores:
    def __init__(self, network: Network, labels: Labels) -> None:
        self.network = network
        self.names = {"ner": tuple(labels.ner), "cue": CUE_LABELS}
        self.right: Counter[str] = Counter()
        self.total: Counter[str] = Counter()
        self.classes: list[tuple[int, int]] = []

    def percentages(self) -> dict[str, float]:
        found = {name: self.right[name] / n for name, n in self.total.items() if n}
        if self.classes:
            scores = label_scores(*zip(*self.classes, strict=True))
            found |= {name: scores[f"stance_{name}_f"] for name in ("micro", "macro")}
        return {name: round(100 * share, 1) for name, share in found.items()}

    def _count(self, name: str, right: int, total: int) -> None:
        self.right[name] += right
        self.total[name] += total

    def words(self, batch: Batch, words: Tensor) -> None:
        for layer in ("tag", "lemma", "senter", "action", "commitment"):
            if layer in batch.labels:
                known = batch.labels[layer] != MISSING
                same = self.network.linear[layer](words).argmax(-1) == batch.labels[layer]
                self._count(layer, int(same[known].sum()), int(known.sum()))

    def spans(self, batch: Batch, words: Tensor) -> None:
        for layer, names in self.names.items():
            if layer in batch.labels and (batch.labels[layer] != MISSING).any():
                scores = log_softmax(self.network.linear[layer](words).numpy())
                gold = batch.labels[layer].numpy()
                scores[gold == MISSING] = [0.0, *[-99.0] * (len(names) - 1)]
                found = spans_of(best_labels([scores], names)[0], names), spans_of(_opened(gold), names)
                ours, theirs = ({span for span in spans if span[2] != OTHER} for spans in found)
                self._count(layer, 2 * len(ours & theirs), len(ours) + len(theirs))

    def trees(self, batch: Batch, words: Tensor) -> None:
        if batch.sentences is None or batch.heads is None:
            return
        there = batch.sentences >= 0
        dependents = batch.sentences[there]
        best = self.network.parser.arcs(words, batch.sentences).argmax(-1)
        heads = torch.cat([torch.full((len(best), 1), -1), batch.sentences], 1).gather(1, best)[there]
        relations = self.network.parser.labels(words, dependents, heads).argmax(-1)
        same = heads == batch.heads[dependents]
        self._count("uas", int(same.sum()), len(same))
        self._count("las", int((same & (relations == batch.labels["dep"][dependents])).sum()), len(same))

    def roles(self, batch: Batch, words: Tensor) -> None:
        if batch.token is None or batch.roles is None or batch.lengths is None:
            return
        scores = self.network.roles(words, batch.token, batch.cue, batch.features, batch.lengths)
        bounds = np.cumsum([0, *batch.lengths.tolist()])
        by_cue = [log_softmax(scores[a:b].numpy()) for a, b in itertools.pairwise(bounds)]
        gold = batch.roles.numpy()
        for tags, a, b in zip(best_labels(by_cue, ROLE_LABELS), bounds[:-1], bounds[1:], strict=True):
            for role in ("source", "content"):
                ours, theirs = (_places(of, role) for of in (tags, _opened(gold[a:b])))
                if ours or theirs:
                    self._count(f"{role} given cue", int(ours == theirs), 1)

    def links(self, batch: Batch, words: Tensor) -> None:
        if batch.links is not None and batch.right is not None:
            best = self.network.antecedents(words, *batch.links).argmax(1, keepdim=True)
            self._count("link", int(batch.right.gather(1, best).sum()), len(best))

    def stances(self, batch: Batch, words: Tensor) -> None:
        if batch.stances is not None and batch.stance_labels is not None:
            best = self.network.stance(words, batch.stances).argmax(1)
            self.classes += zip(batch.stance_labels.tolist(), best.tolist(), strict=True)


def _places(labels: Ints, role: str) -> set[int]:
    return {i for start, end, kind in spans_of(labels, ROLE_LABELS) if kind == role for i in range(start, end)}


def _opened(gold: Ints) -> Ints:
    """Gold labels in which a span that the window's edge or a gap cut begins anew."""
    labels = np.maximum(gold, 0)
    cut = (labels > 0) & (labels % 2 == 0) & (np.concatenate([[0], labels[:-1]]) == 0)
    opened: Ints = labels - cut
    return opened
