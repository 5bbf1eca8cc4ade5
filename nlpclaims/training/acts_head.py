"""``python -m nlpclaims.training.acts_head PIPELINE PARSED.spacy…``: learn actions and commitments anew.

The encoder, exported already, stays as it is. A linear layer for each is fitted to its vectors of the heads of the cues
in ``doc.spans["act"]`` of the files that ``training.parse`` writes. It goes into the component of PIPELINE. Needs the
``train`` extra.
"""

import sys
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import spacy
import torch
from torch import nn

from nlpclaims.components.acts import ACT_KEY, LAYERS, label_numbers
from nlpclaims.components.stance import with_vectors
from nlpclaims.training.export import fill_linear
from nlpclaims.training.linear import fit
from nlpclaims.training.readers import load_docs


def train(pipeline: Path, *parsed: Path, seed: int = 0) -> None:
    """Fit both layers, and write them into the pipeline in place."""
    torch.manual_seed(seed)
    nlp = spacy.load(pipeline)
    rows, cues = [], []
    for doc in chain.from_iterable(load_docs(path, nlp.vocab) for path in parsed):
        if own := doc.spans.get(ACT_KEY):
            vectors = np.asarray(with_vectors(nlp, doc).tensor)
            rows.append(vectors[[cue.root.i for cue in own]])
            cues += list(own)
    inputs = torch.from_numpy(np.concatenate(rows))
    component: Any = nlp.get_pipe("acts")
    for name, truth in label_numbers(cues).items():
        layer = nn.Linear(inputs.shape[1], len(LAYERS[name]))
        fit(layer, inputs, torch.tensor(truth), epochs=20, batch=128, rate=2e-3)
        fill_linear(component.model.get_ref(name), layer)
    nlp.to_disk(pipeline)


if __name__ == "__main__":
    train(*map(Path, sys.argv[1:]))
