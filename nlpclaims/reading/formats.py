"""How a file becomes articles: plain text, a web page, or rows. What is wrong with one is a failure, never raised."""

import json
from collections.abc import Iterator

from nlpclaims.reading.decoding import UNPAIRED_SURROGATE, decode
from nlpclaims.reading.html import main_text
from nlpclaims.reading.opening import OnRead, Reading, Unusable, bounded, opened
from nlpclaims.reading.rows import csv_rows, json_rows
from nlpclaims.reading.sources import STDIN, Source
from nlpclaims.records import Article, Failure

_MARKUP = 2**24
"""Bytes that a web page may hold beside its text."""
_ROWS_ON_STDIN = "holds JSON, and standard input is read as one plain text; put it into a .jsonl file, and name that"


def read_source(
    source: Source, reading: Reading | None = None, on_read: OnRead | None = None
) -> Iterator[Article | Failure]:
    """The articles of one source, or what is wrong with it; never raises for what a file holds.

    A byte-order mark is not part of the text; everything else is, line ends included, so that offsets hold. The text
    of a web page is what trafilatura makes of it, with a blank line between its paragraphs.
    """
    reading = reading or Reading()
    try:
        with opened(source, on_read) as stream:
            if source.kind == "text":
                text = decode(bounded(stream, reading.max_bytes), reading.encoding)
                if source.name == STDIN and _begins_with_row(text):
                    raise Unusable("unsupported", _ROWS_ON_STDIN)
                items: Iterator[Article | Failure] = iter([Article(source.document, text)])
            elif source.kind == "html":
                text, metadata = main_text(bounded(stream, reading.max_bytes + _MARKUP), reading.encoding)
                items = iter([Article(source.document, text, metadata)])
            else:
                rows = json_rows if source.kind == "jsonl" else csv_rows
                items = rows(source.document, stream, reading)
            for item in items:
                yield item if isinstance(item, Failure) else _checked(item, reading.max_chars)
    except Unusable as error:
        yield error.failure(source.document)
    except ValueError as error:  # a path with a NUL in it
        yield Failure(source.document, "unreadable", f"cannot be read: {error}")


def _begins_with_row(text: str) -> bool:
    """Whether the first line is a JSON object, which is no article but holds one."""
    first, _, _ = text.lstrip().partition("\n")
    try:
        return isinstance(json.loads(first), dict)
    except (RecursionError, ValueError):
        return False


def _checked(article: Article, max_chars: int) -> Article | Failure:
    if len(article.text) > max_chars:
        message = f"has {len(article.text):,} characters, more than the {max_chars:,} that --max-chars allows"
        return Failure(article.id, "oversized", message)
    # Python can hold half a surrogate pair in a string ("\ud83d" in JSON), but no output encoding can.
    broken = UNPAIRED_SURROGATE.search(article.text)
    if broken:
        message = f"text holds half a surrogate pair, which is no character, at character {broken.start()}"
        return Failure(article.id, "undecodable", message)
    return article
