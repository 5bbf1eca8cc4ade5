"""Extensions of ``Doc`` that a document keeps when it is written to bytes and read back.

spaCy writes them with msgpack, which makes lists or tuples of all sequences and reads no mapping back whose keys are
tuples. So ``doc.user_data`` holds plain rows, and what they mean is made of them where they have been read.
"""

from collections.abc import Callable, Mapping
from typing import Any

from spacy.tokens import Doc


class _Rows(tuple[Any, ...]):
    """What is written of a ``value``, which stays with it, as extensions are read in loops."""

    value: Any


def store(name: str, make: Callable[[tuple[Any, ...]], Any]) -> None:
    """Register ``doc._.<name>``, a sequence or a mapping; *make* makes it of its rows or items, all of them tuples."""
    key: Any = ("._.", name, None, None)  # spaCy's own for an extension, which it declares as a string

    def write(doc: Doc, value: Any) -> None:
        rows = doc.user_data[key] = _Rows(value.items() if isinstance(value, Mapping) else value)
        rows.value = value

    def read(doc: Doc) -> Any:
        rows = doc.user_data.get(key, ())
        if not isinstance(rows, _Rows):
            write(doc, make(_tuples(rows)))
        return doc.user_data[key].value

    Doc.set_extension(name, getter=read, setter=write)


def _tuples(plain: Any) -> Any:
    return tuple(map(_tuples, plain)) if isinstance(plain, list | tuple) else plain
