"""The sentences of published corpora that we have annotated ourselves; see ``models/annotations/README.md``."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

from spacy.language import Language
from spacy.tokens import Doc
from spacy.util import filter_spans

from nlpclaims.evaluation.textfile import json_lines
from nlpclaims.training.corpora import article_texts, gmb_texts, set_entities
from nlpclaims.training.raw import plain


class Annotated(NamedTuple):
    """A sentence, where it starts in what the annotation's places count in, and the annotation."""

    text: str
    start: int
    row: dict[str, Any]

    def span(self, place: tuple[int, int]) -> tuple[int, int]:
        """A place of the annotation as one in the text."""
        first, last = place
        return first - self.start, last - self.start


def annotated_sentences(
    corpora: Path, annotations: Path, kind: str, *, in_context: bool = False
) -> Iterator[Annotated]:
    """Yield the sentences with annotations of one *kind*: "stance", "entities", or "claims", which may be longer.

    They are of PolNeAR's articles (``KIND.train.jsonl``), of which *in_context* gives the whole, and of the Groningen
    Meaning Bank (``KIND.gmb.jsonl``).

    Raises:
        InputError: a file cannot be read.
        CorpusError: a line is not a JSON object.
    """
    articles = article_texts(corpora / "attribution/polnear.train.jsonl.gz")
    for _, row in json_lines(annotations / f"{kind}.train.jsonl"):
        start, end = (0, None) if in_context else row["sentence"]
        yield Annotated(articles[row["id"]][start:end], start, row)
    sentences = gmb_texts(corpora / "ner/gmb-silver.csv.gz")
    for _, row in json_lines(annotations / f"{kind}.gmb.jsonl"):
        yield Annotated(sentences[row["id"]], 0, row)


def annotated_entity_docs(corpora: Path, annotations: Path, nlp: Language) -> Iterator[Doc]:
    """Yield a document with entities for each sentence whose names we have marked."""
    for sentence in annotated_sentences(corpora, annotations, "entities"):
        places = ((*sentence.span((start, end)), label) for start, end, label in sentence.row["entities"])
        yield _with_entities(nlp.make_doc(sentence.text), places)


def story_entity_docs(annotations: Path, nlp: Language) -> Iterator[Doc]:
    """Yield a document with entities for each of our own passages (``stories.jsonl``).

    Raises:
        InputError: the file cannot be read.
        CorpusError: a line is not a JSON object.
    """
    for _, row in json_lines(annotations / "stories.jsonl"):
        yield _with_entities(nlp.make_doc(row["text"]), row["names"])


class Parties(NamedTuple):
    """A text, what it is known by, and the mentions in it that are spoken of as somebody (``True``) or not."""

    id: str
    text: str
    mentions: list[tuple[int, int, bool]]


def read_parties(corpora: Path, annotations: Path) -> Iterator[Parties]:
    """Yield each text with mentions that were judged: parties, or else places, attributes of others, or nobody.

    They are of ``parties.*.jsonl``, and the actors and targets of claims; who claims something is somebody.

    Raises:
        InputError: a file cannot be read.
        CorpusError: a line is not a JSON object.
    """
    articles = article_texts(corpora / "attribution/polnear.train.jsonl.gz")
    statements = article_texts(corpora / "raw/whitehouse-foreign.jsonl.gz")
    sentences = gmb_texts(corpora / "ner/gmb-silver.csv.gz")
    for _, row in json_lines(annotations / "parties.train.jsonl"):
        yield Parties(row["id"], articles[row["id"]], _are_parties(row["mentions"]))
    for _, row in json_lines(annotations / "parties.whitehouse.jsonl"):
        yield Parties(row["id"], plain(statements[row["id"]]), _are_parties(row["mentions"]))
    for kind, texts in (("train", articles), ("gmb", sentences)):
        rows = (row for _, row in json_lines(annotations / f"claims.{kind}.jsonl"))
        for key, some in groupby(rows, itemgetter("id")):
            pairs = [(row["p"], (*row["q"], row["label"] is not None)) for row in some]
            yield Parties(str(key), texts[key], _with_actors(pairs))


def _are_parties(mentions: Iterable[tuple[int, int, str]]) -> list[tuple[int, int, bool]]:
    return [(start, end, label == "party") for start, end, label in mentions]


def read_story_parties(annotations: Path) -> Iterator[Parties]:
    """Yield each of our own passages (``stories.jsonl``) with the actors and targets of claims there, and who is none.

    Raises:
        InputError: the file cannot be read.
        CorpusError: a line is not a JSON object.
    """
    for _, row in json_lines(annotations / "stories.jsonl"):
        parties = _with_actors([(actor, (*target, True)) for actor, target, _ in row["pairs"]])
        yield Parties(row["id"], row["text"], [*parties, *((start, end, False) for start, end in row["none"])])


def _with_actors(
    pairs: Sequence[tuple[tuple[int, int], tuple[int, int, bool]]],
) -> list[tuple[int, int, bool]]:
    """Who claims something, and each target with whether it is somebody; no mention twice."""
    actors = ((start, end, True) for (start, end), _ in pairs)
    return list(dict.fromkeys([*actors, *(target for _, target in pairs)]))


def party_heads(doc: Doc, mentions: Iterable[tuple[int, int, bool]]) -> dict[int, bool]:
    """Whether mentions are spoken of as somebody, by the words that head them; without a parse, by their last ones."""
    parsed = doc.has_annotation("DEP")
    spans = ((doc.char_span(start, end, alignment_mode="expand"), is_party) for start, end, is_party in mentions)
    found = ((span, is_party) for span, is_party in spans if span is not None)
    return {span.root.i if parsed else span.end - 1: is_party for span, is_party in found}


def _with_entities(doc: Doc, places: Iterable[tuple[int, int, str]]) -> Doc:
    spans = (doc.char_span(start, end, label=label, alignment_mode="expand") for start, end, label in places)
    # Two names may share a token, as in "Bush-era".
    found = filter_spans(span for span in spans if span is not None)
    set_entities(doc, [(span.start, span.end, span.label_) for span in found])
    return doc
