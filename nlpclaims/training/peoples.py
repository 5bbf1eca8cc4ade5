"""Peoples, religions and parties' members in corpora that have no such label, by the words of those that have.

Without that, a hundred sentences teach that "Republicans" are a name of some kind and ten thousand that it is none.
"""

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from spacy.tokens import Doc, Span, Token

LABEL = "NORP"
MIN_SURE, SHARE_SURE, MIN_SEEN = 3, 0.95, 2


class Peoples(NamedTuple):
    """Lower-case words that are names of peoples whenever they have a capital, and those that may be."""

    sure: frozenset[str]
    unsure: frozenset[str]


def peoples(docs: Iterable[Doc]) -> Peoples:
    """The words of documents that have the label: how often each has it, and how often it has not."""
    marked: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    for token in (token for doc in docs for token in doc if _is_capitalised(token)):
        seen[token.lower_] += 1
        marked[token.lower_] += token.ent_type_ == LABEL
    sure = {word for word, n in marked.items() if n >= MIN_SURE and n >= SHARE_SURE * seen[word]}
    return Peoples(frozenset(sure), frozenset(word for word, n in marked.items() if n >= MIN_SEEN and word not in sure))


def mark_peoples(doc: Doc, known: Peoples) -> None:
    """Mark the words that are *known* where they are in no name; of those that may be names, that is not known.

    Where it is not known of several words together whether they are in a name, as of "Korean Central News Agency", it
    stays so.
    """
    free = [token for token in doc if _is_free(token) and _is_capitalised(token)]
    sure = [Span(doc, token.i, token.i + 1, label=LABEL) for token in free if token.lower_ in known.sure]
    unsure = [doc[token.i : token.i + 1] for token in free if token.lower_ in known.unsure]
    doc.set_ents(sure, missing=unsure, default="unmodified")


def _is_free(token: Token) -> bool:
    beside = token.doc[max(token.i - 1, 0) : token.i + 2]
    return token.ent_iob_ == "O" or (token.ent_iob == 0 and [other.ent_iob for other in beside].count(0) == 1)


def _is_capitalised(token: Token) -> bool:
    return token.is_alpha and token.text[0].isupper()
