"""``nlpclaims actors``: articles in, who speaks in them and who is spoken of out."""

from functools import partial
from typing import Annotated

import typer

from nlpclaims.cli.articles import (
    EncodingOption,
    FormatOption,
    Job,
    MaxCharsOption,
    MinConfidenceOption,
    ModelOption,
    OutputOption,
    Paths,
    QuietOption,
    TextColumnOption,
    WorkersOption,
    format_name,
    standard_input,
    work,
)
from nlpclaims.reading import MAX_CHARS
from nlpclaims.writing import open_actor_writer


def actors(
    paths: Paths = None,
    *,
    across: Annotated[
        bool,
        typer.Option(
            "--across",
            help="One row for an actor of all articles, joined by name and country, with where it was found.",
        ),
    ] = False,
    format_: FormatOption = None,
    output: OutputOption = None,
    model: ModelOption = None,
    min_confidence: MinConfidenceOption = 0.0,
    encoding: EncodingOption = "utf-8",
    text_column: TextColumnOption = "text",
    max_chars: MaxCharsOption = MAX_CHARS,
    workers: WorkersOption = None,
    quiet: QuietOption = False,
) -> None:
    """List who makes claims in news articles, and whom the claims are about.

    A row holds an actor's name, type, role and country in one article, what else the article calls it, and how often
    it claims something, is mentioned and is the target of a claim.

    Exit codes: 0 done; 1 some articles failed, the others are written; 2 wrong usage; 130 interrupted.
    """
    job = Job(
        names=paths or standard_input(),
        open_writer=partial(open_actor_writer, across=across),
        format=format_name(format_, output),
        output=output,
        model=model,
        min_confidence=min_confidence,
        encoding=encoding,
        workers=workers,
        text_column=text_column,
        max_chars=max_chars,
    )
    work(job, quiet)
