"""The run from articles to claims: what a command asks for, and the plain function that does it."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext, suppress
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from nlpclaims.console import Report
from nlpclaims.cores import cores
from nlpclaims.errors import OutputError
from nlpclaims.reading import (
    FAILURES,
    MAX_CHARS,
    STDIN,
    Reading,
    Source,
    find_sources,
    is_same_file,
    read_source,
)
from nlpclaims.records import SCHEMA, Article, Failure, Metadata
from nlpclaims.writing import FILE_SUFFIXES, Writer, open_output, open_stdout, open_writer
from nlpclaims.writing.destination import output_errors

if TYPE_CHECKING:
    from nlpclaims.batch import WorkerPool
    from nlpclaims.extractor import ArticleReader, Load
    from nlpclaims.journal import Journal, Stretch
    from nlpclaims.writing.sinks import Place, Sink

OpenWriter = Callable[[str, TextIO], AbstractContextManager[Writer]]

WORTH_A_WORKER = 100_000
"""Bytes of input that take a process several times as long as loading the pipeline."""
_MAX_NAME = 255
"""Bytes of a file's name in all file systems that matter."""


@dataclass(frozen=True, slots=True)
class Job:
    """What to read, how, and where what comes of it goes: to standard output where no output is given.

    ``load`` makes of the pipeline what reads the articles; ``None`` is ``nlpclaims.load``. ``open_writer`` opens a
    writer of a format onto a stream, to which goes what each article holds; ``noun`` is what the user is told it is.
    """

    names: Sequence[str]
    open_writer: OpenWriter = open_writer
    load: "Load | None" = None
    noun: str = "claim"
    format: str = "jsonl"
    output: Path | None = None
    model: str | None = None
    min_confidence: float = 0.0
    encoding: str = "utf-8"
    workers: int | None = None
    output_dir: Path | None = None
    resume: bool = False
    text_column: str = "text"
    max_chars: int = MAX_CHARS
    metadata: bool = False

    @property
    def reading(self) -> Reading:
        """How its files are read."""
        return Reading(self.encoding, self.text_column, self.max_chars)

    @property
    def failures(self) -> Path | None:
        """The file that says what failed; beside standard output and devices there is none."""
        if self.output_dir:
            return self.output_dir / FAILURES
        if self.output is None:
            return None
        if os.path.exists(self.output) and not self.output.is_file():  # noqa: PTH110 - Path's may raise
            return None
        return self.output.with_name(f"{self.output.stem}.{FAILURES}")

    def writer(self, stream: TextIO) -> AbstractContextManager[Writer]:
        """A writer of its format onto ``stream``."""
        return self.open_writer(self.format, stream)

    def target(self, source: Source) -> Path | None:
        """The file for the claims of one input, where each has its own."""
        if self.output_dir is None:
            return None
        inside = "stdin" if source.name == STDIN else source.name[source.inside :]
        return self.output_dir / (inside + FILE_SUFFIXES[self.format])


class _NothingRead(Exception):
    """Nothing could be read, so a file of an earlier run is left as it is: a path may be mistyped."""


def run(job: Job, report: Report) -> None:
    """Read the articles and write their claims as they are found; what fails and what is done goes to ``report``.

    Raises:
        ModelError: the pipeline cannot be loaded.
        OutputError: the output cannot be written, or is also an input; or an earlier run that is to be resumed was set
            up in another way.
    """
    from nlpclaims.writing.failures import FailureLog

    sources = list(find_sources(job.names, skip=[job.output, job.output_dir, job.failures]))
    size = _check(job, sources)
    with ExitStack() as stack:
        stack.enter_context(suppress(_NothingRead))
        delivery = stack.enter_context(_open_delivery(job, report))
        log = stack.enter_context(FailureLog(job.failures))

        def failed(failure: Failure) -> None:
            report.failure(failure)
            log.write(failure)

        number = _number_of_articles(sources)
        stack.enter_context(report.progress(number, show=not delivery.on_terminal, size=size))
        articles = _unfinished(sources, job, report, delivery, failed)
        first = next(articles, None)
        if first is None and report.failures and not report.articles and (job.output or job.output_dir):
            raise _NothingRead
        if first:  # else the user is spared the wait for the pipeline
            extractor = stack.enter_context(_open(job, size, number))
            _deliver(extractor, chain((first,), articles), delivery, failed)
        delivery.forget_failed(sources)


def _deliver(
    extractor: "ArticleReader[Any] | WorkerPool",
    articles: Iterable[Article],
    delivery: "_Delivery",
    failed: Callable[[Failure], None],
) -> None:
    failures: list[Failure] = []
    for claims in extractor.extract_many(articles, on_failure=failures.append):
        if failures:
            delivery.drop()
            failed(failures.pop())
        else:
            delivery.deliver(claims)


def _unfinished(
    sources: Iterable[Source | Failure],
    job: Job,
    report: Report,
    delivery: "_Delivery",
    failed: Callable[[Failure], None],
) -> Iterator[Article]:
    """The articles that are not done yet, all of them announced to ``delivery``."""
    for source in sources:
        if isinstance(source, Failure):
            failed(source)
            continue
        is_empty = True
        for item in read_source(source, job.reading, report.read):
            is_empty = False
            if isinstance(item, Failure):
                failed(item)
            elif not delivery.announce(item, source):
                yield item
                _warn_of_language(item, report)  # imports spaCy, for which no worker need wait
        if is_empty:
            delivery.write_empty(source)


@dataclass(frozen=True, slots=True)
class _Announced:
    """An article whose claims are to come, or that an earlier run has ``done``."""

    place: "Place"
    metadata: Metadata | None
    words: int
    done: "Stretch | None"


class _Delivery:
    """Takes claims to a sink in the order in which their articles were announced: the pipeline reads ahead.

    Attributes:
        on_terminal: whether the claims appear on one.
    """

    def __init__(self, job: Job, report: Report, sink: "Sink", on_terminal: bool):
        from nlpclaims.writing.sinks import JournalSink

        self._job, self._report, self._sink = job, report, sink
        self._journal = sink if isinstance(sink, JournalSink) else None
        self._waiting: deque[_Announced] = deque()
        self._written: set[Path | None] = set()
        self.on_terminal = on_terminal

    def announce(self, article: Article, source: Source) -> bool:
        """Take note of an article; whether it is done already."""
        from nlpclaims.writing.sinks import Place

        key, done = "", None
        if self._journal:
            from nlpclaims.journal import fingerprint

            key = fingerprint(article)
            done = self._journal.find(key)
        place = Place(article.id, self._job.target(source), key, len(article.text))
        metadata = article.metadata if self._job.metadata else None
        self._waiting.append(_Announced(place, metadata, len(article.text.split()), done))
        self._keep()
        return done is not None

    def deliver(self, claims: Sequence[Any]) -> None:
        """Take the claims of the first announced article that has none yet."""
        announced = self._waiting.popleft()
        kept = [claim for claim in claims if claim.confidence >= self._job.min_confidence]
        if announced.metadata:
            kept = [replace(claim, metadata=announced.metadata) for claim in kept]
        self._sink.write(announced.place, kept)
        self._written.add(announced.place.target)
        self._report.article(len(kept), announced.words)
        self._keep()

    def drop(self) -> None:
        """The first announced article has failed."""
        self._waiting.popleft()
        self._keep()

    def write_empty(self, source: Source) -> None:
        """An input holds no article: where each input has a file, it has one too."""
        from nlpclaims.writing.sinks import make_folder

        target = self._job.target(source)
        if target:
            make_folder(target.parent)
            with open_output(target) as stream, self._job.writer(stream):
                self._written.add(target)

    def forget_failed(self, sources: Iterable[Source | Failure]) -> None:
        """Remove what an earlier run wrote for inputs of which all has failed now."""
        for source in sources:
            target = self._job.target(source) if isinstance(source, Source) else None
            if target and target not in self._written and target.is_file():
                with output_errors(target):
                    target.unlink()

    def _keep(self) -> None:
        while self._waiting and self._waiting[0].done:
            announced = self._waiting.popleft()
            assert self._journal and announced.done
            self._journal.keep(announced.place, announced.done)
            self._written.add(announced.place.target)
            self._report.kept(announced.done.claims)


@contextmanager
def _open_delivery(job: Job, report: Report) -> Iterator[_Delivery]:
    """Open where the claims go; what cannot be written is told before anything is read or loaded."""
    from nlpclaims.writing.sinks import FolderSink, JournalSink, Sink, StreamSink, make_folder

    with ExitStack() as stack:
        on_terminal = False
        sink: Sink
        if job.output_dir:
            make_folder(job.output_dir)
        if job.resume:
            sink = JournalSink(job.writer, stack.enter_context(_open_journal(job)), job.output)
        elif job.output_dir:
            sink = FolderSink(job.writer)
        else:
            stream = stack.enter_context(open_output(job.output) if job.output else open_stdout())
            on_terminal = stream.isatty()
            sink = StreamSink(job.writer, stream)
        yield _Delivery(job, report, stack.enter_context(sink), on_terminal)


def _open_journal(job: Job) -> "AbstractContextManager[Journal]":
    from nlpclaims import __version__
    from nlpclaims.journal import open_journal
    from nlpclaims.model_files import model_digest

    output = job.output or (job.output_dir and job.output_dir / "claims.jsonl")
    assert output
    setup = {
        "schema": SCHEMA,
        "nlpclaims": __version__,
        "model": model_digest(job.model),
        "--min-confidence": job.min_confidence,
        "--metadata": job.metadata,
    }
    return open_journal(output, setup)


def _check(job: Job, sources: list[Source | Failure]) -> int:
    """How many bytes there are to read. An input that could have no file of its own becomes a failure.

    Raises:
        OutputError: what is read would be written over, or two inputs would have one file, or one the failures'.
    """
    if any(is_same_file(Path(name), job.output_dir) for name in job.names):
        raise OutputError(f"{job.output_dir}: is a folder to read; name another one with --output-dir")
    size = 0
    read: set[tuple[int, int]] = set()
    for source in sources:
        if isinstance(source, Source) and source.name != STDIN:
            with suppress(OSError, ValueError):  # reading it says why
                about = os.stat(source.name)  # noqa: PTH116 - of a hundred thousand
                size += about.st_size
                read.add((about.st_dev, about.st_ino))
    for path in (job.output, job.failures):
        _check_unread(path, read)
    if job.output_dir:
        _check_targets(job, sources, read)
    return size


def _check_targets(job: Job, sources: list[Source | Failure], read: set[tuple[int, int]]) -> None:
    targets: dict[str, int] = {}
    for number, source in enumerate(sources):
        target = job.target(source) if isinstance(source, Source) else None
        if isinstance(source, Failure) or target is None:
            continue
        if len(os.fsencode(target.name)) > _MAX_NAME:
            message = f"its name is too long for a file of claims: {target.name}"
            sources[number] = Failure(source.document, "unwritable", message)
            continue
        if target == job.failures:
            raise OutputError(
                f"{target}: is where it is listed what failed, and would hold the claims of {source.document} too; "
                "rename that input, or read it alone with --output"
            )
        other = sources[targets.setdefault(str(target), number)]
        if other is not source and isinstance(other, Source):
            raise OutputError(
                f"{target}: would hold the claims of {other.document} and of {source.document}; name the folder that "
                "both are in, or read them one after the other into folders of their own"
            )
        _check_unread(target, read)


def _check_unread(path: Path | None, read: set[tuple[int, int]]) -> None:
    with suppress(OSError):
        about = path.stat() if path else None
        if about and (about.st_dev, about.st_ino) in read:
            raise OutputError(f"{path}: is an article to read, and would be lost; name another file to write to")


def _number_of_articles(sources: Sequence[Source | Failure]) -> int | None:
    """How many there are at most, or ``None`` where a file may hold any number."""
    if any(isinstance(source, Source) and source.has_rows for source in sources):
        return None
    return len(sources)


def _warn_of_language(article: Article, report: Report) -> None:
    from nlpclaims.reading.language import looks_english

    if not report.quiet and not looks_english(article.text):
        report.warning(f"{article.id}: the text does not look English; its claims are not to be relied on")


def _open(job: Job, size: int, number: int | None) -> "AbstractContextManager[ArticleReader[Any] | WorkerPool]":
    # As many workers as there are cores, where each has enough to read to make up for its start.
    workers = job.workers or min(cores(), size // WORTH_A_WORKER)
    if number is not None:
        workers = min(workers, number)
    if workers > 1:
        from nlpclaims.batch import WorkerPool

        return WorkerPool(workers, job.model, job.load)
    from nlpclaims.extractor import load

    return nullcontext((job.load or load)(job.model))
