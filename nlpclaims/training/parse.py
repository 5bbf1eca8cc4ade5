"""``python -m nlpclaims.training.parse PIPELINE POLNEAR.jsonl.gz ACTS OUTPUT.spacy [HELD_OUT.spacy JUDGED]``.

Parses PolNeAR. The attribution component learns from the syntax that the pipeline itself predicts, since that is what
it will see; what comes after syntax and entities in the pipeline is not run. One article in twenty goes to the held-out
file, if there is one, for calibration. ACTS are the annotations of actions and commitments for the same articles,
JUDGED those of coreference, both in ``models/annotations``.
"""

import sys
from pathlib import Path

import spacy
from spacy.tokens import DocBin

from nlpclaims.evaluation.pipeline import AFTER_ATTRIBUTION
from nlpclaims.training.corpora import attribution_docs

HELD_OUT_EVERY = 20


def parse(
    pipeline: Path, corpus: Path, acts: Path, target: Path, held_out: Path | None = None, judged: Path | None = None
) -> None:
    nlp = spacy.load(pipeline, exclude=("attribution", *AFTER_ATTRIBUTION))
    docs = list(attribution_docs(corpus, nlp, acts, judged))
    if held_out is not None:
        DocBin(docs=docs[::HELD_OUT_EVERY]).to_disk(held_out)
        docs = [doc for i, doc in enumerate(docs) if i % HELD_OUT_EVERY]
    DocBin(docs=docs).to_disk(target)


if __name__ == "__main__":
    parse(*map(Path, sys.argv[1:]))
