import gzip
import json

import pytest

from nlpclaims.errors import CorpusError, InputError
from nlpclaims.evaluation.conllu import read_conllu
from nlpclaims.evaluation.polnear import read_articles, read_predictions
from nlpclaims.evaluation.textfile import blocks, numbered_lines, open_text

ARTICLE = {"id": "a", "text": "Ann left.", "attributions": [{"source": [[0, 3]], "cue": [[4, 8]], "content": []}]}


def write(path, text):
    data = text if isinstance(text, bytes) else text.encode()
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


@pytest.mark.parametrize("name", ["corpus.txt", "corpus.txt.gz"])
def test_lines_are_numbered_and_bare(tmp_path, name):
    path = write(tmp_path / name, "\ufeffé one\r\n\ntwo\x85three")
    assert list(numbered_lines(path)) == [(1, "é one"), (2, ""), (3, "two\x85three")]
    with open_text(path) as lines:
        assert lines.readline() == "é one\n"


def test_blocks_stand_between_blank_lines(tmp_path):
    path = write(tmp_path / "corpus.txt", "\na\nb\n \n\nc")
    assert list(blocks(path)) == [[(2, "a"), (3, "b")], [(6, "c")]]


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("bad.gz", b"plain", "not a whole gzip file"),
        ("cut.gz", gzip.compress(b"one line\n" * 99)[:-12], "not a whole gzip file"),
        ("latin.txt", "one\ncafé\n".encode("latin-1"), "line 2: not UTF-8"),
    ],
)
def test_unreadable_files_are_named(tmp_path, name, data, message):
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(InputError, match=message) as caught:
        list(numbered_lines(path))
    assert str(path) in str(caught.value)


def test_missing_files_and_folders_are_named(tmp_path):
    with pytest.raises(InputError, match=r"missing\.txt: No such file"):
        list(numbered_lines(tmp_path / "missing.txt"))
    with pytest.raises(InputError, match="directory"):
        list(numbered_lines(tmp_path))


def test_articles_are_read_as_they_are(tmp_path):
    path = write(tmp_path / "gold.jsonl.gz", json.dumps(ARTICLE) + "\n\n" + json.dumps({**ARTICLE, "id": "b"}))
    assert [article["id"] for article in read_articles(path)] == ["a", "b"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"id": None}, '"id" is missing'),
        ({"id": "first"}, "second article with the id 'first'"),
        ({"text": "a\ud800b"}, "half of a surrogate pair"),
        ({"text": 3}, '"text" is missing or no string'),
        ({"attributions": {}}, '"attributions" is missing or no list'),
        ({"attributions": ["x"]}, "not an attribution"),
        ({"attributions": [{"cue": [[4, 99]]}]}, '"cue" has the span .4, 99., but the text has 9 characters'),
        ({"attributions": [{"cue": [[8, 4]]}]}, "not a .start, end."),
        ({"attributions": [{"cue": [4, 8]}]}, "not a .start, end."),
        ({"attributions": [{"cue": "left"}]}, "no list"),
        ({"discard": [["0", "3"]]}, '"discard" has'),
    ],
)
def test_malformed_articles_are_refused(tmp_path, change, message):
    rows = [{**ARTICLE, "id": "first"}, {**ARTICLE, **change}]
    path = write(tmp_path / "gold.jsonl", "\n".join(map(json.dumps, rows)))
    with pytest.raises(CorpusError, match=f"line 2: .*{message}"):
        list(read_articles(path))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no article"),
        ("{", "line 1: not JSON"),
        ("[]", "JSON object"),
        ("[" * 100_000, "not JSON"),
        ("9" * 5000, "not JSON"),
    ],
)
def test_files_without_articles_are_refused(tmp_path, text, message):
    with pytest.raises(CorpusError, match=message):
        list(read_articles(write(tmp_path / "gold.jsonl", text)))


def test_predictions_are_gathered_by_article(tmp_path):
    rows = [{"id": "b", "cue": [[0, 1]]}, {"id": "a", "source": None}, {"id": "b", "content": [[2, 3], [4, 5]]}]
    path = write(tmp_path / "predicted.jsonl", "\n".join(map(json.dumps, rows)))
    assert read_predictions(path) == {"b": [rows[0], rows[2]], "a": [rows[1]]}


@pytest.mark.parametrize(("row", "message"), [({}, "no article's"), ({"id": "a", "cue": [[1]]}, "not a")])
def test_malformed_predictions_are_refused(tmp_path, row, message):
    with pytest.raises(CorpusError, match=f"line 1: .*{message}"):
        read_predictions(write(tmp_path / "predicted.jsonl", json.dumps(row)))


def conllu(*rows):
    return "\n".join("\t".join(row.split() + ["_"] * (10 - len(row.split()))) if row else "" for row in rows)


def test_multiword_tokens_and_spaces_make_the_text(tmp_path):
    path = tmp_path / "corpus.conllu"
    write(
        path,
        "# newdoc id = d\n# sent_id = s1\n# newpar\n"
        + conllu(
            "1 They they PRON PRP _ 4 nsubj",
            "2-3 can't _ _ _ _ _ _ _ SpaceAfter=No",
            "2 ca can AUX MD _ 4 aux",
            "3 n't not PART RB _ 4 advmod",
            "3.1 go go",
            "4 swim swim VERB VB _ 0 root _ SpaceAfter=No",
            "5 . . PUNCT . _ 4 punct",
        )
        + "\n",
    )
    (sentence,) = read_conllu(path)
    assert sentence.text == "They can'tswim."
    assert (sentence.sent_id, sentence.starts_document, sentence.starts_paragraph) == ("s1", True, True)
    assert [word.form for word in sentence.words] == ["They", "ca", "n't", "swim", "."]
    assert [word.space_after for word in sentence.words] == [True, False, False, False, True]
    assert [(token.text, token.first, token.end) for token in sentence.surface] == [
        ("They", 0, 1),
        ("can't", 1, 3),
        ("swim", 3, 4),
        (".", 4, 5),
    ]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (["1 a a X X _ 0 root", "3 b b X X _ 1 dep"], "line 2: expected word number 2, found 3"),
        (["1 a a X X _ 2 dep"], "line 1: the head of word 1 is '2', not a number from 0 to 1"),
        (["1 a a X X _ _ dep"], "line 1: the head of word 1 is '_'"),
        (["x a a X X _ 0 root"], "line 1: expected a word number"),
        (["2-3 ab", "1 a a X X _ 0 root"], "line 1: the multiword token 2-3"),
        (["1-2 ab", "1-2 ab"], "line 2: the multiword token 1-2"),
    ],
)
def test_malformed_rows_are_refused(tmp_path, rows, message):
    with pytest.raises(CorpusError, match=message):
        list(read_conllu(write(tmp_path / "corpus.conllu", conllu(*rows))))


def test_rows_need_their_columns_and_forms(tmp_path):
    with pytest.raises(CorpusError, match="line 3: expected 10 tab-separated columns, found 2"):
        list(read_conllu(write(tmp_path / "short.conllu", "# a\n\n1\tword\n")))
    with pytest.raises(CorpusError, match="line 1: the form is empty"):
        list(read_conllu(write(tmp_path / "empty.conllu", "1\t" + "\t_" * 8)))


def test_files_in_the_style_of_conllu_may_have_fewer_columns(tmp_path):
    path = write(tmp_path / "tags.iob2", "# sent_id = s\n1\tOslo\tB-LOC\n\n1\tyes\tO\n")
    assert [[word.columns[2] for word in s.words] for s in read_conllu(path, columns=3)] == [["B-LOC"], ["O"]]
