"""Named entities: the best well-formed spans of each token's scores for BIO labels.

The component suits a ``tok2vec`` that sees far beyond the word, such as a transformer; spaCy's own ``ner``, which looks
back at what it has found, suits a small encoder better.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray
from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.training import Example, biluo_tags_to_spans
from thinc.api import Config, Model, Optimizer, set_dropout_rate

from nlpclaims.components.breaks import paragraph_breaks
from nlpclaims.components.decoding import Floats, best_labels, log_softmax, spans_of
from nlpclaims.components.labelled import DEFAULT_TOK2VEC, LabelledPipe

Entities = list[tuple[int, int, str]]

OTHER = "OTHER"
"""The names of works, events and whatever else; learned to be told from the rest, and not written."""
RESTART = -3.0
"""Added to the score of an entity that begins right after another of its kind: nearly always the two are one name."""
EVEN = float(np.log(0.5))
"""The score of white space inside of a name, and of white space outside."""

DEFAULT_MODEL = Config().from_str(
    """
[model]
@architectures = "spacy.Tagger.v2"

"""
    + DEFAULT_TOK2VEC
)["model"]


@Language.factory(
    "nlpclaims_ner",
    assigns=["doc.ents", "token.ent_iob", "token.ent_type"],
    default_config={"model": DEFAULT_MODEL, "scorer": {"@scorers": "spacy.ner_scorer.v1"}},
    default_score_weights={"ents_f": 1.0, "ents_p": 0.0, "ents_r": 0.0, "ents_per_type": None},
)
def make_entities(
    nlp: Language, name: str, model: Model[list[Doc], list[Floats]], scorer: Callable[..., dict[str, Any]] | None
) -> "EntityComponent":
    return EntityComponent(nlp, model, name, scorer=scorer)


class EntityComponent(LabelledPipe):
    """A trainable pipe that writes ``doc.ents``; what it takes for ``OTHER`` is left out."""

    @property
    def bio_labels(self) -> tuple[str, ...]:
        """What each token is scored for, in the order of the scores."""
        return ("O", *(f"{side}-{kind}" for kind in self.labels for side in "BI"))

    def initialize(
        self,
        get_examples: Callable[[], Iterable[Example]],
        *,
        nlp: Language | None = None,  # noqa: ARG002
        labels: Sequence[str] | None = None,
    ) -> None:
        """Collect the kinds of entity, or take *labels*, and set up the weights."""
        for label in labels or sorted({ent.label_ for eg in get_examples() for ent in eg.reference.ents}):
            self.add_label(label)
        if not self.labels:
            raise ValueError("training needs documents with entities")
        docs = [example.predicted for example in islice(get_examples(), 10)]
        scores = [np.zeros((len(doc), len(self.bio_labels)), dtype=np.float32) for doc in docs]
        self.model.initialize(X=docs, Y=scores)

    def predict(self, docs: Iterable[Doc]) -> list[Entities]:
        docs = list(docs)
        filled = [doc for doc in docs if len(doc)]
        scores = [log_softmax(rows) for rows in self.model.predict(filled)] if filled else []
        for doc, rows in zip(filled, scores, strict=True):
            _score_white_space(doc, rows)
        decoded = best_labels(scores, self.bio_labels, RESTART)
        found = iter(_joined(spans_of(tags, self.bio_labels)) for tags in decoded)
        return [next(found) if len(doc) else [] for doc in docs]

    def set_annotations(self, docs: Iterable[Doc], scores: Sequence[Entities]) -> None:
        for doc, entities in zip(docs, scores, strict=True):
            doc.set_ents([Span(doc, start, end, label=kind) for start, end, kind in entities if kind != OTHER])

    def update(
        self,
        examples: Iterable[Example],
        *,
        drop: float = 0.0,
        sgd: Optimizer | None = None,
        losses: dict[str, float] | None = None,
    ) -> dict[str, float]:
        """One step of cross-entropy on the tokens whose entities are known."""
        losses = {} if losses is None else losses
        losses.setdefault(self.name, 0.0)
        examples = [example for example in examples if len(example.predicted)]
        if not examples:
            return losses
        set_dropout_rate(self.model, drop)
        guesses, backprop = self.model.begin_update([example.predicted for example in examples])
        gradients = []
        for example, rows in zip(examples, guesses, strict=True):
            truth = self._truth(example)
            known = np.flatnonzero(truth >= 0)
            gradient = np.zeros_like(rows)
            gradient[known] = rows[known]
            gradient[known, truth[known]] -= 1
            losses[self.name] -= float(np.log(rows[known, truth[known]] + 1e-9).sum())
            gradients.append(gradient)
        backprop(gradients)
        if sgd is not None:
            self.finish_update(sgd)
        return losses

    def _truth(self, example: Example) -> NDArray[np.int64]:
        """The index of each predicted token's gold label, -1 where it is not known."""
        biluo = example.get_aligned_ner()
        truth = np.array([-1 if tag is None or tag == "-" else 0 for tag in biluo], dtype=np.int64)
        known = ["O" if tag is None or tag == "-" else tag for tag in biluo]
        numbers = {label: i for i, label in enumerate(self.bio_labels)}
        for span in biluo_tags_to_spans(example.predicted, known):
            if f"B-{span.label_}" in numbers:
                truth[span.start : span.end] = numbers[f"I-{span.label_}"]
                truth[span.start] = numbers[f"B-{span.label_}"]
        return truth


def _joined(entities: Entities) -> Entities:
    """The entities, those of organisations with the people that they begin with: "Korean | Central News Agency".

    In what we have annotated 155 begin so, and 14 follow such a name, half of them where others are marked as a whole.
    """
    whole: Entities = []
    for start, end, kind in entities:
        goes_on = kind == "ORG" and whole[-1:] and whole[-1][1:] == (start, "NORP")
        whole.append((whole.pop()[0] if goes_on else start, end, kind))
    return whole


def _score_white_space(doc: Doc, rows: Floats) -> None:
    """Let a name go on after white space or not, as the words say; none begins with it or leaves its paragraph.

    None ends with it either, since the first of the labels that are equally good, ``O``, is taken.
    """
    spaces = np.flatnonzero(doc.to_array("IS_SPACE"))
    rows[spaces] = EVEN
    rows[spaces, 1::2] = -np.inf
    rows[paragraph_breaks(doc), 1:] = -np.inf
