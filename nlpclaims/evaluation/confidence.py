"""Score how far confidence can be trusted, on gold articles (PolNeAR's JSONL).

Confidence is calibrated where, of the attributions that have about the same, that share is right (``triple``). Expected
calibration error is the mean distance between the two over ten bins of equal width, weighted by their sizes (Naeini,
Cooper and Hauskrecht, AAAI 2015).
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from nlpclaims.evaluation.attribution import AttributionScorer, doc_attributions, judge
from nlpclaims.evaluation.counts import percent
from nlpclaims.evaluation.pipeline import AFTER_ATTRIBUTION, annotate, require

if TYPE_CHECKING:
    from spacy.language import Language

BINS = 10
THRESHOLDS = tuple(i / 10 for i in range(10))


def reliability(confidence: Sequence[float], right: Sequence[bool]) -> dict[str, Any]:
    """``ece``, a fraction, and ``bins``: how many attributions each has, their mean confidence and the share right.

    Args:
        confidence: of each attribution, from 0 to 1.
        right: whether it is.
    """
    members: list[list[int]] = [[] for _ in range(BINS)]
    for i, value in enumerate(confidence):
        members[min(int(value * BINS), BINS - 1)].append(i)
    error, bins = 0.0, {}
    for number, inside in enumerate(members):
        if inside:
            mean = sum(confidence[i] for i in inside) / len(inside)
            share = sum(right[i] for i in inside) / len(inside)
            error += abs(mean - share) * len(inside) / len(confidence)
            name = f"{number / BINS:.1f} to {(number + 1) / BINS:.1f}"
            bins[name] = {"confidence": percent(mean), "right": percent(share), "n": len(inside)}
    return {"ece": round(error, 3), "bins": bins}


def evaluate(nlp: "Language", articles: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The reliability of a pipeline's confidence, and ``min_confidence``: ``triple`` of what has at least so much.

    Raises:
        ModelError: the pipeline has no component ``attribution``, or a text is too long for it.
    """
    require(nlp, "attribution", "doc._.attributions")
    confidence: list[float] = []
    right: list[bool] = []
    scorers = {threshold: AttributionScorer() for threshold in THRESHOLDS}
    texts = ((article["text"], article) for article in articles)
    for doc, gold in annotate(nlp, texts, unneeded=AFTER_ATTRIBUTION):
        scores = [attribution.score for attribution in doc._.attributions]
        found, discard = doc_attributions(doc), gold.get("discard") or ()
        for score, verdict in zip(scores, judge(gold["text"], gold["attributions"], found, discard), strict=True):
            if verdict is not None:
                confidence.append(score)
                right.append(verdict)
        for threshold, scorer in scorers.items():
            sure = [item for item, score in zip(found, scores, strict=True) if score >= threshold]
            scorer.add(gold["text"], gold["attributions"], sure, discard)
    curve = {f"at least {threshold}": scorer.figures()["triple"] for threshold, scorer in scorers.items()}
    return {**reliability(confidence, right), "min_confidence": curve}
