"""``python -m nlpclaims.training.entities_head PIPELINE SYNTAX.spacy``: learn some kinds of names anew.

The encoder, exported already, stays as it is, and so does what it has learned of kinds that most corpora mark. Peoples,
religions and parties' members, and names of other things, are marked in few: their weights in the component ``ner`` of
PIPELINE are fitted to all documents with entities that ``training.convert`` writes. Needs the ``train`` extra.
"""

import sys
from pathlib import Path
from typing import Any

import numpy as np
import spacy
import torch
from spacy.tokens import DocBin
from torch import nn

from nlpclaims.components.decoding import Floats
from nlpclaims.components.entities import OTHER
from nlpclaims.components.stance import with_vectors
from nlpclaims.training.corpora import entity_label
from nlpclaims.training.export import fill_linear, softmax_of
from nlpclaims.training.linear import fit

KINDS = ("NORP", OTHER)


def train(pipeline: Path, corpus: Path, *, seed: int = 0) -> None:
    """Fit the weights of ``KINDS``, and write them into the pipeline in place."""
    torch.manual_seed(seed)
    nlp = spacy.load(pipeline)
    component: Any = nlp.get_pipe("ner")
    numbers = {label: i for i, label in enumerate(component.bio_labels)}
    inputs: list[Floats] = []
    truth: list[int] = []
    for doc in DocBin().from_disk(corpus).get_docs(nlp.vocab):
        known = [(token.i, numbers[label]) for token in doc if (label := entity_label(token)) in numbers]
        if known:
            places, labels = zip(*known, strict=True)
            inputs.append(np.asarray(with_vectors(nlp, doc).tensor)[list(places)])
            truth += labels
    softmax = softmax_of(component.model)
    layer = nn.Linear(inputs[0].shape[1], len(numbers))
    with torch.no_grad():
        layer.weight.copy_(torch.tensor(softmax.get_param("W")))
        layer.bias.copy_(torch.tensor(softmax.get_param("b")))
    learned = [number for label, number in numbers.items() if label[2:] in KINDS]
    vectors = torch.from_numpy(np.concatenate(inputs))
    fit(layer, vectors, torch.tensor(truth), epochs=2, batch=4096, rate=3e-3, labels=learned)
    fill_linear(softmax, layer)
    nlp.to_disk(pipeline)


if __name__ == "__main__":
    train(*map(Path, sys.argv[1:]))
