"""``python -m nlpclaims.training.calibrate PIPELINE HELD_OUT.spacy``: make confidence a probability.

Fits a logistic regression from the evidence of each attribution found (see ``components.attribution``) to whether it is
right (the scorer's ``triple``), on articles that training has not seen, and sets the threshold below which an
attribution costs more precision there than it gains recall. Both are written into the pipeline in place.
"""

import sys
from pathlib import Path

import numpy as np
import spacy
from numpy.typing import NDArray
from spacy.tokens import Doc, DocBin

from nlpclaims.components.attribution import AttributionComponent
from nlpclaims.evaluation.attribution import (
    AttributionScorer,
    doc_attributions,
    judge,
    marked_attributions,
)

RIDGE = 1.0
STEPS = 50
THRESHOLDS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6)


def calibrate(pipeline: Path, held_out: Path) -> None:
    nlp = spacy.load(pipeline)
    component = nlp.get_pipe("attribution")
    assert isinstance(component, AttributionComponent)
    component.cfg["threshold"] = 0.0
    evidence: list[list[float]] = []
    right: list[bool] = []
    articles: list[tuple[Doc, Doc, list[list[float]]]] = []
    for gold in DocBin().from_disk(held_out).get_docs(nlp.vocab):
        doc = nlp(gold.text)
        (found,) = component.predict([doc])
        component.set_annotations([doc], [found])
        own = [found[int(attribution.id[1:])].evidence for attribution in doc._.attributions]
        articles.append((gold, doc, own))
        verdicts = judge(gold.text, marked_attributions(gold), doc_attributions(doc), _discarded(gold))
        for features, verdict in zip(own, verdicts, strict=True):
            if verdict is not None:
                evidence.append(features)
                right.append(verdict)
    component.cfg["calibration"] = fit_logistic(np.array(evidence), np.array(right))
    scorers = {threshold: AttributionScorer() for threshold in THRESHOLDS}
    for gold, doc, own in articles:
        scores = [component.confidence(features) for features in own]
        for threshold, scorer in scorers.items():
            sure = [a for a, score in zip(doc_attributions(doc), scores, strict=True) if score >= threshold]
            scorer.add(gold.text, marked_attributions(gold), sure, _discarded(gold))
    component.cfg["threshold"] = max(scorers, key=lambda threshold: scorers[threshold].counts["triple"].f1)
    nlp.to_disk(pipeline)
    print(f"{len(right)} attributions, {np.mean(right):.1%} right, {component.cfg}", file=sys.stderr)
    for threshold, scorer in scorers.items():
        print(f"at least {threshold}: {scorer.counts['triple'].percentages()}", file=sys.stderr)


def _discarded(gold: Doc) -> list[tuple[int, int]]:
    return [(span.start_char, span.end_char) for span in gold.spans.get("discard", ())]


def fit_logistic(features: NDArray[np.float64], truth: NDArray[np.bool_]) -> list[float]:
    """The weights of a ridge-regularised logistic regression, by Newton's method."""
    weights = np.zeros(features.shape[1])
    penalty = RIDGE * np.eye(len(weights))
    for _ in range(STEPS):
        expected = 1 / (1 + np.exp(-features @ weights))
        gradient = features.T @ (truth - expected) - penalty @ weights
        curvature = (features * (expected * (1 - expected))[:, None]).T @ features + penalty
        weights = weights + np.linalg.solve(curvature, gradient)
    return [round(float(w), 4) for w in weights]


if __name__ == "__main__":
    calibrate(*map(Path, sys.argv[1:3]))
