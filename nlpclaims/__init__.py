"""Read news articles and write down who claims what.

>>> import nlpclaims
>>> extractor = nlpclaims.load()
>>> claims = extractor.extract("The minister said on Monday that the talks had failed.")

Nothing heavy is imported until it is used: ``load`` brings spaCy in.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nlpclaims import relations as relations
    from nlpclaims.errors import CorpusError, InputError, ModelError, NlpclaimsError, OutputError
    from nlpclaims.extractor import Extractor, load
    from nlpclaims.records import (
        Actor,
        Article,
        Claim,
        Content,
        Cue,
        Failure,
        Metadata,
        Offsets,
        Stance,
        Target,
        TextSpan,
        json_schema,
    )

    __version__: str

__all__ = [
    "Actor",
    "Article",
    "Claim",
    "Content",
    "CorpusError",
    "Cue",
    "Extractor",
    "Failure",
    "InputError",
    "Metadata",
    "ModelError",
    "NlpclaimsError",
    "Offsets",
    "OutputError",
    "Stance",
    "Target",
    "TextSpan",
    "__version__",
    "json_schema",
    "load",
]

_HOME = {
    **dict.fromkeys(("Extractor", "load"), "nlpclaims.extractor"),
    **dict.fromkeys(("CorpusError", "InputError", "ModelError", "NlpclaimsError", "OutputError"), "nlpclaims.errors"),
}


if not TYPE_CHECKING:  # type checkers would take any misspelled name for one of its

    def __getattr__(name: str) -> Any:
        if name == "__version__":
            return _version()
        if name == "relations":  # a module of its own, as it has another ``load``
            return import_module("nlpclaims.relations")
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(import_module(_HOME.get(name, "nlpclaims.records")), name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("nlpclaims")
    except PackageNotFoundError:  # run from a checkout that is not installed
        return "0+unknown"
