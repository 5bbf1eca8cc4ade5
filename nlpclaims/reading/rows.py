"""Files of one article a row: JSONL objects, and CSV with a header. A row that is no article costs itself alone."""

import csv
import json
import re
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

from nlpclaims.reading.decoding import BYTE_ORDER_MARK, UNPAIRED_SURROGATE
from nlpclaims.reading.lines import Lines, Undecodable
from nlpclaims.reading.opening import Reading, Unusable
from nlpclaims.records import Article, Failure, Metadata

Items = Iterator[Article | Failure]

_ESCAPED = 12
"""Bytes that JSON may need for a character: two halves of a surrogate pair, spelled out."""
_BESIDE = 2**26
"""Bytes that a row may hold beside its text."""
_QUOTES = re.compile('"+')


def json_rows(document: str, stream: BinaryIO, reading: Reading) -> Items:
    """The articles of JSON Lines: objects with ``text``, and maybe ``id``, ``title``, ``date`` and ``url``."""
    lines = Lines(stream, reading.encoding, _longest(reading))

    def article(place: str, row: str) -> Article | None:
        row = row.removeprefix(BYTE_ORDER_MARK)  # of a file that was put behind another
        return _json_article(place, row) if row.strip() else None

    return _rows(document, lines, lines, article)


def csv_rows(document: str, stream: BinaryIO, reading: Reading) -> Items:
    """The articles of a CSV whose header names ``reading.text_column``, and maybe ``id``, ``title``, ``date``, ``url``.

    Raises:
        Unusable: the header does not name the text column.
    """
    lines = Lines(stream, reading.encoding, _longest(reading))
    csv.field_size_limit(min(lines.limit, 2**31 - 1))
    table = _Table(lines)
    try:
        header = next(table, None)
    except csv.Error as error:
        raise _malformed(f"its header is not CSV: {_reason(error)}") from error
    if header is None:
        return
    if not header:
        raise _malformed(
            f"its first line is blank, where the columns are to be named, one of them {reading.text_column!r}"
        )
    if reading.text_column not in header:
        names = ", ".join(map(repr, header))
        raise _malformed(f"has no column {reading.text_column!r}; name one of its columns with --text-column: {names}")

    def article(place: str, fields: list[str]) -> Article | None:
        if len(fields) != len(header):
            if not fields:
                return None
            raise _malformed(f"has {len(fields)} fields where the header names {len(header)}")
        row = {name: field for name, field in zip(reversed(header), reversed(fields), strict=True) if field}
        metadata = Metadata(*(row.get(name) for name in ("title", "date", "url")))
        return Article(row.get("id") or place, row.get(reading.text_column, ""), metadata)

    yield from _rows(document, lines, table, article)


class _Table:
    """An iterator over the rows of a CSV. After an error the next row follows, and not the rest of a quoted field."""

    def __init__(self, lines: Lines):
        self._lines = lines
        self._rows = csv.reader(iter(self._line, None), strict=True)  # a generator would be over after an error
        self._quoted = False
        self._strays = 0

    def __iter__(self) -> "_Table":
        return self

    def __next__(self) -> list[str]:
        self._quoted = False
        try:
            return next(self._rows)
        except (csv.Error, Unusable):
            if self._strays % 2 == 0:  # else the field has ended, as in "a"b
                self._pass_quoted()
            raise

    def _line(self) -> str:
        try:
            line = next(self._lines)
        except Undecodable as error:
            self._follow_quotes(error.line)
            raise Unusable(error.kind, f"line {self._lines.number} {error}") from error
        self._follow_quotes(line)
        return line

    def _pass_quoted(self) -> None:
        while self._quoted:
            try:
                self._line()
            except Unusable:
                continue
            except StopIteration:
                return

    def _follow_quotes(self, line: str) -> None:
        """Find whether the line ends in a quoted field, and how many quotes in that neither are doubled nor end it."""
        for run in _QUOTES.finditer(line):
            count = len(run[0])
            if not self._quoted:
                if run.start() and line[run.start() - 1] != ",":
                    continue
                self._quoted, self._strays = True, 0
                count -= 1
            if count % 2:
                if line[run.end() : run.end() + 1] in ",\r\n":
                    self._quoted = False
                else:
                    self._strays += 1


def _longest(reading: Reading) -> int:
    return _ESCAPED * reading.max_chars + _BESIDE


def _rows(document: str, lines: Lines, rows: Iterator[Any], article: Callable[[str, Any], Article | None]) -> Items:
    """The articles of the rows, or what is wrong with each; a row's place is the line that it begins on."""
    while True:
        place = f"{document}:{lines.number + 1}"
        try:
            found = article(place, next(rows))
        except StopIteration:
            return
        except csv.Error as error:
            yield Failure(place, "malformed", f"not CSV: {_reason(error)}")
        except Unusable as error:
            yield error.failure(place)
        else:
            if found:
                yield found


def _reason(error: csv.Error) -> str:
    """What is wrong with a CSV; where Python's own message is for programmers, another."""
    if str(error).startswith("new-line character"):
        return "a carriage return without a line feed; quote the field, or end lines with line feeds"
    return str(error)


def _json_article(place: str, row: str) -> Article:
    fields = _object(row)
    return Article(_identifier(fields) or place, _text(fields), _metadata(fields))


def _malformed(message: str) -> Unusable:
    return Unusable("malformed", message)


def _object(row: str) -> dict[str, Any]:
    try:
        value = json.loads(row.rstrip("\r\n"))  # which would be counted as columns, or as part of the text
    except json.JSONDecodeError as error:
        raise _malformed(f"not JSON: {error.msg.removesuffix(' at')} at column {error.colno}") from None
    except (RecursionError, ValueError) as error:  # nested too deep, or a number of thousands of digits
        raise _malformed(f"not JSON that can be read: {error}") from None
    if not isinstance(value, dict):
        raise _malformed(f"expected an object with id and text, found {_json_type(value)}")
    return value


def _text(fields: dict[str, Any]) -> str:
    if "text" not in fields:
        raise _malformed("has no text: expected an object with id and text")
    if not isinstance(fields["text"], str):
        raise _malformed(f"text must be a string, found {_json_type(fields['text'])}")
    return fields["text"]


def _identifier(fields: dict[str, Any]) -> str:
    """The row's id as a string, empty where it has none."""
    value = fields.get("id")
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise _malformed(f"id must be a string or an integer, found {_json_type(value)}")
    identifier = str(value)
    if UNPAIRED_SURROGATE.search(identifier):
        raise _malformed("id holds half a surrogate pair, which is no character")
    return identifier


def _metadata(fields: dict[str, Any]) -> Metadata:
    """What the row says of its article; what is no text, or no character, is as if it were not there."""
    values = (fields.get(name) for name in ("title", "date", "url"))
    return Metadata(*(v if isinstance(v, str) and v and not UNPAIRED_SURROGATE.search(v) else None for v in values))


def _json_type(value: Any) -> str:
    names = {type(None): "null", bool: "a boolean", int: "a number", float: "a number", str: "a string", list: "a list"}
    return names.get(type(value), "an object")
