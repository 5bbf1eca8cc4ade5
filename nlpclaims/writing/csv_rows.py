"""CSV: one flat row a record, for spreadsheets. It holds less than JSONL: a list is one field, null is empty."""

import csv
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Generic, TextIO, TypeVar

from nlpclaims.records import SCHEMA, Claim, Cue, TextSpan

Item = TypeVar("Item")

COLUMNS = (
    "schema",
    "id",
    "document",
    "sentence",
    "source_text",
    "source_start",
    "source_end",
    "actor_name",
    "actor_type",
    "actor_role",
    "actor_resolved_by",
    "actor_mention_text",
    "actor_mention_start",
    "actor_mention_end",
    "actor_represents",
    "cue_text",
    "cue_lemma",
    "cue_start",
    "cue_end",
    "claim_text",
    "claim_quotation",
    "claim_spans",
    "stance_polarity",
    "stance_action",
    "stance_commitment",
    "stance_targets",
    "confidence",
)
METADATA_COLUMNS = ("title", "date", "url")


class RowWriter(Generic[Item]):
    """Writes a header of ``columns`` and the ``row`` of each record.

    It is as RFC 4180 has it: fields with a line end are quoted.

    NUL is written as U+FFFD, since few programs can read it, and Python's own could not before 3.11.
    """

    def __init__(self, stream: TextIO, columns: Iterable[str], row: Callable[[Item], list[Any]]):
        self._stream, self._row = stream, row
        self._rows = csv.writer(stream)
        self._rows.writerow(columns)

    def write(self, document: str, records: Sequence[Item]) -> None:  # noqa: ARG002 - records name their document
        """Write one article's records and flush them."""
        self._rows.writerows(map(_without_nul, map(self._row, records)))
        self._stream.flush()

    def finish(self) -> None:
        """Flush the header of a table without rows."""
        self._stream.flush()


class CsvWriter(RowWriter[Claim]):
    """Writes a row for each claim, with its article's title, date and URL where they are asked for."""

    def __init__(self, stream: TextIO, metadata: bool = False):
        if metadata:
            super().__init__(stream, COLUMNS + METADATA_COLUMNS, lambda claim: row(claim) + _metadata(claim))
        else:
            super().__init__(stream, COLUMNS, row)


def row(claim: Claim) -> list[Any]:
    """The claim's fields in the order of ``COLUMNS``; ``None`` where the record has null."""
    actor, cue, stance = claim.actor, claim.cue, claim.stance
    return [
        SCHEMA,
        claim.id,
        claim.document,
        claim.sentence,
        *_span(claim.source),
        *((actor.name, actor.type, actor.role, actor.resolved_by) if actor else (None,) * 4),
        *_span(actor.mention if actor else None),
        actor.represents if actor else None,
        *_cue(cue),
        claim.claim.text,
        claim.claim.quotation,
        ";".join(f"{span.start}-{span.end}" for span in claim.claim.spans),
        stance.polarity,
        stance.action,
        stance.commitment,
        ";".join(f"{target.name}:{target.polarity or ''}" for target in stance.targets),
        claim.confidence,
    ]


def _metadata(claim: Claim) -> list[Any]:
    return [getattr(claim.metadata, name, None) for name in METADATA_COLUMNS]


def _without_nul(fields: list[Any]) -> list[Any]:
    return [field.replace("\0", "\ufffd") if isinstance(field, str) else field for field in fields]


def _span(span: TextSpan | None) -> tuple[Any, ...]:
    return (span.text, span.start, span.end) if span else (None,) * 3


def _cue(cue: Cue | None) -> tuple[Any, ...]:
    return (cue.text, cue.lemma, cue.start, cue.end) if cue else (None,) * 4
