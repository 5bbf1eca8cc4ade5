import gzip

import numpy as np
import pytest
import spacy

from nlpclaims.components.stance import StanceComponent
from nlpclaims.errors import CorpusError, InputError, ModelError
from nlpclaims.evaluation.stance import evaluate, read_pairs, score, unseen

ROWS = [
    "[Ann] praised [Bob].\tAnn\tBob\t1",
    "[Ann] met [Bob].\tAnn\tBob\t0",
    "[Ann] was insulted by [Bob].\tAnn\tBob\t4",
]


def write(tmp_path, rows, name="pairs.tsv.gz"):
    path = tmp_path / name
    data = ("\n".join(rows) + "\n").encode()
    path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    return path


def test_every_figure_of_five_pairs():
    assert score([0, 0, 1, 3, 4], [0, 1, 1, 3, 0]) == {
        "micro_f": 60.0,
        "macro_f": 43.3,
        "classes": {
            "neutral": {"p": 50.0, "r": 50.0, "f": 50.0, "gold": 2},
            "p positive to q": {"p": 50.0, "r": 100.0, "f": 66.7, "gold": 1},
            "q positive to p": {"p": 0.0, "r": 0.0, "f": 0.0, "gold": 0},
            "p negative to q": {"p": 100.0, "r": 100.0, "f": 100.0, "gold": 1},
            "q negative to p": {"p": 0.0, "r": 0.0, "f": 0.0, "gold": 1},
        },
    }


def test_pairs_of_sentences_that_are_known_are_left_out(tmp_path):
    known = write(tmp_path, ["Ann [met]  [Bob].\tmet\tBob\t0"], "known.tsv")
    left = unseen(read_pairs(write(tmp_path, ROWS)), read_pairs(known))
    assert [pair.text for pair in left] == ["Ann praised Bob.", "Ann was insulted by Bob."]


@pytest.mark.parametrize("name", ["pairs.tsv", "pairs.tsv.gz"])
def test_pairs_are_read_without_their_brackets(tmp_path, name):
    pairs = list(read_pairs(write(tmp_path, ROWS, name)))
    assert [pair.text for pair in pairs] == ["Ann praised Bob.", "Ann met Bob.", "Ann was insulted by Bob."]
    assert [(pair.text[slice(*pair.p)], pair.text[slice(*pair.q)], pair.label) for pair in pairs] == [
        ("Ann", "Bob", 1),
        ("Ann", "Bob", 0),
        ("Ann", "Bob", 4),
    ]


@pytest.mark.parametrize("row", ["one column", "[Ann] met [Bob].\tAnn\tBob\t7"])
def test_malformed_rows_are_refused(tmp_path, row):
    with pytest.raises(CorpusError, match="line 2"):
        list(read_pairs(write(tmp_path, [ROWS[0], row])))


def test_unreadable_files_are_named(tmp_path):
    with pytest.raises(InputError, match=r"missing\.tsv: No such file"):
        list(read_pairs(tmp_path / "missing.tsv"))
    (tmp_path / "bad.gz").write_bytes(b"plain")
    with pytest.raises(InputError, match=r"bad\.gz: not a whole gzip file"):
        list(read_pairs(tmp_path / "bad.gz"))
    (tmp_path / "empty.tsv").touch()
    with pytest.raises(CorpusError, match="no pair"):
        list(read_pairs(tmp_path / "empty.tsv"))


def test_a_field_without_end_is_refused(tmp_path):
    with pytest.raises(CorpusError, match=r"pairs\.tsv\.gz: line 2: not tab-separated values"):
        list(read_pairs(write(tmp_path, [ROWS[0], '"' + ROWS[0] * 9000])))


def test_a_line_that_is_not_utf8_is_named(tmp_path):
    path = tmp_path / "pairs.tsv"
    path.write_bytes("\n".join([*ROWS, "[Zoé] met [Bob].\tZoé\tBob\t0"]).encode("latin-1"))
    with pytest.raises(InputError, match=r"pairs\.tsv: line 4: not UTF-8"):
        list(read_pairs(path))


def test_a_field_may_have_a_line_break(tmp_path):
    pair, _ = read_pairs(write(tmp_path, ['"[Ann] met\n[Bob]."\tAnn\tBob\t0', ROWS[0]]))
    assert pair.text == "Ann met\nBob."


def test_a_pipeline_judges_each_pair(tmp_path, monkeypatch):
    def judge(_component, pairs):
        classes = {"praised": 1, "met": None, "was": 3}
        found = [classes[doc[1].text] for doc, _ in pairs]
        assert [[doc[p[0] : p[1]].text for p in spans] for doc, spans in pairs] == [["Ann", "Bob"]] * 3
        return [None if label is None else np.eye(5, dtype="float32")[label] for label in found]

    monkeypatch.setattr(StanceComponent, "probabilities", judge)
    nlp = spacy.blank("en")
    nlp.add_pipe("nlpclaims_stance", name="stance")
    figures = evaluate(nlp, read_pairs(write(tmp_path, ROWS)))
    # A pair that was not read counts as neutral, which is right here; "insulted" was read the wrong way round.
    assert figures["micro_f"] == 66.7
    assert figures["classes"]["neutral"]["f"] == 100.0
    assert figures["classes"]["q negative to p"]["f"] == 0.0


def test_a_pipeline_must_know_stance(tmp_path):
    with pytest.raises(ModelError, match="no component 'stance'"):
        evaluate(spacy.blank("en"), read_pairs(write(tmp_path, ROWS)))
