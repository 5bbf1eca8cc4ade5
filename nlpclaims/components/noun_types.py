"""What kind of thing a noun names: a person, an organization, a place, a group of people or anything else.

"The spokesman", "the ministry" and "the report" are all described sources; only their nouns tell them apart. The
component learns that from common nouns in annotated mentions (see ``training.noun_types``); what it has learned holds
for titles and other nouns that are written with a capital, too.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import Any

import numpy as np
import numpy.typing as npt
from spacy.language import Language
from spacy.pipeline import TrainablePipe
from spacy.scorer import PRFScore
from spacy.tokens import Doc, Token
from spacy.training import Example
from spacy.util import registry
from spacy.vocab import Vocab
from thinc.api import Config, Model, Optimizer, set_dropout_rate

from nlpclaims.components.tags import NOUNS, tokens_tagged

Floats = npt.NDArray[np.float32]
Indices = npt.NDArray[np.intp]

LABELS = ("person", "organization", "place", "thing", "group")
ACTING = ("person", "organization", "group")
"""The types of what acts and speaks."""

DEFAULT_MODEL = Config().from_str(
    """
[model]
@architectures = "spacy.Tagger.v2"

[model.tok2vec]
@architectures = "spacy.Tok2Vec.v2"

[model.tok2vec.embed]
@architectures = "spacy.MultiHashEmbed.v2"
width = 48
attrs = ["LEMMA", "PREFIX", "SUFFIX", "TAG"]
rows = [3000, 500, 1000, 60]
include_static_vectors = false

[model.tok2vec.encode]
@architectures = "spacy.MaxoutWindowEncoder.v2"
width = 48
depth = 1
window_size = 1
maxout_pieces = 3
"""
)["model"]

if not Token.has_extension("noun_type"):
    Token.set_extension("noun_type", default=None)


def score_noun_types(examples: Iterable[Example], **_: Any) -> dict[str, Any]:
    """``noun_type_acc`` and ``noun_type_per_type``, between 0 and 1, over the nouns that have a gold type.

    A noun that the prediction leaves without a type counts as wrong.
    """
    scores = {label: PRFScore() for label in LABELS}
    right = total = 0
    for example in examples:
        guesses = aligned_types(example.reference, example.predicted, example.alignment.y2x)
        for truth, guess in zip(_types(example.reference), guesses, strict=True):
            if truth is None:
                continue
            total += 1
            if truth == guess:
                right += 1
                scores[truth].tp += 1
            else:
                scores[truth].fn += 1
                if guess is not None:
                    scores[guess].fp += 1
    if not total:
        return {"noun_type_acc": None, "noun_type_per_type": None}
    return {
        "noun_type_acc": right / total,
        "noun_type_per_type": {label: score.to_dict() for label, score in scores.items()},
    }


def aligned_types(doc: Doc, other: Doc, alignment: Any) -> list[str | None]:
    """For each token of *doc* the type of the one token of *other* that is the same word, else ``None``."""
    types = _types(other)
    if len(doc) == len(other) and all(a.text == b.text for a, b in zip(doc, other, strict=True)):
        return types
    places = [alignment[i] for i in range(len(doc))]
    return [types[place[0]] if len(place) == 1 else None for place in places]


def _types(doc: Doc) -> list[str | None]:
    return [token._.noun_type for token in doc]


@registry.scorers("nlpclaims.noun_type_scorer.v1")
def make_scorer() -> Callable[..., dict[str, Any]]:
    return score_noun_types


@Language.factory(
    "nlpclaims_noun_types",
    assigns=["token._.noun_type"],
    requires=["token.tag", "token.lemma"],
    default_config={"model": DEFAULT_MODEL, "scorer": {"@scorers": "nlpclaims.noun_type_scorer.v1"}},
    default_score_weights={"noun_type_acc": 1.0, "noun_type_per_type": None},
)
def make_noun_types(
    nlp: Language, name: str, model: Model, scorer: Callable[..., dict[str, Any]] | None
) -> "NounTypeComponent":
    return NounTypeComponent(nlp.vocab, model, name, scorer=scorer)


class NounTypeComponent(TrainablePipe):
    """Writes ``token._.noun_type``, one of ``LABELS``, on the nouns (tags NN, NNS, NNP and NNPS) of a document.

    The type is what the noun names when it heads a mention; all other tokens keep ``None``. In training, the reference
    document's ``token._.noun_type`` is the gold type, ``None`` where it is not known.
    """

    def __init__(
        self,
        vocab: Vocab,
        model: Model,
        name: str = "noun_types",
        *,
        scorer: Callable[..., dict[str, Any]] | None = score_noun_types,
    ) -> None:
        self.vocab, self.model, self.name, self.scorer = vocab, model, name, scorer

    @property
    def labels(self) -> tuple[str, ...]:
        return LABELS

    def predict(self, docs: Iterable[Doc]) -> list[Indices]:
        """For each document the index in ``LABELS`` of each token's likeliest type, be it a noun or not."""
        docs = list(docs)
        if not any(len(doc) for doc in docs):
            return [np.zeros(0, dtype=np.intp) for _ in docs]
        return [scores.argmax(axis=1) for scores in self.model.predict(docs)]

    def set_annotations(self, docs: Iterable[Doc], guesses: Sequence[Indices]) -> None:
        for doc, row in zip(docs, guesses, strict=True):
            for token in tokens_tagged(doc, NOUNS):
                token._.noun_type = LABELS[row[token.i]]

    def initialize(
        self,
        get_examples: Callable[[], Iterable[Example]],
        *,
        nlp: Language | None = None,  # noqa: ARG002
    ) -> None:
        """Set up the weights.

        Raises:
            ValueError: no noun of the first hundred documents has a gold type.
        """
        sample = list(islice(get_examples(), 100))
        if all(gold is None for example in sample for gold in _types(example.reference)):
            raise ValueError("training needs nouns with a gold type in token._.noun_type")
        docs = [example.predicted for example in sample]
        self.model.initialize(X=docs, Y=[np.zeros((len(doc), len(LABELS)), dtype="float32") for doc in docs])

    def update(
        self,
        examples: Iterable[Example],
        *,
        drop: float = 0.0,
        sgd: Optimizer | None = None,
        losses: dict[str, float] | None = None,
    ) -> dict[str, float]:
        """One step of cross-entropy on the nouns with a gold type."""
        losses = {} if losses is None else losses
        losses.setdefault(self.name, 0.0)
        examples = list(examples)
        if not any(len(example.predicted) for example in examples):
            return losses
        set_dropout_rate(self.model, drop)
        guesses, backprop = self.model.begin_update([example.predicted for example in examples])
        loss, gradient = self.get_loss(examples, guesses)
        backprop(gradient)
        losses[self.name] += loss
        if sgd is not None:
            self.finish_update(sgd)
        return losses

    def get_loss(self, examples: Iterable[Example], scores: Sequence[Floats]) -> tuple[float, list[Floats]]:
        """The summed cross-entropy, and its gradient with respect to the logits; *scores* are probabilities."""
        loss = 0.0
        gradients = []
        for example, rows in zip(examples, scores, strict=True):
            gradient = np.zeros_like(rows)
            gold = aligned_types(example.predicted, example.reference, example.alignment.x2y)
            for i, label in enumerate(gold):
                if label is not None:
                    truth = LABELS.index(label)
                    gradient[i] = rows[i]
                    gradient[i, truth] -= 1
                    loss -= float(np.log(rows[i, truth] + 1e-9))
            gradients.append(gradient)
        return loss, gradients
