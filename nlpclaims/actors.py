"""Who speaks and who is spoken of: the actors of articles, summed up from their claims."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from nlpclaims.components.gazetteer import normal
from nlpclaims.records import Actor, Claim, Target, TextSpan, json_types

SCHEMA = "nlpclaims/actors/1"


@dataclass(frozen=True, slots=True)
class ActorSummary:
    """What one article says of an actor that makes a claim or is the target of one.

    Attributes:
        document: the article's id.
        role: the first that is stated of it as a claimant, else of a target, or ``None``.
        represents: the country that the name stands for, as an ISO 3166-1 alpha-2 code, or ``None``.
        named: whether the article names it; "officials" are only described.
        aliases: what else the article calls it by name, in order.
        claims: how many claims it makes.
        mentions: in how many places the article speaks of it: names, and sources and targets of claims.
        targeted: how many claims have it as a target.
    """

    document: str
    name: str
    type: str
    role: str | None
    represents: str | None
    named: bool
    aliases: tuple[str, ...]
    claims: int
    mentions: int
    targeted: int

    def to_dict(self) -> dict[str, Any]:
        """The summary as JSON types."""
        return {"schema": SCHEMA, **json_types(self)}


@dataclass(frozen=True, slots=True)
class Appearance:
    """An article that an actor is in, and what it is called there."""

    document: str
    name: str
    role: str | None


@dataclass(frozen=True, slots=True)
class JoinedActor:
    """What several articles say of one actor; ``joined`` tells what was taken to be one, the rest is as of one article.

    ``documents`` is how many articles it is in, ``role`` the one that most of them state.
    """

    name: str
    type: str
    role: str | None
    represents: str | None
    named: bool
    aliases: tuple[str, ...]
    documents: int
    claims: int
    mentions: int
    targeted: int
    joined: tuple[Appearance, ...]

    def to_dict(self) -> dict[str, Any]:
        """The summary as JSON types."""
        return {"schema": SCHEMA, **json_types(self)}


def identity(name: str, represents: str | None) -> tuple[str, str | None]:
    """What tells actors apart: the name, however it is written, and the country that it stands for."""
    return normal(name).casefold(), represents


def actors_of(claims: Iterable[Claim]) -> list[ActorSummary]:
    """The actors of one article's claims, those with most claims first.

    They are told apart by name and country. Claims that were read from a file know only the names that they hold.
    """
    found: dict[tuple[str, str | None], _Tally] = {}
    counted = set()
    for claim in claims:
        if claim.actor is not None:
            tally = found.setdefault(identity(claim.actor.name, claim.actor.represents), _Tally(claim.document))
            tally.add(claim.actor)
            tally.claims += 1
        for target in claim.stance.targets:
            key = identity(target.name, target.represents)
            tally = found.setdefault(key, _Tally(claim.document))
            tally.add(target)
            # A joint source has a record for each of its actors, with the same claim.
            once = (key, claim.source, claim.cue, claim.claim.spans)
            tally.targeted += once not in counted
            counted.add(once)
    return sorted((tally.summary() for tally in found.values()), key=_prominence)


def join(actors: Iterable[ActorSummary]) -> list[JoinedActor]:
    """The actors of many articles, those with most claims first.

    Named actors of one name and country are one; described ones, as "officials", are as many as there are articles.
    Each row of an actor is an article's, as ``actors_of`` gives one for each: two articles may have one id.
    """
    found: dict[object, list[ActorSummary]] = {}
    for actor in actors:
        key = identity(actor.name, actor.represents)
        found.setdefault(key if actor.named else (key, len(found)), []).append(actor)
    return sorted(map(_joined, found.values()), key=_prominence)


class _Tally:
    """What is known of an actor so far."""

    def __init__(self, document: str) -> None:
        self.document = document
        self.claims = self.targeted = 0
        self._seen: list[Actor | Target] = []
        self._names: dict[TextSpan, None] = {}
        self._mentions: dict[TextSpan, None] = {}

    def add(self, actor: Actor | Target) -> None:
        """Take in one more time that the actor claims or is a target."""
        self._seen.append(actor)
        self._names |= dict.fromkeys(actor.names)
        if actor.mention is not None:
            self._mentions[actor.mention] = None
            if isinstance(actor, Actor) and not actor.names and actor.resolved_by in ("name", "alias"):
                # A mention may begin with an article that is no part of the name.
                bare = actor.mention.text.removeprefix("The ").removeprefix("the ")
                text = actor.name if actor.resolved_by == "name" else bare
                self._names[replace(actor.mention, text=text)] = None

    def summary(self) -> ActorSummary:
        first = self._seen[0]
        texts = (" ".join(span.text.split()) for span in sorted(self._names, key=lambda span: span.start))
        return ActorSummary(
            document=self.document,
            name=first.name,
            type=_commonest(actor.type for actor in self._seen),
            role=next((actor.role for actor in sorted(self._seen, key=_is_target) if actor.role), None),
            represents=first.represents,
            named=bool(self._names),
            aliases=tuple(text for text in dict.fromkeys(texts) if text != first.name),
            claims=self.claims,
            mentions=_places([*self._names, *self._mentions]),
            targeted=self.targeted,
        )


def _joined(actors: Sequence[ActorSummary]) -> JoinedActor:
    name = _commonest(actor.name for actor in actors)
    called = dict.fromkeys(text for actor in actors for text in (actor.name, *actor.aliases))
    roles = [actor.role for actor in actors if actor.role]
    return JoinedActor(
        name=name,
        type=_commonest(actor.type for actor in actors),
        role=_commonest(roles) if roles else None,
        represents=actors[0].represents,
        named=actors[0].named,
        aliases=tuple(text for text in called if text != name),
        documents=len(actors),
        claims=sum(actor.claims for actor in actors),
        mentions=sum(actor.mentions for actor in actors),
        targeted=sum(actor.targeted for actor in actors),
        joined=tuple(Appearance(actor.document, actor.name, actor.role) for actor in actors),
    )


def _is_target(actor: Actor | Target) -> bool:
    return isinstance(actor, Target)


def _prominence(actor: ActorSummary | JoinedActor) -> tuple[int, int, int]:
    return -actor.claims, -actor.targeted, -actor.mentions


def _commonest(values: Iterable[str]) -> str:
    return Counter(values).most_common(1)[0][0]


def _places(spans: Iterable[TextSpan]) -> int:
    """How many places the spans are in; those that overlap are one."""
    places = end = 0
    for span in sorted(spans, key=lambda span: span.start):
        places += span.start >= end
        end = max(end, span.end)
    return places
