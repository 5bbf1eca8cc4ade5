"""JSON Lines: one record a line."""

from collections.abc import Sequence
from typing import TextIO

import jsonlines

from nlpclaims.records import Claim, to_json


class JsonlWriter:
    """Writes each claim as one line of JSON; there is nothing around them."""

    def __init__(self, stream: TextIO):
        self._stream = stream
        self._lines = jsonlines.Writer(stream, dumps=to_json)

    def write(self, document: str, claims: Sequence[Claim]) -> None:  # noqa: ARG002 - claims name their document
        """Write one article's claims and flush them."""
        self._lines.write_all(claim.to_dict() for claim in claims)
        self._stream.flush()

    def finish(self) -> None:
        """Nothing ends the format."""
