"""``python -m nlpclaims.training.stance_head PIPELINE CORPORA ANNOTATIONS``: go on with the head of stance.

PIPELINE is fresh from ``training.export``; its encoder stays as it is. The head learns from DSE and from what is ours
in ANNOTATIONS (see ``training.stance``), but for a tenth of the articles with claims; words of an article have the
vectors that they have there, as the component will see them. It is trained twice: without a tenth of DSE either, to
calibrate its probabilities on both tenths, then with all of DSE. Needs the ``train`` extra.
"""

import random
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any

import numpy as np
import spacy
import torch
from spacy.language import Language
from torch.nn import functional as F

from nlpclaims.components.decoding import Floats
from nlpclaims.components.stance import class_weights, with_vectors
from nlpclaims.components.stance_model import Views, view
from nlpclaims.training.batches import pair_arrays, to_tensors
from nlpclaims.training.export import fill_stance, read_stance
from nlpclaims.training.network import MINILM, Stance, StancePairs
from nlpclaims.training.prepare import STANCE_WEIGHT_POWER
from nlpclaims.training.stance import DirectedPair, fit_calibration, place, read_claims, read_own, read_part

EPOCHS, BATCH, RATE = 3, 64, 5e-4
CLAIMS = 2
"""How often an epoch reads the targets of claims, which are what the head is for."""
DROPOUT = 0.3


@dataclass(frozen=True)
class Read:
    """The token vectors of what tells of a pair, the views of the pair there, and its class."""

    vectors: Floats
    views: Views
    label: int


def read(pairs: Iterable[DirectedPair], nlp: Language) -> list[Read]:
    """What the head sees of each pair that it can read; a text is read once for all of its pairs."""
    found = []
    for text, some in groupby(pairs, key=attrgetter("text")):
        doc = with_vectors(nlp, nlp.make_doc(text))
        vectors = np.asarray(doc.tensor)
        for each in some:
            placed = place(each, doc)
            if placed is not None:
                ((p_start, p_end), (q_start, q_end)), (low, high) = placed
                pair = ((p_start - low, p_end - low), (q_start - low, q_end - low))
                found.append(Read(vectors[low:high], view([pair], [(0, high - low)]), each.label))
    return found


def train(pipeline: Path, corpora: Path, annotations: Path, *, seed: int = 0) -> None:
    """Further epochs of the head, and its calibration."""
    nlp = spacy.load(pipeline)
    dse = corpora / "stance/dse.train.tsv.gz"
    fit, held_out = (read(read_part(dse, part), nlp) for part in ("fit", "held_out"))
    own = read(read_own(corpora, annotations, random.Random(seed), in_context=True), nlp)
    own += CLAIMS * read(read_claims(corpora, annotations, "fit", in_context=True), nlp)
    unseen = [*held_out, *read(read_claims(corpora, annotations, "held_out", in_context=True), nlp)]
    component: Any = nlp.get_pipe("stance")
    start = Stance(MINILM)
    read_stance(component.model, start)
    component.calibration = fit_calibration(
        _logits(_trained(start, fit, own, seed), unseen), [item.label for item in unseen]
    )
    print(component.calibration, file=sys.stderr)
    fill_stance(component.model, _trained(start, [*fit, *held_out], own, seed))
    nlp.to_disk(pipeline)


def _batch(items: Sequence[Read]) -> tuple[torch.Tensor, StancePairs]:
    """The vectors of several texts, one after the other, and the pairs there."""
    pairs = to_tensors(pair_arrays([item.views for item in items], [len(item.vectors) for item in items]))
    return torch.from_numpy(np.concatenate([item.vectors for item in items])), pairs


def _logits(head: Stance, items: Sequence[Read]) -> Floats:
    """What the head answers, ``(n_items, 5)``."""
    head.eval()
    with torch.no_grad():
        some = (items[first : first + BATCH] for first in range(0, len(items), BATCH))
        return np.concatenate([head(*_batch(batch)).numpy() for batch in some])


def _trained(start: Stance, gold: Sequence[Read], own: Sequence[Read], seed: int) -> Stance:
    """A head that began with the weights of *start*; the classes count by how frequent they are in *gold*."""
    torch.manual_seed(seed)
    rng = random.Random(seed)
    head = Stance(MINILM)
    head.load_state_dict(start.state_dict())
    items = [*gold, *own]
    balance = torch.tensor(class_weights([item.label for item in gold], STANCE_WEIGHT_POWER))
    optimizer = torch.optim.AdamW(head.parameters(), lr=RATE, weight_decay=0.01)
    steps = EPOCHS * -(-len(items) // BATCH)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: 1 - step / steps)
    head.train()
    for epoch in range(EPOCHS):
        rng.shuffle(items)
        total = 0.0
        for first in range(0, len(items), BATCH):
            some = items[first : first + BATCH]
            vectors, pairs = _batch(some)
            labels = torch.tensor([item.label for item in some])
            loss = F.cross_entropy(head(F.dropout(vectors, DROPOUT), pairs), labels, balance)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            total += loss.item() * len(some)
        print(f"epoch {epoch}: {total / len(items):.3f}", file=sys.stderr, flush=True)
    return head


if __name__ == "__main__":
    train(*map(Path, sys.argv[1:4]))
