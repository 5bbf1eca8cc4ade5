"""The stances of articles in each format: one by one, or added up to a matrix of all actors.

articles/pact.txt · 1 stance

  Jens Stoltenberg → Russia
    - negative · 0.71 · in a claim
    He warned that whatever Russia gives in return could help North Korea.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TextIO

from rich.text import Text

from nlpclaims.console import counted, printable
from nlpclaims.stances import Matrix, Relation, StanceRecord
from nlpclaims.writing.csv_rows import RowWriter
from nlpclaims.writing.json_array import JsonWriter
from nlpclaims.writing.jsonl_lines import JsonlWriter
from nlpclaims.writing.table import Blocks, flow, polarity_text

_SIDES = tuple(f"{side}_{name}" for side in ("actor", "target") for name in ("name", "type", "represents", "named"))
_MENTIONS = tuple(f"{side}_mention_{name}" for side in ("actor", "target") for name in ("text", "start", "end"))
COLUMNS = (
    *("document", "sentence", *_SIDES, "polarity", "score", "claim", *_MENTIONS),
    *("evidence_text", "evidence_start", "evidence_end"),
)
MATRIX_COLUMNS = (
    *(*_SIDES, "actor_article", "target_article"),
    *("positive", "negative", "neutral", "polarity", "documents"),
)


class StanceWriter:
    """Writes the stances of each article as soon as it gets them."""

    def __init__(self, format_name: str, stream: TextIO):
        self._rows = _rows(format_name, stream, COLUMNS, StanceTable)

    def write(self, document: str, stances: Sequence[StanceRecord]) -> None:
        """Write one article's stances and flush them."""
        self._rows.write(document, stances)

    def finish(self) -> None:
        """Write what ends the format."""
        self._rows.finish()


class MatrixWriter:
    """Writes the relations that the stances of all articles make up, at the end.

    Args:
        format_name: also ``graphml``.
        stream: where they go.
        neutral: whether those are written that are neither positive nor negative.
    """

    def __init__(self, format_name: str, stream: TextIO, neutral: bool = False):
        self._rows = _rows(format_name, stream, MATRIX_COLUMNS, RelationTable)
        self._neutral = neutral
        self._matrix = Matrix()
        self._documents = 0

    def write(self, document: str, stances: Sequence[StanceRecord]) -> None:  # noqa: ARG002 - stances name theirs
        """Count one article's stances."""
        self._matrix.add(stances)
        self._documents += 1

    def finish(self) -> None:
        """Write the relations of all articles, and what ends the format."""
        self._rows.write(counted(self._documents, "article"), self._matrix.relations(self._neutral))
        self._rows.finish()


def _rows(format_name: str, stream: TextIO, columns: Sequence[str], table: "type[StanceTable]") -> Any:
    if format_name == "csv":
        return RowWriter(stream, columns, lambda record: _row(record, columns))
    if format_name == "graphml":
        from nlpclaims.writing.graphml import GraphmlWriter

        return GraphmlWriter(stream)
    return {"table": table, "jsonl": JsonlWriter, "json": JsonWriter}[format_name](stream)


def _row(record: StanceRecord | Relation, columns: Sequence[str]) -> list[Any]:
    fields = dict(_flat(record.to_dict()))
    return [str(fields[name]).lower() if isinstance(fields[name], bool) else fields[name] for name in columns]


def _flat(record: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """The fields of a record, those of its parts by names like ``actor_name``."""
    for name, value in record.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{name}_")
        else:
            yield prefix + name, value


class StanceTable(Blocks):
    """Writes a heading for each article, or for all together, and a block of text for each stance or relation."""

    _noun = "stance"

    def write(self, document: str, found: Sequence[StanceRecord | Relation]) -> None:
        """Write one article's stances under its name, which stands there without any as well."""
        with self.article(document, counted(len(found), self._noun) if found else f"no {self._noun}s"):
            for each in found:
                self.print(Text())
                self.print(Text.assemble((printable(each.actor.name), "bold"), " → ", printable(each.target.name)), 2)
                for line in flow(list(_facts(each)), self.width - 4):
                    self.print(line, indent=4)
                if isinstance(each, StanceRecord):
                    self.print(Text(printable(each.evidence.text), "dim"), indent=4)


class RelationTable(StanceTable):
    """The same of relations."""

    _noun = "relation"


def _facts(found: StanceRecord | Relation) -> Iterator[Text]:
    if isinstance(found, StanceRecord):
        yield polarity_text(found.polarity)
        yield Text(f"{found.score:.2f}")
        if found.claim:
            yield Text("in a claim", "dim")
        return
    yield Text(f"mean {found.polarity:+.2f}")
    for polarity in ("positive", "negative", "neutral"):
        if number := getattr(found, polarity):
            yield Text(f"{number:,} {polarity}")
    if found.documents:
        yield Text(counted(found.documents, "article"), "dim")
