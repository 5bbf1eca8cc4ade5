"""Base forms from a dictionary, a cue's and a title's, for a learned lemmatizer makes up words now and then."""

from spacy.tokens import Token

FUNCTION_WORDS = frozenset({"of", "for", "and", "on", "in", "the", "&"})
"""Which it has no lemmas of."""


def singular(title: str) -> str:
    """A title with its last word in the singular: "Foreign Ministers", where LemmInflect knows it, and "Sens."."""
    from lemminflect import getLemma  # here, since it reads its tables when it is imported

    if title.endswith("s."):
        return f"{title.removesuffix('s.')}."
    before, _, last = title.rpartition(" ")
    known = next(iter(getLemma(last.lower(), upos="NOUN", lemmatize_oov=False)), last.lower())
    if known == last.lower():
        return title
    return f"{before} {known.capitalize() if last.istitle() else known}".lstrip()


def is_noun(word: str) -> bool:
    """Whether LemmInflect knows the word as a noun."""
    from lemminflect import getLemma

    return bool(getLemma(word.lower(), upos="NOUN", lemmatize_oov=False))


def is_word(word: str) -> bool:
    """Whether LemmInflect knows the word, or each of those that hyphens join, as any part of speech."""
    from lemminflect import getAllLemmas

    return word.lower() in FUNCTION_WORDS or all(map(getAllLemmas, word.lower().split("-")))


def lemma_of(word: Token) -> str:
    """The base form of *word*: of a verb LemmInflect's, else, or where that does not know it, the pipeline's."""
    from lemminflect import getLemma

    known = getLemma(word.lower_, upos="VERB", lemmatize_oov=False) if word.tag_.startswith("VB") else ()
    return str(next(iter(known), word.lemma_ or word.lower_))
