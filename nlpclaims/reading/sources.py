"""Which files a user means: files, folders, globs and ``-``, in a fixed order, each with the name its records carry."""

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from glob import has_magic
from itertools import chain
from pathlib import Path, PurePath

from nlpclaims.records import Failure

STDIN = "-"
KINDS = {".txt": "text", ".md": "text", ".html": "html", ".htm": "html", ".jsonl": "jsonl", ".csv": "csv"}
"""What is read from a folder, each also with ``.gz`` after it, and how. A file that is named itself is always read."""

_ENDINGS = tuple(suffix + packed for suffix in KINDS for packed in ("", ".gz"))
_CLAIMS = (
    *(b'{"schema": "nlpclaims/', b"schema,id,document,"),
    *(b"document,name,type,role,represents,", b"name,type,role,represents,"),
    *(b"document,sentence,actor_name,actor_type,", b"actor_name,actor_type,actor_represents,"),
)
"""How files begin that ``extract``, ``actors`` and ``stances`` write."""

FAILURES = "failures.jsonl"
"""How the names of files end in which an earlier run wrote what failed."""


@dataclass(frozen=True, slots=True)
class Source:
    """One file to read, or standard input where ``name`` is ``-``.

    Attributes:
        name: the path as the user gave it, or the folder's as it was given and the path inside it.
        inside: where in ``name`` the path inside the folder, or inside the fixed part of a glob, begins.
    """

    name: str
    inside: int = 0

    @property
    def document(self) -> str:
        """What records and messages call it."""
        return document_name(self.name)

    @property
    def path(self) -> Path | None:
        """The file, ``None`` for standard input."""
        return None if self.name == STDIN else Path(self.name)

    @property
    def kind(self) -> str:
        """``text``, ``html``, ``jsonl`` or ``csv``; text, where the suffix says nothing."""
        suffix = PurePath(self.name.lower().removesuffix(".gz")).suffix
        return "text" if self.name == STDIN else KINDS.get(suffix, "text")

    @property
    def is_packed(self) -> bool:
        """Whether it is compressed by gzip."""
        return self.name.lower().endswith(".gz")

    @property
    def has_rows(self) -> bool:
        """Whether it may hold any number of articles, rather than being one."""
        return self.kind in ("jsonl", "csv")


def find_sources(names: Iterable[str], skip: Sequence[Path | None] = ()) -> Iterator[Source | Failure]:
    """The files that ``names`` stand for, in the order of the names; those of a folder or a glob by sorted path.

    Hidden files and folders inside a folder are left out, as are ``skip`` (what this run writes), what lies in them,
    and other files of claims, which an earlier run may have left among the articles. Links to folders are not followed.
    """
    # Path.exists would raise where it may not look.
    ours = [path.resolve() for path in skip if path is not None and os.path.exists(path)]  # noqa: PTH110
    for name in names:
        if name == STDIN:
            yield Source(STDIN)
        elif not name:  # the current folder to pathlib, an unset variable to the user
            yield Failure('""', "missing", "an empty path names no file")
        elif _is_folder(name):
            yield from _folder(name, ours)
        elif has_magic(name) and not os.path.lexists(name):
            yield from _matches(name, ours)
        else:
            yield Source(name, _last(name))


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


def _folder(name: str, ours: Sequence[Path]) -> Iterator[Source | Failure]:
    inside = len(name) + (not name.endswith(("/", os.sep)))
    found = _walk(name, inside, ours)
    first = next(found, None)
    if first is None:
        what = "no file in it ends in " + " ".join(KINDS) + " or these and .gz"
        yield Failure(document_name(name), "empty", f"holds no article: {what}")
    else:
        yield from chain((first,), found)


def _walk(folder: str, inside: int, ours: Sequence[Path]) -> Iterator[Source | Failure]:
    """The articles of all levels by sorted path, and the folders that cannot be read; a level is in memory at a time.

    It keeps its own stack: folders can be nested deeper than Python calls.
    """
    levels = [iter(_entries(folder))]
    while levels:
        entry = next(levels[-1], None)
        if entry is None:
            levels.pop()
        elif isinstance(entry, Failure):
            yield entry
        elif _is_hidden(entry.name) or _is_ours(entry, ours):
            continue
        elif entry.is_dir(follow_symlinks=False):
            levels.append(iter(_entries(entry.path)))
        elif entry.name.lower().endswith(_ENDINGS):
            is_special = not entry.is_file(follow_symlinks=False) and _is_special(entry.path)
            if not is_special and not _holds_claims(entry.path):
                yield Source(entry.path, inside)


def _entries(folder: str) -> "Iterable[os.DirEntry[str] | Failure]":
    try:
        with os.scandir(folder) as found:
            return sorted(found, key=lambda entry: entry.name)
    except OSError as error:
        return [Failure(document_name(folder), "unreadable", f"cannot be read: {error.strerror}")]


def _matches(pattern: str, ours: Sequence[Path]) -> Iterator[Source | Failure]:
    """What a glob matches, as if a shell had put it there; ``**`` are folders of all levels, links left out."""
    parts = PurePath(pattern).parts
    fixed = next(number for number, part in enumerate(parts) if has_magic(part))
    base = Path(*parts[:fixed])
    inside = len(os.path.join(base, "")) if fixed else 0  # noqa: PTH118 - the separator at the end counts
    rest = (*parts[fixed:], "*") if parts[-1] == "**" else parts[fixed:]
    hidden_too = any(part.startswith(".") for part in rest)
    try:
        paths = sorted(map(str, base.glob(str(PurePath(*rest)))), key=lambda path: PurePath(path).parts)
        # An output folder may hold all that is meant, as the current one does.
        ours = [path for path in ours if not _real(base).is_relative_to(path)]
    except (OSError, ValueError) as error:
        yield Failure(document_name(pattern), "unreadable", f"cannot be read as a pattern: {error}")
        return
    found = (path for path in paths if hidden_too or not any(map(_is_hidden, PurePath(path[inside:]).parts)))
    sources = _matched(found, inside, ours, folders="**" not in parts)
    first = next(sources, None)
    if first is None:
        yield Failure(document_name(pattern), "missing", "no file matches this pattern")
    else:
        yield from chain((first,), sources)


def _matched(paths: Iterable[str], inside: int, ours: Sequence[Path], folders: bool) -> Iterator[Source | Failure]:
    for path in paths:
        real = _real(path)
        if any(real.is_relative_to(other) for other in ours):
            continue
        if _is_folder(path):
            if folders:
                yield from _walk(path, inside, ours)
        elif not _is_special(path) and not _holds_claims(path):
            yield Source(path, inside)


def _is_hidden(name: str) -> bool:
    return name.startswith(".")


def _last(name: str) -> int:
    """Where the last part of a path begins."""
    return max(name.rfind(separator) for separator in {"/", os.sep}) + 1


def _is_folder(name: str) -> bool:
    try:
        return Path(name).is_dir()
    except (OSError, ValueError):  # a name that the system refuses: reading it says why
        return False


def _real(path: str | Path) -> Path:
    """Where it is once links are followed; ``Path.resolve`` would raise where they go round."""
    return Path(os.path.realpath(path))


def _is_ours(entry: "os.DirEntry[str]", ours: Sequence[Path]) -> bool:
    """Whether it is one of ``ours``, which have no links in their paths; the name is looked at first, for speed."""
    return any(
        (entry.name == path.name or entry.is_symlink()) and is_same_file(Path(entry.path), path) for path in ours
    )


def _holds_claims(path: str) -> bool:
    """Whether it begins as an earlier run's output does; reading it as articles would fail on every line."""
    if not path.lower().endswith((".jsonl", ".csv")):
        return False
    try:
        with Path(path).open("rb") as stream:
            beginning = stream.read(max(map(len, _CLAIMS)))
    except OSError:  # reading it as articles says why
        return False
    return beginning.startswith(_CLAIMS) or (path.endswith(FAILURES) and beginning.startswith(b'{"document": '))


def _is_special(path: str) -> bool:
    """Whether reading could block for ever: a pipe or a device. A broken link is not, and fails when it is read."""
    try:
        return Path(path).exists() and not Path(path).is_file()
    except OSError:  # reading it says why
        return False
