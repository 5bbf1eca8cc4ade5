"""``python -m nlpclaims.training.calibrate PIPELINE HELD_OUT.spacy``: make confidence a probability.

Fits a logistic regression from the evidence of each attribution found (see ``components.attribution``) to whether it is
right (the scorer's ``triple``), on articles that training has not seen, and writes it into the pipeline in place.
"""

import sys
from pathlib import Path

import numpy as np
import spacy
from numpy.typing import NDArray
from spacy.tokens import DocBin

from nlpclaims.components.attribution import AttributionComponent
from nlpclaims.evaluation.attribution import doc_attributions, judge, marked_attributions

RIDGE = 1.0
STEPS = 50


def calibrate(pipeline: Path, held_out: Path) -> None:
    nlp = spacy.load(pipeline)
    component = nlp.get_pipe("attribution")
    assert isinstance(component, AttributionComponent)
    evidence: list[list[float]] = []
    right: list[bool] = []
    for gold in DocBin().from_disk(held_out).get_docs(nlp.vocab):
        doc = nlp(gold.text)
        (found,) = component.predict([doc])
        component.set_annotations([doc], [found])
        discard = [(span.start_char, span.end_char) for span in gold.spans.get("discard", ())]
        verdicts = judge(gold.text, marked_attributions(gold), doc_attributions(doc), discard)
        for attribution, verdict in zip(doc._.attributions, verdicts, strict=True):
            if verdict is not None:
                evidence.append(found[int(attribution.id[1:])].evidence)
                right.append(verdict)
    component.cfg["calibration"] = fit_logistic(np.array(evidence), np.array(right))
    nlp.to_disk(pipeline)
    print(f"{len(right)} attributions, {np.mean(right):.1%} right", file=sys.stderr)


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
