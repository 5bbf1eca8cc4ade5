"""``python -m nlpclaims.training.parties_head PIPELINE CORPORA ANNOTATIONS``: learn who is spoken of as somebody.

The encoder, exported already, stays as it is. A linear layer is fitted to its vectors of the heads of the mentions in
ANNOTATIONS (``models/annotations``), which are parties, or else places, attributes of others, or nobody, and of the
targets of claims there. It goes into the stance component of PIPELINE. Needs the ``train`` extra.
"""

import sys
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import spacy
import torch
from spacy.language import Language
from spacy.tokens import Doc
from torch import nn

from nlpclaims.components.decoding import Floats
from nlpclaims.evaluation.textfile import json_lines
from nlpclaims.training.corpora import article_texts, gmb_texts
from nlpclaims.training.export import fill_linear
from nlpclaims.training.linear import fit
from nlpclaims.training.raw import plain

PARTY, NOBODY = "party", "none"
Mention: TypeAlias = tuple[int, int, str]
"""Where a mention starts and ends, and what it is."""


def read_parties(corpora: Path, annotations: Path, nlp: Language) -> Iterator[tuple[Doc, dict[int, bool]]]:
    """Yield each document with mentions that were judged: by their heads, whether they are parties.

    Raises:
        InputError: a file cannot be read.
        CorpusError: a line is not a JSON object.
    """
    articles = article_texts(corpora / "attribution/polnear.train.jsonl.gz")
    statements = article_texts(corpora / "raw/whitehouse-foreign.jsonl.gz")
    sentences = gmb_texts(corpora / "ner/gmb-silver.csv.gz")
    for _, row in json_lines(annotations / "parties.train.jsonl"):
        yield _judged(nlp(articles[row["id"]]), row["mentions"])
    for _, row in json_lines(annotations / "parties.whitehouse.jsonl"):
        yield _judged(nlp(plain(statements[row["id"]])), row["mentions"])
    for key, targets in _targets(annotations / "claims.train.jsonl"):
        yield _judged(nlp(articles[key]), targets)
    for key, targets in _targets(annotations / "claims.gmb.jsonl"):
        yield _judged(nlp(sentences[key]), targets)


def _targets(path: Path) -> Iterator[tuple[Any, list[Mention]]]:
    """Yield each text that the lines of a file are of with the targets in it, those that have a class as parties."""
    for key, rows in groupby((row for _, row in json_lines(path)), itemgetter("id")):
        yield key, [(*row["q"], NOBODY if row["label"] is None else PARTY) for row in rows]


def _judged(doc: Doc, mentions: Iterable[Mention]) -> tuple[Doc, dict[int, bool]]:
    spans = ((doc.char_span(start, end, alignment_mode="expand"), label) for start, end, label in mentions)
    return doc, {span.root.i: label == PARTY for span, label in spans if span is not None}


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
