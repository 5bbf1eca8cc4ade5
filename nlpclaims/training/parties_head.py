"""``python -m nlpclaims.training.parties_head PIPELINE CORPORA ANNOTATIONS``: learn who is spoken of as somebody.

The encoder, exported already, stays as it is. A linear layer is fitted to its vectors of the heads of the mentions in
ANNOTATIONS (``models/annotations``), which are parties, or else places, attributes of others, or nobody, and goes into
the stance component of PIPELINE. Needs the ``train`` extra.
"""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import spacy
import torch
from spacy.language import Language
from spacy.tokens import Doc
from torch import nn

from nlpclaims.components.decoding import Floats
from nlpclaims.evaluation.textfile import json_lines
from nlpclaims.training.corpora import article_texts
from nlpclaims.training.export import fill_linear
from nlpclaims.training.linear import fit
from nlpclaims.training.raw import plain

PARTY = "party"


def read_parties(corpora: Path, annotations: Path, nlp: Language) -> Iterator[tuple[Doc, dict[int, bool]]]:
    """Yield each document with mentions that were judged: by their heads, whether they are parties.

    Raises:
        InputError: a file cannot be read.
        CorpusError: a line is not a JSON object.
    """
    articles = article_texts(corpora / "attribution/polnear.train.jsonl.gz")
    statements = article_texts(corpora / "raw/whitehouse-foreign.jsonl.gz")
    yield from _judged(annotations / "parties.train.jsonl", articles.__getitem__, nlp)
    yield from _judged(annotations / "parties.whitehouse.jsonl", lambda key: plain(statements[key]), nlp)


def _judged(path: Path, text_of: Callable[[str], str], nlp: Language) -> Iterator[tuple[Doc, dict[int, bool]]]:
    for _, row in json_lines(path):
        doc = nlp(text_of(row["id"]))
        spans = ((doc.char_span(start, end, alignment_mode="expand"), label) for start, end, label in row["mentions"])
        yield doc, {span.root.i: label == PARTY for span, label in spans if span is not None}


def train(pipeline: Path, corpora: Path, annotations: Path, *, seed: int = 0) -> None:
    """Fit the layer, and write it into the pipeline in place."""
    torch.manual_seed(seed)
    nlp = spacy.load(pipeline)
    rows: list[Floats] = []
    truth: list[int] = []
    with nlp.select_pipes(enable=("encoder", "tagger", "paragraphs", "senter", "parser")):
        for doc, judged in read_parties(corpora, annotations, nlp):
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
