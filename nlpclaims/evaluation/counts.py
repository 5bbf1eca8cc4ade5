"""The counts behind precision, recall and F1."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

Label = TypeVar("Label")


@dataclass
class Count:
    """How many were predicted and how many are gold, and of each how many were right."""

    right_predicted: int = 0
    predicted: int = 0
    right_gold: int = 0
    gold: int = 0

    def add(self, right_predicted: int, predicted: int, right_gold: int, gold: int) -> None:
        """Count further things."""
        self.right_predicted += right_predicted
        self.predicted += predicted
        self.right_gold += right_gold
        self.gold += gold

    @property
    def precision(self) -> float:
        """A fraction; 0 where nothing was predicted."""
        return self.right_predicted / self.predicted if self.predicted else 0.0

    @property
    def recall(self) -> float:
        """A fraction; 0 where nothing is gold."""
        return self.right_gold / self.gold if self.gold else 0.0

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall, a fraction; 0 where both are."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0

    def percentages(self) -> dict[str, float]:
        """``p``, ``r`` and ``f`` in per cent to one decimal, and ``gold``, the number of gold things."""
        p, r = self.precision, self.recall
        # Not percent(self.f1): its last bit may differ, and with it how a tie is rounded.
        f = round(200 * p * r / (p + r), 1) if p + r else 0.0
        return {"p": percent(p), "r": percent(r), "f": f, "gold": self.gold}


def percent(fraction: float) -> float:
    """A fraction in per cent to one decimal."""
    return round(100 * fraction, 1)


def count_classes(pairs: Iterable[tuple[Label, Label]], labels: Iterable[Label]) -> dict[Label, Count]:
    """The count of each class from pairs of a gold and a predicted one."""
    counts = {label: Count() for label in labels}
    for gold, ours in pairs:
        counts[gold].add(0, 0, gold == ours, 1)
        counts[ours].add(gold == ours, 1, 0, 0)
    return counts


def score_classes(pairs: Sequence[tuple[str | None, str | None]], labels: Sequence[str | None]) -> dict[str, Any]:
    """Score pairs of a gold and a predicted class; ``None`` is called ``none``.

    Returns:
        ``accuracy``, and ``macro_f``, the mean F1 of the classes that are gold, in per cent; ``n``; ``classes`` with
        ``p``, ``r``, ``f`` and ``gold`` of each; and ``confusion``, how often each gold class got which.
    """
    counts = count_classes(pairs, labels)
    f1 = [count.f1 for count in counts.values() if count.gold]
    confusion: dict[str, Counter[str]] = {}
    for gold, ours in pairs:
        confusion.setdefault(gold or "none", Counter())[ours or "none"] += 1
    return {
        "accuracy": percent(sum(gold == ours for gold, ours in pairs) / len(pairs) if pairs else 0.0),
        "macro_f": percent(sum(f1) / len(f1) if f1 else 0.0),
        "n": len(pairs),
        "classes": {label or "none": count.percentages() for label, count in counts.items()},
        "confusion": {gold: dict(row.most_common()) for gold, row in confusion.items()},
    }
