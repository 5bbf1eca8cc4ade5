"""Noun phrases, titles and appositions: what the words round a name say of whom it names."""

from spacy.tokens import Doc, Span, Token

from nlpclaims.components import noun_types  # noqa: F401 (registers the extension that is read here)
from nlpclaims.components.tags import COMMON_NOUNS, NOUNS

PRONOUN_TAGS = frozenset({"PRP", "PRP$", "WP", "WDT", "DT", "EX"})
TITLE_TAGS = NOUNS | {"JJ", "HYPH", "POS"}
DETERMINERS = frozenset({"DT", "PRP$", "PDT"})
HONORIFICS = frozenset({"Mr", "Mrs", "Ms", "Miss", "Mx", "Dr", "Sir", "Madam"})
LOOSE_RELATIONS = frozenset({"appos", "acl:relcl", "parataxis", "punct", "advcl", "mark", "case", "ROOT"})
# What hangs on a noun that is the predicate of its clause, as "a lie" in "it is a lie", is no part of its phrase.
LOOSE_RELATIONS |= {
    "nsubj",
    "nsubj:pass",
    "csubj",
    "expl",
    "cop",
    "aux",
    "aux:pass",
    "ccomp",
    "obl",
    "discourse",
    "vocative",
}


def head_of(source: Span) -> Token:
    """The word that says who the source is: of those that hang on nothing inside it the first noun, else pronoun."""
    tops = [t for t in source if not t.is_space and (t.head.i == t.i or not source.start <= t.head.i < source.end)]
    nouns = [t for t in tops if t.tag_ in NOUNS]
    words = [t for t in tops if not t.is_punct]
    return next(iter((*nouns, *(t for t in words if t.tag_ != "DT"), *words)), source.root)


def described_type(head: Token) -> str:
    """The type of a described actor from what its noun names; a thing that claims something is a document."""
    kind = head._.noun_type
    if kind == "person":
        return "GROUP" if head.tag_ in ("NNS", "NNPS") else "PERSON"
    return {"organization": "ORG", "place": "GPE", "thing": "DOCUMENT"}.get(kind, "OTHER")


def one_line(span: Span) -> str:
    """The text of *span* with single spaces."""
    return " ".join(span.text.split())


def described(head: Token, low: int, high: int) -> tuple[int, int]:
    """The tokens of the noun phrase under *head* inside ``[low, high)``, without its determiner."""
    start, end = noun_phrase(head, low, high)
    while start < head.i and head.doc[start].tag_ in DETERMINERS:
        start += 1
    return start, end


def role_of(name: Span, source: Span | None = None) -> str | None:
    """The title before a person's name or the office in apposition to it, as the document states it.

    Inside a *source* all that stands beside the name belongs to it; elsewhere the parse must agree.
    """
    beside = _beside_comma(name, source) if source else None
    return _title_before(name, source) or beside or _apposition(name)


def _title_before(name: Span, source: Span | None) -> str | None:
    doc = name.doc
    start, low = name.start, source.start if source else name.sent.start
    while start > low and doc[start - 1].tag_ in TITLE_TAGS and (source or _attached(doc[start - 1], start, name)):
        start -= 1
    while start < name.start and doc[start].tag_ in ("HYPH", "POS"):
        start += 1
    title = doc[start : name.start]
    if not len(title) or title[-1].tag_ not in NOUNS or title.text.rstrip(".") in HONORIFICS:
        return None
    return one_line(title)


def _attached(token: Token, start: int, name: Span) -> bool:
    """Whether *token* hangs on the name or on a word between the two."""
    return start <= token.head.i < name.end and token.i != token.head.i


def _beside_comma(name: Span, source: Span) -> str | None:
    """The phrase between the name and the source's other commas: "Ana Lopez, 54, a judge in Faro, ..."."""
    doc = name.doc
    if closes_after_comma(name, source):
        return text_of(doc[source.start : _start_with_honorific(name) - 1])
    start = name.end
    while start < source.end and doc[start].text == ",":
        end = start + 1
        while end < source.end and doc[end].text != "," and doc[end].tag_ not in ("WP", "WDT", "WP$"):
            end += 1
        if start + 1 < end and doc[start + 1].tag_ in TITLE_TAGS | DETERMINERS:
            phrase = doc[start + 1 : end]
            return text_of(phrase) if any(token.tag_ in NOUNS for token in phrase) else None
        if start + 1 < end and doc[start + 1].tag_ != "CD":
            return None
        start = end
    return None


def closes_after_comma(name: Span, source: Span) -> bool:
    """Whether the source ends with this name in apposition: "its spokesman in Faro, Ana Lopez"."""
    doc, comma = name.doc, _start_with_honorific(name) - 1
    return (
        comma > source.start
        and doc[comma].text == ","
        and all(token.is_punct for token in doc[name.end : source.end])
        and not any(token.text == "," for token in doc[source.start : comma])
    )


def _start_with_honorific(name: Span) -> int:
    before = name.start - 1
    return before if before >= 0 and name.doc[before].text.rstrip(".") in HONORIFICS else name.start


def _apposition(name: Span) -> str | None:
    head = name.root
    if head.dep_ == "appos" and head.head.tag_ in COMMON_NOUNS and head.head.i < name.start:
        return _phrase_text(head.head, name.start)
    # In "Cho and Kim, a lawmaker," the apposition hangs on the first name, though it is of the last before it.
    first = head.head if head.dep_ == "conj" else head
    end = min((t.i for t in first.children if t.dep_ == "conj" and t.i > head.i), default=head.sent.end)
    for child in sorted({*head.children, *first.children}, key=lambda t: t.i):
        if child.dep_ == "appos" and name.end <= child.i < end and child.tag_ in NOUNS and child.ent_type_ != "PERSON":
            return _phrase_text(child, head.sent.end)
    return None


def _phrase_text(head: Token, before: int) -> str | None:
    start, end = noun_phrase(head, head.sent.start, before, conjuncts=True)
    return text_of(head.doc[start:end])


def text_of(phrase: Span) -> str | None:
    """The words of a noun phrase on one line, without the article or possessive before it and marks at its ends."""
    start, end = _without_marks(phrase.doc, phrase.start, phrase.end)
    while start < end and phrase.doc[start].tag_ in DETERMINERS:
        start += 1
    return one_line(phrase.doc[start:end]) or None


def noun_phrase(head: Token, low: int, high: int, conjuncts: bool = False) -> tuple[int, int]:
    """The tokens of the noun phrase under *head* inside ``[low, high)``, without loosely attached parts."""
    start, end = head.i, head.i + 1
    for child in head.children:
        if child.dep_ in LOOSE_RELATIONS or (child.dep_ in ("conj", "cc") and not conjuncts):
            continue
        first, last = child.left_edge.i, child.right_edge.i
        if last < head.i:
            start = min(start, first)
        elif first > head.i:
            end = max(end, last + 1)
    return _without_marks(head.doc, max(start, low), min(end, high))


def _without_marks(doc: Doc, start: int, end: int) -> tuple[int, int]:
    while end - start > 1 and (doc[start].is_punct or doc[start].is_space):
        start += 1
    opened = any(token.text == "(" for token in doc[start:end])
    while end - start > 1 and (doc[end - 1].is_punct or doc[end - 1].is_space):
        if opened and doc[end - 1].text == ")":
            break
        end -= 1
    return start, end
