"""Turn an annotated document into claim records."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from spacy.tokens import Doc, Span

from nlpclaims.components.actors import ActorMention, pairs_of
from nlpclaims.components.acts import Act
from nlpclaims.components.attribution import Attribution
from nlpclaims.components.gazetteer import country_of
from nlpclaims.components.names import name_span
from nlpclaims.components.phrases import described_type, one_line
from nlpclaims.components.quotes import quotations_of
from nlpclaims.lemmas import lemma_of
from nlpclaims.records import Actor, Claim, Content, Cue, Offsets, Stance, Target, TextSpan

Names = dict[tuple[str, str], tuple[TextSpan, ...]]


@dataclass(frozen=True)
class Place:
    """Where in the article a document begins that holds only a piece of it: characters and sentences before it."""

    characters: int = 0
    sentences: int = 0


def claims_of(doc: Doc, document: str, place: Place = Place()) -> list[Claim]:
    """One record for each attribution with content and each of its actors, in the order of the text.

    Args:
        doc: a document that has been through the pipeline.
        document: what the records call the article.
        place: where in the article *doc* begins.
    """
    return list(_claims(doc, document, place))


def count_sentences(doc: Doc) -> int:
    """How many sentences there are; white space alone makes none."""
    return sentence_numbers(doc)[-1] + 1 if len(doc) else 0


def _claims(doc: Doc, document: str, place: Place) -> Iterator[Claim]:
    quoted = quotations_of(doc)
    sentences = sentence_numbers(doc)
    actors = pairs_of(doc._.actors)
    names = _names(doc, place)
    stances = _stances(doc, names, place)
    acts: dict[str, Act] = doc._.acts
    for attribution in doc._.attributions:
        if not attribution.content:
            continue
        anchor = attribution.cue or attribution.content[0]
        act = acts.get(attribution.id)
        for actor in actors.get(attribution.id, [None]):
            mention = (actor.start, actor.end) if actor else None
            yield Claim(
                document=document,
                sentence=max(sentences[anchor.start], 0) + place.sentences,
                source=text_span(attribution.source, place) if attribution.source else None,
                actor=_actor(doc, actor, names, place) if actor else None,
                cue=_cue(attribution.cue, place) if attribution.cue else None,
                claim=_content(attribution, quoted, place),
                stance=replace(
                    stances.get((attribution.id, mention), Stance()),
                    action=act.action if act else None,
                    commitment=act.commitment if act else None,
                ),
                confidence=round(attribution.score, 3),
            )


def sentence_numbers(doc: Doc) -> list[int]:
    """For each token the 0-based index of its sentence; white space alone makes no sentence."""
    numbers: list[int] = []
    number = -1
    for sentence in doc.sents:
        number += not all(token.is_space for token in sentence)
        numbers.extend([number] * len(sentence))
    return numbers


def text_span(span: Span, place: Place) -> TextSpan:
    """Where in the article *span* is, and its text."""
    return TextSpan(span.text, span.start_char + place.characters, span.end_char + place.characters)


def _cue(span: Span, place: Place) -> Cue:
    head, where = span.root, text_span(span, place)
    return Cue(where.text, lemma_of(head), where.start, where.end)


def _names(doc: Doc, place: Place) -> Names:
    """Where the document names each actor, in order, by the actor's name and type."""
    found: dict[tuple[str, str], list[TextSpan]] = {}
    for (start, end), who in doc._.names.items():
        found.setdefault(who, []).append(text_span(name_span(doc[start:end]), place))
    return {who: tuple(spans) for who, spans in found.items()}


def _actor(doc: Doc, actor: ActorMention, names: Names, place: Place) -> Actor:
    return Actor(
        actor.name,
        actor.type,
        actor.role,
        actor.resolved_by,
        mention=text_span(doc[actor.start : actor.end], place),
        represents=country_of(actor.name, actor.type),
        names=names.get((actor.name, actor.type), ()),
    )


def _content(attribution: Attribution, quoted: list[tuple[int, int]], place: Place) -> Content:
    spans = sorted(attribution.content, key=lambda span: span.start)
    where = [text_span(span, place) for span in spans]
    return Content(
        text=" ".join(span.text for span in where),
        quotation=_quotation(spans, quoted),
        spans=tuple(Offsets(span.start, span.end) for span in where),
    )


def _quotation(spans: list[Span], quoted: list[tuple[int, int]]) -> str:
    """Whether the words of the content stand inside quotation marks: all of them, none, or some."""
    words = [t for span in spans for t in span if not t.is_punct and not t.is_space and not t.is_quote]
    inside = sum(any(start <= t.idx < end for start, end in quoted) for t in words)
    if inside == 0:
        return "indirect"
    return "direct" if inside == len(words) else "mixed"


def _stances(doc: Doc, names: Names, place: Place) -> dict[tuple[str, tuple[int, int] | None], Stance]:
    """The stance of each actor of each attribution, or of nobody known (``None``)."""
    found: dict[tuple[str, tuple[int, int] | None], list[Target]] = {}
    for stance in doc._.stances if doc.has_extension("stances") else ():
        start, end = stance.target
        name, kind = doc._.names.get(stance.name) or description(doc[slice(*stance.name)])
        target = Target(
            name=name,
            type=kind,
            polarity=stance.polarity,
            score=None if stance.score is None else round(stance.score, 3),
            mention=text_span(doc[start:end], place),
            represents=country_of(name, kind),
            names=names.get((name, kind), ()),
            role=doc._.roles.get(name) if kind == "PERSON" else None,
        )
        found.setdefault((stance.attribution, stance.actor), []).append(target)
    return {key: Stance(polarity=_main_polarity(targets), targets=tuple(targets)) for key, targets in found.items()}


def description(mention: Span) -> tuple[str, str]:
    """What stands in for the name of an actor that has none, and its type."""
    return one_line(mention), described_type(mention.root)


def _main_polarity(targets: list[Target]) -> str | None:
    """The polarity that the model is surest of among those that are not neutral, else neutral."""
    judged = [t for t in targets if t.polarity is not None and t.score is not None]
    pronounced = [t for t in judged if t.polarity != "neutral"]
    best = max(pronounced or judged, key=lambda t: t.score or 0.0, default=None)
    return best.polarity if best else None
