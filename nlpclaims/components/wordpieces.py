"""Turn a document into what a pretrained uncased encoder reads: word pieces, and marks for what lower-casing loses.

The pieces are WordPiece's (Wu et al. 2016) over BERT's uncased normalisation. Straight quotation marks become curly
ones where ``components.quotes`` pairs them, what separates paragraphs becomes the encoder's separator, and each piece
carries a mark that says how its word was capitalised and whether it stands inside a quotation.
"""

import re
import unicodedata
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from curated_tokenizers import WordPieceProcessor  # type: ignore[attr-defined]
from numpy.typing import NDArray
from spacy.tokens import Doc

from nlpclaims.components.breaks import paragraph_breaks
from nlpclaims.components.quotes import quotations_of

Ints = NDArray[np.int64]

N_SHAPES = 7
N_MARKS = 2 * N_SHAPES
SEPARATOR = "[SEP]"
MAX_PIECES_OF_WORD = 12
MAX_CACHED_WORDS = 16_000
_PARTS = re.compile(r"\w+|[^\w\s]")
_STRAIGHT = {'"': ("“", "”"), "``": ("“", "”"), "''": ("“", "”")}


class Pieces(NamedTuple):
    """A document as word pieces; arrays of shape ``(n_pieces,)``.

    Attributes:
        ids: index of each piece in the vocabulary.
        marks: capitals and quotation of its word, from 0 to ``N_MARKS`` - 1.
        word: index of its token; tokens of white space within a paragraph have no piece.
    """

    ids: Ints
    marks: Ints
    word: Ints


class PieceReader:
    """Reads documents as word pieces of a vocabulary.

    Args:
        vocabulary: the pieces in the order of their ids, as BERT's ``vocab.txt`` lists them.
    """

    def __init__(self, vocabulary: Sequence[str]) -> None:
        self.vocabulary = list(vocabulary)
        self._ids = {piece: number for number, piece in enumerate(self.vocabulary)}
        self._processor = WordPieceProcessor(self.vocabulary)
        self._unknown = self._ids["[UNK]"]
        # What is kept of a word never reaches beyond; reading takes the cube of the length.
        self._enough = MAX_PIECES_OF_WORD * max(map(len, self.vocabulary))
        self._cache: dict[int, tuple[list[int], int]] = {}
        self.first, self.last = self._ids["[CLS]"], self._ids[SEPARATOR]

    def __call__(self, doc: Doc) -> Pieces:
        """The pieces of *doc*, in the order of its tokens."""
        if len(self._cache) > MAX_CACHED_WORDS:
            self._cache.clear()
        orths: list[int] = doc.to_array("ORTH").tolist()
        inside, curly = _quotation_marks(doc)
        replaced = {**curly, **dict.fromkeys(paragraph_breaks(doc), SEPARATOR)}
        ids: list[int] = []
        lengths: list[int] = []
        shapes: list[int] = []
        for i, orth in enumerate(orths):
            entry = self._cache.get(orth)
            if entry is None:
                entry = self._cache[orth] = self._read_word(doc.vocab.strings[orth])
            pieces, shape = entry
            if i in replaced:
                pieces = [self._ids.get(replaced[i], self._unknown)]
            ids += pieces
            lengths.append(len(pieces))
            shapes.append(shape)
        marks = np.array(shapes, dtype=np.int64) + N_SHAPES * inside
        return Pieces(
            np.array(ids, dtype=np.int64), np.repeat(marks, lengths), np.repeat(np.arange(len(orths)), lengths)
        )

    def _read_word(self, text: str) -> tuple[list[int], int]:
        if text.isspace():
            return [], 0
        ids: list[int] = []
        for part in _PARTS.findall(_normalised(text)):
            pieces, _ = self._processor.encode(part[: self._enough])
            ids += [self._unknown if piece < 0 else piece for piece in pieces]
            if len(ids) >= MAX_PIECES_OF_WORD:
                break
        return ids[:MAX_PIECES_OF_WORD] or [self._unknown], _shape(text)


def _quotation_marks(doc: Doc) -> tuple[Ints, dict[int, str]]:
    """For each token whether it is inside a quotation, and the curly form of the straight marks that pair."""
    inside = np.zeros(len(doc), dtype=np.int64)
    curly: dict[int, str] = {}
    stretches = quotations_of(doc)
    if not stretches:
        return inside, curly
    starts = doc.to_array("IDX").astype(np.int64)
    for start, end in stretches:
        first, last = (int(i) for i in np.searchsorted(starts, [start, end]))
        inside[first:last] = 1
        for i, at, side in ((first, start, 0), (last - 1, None, 1)):
            token = doc[i] if first < last else None
            if token is not None and token.text in _STRAIGHT and at in (token.idx, None):
                curly[i] = _STRAIGHT[token.text][side]
    return inside, curly


def _normalised(text: str) -> str:
    """Lower case without accents and control characters, as BERT's uncased models were trained on."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFD", text.lower())
    return "".join(c for c in decomposed if unicodedata.category(c) not in ("Mn", "Cc", "Cf"))


def _shape(text: str) -> int:
    """0 nothing to tell, 1 lower case, 2 a capital first, 3 all capitals, 4 one capital letter, 5 mixed, 6 digits."""
    if any(c.isdigit() for c in text):
        return 6
    if not any(c.isalpha() for c in text):
        return 0
    if text == text.lower():
        return 1
    if text == text.upper():
        return 3 if sum(c.isalpha() for c in text) > 1 else 4
    return 2 if text[0].isupper() and text[1:] == text[1:].lower() else 5


class Window(NamedTuple):
    """A stretch of pieces that the encoder reads at once, ``[start, end)``, and the part of it that is kept."""

    start: int
    end: int
    keep_start: int
    keep_end: int


def windows(word: Ints, size: int, overlap: int) -> list[Window]:
    """Cover a document with windows of at most *size* pieces that overlap by about *overlap*, cut between words.

    All windows of a document have one length, the least that covers it. Each piece is kept from one window, with at
    least about half of *overlap* to read on either side of it.

    Args:
        word: index of each piece's word, shape ``(n_pieces,)``, not decreasing.
        overlap: at least twice as many pieces as the longest word has.
    """
    n = len(word)
    if n <= size:
        return [Window(0, n, 0, n)] if n else []
    count = -(-(n - overlap) // (size - overlap))
    size = -(-(n + (count - 1) * overlap) // count)
    starts = np.linspace(0, n - size, count).astype(np.int64)
    ends = starts + size
    cuts = [0, *((starts[1:] + ends[:-1]) // 2), n]
    cuts = [int(np.searchsorted(word, word[min(cut, n - 1)])) if cut < n else n for cut in cuts]
    return [
        Window(int(start), int(end), low, high)
        for (low, high), start, end in zip(pairwise(cuts), starts, ends, strict=True)
    ]
