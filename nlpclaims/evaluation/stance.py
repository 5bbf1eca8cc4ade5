"""Score directed sentiment between two actors of a sentence against DSE's TSV (Park, Pan and Joo 2021).

Each row has one of five classes: neutral, or one of the two is positive or negative towards the other. A pair that the
pipeline does not read counts as neutral.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nlpclaims.components.stance import StanceComponent, with_vectors
from nlpclaims.components.stance_model import LABELS
from nlpclaims.errors import CorpusError
from nlpclaims.evaluation.counts import count_classes, percent
from nlpclaims.evaluation.pipeline import find_component
from nlpclaims.training.stance import DirectedPair, logger, pair_docs, read_dse

if TYPE_CHECKING:
    from spacy.language import Language

NEUTRAL = 0
BATCH = 256


def read_pairs(path: Path, warn: Callable[[str], None] = logger.warning) -> Iterator[DirectedPair]:
    """Yield the pairs of a DSE file, plain or gzipped; ``warn`` is told of rows that are left out.

    Raises:
        InputError: the file cannot be read.
        CorpusError: a row is malformed, or the file holds no pair.
    """
    empty = True
    for pair in read_dse(path, warn):
        empty = False
        yield pair
    if empty:
        raise CorpusError(str(path), "holds no pair")


def unseen(pairs: Iterable[DirectedPair], seen: Iterable[DirectedPair]) -> list[DirectedPair]:
    """Those *pairs* whose sentences have no pair in *seen*, by the words alone."""
    known = {tuple(pair.text.split()) for pair in seen}
    return [pair for pair in pairs if tuple(pair.text.split()) not in known]


def predict(nlp: "Language", pairs: Iterable[DirectedPair]) -> Iterator[tuple[int, int]]:
    """Yield each pair's gold class and the one that the pipeline's component ``stance`` finds most probable.

    Raises:
        ModelError: the pipeline has no such component.
    """
    component = find_component(nlp, StanceComponent, "stance")
    docs = pair_docs(pairs, nlp)
    while batch := list(islice(docs, BATCH)):
        found = component.probabilities([(with_vectors(nlp, doc), spans) for doc, spans, _ in batch])
        for (_, _, label), probabilities in zip(batch, found, strict=True):
            yield label, NEUTRAL if probabilities is None else int(probabilities.argmax())


def score(gold: Sequence[int], predicted: Sequence[int]) -> dict[str, Any]:
    """Score classes, given as indices into ``LABELS``.

    Returns:
        ``micro_f`` (with one class a pair, the share of right ones) and ``macro_f`` (the mean of the five classes' F1)
        in per cent to one decimal; ``classes``, each class's ``p``, ``r``, ``f`` and ``gold``, the number of its pairs.
    """
    counts = count_classes(zip(gold, predicted, strict=True), range(len(LABELS))).values()
    right = sum(count.right_gold for count in counts)
    return {
        "micro_f": percent(right / len(gold) if gold else 0.0),
        "macro_f": percent(sum(count.f1 for count in counts) / len(counts)),
        "classes": {label: count.percentages() for label, count in zip(LABELS, counts, strict=True)},
    }


def evaluate(nlp: "Language", pairs: Iterable[DirectedPair]) -> dict[str, Any]:
    """Score a pipeline on pairs; see ``score``.

    Raises:
        ModelError: the pipeline has no component ``stance``.
    """
    classes = list(predict(nlp, pairs))
    return score([gold for gold, _ in classes], [predicted for _, predicted in classes])
