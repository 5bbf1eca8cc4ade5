"""Mentions with their entities, for training ``components.coreference``.

``python -m nlpclaims.training.coreference PIPELINE NOUN_TYPES OUTPUT.spacy GUM.conllu.gz`` writes whole documents with
the pipelines' own annotation and GUM's mentions in ``doc.spans["cluster"]``, where ``span.id_`` names the entity; with
PolNeAR's JSONL and CoreNLP's annotation of it in the place of GUM, CoreNLP's chains. The reader at the end gives such
files to ``spacy train``.
"""

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import spacy
from spacy.language import Language
from spacy.tokens import Doc, DocBin
from spacy.training import Example
from spacy.util import registry

from nlpclaims.components.coreference import CLUSTER_KEY
from nlpclaims.errors import CorpusError
from nlpclaims.evaluation.conllu import Sentence, mentions, open_text, read_conllu

SILVER_EVERY = 3
"""One of so many articles is used: all of them drown the gold documents, and resolve fewer pronouns rightly."""


def gum_docs(path: Path, nlp: Language) -> Iterator[Doc]:
    """Yield each document of a CoNLL-U file with GUM's mentions, annotated by *nlp* on the file's own words.

    Raises:
        CorpusError: mentions do not open and close in turn.
    """
    document: list[Sentence] = []
    for sentence in read_conllu(path):
        if sentence.starts_document and document:
            yield _gum_doc(path, document, nlp)
            document = []
        document.append(sentence)
    if document:
        yield _gum_doc(path, document, nlp)


def _gum_doc(path: Path, document: list[Sentence], nlp: Language) -> Doc:
    words: list[str] = []
    spaces: list[bool] = []
    clusters: list[tuple[int, int, str]] = []
    for sentence in document:
        if words and sentence.starts_paragraph:
            spaces[-1] = False
            words.append("\n\n")
            spaces.append(False)
        try:
            clusters += [(len(words) + m.start, len(words) + m.end, m.entity) for m in mentions(sentence)]
        except ValueError as error:
            raise CorpusError(str(path), f"sentence {sentence.sent_id}: {error}") from error
        words += [word.form for word in sentence.words]
        spaces += [word.space_after for word in sentence.words]
        spaces[-1] = True
    doc = nlp(Doc(nlp.vocab, words, spaces))
    doc.spans[CLUSTER_KEY] = [spacy.tokens.Span(doc, start, end, span_id=entity) for start, end, entity in clusters]
    return doc


def corenlp_docs(articles: Path, annotation: Path, nlp: Language) -> Iterator[Doc]:
    """Yield every third of PolNeAR's articles, annotated by *nlp*, with CoreNLP's coreference chains."""
    with open_text(articles) as lines:
        texts = {article["id"]: article["text"] for article in map(json.loads, lines)}
    with open_text(annotation) as lines:
        for line in islice(lines, SILVER_EVERY - 1, None, SILVER_EVERY):
            article: dict[str, Any] = json.loads(line)
            doc = nlp(texts[article["id"]])
            spans = []
            for number, chain in enumerate(article["coref"]):
                for sentence, start, end, *_ in chain:
                    tokens = article["sentences"][sentence][start:end]
                    span = doc.char_span(tokens[0][1], tokens[-1][2], span_id=str(number), alignment_mode="contract")
                    if span is not None:
                        spans.append(span)
            doc.spans[CLUSTER_KEY] = spans
            yield doc


@registry.readers("nlpclaims.CoreferenceCorpus.v1")
def create_reader(path: str | Path, silver: str | Path | None = None) -> Callable[[Language], Iterator[Example]]:
    """A reader of the files that this module writes; the clusters are in the reference alone."""

    def read(nlp: Language) -> Iterator[Example]:
        for file in (path, silver):
            for reference in DocBin().from_disk(file).get_docs(nlp.vocab) if file else ():
                predicted = reference.copy()
                del predicted.spans[CLUSTER_KEY]
                yield Example(predicted, reference)

    return read


def convert(pipeline: Path, noun_types: Path, target: Path, *sources: Path) -> None:
    nlp = spacy.load(pipeline)
    nlp.add_pipe("noun_types", source=spacy.load(noun_types))
    gold, *silver = sources
    docs: Iterable[Doc] = corenlp_docs(gold, silver[0], nlp) if silver else gum_docs(gold, nlp)
    DocBin(docs=docs, store_user_data=True).to_disk(target)


if __name__ == "__main__":
    convert(*map(Path, sys.argv[1:]))
