"""What the commands that read articles share: their arguments and options, and how they end."""

import math
import sys
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from nlpclaims.cli.job import Job as Job  # noqa: PLC0414 - the commands find all they need here
from nlpclaims.cli.job import run
from nlpclaims.console import SOME_FAILED, Report, exit_codes
from nlpclaims.reading import STDIN, is_text_encoding
from nlpclaims.writing import SUFFIXES


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
    if math.isnan(value):
        raise typer.BadParameter("nan is not a probability")
    return value


Paths = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="PATH",
        help="Articles to read: text files, .html pages, .jsonl files with one article a line (id, text), .csv files "
        "with one a row, all of them also as .gz; folders of these with their subfolders; quoted globs such as "
        "'news/**/*.txt'; or - for one plain text on standard input, which is the default where something is piped in.",
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
TextColumnOption = Annotated[str, typer.Option(metavar="NAME", help="The column of .csv files that holds the article.")]
MaxCharsOption = Annotated[
    int, typer.Option(metavar="N", help="An article of more characters is a failure.", min=1, max=1_000_000_000)
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


def work(job: Job, quiet: bool) -> None:
    """The body of a command: run the job, tell how it went, and end with the exit code that says so."""
    report = Report(quiet, job.noun)
    hint = "; the same command goes on from here" if job.resume else ""
    with exit_codes(report, "interrupted" + hint):
        run(job, report)
        report.summary()
    if report.failures:
        raise typer.Exit(SOME_FAILED)


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
    """The format that is asked for, by name or by the suffix of the output, else what suits standard output.

    Raises:
        typer.BadParameter: the suffix says what the file would not be.
    """
    suffix = output.suffix.lower() if output else ""
    if suffix == ".gz":
        raise typer.BadParameter("no output is packed; leave .gz out, and pack it afterwards", param_hint="--output")
    if wanted:
        return str(wanted.value)
    if suffix == ".graphml":
        raise typer.BadParameter(
            "only stances --aggregate writes graphs; name another file, or say with --format what this one is to hold",
            param_hint="--output",
        )
    if output:
        return SUFFIXES.get(suffix, "jsonl")
    return "table" if sys.stdout and sys.stdout.isatty() else "jsonl"
