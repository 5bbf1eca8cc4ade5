"""The lemmas that records have: a verb's from a dictionary, for a learned lemmatizer makes up words now and then."""

from spacy.tokens import Token


def lemma_of(word: Token) -> str:
    """The base form of *word*: of a verb LemmInflect's, else, or where that does not know it, the pipeline's."""
    from lemminflect import getLemma  # here, since it reads its tables when it is imported

    known = getLemma(word.lower_, upos="VERB", lemmatize_oov=False) if word.tag_.startswith("VB") else ()
    return str(next(iter(known), word.lemma_ or word.lower_))
