"""Score who pronouns and role nouns that are sources stand for, against names given by hand (see models/annotations).

The attributions are the corpus's own, so that only their resolution is scored.
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nlpclaims.components.attribution import AttributionComponent, set_attributions
from nlpclaims.components.coreference import POSSESSIVES
from nlpclaims.components.gazetteer import normal
from nlpclaims.errors import CorpusError, ModelError
from nlpclaims.evaluation.counts import percent
from nlpclaims.evaluation.pipeline import require
from nlpclaims.evaluation.textfile import json_lines

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
    by_id = {article["id"]: article for article in articles}
    found: dict[str, list[dict[str, Any]]] = {}
    for number, source in json_lines(path):
        if problem := _problem(source, by_id):
            raise CorpusError(str(path), problem, number)
        found.setdefault(source["id"], []).append(source)
    if not found:
        raise CorpusError(str(path), "holds no source")
    return [(by_id[name], sources) for name, sources in found.items()]


def _problem(source: Mapping[str, Any], articles: Mapping[str, dict[str, Any]]) -> str:
    article = articles.get(source.get("id", ""))
    if article is None:
        return f"of an article that is not among those given: {source.get('id')!r}"
    match source:
        case {"start": int(start), "end": int(end)} if 0 <= start < end <= len(article["text"]):
            pass
        case _:
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
    if len(article["text"]) > nlp.max_length:
        raise ModelError(f"a text of {len(article['text'])} characters; the pipeline takes at most {nlp.max_length}")
    doc = nlp.make_doc(article["text"])
    for name, pipe in nlp.pipeline:
        if isinstance(pipe, AttributionComponent):
            set_attributions(doc, article["attributions"])
        elif name not in UNNEEDED:
            doc = pipe(doc)
    return doc


def _name(doc: "Doc", start: int, end: int) -> str | None:
    return next(_names_in(doc, start, end), None)


def _names_in(doc: "Doc", start: int, end: int) -> Iterator[str]:
    for actor in doc._.actors:
        mention = doc[actor.start : actor.end]
        if start <= mention.start_char and mention.end_char <= end:
            yield actor.name


def _is_same(name: str | None, other: str | None) -> bool:
    if name is None or other is None:
        return name is other
    return _plain(name) == _plain(other)


def _plain(name: str) -> list[str]:
    """The words that tell who it is: "his aides" and "aides" are the same."""
    words = normal(name).casefold().split()
    return words[1:] if words[0] in ("a", "an", *POSSESSIVES) and len(words) > 1 else words


def _figures(outcomes: list[tuple[bool, bool]]) -> dict[str, Any]:
    n = max(len(outcomes), 1)
    right, resolved = (percent(sum(each[i] for each in outcomes) / n) for i in (0, 1))
    return {"right": right, "resolved": resolved, "n": len(outcomes)}
