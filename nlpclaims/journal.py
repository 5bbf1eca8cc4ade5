"""What a run that may be interrupted has done: the records so far, and a journal that says which of them are whole.

    claims.jsonl.part     the records, each document's appended to those before
    claims.jsonl.journal  a line for how the run was set up, then one for each finished document: where its records are

A line is written only when the records that it vouches for are on the disk, and both files only ever grow. So whatever
ends a run, the part is good up to where the last whole line of the journal says, and what follows is cut off. A
document is known by its content: one that has changed is not in the journal, and its old records are left out at the
end.
"""

import io
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from time import monotonic
from typing import Any, BinaryIO, TextIO

from nlpclaims.errors import OutputError
from nlpclaims.records import Article
from nlpclaims.writing.destination import open_output, output_errors, replace_output, target_of

SYNC = 1.0
"""Seconds of work that a run which is killed may lose."""
_CHUNK = 2**20


@dataclass(frozen=True, slots=True)
class Stretch:
    """Where in the part the records of a document are, and how many."""

    start: int
    end: int
    claims: int


def fingerprint(article: Article) -> str:
    """What is the same for two articles only if all that records can depend on is."""
    content = [article.id, article.text, *asdict(article.metadata).values()]
    return sha256(json.dumps(content).encode()).hexdigest()


def part_of(output: Path) -> Path:
    """Where the records are kept until the run is done."""
    return output.with_name(output.name + ".part")


def journal_of(output: Path) -> Path:
    """Where it is kept which of them are whole."""
    return output.with_name(output.name + ".journal")


class Journal:
    """The records and the journal of one run.

    Attributes:
        stream: takes the next document's records.
        is_empty: whether no document is finished.
    """

    def __init__(self, output: Path, part: BinaryIO, journal: BinaryIO, known: Mapping[str, Stretch], end: int):
        self._output, self._part, self._journal, self._known = output, part, journal, known
        self.stream: TextIO = io.TextIOWrapper(part, "utf-8", newline="", write_through=True)
        self.is_empty = not known
        self._end = end
        self._lines: list[str] = []
        self._synced = monotonic()

    def find(self, key: str) -> Stretch | None:
        """The records of a document that an earlier run has finished; ``key`` is its fingerprint."""
        return self._known.get(key)

    def add(self, key: str, document: str, characters: int, claims: int) -> Stretch:
        """All records of a document have been written to ``stream``, and are those since the last were."""
        self.stream.flush()
        stretch = Stretch(self._end, self._part.tell(), claims)
        self._end = stretch.end
        self.is_empty = False
        line = {"document": document, "size": characters, "sha256": key, **asdict(stretch)}
        self._lines.append(json.dumps(line) + "\n")
        if monotonic() - self._synced >= SYNC:
            self.sync()
        return stretch

    def sync(self) -> None:
        """Bring the records to the disk, then the lines that vouch for them."""
        with output_errors(part_of(self._output)):
            self.stream.flush()
            os.fsync(self._part.fileno())
        with output_errors(journal_of(self._output)):
            self._journal.write("".join(self._lines).encode())
            self._journal.flush()
            os.fsync(self._journal.fileno())
        self._lines.clear()
        self._synced = monotonic()

    def finish(self, path: Path, stretches: Sequence[Stretch]) -> None:
        """Make ``path`` of these stretches, whole or not at all."""
        with open_output(path) as target, part_of(self._output).open("rb") as part:
            for stretch in stretches:
                part.seek(stretch.start)
                left = stretch.end - stretch.start
                while chunk := part.read(min(left, _CHUNK)):
                    target.buffer.write(chunk)
                    left -= len(chunk)

    def finish_all(self, path: Path, stretches: Sequence[Stretch]) -> None:
        """As ``finish``, after which nothing is finished from the part, which becomes ``path`` if it can."""
        if [(stretch.start, stretch.end) for stretch in stretches] == [(0, self._end)]:
            self.sync()
            self.close()
            replace_output(part_of(self._output), path)
        else:
            self.finish(path, stretches)

    def close(self) -> None:
        """Nothing is written any more."""
        with suppress(OSError):
            self.stream.close()


@contextmanager
def open_journal(output: Path, setup: Mapping[str, Any]) -> Iterator[Journal]:
    """The journal beside ``output``, an earlier run's if there is one; it stays unless the block ends well.

    Args:
        output: what is written in the end; where it is a link, the journal is beside what it leads to.
        setup: what must be the same for the records of two runs to go together.

    Raises:
        OutputError: it cannot be written, another run is at work on it, or the earlier run was set up in another way.
    """
    real = target_of(output)
    if real.exists() and not real.is_file():
        raise OutputError(f"{output}: is no file, so --resume has nothing to go on with; leave it out")
    part, journal = part_of(real), journal_of(real)
    with output_errors(output), ExitStack() as closed, ExitStack() as stack:
        with output_errors(journal):
            lines = stack.enter_context(_opened(journal))
            _lock(lines, journal)
            known, end, lines_end = _load(journal, part, setup)
            records = stack.enter_context(_opened(part))
            _cut(records, end)
            _cut(lines, lines_end)
            if not lines_end:
                lines.write((json.dumps(setup) + "\n").encode())
        work = Journal(real, records, lines, known, end)
        stack.callback(work.close)
        try:
            yield work
        except BaseException:
            if not work.stream.closed:
                with suppress(OutputError):  # the first reason is the one to tell
                    work.sync()
            if work.is_empty:
                closed.callback(_remove, part, journal)  # Windows removes no open files
            raise
    _remove(part, journal)


def _remove(*paths: Path) -> None:
    for path in paths:
        path.unlink(missing_ok=True)


def _opened(path: Path) -> BinaryIO:
    """The file to read and write, made if it is not there."""
    path.touch()
    return path.open("r+b")


def _cut(stream: BinaryIO, end: int) -> None:
    """Cut the file off at ``end``, to go on from there."""
    stream.truncate(end)
    stream.seek(end)


def _lock(stream: BinaryIO, journal: Path) -> None:
    """Keep other runs away while this one lives; not on Windows, where Python has no such locks."""
    try:
        import fcntl
    except ImportError:
        return
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise OutputError(f"{journal}: another run is at work on it; wait for its end, or stop it") from None


def _load(journal: Path, part: Path, setup: Mapping[str, Any]) -> tuple[dict[str, Stretch], int, int]:
    """The finished documents; where the records that are vouched for end, and the whole lines that vouch."""
    known: dict[str, Stretch] = {}
    end = lines_end = 0
    if not part.exists():
        return known, end, lines_end
    size = part.stat().st_size
    with journal.open("rb") as lines:
        before = _entry(lines.readline())
        if before is None:
            return known, end, lines_end
        _check(journal, part, before, setup)
        lines_end = lines.tell()
        for line in iter(lines.readline, b""):
            entry = _entry(line)
            if entry is None or entry["end"] > size:
                break
            known[entry["sha256"]] = Stretch(entry["start"], entry["end"], entry["claims"])
            end, lines_end = entry["end"], lines.tell()
    return known, end, lines_end


def _entry(line: bytes) -> dict[str, Any] | None:
    """The line of a journal, ``None`` where it is not whole."""
    try:
        value = json.loads(line) if line.endswith(b"\n") else None
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _check(journal: Path, part: Path, before: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    for name in {**before, **now}:
        if before.get(name) != now.get(name):
            raise OutputError(
                f"{journal}: an earlier run had {name} {before.get(name)}, and this one has {now.get(name)}, so their "
                f"records do not go together; run it as it was, or delete this file and {part.name} to start anew"
            )
