"""Who stands how to whom: the stances of articles, and the matrix of all actors that they make up."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from nlpclaims.actors import identity
from nlpclaims.records import TextSpan, json_types

SCHEMA = "nlpclaims/stances/1"
MATRIX_SCHEMA = "nlpclaims/relations/1"


@dataclass(frozen=True, slots=True)
class Party:
    """One side of a stance; the fields are those of ``records.Actor``.

    ``named`` is whether the article names it; "officials" are only described.
    """

    name: str
    type: str
    represents: str | None
    named: bool
    mention: TextSpan


@dataclass(frozen=True, slots=True)
class StanceRecord:
    """An actor's polarity towards a target in one sentence.

    Attributes:
        sentence: the 0-based index of the sentence, that of the target's mention where the actor's is in another.
        score: the probability of the polarity.
        claim: the id of the claim that the actor makes about the target; ``None`` where it is the article that tells.
        evidence: the sentence.
    """

    document: str
    sentence: int
    actor: Party
    target: Party
    polarity: str
    score: float
    claim: str | None
    evidence: TextSpan

    @property
    def confidence(self) -> float:
        """What ``--min-confidence`` is compared with."""
        return self.score

    def to_dict(self) -> dict[str, Any]:
        """The stance as JSON types."""
        return {"schema": SCHEMA, **json_types(self)}


@dataclass(frozen=True, slots=True)
class Node:
    """An actor of several articles: a ``Party`` without a place."""

    name: str
    type: str
    represents: str | None
    named: bool


@dataclass(frozen=True, slots=True)
class Relation:
    """One cell of the matrix: all that articles say of an actor's stance towards a target.

    ``polarity`` is the mean, from -1 (always negative) to 1; ``documents`` is how many articles say it.
    """

    actor: Node
    target: Node
    positive: int
    negative: int
    neutral: int
    polarity: float
    documents: int

    def to_dict(self) -> dict[str, Any]:
        """The relation as JSON types."""
        return {"schema": MATRIX_SCHEMA, **json_types(self)}


class Matrix:
    """Adds up stances, by name and country of both sides; those that are only described are no more than one article's.

    It keeps counts, and the ids of the articles that each of them is from, so that its size depends on how many actors
    and articles there are and not on how much an article says of an actor.
    """

    def __init__(self) -> None:
        self._nodes: dict[object, _NodeTally] = {}
        self._cells: dict[tuple[object, object], _Cell] = {}

    def add(self, stances: Iterable[StanceRecord]) -> None:
        """Take in further stances."""
        for stance in stances:
            key = self._node(stance.actor, stance.document), self._node(stance.target, stance.document)
            cell = self._cells.setdefault(key, _Cell())
            cell.polarities[stance.polarity] += 1
            cell.documents.add(stance.document)

    def relations(self, neutral: bool = False) -> list[Relation]:
        """The cells, those with most that is positive or negative first.

        Args:
            neutral: also those where nothing is.
        """
        found = [self._relation(*key, cell) for key, cell in self._cells.items()]
        pronounced = [relation for relation in found if neutral or relation.positive or relation.negative]
        return sorted(pronounced, key=_order)

    def _node(self, party: Party, document: str) -> object:
        own = identity(party.name, party.represents)
        key = own if party.named else (own, document)
        self._nodes.setdefault(key, _NodeTally(Counter(), Counter(), party.represents, party.named)).add(party)
        return key

    def _relation(self, actor: object, target: object, cell: "_Cell") -> Relation:
        positive, negative, neutral = (cell.polarities[polarity] for polarity in ("positive", "negative", "neutral"))
        return Relation(
            self._nodes[actor].node(),
            self._nodes[target].node(),
            positive,
            negative,
            neutral,
            polarity=round((positive - negative) / (positive + negative + neutral), 3),
            documents=len(cell.documents),
        )


class _Cell:
    """What has been said of one actor's stance towards another."""

    def __init__(self) -> None:
        self.polarities: Counter[str] = Counter()
        self.documents: set[str] = set()


@dataclass(slots=True)
class _NodeTally:
    """What an actor has been called; the commonest of it is shown."""

    names: Counter[str]
    types: Counter[str]
    represents: str | None
    named: bool

    def add(self, party: Party) -> None:
        self.names[party.name] += 1
        self.types[party.type] += 1

    def node(self) -> Node:
        return Node(self.names.most_common(1)[0][0], self.types.most_common(1)[0][0], self.represents, self.named)


def _order(relation: Relation) -> tuple[Any, ...]:
    pronounced = relation.positive + relation.negative
    return -pronounced, -relation.neutral, relation.actor.name, relation.target.name, relation.polarity
