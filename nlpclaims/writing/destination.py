"""Where the text goes: standard output, or a file that appears whole or not at all."""

import errno
import os
import secrets
import shutil
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TextIO, cast

from nlpclaims.errors import OutputError


@contextmanager
def open_stdout() -> Iterator[TextIO]:
    """Standard output as UTF-8 with line ends as written, whatever the locale.

    Raises:
        BrokenPipeError: the reader has gone.
        OutputError: it cannot be written, as where a disk is full.
    """
    if sys.stdout is None:
        raise OutputError("standard output is closed; name a file with --output")
    stream = cast(TextIO, sys.stdout)
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure:  # a stand-in for stdout, as in a notebook, may lack it
        reconfigure(encoding="utf-8", newline="")
    try:
        yield stream
        stream.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        _close_quietly(stream)
        raise OutputError(f"standard output cannot be written: {error.strerror}") from error


@contextmanager
def open_output(path: Path) -> Iterator[TextIO]:
    """A UTF-8 stream whose text replaces ``path`` when the block ends without an exception, and vanishes otherwise.

    The text is kept in a hidden file beside ``path`` meanwhile. A link is followed, an existing file's mode is kept,
    and what is no file, such as ``/dev/null`` or a named pipe, is written to directly.

    Raises:
        OutputError: ``path`` cannot be written.
    """
    with output_errors(path), _whole(_linked(path)) as stream:
        yield stream


def target_of(path: Path) -> Path:
    """The file that ``path`` leads to, through links; what ``replace_output`` puts in its place must lie beside it.

    Raises:
        OutputError: it may not be written, or the links lead in a circle.
    """
    with output_errors(path):
        real = _linked(path) if path.is_symlink() else path
        _mode(real)
    return real


def replace_output(partial: Path, path: Path) -> None:
    """Put the finished file ``partial`` in the place of ``path``, as ``open_output`` does with its own.

    Raises:
        OutputError: ``path`` cannot be written, or is no file.
    """
    with output_errors(path):
        real = _linked(path)
        mode = _mode(real)
        if mode is not None and not stat.S_ISREG(mode):
            raise OSError(errno.EINVAL, "it is no file")
        _replace(partial, real, mode)


@contextmanager
def output_errors(path: Path) -> Iterator[None]:
    """Turn what goes wrong while ``path`` is written into an ``OutputError``."""
    try:
        yield
    except FileNotFoundError as error:
        raise OutputError(f"{path}: cannot be written: there is no folder {path.parent}") from error
    except OSError as error:
        raise OutputError(f"{path}: cannot be written: {error.strerror or error}") from error


def _linked(path: Path) -> Path:
    """The file that ``path`` leads to, through links; what is no file may have no other path, as a pipe in ``/dev/fd``.

    Raises:
        OSError: the links lead in a circle.
    """
    if path.exists() and not path.is_file():
        return path
    try:
        real = path.resolve()
    except RuntimeError:  # how Python says before 3.13 that links lead in a circle
        real = path
    if real.is_symlink():
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
    return real


@contextmanager
def _whole(path: Path) -> Iterator[TextIO]:
    mode = _mode(path)
    if mode is not None and not stat.S_ISREG(mode):
        with path.open("w", encoding="utf-8", newline="") as stream:
            yield stream
        return
    partial = path.with_name(f".nlpclaims-{secrets.token_hex(6)}.tmp")
    try:
        with partial.open("x", encoding="utf-8", newline="") as stream:
            yield stream
            _to_disk(stream)
        _replace(partial, path, mode)
    finally:
        partial.unlink(missing_ok=True)


def _mode(path: Path) -> int | None:
    """The mode of the file that is there already.

    Raises:
        PermissionError: it may not be written.
    """
    mode = path.stat().st_mode if path.exists() else None
    if mode is not None and stat.S_ISREG(mode) and not os.access(path, os.W_OK):
        raise PermissionError(errno.EACCES, "the file is read-only")
    return mode


def _replace(partial: Path, path: Path, mode: int | None) -> None:
    if mode is not None:
        shutil.copymode(path, partial)
    partial.replace(path)


def _to_disk(stream: IO[str]) -> None:
    stream.flush()
    os.fsync(stream.fileno())


def _close_quietly(stream: IO[str]) -> None:
    """Give up what is buffered; else the interpreter tries to write it once more as it ends."""
    try:
        stream.close()
    except OSError:
        return
