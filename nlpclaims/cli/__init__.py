"""The command line: ``nlpclaims``. Each command has a file; none imports spaCy before it runs."""

from typing import Annotated

import typer

import nlpclaims
from nlpclaims.cli import actors, evaluate, extract, schema, stances
from nlpclaims.console import exit_codes
from nlpclaims.writing import open_stdout

app = typer.Typer(
    name="nlpclaims",
    help="Read news articles and write down who claims what.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        with exit_codes(), open_stdout() as stream:
            stream.write(f"nlpclaims {nlpclaims.__version__}\n")
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and exit.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """Read news articles and write down who claims what."""


app.command()(extract.extract)
app.command()(actors.actors)
app.command()(stances.stances)
app.add_typer(evaluate.app, name="evaluate")
app.command()(schema.schema)
