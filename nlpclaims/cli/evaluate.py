"""``nlpclaims evaluate``: how well a pipeline, or another system's output, agrees with an annotated corpus."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO, TypeVar

import typer

from nlpclaims.cli.articles import ModelOption
from nlpclaims.console import Report, exit_codes
from nlpclaims.errors import CorpusError
from nlpclaims.writing import open_stdout

if TYPE_CHECKING:
    from spacy.language import Language

Item = TypeVar("Item")
Figures = Mapping[str, Any]

app = typer.Typer(
    help="Score a pipeline on an annotated corpus: precision, recall and F1 in per cent.", no_args_is_help=True
)


COLUMNS = (
    *("p", "r", "f", "gold", "accuracy", "macro_f", "ece", "confidence", "right", "resolved"),
    *("polarity", "changed", "change", "n"),
)
"""Of a table, in order; those that no row has are left out."""


class Format(str, Enum):
    """What ``--format`` takes."""

    table = "table"
    json = "json"


CorpusFile = Annotated[
    Path, typer.Argument(metavar="FILE", help="The annotated corpus, plain or gzipped (.gz).", show_default=False)
]
FormatOption = Annotated[
    Format | None,
    typer.Option(
        "--format",
        "-f",
        help="How to write the figures. Default: table on a terminal, else json.",
        show_default=False,
    ),
]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="No progress or warnings on stderr; errors only.")]


@app.command()
def attribution(
    file: CorpusFile,
    *,
    predicted: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Score the attributions in this file, not a pipeline's: JSONL, plain or gzipped, an attribution a "
            "line, with the article's id as id, and source, cue and content as lists of pairs of a start and an end "
            "in code points.",
            show_default=False,
        ),
    ] = None,
    errors: Annotated[
        bool, typer.Option("--errors", help="Count the pipeline's errors by kind rather than what is right.")
    ] = False,
    format_: FormatOption = None,
    model: ModelOption = None,
    quiet: QuietOption = False,
) -> None:
    """Score sources, cues, contents and their links on PolNeAR's JSONL.

    exact: all words of a role are right; overlap: how many words of a role.

    triple: a content that shares half of its words, with a source that shares one.
    """
    report = Report(quiet)
    with exit_codes(report):
        from nlpclaims.evaluation.attribution import evaluate, evaluate_errors, score
        from nlpclaims.evaluation.polnear import read_articles, read_predictions

        if predicted and model:
            raise typer.BadParameter("name a model or a file of predictions, not both", param_hint="--predicted")
        if predicted and errors:
            raise typer.BadParameter("errors are counted for a pipeline, not a file", param_hint="--errors")
        articles = list(read_articles(file))
        if predicted:
            predictions = read_predictions(predicted)
            unknown = predictions.keys() - {article["id"] for article in articles}
            if unknown:
                are = "ids is" if len(unknown) == 1 else "ids are"
                report.warning(f"{predicted}: {len(unknown)} of its article {are} not in {file}, as {min(unknown)!r}")
            _write(score(articles, predictions), format_)
        else:
            _write(_run(evaluate_errors if errors else evaluate, articles, model, report), format_)


@app.command()
def confidence(
    file: CorpusFile, *, format_: FormatOption = None, model: ModelOption = None, quiet: QuietOption = False
) -> None:
    """Score how far the confidence of attributions can be trusted, on PolNeAR's JSONL.

    ece: the expected calibration error; bins: how many of a confidence are right.

    min_confidence: precision and recall of what has at least so much.
    """
    report = Report(quiet)
    with exit_codes(report):
        from nlpclaims.evaluation.confidence import evaluate
        from nlpclaims.evaluation.polnear import read_articles

        _write(_run(evaluate, list(read_articles(file)), model, report), format_)


@app.command()
def syntax(
    file: CorpusFile, *, format_: FormatOption = None, model: ModelOption = None, quiet: QuietOption = False
) -> None:
    """Score words, sentences, tags and dependencies on a CoNLL-U corpus, from its raw text.

    uas: heads; las: heads and relations; tag: XPOS; sents, words: their extents.

    All F1, counted as in the CoNLL 2018 shared task.
    """
    report = Report(quiet)
    with exit_codes(report):
        from nlpclaims.evaluation.syntax import evaluate, read_documents

        _write(_run(evaluate, list(read_documents(file)), model, report), format_)


@app.command()
def entities(
    file: CorpusFile, *, format_: FormatOption = None, model: ModelOption = None, quiet: QuietOption = False
) -> None:
    """Score named entities on an IOB2 corpus: PER, ORG and LOC with their exact characters.

    GPE counts as LOC; other types are ignored.
    """
    report = Report(quiet)
    with exit_codes(report):
        from nlpclaims.evaluation.entities import evaluate, read_iob2

        _write(_run(evaluate, list(read_iob2(file)), model, report), format_)


@app.command()
def coreference(
    file: CorpusFile,
    *,
    genre: Annotated[
        list[str] | None,
        typer.Option(
            "--genre",
            metavar="NAME",
            help="Only documents of this genre, as the file's comments `meta::genre` have it; may be repeated.",
            show_default=False,
        ),
    ] = None,
    format_: FormatOption = None,
    model: ModelOption = None,
    quiet: QuietOption = False,
) -> None:
    """Score names and the pronouns that refer to them on a CoNLL-U corpus with Entity= in MISC, from its raw text.

    conll: the mean F1 of muc, b_cubed and ceaf_e, as in the CoNLL 2012 shared task.

    pronouns: of n third-person pronouns of named entities, how many got the right name, and how many any.

    Needs the package scorch, which comes with the extra `evaluate`.
    """
    report = Report(quiet)
    with exit_codes(report):
        from nlpclaims.evaluation.coreference import evaluate, read_coreference

        _write(_run(evaluate, list(read_coreference(file, genre or ())), model, report), format_)


def _annotations(line: str) -> Any:
    """The argument for a JSONL file of annotations by hand; *line* is what one of its lines holds."""
    return typer.Argument(metavar="ANNOTATIONS", help=f"JSONL: {line}", show_default=False)


@app.command()
def sources(
    annotations: Annotated[
        Path, _annotations("id of the article, start and end of the source, names, each of which is right.")
    ],
    file: CorpusFile,
    *,
    format_: FormatOption = None,
    model: ModelOption = None,
    quiet: QuietOption = False,
) -> None:
    """Score who pronouns and role nouns that are sources stand for, on PolNeAR's articles, as in models/annotations.

    right: of n sources, how many get a right name; resolved: how many get any.
    """
    report = Report(quiet)
    with exit_codes(report):
        from nlpclaims.evaluation.polnear import read_articles
        from nlpclaims.evaluation.sources import evaluate, read_sources

        _write(_run(evaluate, read_sources(annotations, read_articles(file)), model, report), format_)


@app.command()
def targets(
    annotations: Annotated[
        Path, _annotations("id of the article, p and q (the places of actor and target), label (DSE's class).")
    ],
    file: CorpusFile,
    *,
    format_: FormatOption = None,
    model: ModelOption = None,
    quiet: QuietOption = False,
) -> None:
    """Score how actors stand to those whom their claims speak of, on annotations as in models/annotations.

    accuracy: the share with the right polarity; macro_f: the mean F1 of the three.
    """
    report = Report(quiet)
    with exit_codes(report):
        from nlpclaims.evaluation.polnear import read_articles
        from nlpclaims.evaluation.targets import evaluate, read_targets

        _write(_run(evaluate, read_targets(annotations, read_articles(file)), model, report), format_)


@app.command()
def acts(
    annotations: Annotated[Path, _annotations("id of the article, cue as [[start, end]], action, commitment.")],
    file: CorpusFile,
    *,
    format_: FormatOption = None,
    model: ModelOption = None,
    quiet: QuietOption = False,
) -> None:
    """Score actions and commitments on annotations of PolNeAR's articles, as in models/annotations.

    accuracy: the share of annotated cues that are right; macro_f: the mean F1 of the classes.

    confusion: which classes they got.
    """
    report = Report(quiet)
    with exit_codes(report):
        from nlpclaims.evaluation.acts import evaluate, read_acts
        from nlpclaims.evaluation.polnear import read_articles

        _write(_run(evaluate, read_acts(annotations, read_articles(file)), model, report), format_)


@app.command()
def stance(
    file: CorpusFile,
    *,
    without: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Leave out the pairs whose sentences this file has too, such as DSE's training set.",
            show_default=False,
        ),
    ] = None,
    format_: FormatOption = None,
    model: ModelOption = None,
    quiet: QuietOption = False,
) -> None:
    """Score the directed sentiment between two actors of a sentence on DSE's TSV.

    micro_f: the share of right pairs. macro_f: the mean F1 of the five classes.
    """
    report = Report(quiet)
    with exit_codes(report):
        from nlpclaims.evaluation.stance import evaluate, read_pairs, unseen

        pairs = list(read_pairs(file, report.warning))
        if without is not None:
            pairs = unseen(pairs, read_pairs(without, report.warning))
            if not pairs:
                raise CorpusError(str(file), f"{without} has all of its sentences")
        _write(_run(evaluate, pairs, model, report), format_)


@app.command()
def mirrors(*, format_: FormatOption = None, model: ModelOption = None, quiet: QuietOption = False) -> None:
    """Score what stance may and may not depend on, on 40 sentences that come with nlpclaims.

    Right in per cent: accuracy, of p towards q, and by class; silent: q stays neutral to p; swap: swapping the names
    swaps the direction; passive: as in the active; negation: neutral or turned round; third: neutral to a bystander.

    names: how often (changed, in per cent) and by how much (change) another set of names changes it; a row for each
    set, from ten countries, has what is right and the mean polarity.
    """
    report = Report(quiet)
    with exit_codes(report):
        from nlpclaims.evaluation.mirrors import evaluate, read_mirrors

        _write(_run(evaluate, read_mirrors(), model, report), format_)


def _run(
    evaluate: "Callable[[Language, Iterator[Item]], Figures]",
    items: Sequence[Item],
    model: str | None,
    report: Report,
) -> Figures:
    """The figures of a pipeline on the corpus's items, with a progress bar.

    Raises:
        ModelError: the pipeline cannot be loaded, or lacks a component.
    """
    from nlpclaims.extractor import load_pipeline

    return evaluate(load_pipeline(model), _tracked(items, report))


def _tracked(items: Sequence[Item], report: Report) -> Iterator[Item]:
    """Yield the items; on a terminal, a bar shows how many have been read."""
    if report.quiet or not report.console.is_terminal:
        yield from items
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeElapsedColumn

    columns = ("Evaluating", BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=report.console, transient=True, redirect_stdout=False) as bar:
        yield from bar.track(items)


def _write(figures: Figures, format_: Format | None) -> None:
    with open_stdout() as stream:
        if format_ is Format.table or (format_ is None and sys.stdout.isatty()):
            _write_table(figures, stream)
        else:
            stream.write(json.dumps(figures, indent=1) + "\n")


def _write_table(figures: Figures, stream: TextIO) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table

    rows = list(_rows(figures))
    columns = [name for name in COLUMNS if any(name in row for _, row in rows)]
    table = Table(box=SIMPLE_HEAD)
    table.add_column("")
    for name in columns:
        table.add_column(name, justify="right")
    for name, row in rows:
        table.add_row(name, *(f"{row[column]}" if column in row else "" for column in columns))
    Console(file=stream).print(table)


def _rows(figures: Figures) -> Iterator[tuple[str, Mapping[str, float]]]:
    """Yield the rows of a table: a name with ``p``, ``r``, ``f`` and ``gold``, or what of them is there."""
    total = {name: value for name, value in figures.items() if name in ("p", "r", "f", "gold")}
    if total:
        yield "all", total
    for name, value in figures.items():
        if name in ("types", "classes", "bins", "min_confidence", "genres", "sets"):
            yield from value.items()
        elif name not in total:
            yield name, value if isinstance(value, Mapping) else {_column(name, value): value}


def _column(name: str, value: float) -> str:
    """Of a figure that stands alone: a count, an error, or else an F1."""
    return "n" if isinstance(value, int) else "ece" if name == "ece" else "f"
