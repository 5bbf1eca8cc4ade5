"""What trainable components with labels of their own share."""

from collections.abc import Callable
from typing import Any

from spacy.language import Language
from spacy.pipeline import TrainablePipe
from spacy.tokens import Doc
from thinc.api import Model

from nlpclaims.components.decoding import Floats


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
