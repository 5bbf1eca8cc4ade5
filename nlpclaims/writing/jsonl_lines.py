"""JSON Lines: one record a line."""

from collections.abc import Sequence
from typing import TextIO

import jsonlines

from nlpclaims.records import Record, to_json


class JsonlWriter:
    """Writes each record as one line of JSON; there is nothing around them."""

    def __init__(self, stream: TextIO):
        self._stream = stream
        self._lines = jsonlines.Writer(stream, dumps=to_json)

    def write(self, document: str, records: Sequence[Record]) -> None:  # noqa: ARG002 - records name their document
        """Write one article's records and flush them."""
        self._lines.write_all(record.to_dict() for record in records)
        self._stream.flush()

    def finish(self) -> None:
        """Nothing ends the format."""
