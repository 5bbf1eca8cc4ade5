"""``python -m nlpclaims.training.parse PIPELINE ARTICLES.jsonl OUTPUT.spacy [--acts FILE] [--coreference FILE]``.

Parses PolNeAR's articles, or our own (``stories.jsonl``). The attribution component learns from the syntax that the
pipeline itself predicts, since that is what it will see; what comes after syntax and entities in the pipeline is not
run. What else is annotated in these articles is in ``models/annotations``.
"""

import argparse
from pathlib import Path

import spacy
from spacy.tokens import DocBin

from nlpclaims.evaluation.pipeline import AFTER_ATTRIBUTION
from nlpclaims.training.corpora import attribution_docs

HELD_OUT_EVERY = 20


def parse(
    pipeline: Path,
    articles: Path,
    target: Path,
    acts: Path | None = None,
    coreference: Path | None = None,
    held_out: Path | None = None,
) -> None:
    nlp = spacy.load(pipeline, exclude=("attribution", *AFTER_ATTRIBUTION))
    docs = list(attribution_docs(articles, nlp, acts, coreference))
    if held_out is not None:
        DocBin(docs=docs[::HELD_OUT_EVERY]).to_disk(held_out)
        docs = [doc for i, doc in enumerate(docs) if i % HELD_OUT_EVERY]
    DocBin(docs=docs).to_disk(target)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pipeline", type=Path)
    parser.add_argument("articles", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("--acts", type=Path, help="annotations of actions and commitments in these articles")
    parser.add_argument("--coreference", type=Path, help="annotations of whom pronouns and descriptions stand for")
    parser.add_argument("--held-out", type=Path, help="where one article in twenty goes, for calibration")
    options = parser.parse_args()
    parse(**vars(options))
