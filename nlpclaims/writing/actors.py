"""The actors of articles in each format: for each article, or of all articles together.

articles/pact.txt · 2 actors

  Jens Stoltenberg, NATO Secretary General
    person · 2 claims · 3 mentions · target of 1 · also Stoltenberg
  Kremlin
    org · RU · 1 claim · 1 mention
"""

from collections.abc import Iterator, Sequence
from typing import Any, TextIO

from rich.text import Text

from nlpclaims.actors import ActorSummary, JoinedActor, actors_of, join
from nlpclaims.console import counted, printable
from nlpclaims.records import Claim
from nlpclaims.writing.csv_rows import RowWriter
from nlpclaims.writing.json_array import JsonWriter
from nlpclaims.writing.jsonl_lines import JsonlWriter
from nlpclaims.writing.table import Blocks, flow

COLUMNS = ("document", "name", "type", "role", "represents", "named", "aliases", "claims", "mentions", "targeted")
JOINED_COLUMNS = (
    *("name", "type", "role", "represents", "named", "aliases", "documents", "claims", "mentions", "targeted"),
    "joined",
)


class ActorWriter:
    """Writes the actors of each article as soon as it gets its claims."""

    def __init__(self, format_name: str, stream: TextIO):
        self._rows = _rows(format_name, stream, COLUMNS)

    def write(self, document: str, claims: Sequence[Claim]) -> None:
        """Write one article's actors and flush them."""
        self._rows.write(document, actors_of(claims))

    def finish(self) -> None:
        """Write what ends the format."""
        self._rows.finish()


class JoinedActorWriter:
    """Writes the actors of all articles at the end."""

    def __init__(self, format_name: str, stream: TextIO):
        self._rows = _rows(format_name, stream, JOINED_COLUMNS)
        self._actors: list[ActorSummary] = []
        self._documents = 0

    def write(self, document: str, claims: Sequence[Claim]) -> None:  # noqa: ARG002 - claims name their document
        """Keep one article's actors."""
        self._actors += actors_of(claims)
        self._documents += 1

    def finish(self) -> None:
        """Write the actors of all articles, and what ends the format."""
        self._rows.write(counted(self._documents, "article"), join(self._actors))
        self._rows.finish()


def _rows(format_name: str, stream: TextIO, columns: Sequence[str]) -> Any:
    if format_name == "csv":
        return RowWriter(stream, columns, lambda actor: [_flat(getattr(actor, name)) for name in columns])
    return {"table": ActorTable, "jsonl": JsonlWriter, "json": JsonWriter}[format_name](stream)


def _flat(value: Any) -> Any:
    if isinstance(value, tuple):
        return ";".join(item if isinstance(item, str) else f"{item.document}:{item.name}" for item in value)
    return str(value).lower() if isinstance(value, bool) else value


class ActorTable(Blocks):
    """Writes a heading for each article, or for all together, and a block of text for each actor."""

    def write(self, document: str, actors: Sequence[ActorSummary | JoinedActor]) -> None:
        """Write one article's actors under its name, which stands there without actors as well."""
        with self.article(document, counted(len(actors), "actor") if actors else "no actors"):
            if actors:
                self.print(Text())
            for actor in actors:
                self.print(_name(actor), indent=2)
                for line in flow(list(_facts(actor)), self.width - 4):
                    self.print(line, indent=4)


def _name(actor: ActorSummary | JoinedActor) -> Text:
    role = f", {printable(actor.role)}" if actor.role else ""
    return Text.assemble((printable(actor.name), "bold"), (role, "dim"))


def _facts(actor: ActorSummary | JoinedActor) -> Iterator[Text]:
    yield Text(actor.type.lower())
    if actor.represents:
        yield Text(actor.represents)
    if actor.claims:
        yield Text(counted(actor.claims, "claim"))
    yield Text(counted(actor.mentions, "mention"))
    if actor.targeted:
        yield Text(f"target of {actor.targeted}")
    if actor.aliases:
        yield Text("also " + ", ".join(map(printable, actor.aliases)), "dim")
    if isinstance(actor, JoinedActor):
        yield Text("in " + ", ".join(_places(actor)), "dim")


def _places(actor: JoinedActor) -> Iterator[str]:
    """The articles that the actor is in, each with its name there where that is another."""
    for there in actor.joined:
        yield printable(there.document) + (f" as {printable(there.name)}" if there.name != actor.name else "")
