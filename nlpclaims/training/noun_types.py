"""The nouns of ``nlpclaims_noun_types`` for training: the heads of the mentions that GUM annotates.

More nouns for persons ("the nominee", "a lawmaker") are found in parsed news without annotation, see ``person_nouns``.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Set
from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc, DocBin, Token
from spacy.training import Example
from spacy.util import registry
from spacy.vocab import Vocab

from nlpclaims.components.noun_types import LABELS
from nlpclaims.components.tags import COMMON_NOUNS
from nlpclaims.evaluation.conllu import Mention, Sentence, mentions, read_conllu
from nlpclaims.training.corpora import syntax_docs

MIN_SHOWN = 2
MIN_SHARE_SHOWN = 0.04
"""A noun is one for persons if it is shown to be so at least so often, and at least in such a share of its places."""
MAX_OCCURRENCES = 30


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


def person_nouns(docs: Iterable[Doc], others: Set[str] = frozenset()) -> frozenset[str]:
    """The lemmas, other than *others*, that *docs* show to be nouns for persons.

    Often enough "who" follows such a noun, or it is the title of a named person or in apposition to one.
    """
    seen: Counter[str] = Counter()
    shown: Counter[str] = Counter()
    for doc in docs:
        for token in doc:
            if _is_plain_noun(token) and token.lemma_ not in others:
                seen[token.lemma_] += 1
                shown[token.lemma_] += _is_shown_as_person(token)
    return frozenset(
        lemma for lemma, count in shown.items() if count >= MIN_SHOWN and count >= MIN_SHARE_SHOWN * seen[lemma]
    )


def _is_plain_noun(token: Token) -> bool:
    return token.tag_ in COMMON_NOUNS and token.is_lower and token.is_alpha


def _is_shown_as_person(token: Token) -> bool:
    if token.dep_ == "appos" and token.head.ent_type_ == "PERSON":
        return True
    if token.i + 1 == len(token.doc):
        return False
    following: Token = token.nbor()
    if following.ent_type_ == "PERSON" and following.ent_iob_ == "B":
        return token.head.ent_type_ == "PERSON" or token in (following.head, following.head.head)
    return following.lower_ == "who"


def person_docs(path: Path, vocab: Vocab, others: Set[str]) -> Iterator[tuple[Doc, list[str | None]]]:
    """Yield a document for each sentence of a parsed DocBin that has one of its ``person_nouns``, with their type.

    A noun that modifies another one has none, and a lemma counts up to ``MAX_OCCURRENCES`` times.
    """
    articles = list(DocBin().from_disk(path).get_docs(vocab))
    persons = person_nouns(articles, others)
    used: Counter[str] = Counter()
    for article in articles:
        for sentence in article.sents:
            types: list[str | None] = [None] * len(sentence)
            for i, token in enumerate(sentence):
                lemma = token.lemma_
                if lemma in persons and _is_plain_noun(token) and token.dep_ != "compound":
                    used[lemma] += 1
                    if used[lemma] <= MAX_OCCURRENCES:
                        types[i] = "person"
            if any(types):
                yield sentence.as_doc(), types


@registry.readers("nlpclaims.NounTypeCorpus.v1")
def create_reader(path: str | Path, parsed: str | Path | None = None) -> Callable[[Language], Iterator[Example]]:
    """A reader of CoNLL-U with GUM's mentions; gold types are in ``token._.noun_type`` of the reference alone.

    With *parsed*, a DocBin of articles with tags, lemmas, syntax and entities, nouns for persons are added from there,
    unless the CoNLL-U file has them with another type.
    """

    def read(nlp: Language) -> Iterator[Example]:
        others: set[str] = set()
        for doc, types in noun_docs(Path(path), nlp.vocab):
            others.update(t.lemma_ for t, kind in zip(doc, types, strict=True) if kind not in (None, "person"))
            yield _example(doc, types)
        if parsed is not None:
            for doc, types in person_docs(Path(parsed), nlp.vocab, others):
                yield _example(doc, types)

    return read


def _example(reference: Doc, types: Iterable[str | None]) -> Example:
    words, spaces = [t.text for t in reference], [bool(t.whitespace_) for t in reference]
    tags, lemmas = [t.tag_ for t in reference], [t.lemma_ for t in reference]
    for token, kind in zip(reference, types, strict=True):
        if kind is not None:
            token._.noun_type = kind
    return Example(Doc(reference.vocab, words, spaces, tags=tags, lemmas=lemmas), reference)
