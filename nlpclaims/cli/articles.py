"""What the commands that read articles share: their arguments and options, and the run from articles to a writer."""

import math
import sys
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext, suppress
from dataclasses import dataclass
from enum import Enum
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer

from nlpclaims.console import SOME_FAILED, Report, exit_codes, uninterrupted
from nlpclaims.cores import cores
from nlpclaims.errors import OutputError
from nlpclaims.reading import STDIN, Source, find_sources, is_same_file, is_text_encoding, read_source
from nlpclaims.records import Article, Failure
from nlpclaims.writing import SUFFIXES, Writer, open_output, open_stdout, open_writer

if TYPE_CHECKING:
    from nlpclaims.batch import WorkerPool
    from nlpclaims.extractor import ArticleReader, Load

OpenWriter = Callable[[str, TextIO], AbstractContextManager[Writer]]

WORTH_A_WORKER = 100_000
"""Bytes of input that take a process several times as long as loading the pipeline."""


class Format(str, Enum):
    """What ``--format`` takes."""

    table = "table"
    jsonl = "jsonl"
    json = "json"
    csv = "csv"


def _known_encoding(name: str) -> str:
    if not is_text_encoding(name):
        raise typer.BadParameter(f"there is no text encoding {name!r}; try utf-8, cp1252, latin-1 or utf-16")
    return name


def not_nan(value: float) -> float:
    """A probability as it is.

    Raises:
        typer.BadParameter: it is no number, which neither bound keeps out.
    """
    if math.isnan(value):
        raise typer.BadParameter("nan is not a probability")
    return value


Paths = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="PATH",
        help="Articles to read: text files, .jsonl files with one article a line (id, text), folders of "
        ".txt, .md and .jsonl files with their subfolders, or - for standard input, which is the default where "
        "something is piped in.",
        show_default=False,
    ),
]
FormatOption = Annotated[
    Format | None,
    typer.Option(
        "--format",
        "-f",
        help="How to write it: table for people, the others for programs. Default: table on a terminal, "
        "else what the suffix of --output says, else jsonl.",
        show_default=False,
    ),
]
OutputOption = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE",
        help="Write to this file, whole or not at all, rather than to standard output.",
        show_default=False,
    ),
]
ModelOption = Annotated[
    str | None,
    typer.Option(
        "--model",
        "-m",
        metavar="PATH_OR_PACKAGE",
        help="Another trained pipeline: its folder or its installed package. Default: the one that comes with "
        "nlpclaims.",
        show_default=False,
    ),
]
MinConfidenceOption = Annotated[
    float,
    typer.Option(
        metavar="FLOAT",
        help="Leave out claims with a lower confidence, from 0 to 1.",
        min=0,
        max=1,
        callback=not_nan,
    ),
]
EncodingOption = Annotated[
    str, typer.Option(metavar="NAME", help="The encoding of the articles.", callback=_known_encoding)
]
WorkersOption = Annotated[
    int | None,
    typer.Option(
        "--workers",
        "-w",
        metavar="N",
        min=1,
        help="How many processes share the work. Default: as many as there are cores where the input is large, "
        "else one.",
        show_default=False,
    ),
]
QuietOption = Annotated[
    bool, typer.Option("--quiet", "-q", help="No progress, warnings or summary on stderr; errors only.")
]


@dataclass(frozen=True, slots=True)
class Job:
    """What to read, how, and where what comes of it goes: to standard output where ``output`` is ``None``.

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


class _NothingRead(Exception):
    """Nothing could be read, so a file of an earlier run is left as it is: a path may be mistyped."""


def work(job: Job, quiet: bool) -> None:
    """The body of a command: run the job, tell how it went, and end with the exit code that says so."""
    report = Report(quiet, job.noun)
    with exit_codes(report):
        run(job, report)
        report.summary()
    if report.failures:
        raise typer.Exit(SOME_FAILED)


def run(job: Job, report: Report) -> None:
    """Read the articles and write their claims as they are found; what fails and what is done goes to ``report``.

    Raises:
        ModelError: the pipeline cannot be loaded.
        OutputError: the output cannot be written, or is also an input.
    """
    sources = list(find_sources(job.names, skip=job.output))
    if any(isinstance(source, Source) and is_same_file(source.path, job.output) for source in sources):
        raise OutputError(f"{job.output}: is an article to read, and would be lost; name another file with --output")
    with ExitStack() as stack:
        stack.enter_context(suppress(_NothingRead))
        stream = stack.enter_context(open_output(job.output) if job.output else open_stdout())
        articles = _articles(sources, job.encoding, report)
        first = next(articles, None)
        if job.output and first is None and report.failures:
            raise _NothingRead
        # With nothing to read, the user is spared the wait for the pipeline.
        extractor = stack.enter_context(_open(job, sources)) if first else None
        writer = stack.enter_context(job.open_writer(job.format, stream))
        if first and extractor:
            # Where the claims appear on a terminal, they are the progress, and a bar would run into them.
            stack.enter_context(report.progress(_number_of_articles(sources), show=not stream.isatty()))
            for document, claims in _extract(extractor, chain((first,), articles), report):
                confident = [claim for claim in claims if claim.confidence >= job.min_confidence]
                with uninterrupted():
                    writer.write(document, confident)
                report.article(len(confident))


def _extract(
    extractor: "ArticleReader[Any] | WorkerPool", articles: Iterable[Article], report: Report
) -> Iterator[tuple[str, Sequence[Any]]]:
    """The claims of each article that does not fail, with the article's id."""
    waiting: deque[str] = deque()  # the pipeline reads ahead of what it has done
    failed: Counter[str] = Counter()

    def announced() -> Iterator[Article]:
        for article in articles:
            _warn_of_language(article, report)
            waiting.append(article.id)
            yield article

    def on_failure(failure: Failure) -> None:
        failed[failure.document] += 1
        report.failure(failure)

    for claims in extractor.extract_many(announced(), on_failure=on_failure):
        document = waiting.popleft()
        if failed[document] and not claims:  # of articles with one id, one may fail
            failed[document] -= 1
        else:
            yield document, claims


def _number_of_articles(sources: Sequence[Source | Failure]) -> int | None:
    """How many there are at most, or ``None`` where a file may hold any number."""
    if any(isinstance(source, Source) and source.has_rows for source in sources):
        return None
    return len(sources)


def _articles(sources: Sequence[Source | Failure], encoding: str, report: Report) -> Iterator[Article]:
    for source in sources:
        for item in (source,) if isinstance(source, Failure) else read_source(source, encoding):
            if isinstance(item, Failure):
                report.failure(item)
            else:
                yield item


def _warn_of_language(article: Article, report: Report) -> None:
    from nlpclaims.reading.language import looks_english

    if not report.quiet and not looks_english(article.text):
        report.warning(f"{article.id}: the text does not look English; its claims are not to be relied on")


def _open(job: Job, sources: Sequence[Source | Failure]) -> "AbstractContextManager[ArticleReader[Any] | WorkerPool]":
    workers = job.workers or _worthwhile_workers(sources)
    if workers > 1:
        from nlpclaims.batch import WorkerPool

        return WorkerPool(workers, job.model, job.load)
    from nlpclaims.extractor import load

    return nullcontext((job.load or load)(job.model))


def _worthwhile_workers(sources: Sequence[Source | Failure]) -> int:
    """As many as the cores, where each has enough to read to make up for its start."""
    paths = [source.path for source in sources if isinstance(source, Source) and source.path is not None]
    with suppress(OSError, ValueError):
        return max(1, min(cores(), sum(path.stat().st_size for path in paths) // WORTH_A_WORKER))
    return 1


def standard_input() -> list[str]:
    """What is read where no path is named.

    Raises:
        typer.BadParameter: nothing is piped in.
    """
    if sys.stdin is None or sys.stdin.isatty():
        raise typer.BadParameter(
            "name an article or a folder of articles, or pipe a text in; - reads what is typed until Ctrl-D",
            param_hint="PATH",
        )
    return [STDIN]


def format_name(wanted: Enum | None, output: Path | None) -> str:
    """The format that is asked for, by name or by the suffix of the output, else what suits standard output."""
    if wanted:
        return str(wanted.value)
    if output:
        return SUFFIXES.get(output.suffix.lower(), "jsonl")
    return "table" if sys.stdout and sys.stdout.isatty() else "jsonl"
