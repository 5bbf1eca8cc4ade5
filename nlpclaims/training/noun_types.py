"""The nouns of ``nlpclaims_noun_types`` for training: the heads of the mentions that GUM annotates.

Nouns in the news ("the nominee", "the administration", "a majority") are of our own annotation.
"""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example
from spacy.util import registry
from spacy.vocab import Vocab

from nlpclaims.components.noun_types import LABELS
from nlpclaims.components.tags import COMMON_NOUNS
from nlpclaims.evaluation.conllu import Mention, Sentence, mentions, read_conllu
from nlpclaims.evaluation.textfile import json_lines
from nlpclaims.training.corpora import article_texts, is_held_out, syntax_docs


def noun_types(sentence: Sentence) -> list[str | None]:
    """The type of each word that is a common noun and heads a mention, else ``None``.

    Where a word heads several mentions (a coordination and its first part), the shortest one counts.

    Raises:
        CorpusError: see ``mentions``.
    """
    types: list[str | None] = [None] * len(sentence.words)
    for mention in sorted(mentions(sentence), key=lambda m: m.start - m.end):
        head = _head(sentence, mention)
        if sentence.words[head].xpos in COMMON_NOUNS:
            types[head] = mention.type if mention.type in LABELS else "thing"
    return types


def _head(sentence: Sentence, mention: Mention) -> int:
    """The first word of the mention whose own head is outside of it."""
    inside = range(mention.start, mention.end)
    return next(i for i in inside if sentence.words[i].head - 1 not in inside)


def noun_docs(path: Path, vocab: Vocab) -> Iterator[tuple[Doc, list[str | None]]]:
    """Yield documents of up to ten sentences with gold tags and lemmas, and the gold type of each of their tokens.

    Raises:
        CorpusError: the file is not CoNLL-U, or its mentions do not open and close in turn.
    """
    types = iter([kind for sentence in read_conllu(path) for kind in noun_types(sentence)])
    for doc in syntax_docs(path, vocab):
        yield doc, [None if token.is_space else next(types) for token in doc]


def judged_docs(articles: Path, judged: Path, nlp: Language) -> Iterator[tuple[Doc, list[str | None]]]:
    """Yield each article that has nouns judged by hand, but for those held out, and the type of each of its tokens.

    Raises:
        InputError: a file cannot be read.
        CorpusError: a line is not a JSON object.
    """
    texts = article_texts(articles)
    for _, row in json_lines(judged):
        if not is_held_out(row["id"]):
            doc = nlp.make_doc(texts[row["id"]])
            types: list[str | None] = [None] * len(doc)
            for start, end, kind in row["nouns"]:
                if (noun := doc.char_span(start, end)) is not None:
                    types[noun.start] = kind
            yield doc, types


@registry.readers("nlpclaims.NounTypeCorpus.v1")
def create_reader(
    path: str | Path, articles: str | Path | None = None, judged: str | Path | None = None
) -> Callable[[Language], Iterator[Example]]:
    """A reader of CoNLL-U with GUM's mentions; gold types are in ``token._.noun_type`` of the reference alone.

    With *articles* and what of them was *judged*, in ``models/annotations``, their nouns are added. GUM has no groups:
    there these are persons, and are left out.
    """

    def read(nlp: Language) -> Iterator[Example]:
        own = list(judged_docs(Path(articles), Path(judged), nlp)) if articles and judged else []
        groups = {token.lower_ for doc, types in own for token, kind in zip(doc, types, strict=True) if kind == "group"}
        for doc, types in noun_docs(Path(path), nlp.vocab):
            for token in doc:
                if types[token.i] == "person" and token.lower_ in groups:
                    types[token.i] = None
            yield _example(doc, types)
        for doc, types in own:
            yield _example(doc, types)

    return read


def _example(reference: Doc, types: Iterable[str | None]) -> Example:
    words, spaces = [t.text for t in reference], [bool(t.whitespace_) for t in reference]
    tags, lemmas = [t.tag_ for t in reference], [t.lemma_ for t in reference]
    for token, kind in zip(reference, types, strict=True):
        if kind is not None:
            token._.noun_type = kind
    return Example(Doc(reference.vocab, words, spaces, tags=tags, lemmas=lemmas), reference)
