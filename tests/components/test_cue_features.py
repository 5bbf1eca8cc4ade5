"""The features of a (cue, token) pair say where the token stands in the tree, the paragraph and the quotation."""

import numpy as np
import spacy
from spacy.tokens import Doc

from nlpclaims.components import cue_features
from nlpclaims.components.cue_features import N_FEATURES, TABLE_ROWS, Structure, pair_up

VOCAB = spacy.blank("en").vocab


def tree() -> Doc:
    """Officials said that prices would rise . [blank line] Later it rained ."""
    words = ["Officials", "said", "that", "prices", "would", "rise", ".", "\n\n", "Later", "it", "rained", "."]
    heads = [1, 1, 5, 5, 5, 1, 1, 6, 10, 10, 10, 10]
    deps = ["nsubj", "ROOT", "mark", "nsubj", "aux", "ccomp", "punct", "dep", "advmod", "nsubj", "ROOT", "punct"]
    starts = [i in (0, 8) for i in range(len(words))]
    spaces = [True] * len(words)
    return Doc(VOCAB, words, spaces, heads=heads, deps=deps, sent_starts=starts)


def test_where_cue_and_token_meet_in_the_tree() -> None:
    structure = Structure.of(tree())
    pairs = pair_up(structure, [(1, 2)], window=80)
    branch, up, down, _ = cue_features._relation(
        structure, pairs.cue, pairs.token, np.array([int(pairs.token[0])]), np.array([1])
    )
    at = {int(token): i for i, token in enumerate(pairs.token)}
    assert (branch[at[3]], up[at[3]], down[at[3]]) == (5, 0, 2)  # "prices" hangs below "rise", which hangs on the cue
    assert (branch[at[0]], up[at[0]], down[at[0]]) == (0, 0, 1)
    assert (up[at[1]], down[at[1]]) == (0, 0)


def test_the_cue_climbs_to_the_token_that_governs_it() -> None:
    structure = Structure.of(tree())
    pairs = pair_up(structure, [(5, 6)], window=80)
    at = {int(token): i for i, token in enumerate(pairs.token)}
    _, up, down, branch = cue_features._relation(
        structure, pairs.cue, pairs.token, np.array([int(pairs.token[0])]), np.array([5])
    )
    assert (up[at[1]], down[at[1]], branch[at[1]]) == (1, 0, 5)
    assert (up[at[0]], down[at[0]]) == (1, 1)


def test_tokens_beyond_the_window_or_two_paragraphs_away_are_left_out() -> None:
    structure = Structure.of(tree())
    assert list(pair_up(structure, [(1, 2)], window=2).token) == [0, 1, 2, 3]
    words = ["a", "\n\n", "b", "\n\n", "c"]
    far = Structure.of(Doc(VOCAB, words, heads=[0, 0, 2, 2, 4], deps=["ROOT", "dep"] * 2 + ["ROOT"]))
    assert list(pair_up(far, [(0, 1)], window=80).token) == [0, 1, 2]


def test_a_line_is_a_paragraph_where_lines_are_long_and_none_is_blank() -> None:
    words = ["a", "\n", "b", "\n", "c"]
    assert list(Structure.of(Doc(VOCAB, words)).paragraph) == [0] * 5
    assert list(Structure.of(Doc(VOCAB, [*words, "c" * 130])).paragraph) == [0, 1, 1, 2, 2, 2]


def test_pairs_are_grouped_by_cue_and_their_rows_lie_in_their_tables() -> None:
    pairs = pair_up(Structure.of(tree()), [(1, 2), (10, 11)], window=80)
    assert list(pairs.lengths) == [12, 12]
    assert (np.diff(pairs.cue) >= 0).all()
    assert pairs.features.shape == (24, N_FEATURES)
    ends = np.cumsum(TABLE_ROWS)
    assert (pairs.features < ends).all() and (pairs.features >= ends - TABLE_ROWS).all()
    assert list(pairs.token[pairs.in_cue]) == [1, 10]


def test_pairs_end_with_the_outermost_tokens_that_may_have_a_role() -> None:
    structure = Structure.of(tree())
    likely = np.zeros(12, dtype=bool)
    likely[[3, 5]] = True
    assert list(pair_up(structure, [(1, 2)], 80, likely).token) == [1, 2, 3, 4, 5]
    assert list(pair_up(structure, [(10, 11)], 80, likely).token) == [3, 4, 5, 6, 7, 8, 9, 10]
    assert list(pair_up(structure, [(1, 2)], 80, np.zeros(12, dtype=bool)).token) == [1]
    whole, same = pair_up(structure, [(1, 2)], 80), pair_up(structure, [(1, 2)], 80, np.ones(12, dtype=bool))
    assert list(whole.token) == list(same.token)
    assert (whole.features == same.features).all()
