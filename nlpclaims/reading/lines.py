"""The lines of a file, one at a time, of which a bad one costs itself alone."""

import codecs
import io
from typing import BinaryIO

from nlpclaims.reading.decoding import BYTE_ORDER_MARK, undecodable
from nlpclaims.reading.opening import Unusable

_CHUNK = 2**20
_MISFIT = "\udcff"
"""Stands for bytes that do not fit the encoding: half a surrogate pair, which no text in one holds."""


def _as_misfit(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    return _MISFIT, error.end


codecs.register_error("nlpclaims.misfit", _as_misfit)


class Undecodable(Unusable):
    """A line does not fit the encoding; ``line`` is what there is of it, with U+FFFD where it does not fit."""

    def __init__(self, message: str, line: str):
        super().__init__("undecodable", message)
        self.line = line


class Lines:
    """An iterator over decoded lines, ends included. Only line feeds end a line; a byte-order mark starts a file only.

    After an ``Undecodable`` the next line follows. So it does after another ``Unusable``, but in an encoding where
    lines cannot be told in the bytes, as in UTF-16: there the file is over.

    Attributes:
        number: of the last line, from 1.
        limit: bytes that a line may have; characters, where lines cannot be told in the bytes.
    """

    def __init__(self, stream: BinaryIO, encoding: str, limit: int):
        self.number = 0
        self.limit = limit
        # Its one difference is the mark, which would be lost at the start of every line.
        self._encoding = "utf-8" if codecs.lookup(encoding).name == "utf-8-sig" else encoding
        self._stream = stream
        told_apart = "\n".encode(self._encoding) == b"\n"
        self._text = None if told_apart else io.TextIOWrapper(stream, encoding, "nlpclaims.misfit", newline="\n")
        self._over = False

    def __iter__(self) -> "Lines":
        return self

    def __next__(self) -> str:
        """The next line.

        Raises:
            Undecodable: it does not fit the encoding.
            Unusable: it is longer than ``limit``, or the first of UTF-16 without a mark.
        """
        if self._over:
            raise StopIteration
        self.number += 1
        line = self._decoded(self._text) if self._text else self._line()
        if not line:
            self._end()
            raise StopIteration
        return line.removeprefix(BYTE_ORDER_MARK) if self.number == 1 else line

    def _line(self) -> str:
        data = self._stream.readline(self.limit + 1)
        if len(data) > self.limit:
            while data and not data.endswith(b"\n"):
                data = self._stream.readline(_CHUNK)
            raise self._too_long()
        try:
            return data.decode(self._encoding)
        except UnicodeError as error:
            message = undecodable(error, self._encoding)
            raise Undecodable(message, data.decode(self._encoding, "replace")) from error

    def _decoded(self, text: io.TextIOWrapper) -> str:
        try:
            line = text.readline(self.limit + 1)
        except UnicodeError as error:  # no mark at the start of UTF-16
            self._end()
            raise Unusable("undecodable", undecodable(error, self._encoding)) from error
        if len(line) > self.limit:
            self._end()
            raise self._too_long()
        if _MISFIT in line:
            # Where a byte is lost or added in UTF-16, no line feed is found after it.
            rest = "" if line.endswith("\n") else ", and nothing after them could be told apart as a line"
            message = undecodable(UnicodeError("some bytes are no character" + rest), self._encoding)
            raise Undecodable(message, line.replace(_MISFIT, "\ufffd"))
        return line

    def _end(self) -> None:
        self._over = True
        if self._text:
            self._text.detach()  # the stream is not ours to close

    def _too_long(self) -> Unusable:
        unit, rest = ("characters", ", and the rest of the file is not read") if self._text else ("bytes", "")
        message = f"a line of more than {self.limit:,} {unit}{rest}; raise the limit with --max-chars"
        return Unusable("oversized", message)
