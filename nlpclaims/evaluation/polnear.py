"""Read gold and predicted attributions from JSONL files, plain or gzipped."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nlpclaims.errors import CorpusError
from nlpclaims.evaluation.attribution import ROLES
from nlpclaims.evaluation.textfile import json_lines

SURROGATE = re.compile("[\ud800-\udfff]")


def read_articles(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the gold articles of a PolNeAR JSONL file, plain or gzipped, as ``score`` takes them.

    Raises:
        InputError: the file cannot be read.
        CorpusError: a line is not an article, repeats an earlier one's id, or has spans that are not in its text; or
            the file holds no article.
    """
    ids = set[str]()
    for number, article in json_lines(path):
        if problem := _article_problem(article, ids):
            raise CorpusError(str(path), problem, number)
        ids.add(article["id"])
        yield article
    if not ids:
        raise CorpusError(str(path), "holds no article")


def read_predictions(path: Path) -> dict[str, list[dict[str, Any]]]:
    """The attributions of each article in a JSONL file with an attribution a line and the article's id as its "id".

    Raises:
        InputError: the file cannot be read.
        CorpusError: a line is not an attribution.
    """
    predictions: dict[str, list[dict[str, Any]]] = {}
    for number, attribution in json_lines(path):
        if not isinstance(attribution.get("id"), str):
            raise CorpusError(str(path), 'no article\'s "id"', number)
        if problem := _roles_problem(attribution):
            raise CorpusError(str(path), problem, number)
        predictions.setdefault(attribution["id"], []).append(attribution)
    return predictions


def _article_problem(article: dict[str, Any], ids: set[str]) -> str:
    for key, kind in (("id", str), ("text", str), ("attributions", list)):
        if not isinstance(article.get(key), kind):
            return f'"{key}" is missing or no {"string" if kind is str else "list"}'
    if article["id"] in ids:
        return f"a second article with the id {article['id']!r}"
    if SURROGATE.search(article["text"]):
        return "the text has half of a surrogate pair, which is no character"
    length = len(article["text"])
    for attribution in article["attributions"]:
        if not isinstance(attribution, dict):
            return f"not an attribution: {attribution!r}"
        if problem := _roles_problem(attribution, length):
            return problem
    return _spans_problem("discard", article.get("discard"), length)


def _roles_problem(attribution: dict[str, Any], length: int | None = None) -> str:
    problems = (_spans_problem(role, attribution.get(role), length) for role in ROLES)
    return next(filter(None, problems), "")


def _spans_problem(name: str, spans: object, length: int | None = None) -> str:
    """What is wrong with spans in a text of *length* code points, if anything; ``None`` stands for no spans."""
    if spans is None:
        return ""
    if not isinstance(spans, list):
        return f'"{name}" is no list of [start, end]'
    for span in spans:
        match span:
            case [int(start), int(end)] if 0 <= start <= end:
                if length is not None and end > length:
                    return f'"{name}" has the span {span}, but the text has {length} characters'
            case _:
                return f'"{name}" has {span!r}, not a [start, end]'
    return ""
