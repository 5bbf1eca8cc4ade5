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
from spacy.tokens import Doc, DocBin
from torch import nn

from nlpclaims.components.decoding import Floats
from nlpclaims.components.entities import OTHER
from nlpclaims.components.stance import with_vectors
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
        labels = _labels(doc)
        known = [i for i, label in labels.items() if label in numbers]
        if known:
            inputs.append(np.asarray(with_vectors(nlp, doc).tensor)[known])
            truth += [numbers[labels[i]] for i in known]
    (softmax,) = (layer for layer in component.model.walk() if layer.name == "softmax")
    layer = nn.Linear(inputs[0].shape[1], len(numbers))
    with torch.no_grad():
        layer.weight.copy_(torch.tensor(softmax.get_param("W")))
        layer.bias.copy_(torch.tensor(softmax.get_param("b")))
    learned = [number for label, number in numbers.items() if label[2:] in KINDS]
    vectors = torch.from_numpy(np.concatenate(inputs))
    fit(layer, vectors, torch.tensor(truth), epochs=2, batch=4096, rate=3e-3, labels=learned)
    softmax.set_param("W", layer.weight.detach().numpy())
    softmax.set_param("b", layer.bias.detach().numpy())
    nlp.to_disk(pipeline)


def _labels(doc: Doc) -> dict[int, str]:
    """The label of each word of which it is known whether it is in a name."""
    words = (token for token in doc if token.ent_iob and not token.is_space)
    return {token.i: f"{token.ent_iob_}-{token.ent_type_}" if token.ent_type_ else "O" for token in words}


if __name__ == "__main__":
    train(*map(Path, sys.argv[1:]))
