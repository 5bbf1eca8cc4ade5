"""``nlpclaims extract``: articles in, claims out."""

from functools import partial
from pathlib import Path
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
from nlpclaims.writing import open_writer


def extract(
    paths: Paths = None,
    *,
    format_: FormatOption = None,
    output: OutputOption = None,
    output_dir: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Write a file for each input into this folder, in the same subfolders: a.txt gives a.txt.jsonl.",
            show_default=False,
        ),
    ] = None,
    resume: Annotated[
        bool,
        typer.Option(
            "--resume",
            help="Go on where an earlier run with this option stopped, and be ready to: what is done is kept beside "
            "the output until all is. Changed articles are done again.",
        ),
    ] = False,
    metadata: Annotated[
        bool, typer.Option("--metadata", help="Records say the article's title, date and URL, where the input does.")
    ] = False,
    model: ModelOption = None,
    min_confidence: MinConfidenceOption = 0.0,
    encoding: EncodingOption = "utf-8",
    text_column: TextColumnOption = "text",
    max_chars: MaxCharsOption = MAX_CHARS,
    workers: WorkersOption = None,
    quiet: QuietOption = False,
) -> None:
    """Write down who claims what in news articles.

    A record holds the source and who that is, the words that attribute, the content, and the stance.
    `nlpclaims schema` describes it. What fails is listed in claims.failures.jsonl beside an output claims.jsonl.

    Exit codes: 0 done; 1 some articles failed, the others are written; 2 wrong usage; 130 interrupted.
    """
    if output and output_dir:
        raise typer.BadParameter(
            "--output is one file for all claims; leave one of the two out", param_hint="--output-dir"
        )
    form = "jsonl" if output_dir and not format_ else format_name(format_, output)
    if resume and not (output or output_dir):
        raise typer.BadParameter("needs --output or --output-dir: what is done is kept there", param_hint="--resume")
    if resume and form != "jsonl":
        raise typer.BadParameter(f"works with --format jsonl only, not with {form}", param_hint="--resume")
    job = Job(
        names=paths or standard_input(),
        open_writer=partial(open_writer, metadata=metadata),
        format=form,
        output=output,
        output_dir=output_dir,
        resume=resume,
        metadata=metadata,
        model=model,
        min_confidence=min_confidence,
        encoding=encoding,
        text_column=text_column,
        max_chars=max_chars,
        workers=workers,
    )
    work(job, quiet)
