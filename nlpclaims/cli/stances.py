"""``nlpclaims stances``: articles in, who stands how to whom out."""

from enum import Enum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nlpclaims.cli.articles import (
    EncodingOption,
    Job,
    MaxCharsOption,
    ModelOption,
    OutputOption,
    Paths,
    QuietOption,
    TextColumnOption,
    WorkersOption,
    format_name,
    not_nan,
    standard_input,
    work,
)
from nlpclaims.console import exit_codes
from nlpclaims.reading import MAX_CHARS
from nlpclaims.writing import open_stance_writer

if TYPE_CHECKING:
    from nlpclaims.relations import StanceExtractor


class Format(str, Enum):
    """What ``--format`` takes."""

    table = "table"
    jsonl = "jsonl"
    json = "json"
    csv = "csv"
    graphml = "graphml"


def stances(
    paths: Paths = None,
    *,
    aggregate: Annotated[
        bool,
        typer.Option(
            "--aggregate",
            help="One row for an actor and a target over all articles, joined by name and country, with counts, the "
            "mean polarity from -1 to 1 and the number of articles.",
        ),
    ] = False,
    neutral: Annotated[bool, typer.Option("--neutral", help="Also what is neither positive nor negative.")] = False,
    format_: Annotated[
        Format | None,
        typer.Option(
            "--format",
            "-f",
            help="How to write it: table for people, the others for programs; graphml, of --aggregate, needs the extra "
            "`graph`. Default: table on a terminal, else what the suffix of --output says, else jsonl.",
            show_default=False,
        ),
    ] = None,
    output: OutputOption = None,
    model: ModelOption = None,
    min_confidence: Annotated[
        float,
        typer.Option(
            metavar="FLOAT",
            help="Leave out polarities with a lower probability, from 0 to 1.",
            min=0,
            max=1,
            callback=not_nan,
        ),
    ] = 0.0,
    encoding: EncodingOption = "utf-8",
    text_column: TextColumnOption = "text",
    max_chars: MaxCharsOption = MAX_CHARS,
    workers: WorkersOption = None,
    quiet: QuietOption = False,
) -> None:
    """List who stands how to whom in news articles, in claims and beyond.

    A row holds an actor's polarity towards another one that the same sentence or its claim speaks of, the probability
    of the polarity, and the sentence.

    Exit codes: 0 done; 1 some articles failed, the others are written; 2 wrong usage; 130 interrupted.
    """
    format_wanted = _format_name(format_, output)
    if format_wanted == "graphml" and not aggregate:
        raise typer.BadParameter("a graph is made of what is added up; say --aggregate too", param_hint="--format")
    if format_wanted == "graphml":
        from nlpclaims.writing.graphml import import_networkx

        with exit_codes():  # the writer would miss it only after the first article
            import_networkx()
    job = Job(
        names=paths or standard_input(),
        open_writer=partial(open_stance_writer, aggregate=aggregate, neutral=neutral),
        load=partial(_load, neutral=neutral or aggregate),
        noun="stance",
        format=format_wanted,
        output=output,
        model=model,
        min_confidence=min_confidence,
        encoding=encoding,
        text_column=text_column,
        max_chars=max_chars,
        workers=workers,
    )
    work(job, quiet)


def _format_name(wanted: Format | None, output: Path | None) -> str:
    if wanted is None and output and output.suffix.lower() == ".graphml":
        return "graphml"
    return format_name(wanted, output)


def _load(model: str | Path | None, neutral: bool) -> "StanceExtractor":
    from nlpclaims.relations import load

    return load(model, neutral)
