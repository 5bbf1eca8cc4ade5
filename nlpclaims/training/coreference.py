"""Mentions with their entities, for training ``components.coreference``.

``python -m nlpclaims.training.coreference PIPELINE NOUN_TYPES OUTPUT.spacy GUM.conllu.gz`` writes whole documents with
the pipelines' own annotation and GUM's mentions in ``doc.spans["cluster"]``, where ``span.id_`` names the entity; with
pairs of articles' JSONL and ``models/annotations/coreference.*.jsonl`` in the place of GUM, what we have judged in nine
of ten articles (with ``--held-out``, in the tenth). The reader at the end gives such files to ``spacy train``.
"""

import argparse
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path

import spacy
from spacy.language import Language
from spacy.tokens import Doc, DocBin, Span
from spacy.training import Example
from spacy.util import registry

from nlpclaims.components.coreference import CLUSTER_KEY
from nlpclaims.evaluation.conllu import Sentence, mentions, read_conllu
from nlpclaims.training.corpora import article_texts, is_held_out
from nlpclaims.training.judged import judged_spans, read_judged


def gum_docs(path: Path, nlp: Language) -> Iterator[Doc]:
    """Yield each document of a CoNLL-U file with GUM's mentions, annotated by *nlp* on the file's own words.

    Raises:
        InputError: the file cannot be read.
        CorpusError: the file is not CoNLL-U, or its mentions do not open and close in turn.
    """
    document: list[Sentence] = []
    for sentence in read_conllu(path):
        if sentence.starts_document and document:
            yield _gum_doc(document, nlp)
            document = []
        document.append(sentence)
    if document:
        yield _gum_doc(document, nlp)


def _gum_doc(document: list[Sentence], nlp: Language) -> Doc:
    words: list[str] = []
    spaces: list[bool] = []
    clusters: list[tuple[int, int, str]] = []
    for sentence in document:
        if words and sentence.starts_paragraph:
            spaces[-1] = False
            words.append("\n\n")
            spaces.append(False)
        clusters += [(len(words) + m.start, len(words) + m.end, m.entity) for m in mentions(sentence)]
        words += [word.form for word in sentence.words]
        spaces += [word.space_after for word in sentence.words]
        spaces[-1] = True
    doc = nlp(Doc(nlp.vocab, words, spaces))
    doc.spans[CLUSTER_KEY] = [Span(doc, start, end, span_id=entity) for start, end, entity in clusters]
    return doc


def judged_docs(articles: Path, judged: Path, nlp: Language, held_out: bool) -> Iterator[Doc]:
    """Yield the articles of which it was judged by hand whom their pronouns and descriptions stand for.

    Those that were not judged are in ``doc.spans["cluster"]`` as ``UNKNOWN``. One article in ten is held out.
    """
    texts = article_texts(articles)
    for key, found in read_judged(judged):
        if is_held_out(key) == held_out:
            doc = nlp(texts[key][slice(*found.part)])
            doc.spans[CLUSTER_KEY] = list(judged_spans(doc, found.within_part()))
            yield doc


@registry.readers("nlpclaims.CoreferenceCorpus.v1")
def create_reader(path: str | Path, judged: str | Path | None = None) -> Callable[[Language], Iterator[Example]]:
    """A reader of the files that this module writes; the clusters are in the reference alone."""

    def read(nlp: Language) -> Iterator[Example]:
        for file in (path, judged):
            for reference in DocBin().from_disk(file).get_docs(nlp.vocab) if file else ():
                predicted = reference.copy()
                del predicted.spans[CLUSTER_KEY]
                yield Example(predicted, reference)

    return read


def convert(pipeline: Path, noun_types: Path, target: Path, *sources: Path, held_out: bool = False) -> None:
    nlp = spacy.load(pipeline)
    nlp.add_pipe("noun_types", source=spacy.load(noun_types))
    nlp.add_pipe("nlpclaims_whole_names")
    if len(sources) == 1:
        docs = gum_docs(sources[0], nlp)
    else:
        pairs = zip(sources[::2], sources[1::2], strict=True)
        docs = chain.from_iterable(judged_docs(articles, judged, nlp, held_out) for articles, judged in pairs)
    DocBin(docs=docs, store_user_data=True).to_disk(target)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", type=Path, nargs="+", metavar="PATH", help="PIPELINE NOUN_TYPES OUTPUT SOURCE...")
    parser.add_argument("--held-out", action="store_true", help="the judged articles that training does not see")
    options = parser.parse_args()
    convert(*options.paths, held_out=options.held_out)
