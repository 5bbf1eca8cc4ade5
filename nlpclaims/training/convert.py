"""``python -m nlpclaims.training.convert CORPORA ANNOTATIONS OUTPUT``: the syntax and entity corpora as DocBin files.

Writes ``syntax.train.spacy`` and ``syntax.dev.spacy``: gold syntax with entities (EWT, GUM), entities alone from
WikiGold, CrossNER's politics and the sentences and passages in ANNOTATIONS (``models/annotations``), and tags and
entities from silver annotation: a third of the Groningen Meaning Bank and CoreNLP's of a fourth of PolNeAR's training
articles. The peoples that our annotations mark are marked in the others, too.
"""

import random
import sys
from pathlib import Path

import spacy
from spacy.tokens import DocBin

from nlpclaims.components.entities import OTHER
from nlpclaims.training import corpora
from nlpclaims.training.peoples import mark_peoples, peoples
from nlpclaims.training.sentences import annotated_entity_docs, story_entity_docs
from nlpclaims.training.tokenizer import split_as_ud

WIKIGOLD = {"PER": "PERSON", "ORG": "ORG", "LOC": "LOC", "MISC": OTHER}
POLITICS = {
    "person": "PERSON",
    "politician": "PERSON",
    "organisation": "ORG",
    "politicalparty": "ORG",
    "country": "LOC",
    "location": "LOC",
    "election": OTHER,
    "event": OTHER,
    "misc": OTHER,
}


def convert(source: Path, annotations: Path, target: Path, *, seed: int = 0) -> None:
    nlp = split_as_ud(spacy.blank("en"))
    vocab = nlp.vocab
    demonyms = corpora.gmb_demonyms(source / "ner/gmb-silver.csv.gz")
    ewt = list(
        corpora.syntax_docs(
            source / "syntax/ewt.train.conllu.gz", vocab, source / "ner/uner-ewt.train.iob2.gz", demonyms
        )
    )
    names = [
        *corpora.entity_docs(source / "ner/wikigold.conll.gz", vocab, WIKIGOLD, demonyms),
        *corpora.entity_docs(source / "ner/crossner-politics.train.conll.gz", vocab, POLITICS, demonyms),
    ]
    annotated = [*annotated_entity_docs(source, annotations, nlp), *story_entity_docs(annotations, nlp)]
    titles = corpora.person_titles([*ewt, *names, *annotated])
    train = [
        *ewt,
        *corpora.syntax_docs(source / "syntax/gum.train.conllu.gz", vocab, demonyms=demonyms, titles=titles),
        *names,
        *corpora.gmb_docs(source / "ner/gmb-silver.csv.gz", vocab, titles, every=3),
        *corpora.corenlp_docs(source / "silver/polnear-corenlp.train.jsonl.gz", vocab, every=4),
    ]
    known = peoples(annotated)
    for doc in train:
        mark_peoples(doc, known)
    train += annotated
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
    convert(*map(Path, sys.argv[1:4]))
