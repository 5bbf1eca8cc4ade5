"""``python -m nlpclaims.training.raw PIPELINE CORPORA OUTPUT.spacy``: parses text that is not annotated.

It is what the student learns from its teacher on (see ``training.encoder``): the sentences of the Groningen Meaning
Bank, several together as they follow each other, and a share of the White House's briefings and statements, without
their Markdown.
"""

import random
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import spacy
from spacy.tokens import DocBin

from nlpclaims.evaluation.pipeline import AFTER_ATTRIBUTION
from nlpclaims.training.corpora import article_texts, gmb_texts

SENTENCES_PER_TEXT, SENTENCES_PER_PARAGRAPH = 12, 2
WORDS_OF_STATEMENTS = 2_500_000
MOST_WORDS_OF_ONE = 4_000
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_MARKS = re.compile(r"[*_#>|\\]+|(?<=\n)-{3,}")
_BREAK = re.compile(r"[ \t\xa0]*\n(?:[ \t\xa0]*\n)+[ \t\xa0]*")


def plain(markdown: str) -> str:
    """The text of Markdown, a paragraph a line, with a blank line between paragraphs."""
    text = _MARKS.sub("", _LINK.sub(r"\1", markdown))
    return "\n\n".join(" ".join(part.split()) for part in _BREAK.split(text) if part.strip())


def raw_texts(corpora: Path, rng: random.Random) -> Iterator[str]:
    """The texts, each at most a few thousand words long."""
    sentences = list(gmb_texts(corpora / "ner/gmb-silver.csv.gz").values())
    for first in range(0, len(sentences), SENTENCES_PER_TEXT):
        group = sentences[first : first + SENTENCES_PER_TEXT]
        places = range(0, len(group), SENTENCES_PER_PARAGRAPH)
        yield "\n\n".join(" ".join(group[i : i + SENTENCES_PER_PARAGRAPH]) for i in places)
    statements = list(article_texts(corpora / "raw/whitehouse-foreign.jsonl.gz").values())
    rng.shuffle(statements)
    words = 0
    for statement in statements:
        paragraphs, length = [], 0
        for paragraph in plain(statement).split("\n\n"):
            paragraphs.append(paragraph)
            length += paragraph.count(" ") + 1
            if length > MOST_WORDS_OF_ONE:
                break
        yield "\n\n".join(paragraphs)
        words += length
        if words > WORDS_OF_STATEMENTS:
            return


def parse_raw(pipeline: Path, corpora: Path, target: Path, *, seed: int = 0, workers: int = 2) -> None:
    nlp = spacy.load(pipeline, exclude=("attribution", *AFTER_ATTRIBUTION))
    texts = raw_texts(corpora, random.Random(seed))
    docs = nlp.pipe(texts, n_process=workers, batch_size=32)
    DocBin(attrs=["TAG", "LEMMA", "HEAD", "DEP", "ENT_IOB", "ENT_TYPE"], docs=docs).to_disk(target)


if __name__ == "__main__":
    parse_raw(*map(Path, sys.argv[1:4]))
