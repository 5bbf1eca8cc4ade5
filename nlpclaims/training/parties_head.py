"""``python -m nlpclaims.training.parties_head PIPELINE CORPORA ANNOTATIONS``: learn who is spoken of as somebody.

The encoder, exported already, stays as it is. A linear layer is fitted to its vectors of the heads of the mentions in
ANNOTATIONS (``models/annotations``), which are parties, or else places, attributes of others, or nobody, and of the
targets of claims there. It goes into the stance component of PIPELINE. Needs the ``train`` extra.
"""

import sys
from pathlib import Path
from typing import Any

import numpy as np
import spacy
import torch
from torch import nn

from nlpclaims.components.decoding import Floats
from nlpclaims.training.export import fill_linear
from nlpclaims.training.linear import fit
from nlpclaims.training.sentences import party_heads, read_parties, read_story_parties


def train(pipeline: Path, corpora: Path, annotations: Path, *, seed: int = 0) -> None:
    """Fit the layer, and write it into the pipeline in place."""
    torch.manual_seed(seed)
    nlp = spacy.load(pipeline)
    rows: list[Floats] = []
    truth: list[int] = []
    with nlp.select_pipes(enable=("encoder", "tagger", "paragraphs", "senter", "parser")):
        for parties in (*read_parties(corpora, annotations), *read_story_parties(annotations)):
            doc = nlp(parties.text)
            judged = party_heads(doc, parties.mentions)
            rows.append(np.asarray(doc.tensor)[list(judged)])
            truth += judged.values()
    inputs = torch.from_numpy(np.concatenate(rows))
    layer = nn.Linear(inputs.shape[1], 2)
    fit(layer, inputs, torch.tensor(truth, dtype=torch.long), epochs=20, batch=128, rate=2e-3)
    component: Any = nlp.get_pipe("stance")
    fill_linear(component.model.get_ref("party"), layer)
    nlp.to_disk(pipeline)


if __name__ == "__main__":
    train(*map(Path, sys.argv[1:4]))
