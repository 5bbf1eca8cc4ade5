"""Stance: how an actor stands towards another one, read from the text around their mentions (DSE's directed sentiment).

The component needs tokens alone to be trained; in a pipeline it judges the actors of attributions (see
``components.attribution``) towards the named entities of what they say. Its model is in ``components.stance_model``.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from spacy.language import Language
from spacy.pipeline import TrainablePipe
from spacy.scorer import PRFScore
from spacy.tokens import Doc, Span
from spacy.training import Example
from spacy.util import registry
from spacy.vocab import Vocab
from thinc.api import Config, Optimizer

from nlpclaims.components import actors  # noqa: F401 (registers doc._.actors)
from nlpclaims.components.attribution import get_attributions
from nlpclaims.components.stance_model import (
    LABELS,
    REVERSED,
    Floats,
    Pair,
    PairModel,
    PairReader,
    PairWindow,
    TokenSpan,
)

DEFAULT_MODEL = Config().from_str(
    """
[model]
@architectures = "nlpclaims.DirectedPairCNN.v1"
width = 64
depth = 2
hidden = 128
rows = [5000, 1000, 2000, 500]
dropout = 0.3
word_dropout = 0.1
"""
)["model"]

TARGET_LABELS = frozenset({"PERSON", "ORG", "GPE", "LOC", "NORP"})
PAIR_KEY = "pair"
MIN_WORD_COUNT = 3
"""A word seen less often than this in lower case may be a name where it stands with a capital at a sentence's start."""
BATCH = 256

if not Doc.has_extension("stances"):
    Doc.set_extension("stances", default=[])


class TargetStance(NamedTuple):
    """The polarity of an attribution's actor towards one target; spans are token indices, end exclusive.

    ``polarity`` is ``positive``, ``negative`` or ``neutral``, ``score`` its probability; both are ``None`` where the
    model does not read the pair (mentions that overlap or are too far apart).
    """

    attribution: str
    actor: TokenSpan
    target: TokenSpan
    polarity: str | None
    score: float | None


class Calibration(NamedTuple):
    """Makes a probability of logits: *scale* (one over the temperature) and a bias for either polarity.

    The biases undo what class weights do in training: without them the rare classes would be as likely as they are
    dear.
    """

    scale: float = 1.0
    positive: float = 0.0
    negative: float = 0.0

    def probabilities(self, logits: Floats) -> Floats:
        bias = np.array([0, self.positive, self.positive, self.negative, self.negative], dtype="float32")
        return softmax(logits * self.scale + bias)


class Judgement(NamedTuple):
    """What the component predicts for a document: its stances, and the probabilities of ``doc.spans["pair"]``."""

    stances: list[TargetStance]
    pair: Floats | None


def score_pairs(examples: Iterable[Example], **_: Any) -> dict[str, Any]:
    """``stance_micro_f``, ``stance_macro_f`` and ``stance_per_type`` over the five classes, of gold and read pairs.

    A pair that the component could not read counts as neutral.
    """
    gold, predicted = [], []
    for example in examples:
        if PAIR_KEY in example.reference.spans:
            gold.append(gold_pair(example.reference)[1])
            probabilities = example.predicted.spans[PAIR_KEY].attrs.get("probabilities")
            predicted.append(int(np.argmax(probabilities)) if probabilities else 0)
    return label_scores(gold, predicted)


def label_scores(gold: Sequence[int], predicted: Sequence[int]) -> dict[str, Any]:
    """The scores of ``score_pairs`` from gold and predicted labels (indices into ``LABELS``), between 0 and 1."""
    if not gold:
        return {"stance_micro_f": None, "stance_macro_f": None, "stance_per_type": None}
    scores = [PRFScore() for _ in LABELS]
    for truth, guess in zip(gold, predicted, strict=True):
        if truth == guess:
            scores[truth].tp += 1
        else:
            scores[truth].fn += 1
            scores[guess].fp += 1
    return {
        "stance_micro_f": sum(score.tp for score in scores) / len(gold),
        "stance_macro_f": sum(score.fscore for score in scores) / len(scores),
        "stance_per_type": {label: score.to_dict() for label, score in zip(LABELS, scores, strict=True)},
    }


@registry.scorers("nlpclaims.stance_scorer.v1")
def make_scorer() -> Callable[..., dict[str, Any]]:
    return score_pairs


@Language.factory(
    "nlpclaims_stance",
    assigns=["doc._.stances"],
    default_config={
        "model": DEFAULT_MODEL,
        "class_weight_power": 0.3,
        "scorer": {"@scorers": "nlpclaims.stance_scorer.v1"},
    },
    default_score_weights={"stance_micro_f": 0.5, "stance_macro_f": 0.5, "stance_per_type": None},
)
def make_stance(
    nlp: Language,
    name: str,
    model: PairModel,
    class_weight_power: float,
    scorer: Callable[..., dict[str, Any]] | None,
) -> "StanceComponent":
    return StanceComponent(nlp.vocab, model, name, class_weight_power=class_weight_power, scorer=scorer)


class StanceComponent(TrainablePipe):
    """Writes ``doc._.stances``, a ``TargetStance`` for every actor of an attribution and every entity in its claim.

    Reads the attributions, ``doc.spans["actor"]``, ``doc._.actors`` and ``doc.ents`` where they are there. A pair of
    spans in ``doc.spans["pair"]`` (p, q) gets its five probabilities in that group's ``attrs["probabilities"]``; in
    training the same group holds the gold class in ``attrs["label"]``.
    """

    def __init__(
        self,
        vocab: Vocab,
        model: PairModel,
        name: str = "stance",
        *,
        class_weight_power: float = 0.3,
        scorer: Callable[..., dict[str, Any]] | None = score_pairs,
    ) -> None:
        self.vocab, self.model, self.name, self.scorer = vocab, model, name, scorer
        self.class_weight_power = class_weight_power
        self.cfg: dict[str, Any] = {
            "words": [],
            "class_weights": [1.0] * len(LABELS),
            "calibration": list(Calibration()),
        }
        self._reader = PairReader()

    @property
    def labels(self) -> tuple[str, ...]:
        return LABELS

    @property
    def calibration(self) -> Calibration:
        """How logits become probabilities; fitted on data that training has not seen."""
        return Calibration(*self.cfg["calibration"])

    @calibration.setter
    def calibration(self, value: Calibration) -> None:
        self.cfg["calibration"] = list(value)

    def logits(self, pairs: Sequence[tuple[Doc, Pair]]) -> list[Floats | None]:
        """Five logits a pair, in the order of ``LABELS``; ``None`` for a pair that the model does not read."""
        windows: list[PairWindow | None] = []
        for doc, group in groupby(pairs, key=itemgetter(0)):
            windows += self._reader.windows(doc, [pair for _, pair in group])
        readable = [window for window in windows if window is not None]
        batches = (readable[start : start + BATCH] for start in range(0, len(readable), BATCH))
        rows = iter(row for batch in batches for row in self.model.predict(batch))
        found: list[Floats | None] = []
        for (_, (p, q)), window in zip(pairs, windows, strict=True):
            row = None if window is None else next(rows)
            found.append(row[REVERSED] if row is not None and q < p else row)
        return found

    def probabilities(self, pairs: Sequence[tuple[Doc, Pair]]) -> list[Floats | None]:
        """Calibrated probabilities of the five ``LABELS`` for each (document, (p, q)); ``None`` where there is none."""
        calibration = self.calibration
        return [None if row is None else calibration.probabilities(row) for row in self.logits(pairs)]

    def predict(self, docs: Iterable[Doc]) -> list[Judgement]:
        """What ``set_annotations`` writes on each document."""
        docs = list(docs)
        candidates = [find_candidates(doc) for doc in docs]
        given = [[span_pair(doc.spans[PAIR_KEY])] if PAIR_KEY in doc.spans else [] for doc in docs]
        wanted = zip(docs, candidates, given, strict=True)
        pairs = [(doc, pair) for doc, found, own in wanted for pair in [*(pair for _, pair in found), *own]]
        rows = iter(self.probabilities(pairs))
        return [
            Judgement(
                [TargetStance(name, actor, target, *polarity(next(rows))) for name, (actor, target) in found],
                next(rows) if own else None,
            )
            for found, own in zip(candidates, given, strict=True)
        ]

    def set_annotations(self, docs: Iterable[Doc], scores: list[Judgement]) -> None:
        for doc, (stances, pair) in zip(docs, scores, strict=True):
            doc._.stances = stances
            if PAIR_KEY in doc.spans:
                doc.spans[PAIR_KEY].attrs["probabilities"] = None if pair is None else pair.tolist()

    def initialize(
        self,
        get_examples: Callable[[], Iterable[Example]],
        *,
        nlp: Language | None = None,  # noqa: ARG002
    ) -> None:
        """Count the words and classes of the training pairs, and set up the weights."""
        counts: Counter[str] = Counter()
        labels = [0.0] * len(LABELS)
        docs: list[Doc] = []
        for example in get_examples():
            doc = example.reference
            counts.update(token.text for token in doc if token.is_alpha and token.is_lower)
            if PAIR_KEY in doc.spans:
                label = gold_pair(doc)[1]
                labels[label] += 0.5
                labels[REVERSED[label]] += 0.5
                docs.append(doc)
        if not docs:
            raise ValueError(f'training needs documents with a pair in doc.spans["{PAIR_KEY}"]')
        weights = [(len(docs) / max(count, 1.0)) ** self.class_weight_power for count in labels]
        mean = sum(count * weight for count, weight in zip(labels, weights, strict=True)) / len(docs)
        self.cfg["words"] = sorted(word for word, count in counts.items() if count >= MIN_WORD_COUNT)
        self.cfg["class_weights"] = [weight / mean for weight in weights]
        self._refresh()
        sample = [w for d in docs[:10] for w in self._reader.windows(d, [gold_pair(d)[0]]) if w]
        self.model.initialize(X=sample)

    def update(
        self,
        examples: Iterable[Example],
        *,
        drop: float = 0.0,  # noqa: ARG002
        sgd: Optimizer | None = None,
        losses: dict[str, float] | None = None,
    ) -> dict[str, float]:
        """One step of weighted cross-entropy. The model's own dropout rates hold; *drop* is not used."""
        losses = {} if losses is None else losses
        losses.setdefault(self.name, 0.0)
        windows: list[PairWindow] = []
        gold: list[int] = []
        for example in examples:
            ((p, q), label) = gold_pair(example.reference)
            (window,) = self._reader.windows(example.reference, [(p, q)])
            if window is not None:
                windows.append(window)
                gold.append(REVERSED[label] if q < p else label)
        if not windows:
            return losses
        logits, backprop = self.model.begin_update(windows)
        guesses = softmax(logits)
        truths = np.eye(len(LABELS), dtype="float32")[gold]
        weights = np.array(self.cfg["class_weights"], dtype="float32")[gold]
        backprop((guesses - truths) * weights[:, None] / len(gold))
        losses[self.name] -= float((weights * np.log((guesses * truths).sum(axis=1) + 1e-9)).sum())
        if sgd is not None:
            self.finish_update(sgd)
        return losses

    def from_bytes(self, bytes_data: bytes, *, exclude: Sequence[str] = ()) -> "StanceComponent":
        super().from_bytes(bytes_data, exclude=exclude)
        return self._refresh()

    def from_disk(self, path: str | Path, *, exclude: Sequence[str] = ()) -> "StanceComponent":
        super().from_disk(path, exclude=exclude)
        return self._refresh()

    def _refresh(self) -> "StanceComponent":
        self._reader = PairReader(self.cfg["words"])
        return self


# ---------------------------------------------------------------- pairs of a document


def set_pair(doc: Doc, p: Span, q: Span, label: int | None = None) -> None:
    """Put the pair (p, q) to be read, and for training its gold class, on *doc*."""
    doc.spans[PAIR_KEY] = [p, q]
    doc.spans[PAIR_KEY].attrs["label"] = label


def gold_pair(doc: Doc) -> tuple[Pair, int]:
    """The pair that ``set_pair`` put on *doc*, and its gold class."""
    group = doc.spans[PAIR_KEY]
    return span_pair(group), int(group.attrs["label"])


def polarity(probabilities: Floats | None) -> tuple[str | None, float | None]:
    """p's polarity towards q with its probability: what q thinks of p counts as neutral."""
    if probabilities is None:
        return None, None
    positive, negative = float(probabilities[1]), float(probabilities[3])
    return max(
        (("neutral", 1 - positive - negative), ("positive", positive), ("negative", negative)), key=itemgetter(1)
    )


def softmax(logits: Floats) -> Floats:
    """The softmax over the last axis."""
    exponents = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(exponents / exponents.sum(axis=-1, keepdims=True), dtype="float32")


def span_pair(spans: Iterable[Span]) -> Pair:
    """The token indices of two spans, p and q."""
    p, q = spans
    return (p.start, p.end), (q.start, q.end)


def find_candidates(doc: Doc) -> list[tuple[str, Pair]]:
    """Every (attribution, (actor, target)): the first mention of each entity named in the content or in the cue.

    No actor is its own target, neither by the mention's words nor by the name that ``components.actors`` gives it.
    """
    entities = [entity for entity in doc.ents if entity.label_ in TARGET_LABELS]
    mentions: dict[str, list[Span]] = {}
    for mention in doc.spans.get("actor", ()):
        mentions.setdefault(mention.id_, []).append(mention)
    if not entities or not mentions:
        return []
    names = {(actor.attribution, actor.start, actor.end): actor.name for actor in doc._.actors}
    found = []
    for attribution in get_attributions(doc):
        stretches = [*attribution.content, *([attribution.cue] if attribution.cue is not None else [])]
        inside = [e for e in entities if any(s.start <= e.start and e.end <= s.end for s in stretches)]
        for mention in mentions.get(attribution.id, ()):
            actor = mention.start, mention.end
            seen = [mention.text, names.get((attribution.id, *actor), mention.text)]
            for entity in inside:
                if not any(_is_same(entity.text, name, entity.label_) for name in seen):
                    seen.append(entity.text)
                    found.append((attribution.id, (actor, (entity.start, entity.end))))
    return found


def _is_same(name: str, other: str, label: str) -> bool:
    """Whether both names are equal, or, for a person, one is the other's first or last words."""
    short, full = sorted((_words(name), _words(other)), key=len)
    return short == full or (label == "PERSON" and short in (full[: len(short)], full[-len(short) :]))


def _words(name: str) -> list[str]:
    return name.casefold().removeprefix("the ").removesuffix("'s").removesuffix("’s").split()
