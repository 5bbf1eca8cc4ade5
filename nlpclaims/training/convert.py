"""``python -m nlpclaims.training.convert CORPORA OUTPUT``: write the syntax and entity corpora as spaCy's DocBin files.

Writes ``syntax.train.spacy`` and ``syntax.dev.spacy``: gold syntax (EWT, GUM) with gold entities where the sentences
have them, entities alone from WikiGold and CrossNER's politics, and tags and entities from silver annotation: a third
of the Groningen Meaning Bank and CoreNLP's of a fourth of PolNeAR's training articles.
"""

import random
import sys
from pathlib import Path

import spacy
from spacy.tokens import DocBin

from nlpclaims.training import corpora

WIKIGOLD = {"PER": "PERSON", "ORG": "ORG", "LOC": "LOC"}
POLITICS = {
    "person": "PERSON",
    "politician": "PERSON",
    "organisation": "ORG",
    "politicalparty": "ORG",
    "country": "LOC",
    "location": "LOC",
}


def convert(source: Path, target: Path, seed: int = 0) -> None:
    vocab = spacy.blank("en").vocab
    demonyms = corpora.gmb_demonyms(source / "ner/gmb-silver.csv.gz")
    gold = [
        *corpora.syntax_docs(
            source / "syntax/ewt.train.conllu.gz", vocab, source / "ner/uner-ewt.train.iob2.gz", demonyms
        ),
        *corpora.syntax_docs(source / "syntax/gum.train.conllu.gz", vocab),
        *corpora.entity_docs(source / "ner/wikigold.conll.gz", vocab, WIKIGOLD, demonyms),
        *corpora.entity_docs(source / "ner/crossner-politics.train.conll.gz", vocab, POLITICS, demonyms),
    ]
    train = [
        *gold,
        *corpora.gmb_docs(source / "ner/gmb-silver.csv.gz", vocab, corpora.person_titles(gold), every=3),
        *corpora.corenlp_docs(source / "silver/polnear-corenlp.train.jsonl.gz", vocab, every=4),
    ]
    random.Random(seed).shuffle(train)
    dev = [
        *corpora.syntax_docs(source / "syntax/ewt.dev.conllu.gz", vocab, source / "ner/uner-ewt.dev.iob2.gz"),
        *corpora.syntax_docs(source / "syntax/gum.dev.conllu.gz", vocab),
    ]
    target.mkdir(parents=True, exist_ok=True)
    for name, docs in (("train", train), ("dev", dev)):
        DocBin(docs=docs).to_disk(target / f"syntax.{name}.spacy")
        print(f"syntax.{name}.spacy: {len(docs)} documents, {sum(map(len, docs))} tokens", file=sys.stderr)


if __name__ == "__main__":
    convert(Path(sys.argv[1]), Path(sys.argv[2]))
