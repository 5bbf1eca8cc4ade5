"""JSON: one array of records, written as they come."""

from collections.abc import Sequence
from typing import TextIO

from nlpclaims.records import Claim, to_json


class JsonWriter:
    """Writes one array with a record a line; it is valid JSON once finished, with no records too."""

    def __init__(self, stream: TextIO):
        self._stream = stream
        self._started = False

    def write(self, document: str, claims: Sequence[Claim]) -> None:  # noqa: ARG002 - claims name their document
        """Write one article's claims and flush them."""
        for claim in claims:
            self._stream.write((",\n" if self._started else "[\n") + to_json(claim.to_dict()))
            self._started = True
        self._stream.flush()

    def finish(self) -> None:
        """Close the array."""
        self._stream.write("\n]\n" if self._started else "[]\n")
        self._stream.flush()
