"""The whole flow on one page: load the pipeline, run it over articles, read the claims off the documents."""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from textwrap import shorten
from threading import Lock
from typing import Any, ClassVar, Generic, TypeAlias, TypeVar

import spacy
from spacy.language import Language
from spacy.tokens import Doc
from thinc.api import NumpyOps, get_current_ops, use_ops
from threadpoolctl import ThreadpoolController

from nlpclaims.claims import Place, claims_of, count_sentences
from nlpclaims.errors import ModelError
from nlpclaims.layout import BLANK_LINE
from nlpclaims.model_files import default_model_path
from nlpclaims.records import Article, Claim, Failure, articles_of

PIECE = 100_000
_UP_TO_LAST = tuple(re.compile(f"(?s:.*){gap}") for gap in (BLANK_LINE, r"\n", " "))
"""Where a piece ends, best first."""
_ONE_AT_A_TIME = Lock()
"""A pipeline forgets what it learns from a piece, which would pull words from under another thread's feet."""

Found = TypeVar("Found")
Load: TypeAlias = "Callable[[str | Path | None], ArticleReader[Any]]"


class ArticleReader(ABC, Generic[Found]):
    """Finds something in articles with a loaded pipeline, ``nlp``: each kind says what, in ``read``.

    Raises:
        ModelError: the pipeline lacks one of the ``required`` components.
    """

    required: ClassVar[tuple[str, ...]] = ("parser", "attribution", "actors")

    def __init__(self, nlp: Language) -> None:
        missing = [name for name in self.required if name not in nlp.pipe_names]
        if missing:
            raise ModelError(
                f"the pipeline {nlp.meta.get('name', '')!r} has no component {', '.join(map(repr, missing))}, which is "
                "needed here. Use the one that comes with nlpclaims, or train one with models/project.yml."
            )
        self.nlp = nlp
        self._threads = ThreadpoolController()

    @abstractmethod
    def read(self, doc: Doc, document: str, place: Place) -> list[Found]:
        """What a processed document holds; *place* is where in the article it begins."""

    def extract(self, text: str, document: str = "-") -> list[Found]:
        """What is found in one article, in the order of the text.

        A text of more than ``PIECE`` characters, longer than any article, is read in pieces that end with paragraphs;
        names are then matched within each piece.

        Raises:
            TypeError: the text or what the document is called is no string.
        """
        if not isinstance(text, str):
            raise TypeError(f"expected a text, or an Article in extract_many, not {type(text).__name__}")
        if not isinstance(document, str):
            raise TypeError(f"what a document is called is a string, not {type(document).__name__}")
        found: list[Found] = []
        place = Place()
        for piece in pieces(text):
            # Matrix products round otherwise when threads share them, and no result may depend on how many there are.
            # What the vocabulary learns from a piece is forgotten after it; only plain data leaves the zone.
            with _ONE_AT_A_TIME, self._threads.limit(limits=1, user_api="blas"), self.nlp.memory_zone():
                doc = self.nlp(piece)
                found += self.read(doc, document, place)
                place = Place(place.characters + len(piece), place.sentences + count_sentences(doc))
        return found

    def extract_many(
        self, articles: Iterable[str | Article], on_failure: Callable[[Failure], None] | None = None
    ) -> Iterator[list[Found]]:
        """Yield what is found in each article, in order.

        Args:
            articles: texts, or ``Article``s, whose ``id`` is the ``document`` of what is found in them (``-`` else).
            on_failure: called when an article cannot be processed, which then yields nothing; without it the error
                is raised.
        """
        for article in articles_of(articles):
            try:
                yield self.extract(article.text, article.id)
            except Exception as error:
                if on_failure is None:
                    raise
                reason = " ".join(f"{type(error).__name__} {error}".split())
                on_failure(Failure(article.id, "crash", f"the pipeline failed on this text: {reason}"))
                yield []


class Extractor(ArticleReader[Claim]):
    """Extracts claims with a loaded pipeline, ``nlp``."""

    def read(self, doc: Doc, document: str, place: Place) -> list[Claim]:
        """The claims of a processed document."""
        return claims_of(doc, document, place)


def pieces(text: str, size: int = PIECE) -> Iterator[str]:
    """Cut a text into pieces of at most *size* characters: after a blank line, else a line, else a space.

    The pieces make up the text; a text of white space alone has none.
    """
    if not re.search(r"\S", text):
        return
    start = 0
    while len(text) - start > size:
        cuts = (up_to.match(text, start, start + size) for up_to in _UP_TO_LAST)
        end = next((cut.end() for cut in cuts if cut), start + size)
        yield text[start:end]
        start = end
    yield text[start:]


def load(model: str | Path | None = None) -> Extractor:
    """Load a pipeline: the one that comes with nlpclaims, or another by its path or package name.

    Raises:
        ModelError: there is no such pipeline, it is broken, or it lacks a component that extraction needs.
    """
    return Extractor(load_pipeline(model))


def load_pipeline(model: str | Path | None = None) -> Language:
    """Load a spaCy pipeline as ``load`` does, without asking what it can do."""
    path = default_model_path() if model is None else model
    try:
        ops = get_current_ops()
        if type(ops) is NumpyOps:
            # blis, thinc's default matrix product, reaches a third of what NumPy's own does on current x86-64.
            with use_ops("numpy", use_blis=False):
                return spacy.load(path)
        return spacy.load(path)
    except ModelError:
        raise
    except Exception as error:
        if interrupt := _interrupt_behind(error):
            raise interrupt from None
        reason = shorten(str(error) or type(error).__name__, 300, placeholder=" …")
        raise ModelError(
            f"cannot load the pipeline {str(path)!r}: {reason} "
            "(expected the folder or the installed package of a trained spaCy pipeline)"
        ) from error


def _interrupt_behind(error: BaseException) -> KeyboardInterrupt | None:
    """The Ctrl-C that led to an error: a compiled module that is imported meanwhile may say that it cannot be."""
    if isinstance(error, KeyboardInterrupt):
        return error
    cause = error.__cause__ or error.__context__
    return _interrupt_behind(cause) if cause else None
