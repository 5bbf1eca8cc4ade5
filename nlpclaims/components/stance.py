"""Stance: how an actor stands towards another one, read from the text around their mentions (DSE's directed sentiment).

In a pipeline the component judges the actors of attributions (see ``components.attribution``) towards those whom they
speak of, with a name or without. Its model is in ``components.stance_model``; to be trained it needs tokens and their
vectors alone.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby, islice
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from spacy.language import Language
from spacy.pipeline import Tok2Vec, TrainablePipe
from spacy.scorer import PRFScore
from spacy.tokens import Doc, Span, Token
from spacy.training import Example
from spacy.util import registry
from thinc.api import Config, Model, Optimizer, set_dropout_rate

from nlpclaims.components import actors as _actors  # noqa: F401 (registers doc._.actors)
from nlpclaims.components import acts as _acts  # noqa: F401 (registers doc._.acts)
from nlpclaims.components.attribution import Attribution, get_attributions
from nlpclaims.components.coreference import PARTS, PLURALS
from nlpclaims.components.decoding import Floats
from nlpclaims.components.gazetteer import are_one_country
from nlpclaims.components.labelled import DEFAULT_TOK2VEC
from nlpclaims.components.noun_types import ACTING
from nlpclaims.components.phrases import PRONOUN_TAGS, described, first_conjunct, is_negated
from nlpclaims.components.stance_model import LABELS, REVERSED, Pair, TokenSpan, is_readable, score, view
from nlpclaims.components.stored import store
from nlpclaims.components.tags import COMMON_NOUNS, NOUNS, PROPER_NOUNS, tokens_tagged

DEFAULT_MODEL = Config().from_str(
    """
[model]
@architectures = "nlpclaims.DirectedPairModel.v1"
hidden_width = 96
depth = 1

"""
    + DEFAULT_TOK2VEC
)["model"]

Flags = NDArray[np.bool_]

TARGET_LABELS = frozenset({"PERSON", "ORG", "GPE", "LOC", "NORP"})
OBJECTS = frozenset({"obj", "iobj", "nsubj:pass"})
ARGUMENTS = OBJECTS | {"nsubj"}
OBLIQUES = frozenset({"obl", "nmod"})
MODIFIERS = frozenset({"amod", "compound", "nmod:poss", "nmod:desc"})
RECIPROCALS = frozenset({("each", "other"), ("one", "another")})
INDEFINITE = frozenset(f"{which}{who}" for which in ("some", "any", "every", "no") for who in ("one", "body", "thing"))
PAIR_KEY = "pair"
PAIRS_AT_ONCE = 64

if not Doc.has_extension("stances"):
    store("stances", lambda rows: [TargetStance(*row) for row in rows])


class TargetStance(NamedTuple):
    """The polarity of an attribution's actor towards one target; spans are token indices, end exclusive.

    ``actor`` is ``None`` where nobody is known to make the claim. ``name`` is the name that the target stands for: its
    own, or that of a pronoun's or description's antecedent. ``polarity`` is ``positive``, ``negative`` or ``neutral``,
    ``score`` its probability; both are ``None`` without an actor, and where the model does not read the pair (mentions
    that overlap or are too far apart).
    """

    attribution: str
    actor: TokenSpan | None
    target: TokenSpan
    name: TokenSpan
    polarity: str | None
    score: float | None


class Candidate(NamedTuple):
    """A target to judge: the attribution, its actor if any, the target's mention, and the name that this stands for.

    The name of what is only described is the mention itself.
    """

    attribution: str
    actor: TokenSpan | None
    target: TokenSpan
    name: TokenSpan


def _pair(candidate: Candidate) -> Pair | None:
    return None if candidate.actor is None else (candidate.actor, candidate.target)


def _stance(candidate: Candidate, rows: Iterator[Floats | None]) -> TargetStance:
    """The next of the *rows* of probabilities as the candidate's stance, where there is somebody who can have one."""
    return TargetStance(*candidate, *polarity(None if candidate.actor is None else next(rows)))


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
    model: Model[list[Doc], list[Floats]],
    class_weight_power: float,
    scorer: Callable[..., dict[str, Any]] | None,
) -> "StanceComponent":
    return StanceComponent(nlp, model, name, class_weight_power=class_weight_power, scorer=scorer)


class StanceComponent(TrainablePipe):
    """Writes ``doc._.stances``, a ``TargetStance`` for every actor of an attribution and everybody whom it speaks of.

    Reads the attributions, ``doc.spans["actor"]``, ``doc._.actors`` and ``doc.ents`` where they are there. A pair of
    spans in ``doc.spans["pair"]`` (p, q) gets its five probabilities in that group's ``attrs["probabilities"]``; in
    training the same group holds the gold class in ``attrs["label"]``.
    """

    def __init__(
        self,
        nlp: Language,
        model: Model[list[Doc], list[Floats]],
        name: str = "stance",
        *,
        class_weight_power: float = 0.3,
        scorer: Callable[..., dict[str, Any]] | None = score_pairs,
    ) -> None:
        self.vocab, self.model, self.name, self.scorer = nlp.vocab, model, name, scorer
        self.class_weight_power = class_weight_power
        self.cfg: dict[str, Any] = {"class_weights": [1.0] * len(LABELS), "calibration": list(Calibration())}

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
        found: list[Floats | None] = []
        for doc, group in groupby(pairs, key=itemgetter(0)):
            own = [pair for _, pair in group]
            readable = [pair for pair in own if is_readable(pair)]
            rows = iter(self._read(doc, readable) if readable else ())
            found += [next(rows) if is_readable(pair) else None for pair in own]
        return found

    def _read(self, doc: Doc, pairs: Sequence[Pair]) -> Iterator[Floats]:
        (vectors,) = self.model.get_ref("tok2vec").predict([doc])
        for first in range(0, len(pairs), PAIRS_AT_ONCE):  # bounds the memory that a long document takes
            some = pairs[first : first + PAIRS_AT_ONCE]
            yield from score(self.model, vectors, view(some, _bounds(doc, some)))[0]

    def probabilities(self, pairs: Sequence[tuple[Doc, Pair]]) -> list[Floats | None]:
        """Calibrated probabilities of the five ``LABELS`` for each (document, (p, q)); ``None`` where there is none."""
        calibration = self.calibration
        return [None if row is None else calibration.probabilities(row) for row in self.logits(pairs)]

    def parties(self, doc: Doc) -> Flags:
        """Of each token whether, as the head of a mention, it is spoken of as somebody: no mere place or attribute."""
        (vectors,) = self.model.get_ref("tok2vec").predict([doc])
        scores = self.model.get_ref("party").predict(vectors)
        return np.asarray(scores[:, 1] >= scores[:, 0])

    def predict(self, docs: Iterable[Doc]) -> list[Judgement]:
        """What ``set_annotations`` writes on each document."""
        docs = list(docs)
        candidates = [find_candidates(doc, self.parties) for doc in docs]
        given = [[span_pair(doc.spans[PAIR_KEY])] if PAIR_KEY in doc.spans else [] for doc in docs]
        wanted = zip(docs, candidates, given, strict=True)
        pairs = [(doc, pair) for doc, found, own in wanted for pair in [*filter(None, map(_pair, found)), *own]]
        rows = iter(self.probabilities(pairs))
        judgements = []
        for doc, found, own in zip(docs, candidates, given, strict=True):
            attributions = {attribution.id: attribution for attribution in get_attributions(doc)} if found else {}
            stances = [_stance(each, rows) for each in found]
            telling = [stance for stance in stances if _is_telling(stance, doc, attributions[stance.attribution])]
            judgements.append(Judgement(telling, next(rows) if own else None))
        return judgements

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
        """Count the classes of the training pairs, and set up the weights."""
        examples = [example for example in get_examples() if PAIR_KEY in example.reference.spans]
        if not examples:
            raise ValueError(f'training needs documents with a pair in doc.spans["{PAIR_KEY}"]')
        self.cfg["class_weights"] = class_weights(
            [gold_pair(example.reference)[1] for example in examples], self.class_weight_power
        )
        self.model.initialize(X=[example.predicted for example in islice(examples, 10)])

    def update(
        self,
        examples: Iterable[Example],
        *,
        drop: float = 0.0,
        sgd: Optimizer | None = None,
        losses: dict[str, float] | None = None,
    ) -> dict[str, float]:
        """One step of weighted cross-entropy."""
        losses = {} if losses is None else losses
        losses.setdefault(self.name, 0.0)
        pairs = [(example.predicted, *gold_pair(example.reference)) for example in examples]
        pairs = [(doc, pair, label) for doc, pair, label in pairs if is_readable(pair)]
        if not pairs:
            return losses
        set_dropout_rate(self.model, drop)
        vectors, back_vectors = self.model.get_ref("tok2vec").begin_update([doc for doc, _, _ in pairs])
        gradients = []
        for (doc, pair, label), rows in zip(pairs, vectors, strict=True):
            logits, back = score(self.model, rows, view([pair], _bounds(doc, [pair])), is_train=True)
            guess = softmax(logits)
            gradient = guess.copy()
            gradient[0, label] -= 1
            weight = self.cfg["class_weights"][label]
            gradients.append(back(gradient * np.float32(weight / len(pairs))))
            losses[self.name] -= weight * float(np.log(guess[0, label] + 1e-9))
        back_vectors(gradients)
        if sgd is not None:
            self.finish_update(sgd)
        return losses


def class_weights(labels: Sequence[int], power: float) -> list[float]:
    """What each class counts in training: rare ones more, one on average; both directions of a class the same."""
    counts = np.zeros(len(LABELS))
    for label in labels:
        counts[[label, REVERSED[label]]] += 0.5
    weights = (len(labels) / np.maximum(counts, 1.0)) ** power
    return [float(weight) for weight in weights * len(labels) / (counts * weights).sum()]


# ---------------------------------------------------------------- pairs of a document


def with_vectors(nlp: Language, doc: Doc) -> Doc:
    """*doc* through those components of *nlp* that the others listen to."""
    for _, pipe in nlp.pipeline:
        if isinstance(pipe, Tok2Vec):
            doc = pipe(doc)
    return doc


def _bounds(doc: Doc, pairs: Iterable[Pair]) -> list[tuple[int, int]]:
    """What may be read for each pair: the sentences of both mentions and what is between them."""
    if not doc.has_annotation("SENT_START"):
        return [(0, len(doc)) for _ in pairs]
    return [(doc[first].sent.start, doc[last - 1].sent.end) for (first, _), (_, last) in map(sorted, pairs)]


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


def find_candidates(doc: Doc, parties: Callable[[Doc], Flags]) -> list[Candidate]:
    """The targets of each attribution, by its actors if any: the first mention of whomever content or cue speak of.

    Mentions are names, pronouns that stand for one, and descriptions; those are spoken of that are inside of the
    content or the cue and are somebody there, as *parties* tells by their heads, or that the cue acts on ("accused
    *Kim* of lying"). No actor is its own target, neither by the name that ``components.actors`` gives it, nor as
    another name of its country. Of several mentions the first that the claim speaks of goes before whom the cue acts
    on. Actors that accuse "each other" are targets of one another.
    """
    actors: dict[str, list[Span]] = {}
    for mention in doc.spans.get("actor", ()):
        actors.setdefault(mention.id_, []).append(mention)
    attributions = get_attributions(doc)
    if not attributions:
        return []
    named = _named_mentions(doc)
    is_party = parties(doc)
    told = {head: each for head, each in named.items() if is_party[head] or doc[head].tag_ in PRONOUN_TAGS}
    told |= {i: Mention(_phrase(doc[i]), None) for i in _described(doc) if is_party[i] and i not in named}
    spoken = dict(sorted(told.items(), key=lambda item: item[1].span.start))
    heads, starts = list(spoken), [mention.span.start for mention in spoken.values()]
    names = {(actor.attribution, actor.start, actor.end): actor.name for actor in doc._.actors}
    called = {ent.text for ent in doc.ents}
    called |= {text for (start, end), (name, _) in doc._.names.items() for text in (doc[start:end].text, name)}
    found = []
    for attribution in attributions:
        own = actors.get(attribution.id, [])
        own_names = [names.get((attribution.id, actor.start, actor.end), actor.text) for actor in own]
        one_another = _one_another(own, attribution.cue, named)
        spoken_of = [*_spoken_of(attribution, named, spoken, heads, starts), *one_another]
        # Whom the claim speaks of goes before whom it is told.
        spoken_of.sort(key=lambda each: (not _is_inside(each.span, attribution), each.span.start))
        for actor, own_name in zip(own or (None,), own_names or (None,), strict=True):
            place = None if actor is None else (actor.start, actor.end)
            seen = [] if own_name is None else [own_name]
            targets: list[tuple[Span, Span]] = []
            for mention, name_or_none in spoken_of:
                name = name_or_none or mention
                known = doc._.names.get((name.start, name.end), (name.text, name.label_))[0]
                if actor is not None and own_name is not None and _is_country_of(actor.label_, own_name, known, name):
                    continue
                if actor is not None and mention.root.tag_ in PRONOUN_TAGS and name.text == actor.text:
                    continue  # the actor itself, though it be taken for another of its name
                if len(own) > 1 and mention.text.lower() in PLURALS and known in own_names:
                    continue  # "they" who speak together are nobody's target
                texts = [
                    (text, other, name.label_ if other in called or _holds(other, mention, targets) else "")
                    for text in (name.text, known)
                    for other in seen
                ]
                if not any(_is_same(*each) for each in texts):
                    seen += [name.text, known]
                    targets.append((mention, name))
            targets.sort(key=lambda each: each[0].start)
            found += [Candidate(attribution.id, place, *((s.start, s.end) for s in each)) for each in targets]
    return found


def _is_inside(span: Span, attribution: Attribution) -> bool:
    """Whether a mention is part of the content or of the cue."""
    parts = (*attribution.content, *([] if attribution.cue is None else [attribution.cue]))
    return any(part.start <= span.start and span.end <= part.end for part in parts)


def _holds(text: str, mention: Span, targets: Iterable[tuple[Span, Span]]) -> bool:
    """Whether one of the *targets*, of this *text*, has the mention in it."""
    return any(each.text == text and each.start <= mention.start and mention.end <= each.end for each, _ in targets)


def _is_country_of(kind: str, actor: str, target: str, name: Span) -> bool:
    """Whether an actor of a *kind* and a target are one country, "Ankara" and "Turkey"; a people is not its country."""
    return kind != "NORP" and name.label_ in ("GPE", "LOC") and are_one_country(actor, target)


class Mention(NamedTuple):
    """Where the document speaks of someone, and the name that this stands for; the described have none."""

    span: Span
    name: Span | None


def _named_mentions(doc: Doc) -> dict[int, Mention]:
    """By its head each mention of who has a name, in the order of the text."""
    entities = [ent for ent in doc.ents if ent.label_ in TARGET_LABELS]
    names = {token.i: ent for ent in entities for token in ent}
    antecedents = doc._.antecedents
    found = {ent.root.i: Mention(ent, ent) for ent in entities}
    for token in (doc[i] for i in antecedents if i not in names):
        place = token.i
        while place in antecedents and place not in names:
            place = antecedents[place]
        if place in names:
            is_pronoun = token.tag_ in PRONOUN_TAGS
            found[token.i] = Mention(doc[token.i : token.i + 1] if is_pronoun else _phrase(token), names[place])
    told = ((head, mention) for head, mention in found.items() if not is_inside_actor(mention.span))
    return dict(sorted(told, key=lambda item: item[1].span.start))


def _described(doc: Doc) -> Iterator[int]:
    """The nouns for people and bodies that have no name."""
    return (noun.i for noun in tokens_tagged(doc, NOUNS) if noun.dep_ not in PARTS and _is_described(noun))


def _is_described(noun: Token) -> bool:
    """Whether a noun is for people or a body, and all that says who they are."""
    return _is_common(noun) and noun._.noun_type in ACTING and not noun.ent_type_ and _stands_alone(noun)


def _is_common(noun: Token) -> bool:
    """Whether a noun is of no name, though the tagger may take it for one after others: "the health *ministry*"."""
    return noun.tag_ in COMMON_NOUNS or (noun.tag_ in PROPER_NOUNS and noun.is_lower and not noun.ent_type_)


def is_inside_actor(mention: Span) -> bool:
    """Whether all that a mention says is whose another actor is, or from where: "*Zimbabwe's* opposition leader".

    What is whose thing it is, "*Russia's* invasion", is none.
    """
    return any(
        _is_actor(word)
        for head in _modified(mention.root)
        for word in (head, *(child for child in head.children if child.dep_ in ("appos", "flat")))
    )


def actor_round(mention: Span) -> Span | None:
    """Who has no name and is told by the mention whose or from where: "Russian *soldiers*", "Turkey's *army*"."""
    noun = next(filter(_is_described, _modified(mention.root)), None)
    return None if noun is None else _phrase(noun)


def _modified(token: Token) -> Iterator[Token]:
    """The nouns that *token* says more of, the nearest first."""
    while (first := first_conjunct(token)).dep_ in MODIFIERS and first.head.i != first.i:
        token = first.head
        yield token


def _is_actor(token: Token) -> bool:
    return token.ent_type_ in ("PERSON", "ORG", "NORP") or token._.noun_type in ACTING


def _phrase(noun: Token) -> Span:
    """The noun phrase under *noun*, without its determiner and conjuncts, and without what it is accused "of doing"."""
    after = (child for child in noun.children if child.i > noun.i)
    ends = (child.left_edge.i for child in after if child.dep_ == "conj" or _is_marked_clause(child))
    return noun.doc[slice(*described(noun, 0, min(ends, default=len(noun.doc))))]


def _is_marked_clause(token: Token) -> bool:
    return token.dep_ == "acl" and any(child.dep_ == "mark" for child in token.children)


def _is_telling(stance: TargetStance, doc: Doc, attribution: Attribution) -> bool:
    """Whether the target is known not to be all the same to the actor, or else has a name and is spoken of, or asked.

    People without a name are spoken of everywhere, and whom a claim is told is often a newspaper.
    """
    if stance.polarity in ("positive", "negative"):
        return True
    act = doc._.acts.get(attribution.id)
    is_asked = act is not None and act.action == "REQUEST"
    if stance.actor is not None and not is_asked and not _is_inside(doc[slice(*stance.target)], attribution):
        return False
    return doc[slice(*stance.name)].root.ent_type_ != "" or stance.name in doc._.names


def _spoken_of(
    attribution: Attribution,
    named: Mapping[int, Mention],
    spoken: Mapping[int, Mention],
    heads: Sequence[int],
    starts: Sequence[int],
) -> list[Mention]:
    """Whom the content or the cue speaks of, and whom the cue acts on.

    *heads* and *starts* are those of the *spoken*, the mentions that are somebody.
    """
    cue, source = attribution.cue, attribution.source
    found = {
        head: spoken[head]
        for span in (*attribution.content, *([cue] if cue is not None else []))
        for head in heads[bisect_left(starts, span.start) : bisect_left(starts, span.end)]
        if spoken[head].span.end <= span.end
    }
    for head, mention in _acted_on(cue, named) if cue is not None else ():
        if source is None or mention.span.end <= source.start or source.end <= mention.span.start:
            found[head] = mention
    return [each for each in found.values() if not any(head.i in found for head in _modified(each.span.root))]


def _acted_on(cue: Span, named: Mapping[int, Mention]) -> Iterator[tuple[int, Mention]]:
    """With its head each mention of those whom the cue acts on, be they named or described; of a list each one."""
    for child in (child for token in cue for child in token.children):
        if child.dep_ in OBJECTS | OBLIQUES and not _is_where(child):
            for token in (child, *child.conjuncts):
                if token.i in named:
                    yield token.i, named[token.i]
                elif _is_described_target(token, cue):
                    yield token.i, Mention(_phrase(token), None)


def _is_described_target(noun: Token, cue: Span) -> bool:
    """Whether the cue acts on those whom *noun*, which hangs on it, describes.

    An oblique is acted on where its preposition is one of the cue's words, "lashed out at *judges*"; others say for
    what, as what, when or where.
    """
    first = first_conjunct(noun)
    prepositions = (child.i for child in first.children if child.dep_ == "case")
    kinds = (*ACTING, "place") if first.dep_ in OBJECTS else ACTING
    return (
        _is_common(noun)
        and noun._.noun_type in kinds
        and (first.dep_ != "obl" or all(cue.start <= place < cue.end for place in prepositions))
        and not cue.start <= noun.i < cue.end
        and _stands_alone(noun)
    )


def _stands_alone(noun: Token) -> bool:
    """Whether a noun tells who somebody is, by itself: not "somebody", "no one", a predicate, or beside a name."""
    is_predicate = any(child.dep_ == "cop" for child in noun.children) or _is_object_predicate(noun)
    return not (noun.lower_ in INDEFINITE or is_negated(noun) or is_predicate or _is_named_beside(noun))


def _is_object_predicate(noun: Token) -> bool:
    """Whether a noun says what somebody else is taken for: "called the judges *liars*", "saw her as an *ally*"."""
    first = first_conjunct(noun)
    prepositions = [child.lower_ for child in first.children if child.dep_ == "case"]
    if first.dep_ == "obl":
        return prepositions == ["as"]
    before = (child for child in first.head.children if child.i < first.i)
    return first.dep_ == "xcomp" and not prepositions and any(child.dep_ in ("obj", "nsubj:pass") for child in before)


def _is_named_beside(noun: Token) -> bool:
    """Whether a name in apposition to *noun* follows: "the ambassador, *Nicholas Burns*".

    The parser also takes such names for further subjects or objects, of which a verb has one of a kind.
    """
    second = [child for child in noun.head.children if child.dep_ == noun.dep_] if noun.dep_ in ARGUMENTS else []
    beside = (*(child for child in noun.children if child.dep_ == "appos"), *second)
    return any(noun.i < each.i and each.ent_type_ in TARGET_LABELS for each in beside)


def _one_another(actors: Sequence[Span], cue: Span | None, named: Mapping[int, Mention]) -> list[Mention]:
    """Actors at the place of "each other" where that is whom their cue acts on."""
    if cue is None or len(actors) < 2:
        return []
    sentence = cue.sent
    words = ((sentence.doc[i], sentence.doc[i + 1]) for i in range(sentence.start, sentence.end - 1))
    return [
        Mention(cue.doc[a.i : b.i + 1], named[actor.root.i].name if actor.root.i in named else actor)
        for a, b in words
        if (a.lower_, b.lower_) in RECIPROCALS and cue.start <= a.head.i < cue.end
        for actor in actors
    ]


def _is_where(token: Token) -> bool:
    """Whether *token* heads a phrase that says where something is said: "in Seoul"."""
    return token.ent_type_ in ("GPE", "LOC") and any(c.dep_ == "case" and c.lower_ == "in" for c in token.children)


def _is_same(name: str, other: str, label: str) -> bool:
    """Whether both names are equal, or, for a person, one is the other's first or last words."""
    short, full = sorted((_words(name), _words(other)), key=len)
    return short == full or (label == "PERSON" and short in (full[: len(short)], full[-len(short) :]))


def _words(name: str) -> list[str]:
    return name.casefold().removeprefix("the ").removesuffix("'s").removesuffix("’s").split()
