"""All that the network is trained on, in one file, so that training can go on where the corpora are not."""

import lzma
import pickle
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nlpclaims.training.windows import Source, Specials, Window


@dataclass
class Labels:
    """The labels of each layer that the corpora know, in the order of their scores."""

    tag: list[str] = field(default_factory=list)
    dep: list[str] = field(default_factory=list)
    ner: list[str] = field(default_factory=list)
    lemma: int = 0

    def counts(self) -> dict[str, int]:
        return {"tag": len(self.tag), "dep": len(self.dep), "ner": len(self.ner), "lemma": self.lemma}


@dataclass(frozen=True)
class Material:
    """What the network is trained on.

    Attributes:
        known: the names of each layer's labels, and the lemmatizer's rules, as ``training.export`` needs them.
        labels: the labels of the layers.
        vocabulary: the word pieces in the order of their ids.
        specials: ids of the pieces that mean something of their own.
        train: by kind, windows to learn from.
        dev: by kind, windows that tell one state from another.
        stance_weights: those of DSE's classes.
    """

    known: dict[str, Any]
    labels: Labels
    vocabulary: list[str]
    specials: Specials
    train: dict[str, Source]
    dev: dict[str, list[Window]]
    stance_weights: list[float]


def save(material: Material, path: Path) -> None:
    with lzma.open(path, "wb", preset=2) as file:
        pickle.dump(material, file, protocol=5)


def load(path: Path) -> Material:
    with lzma.open(path, "rb") as file:
        return pickle.load(file)  # type: ignore[no-any-return]
