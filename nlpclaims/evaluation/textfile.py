"""Read plain or gzipped UTF-8 text, with errors that name the file and the line."""

import csv
import gzip
import io
import json
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, TextIO, cast

from nlpclaims.errors import CorpusError, InputError


def open_text(path: Path) -> TextIO:
    """Open a UTF-8 text file (a byte order mark is skipped), gunzipping it when its name ends in ``.gz``.

    Raises:
        OSError: as the file system gives it.
    """
    return io.TextIOWrapper(_open_binary(path), encoding="utf-8-sig")


def _open_binary(path: Path) -> BinaryIO:
    return cast(BinaryIO, gzip.open(path)) if path.suffix == ".gz" else path.open("rb")


@contextmanager
def input_errors(path: Path) -> Iterator[None]:
    """Turn what goes wrong while a file's bytes are read into an ``InputError``.

    Raises:
        InputError: the file is missing, unreadable, not gzip although its name says so, or cut short.
    """
    try:
        yield
    except (gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise InputError(str(path), f"not a whole gzip file: {error}") from error
    except OSError as error:
        raise InputError(str(path), error.strerror or str(error)) from error


def numbered_lines(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the lines of a file without their ends, numbered from 1.

    Raises:
        InputError: a line is not UTF-8; else see ``input_errors``.
    """
    with input_errors(path), _open_binary(path) as lines:
        for number, line in enumerate(lines, 1):
            try:
                text = line.decode("utf-8-sig" if number == 1 else "utf-8")
            except UnicodeDecodeError as error:
                raise InputError(str(path), f"not UTF-8: {error.reason}", number) from error
            yield number, text.rstrip("\r\n")


def blocks(path: Path) -> Iterator[list[tuple[int, str]]]:
    """Yield the numbered lines between blank lines, a block at a time.

    Raises:
        InputError: see ``numbered_lines``.
    """
    block: list[tuple[int, str]] = []
    for number, line in numbered_lines(path):
        if line.strip():
            block.append((number, line))
        elif block:
            yield block
            block = []
    if block:
        yield block


def json_lines(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the JSON objects of a file, one a line, numbered from 1; blank lines are skipped.

    Raises:
        InputError: see ``numbered_lines``.
        CorpusError: a line is not a JSON object.
    """
    for number, line in numbered_lines(path):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except (ValueError, RecursionError) as error:  # ValueError: also a number of thousands of digits
            raise CorpusError(str(path), f"not JSON: {error}", number) from error
        if not isinstance(value, dict):
            raise CorpusError(str(path), f"expected a JSON object, found {type(value).__name__}", number)
        yield number, value


def tsv_rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows of a file of tab-separated values, each with the number of the line that it ends with.

    Raises:
        InputError: see ``numbered_lines``.
        CorpusError: a row is none.
    """
    rows = csv.reader((line + "\n" for _, line in numbered_lines(path)), delimiter="\t")
    try:
        for row in rows:
            yield rows.line_num, row
    except csv.Error as error:
        raise CorpusError(str(path), f"not tab-separated values: {error}", rows.line_num) from error
