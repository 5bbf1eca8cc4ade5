"""Read annotations that were made by hand on the articles of another file, see models/annotations."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from nlpclaims.errors import CorpusError
from nlpclaims.evaluation.textfile import json_lines


def by_article(
    path: Path,
    articles: Iterable[dict[str, Any]],
    problem: Callable[[Mapping[str, Any], Mapping[str, Any]], str],
) -> list[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """Each of *articles* that has annotations in a JSONL file, with these.

    Args:
        path: the annotations, each with its article's ``id``.
        articles: with ``id`` and ``text``.
        problem: what is wrong with an annotation of an article, empty where nothing is.

    Raises:
        InputError: the file cannot be read.
        CorpusError: something is wrong with a line, or it is of an article that is not there; or there is none.
    """
    known = {article["id"]: article for article in articles}
    found: dict[str, list[dict[str, Any]]] = {}
    for number, annotation in json_lines(path):
        name = annotation.get("id")
        article = known.get(name) if isinstance(name, str) else None
        if article is None:
            raise CorpusError(str(path), f"of an article that is not among those given: {name!r}", number)
        if wrong := problem(annotation, article):
            raise CorpusError(str(path), wrong, number)
        found.setdefault(article["id"], []).append(annotation)
    if not found:
        raise CorpusError(str(path), "holds no annotation")
    return [(known[name], annotations) for name, annotations in found.items()]


def is_place(place: object, text: str) -> bool:
    """Whether *place* is ``[start, end]`` of a stretch of the text."""
    match place:
        case [int(start), int(end)]:
            return 0 <= start < end <= len(text)
    return False
