"""Score who pronouns and role nouns that are sources stand for, against names given by hand (see models/annotations).

The attributions are the corpus's own, so that only their resolution is scored.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nlpclaims.components.attribution import AttributionComponent, set_attributions
from nlpclaims.components.coreference import POSSESSIVES
from nlpclaims.components.gazetteer import normal
from nlpclaims.evaluation.annotations import by_article, is_place
from nlpclaims.evaluation.counts import percent
from nlpclaims.evaluation.pipeline import check_length, require

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

UNNEEDED = ("acts", "stance")


def read_sources(path: Path, articles: Iterable[dict[str, Any]]) -> list[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """Each of *articles* that has judged sources in a JSONL file, with these.

    A line has the article's ``id``, the source's ``start`` and ``end``, and ``names``, each of which is right; ``null``
    among them says that the article does not tell who it is.

    Raises:
        InputError: the file cannot be read.
        CorpusError: a line is no such thing, or of an article that is not there.
    """
    return by_article(path, articles, _problem)


def _problem(source: Mapping[str, Any], article: Mapping[str, Any]) -> str:
    if not is_place([source.get("start"), source.get("end")], article["text"]):
        return '"start" and "end" are no place in the text'
    names = source.get("names")
    if not isinstance(names, list) or not names or not all(name is None or isinstance(name, str) for name in names):
        return '"names" is no list of names or null'
    return ""


def evaluate(nlp: "Language", articles: Iterable[tuple[dict[str, Any], list[dict[str, Any]]]]) -> dict[str, Any]:
    """Score a pipeline on what ``read_sources`` gives.

    Returns:
        For ``pronouns``, ``descriptions`` and ``all`` of them: ``right``, the share with a right name, ``resolved``,
        the share with any, in per cent; and ``n``.

    Raises:
        ModelError: the pipeline has no components for attributions and actors.
    """
    require(nlp, "attribution", "doc._.attributions")
    require(nlp, "actors", "doc._.names")
    outcomes: dict[str, list[tuple[bool, bool]]] = {"pronouns": [], "descriptions": []}
    for article, sources in articles:
        doc = with_gold_attributions(nlp, article)
        for source in sources:
            name = _name(doc, source["start"], source["end"])
            is_right = any(_is_same(name, other) for other in source["names"])
            kind = "pronouns" if " " not in article["text"][source["start"] : source["end"]] else "descriptions"
            outcomes[kind].append((is_right, name is not None))
    everything = [outcome for kind in outcomes.values() for outcome in kind]
    return {kind: _figures(some) for kind, some in (("all", everything), *outcomes.items())}


def with_gold_attributions(nlp: "Language", article: Mapping[str, Any]) -> "Doc":
    """The document of an article whose attributions are given, and all the rest found.

    Raises:
        ModelError: the text is longer than the pipeline takes.
    """
    check_length(nlp, article["text"])
    doc = nlp.make_doc(article["text"])
    for name, pipe in nlp.pipeline:
        if isinstance(pipe, AttributionComponent):
            set_attributions(doc, article["attributions"])
        elif name not in UNNEEDED:
            doc = pipe(doc)
    return doc


def _name(doc: "Doc", start: int, end: int) -> str | None:
    """The name of the first actor with its mention in a stretch of the text."""
    mentions = ((doc[actor.start : actor.end], actor.name) for actor in doc._.actors)
    return next((name for span, name in mentions if start <= span.start_char and span.end_char <= end), None)


def _is_same(name: str | None, other: str | None) -> bool:
    if name is None or other is None:
        return name is other
    return _plain(name) == _plain(other)


def _plain(name: str) -> list[str]:
    """The words that tell who it is: "his aides" and "aides" are the same."""
    words = normal(name).casefold().split()
    return words[1:] if len(words) > 1 and words[0] in ("a", "an", *POSSESSIVES) else words


def _figures(outcomes: list[tuple[bool, bool]]) -> dict[str, Any]:
    n = max(len(outcomes), 1)
    right, resolved = (percent(sum(each[i] for each in outcomes) / n) for i in (0, 1))
    return {"right": right, "resolved": resolved, "n": len(outcomes)}
