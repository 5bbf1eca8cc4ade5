"""From claims to text: a writer for each format, and where the text goes. A writer's module is imported when used."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import Protocol, TextIO

from nlpclaims.records import Claim
from nlpclaims.writing.destination import open_output, open_stdout

__all__ = ["FORMATS", "SUFFIXES", "Writer", "open_output", "open_stdout", "open_writer"]

_WRITERS = {
    "table": ("nlpclaims.writing.table", "TableWriter"),
    "jsonl": ("nlpclaims.writing.jsonl_lines", "JsonlWriter"),
    "json": ("nlpclaims.writing.json_array", "JsonWriter"),
    "csv": ("nlpclaims.writing.csv_rows", "CsvWriter"),
}
FORMATS = tuple(_WRITERS)
SUFFIXES = {".jsonl": "jsonl", ".json": "json", ".csv": "csv"}
"""The format that an output file's suffix asks for."""


class Writer(Protocol):
    """Writes the claims of one article after another to a text stream, each as soon as it gets it."""

    def write(self, document: str, claims: Sequence[Claim]) -> None:
        """Write one article's claims and flush them."""

    def finish(self) -> None:
        """Write what ends the format; nothing is written after it."""


@contextmanager
def open_writer(format_name: str, stream: TextIO) -> Iterator[Writer]:
    """A writer of ``format_name`` onto ``stream``, finished at the end, on Ctrl-C too: what is out is well-formed.

    Raises:
        ValueError: there is no such format.
    """
    if format_name not in _WRITERS:
        raise ValueError(f"no format {format_name!r}; there are {', '.join(FORMATS)}")
    module, name = _WRITERS[format_name]
    writer: Writer = getattr(import_module(module), name)(stream)
    try:
        yield writer
    except KeyboardInterrupt:
        writer.finish()
        raise
    writer.finish()
