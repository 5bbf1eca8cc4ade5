"""A file as a stream of bytes, unpacked where it is gzip's, that never gives more than is asked for."""

import gzip
import io
import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO, cast

from nlpclaims.reading.sources import Source
from nlpclaims.records import Failure

MAX_CHARS = 10_000_000
"""Characters of an article, unless said otherwise: three times War and Peace."""

_CHUNK = 2**20

OnRead = Callable[[int], None]
"""Is told how many bytes of the file have been read since it was last called."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How files are read.

    Attributes:
        encoding: of their text.
        text_column: the column of a CSV that holds the article.
        max_chars: an article of more characters is a failure.
    """

    encoding: str = "utf-8"
    text_column: str = "text"
    max_chars: int = MAX_CHARS

    @property
    def max_bytes(self) -> int:
        """How long a text of ``max_chars`` can be in a file: no usual encoding needs more than four bytes for each."""
        return 4 * self.max_chars + 4


class Unusable(Exception):
    """What was read is no article; ``kind`` and the message say why."""

    def __init__(self, kind: str, message: str):
        self.kind = kind
        super().__init__(message)

    def failure(self, document: str) -> Failure:
        """The failure of ``document`` that this is."""
        return Failure(document, self.kind, str(self))


@contextmanager
def opened(source: Source, on_read: OnRead | None = None) -> Iterator[BinaryIO]:
    """The bytes of a source.

    Raises:
        Unusable: on opening or reading, it is missing, cannot be read, or is not the whole of what gzip wrote.
    """
    try:
        if source.path is None:
            yield sys.stdin.buffer if sys.stdin else io.BytesIO()
            return
        with _Told(source.path, on_read) as raw, io.BufferedReader(raw) as stream:
            if source.is_packed and not stream.peek(1):
                raise EOFError("it is empty")
            yield cast(BinaryIO, gzip.GzipFile(fileobj=stream)) if source.is_packed else stream
    except (gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise Unusable("corrupt", f"is not a whole gzip file: {error}") from error
    except FileNotFoundError as error:
        raise Unusable("missing", "no such file or folder") from error
    except OSError as error:
        raise Unusable("unreadable", f"cannot be read: {error.strerror or error}") from error


def bounded(stream: BinaryIO, limit: int) -> bytes:
    """All there is, where that is no more than ``limit`` bytes.

    Raises:
        Unusable: it is more.
    """
    chunks, size = [], 0
    while chunk := stream.read(_CHUNK):
        chunks.append(chunk)
        size += len(chunk)
        if size <= limit:
            continue
        raise Unusable("oversized", f"holds more than {limit:,} bytes; raise the limit with --max-chars, or cut it up")
    return b"".join(chunks)


class _Told(io.FileIO):
    """A file that tells how much of it has been read."""

    def __init__(self, path: object, on_read: OnRead | None):
        super().__init__(path, "rb")  # type: ignore[arg-type]
        self._on_read = on_read

    def readinto(self, buffer: object) -> int:
        count = super().readinto(buffer)  # type: ignore[arg-type]
        if self._on_read:
            self._on_read(count)
        return count
