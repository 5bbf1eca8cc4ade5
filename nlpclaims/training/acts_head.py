"""``python -m nlpclaims.training.acts_head PIPELINE PARSED.spacy…``: learn actions and commitments.

The encoder, exported already, stays as it is. The head learns from its vectors of the documents that ``training.parse``
wrote, with cues in ``doc.spans["act"]``, and goes into the component of PIPELINE. Needs the ``train`` extra.
"""

import sys
from collections.abc import Iterable
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import spacy
import torch
from spacy.language import Language
from spacy.tokens import Doc
from torch import Tensor, nn
from torch.nn import functional as F

from nlpclaims.components.act_model import Views, view
from nlpclaims.components.acts import ACT_KEY, label_numbers
from nlpclaims.components.decoding import Floats
from nlpclaims.components.stance import with_vectors
from nlpclaims.training.batches import sequences
from nlpclaims.training.export import fill_acts
from nlpclaims.training.network import MINILM, Acts
from nlpclaims.training.readers import load_docs

EPOCHS, BATCH, RATE, WARM_UP = 6, 64, 1e-3, 100
DROPOUT = 0.5


def train(pipeline: Path, *parsed: Path, seed: int = 1) -> None:
    """Fit the head, and write it into the pipeline in place."""
    torch.manual_seed(seed)
    nlp = spacy.load(pipeline)
    docs = [doc for doc in chain.from_iterable(load_docs(path, nlp.vocab) for path in parsed) if doc.spans.get(ACT_KEY)]
    vectors, views = read(docs, nlp)
    truth = label_numbers(cue for doc in docs for cue in doc.spans[ACT_KEY])
    head = fit(torch.from_numpy(vectors), views, {name: torch.tensor(labels) for name, labels in truth.items()})
    component: Any = nlp.get_pipe("acts")
    fill_acts(component.model, head)
    nlp.to_disk(pipeline)


def read(docs: Iterable[Doc], nlp: Language) -> tuple[Floats, Views]:
    """The vectors of all documents, one after the other, and what is read of their cues."""
    tensors, views, first = [], [], 0
    for doc in docs:
        own = view(doc, doc.spans[ACT_KEY])
        views.append(Views(own.heads + first, own.token + first, own.cue + first, own.features, own.lengths))
        tensors.append(np.asarray(with_vectors(nlp, doc).tensor))
        first += len(doc)
    parts = ([getattr(each, name) for each in views] for name in ("heads", "token", "cue", "features", "lengths"))
    return np.concatenate(tensors), Views(*map(np.concatenate, parts))


def fit(vectors: Tensor, views: Views, truth: dict[str, Tensor]) -> Acts:
    """A head that has learned the label of each cue by layer, *truth*."""
    head = Acts(MINILM)
    optimizer = torch.optim.AdamW(head.parameters(), lr=RATE, weight_decay=0.01)
    steps = EPOCHS * -(-len(views.heads) // BATCH)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1.0, (step + 1) / WARM_UP) * (1 - step / steps)
    )
    starts = np.cumsum(views.lengths) - views.lengths
    for epoch in range(EPOCHS):
        total = 0.0
        for some in torch.randperm(len(views.heads)).split(BATCH):
            lengths = views.lengths[some]
            places = np.concatenate([np.arange(a, a + n) for a, n in zip(starts[some], lengths, strict=True)])
            sequence, rows = map(torch.from_numpy, sequences(lengths))
            tokens, cues = (F.dropout(vectors[index], DROPOUT) for index in (views.token[places], views.heads[some]))
            scores = head(tokens, cues, torch.from_numpy(views.features[places]), sequence, rows)
            loss = sum((F.cross_entropy(scores[name], labels[some]) for name, labels in truth.items()), torch.zeros(()))
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(head.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            total += loss.item() * len(some)
        print(f"epoch {epoch}: {total / len(views.heads):.3f}", file=sys.stderr, flush=True)
    head.eval()
    return head


if __name__ == "__main__":
    train(*map(Path, sys.argv[1:]))
