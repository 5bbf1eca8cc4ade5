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
    """An actor of several articles: a ``Party`` without a place.

    ``article`` is the number, from 1, of the one article of an actor that is only described, else ``None``. Those
    are counted that were added up: one that failed has no number.
    """

    name: str
    type: str
    represents: str | None
    named: bool
    article: int | None = None


@dataclass(frozen=True, slots=True)
class Relation:
    """One cell of the matrix: all that articles say of an actor's stance towards a target.

    ``polarity`` is the mean of those that are not neutral, from -1 (all negative) to 1, and 0 where there are none;
    ``documents`` is how many articles have one.
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

    It keeps counts, and the numbers of the articles that each of them is from, so that its size depends on how many
    actors and articles there are and not on how much an article says of an actor.
    """

    def __init__(self) -> None:
        self._articles = 0
        self._nodes: dict[object, _NodeTally] = {}
        self._cells: dict[tuple[object, object], _Cell] = {}

    def add(self, stances: Iterable[StanceRecord]) -> None:
        """Take in the stances of one more article; its id may be that of another one, as rows of two files have."""
        self._articles += 1
        for stance in stances:
            cell = self._cells.setdefault((self._node(stance.actor), self._node(stance.target)), _Cell())
            cell.polarities[stance.polarity] += 1
            if stance.polarity != "neutral":
                cell.articles.add(self._articles)

    def relations(self, neutral: bool = False) -> list[Relation]:
        """The cells, those with most that is positive or negative first.

        Args:
            neutral: also those where nothing is.
        """
        found = [self._relation(*key, cell) for key, cell in self._cells.items()]
        pronounced = [relation for relation in found if neutral or relation.positive or relation.negative]
        return sorted(pronounced, key=_order)

    def _node(self, party: Party) -> object:
        article = None if party.named else self._articles
        key = identity(party.name, party.represents), article
        self._nodes.setdefault(key, _NodeTally(Counter(), Counter(), party.represents, article)).add(party)
        return key

    def _relation(self, actor: object, target: object, cell: "_Cell") -> Relation:
        positive, negative, neutral = (cell.polarities[polarity] for polarity in ("positive", "negative", "neutral"))
        return Relation(
            self._nodes[actor].node(),
            self._nodes[target].node(),
            positive,
            negative,
            neutral,
            polarity=round((positive - negative) / max(positive + negative, 1), 3),
            documents=len(cell.articles),
        )


class _Cell:
    """What has been said of one actor's stance towards another."""

    def __init__(self) -> None:
        self.polarities: Counter[str] = Counter()
        self.articles: set[int] = set()


@dataclass(slots=True)
class _NodeTally:
    """What an actor has been called; the commonest of it is shown."""

    names: Counter[str]
    types: Counter[str]
    represents: str | None
    article: int | None

    def add(self, party: Party) -> None:
        self.names[party.name] += 1
        self.types[party.type] += 1

    def node(self) -> Node:
        name, kind = (counts.most_common(1)[0][0] for counts in (self.names, self.types))
        return Node(name, kind, self.represents, self.article is None, self.article)


def _order(relation: Relation) -> tuple[Any, ...]:
    pronounced = relation.positive + relation.negative
    return -pronounced, -relation.neutral, relation.actor.name, relation.target.name, relation.polarity
