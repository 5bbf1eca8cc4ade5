"""Read off a processed document who stands how to whom: claimants in their claims, and all actors of a sentence."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from spacy.language import Language
from spacy.tokens import Doc, Span

from nlpclaims.actors import identity
from nlpclaims.claims import Place, claims_of, description, sentence_numbers, text_span
from nlpclaims.components.clusters import Range, clusters_of
from nlpclaims.components.gazetteer import are_one_country, country_of
from nlpclaims.components.phrases import PRONOUN_TAGS, first_conjunct
from nlpclaims.components.stance import RECIPROCALS, StanceComponent, actor_round, is_inside_actor, polarity
from nlpclaims.components.stance_model import REVERSED
from nlpclaims.evaluation.pipeline import find_component
from nlpclaims.extractor import ArticleReader, load_pipeline
from nlpclaims.records import Actor, Target, TextSpan
from nlpclaims.stances import Party, StanceRecord

MAX_PAIRS = 28
"""Pairs of actors that are read in a sentence, the nearest first and those of one list last: all of eight actors."""


class StanceExtractor(ArticleReader[StanceRecord]):
    """Finds who stands how to whom with a loaded pipeline, ``nlp``.

    Args:
        nlp: the pipeline.
        neutral: whether stances that are neither positive nor negative are wanted too.

    Raises:
        ModelError: the pipeline lacks a component.
    """

    required = (*ArticleReader.required, "stance")

    def __init__(self, nlp: Language, neutral: bool = False) -> None:
        super().__init__(nlp)
        self.neutral = neutral
        self._judge = find_component(nlp, StanceComponent, "stance")

    def read(self, doc: Doc, document: str, place: Place) -> list[StanceRecord]:
        """The stances of a processed document."""
        found = stances_of(doc, self._judge, document, place)
        return [stance for stance in found if self.neutral or stance.polarity != "neutral"]


def load(model: str | Path | None = None, neutral: bool = False) -> StanceExtractor:
    """Load a pipeline, as ``nlpclaims.load`` does, to find stances.

    Raises:
        ModelError: there is no such pipeline, it is broken, or it lacks a component.
    """
    return StanceExtractor(load_pipeline(model), neutral)


def stances_of(doc: Doc, judge: StanceComponent, document: str, place: Place) -> list[StanceRecord]:
    """A record for each actor and each other one that it claims something of or that is named in one sentence with it.

    What a claim says of the two in a sentence goes before what the sentence says. They are in the order of the text.

    Args:
        doc: a document that has been through the pipeline.
        judge: the pipeline's component ``stance``.
        document: what the records call the article.
        place: where in the article *doc* begins.
    """
    sentences = _Sentences(doc, place)
    claimed = {_key(stance): stance for stance in _of_claims(doc, document, sentences)}
    told = {key[:3] for key in claimed}
    stances = [*claimed.values()]
    stances += (stance for stance in _of_sentences(doc, judge, document, sentences) if _key(stance)[:3] not in told)
    return sorted(stances, key=lambda each: (each.sentence, each.actor.mention.start, each.target.mention.start))


def _key(stance: StanceRecord) -> tuple[int, object, object, str | None]:
    return stance.sentence, _identity(stance.actor), _identity(stance.target), stance.claim


def _identity(party: Party) -> object:
    return identity(party.name, party.represents)


class _Sentences:
    """The sentences of a document, without white space at their ends, with their place in the article."""

    def __init__(self, doc: Doc, place: Place) -> None:
        numbers = sentence_numbers(doc)
        self.place = place
        self.spans = [span for sentence in doc.sents if len(span := _trimmed(sentence))]
        self.numbers = [numbers[span.start] + place.sentences for span in self.spans]
        self._starts = [span.start_char + place.characters for span in self.spans]

    def at(self, mention: TextSpan) -> tuple[int, TextSpan]:
        """The number and the text of the sentence in which a mention begins."""
        index = max(bisect_right(self._starts, mention.start) - 1, 0)
        return self.numbers[index], text_span(self.spans[index], self.place)


def _trimmed(sentence: Span) -> Span:
    words = [token.i for token in sentence if not token.is_space]
    return sentence.doc[words[0] : words[-1] + 1] if words else sentence.doc[sentence.start : sentence.start]


# ---------------------------------------------------------------- of claims


def _of_claims(doc: Doc, document: str, sentences: _Sentences) -> Iterator[StanceRecord]:
    named = set(doc._.names.values())
    for claim in claims_of(doc, document, sentences.place):
        if claim.actor is None or claim.actor.mention is None:
            continue
        actor = _party(claim.actor, claim.actor.mention, named)
        for each in claim.stance.targets:
            target = _party(each, each.mention, named)
            if each.polarity is None or each.score is None or _identity(actor) == _identity(target):
                continue
            number, evidence = sentences.at(each.mention)
            yield StanceRecord(document, number, actor, target, each.polarity, each.score, claim.id, evidence)


def _party(who: Actor | Target, mention: TextSpan, named: set[tuple[str, str]]) -> Party:
    return Party(who.name, who.type, who.represents, (who.name, who.type) in named, mention)


# ---------------------------------------------------------------- of sentences


class _Mention(NamedTuple):
    """Where a sentence first names an actor, or else first speaks of it.

    ``first`` is the token that begins the list which the mention is in, its own head where it is in none.
    """

    tokens: Range
    party: Party
    first: int


def _of_sentences(doc: Doc, judge: StanceComponent, document: str, sentences: _Sentences) -> Iterator[StanceRecord]:
    is_party = judge.parties(doc)
    roots = ((mention, doc[slice(*mention.tokens)].root) for mention in _mentions(doc, sentences.place))
    mentions = [mention for mention, root in roots if is_party[root.i] or root.tag_ in PRONOUN_TAGS]
    starts = [span.start for span in sentences.spans]
    inside: dict[int, list[_Mention]] = {}
    for mention in mentions:
        inside.setdefault(max(bisect_right(starts, mention.tokens[0]) - 1, 0), []).append(mention)
    pairs = [(index, pair) for index, found in sorted(inside.items()) for pair in _pairs(found)]
    asked = [_asked(doc, p, q) for _, (p, q) in pairs]
    rows = iter(judge.probabilities([(doc, each) for some in asked for each in some]))
    for (index, (p, q)), some in zip(pairs, asked, strict=True):
        forth, *others = (next(rows) for _ in some)
        back = others[0] if others else None if forth is None else forth[REVERSED]
        number, evidence = sentences.numbers[index], text_span(sentences.spans[index], sentences.place)
        for actor, target, seen in ((p.party, q.party, forth), (q.party, p.party, back)):
            label, score = polarity(seen)
            if label is not None and score is not None:
                yield StanceRecord(document, number, actor, target, label, round(score, 3), None, evidence)


def _asked(doc: Doc, p: _Mention, q: _Mention) -> list[tuple[Range, Range]]:
    """The places that tell how *p* and *q* stand to each other.

    Those of one list who do something to "each other" stand each as to these words.
    """
    if p.first == q.first:
        for word in doc[p.first].head.children:
            following = doc[word.i + 1 : word.i + 2].text.lower()
            if p.tokens[1] <= q.tokens[0] <= word.i and (word.lower_, following) in RECIPROCALS:
                return [(each.tokens, (word.i, word.i + 2)) for each in (p, q)]
    return [(p.tokens, q.tokens)]


def _mentions(doc: Doc, place: Place) -> list[_Mention]:
    """Every mention of an actor that the document names, names before pronouns and descriptions.

    Where a name only says whose another actor is, or from where, that one is mentioned: "Russian soldiers".
    """
    names: dict[Range, tuple[str, str]] = doc._.names
    owners = dict(names)
    for cluster in clusters_of(doc):
        who = next((names[mention] for mention in cluster if mention in names), None)
        if who is not None:
            owners |= {mention: who for mention in cluster if mention not in names}
    found = []
    for tokens, who in owners.items():
        span = doc[slice(*tokens)]
        if not is_inside_actor(span):
            found.append(_mention(span, *who, True, place))
        elif (actor := actor_round(span)) is not None:
            found.append(_mention(actor, *description(actor), False, place))
    return sorted(found, key=lambda mention: (mention.tokens not in names, mention.tokens))


def _mention(span: Span, name: str, kind: str, named: bool, place: Place) -> _Mention:
    party = Party(name, kind, country_of(name, kind), named, text_span(span, place))
    return _Mention((span.start, span.end), party, first_conjunct(span.root).i)


def _pairs(mentions: Iterable[_Mention]) -> list[tuple[_Mention, _Mention]]:
    """Each two different actors of a sentence, by their first mentions, and no more than enough.

    The nearest go first. Those of one list go last: a sentence seldom says how these stand to each other.
    """
    first: dict[object, _Mention] = {}
    for mention in mentions:
        first.setdefault(_identity(mention.party), mention)
    ordered = sorted(first.values(), key=lambda mention: mention.tokens)
    # Those further on are further away, and a list of thousands of names may be one sentence.
    near = ((p, q) for i, p in enumerate(ordered, 1) for q in ordered[i : i + MAX_PAIRS])
    apart = [(p, q) for p, q in near if p.tokens[1] <= q.tokens[0] and not _are_one_country(p.party, q.party)]
    return sorted(apart, key=lambda pair: (pair[0].first == pair[1].first, _gap(*pair)))[:MAX_PAIRS]


def _are_one_country(one: Party, other: Party) -> bool:
    """Whether both stand for one country: "Moscow" and "Russia"."""
    return one.type == other.type == "GPE" and are_one_country(one.name, other.name)


def _gap(before: _Mention, after: _Mention) -> int:
    return after.tokens[0] - before.tokens[1]
