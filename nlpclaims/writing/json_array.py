"""JSON: one array of records, written as they come."""

from collections.abc import Sequence
from typing import TextIO

from nlpclaims.records import Record, to_json


class JsonWriter:
    """Writes one array with a record a line; it is valid JSON once finished, with no records too."""

    def __init__(self, stream: TextIO):
        self._stream = stream
        self._started = False

    def write(self, document: str, records: Sequence[Record]) -> None:  # noqa: ARG002 - records name their document
        """Write one article's records and flush them."""
        for record in records:
            self._stream.write((",\n" if self._started else "[\n") + to_json(record.to_dict()))
            self._started = True
        self._stream.flush()

    def finish(self) -> None:
        """Close the array."""
        self._stream.write("\n]\n" if self._started else "[]\n")
        self._stream.flush()
