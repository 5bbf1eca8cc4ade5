"""How a file becomes articles: plain text as it is, or one article a line from JSONL. It is decoded, and no more."""

import json
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from nlpclaims.reading.sources import Source
from nlpclaims.records import Article, Failure

BYTE_ORDER_MARK = "\ufeff"
_UNPAIRED_SURROGATE = re.compile("[\ud800-\udfff]")


def is_text_encoding(name: str) -> bool:
    """Whether ``name`` is an encoding that Python can decode text with."""
    try:
        b"a".decode(name)
    except UnicodeError:  # not a whole character there, but the encoding is known
        return True
    except (LookupError, ValueError):
        return False
    return True


def read_source(source: Source, encoding: str = "utf-8") -> Iterator[Article | Failure]:
    """The articles of one source, or what is wrong with it; never raises for what a file holds.

    A byte-order mark is not part of the text; everything else is, line ends included, so that offsets hold.
    """
    try:
        if source.has_rows:
            yield from _read_rows(source, encoding)
        else:
            text = decode(_read_bytes(source.path), encoding)
            yield _article(source.document, text)
    except UnicodeError as error:
        yield Failure(source.document, "undecodable", _undecodable(error, encoding))
    except OSError as error:
        kind = "missing" if isinstance(error, FileNotFoundError) else "unreadable"
        yield Failure(source.document, kind, _unreadable(error))
    except ValueError as error:  # a path with a NUL in it
        yield Failure(source.document, "unreadable", f"cannot be read: {error}")


def decode(data: bytes, encoding: str = "utf-8") -> str:
    """``data`` as text, without a leading byte-order mark.

    Raises:
        UnicodeError: the bytes do not fit the encoding.
        LookupError: the encoding is unknown.
    """
    return data.decode(encoding).removeprefix(BYTE_ORDER_MARK)


def _read_bytes(path: Path | None) -> bytes:
    if path is not None:
        return path.read_bytes()
    return sys.stdin.buffer.read() if sys.stdin else b""


def _read_rows(source: Source, encoding: str) -> Iterator[Article | Failure]:
    assert source.path is not None
    if "\n".encode(encoding) != b"\n":  # lines cannot be told in the bytes, as in UTF-16
        yield from _rows(source.document, decode(source.path.read_bytes(), encoding).split("\n"), encoding)
        return
    with source.path.open("rb") as lines:
        yield from _rows(source.document, lines, encoding)


def _rows(document: str, lines: Iterable[bytes | str], encoding: str) -> Iterator[Article | Failure]:
    for number, line in enumerate(lines, start=1):
        place = f"{document}:{number}"
        try:
            row = line if isinstance(line, str) else line.decode(encoding)
        except UnicodeError as error:
            yield Failure(place, "undecodable", _undecodable(error, encoding))
            continue
        if number == 1:
            row = row.removeprefix(BYTE_ORDER_MARK)
        if row.strip():
            yield _row(place, row)


def _row(place: str, row: str) -> Article | Failure:
    try:
        fields = _object(row)
        text, document = _text(fields), _identifier(fields) or place
    except _MalformedRow as error:
        return Failure(place, "malformed", str(error))
    article = _article(document, text)
    return article if isinstance(article, Article) else Failure(place, article.kind, article.message)


class _MalformedRow(Exception):
    """A line of JSONL that is no article; the message says why."""


def _object(row: str) -> dict[str, Any]:
    try:
        value = json.loads(row)
    except json.JSONDecodeError as error:
        raise _MalformedRow(f"not JSON: {error.msg} at column {error.colno}") from None
    except (RecursionError, ValueError) as error:  # nested too deep, or a number of thousands of digits
        raise _MalformedRow(f"not JSON that can be read: {error}") from None
    if not isinstance(value, dict):
        raise _MalformedRow(f"expected an object with id and text, found {_json_type(value)}")
    return value


def _text(fields: dict[str, Any]) -> str:
    if "text" not in fields:
        raise _MalformedRow("has no text: expected an object with id and text")
    if not isinstance(fields["text"], str):
        raise _MalformedRow(f"text must be a string, found {_json_type(fields['text'])}")
    return fields["text"]


def _identifier(fields: dict[str, Any]) -> str:
    """The row's id as a string, empty where it has none."""
    value = fields.get("id")
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise _MalformedRow(f"id must be a string or an integer, found {_json_type(value)}")
    identifier = str(value)
    if _UNPAIRED_SURROGATE.search(identifier):
        raise _MalformedRow("id holds half a surrogate pair, which is no character")
    return identifier


def _article(document: str, text: str) -> Article | Failure:
    # Python can hold half a surrogate pair in a string ("\ud83d" in JSON), but no output encoding can.
    broken = _UNPAIRED_SURROGATE.search(text)
    if broken:
        message = f"text holds half a surrogate pair, which is no character, at character {broken.start()}"
        return Failure(document, "undecodable", message)
    return Article(document, text)


def _undecodable(error: UnicodeError, encoding: str) -> str:
    if not isinstance(error, UnicodeDecodeError):
        return f"cannot be decoded as {encoding}: {error}; name its encoding with --encoding"
    value = error.object[error.start]
    return (
        f"cannot be decoded as {encoding}: {error.reason}, byte 0x{value:02x} at byte offset {error.start}; "
        "name its encoding with --encoding"
    )


def _unreadable(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "no such file or folder"
    return f"cannot be read: {error.strerror or error}"


def _json_type(value: Any) -> str:
    names = {type(None): "null", bool: "a boolean", int: "a number", float: "a number", str: "a string", list: "a list"}
    return names.get(type(value), "an object")
