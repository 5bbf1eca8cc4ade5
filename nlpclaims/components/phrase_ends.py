"""Where a span ends that would leave off in the middle of a phrase: "at 8:14 | p.m.", "said in an | email"."""

from collections.abc import Collection
from itertools import islice

from spacy.tokens import Doc, Token

BEFORE = frozenset({"det", "amod", "compound", "nummod", "case", "aux", "aux:pass", "cop", "nmod:poss"})
"""What a word is to another one after it that it does not go without."""
AFTER = frozenset({"flat", "fixed", "goeswith", "compound", "compound:prt", "nmod:unmarked"})
"""What the word right after another one is to it."""
RELATIVES = frozenset({"WDT", "WP"})
MAX_CLIMB = 3
"""How many words up a clause's verb may stand from its relative pronoun."""


def end_of_phrase(doc: Doc, start: int, end: int, taken: Collection[int]) -> int:
    """The end of ``[start, end)`` with the rest of the phrase that it breaks off in, in its sentence.

    Nothing is added that reaches one of the tokens *taken* by something else.
    """
    while start < end < len(doc):
        last, following = doc[end - 1], doc[end]
        if last.dep_ in BEFORE and last.head.i >= end:
            new = last.head.i + 1
        elif last.tag_ in RELATIVES and end - start > 1 and (clause := relative_clause(last)) is not None:
            new = max(clause.right_edge.i + 1, end)
        elif following.dep_ in AFTER and start <= following.head.i == end - 1:
            new = end + 1
        else:
            break
        added = range(end, new)
        if not added or any(i in taken or doc[i].is_sent_start or doc[i].is_space for i in added):
            break
        end = new
    return end


def relative_clause(pronoun: Token) -> Token | None:
    """The verb of the clause that a relative pronoun is in; ``None`` for a question."""
    likely = (pronoun, *islice(pronoun.ancestors, MAX_CLIMB))
    return next((word for word in likely if word.dep_.startswith("acl")), None)
