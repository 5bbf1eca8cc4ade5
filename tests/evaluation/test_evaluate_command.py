"""``nlpclaims evaluate`` as a user runs it."""

import gzip
import json
import os
import subprocess
import sys

import pytest
import spacy
from typer.testing import CliRunner

from nlpclaims.cli import app
from nlpclaims.evaluation.attribution import score

GOLD = {
    "id": "a",
    "text": "Ann said it rains. Bob left.",
    "attributions": [{"source": [[0, 3]], "cue": [[4, 8]], "content": [[9, 17]]}],
    "discard": [],
}
PREDICTED = {"id": "a", "source": [[0, 3]], "cue": [[4, 8]], "content": [[12, 17]]}
IOB2 = "# text = Bob met Ann\n1\tBob\tB-PER\n2\tmet\tO\n3\tAnn\tB-PER\n"


def nlpclaims(*arguments):
    """Run the command in this process, with its output piped."""
    return CliRunner().invoke(app, [str(argument) for argument in arguments], env={"COLUMNS": "200"})


@pytest.fixture
def gold(tmp_path):
    path = tmp_path / "gold.jsonl.gz"
    path.write_bytes(gzip.compress(json.dumps(GOLD).encode()))
    return path


@pytest.fixture
def predicted(tmp_path):
    path = tmp_path / "predicted.jsonl"
    path.write_text(json.dumps(PREDICTED), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """A pipeline that knows one name and nothing else."""
    path = tmp_path_factory.mktemp("models") / "names"
    nlp = spacy.blank("en")
    nlp.add_pipe("entity_ruler").add_patterns([{"label": "PERSON", "pattern": "Ann"}])
    nlp.to_disk(path)
    return path


def test_figures_are_json_where_output_is_piped(gold, predicted):
    run = nlpclaims("evaluate", "attribution", gold, "--predicted", predicted)
    assert (run.exit_code, run.stderr) == (0, "")
    assert json.loads(run.stdout) == score([GOLD], {"a": [PREDICTED]})
    assert json.loads(run.stdout)["content_overlap"] == {"p": 100.0, "r": 50.0, "f": 66.7, "gold": 2}


def test_nothing_but_json_reaches_the_standard_output(gold, predicted):
    command = [sys.executable, "-m", "nlpclaims", "evaluate", "attribution", str(gold), "--predicted", str(predicted)]
    done = subprocess.run(command, capture_output=True, timeout=60, check=True)
    assert list(json.loads(done.stdout)) == list(score([GOLD], {}))
    assert done.stderr == b""


def test_a_table_shows_every_figure(gold, predicted):
    run = nlpclaims("evaluate", "attribution", gold, "--predicted", predicted, "--format", "table")
    rows = [line.split() for line in run.stdout.splitlines()]
    assert ["p", "r", "f", "gold"] in rows
    assert ["content_overlap", "100.0", "50.0", "66.7", "2"] in rows


def test_a_table_of_acts_shows_their_accuracy(tmp_path, gold):
    annotations = tmp_path / "acts.jsonl"
    annotations.write_text(
        json.dumps({"id": "a", "cue": [[4, 8]], "action": None, "commitment": "CT+"}), encoding="utf-8"
    )
    run = nlpclaims("evaluate", "acts", annotations, gold, "--format", "table")
    rows = [line.split() for line in run.stdout.splitlines()]
    assert ["accuracy", "macro_f", "n"] in rows
    assert ["commitment", "100.0", "100.0", "1"] in rows


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_figures_are_a_table_on_a_terminal(gold, predicted):
    ours, theirs = os.openpty()
    command = [sys.executable, "-m", "nlpclaims", "evaluate", "attribution", str(gold), "--predicted", str(predicted)]
    done = subprocess.run(command, stdout=theirs, stderr=subprocess.PIPE, timeout=60, check=False)
    os.close(theirs)
    shown = os.read(ours, 10_000).decode()
    os.close(ours)
    assert (done.returncode, done.stderr) == (0, b"")
    assert "{" not in shown
    assert "content_overlap" in shown


def test_predictions_for_unknown_articles_are_told(gold, predicted):
    predicted.write_text(json.dumps({**PREDICTED, "id": "b"}), encoding="utf-8")
    arguments = ("evaluate", "attribution", gold, "--predicted", predicted)
    run = nlpclaims(*arguments)
    assert run.exit_code == 0
    assert "1 of its article ids is not in" in run.stderr
    assert json.loads(run.stdout)["triple"]["f"] == 0.0
    assert nlpclaims(*arguments, "--quiet").stderr == ""


def test_another_pipeline_is_scored(tmp_path, model):
    corpus = tmp_path / "names.iob2"
    corpus.write_text(IOB2, encoding="utf-8")
    run = nlpclaims("evaluate", "entities", corpus, "--model", model)
    assert (run.exit_code, run.stderr) == (0, "")
    figures = json.loads(run.stdout)
    assert (figures["p"], figures["r"], figures["f"]) == (100.0, 50.0, 66.7)
    table = nlpclaims("evaluate", "entities", corpus, "--model", model, "-f", "table").stdout
    assert ["all", "100.0", "50.0", "66.7", "2"] in [line.split() for line in table.splitlines()]


@pytest.mark.parametrize(
    ("kind", "text", "component"),
    [
        ("attribution", json.dumps(GOLD), "attribution"),
        ("syntax", "1\tRain\t_\t_\tNN\t_\t0\troot\t_\t_\n", "tagger"),
        ("coreference", "1\tRain\t_\t_\tNN\t_\t0\troot\t_\t_\n", "actors"),
        ("stance", "[Ann] met [Bob].\tAnn\tBob\t0\n", "stance"),
    ],
)
def test_a_pipeline_without_the_component_is_refused(tmp_path, model, kind, text, component):
    corpus = tmp_path / "corpus"
    corpus.write_text(text, encoding="utf-8")
    run = nlpclaims("evaluate", kind, corpus, "--model", model)
    assert (run.exit_code, run.stdout) == (2, "")
    assert f"no component '{component}'" in run.stderr
    assert "Traceback" not in run.stderr


@pytest.mark.parametrize("kind", ["attribution", "syntax", "entities", "coreference", "stance"])
@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("missing.gz", None, "missing.gz: No such file"),
        ("bad.gz", b"plain", "bad.gz: not a whole gzip file"),
        ("bad.txt", b"nonsense, at once\n", "bad.txt: line 1: "),
    ],
)
def test_unreadable_files_end_without_a_traceback(tmp_path, monkeypatch, kind, name, data, message):
    if data is not None:
        (tmp_path / name).write_bytes(data)
    monkeypatch.chdir(tmp_path)
    run = nlpclaims("evaluate", kind, name)
    assert (run.exit_code, run.stdout) == (2, "")
    assert message in run.stderr
    assert "Traceback" not in run.stderr


def test_nothing_is_scored_where_every_sentence_is_left_out(tmp_path):
    corpus = tmp_path / "pairs.tsv"
    corpus.write_text("[Ann] met [Bob].\tAnn\tBob\t0\n", encoding="utf-8")
    run = nlpclaims("evaluate", "stance", corpus, "--without", corpus)
    assert (run.exit_code, run.stdout) == (2, "")
    assert "pairs.tsv: " in run.stderr
    assert "Traceback" not in run.stderr


def test_pairs_that_are_left_out_are_a_warning(tmp_path):
    corpus = tmp_path / "pairs.tsv"
    corpus.write_text("[Ann] met Bob.\tAnn\tBob\t0\n[Ann] met [Bob].\tAnn\tBob\t0\n", encoding="utf-8")
    arguments = ("evaluate", "stance", corpus, "--model", "no_such_model")
    warning, error = nlpclaims(*arguments).stderr.splitlines()
    assert warning.startswith("warning: ")
    assert "1 rows left out" in warning
    assert nlpclaims(*arguments, "--quiet").stderr.splitlines() == [error]


def test_a_model_and_predictions_exclude_each_other(gold, predicted, model):
    run = nlpclaims("evaluate", "attribution", gold, "--predicted", predicted, "--model", model)
    assert (run.exit_code, run.stdout) == (2, "")
    assert "not both" in run.stderr


def test_a_missing_model_is_named(gold):
    run = nlpclaims("evaluate", "attribution", gold, "--model", "no_such_model")
    assert (run.exit_code, run.stdout) == (2, "")
    assert "no_such_model" in run.stderr
    assert "Traceback" not in run.stderr
