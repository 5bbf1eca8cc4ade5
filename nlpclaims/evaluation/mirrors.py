"""Mirror tests of stance: what may change a judgement, and what must not, on own sentences in ``mirrors.jsonl``.

Each sentence has two slots for names, {p} and {q}, and a gold polarity of p to q. It comes in the active and in the
passive voice, negated, and with a third name, {r}, of whom nobody speaks. All of them are read with each of the sets of
names in ``mirror_names.jsonl``, from different countries, which is a check for bias: stance does not depend on names.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import numpy as np

from nlpclaims.components.decoding import Floats
from nlpclaims.components.stance import StanceComponent, polarity, span_pair
from nlpclaims.components.stance_model import LABELS, REVERSED, Pair
from nlpclaims.evaluation.counts import percent
from nlpclaims.evaluation.pipeline import annotate, find_component
from nlpclaims.records import POLARITIES

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc, Span

SENTENCES = Path(__file__).with_name("mirrors.jsonl")
NAMES = Path(__file__).with_name("mirror_names.jsonl")
UNNEEDED = ("noun_types", "whole_names", "coreference", "actors", "acts")
"""Components that say who is who, which is given here."""
UNREAD: Floats = np.eye(len(LABELS), dtype="float32")[0]
"""A pair that the component does not read counts as neutral."""

NameSet = Mapping[str, Sequence[str]]
"""By kind (``person``, ``organisation``, ``country``) three names, for p, q and r."""


class Mirror(NamedTuple):
    """One sentence in its forms, each with slots for names.

    Attributes:
        polarity: gold, of p to q in the active and the passive form and with a third name.
        p: the kind of name in this slot, as ``q`` and ``r``.
        negated_polarity: what is right where the sentence is negated: the other polarity, or none.
    """

    id: str
    polarity: str
    p: str
    q: str
    r: str
    active: str
    passive: str
    negated: str
    negated_polarity: Sequence[str]
    third: str

    def names(self, given: NameSet) -> dict[str, str]:
        """The name for each slot."""
        return {slot: given[getattr(self, slot)][place] for place, slot in enumerate("pqr")}


def read_mirrors(path: Path = SENTENCES) -> list[Mirror]:
    """The sentences, by default those that come with nlpclaims."""
    return [Mirror(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]


def read_names(path: Path = NAMES) -> dict[str, NameSet]:
    """The sets of names, by the country that they are from."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return {row.pop("set"): row for row in rows}


def fill(template: str, names: Mapping[str, str]) -> tuple[str, dict[str, tuple[int, int]]]:
    """The sentence with names in its slots, and the characters of each of them."""
    text, spans = "", {}
    for place, part in enumerate(re.split(r"\{(\w)\}", template)):
        if place % 2:
            spans[part] = len(text), len(text) + len(names[part])
        text += names[part] if place % 2 else part
    return text, spans


@dataclass
class Readings:
    """The five probabilities of (p, q) in the forms of one sentence, a row for each set of names.

    ``swapped`` is the active form with both names in each other's place; ``third`` has (p, r) and (q, r).
    """

    active: list[Floats] = field(default_factory=list)
    swapped: list[Floats] = field(default_factory=list)
    passive: list[Floats] = field(default_factory=list)
    negated: list[Floats] = field(default_factory=list)
    third: list[Floats] = field(default_factory=list)


def read(nlp: "Language", mirror: Mirror, sets: Iterable[NameSet]) -> Readings:
    """What a pipeline finds in all forms of a sentence.

    Raises:
        ModelError: the pipeline has no component ``stance``.
    """
    judge = find_component(nlp, StanceComponent, "stance").probabilities
    readings = Readings()
    for doc, (rows, pairs, spans) in annotate(nlp, _texts(mirror, sets, readings), unneeded=UNNEEDED):
        found = judge([(doc, _tokens(doc, spans, pair)) for pair in pairs])
        rows += [UNREAD if row is None else row for row in found]
    return readings


def _texts(
    mirror: Mirror, sets: Iterable[NameSet], readings: Readings
) -> Iterator[tuple[str, tuple[list[Floats], tuple[str, ...], dict[str, tuple[int, int]]]]]:
    """Each text with where its readings go, the pairs that are read, and the characters of the names."""
    for given in sets:
        names = mirror.names(given)
        swapped = {**names, "p": names["q"], "q": names["p"]}
        for template, slots, rows, pairs in (
            (mirror.active, names, readings.active, ("pq",)),
            (mirror.active, swapped, readings.swapped, ("pq",)),
            (mirror.passive, names, readings.passive, ("pq",)),
            (mirror.negated, names, readings.negated, ("pq",)),
            (mirror.third, names, readings.third, ("pr", "qr")),
        ):
            text, spans = fill(template, slots)
            yield text, (rows, pairs, spans)


def _tokens(doc: "Doc", spans: Mapping[str, tuple[int, int]], pair: str) -> Pair:
    return span_pair(cast("Span", doc.char_span(*spans[slot], alignment_mode="expand")) for slot in pair)


class Tally:
    """How many of a kind were right."""

    def __init__(self) -> None:
        self.right = self.n = 0

    def add(self, verdicts: Iterable[bool]) -> None:
        """Count further ones."""
        for verdict in verdicts:
            self.right += verdict
            self.n += 1

    def figures(self) -> dict[str, float]:
        """``right`` in per cent, of ``n``."""
        return {"right": percent(self.right / self.n if self.n else 0.0), "n": self.n}


def evaluate(nlp: "Language", mirrors: Iterable[Mirror], sets: Mapping[str, NameSet] | None = None) -> dict[str, Any]:
    """Read each sentence in all forms with all sets of names, by default those that come with nlpclaims.

    Returns:
        Each with ``right`` in per cent of ``n``:
        ``accuracy``, of p to q in the active form, and the same for each of the ``classes``;
        ``silent``, q stays neutral to p, in the active and the passive form;
        ``swap``, the names in each other's place swap the direction and change nothing else;
        ``passive``, the polarity is that of the active form;
        ``negation``, it is one that the negated sentence can have;
        ``third``, p and q stay neutral to someone of whom nobody speaks.
        Then ``names``, with ``changed``, how often two sets of names lead to different polarities, in per cent, and
        ``change``, by how much they change the probability of the gold one on average; and for each of the ``sets``
        ``right`` and the mean ``polarity`` of p to q, from -1 to 1.

    Raises:
        ModelError: the pipeline has no component ``stance``.
    """
    sets = sets or read_names()
    tallies = {name: Tally() for name in ("accuracy", "silent", "swap", "passive", "negation", "third")}
    classes = {label: Tally() for label in POLARITIES}
    by_set = {name: Tally() for name in sets}
    leanings: list[Floats] = []
    changed, changes = Tally(), []
    for mirror in mirrors:
        found = read(nlp, mirror, sets.values())
        labels = [_label(row) for row in found.active]
        right = [label == mirror.polarity for label in labels]
        tallies["accuracy"].add(right)
        classes[mirror.polarity].add(right)
        for tally, verdict in zip(by_set.values(), right, strict=True):
            tally.add([verdict])
        tallies["silent"].add(_label(row[REVERSED]) == "neutral" for row in (*found.active, *found.passive))
        tallies["swap"].add(_both(a) == _both(b) for a, b in zip(found.active, found.swapped, strict=True))
        tallies["passive"].add(a == _label(b) for a, b in zip(labels, found.passive, strict=True))
        tallies["negation"].add(_label(row) in mirror.negated_polarity for row in found.negated)
        tallies["third"].add(_label(row) == "neutral" for row in found.third)
        changed.add(a != b for a, b in combinations(labels, 2))
        gold = [_three(row)[POLARITIES.index(mirror.polarity)] for row in found.active]
        changes += [abs(a - b) for a, b in combinations(gold, 2)]
        leanings.append(np.array([row[1] - row[3] for row in found.active]))
    leaning = np.mean(leanings, axis=0) if leanings else np.zeros(len(sets))
    return {
        **{name: tally.figures() for name, tally in tallies.items()},
        "classes": {label: tally.figures() for label, tally in classes.items()},
        "names": {
            "changed": changed.figures()["right"],
            "change": round(float(np.mean(changes)) if changes else 0.0, 3),
            "n": changed.n,
        },
        "sets": {
            name: {"polarity": round(float(mean), 3), **tally.figures()}
            for (name, tally), mean in zip(by_set.items(), leaning, strict=True)
        },
    }


def _label(row: Floats) -> str | None:
    return polarity(row)[0]


def _both(row: Floats) -> tuple[str | None, str | None]:
    """The polarities of p to q and of q to p."""
    return _label(row), _label(row[REVERSED])


def _three(row: Floats) -> tuple[float, float, float]:
    """The probabilities of p to q in the order of ``POLARITIES``."""
    positive, negative = float(row[1]), float(row[3])
    return positive, negative, 1 - positive - negative
