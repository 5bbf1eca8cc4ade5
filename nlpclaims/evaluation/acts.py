"""Score the actions and commitments of attributions against annotations by hand (see models/annotations).

The pipeline reads the articles' plain text, and judges the annotated cues by what it finds attributed by them.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nlpclaims.components.acts import ActComponent
from nlpclaims.evaluation.annotations import by_article, is_place
from nlpclaims.evaluation.counts import score_classes
from nlpclaims.evaluation.pipeline import AFTER_ATTRIBUTION, annotate, find_component
from nlpclaims.records import ACTIONS, COMMITMENTS

if TYPE_CHECKING:
    from spacy.language import Language

LABELS: Mapping[str, Sequence[str | None]] = {"action": (None, *ACTIONS), "commitment": COMMITMENTS}


def read_acts(path: Path, articles: Iterable[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """The text of each of *articles* that has annotations in a JSONL file, with these.

    Raises:
        InputError: the file cannot be read.
        CorpusError: a line is no annotation, or of an article that is not there.
    """
    return [(article["text"], acts) for article, acts in by_article(path, articles, _problem)]


def _problem(act: Mapping[str, Any], article: Mapping[str, Any]) -> str:
    for layer, labels in LABELS.items():
        if act.get(layer, "") not in labels:
            return f'"{layer}" is {act.get(layer)!r}, not one of {", ".join(map(str, labels))}'
    match act.get("cue"):
        case [[int(start), int()], *_, [int(), int(end)]] | [[int(start), int(end)]]:
            return "" if is_place([start, end], article["text"]) else '"cue" is not in the text'
    return '"cue" is no list of [start, end]'


def evaluate(nlp: "Language", articles: Iterable[tuple[str, list[dict[str, Any]]]]) -> dict[str, Any]:
    """Score a pipeline on what ``read_acts`` gives.

    Returns:
        For ``action`` and ``commitment``: see ``score_classes``.

    Raises:
        ModelError: the pipeline has no component that finds acts.
    """
    component = find_component(nlp, ActComponent, "acts")
    pairs: dict[str, list[tuple[str | None, str | None]]] = {layer: [] for layer in LABELS}
    for doc, acts in annotate(nlp, articles, unneeded=AFTER_ATTRIBUTION):
        spans = [doc.char_span(a["cue"][0][0], a["cue"][-1][1], alignment_mode="expand") for a in acts]
        judged = component.judge(doc, [span for span in spans if span is not None])
        known = [act for act, span in zip(acts, spans, strict=True) if span is not None]
        for gold, ours in zip(known, judged, strict=True):
            for layer, found in pairs.items():
                found.append((gold[layer], getattr(ours, layer)))
    return {layer: score_classes(found, LABELS[layer]) for layer, found in pairs.items()}
