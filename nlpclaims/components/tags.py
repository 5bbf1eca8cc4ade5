"""Sets of Penn Treebank tags, and the tokens that have them."""

import numpy as np
from spacy.strings import get_string_id
from spacy.tokens import Doc, Token

COMMON_NOUNS = frozenset({"NN", "NNS"})
PROPER_NOUNS = frozenset({"NNP", "NNPS"})
NOUNS = COMMON_NOUNS | PROPER_NOUNS
PERSONAL_PRONOUNS = frozenset({"PRP", "PRP$"})


def tokens_tagged(doc: Doc, tags: frozenset[str]) -> list[Token]:
    """The tokens that have one of *tags*, in order; faster than to ask each token."""
    ids = np.array([get_string_id(tag) for tag in tags], dtype=np.uint64)
    return [doc[i] for i in np.flatnonzero(np.isin(doc.to_array("TAG"), ids)).tolist()]
