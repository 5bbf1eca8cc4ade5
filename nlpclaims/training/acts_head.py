"""``python -m nlpclaims.training.acts_head PIPELINE ANNOTATIONS PARSED.spacy…``: learn actions and commitments anew.

The encoder, exported already, stays as it is. A linear layer for each is fitted to its vectors of the heads of the cues
in ``doc.spans["act"]`` of the files that ``training.parse`` writes, and of those in our own articles in ANNOTATIONS
(``models/annotations``). It goes into the component of PIPELINE. Needs the ``train`` extra.
"""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import spacy
import torch
from spacy.language import Language
from spacy.tokens import Doc, DocBin
from torch import nn

from nlpclaims.components.acts import ACT_KEY, LAYERS, label_numbers
from nlpclaims.components.stance import with_vectors
from nlpclaims.training.corpora import story_act_docs
from nlpclaims.training.export import fill_linear
from nlpclaims.training.linear import fit


def train(pipeline: Path, annotations: Path, *parsed: Path, seed: int = 0) -> None:
    """Fit both layers, and write them into the pipeline in place."""
    torch.manual_seed(seed)
    nlp = spacy.load(pipeline)
    rows, cues = [], []
    for doc in _read(nlp, annotations, parsed):
        if own := doc.spans.get(ACT_KEY):
            rows.append(np.asarray(doc.tensor)[[cue.root.i for cue in own]])
            cues += list(own)
    inputs = torch.from_numpy(np.concatenate(rows))
    component: Any = nlp.get_pipe("acts")
    for name, truth in label_numbers(cues).items():
        layer = nn.Linear(inputs.shape[1], len(LAYERS[name]))
        fit(layer, inputs, torch.tensor(truth), epochs=20, batch=128, rate=2e-3)
        fill_linear(component.model.get_ref(name), layer)
    nlp.to_disk(pipeline)


def _read(nlp: Language, annotations: Path, parsed: Iterable[Path]) -> Iterator[Doc]:
    """The documents with acts, their vectors in ``doc.tensor``."""
    for path in parsed:
        for doc in DocBin().from_disk(path).get_docs(nlp.vocab):
            yield with_vectors(nlp, doc)
    with nlp.select_pipes(enable=("encoder", "tagger", "paragraphs", "senter", "parser")):
        yield from story_act_docs(annotations, nlp)


if __name__ == "__main__":
    train(*map(Path, sys.argv[1:]))
