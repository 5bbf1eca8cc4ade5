"""Where the claims of one article after another go: to a stream, to a file for each input, or to a run's journal."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from nlpclaims.console import uninterrupted
from nlpclaims.journal import Journal, Stretch
from nlpclaims.records import Claim
from nlpclaims.writing import Writer
from nlpclaims.writing.destination import open_output, output_errors

Open = Callable[[TextIO], AbstractContextManager[Writer]]


@dataclass(frozen=True, slots=True)
class Place:
    """Where the claims of a document go.

    Attributes:
        document: what they call it.
        target: the file, where each input has its own.
        key: the document's fingerprint, where the run has a journal.
        characters: how long it is.
    """

    document: str
    target: Path | None = None
    key: str = ""
    characters: int = 0


class Sink(ABC):
    """Takes claims inside a ``with`` block. What it writes is whole once that ends well."""

    def __init__(self) -> None:
        self._stack = ExitStack()

    def __enter__(self) -> "Sink":
        return self

    def __exit__(self, *error: Any) -> None:
        if error[0] is None:
            with self._stack:
                self.finish()
        else:
            self._stack.__exit__(*error)

    @abstractmethod
    def write(self, place: Place, claims: Sequence[Claim]) -> None:
        """Take the claims of one article, all of them or none."""

    def finish(self) -> None:  # noqa: B027 - most have nothing more to do
        """All claims have been taken."""


class StreamSink(Sink):
    """Writes to one stream; nothing is written before there is something, or the end."""

    def __init__(self, open_writer: Open, stream: TextIO):
        super().__init__()
        self._open, self._stream = open_writer, stream
        self._writer: Writer | None = None

    def write(self, place: Place, claims: Sequence[Claim]) -> None:
        """See ``Sink``."""
        with uninterrupted():
            self._started().write(place.document, claims)

    def finish(self) -> None:
        """See ``Sink``."""
        self._started()

    def _started(self) -> Writer:
        if self._writer is None:
            self._writer = self._stack.enter_context(self._open(self._stream))
        return self._writer


class FolderSink(Sink):
    """Writes the articles of each input to the input's own file, which is there once all of them are."""

    def __init__(self, open_writer: Open):
        super().__init__()
        self._open = open_writer
        self._target: Path | None = None

    def write(self, place: Place, claims: Sequence[Claim]) -> None:
        """See ``Sink``."""
        assert place.target
        if place.target != self._target:
            self._stack.close()
            self._target = place.target
            make_folder(place.target.parent)
            stream = self._stack.enter_context(open_output(place.target))
            self._writer = self._stack.enter_context(self._open(stream))
        with uninterrupted():
            self._writer.write(place.document, claims)


class JournalSink(Sink):
    """Writes to a run's journal; makes of it the one ``output``, or the inputs' own files one by one."""

    def __init__(self, open_writer: Open, journal: Journal, output: Path | None):
        super().__init__()
        self._journal = journal
        self._writer = self._stack.enter_context(open_writer(journal.stream))
        self._output = self._target = output
        self._stretches: list[Stretch] = []

    def find(self, key: str) -> Stretch | None:
        """The records that the journal already has of the document with this fingerprint."""
        return self._journal.find(key)

    def finish(self) -> None:
        """See ``Sink``."""
        if self._output:
            self._journal.finish_all(self._output, self._stretches)
        else:
            self._finish_target()

    def write(self, place: Place, claims: Sequence[Claim]) -> None:
        """See ``Sink``."""
        with uninterrupted():
            self._writer.write(place.document, claims)
            stretch = self._journal.add(place.key, place.document, place.characters, len(claims))
        self.keep(place, stretch)

    def keep(self, place: Place, stretch: Stretch) -> None:
        """Take records that ``find`` has found as those of the next article."""
        if not self._output and place.target != self._target:
            self._finish_target()
            self._target = place.target
        last = self._stretches[-1] if self._stretches else None
        if last and last.end == stretch.start:
            self._stretches[-1] = Stretch(last.start, stretch.end, last.claims + stretch.claims)
        else:
            self._stretches.append(stretch)

    def _finish_target(self) -> None:
        if self._target:
            make_folder(self._target.parent)
            self._journal.finish(self._target, self._stretches)
        self._stretches.clear()


def make_folder(path: Path) -> None:
    """Make a folder and those above it, where they are not there.

    Raises:
        OutputError: it cannot be made, as where it is a file.
    """
    with output_errors(path):
        path.mkdir(parents=True, exist_ok=True)
