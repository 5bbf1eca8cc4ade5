"""Word pieces keep the link to the words, and windows cover a document without a gap."""

import numpy as np
import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st
from spacy.tokens import Doc

from nlpclaims.components.wordpieces import MAX_PIECES_OF_WORD, N_MARKS, N_SHAPES, PieceReader, windows

WORDS = [
    "[PAD]",
    "[UNK]",
    "[CLS]",
    "[SEP]",
    "“",
    "”",
    '"',
    ".",
    ",",
    "the",
    "talk",
    "##s",
    "fail",
    "##ed",
    "in",
    "oslo",
]
NLP = spacy.blank("en")


@pytest.fixture(scope="module")
def reader() -> PieceReader:
    return PieceReader(WORDS)


def shown(reader: PieceReader, doc: Doc) -> list[str]:
    return [reader.vocabulary[i] for i in reader(doc).ids]


def test_pieces_belong_to_their_words(reader: PieceReader) -> None:
    doc = NLP("The talks failed in Oslo.")
    pieces = reader(doc)
    assert shown(reader, doc) == ["the", "talk", "##s", "fail", "##ed", "in", "oslo", "."]
    assert [doc[int(i)].text for i in pieces.word] == ["The", "talks", "talks", "failed", "failed", "in", "Oslo", "."]


def test_marks_tell_capitals_and_quotations(reader: PieceReader) -> None:
    doc = NLP('The “TALKS” in "Oslo".')
    pieces = reader(doc)
    marks = {
        doc[int(word)].text: divmod(int(mark), N_SHAPES) for word, mark in zip(pieces.word, pieces.marks, strict=True)
    }
    assert marks["The"] == (0, 2)
    assert marks["TALKS"] == (1, 3)
    assert marks["in"] == (0, 1)
    assert marks["Oslo"] == (1, 2)
    assert pieces.marks.max() < N_MARKS


def test_straight_marks_are_read_as_the_curly_ones_they_pair_as(reader: PieceReader) -> None:
    assert shown(reader, NLP('"The talks failed"')) == ["“", "the", "talk", "##s", "fail", "##ed", "”"]
    assert shown(reader, NLP('The talks" failed')) == ["the", "talk", "##s", '"', "fail", "##ed"]


def test_a_blank_line_separates_and_other_white_space_says_nothing(reader: PieceReader) -> None:
    assert shown(reader, NLP("talks\n\nfailed")) == ["talk", "##s", "[SEP]", "fail", "##ed"]
    assert shown(reader, NLP("talks\nfailed   in")) == ["talk", "##s", "fail", "##ed", "in"]


def test_a_line_end_separates_where_each_line_is_a_paragraph_and_there_alone(reader: PieceReader) -> None:
    for _ in range(2):  # what is kept of a word is kept for all documents
        assert shown(reader, NLP(f"talks\nfailed{' in' * 60}"))[:5] == ["talk", "##s", "[SEP]", "fail", "##ed"]
        assert shown(reader, NLP("talks\nfailed in Oslo"))[:4] == ["talk", "##s", "fail", "##ed"]


def test_what_the_vocabulary_lacks_is_one_unknown_piece(reader: PieceReader) -> None:
    assert shown(reader, NLP("Åland 東京 talks")) == ["[UNK]", "[UNK]", "talk", "##s"]


@pytest.mark.parametrize("letter", ["s", "z", "é"])
def test_a_word_without_an_end_is_read_by_its_beginning(letter: str) -> None:
    reader = PieceReader([*WORDS, "s", "##ss", "e", "##e"])
    long = reader(NLP.make_doc(letter * 100_000))
    assert long.ids.tolist() == reader(NLP.make_doc(letter * 100)).ids.tolist()


@given(st.lists(st.sampled_from(["talk", "s", "ed", "x"]), max_size=60).map("".join).map("talk".__add__))
def test_pieces_of_a_word_are_the_first_that_it_has(word: str) -> None:
    reader = PieceReader(WORDS)
    pieces, _ = reader._processor.encode(word)
    expected = [reader._unknown if piece < 0 else piece for piece in pieces[:MAX_PIECES_OF_WORD]]
    assert reader(Doc(NLP.vocab, [word])).ids.tolist() == expected


@given(st.text(max_size=300))
def test_every_text_can_be_read(text: str) -> None:
    doc = NLP.make_doc(text)
    pieces = PieceReader(WORDS)(doc)
    assert len(pieces.ids) == len(pieces.marks) == len(pieces.word)
    assert np.all(np.diff(pieces.word) >= 0)
    words = {i for i, token in enumerate(doc) if not token.is_space}
    assert words <= set(pieces.word.tolist())


@given(st.lists(st.integers(1, 6), max_size=120), st.integers(20, 40), st.integers(12, 16))
def test_windows_keep_each_piece_once_and_no_word_in_two(lengths: list[int], size: int, overlap: int) -> None:
    word = np.repeat(np.arange(len(lengths)), lengths)
    found = windows(word, size, overlap)
    assert [i for w in found for i in range(w.keep_start, w.keep_end)] == list(range(len(word)))
    for window in found:
        assert window.end - window.start <= size
        assert window.start <= window.keep_start <= window.keep_end <= window.end
        assert window.keep_start == 0 or word[window.keep_start] != word[window.keep_start - 1]
