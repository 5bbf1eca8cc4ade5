"""Training examples: cutting loses and doubles no word, and what points at words goes on pointing at the same ones."""

import random

import numpy as np
import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st
from spacy.tokens import Doc, Span

from nlpclaims.components.coreference import CLUSTER_KEY
from nlpclaims.components.cue_features import Structure, pair_up
from nlpclaims.components.stance_model import LABELS
from nlpclaims.components.wordpieces import PieceReader, Pieces
from nlpclaims.training.readers import RawReader, Verdicts, compact, likely_cues, read_article
from nlpclaims.training.stance import DirectedPair
from nlpclaims.training.windows import (
    MISSING,
    WINDOW,
    Article,
    Referents,
    Specials,
    Stances,
    Window,
    batches,
    slice_roles,
)

VOCABULARY = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "she", "said", "so", ".", "anna", "rain", "fell"]
NOTHING = Referents(np.zeros(0, dtype=np.int64), [], {})


def article(lengths: list[int]) -> Article:
    """Words of so many pieces; each piece has the number of its word as its id."""
    words = np.repeat(np.arange(len(lengths)), lengths)
    return Article(Window(Pieces(words, words, words), len(lengths), {"tag": np.arange(len(lengths))}), NOTHING)


@given(st.lists(st.integers(0, 12), min_size=1, max_size=300), st.integers(0, 9) | st.none())
def test_cuts_hold_every_piece_once_with_its_word_and_its_label(lengths: list[int], seed: int | None) -> None:
    whole = article(lengths)
    windows = [cut.window() for cut in whole.cuts(None if seed is None else random.Random(seed))]
    assert [i for w in windows for i in w.pieces.ids.tolist()] == whole.whole.pieces.ids.tolist()
    for window in windows:
        assert window.n_pieces <= WINDOW and len(window.labels["tag"]) == window.n_words
        assert (window.labels["tag"][window.pieces.word] == window.pieces.ids).all()


@given(st.lists(st.integers(1, WINDOW), min_size=1, max_size=60), st.integers(0, 9))
def test_batches_hold_every_window_once_and_are_no_larger_than_they_may(lengths: list[int], seed: int) -> None:
    size = 2 * WINDOW + 4
    windows = [Window(Pieces(*[np.zeros(n, dtype=np.int64)] * 3), 1) for n in lengths]
    found = batches(windows, size, random.Random(seed))
    assert sorted(id(w) for batch in found for w in batch) == sorted(map(id, windows))
    assert all(len(batch) * (max(w.n_pieces for w in batch) + 2) <= size for batch in found)


@pytest.fixture
def doc() -> Doc:
    """Two sentences, "Anna said rain fell . She said so .", with the attribution of the first."""
    words = ["Anna", "said", "rain", "fell", ".", "She", "said", "so", "."]
    found = Doc(
        spacy.blank("en").vocab,
        words,
        tags=["NNP", "VBD", "NN", "VBD", ".", "PRP", "VBD", "RB", "."],
        lemmas=[word.lower().replace("said", "say") for word in words],
        heads=[1, 1, 3, 1, 1, 6, 6, 6, 6],
        deps=["nsubj", "ROOT", "nsubj", "ccomp", "punct", "nsubj", "ROOT", "advmod", "punct"],
        ents=["B-PERSON", *["O"] * 8],
    )
    found.spans["source"] = [Span(found, 0, 1, span_id="a")]
    found.spans["cue"] = [Span(found, 1, 2, span_id="a")]
    found.spans["content"] = [Span(found, 2, 4, span_id="a")]
    found.spans[CLUSTER_KEY] = [Span(found, i, i + 1, span_id="Anna") for i in (0, 5)]
    return found


def test_an_article_s_roles_and_antecedents_are_those_annotated(doc: Doc) -> None:
    (cut,) = read_article(doc, PieceReader(VOCABULARY)).cuts()
    window = cut.window()
    assert window.roles is not None and window.links is not None
    roles = dict(zip(window.roles.pairs.token.tolist(), window.roles.roles.tolist(), strict=True))
    assert (roles[0], roles[1], roles[2], roles[3]) == (1, MISSING, 3, 4)
    assert window.links.anaphor.tolist() == [5]
    right = dict(zip([None, *window.links.candidates[0].tolist()], window.links.right[0].tolist(), strict=True))
    assert [place for place, is_right in right.items() if is_right] == [0]


def test_what_is_cut_off_from_its_cue_has_no_role(doc: Doc) -> None:
    roles = read_article(doc, PieceReader(VOCABULARY)).whole.roles
    assert roles is not None
    assert slice_roles(roles, 5, 9) is None
    first = slice_roles(roles, 0, 5)
    assert first is not None and first.pairs.lengths.tolist() == [5]
    assert first.pairs.token.tolist() == [0, 1, 2, 3, 4]
    assert first.roles.tolist() == roles.roles[:5].tolist()


def test_raw_text_asks_for_likely_cues_pronouns_and_trees(doc: Doc) -> None:
    cues = frozenset({"say"})
    (window,) = RawReader(PieceReader(VOCABULARY), cues, 1.0, random.Random(0)).windows(doc)
    assert not window.is_gold
    assert window.roles is not None and set(window.roles.pairs.cue_head.tolist()) == {1, 6}
    assert window.links is not None and window.links.anaphor.tolist() == [5] and window.links.right is None
    assert window.heads is not None and window.heads.tolist() == [1, -1, 3, 1, 1, 6, -1, 6, 6]
    assert np.flatnonzero(window.labels["senter"] == 1).tolist() == [0, 5]


def test_raw_text_asks_for_pairs_of_mentions_in_what_tells_of_them(doc: Doc) -> None:
    readers = [RawReader(PieceReader(VOCABULARY), frozenset(), 1.0, random.Random(seed)) for seed in range(9)]
    found = [window.stances for reader in readers for window in reader.windows(doc) if window.stances is not None]
    assert found
    for stances in found:
        assert (stances.pairs.tolist(), stances.parts.tolist()) == ([[[0, 1], [5, 6]]], [[0, 9]])
        assert stances.classes.tolist() == [MISSING]


def test_judged_pairs_and_parties_of_an_article_are_where_they_stand(doc: Doc) -> None:
    anna, rain, she = ((doc.text.index(word), doc.text.index(word) + len(word)) for word in ("Anna", "rain", "She"))
    verdicts = Verdicts(
        [DirectedPair(doc.text, anna, rain, 3), DirectedPair(doc.text, she, rain, 1)],
        [(*rain, False), (*she, True)],
    )
    window = read_article(doc, PieceReader(VOCABULARY), verdicts).whole
    assert window.labels["party"].tolist() == [MISSING, MISSING, 0, MISSING, MISSING, 1, MISSING, MISSING, MISSING]
    stances = read_article(doc, PieceReader(VOCABULARY), verdicts).stances
    assert stances is not None
    assert stances.pairs.tolist() == [[[0, 1], [2, 3]], [[5, 6], [2, 3]]] and stances.classes.tolist() == [3, 1]


@given(st.integers(0, 30), st.integers(0, 30))
def test_only_pairs_that_are_told_of_inside_are_kept(start: int, end: int) -> None:
    parts = np.array([[0, 5], [3, 12], [10, 30]], dtype=np.int64)
    stances = Stances(np.stack([parts, parts], 1), parts, np.arange(3))
    inside = stances.between(start, end)
    expected = [i for i, (low, high) in enumerate(parts.tolist()) if start <= low and high <= end]
    assert (inside.classes.tolist() if inside else []) == expected
    assert inside is None or (inside.parts + start).tolist() == parts[expected].tolist()


def test_pairs_of_several_windows_point_at_their_mentions_in_the_batch() -> None:
    collate = pytest.importorskip("nlpclaims.training.batches").collate  # of the extra "train"
    pieces = Pieces(*[np.arange(4, dtype=np.int64)] * 3)
    pair = Stances(np.array([[[0, 1], [2, 4]]]), np.array([[0, 4]]), np.array([LABELS.index("p negative to q")]))
    windows = [Window(pieces, 4, stances=pair), Window(pieces, 4), Window(pieces, 4, stances=pair)]
    batch = collate(windows, Specials(2, 3, 4))
    assert batch.pairs is not None and batch.stance is not None
    assert batch.pairs.inside.tolist() == [0, 2, 3, 8, 10, 11]
    assert batch.stance.tolist() == [3, 3]


def test_likely_cues_are_often_cues(doc: Doc) -> None:
    assert likely_cues([doc] * 5) == {"say"}
    assert likely_cues([doc]) == frozenset()


def test_compact_windows_hold_the_same(doc: Doc) -> None:
    window = read_article(doc, PieceReader(VOCABULARY)).whole
    small = compact(window)
    assert small.pieces.ids.dtype == np.uint8
    assert window.roles is not None and small.roles is not None
    for ours, theirs in ((small.pieces.ids, window.pieces.ids), (small.roles.roles, window.roles.roles)):
        assert ours.tolist() == theirs.tolist()
    pairs = pair_up(Structure.of(doc), [(1, 2)], 80)
    assert small.roles.pairs.features.tolist() == pairs.features.tolist()
    assert {layer: values.tolist() for layer, values in small.labels.items()} == {
        layer: values.tolist() for layer, values in window.labels.items()
    }
