"""``nlpclaims extract``: articles in, claims out."""

from nlpclaims.cli.articles import (
    EncodingOption,
    FormatOption,
    Job,
    MinConfidenceOption,
    ModelOption,
    OutputOption,
    Paths,
    QuietOption,
    WorkersOption,
    format_name,
    standard_input,
    work,
)


def extract(
    paths: Paths = None,
    *,
    format_: FormatOption = None,
    output: OutputOption = None,
    model: ModelOption = None,
    min_confidence: MinConfidenceOption = 0.0,
    encoding: EncodingOption = "utf-8",
    workers: WorkersOption = None,
    quiet: QuietOption = False,
) -> None:
    """Write down who claims what in news articles.

    A record holds the source and who that is, the words that attribute, the content, and the stance.
    `nlpclaims schema` describes it.

    Exit codes: 0 done; 1 some articles failed, the others are written; 2 wrong usage; 130 interrupted.
    """
    job = Job(
        names=paths or standard_input(),
        format=format_name(format_, output),
        output=output,
        model=model,
        min_confidence=min_confidence,
        encoding=encoding,
        workers=workers,
    )
    work(job, quiet)
