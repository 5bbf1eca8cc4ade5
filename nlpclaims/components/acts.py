"""What a source does by an attribution (an action), and how far it commits to the content being true (a commitment).

Actions are PLOVER's verbal classes (Open Event Data Alliance); commitments are FactBank's values (Saurí and
Pustejovsky, Language Resources and Evaluation 2009). The model is in ``components.act_model``.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import Any, NamedTuple

import numpy as np
from spacy.language import Language
from spacy.pipeline import TrainablePipe
from spacy.tokens import Doc, Span
from spacy.training import Example
from thinc.api import Config, Model, Optimizer, set_dropout_rate

from nlpclaims.components.act_model import ACTION_LABELS, LAYERS, score, view
from nlpclaims.components.attribution import get_attributions
from nlpclaims.components.decoding import Floats, log_softmax
from nlpclaims.components.labelled import DEFAULT_TOK2VEC
from nlpclaims.components.phrases import is_negated_source
from nlpclaims.components.stored import store
from nlpclaims.records import COMMITMENTS

ACT_KEY = "act"
"""The span group of cues to be judged: a span's label is the commitment, its knowledge base id the action."""

DEFAULT_MODEL = Config().from_str(
    """
[model]
@architectures = "nlpclaims.ActModel.v2"
hidden_width = 64
depth = 1

"""
    + DEFAULT_TOK2VEC
)["model"]

if not Doc.has_extension("acts"):
    store("acts", lambda rows: {attribution: Act(*act) for attribution, act in rows})


class Act(NamedTuple):
    """What an attribution is as an act; ``action`` is ``None`` where it is none of PLOVER's."""

    action: str | None
    commitment: str


NOBODYS = Act(None, "Uu")
"""The act where nobody is the source: "no minister said"."""
HEDGES = frozenset({"reportedly", "allegedly", "supposedly", "purportedly"})
HEDGED = {"CT+": "PR+", "CT-": "PR-"}
"""The commitment of who is only said to have made a claim, "has *reportedly* promised", by that of who has made it."""


def score_acts(examples: Iterable[Example], **_: Any) -> dict[str, float]:
    """``action_acc`` and ``commitment_acc``: the share of the gold cues in ``doc.spans["act"]`` that are right."""
    right, total = dict.fromkeys(LAYERS, 0), 0
    for example in examples:
        cues = zip(example.reference.spans.get(ACT_KEY, ()), example.predicted.spans.get(ACT_KEY, ()), strict=True)
        for theirs, ours in cues:
            total += 1
            right["action"] += ours.kb_id_ == theirs.kb_id_
            right["commitment"] += ours.label_ == theirs.label_
    return {f"{name}_acc": count / total for name, count in right.items()} if total else {}


@Language.factory(
    "nlpclaims_acts",
    assigns=["doc._.acts"],
    requires=["doc.spans", "token.dep", "token.head"],
    default_config={"model": DEFAULT_MODEL},
    default_score_weights={"action_acc": 0.5, "commitment_acc": 0.5},
)
def make_acts(nlp: Language, name: str, model: Model[list[Doc], list[Floats]]) -> "ActComponent":
    return ActComponent(nlp, model, name)


class ActComponent(TrainablePipe):
    """A trainable pipe that writes ``doc._.acts``, an ``Act`` for each attribution with a cue, by its id.

    Cues that are in ``doc.spans["act"]`` get their labels there; a reference document has its gold labels in the same
    place.
    """

    def __init__(self, nlp: Language, model: Model[list[Doc], list[Floats]], name: str = "acts") -> None:
        self.vocab, self.model, self.name = nlp.vocab, model, name
        self.scorer = score_acts
        self.cfg: dict[str, Any] = {}

    def judge(self, doc: Doc, cues: Sequence[Span]) -> list[Act]:
        """The acts of cues of a document, by what of it is attributed by them."""
        if not cues:
            return []
        (vectors,) = self.model.get_ref("tok2vec").predict([doc])
        scores, _ = score(self.model, vectors, view(doc, cues))
        action, commitment = ([labels[i] for i in scores[name].argmax(1)] for name, labels in LAYERS.items())
        return [Act(a or None, c) for a, c in zip(action, commitment, strict=True)]

    def predict(self, docs: Iterable[Doc]) -> list[tuple[dict[str, Act], list[Act]]]:
        """The acts of each document's attributions, and of its cues in ``doc.spans["act"]``."""
        found = []
        for doc in docs:
            known = [(a.id, a.cue, a.source) for a in get_attributions(doc) if a.cue is not None]
            asked = list(doc.spans.get(ACT_KEY, ()))
            acts = self.judge(doc, [*(cue for _, cue, _ in known), *asked])
            own = {
                key: NOBODYS if source is not None and is_negated_source(source) else _hedged(act, cue)
                for (key, cue, source), act in zip(known, acts, strict=False)
            }
            found.append((own, acts[len(known) :]))
        return found

    def set_annotations(self, docs: Iterable[Doc], scores: Sequence[tuple[dict[str, Act], list[Act]]]) -> None:
        for doc, (acts, asked) in zip(docs, scores, strict=True):
            doc._.acts = acts
            if asked:
                cues = zip(doc.spans[ACT_KEY], asked, strict=True)
                doc.spans[ACT_KEY] = [act_span(doc, cue.start, cue.end, act) for cue, act in cues]

    def initialize(
        self,
        get_examples: Callable[[], Iterable[Example]],
        *,
        nlp: Language | None = None,  # noqa: ARG002
    ) -> None:
        self.model.initialize(X=[example.predicted for example in islice(get_examples(), 10)])

    def update(
        self,
        examples: Iterable[Example],
        *,
        drop: float = 0.0,
        sgd: Optimizer | None = None,
        losses: dict[str, float] | None = None,
    ) -> dict[str, float]:
        """One step of cross-entropy on the cues in the reference documents' ``doc.spans["act"]``."""
        losses = {} if losses is None else losses
        losses.setdefault(self.name, 0.0)
        examples = [example for example in examples if example.reference.spans.get(ACT_KEY)]
        if not examples:
            return losses
        set_dropout_rate(self.model, drop)
        vectors, back_vectors = self.model.get_ref("tok2vec").begin_update([eg.predicted for eg in examples])
        gradients = []
        for example, rows in zip(examples, vectors, strict=True):
            cues = example.reference.spans[ACT_KEY]
            scores, back = score(self.model, rows, view(example.reference, cues), is_train=True)
            d_scores = {}
            for name, truth in label_numbers(cues).items():
                right = (np.arange(len(cues)), truth)
                shares = log_softmax(scores[name])
                losses[self.name] -= float(shares[right].sum())
                d_scores[name] = np.exp(shares)
                d_scores[name][right] -= 1
            gradients.append(back(d_scores))
        back_vectors(gradients)
        if sgd is not None:
            self.finish_update(sgd)
        return losses


def _hedged(act: Act, cue: Span) -> Act:
    is_hedged = any(token.lower_ in HEDGES for token in cue)
    return act._replace(commitment=HEDGED.get(act.commitment, act.commitment)) if is_hedged else act


def label_numbers(cues: Iterable[Span]) -> dict[str, list[int]]:
    """By layer the index of each cue's label, the cues being labelled as in ``doc.spans["act"]``."""
    labels = [(ACTION_LABELS.index(cue.kb_id_), COMMITMENTS.index(cue.label_)) for cue in cues]
    return {layer: [each[i] for each in labels] for i, layer in enumerate(LAYERS)}


def act_span(doc: Doc, start: int, end: int, act: Act) -> Span:
    """A cue as ``doc.spans["act"]`` holds it; token indices."""
    return Span(doc, start, end, label=act.commitment, kb_id=act.action or "")
