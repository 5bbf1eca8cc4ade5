"""Score how actors stand to those whom their claims speak of, against annotations by hand (see models/annotations).

The pipeline reads the articles' plain text, and judges the annotated mentions.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nlpclaims.components.stance import StanceComponent, polarity
from nlpclaims.components.stance_model import LABELS, TokenSpan
from nlpclaims.evaluation.annotations import by_article, is_place
from nlpclaims.evaluation.counts import score_classes
from nlpclaims.evaluation.pipeline import AFTER_ATTRIBUTION, annotate, find_component
from nlpclaims.records import POLARITIES

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

POLARITY_OF = {LABELS.index(f"p {polarity} to q"): polarity for polarity in POLARITIES if polarity != "neutral"}
"""How p stands to q by DSE's classes; in the others p is neutral."""


def read_targets(path: Path, articles: Iterable[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """The text of each of *articles* that has judged targets in a JSONL file, with these.

    A line has the article's ``id``, the places of the actor ``p`` and of the target ``q``, and ``label``, one of DSE's
    classes; it is ``null`` where nobody is spoken of, and such a line is left out.

    Raises:
        InputError: the file cannot be read.
        CorpusError: a line is no such thing, or of an article that is not there.
    """
    found = by_article(path, articles, _problem)
    return [(article["text"], [row for row in rows if row["label"] is not None]) for article, rows in found]


def _problem(target: Mapping[str, Any], article: Mapping[str, Any]) -> str:
    for mention in "pq":
        if not is_place(target.get(mention), article["text"]):
            return f'"{mention}" is no place in the text'
    label = target.get("label", "")
    return "" if label is None or label in range(len(LABELS)) else f'"label" is {label!r}, no class of DSE\'s'


def _tokens(doc: "Doc", place: tuple[int, int]) -> TokenSpan:
    """The tokens of a place in the text; a place of white space alone has none."""
    span = doc.char_span(*place, alignment_mode="expand")
    return (0, 0) if span is None else (span.start, span.end)


def evaluate(nlp: "Language", articles: Iterable[tuple[str, list[dict[str, Any]]]]) -> dict[str, Any]:
    """Score a pipeline on what ``read_targets`` gives.

    Returns:
        For ``polarity``, that of the actor towards the target: see ``score_classes``. What is not read is neutral.

    Raises:
        ModelError: the pipeline has no component ``stance``.
    """
    component = find_component(nlp, StanceComponent, "stance")
    pairs: list[tuple[str | None, str | None]] = []
    for doc, targets in annotate(nlp, articles, unneeded=("attribution", *AFTER_ATTRIBUTION)):
        known = [(doc, (_tokens(doc, target["p"]), _tokens(doc, target["q"]))) for target in targets]
        for target, row in zip(targets, component.probabilities(known), strict=True):
            pairs.append((POLARITY_OF.get(target["label"], "neutral"), polarity(row)[0] or "neutral"))
    return {"polarity": score_classes(pairs, POLARITIES)}
