"""From claims to text: a writer for each format, and where the text goes. A writer's module is imported when used."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from importlib import import_module
from typing import Any, Protocol, TextIO

from nlpclaims.writing.destination import open_output, open_stdout

__all__ = [
    "FILE_SUFFIXES",
    "FORMATS",
    "SUFFIXES",
    "Writer",
    "open_actor_writer",
    "open_output",
    "open_stance_writer",
    "open_stdout",
    "open_writer",
]

_WRITERS = {
    "table": ("nlpclaims.writing.table", "TableWriter"),
    "jsonl": ("nlpclaims.writing.jsonl_lines", "JsonlWriter"),
    "json": ("nlpclaims.writing.json_array", "JsonWriter"),
    "csv": ("nlpclaims.writing.csv_rows", "CsvWriter"),
}
FORMATS = tuple(_WRITERS)
FILE_SUFFIXES = {"table": ".txt", "jsonl": ".jsonl", "json": ".json", "csv": ".csv"}
"""What the name of a file of claims gets, where each input has one."""
SUFFIXES = {".jsonl": "jsonl", ".json": "json", ".csv": "csv"}
"""The format that an output file's suffix asks for."""


class Writer(Protocol):
    """Writes what the claims or stances of one article after another say to a text stream."""

    def write(self, document: str, found: Sequence[Any], /) -> None:
        """Take one article's claims or stances; what can be written is, and flushed."""

    def finish(self) -> None:
        """Write what ends the format; nothing is written after it."""


def open_writer(format_name: str, stream: TextIO, metadata: bool = False) -> AbstractContextManager[Writer]:
    """A writer of claims in ``format_name`` onto ``stream``, as ``finished`` has it.

    With ``metadata`` a CSV has columns for it; the other formats have it where the claims do.

    Raises:
        ValueError: there is no such format.
    """
    if format_name not in _WRITERS:
        raise ValueError(f"no format {format_name!r}; there are {', '.join(FORMATS)}")
    module, name = _WRITERS[format_name]
    make = getattr(import_module(module), name)
    return finished(make(stream, metadata) if format_name == "csv" else make(stream))


def open_actor_writer(format_name: str, stream: TextIO, across: bool = False) -> AbstractContextManager[Writer]:
    """A writer of the actors of claims, those of all articles joined at the end where ``across``; else the same."""
    from nlpclaims.writing.actors import ActorWriter, JoinedActorWriter

    return finished((JoinedActorWriter if across else ActorWriter)(format_name, stream))


def open_stance_writer(
    format_name: str, stream: TextIO, aggregate: bool = False, neutral: bool = False
) -> AbstractContextManager[Writer]:
    """A writer of stances, those of all articles added up at the end where ``aggregate``; else the same.

    ``neutral`` is whether the sums are wanted that hold nothing positive or negative.

    Raises:
        NlpclaimsError: ``graphml`` is asked for, which is of sums alone, and networkx is not installed.
    """
    from nlpclaims.writing.stances import MatrixWriter, StanceWriter

    return finished(MatrixWriter(format_name, stream, neutral) if aggregate else StanceWriter(format_name, stream))


@contextmanager
def finished(writer: Writer) -> Iterator[Writer]:
    """The writer, finished at the end, on Ctrl-C too: what is out is well-formed."""
    try:
        yield writer
    except KeyboardInterrupt:
        writer.finish()
        raise
    writer.finish()
