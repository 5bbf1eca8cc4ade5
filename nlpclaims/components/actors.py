"""Say who the source of each attribution is: the mention inside the source, its fullest name in the document, its role.

Names are matched within the document: a shorter name stands for the longer one that contains it. A pronoun is left
unresolved rather than guessed, and a description ("Ukrainian officials") is its own name.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from spacy.language import Language
from spacy.tokens import Doc, Span, SpanGroup, Token

from nlpclaims.components.names import NameBook, name_text
from nlpclaims.components.phrases import (
    DETERMINERS,
    PRONOUN_TAGS,
    TITLE_TAGS,
    closes_after_comma,
    described_type,
    head_of,
    noun_phrase,
)


class ActorMention(NamedTuple):
    """An actor of one attribution: ``start`` and ``end`` are the tokens of its mention in the source."""

    attribution: str
    start: int
    end: int
    name: str
    type: str
    role: str | None
    resolved_by: str


if not Doc.has_extension("actors"):
    Doc.set_extension("actors", default=())
    Doc.set_extension("names", default={})


@Language.factory(
    "nlpclaims_actors",
    assigns=["doc.spans", "doc._.actors", "doc._.names"],
    requires=["doc.ents", "doc.spans", "token.dep", "token.head", "token.tag", "token._.noun_type"],
)
def make_actors(nlp: Language, name: str) -> "ActorComponent":  # noqa: ARG001 (spaCy passes both)
    return ActorComponent()


class ActorComponent:
    """Writes the actors and the names of a document.

    ``doc._.actors`` holds an ``ActorMention`` for each actor of each attribution, and ``doc.spans["actor"]`` their
    mentions (label: type, id: attribution). ``doc._.names`` maps the token range ``(start, end)`` of each name in the
    document to the fullest name and the type of whom it names.
    """

    def __call__(self, doc: Doc) -> Doc:
        attributions = doc._.attributions
        names = NameBook(doc, attributions)
        # Two heads of a source can lead to one name: as the name that follows a description, and as its conjunct.
        found = dict.fromkeys(actor for a in attributions if a.source for actor in _actors(a.id, a.source, names))
        doc._.actors = tuple(found)
        doc._.names = {(name.start, name.end): (names.fullest(name), names.type(name)) for name in names.names}
        doc.spans["actor"] = SpanGroup(
            doc, name="actor", spans=[Span(doc, a.start, a.end, label=a.type, span_id=a.attribution) for a in found]
        )
        return doc


def _actors(attribution: str, source: Span, names: NameBook) -> Iterator[ActorMention]:
    top = head_of(source)
    for head in (top, *_conjuncts(top, source)):
        if head.is_space:  # no word, though the parser takes it for one
            continue
        entity = _entity_at(head, source, names)
        if entity is not None:
            own = name_text(entity)
            name = names.fullest(entity)
            start, end = entity.start, entity.end
            while end - start > 1 and (entity.doc[end - 1].tag_ == "POS" or entity.doc[end - 1].is_space):
                end -= 1
            role, resolved_by = names.role(entity, source), "name" if own == name else "alias"
            yield ActorMention(attribution, start, end, name, names.type(entity), role, resolved_by)
        elif head.tag_ not in PRONOUN_TAGS:
            start, end = noun_phrase(head, source.start, source.end)
            while start < head.i and source.doc[start].tag_ in DETERMINERS:
                start += 1
            phrase = " ".join(source.doc[start:end].text.split())
            yield ActorMention(attribution, start, end, phrase, described_type(head), None, "description")


def _conjuncts(head: Token, source: Span) -> Iterator[Token]:
    for child in head.children:
        if child.dep_ == "conj" and source.start <= child.i < source.end:
            yield child
            yield from _conjuncts(child, source)


def _entity_at(head: Token, source: Span, names: NameBook) -> Span | None:
    """The name of what *head* stands for: the one it is a title of, the one it lies in, or the one in apposition."""
    inside = names.within(source)
    doc, start, end = head.doc, head.i, head.i + 1
    while start > source.start and doc[start - 1].tag_ in TITLE_TAGS:
        start -= 1
    while end < source.end and doc[end].tag_ in TITLE_TAGS:
        end += 1
    for name in inside:
        if name.label_ == "PERSON" and start <= name.start and name.end == end:
            return name
    for name in inside:
        if name.start <= head.i < name.end:
            return name
    for name in inside:
        apposed = name.root.head == head and name.root.dep_ == "appos"
        if name.label_ == "PERSON" and (apposed or closes_after_comma(name, source)):
            return name
    return None


def pairs_of(actors: Iterable[ActorMention]) -> dict[str, list[ActorMention]]:
    """The actors by the attribution that they belong to."""
    grouped: dict[str, list[ActorMention]] = {}
    for actor in actors:
        grouped.setdefault(actor.attribution, []).append(actor)
    return grouped
