"""What trainable components share: a small encoder to start from, and labels of their own."""

from collections.abc import Callable
from typing import Any

from spacy.language import Language
from spacy.pipeline import TrainablePipe
from spacy.tokens import Doc
from thinc.api import Model

from nlpclaims.components.decoding import Floats

DEFAULT_TOK2VEC = """
[model.tok2vec]
@architectures = "spacy.HashEmbedCNN.v2"
pretrained_vectors = null
width = 96
depth = 4
embed_size = 2000
window_size = 1
maxout_pieces = 3
subword_features = true
"""
"""Of a component that is not told to listen to another one's."""


def over_tok2vec(
    name: str,
    layers: dict[str, Model[Any, Any]],
    *,
    prepare: Callable[[Model[list[Doc], list[Floats]]], None] | None = None,
) -> Model[list[Doc], list[Floats]]:
    """A model that gives the vectors of its layer ``tok2vec``; the component calls the other *layers* by name.

    *prepare* changes what they are initialised with.
    """

    def initialize(model: Model[list[Doc], list[Floats]], X: list[Doc] | None = None, Y: object = None) -> None:  # noqa: ARG001
        for layer in layers:
            model.get_ref(layer).initialize(X=X if layer == "tok2vec" else None)
        if prepare is not None:
            prepare(model)

    return Model(name, _vectors, init=initialize, layers=list(layers.values()), refs=layers, dims={"nO": None})


def _vectors(
    model: Model[list[Doc], list[Floats]], docs: list[Doc], is_train: bool
) -> tuple[list[Floats], Callable[[list[Floats]], list[Doc]]]:
    vectors, backprop = model.get_ref("tok2vec")(docs, is_train)
    return vectors, backprop


class LabelledPipe(TrainablePipe):
    """A trainable pipe that keeps its labels in ``cfg``, in the order in which they were added."""

    def __init__(
        self,
        nlp: Language,
        model: Model[list[Doc], list[Floats]],
        name: str,
        *,
        scorer: Callable[..., dict[str, Any]] | None = None,
    ) -> None:
        self.vocab, self.model, self.name, self.scorer = nlp.vocab, model, name, scorer
        self.cfg: dict[str, Any] = {"labels": []}

    @property
    def labels(self) -> tuple[str, ...]:
        return tuple(self.cfg["labels"])

    @property
    def label_data(self) -> list[str]:
        return list(self.cfg["labels"])

    def add_label(self, label: str) -> int:
        """Add a label before the weights are initialised; 0 where it is known."""
        if label in self.cfg["labels"]:
            return 0
        self.cfg["labels"].append(label)
        self.vocab.strings.add(label)
        return 1
