"""Which files a user means: files, folders and ``-``, in a fixed order, each with the name that its records carry."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from nlpclaims.records import Failure

STDIN = "-"
SUFFIXES = (".txt", ".md", ".jsonl")
"""What is read from a folder. A file that is named itself is read whatever its suffix."""


@dataclass(frozen=True, slots=True)
class Source:
    """One file to read, or standard input where ``path`` is ``None``; ``document`` names it in records and messages."""

    document: str
    path: Path | None

    @property
    def has_rows(self) -> bool:
        """Whether it holds one article a line, rather than being one article."""
        return self.path is not None and self.path.suffix.lower() == ".jsonl"


def find_sources(names: Iterable[str], skip: Path | None = None) -> Iterator[Source | Failure]:
    """The files that ``names`` stand for, in the order of the names; a folder's files by sorted path.

    Hidden files and folders inside a folder are left out, as are ``skip`` (the output file) and other files of claims,
    which an earlier run may have left among the articles. Links to folders are not followed.
    """
    for name in names:
        if name == STDIN:
            yield Source(STDIN, None)
        elif not name:  # the current folder to pathlib, an unset variable to the user
            yield Failure('""', "missing", "an empty path names no file")
        elif _is_folder(name):
            yield from _folder(name, skip)
        else:
            yield Source(document_name(name), Path(name))


def document_name(path: str) -> str:
    """``path`` as the user gave it, ``/`` on every system; bytes of a name that are not UTF-8 are written ``\\xNN``."""
    portable = path if os.sep == "/" else path.replace(os.sep, "/")
    return portable.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def is_same_file(path: Path | None, other: Path | None) -> bool:
    """Whether both are there and are one file, by whatever names."""
    try:
        return path is not None and other is not None and path.samefile(other)
    except (OSError, ValueError):
        return False


def _folder(name: str, skip: Path | None) -> Iterator[Source | Failure]:
    problems: list[OSError] = []
    paths = sorted(_articles_in(name, problems), key=lambda path: path.parts)
    sources = [
        Source(document_name(_inside(name, path)), path)
        for path in paths
        if not is_same_file(path, skip) and not _holds_claims(path)
    ]
    yield from sources
    for problem in problems:
        folder = document_name(os.fspath(problem.filename))
        yield Failure(folder, "unreadable", f"cannot be read: {problem.strerror}")
    if not sources and not problems:
        yield Failure(document_name(name), "empty", f"holds no article: no file in it ends in {' '.join(SUFFIXES)}")


def _articles_in(folder: str, problems: list[OSError]) -> Iterator[Path]:
    for parent, folders, files in os.walk(folder, onerror=problems.append):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in files:
            path = Path(parent, name)
            if path.suffix.lower() in SUFFIXES and not name.startswith(".") and not _is_special(path):
                yield path


def _inside(folder: str, path: Path) -> str:
    inside = path.relative_to(folder).as_posix()
    return folder + inside if folder.endswith(("/", os.sep)) else f"{folder}/{inside}"


def _is_folder(name: str) -> bool:
    try:
        return Path(name).is_dir()
    except (OSError, ValueError):  # a name that the system refuses: reading it says why
        return False


def _holds_claims(path: Path) -> bool:
    """Whether it begins as ``extract`` and ``actors`` write JSONL; reading it as articles would fail on every line."""
    if path.suffix.lower() != ".jsonl":
        return False
    beginning = b'{"schema": "nlpclaims/'
    try:
        with path.open("rb") as stream:
            return stream.read(len(beginning)) == beginning
    except OSError:  # reading it as articles says why
        return False


def _is_special(path: Path) -> bool:
    """Whether reading could block for ever: a pipe or a device. A broken link is not, and fails when it is read."""
    return path.exists() and not path.is_file()
