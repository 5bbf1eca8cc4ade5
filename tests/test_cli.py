"""The command as a user meets it: real processes, pipes and terminals, and what each of them gets."""

import csv
import json
import os
import re
import select
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

import jsonschema
import pytest
import typer

from nlpclaims import console
from nlpclaims.cli import app
from nlpclaims.cli.articles import Format, format_name
from nlpclaims.cli.job import Job, run
from nlpclaims.console import Report, exit_codes, uninterrupted
from nlpclaims.errors import ModelError, OutputError
from nlpclaims.records import Article, Claim, Failure, json_schema


@dataclass(frozen=True)
class Run:
    """How a run of the command ended."""

    code: int
    stdout: str
    stderr: str


def environment(**extra: str) -> dict[str, str]:
    """The tests' environment without what changes the look of output, so that it is the same everywhere."""
    unset = {"NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES", "TERM", "PYTHONIOENCODING", "GITHUB_ACTIONS", "PY_COLORS"}
    kept = {name: value for name, value in os.environ.items() if name not in unset}
    return {**kept, "TERM": "xterm-256color", **extra}


@pytest.fixture(scope="session")
def run_nlpclaims() -> Callable[..., Run]:
    """Run ``nlpclaims`` as a process of its own, with ``stdin`` piped in where it is given."""

    def run(*arguments: str, stdin: str | bytes = b"", cwd: Path | None = None, **env: str) -> Run:
        data = stdin.encode() if isinstance(stdin, str) else stdin
        done = subprocess.run(
            command(arguments),
            input=data,
            capture_output=True,
            cwd=cwd,
            env=environment(**env),
            timeout=300,
            check=False,
        )
        return Run(done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8"))

    return run


def command(arguments: Sequence[str]) -> list[str]:
    """The command line that starts ``nlpclaims`` with this Python."""
    return [sys.executable, "-m", "nlpclaims", *arguments]


RunNlpclaims = Callable[..., Run]
GERMAN = "Der Minister sagte am Montag, dass die Brücke bis zum Frühjahr gesperrt bleibt, weil ihre Seile rosten. " * 5

posix = pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")


def records(output: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in output.splitlines()]


def without_escapes(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, pact: str) -> Path:
    """Good articles of each kind, and one of each kind of bad one."""
    folder = tmp_path_factory.mktemp("articles")
    news = folder / "news"
    (news / "more").mkdir(parents=True)
    (news / "bad.txt").write_bytes(b"caf\xe9 owners said so")
    (news / "controls.txt").write_bytes(b"The mayor said that the \x1b[31mbridge\x07 was\x00 closed.")
    (news / "deutsch.txt").write_text(GERMAN, encoding="utf-8")
    (news / "empty.txt").write_bytes(b"")
    (news / "long.txt").write_text("The mayor said that the bridge was closed." + "\n" * 1_100_000, encoding="utf-8")
    (news / "more" / "marked.md").write_bytes(b"\xef\xbb\xbf# News\r\n\r\n" + pact.encode())
    rows = [
        '{"id": "row one", "text": "Police said that the road was open."}',
        "{broken",
        "",
        '{"id": 3}',
        '{"text": ""}',
    ]
    (news / "rows.jsonl").write_text("\n".join(rows), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def piped(run_nlpclaims: RunNlpclaims, folder: Path) -> Run:
    """A folder, a missing file and a folder without articles, read in one run with its output piped."""
    (folder / "void").mkdir()
    return run_nlpclaims("extract", "news", "gone.txt", "void", cwd=folder)


class TestExtractToAPipe:
    def test_writes_valid_records(self, piped: Run) -> None:
        validator = jsonschema.Draft202012Validator(json_schema())
        found = records(piped.stdout)
        assert found
        for record in found:
            validator.validate(record)

    def test_reads_every_kind_of_article(self, piped: Run) -> None:
        documents = [record["document"] for record in records(piped.stdout)]
        assert documents == sorted(documents, key=documents.index)
        assert {"news/long.txt", "news/more/marked.md", "row one"} <= set(documents)
        assert "news/empty.txt" not in documents

    def test_offsets_are_into_the_text_as_read(self, piped: Run, folder: Path) -> None:
        text = (folder / "news" / "more" / "marked.md").read_bytes().decode("utf-8-sig")
        found = [record for record in records(piped.stdout) if record["document"] == "news/more/marked.md"]
        assert found
        for record in found:
            for span in (record["source"], record["cue"], record["actor"] and record["actor"]["mention"]):
                assert span is None or text[span["start"] : span["end"]] == span["text"]
            pieces = [text[span["start"] : span["end"]] for span in record["claim"]["spans"]]
            assert " ".join(pieces) == record["claim"]["text"]

    def test_says_what_failed_in_a_line_each_and_counts(self, piped: Run) -> None:
        assert piped.code == 1
        errors = [line for line in piped.stderr.splitlines() if line.startswith("error: ")]
        expected = (
            "error: news/bad.txt: cannot be decoded as utf-8",
            "error: news/rows.jsonl:2: not JSON",
            "error: news/rows.jsonl:4: has no text",
            "error: gone.txt: no such file or folder",
            "error: void: holds no article",
        )
        assert len(errors) == len(expected)
        for line, start in zip(errors, expected, strict=True):
            assert line.startswith(start)
        assert piped.stderr.splitlines()[-1].startswith("5 of 12 failed: ")

    def test_warns_of_another_language(self, piped: Run) -> None:
        warnings = [line for line in piped.stderr.splitlines() if line.startswith("warning: ")]
        assert len(warnings) == 1
        assert "news/deutsch.txt: the text does not look English" in warnings[0]

    def test_shows_no_traceback_and_no_escape_codes(self, piped: Run) -> None:
        assert "Traceback" not in piped.stderr
        assert "\x1b" not in piped.stderr + piped.stdout


@pytest.fixture(scope="module")
def from_stdin(run_nlpclaims: RunNlpclaims) -> Run:
    """Text with markup piped in, the table asked for though it goes to a pipe."""
    text = "The minister said that [bold]the [/red]bridge was closed.\r\n"
    return run_nlpclaims("extract", "--format", "table", stdin=text, NO_COLOR="1")


class TestExtractFromAPipe:
    def test_needs_no_path(self, from_stdin: Run) -> None:
        assert from_stdin.code == 0
        assert from_stdin.stdout.startswith("standard input · ")

    def test_table_is_plain_text_with_markup_as_it_is(self, from_stdin: Run) -> None:
        assert "[bold]the [/red]bridge was closed" in from_stdin.stdout
        assert "\x1b" not in from_stdin.stdout

    def test_says_nothing_of_a_run_that_went_well(self, from_stdin: Run) -> None:
        assert from_stdin.stderr == ""


@pytest.fixture(scope="module")
def to_file(run_nlpclaims: RunNlpclaims, tmp_path_factory: pytest.TempPathFactory, pact: str) -> tuple[Run, Path]:
    folder = tmp_path_factory.mktemp("output")
    (folder / "pact.txt").write_text(pact, encoding="utf-16")
    done = run_nlpclaims("extract", "pact.txt", "-o", "out.csv", "--encoding", "utf-16", cwd=folder)
    return done, folder


class TestExtractToAFile:
    def test_suffix_names_the_format(self, to_file: tuple[Run, Path]) -> None:
        _, folder = to_file
        with (folder / "out.csv").open(encoding="utf-8", newline="") as lines:
            rows = list(csv.DictReader(lines))
        assert {row["document"] for row in rows} == {"pact.txt"}

    def test_nothing_else_is_written(self, to_file: tuple[Run, Path]) -> None:
        done, folder = to_file
        assert done == Run(0, "", "")
        assert sorted(path.name for path in folder.iterdir()) == ["out.csv", "pact.txt"]


class TestWhatNeedsNoPipeline:
    """None of these may wait for the pipeline, so each is quick to run as a process."""

    def test_missing_file(self, run_nlpclaims: RunNlpclaims, tmp_path: Path) -> None:
        done = run_nlpclaims("extract", "gone.txt", "-f", "json", cwd=tmp_path)
        assert (done.code, json.loads(done.stdout)) == (1, [])
        assert done.stderr == "error: gone.txt: no such file or folder\n1 of 1 failed: 0 claims from 0 articles\n"

    def test_unknown_encoding(self, run_nlpclaims: RunNlpclaims) -> None:
        done = run_nlpclaims("extract", "--encoding", "klingon", stdin="x")
        assert (done.code, done.stdout) == (2, "")
        assert "no text encoding 'klingon'" in done.stderr

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (["--output", "a", "--output-dir", "b"], "--output-dir"),
            (["--resume"], "needs --output or --output-dir"),
            (["--resume", "-o", "a.csv"], "not with csv"),
            (["--max-chars", "0"], "--max-chars"),
            (["-o", "a.csv.gz"], "leave .gz out"),
            (["-o", "a.GZ", "-f", "csv"], "leave .gz out"),
            (["-o", "a.graphml"], "stances --aggregate"),
        ],
    )
    def test_options_that_do_not_go_together(
        self, run_nlpclaims: RunNlpclaims, tmp_path: Path, arguments: list[str], message: str
    ) -> None:
        done = run_nlpclaims("extract", *arguments, stdin="x", cwd=tmp_path)
        assert (done.code, done.stdout) == (2, "")
        assert message in done.stderr
        assert not list(tmp_path.iterdir())

    def test_a_format_goes_before_the_suffix(self) -> None:
        assert format_name(Format.json, Path("a.graphml")) == format_name(Format.json, Path("a.csv")) == "json"

    @pytest.mark.parametrize("value", ["1.5", "-0.1", "nan", "high"])
    def test_confidence_is_a_probability(self, run_nlpclaims: RunNlpclaims, value: str) -> None:
        done = run_nlpclaims("extract", f"--min-confidence={value}", stdin="x")
        assert (done.code, done.stdout) == (2, "")
        assert "--min-confidence" in done.stderr

    def test_output_that_cannot_be_written(self, run_nlpclaims: RunNlpclaims, tmp_path: Path) -> None:
        done = run_nlpclaims("extract", "-o", "none/out.json", stdin="x", cwd=tmp_path)
        assert (done.code, done.stdout) == (2, "")
        assert done.stderr == "error: none/out.json: cannot be written: there is no folder none\n"

    @pytest.mark.parametrize(
        "options",
        [["-o", "a" * 300], ["-o", "a" * 245 + ".jsonl"], ["--resume", "-o", "a" * 300], ["--output-dir", "a" * 300]],
    )
    def test_name_too_long_for_the_output_or_what_is_beside_it(
        self, run_nlpclaims: RunNlpclaims, tmp_path: Path, options: list[str]
    ) -> None:
        done = run_nlpclaims("extract", *options, stdin="x", cwd=tmp_path)
        assert (done.code, done.stdout) == (2, "")
        assert re.fullmatch(r"error: a+\S*: cannot be written: File name too long\n", done.stderr)
        assert not list(tmp_path.iterdir())

    @pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may enter anywhere")
    @pytest.mark.parametrize("options", [["-o", "shut/a"], ["--resume", "-o", "shut/a"], ["--output-dir", "shut/a"]])
    def test_folder_that_may_not_be_entered(
        self, run_nlpclaims: RunNlpclaims, tmp_path: Path, options: list[str]
    ) -> None:
        (tmp_path / "shut").mkdir(mode=0)
        done = run_nlpclaims("extract", *options, stdin="x", cwd=tmp_path)
        assert (done.code, done.stdout) == (2, "")
        assert re.fullmatch(r"error: shut/\S+: cannot be written: Permission denied\n", done.stderr)

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
    @pytest.mark.parametrize("arguments", [["schema"], ["--version"], ["extract", "gone.txt", "-f", "csv"]])
    def test_full_disk(self, arguments: list[str]) -> None:
        with Path("/dev/full").open("w") as full:
            done = subprocess.run(command(arguments), stdout=full, stderr=subprocess.PIPE, check=False, timeout=60)
        assert done.returncode == 2
        assert b"error: standard output cannot be written: No space left on device" in done.stderr
        assert b"Traceback" not in done.stderr
        assert b"Exception ignored" not in done.stderr

    def test_schema(self, run_nlpclaims: RunNlpclaims) -> None:
        done = run_nlpclaims("schema")
        assert (done.code, json.loads(done.stdout), done.stderr) == (0, json_schema(), "")

    def test_version(self, run_nlpclaims: RunNlpclaims) -> None:
        done = run_nlpclaims("--version")
        assert done.code == 0
        assert re.fullmatch(r"nlpclaims \S+\n", done.stdout)

    def test_help_imports_nothing_heavy(self) -> None:
        arguments = [sys.executable, "-X", "importtime", "-m", "nlpclaims", "extract", "-h"]
        done = subprocess.run(arguments, capture_output=True, text=True, env=environment(), check=True, timeout=60)
        assert "--min-confidence" in done.stdout
        imported = {line.split("|")[-1].strip().split(".")[0] for line in done.stderr.splitlines()}
        assert "nlpclaims" in imported
        assert not imported & {"spacy", "thinc", "numpy", "jsonlines"}

    def test_completion(self, run_nlpclaims: RunNlpclaims) -> None:
        asked = {"_NLPCLAIMS_COMPLETE": "complete_bash", "COMP_WORDS": "nlpclaims e", "COMP_CWORD": "1"}
        assert run_nlpclaims(**asked).stdout.split() == ["extract", "evaluate"]


class TestBrokenModel:
    @pytest.mark.parametrize("model", ["no/such/folder", "no_such_package", "broken"])
    def test_is_told_and_nothing_written(
        self, run_nlpclaims: RunNlpclaims, tmp_path: Path, pact: str, model: str
    ) -> None:
        (tmp_path / "broken").mkdir()
        (tmp_path / "broken" / "meta.json").write_text("{")
        done = run_nlpclaims("extract", "-", "--model", model, "-o", "out.json", stdin=pact, cwd=tmp_path)
        assert (done.code, done.stdout) == (2, "")
        assert done.stderr.startswith("error: ")
        assert model in done.stderr
        assert done.stderr.count("\n") == 1
        assert [path.name for path in tmp_path.iterdir()] == ["broken"]


def run_on_terminal(arguments: list[str], *, terminal: tuple[str, ...], **files: Any) -> tuple[int, str]:
    """Run with the streams in ``terminal`` on a pseudo-terminal of 80 columns; the exit code and what it shows."""
    import fcntl
    import pty
    import termios

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    streams = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.DEVNULL)
    streams = {**streams, **dict.fromkeys(terminal, theirs), **files}
    process = subprocess.Popen(command(arguments), env=environment(), **streams)
    os.close(theirs)
    shown = b"".join(iter(lambda: _read(ours), b""))
    os.close(ours)
    return process.wait(timeout=60), shown.decode("utf-8")


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 65536)
    except OSError:  # how Linux says that the other side of a pseudo-terminal is closed
        return b""


@pytest.fixture(scope="module")
def article(tmp_path_factory: pytest.TempPathFactory, pact: str) -> Path:
    path = tmp_path_factory.mktemp("terminal") / "pact.txt"
    path.write_text(pact, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def shown(article: Path) -> tuple[int, str]:
    """One article read with everything on one terminal."""
    return run_on_terminal(["extract", str(article)], terminal=("stdin", "stdout", "stderr"))


@posix
class TestTerminal:
    def test_gets_the_table_in_colour(self, shown: tuple[int, str], article: Path) -> None:
        code, text = shown
        assert code == 0
        assert article.name in text.split("\n")[0]
        assert "\x1b[1mJens Stoltenberg\x1b[0m" in text
        assert "the pact was a worry for Europe" in without_escapes(text)

    def test_gets_a_summary(self, shown: tuple[int, str]) -> None:
        assert re.fullmatch(r"done: \d claims? from 1 article", without_escapes(shown[1]).split("\r\n")[-2])

    def test_data_goes_to_the_file_while_progress_shows(self, article: Path, tmp_path: Path) -> None:
        paths = [str(article)] * 3
        with (tmp_path / "out.jsonl").open("wb") as file:
            code, text = run_on_terminal(["extract", *paths], terminal=("stderr",), stdout=file)
        found = records((tmp_path / "out.jsonl").read_text(encoding="utf-8"))
        assert code == 0
        assert len(found) >= 3
        assert [record["document"] for record in found] == [article.as_posix()] * len(found)
        assert "Reading articles" in text
        assert "3/3" in text
        assert f"done: {len(found)} claims from 3 articles" in without_escapes(text)

    def test_without_a_path_asks_for_one(self) -> None:
        code, text = run_on_terminal(["extract"], terminal=("stdin", "stderr"))
        assert code == 2
        assert "name an article or a folder" in without_escapes(text)


@posix
class TestCutShort:
    def test_messages_that_nobody_reads_cost_no_data(self, tmp_path: Path) -> None:
        reader, writer = os.pipe()
        os.close(reader)
        arguments = command(["extract", "gone.txt", "lost.txt", "-f", "json"])
        done = subprocess.run(
            arguments, stdout=subprocess.PIPE, stderr=writer, cwd=tmp_path, env=environment(), check=False, timeout=60
        )
        os.close(writer)
        assert (done.returncode, json.loads(done.stdout)) == (1, [])

    def test_closed_pipe_is_quiet(self, tmp_path: Path, pact: str) -> None:
        (tmp_path / "pact.txt").write_text(pact, encoding="utf-8")
        process = subprocess.Popen(
            command(["extract", "pact.txt", "pact.txt"]),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=tmp_path,
            env=environment(),
        )
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        with process.stderr:
            assert process.stderr.read() == b""
        assert process.wait(timeout=60) == 0

    @pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
    def test_interrupt_leaves_nothing_half_written(self, tmp_path: Path, number: signal.Signals, code: int) -> None:
        process = subprocess.Popen(
            command(["extract", "-", "-o", "out.json"]),
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=tmp_path,
            env=environment(),
        )
        assert process.stdin
        assert process.stderr
        deadline = time.monotonic() + 60
        while not list(tmp_path.iterdir()) and time.monotonic() < deadline:
            select.select([], [], [], 0.02)
        assert [path.suffix for path in tmp_path.iterdir()] == [".tmp"]
        process.send_signal(number)
        assert process.wait(timeout=60) == code
        process.stdin.close()
        with process.stderr:
            assert process.stderr.read() == b"error: interrupted\n"
        assert not list(tmp_path.iterdir())


@posix
class TestStopped:
    """Runs of the real pipeline that are stopped while it works."""

    def start(self, folder: Path, *options: str) -> "subprocess.Popen[bytes]":
        arguments = ["extract", "news", "-o", "claims.jsonl", *options]
        return subprocess.Popen(command(arguments), stderr=subprocess.PIPE, cwd=folder, env=environment())

    def wait_for(self, path: Path, size: int) -> None:
        deadline = time.monotonic() + 120
        while not (path.exists() and path.stat().st_size > size) and time.monotonic() < deadline:
            select.select([], [], [], 0.02)

    @pytest.fixture
    def news(self, tmp_path: Path) -> Path:
        (tmp_path / "news").mkdir()
        for sample in sorted((Path(__file__).parents[1] / "samples").glob("*.txt")):
            (tmp_path / "news" / sample.name).write_bytes(sample.read_bytes())
        return tmp_path

    def test_interrupt_does_not_wait_for_a_long_article(self, news: Path) -> None:
        long = (news / "news" / "pact.txt").read_text(encoding="utf-8")
        (news / "news" / "z.txt").write_text(long * 2000, encoding="utf-8")
        (news / "news" / "zz.txt").write_text(long * 2000, encoding="utf-8")
        process = self.start(news, "--workers", "2", "--resume")
        self.wait_for(news / "claims.jsonl.journal", 300)
        process.send_signal(signal.SIGINT)
        sent = time.monotonic()
        _, told = process.communicate(timeout=60)
        assert time.monotonic() - sent < 10  # 0.2 s on an idle machine; the article takes minutes
        assert process.returncode == 130
        assert told == b"error: interrupted; the same command goes on from here\n"
        lines = (news / "claims.jsonl.part").read_text(encoding="utf-8")
        assert {record["document"] for record in records(lines)} >= {"news/asia.txt"}
        assert not (news / "claims.jsonl").exists()

    @pytest.mark.parametrize("workers", ["1", "2"])
    def test_a_killed_run_goes_on_to_the_same_bytes(
        self, news: Path, run_nlpclaims: RunNlpclaims, workers: str
    ) -> None:
        process = self.start(news, "--resume", "--workers", workers)
        self.wait_for(news / "claims.jsonl.part", 0)
        process.kill()
        process.communicate()
        assert not (news / "claims.jsonl").exists()
        assert run_nlpclaims("extract", "news", "-o", "claims.jsonl", "--resume", cwd=news) == Run(0, "", "")
        undisturbed = run_nlpclaims("extract", "news", cwd=news).stdout
        assert (news / "claims.jsonl").read_text(encoding="utf-8") == undisturbed
        assert sorted(path.name for path in news.iterdir()) == ["claims.jsonl", "news"]


class StubExtractor:
    """Gives each article the claims that the test says; fails on ``fails``; reads ahead of what it has done."""

    def __init__(self, claims: dict[str, list[Claim]], reads_ahead: bool = False):
        self.claims = claims
        self.reads_ahead = reads_ahead

    def extract_many(self, articles: Iterable[Article], on_failure: Callable[[Failure], None]) -> Iterator[list[Claim]]:
        for article in list(articles) if self.reads_ahead else articles:
            if article.text == "interrupt":
                raise KeyboardInterrupt
            if article.text == "fails":
                on_failure(Failure(article.id, "MemoryError", "too long"))
                yield []
            else:
                yield self.claims.get(article.text, [])


class TestRun:
    """The plain function behind the command, with a pipeline that finds what the test wants."""

    @pytest.fixture
    def jsonl(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> Callable[..., tuple[list[dict[str, Any]], Report]]:
        def extract(
            claims: dict[str, list[Claim]], rows: list[dict[str, str]], *, reads_ahead: bool = False, **options: Any
        ) -> tuple[list[dict[str, Any]], Report]:
            stub = StubExtractor(claims, reads_ahead)
            monkeypatch.setattr("nlpclaims.extractor.load", lambda _model: stub)
            path, output = tmp_path / "rows.jsonl", tmp_path / "out.jsonl"
            path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
            report = Report()
            run(Job([str(path)], output=output, **options), report)
            return records(output.read_text(encoding="utf-8")), report

        return extract

    @pytest.mark.parametrize(("least", "kept"), [(0.0, 3), (0.5, 2), (0.87, 1), (1.0, 0)])
    def test_min_confidence(self, jsonl: Any, claim: Claim, least: float, kept: int) -> None:
        claims = [replace(claim, confidence=value) for value in (0.87, 0.5, 0.0)]
        found, report = jsonl({"x": claims}, [{"text": "x"}], min_confidence=least)
        assert [record["confidence"] for record in found] == [0.87, 0.5, 0.0][:kept]
        assert (report.articles, report.claims, report.failures) == (1, kept, 0)

    @pytest.mark.parametrize("reads_ahead", [False, True])
    def test_failing_article_costs_only_itself(
        self, jsonl: Any, claim: Claim, capsys: pytest.CaptureFixture[str], reads_ahead: bool
    ) -> None:
        rows = [
            {"id": "a", "text": "x"},
            {"id": "b", "text": "fails"},
            {"id": "b", "text": "x"},
            {"id": "c", "text": ""},
        ]
        found, report = jsonl({"x": [claim]}, rows, reads_ahead=reads_ahead)
        assert found == [claim.to_dict()] * 2
        assert (report.articles, report.claims, report.failures) == (3, 2, 1)
        assert capsys.readouterr().err == "error: b: too long\n"

    def test_output_of_the_last_run_is_not_read(self, jsonl: Any, claim: Claim, tmp_path: Path) -> None:
        jsonl({"x": [claim]}, [{"text": "x"}])
        report = Report()
        run(Job([str(tmp_path)], output=tmp_path / "out.jsonl"), report)
        assert (report.articles, report.failures) == (1, 0)

    def test_output_of_the_last_run_is_kept_where_nothing_can_be_read(
        self, jsonl: Any, claim: Claim, tmp_path: Path
    ) -> None:
        found, _ = jsonl({"x": [claim]}, [{"text": "x"}])
        report = Report()
        run(Job([str(tmp_path / "mistyped")], output=tmp_path / "out.jsonl"), report)
        assert report.failures == 1
        assert records((tmp_path / "out.jsonl").read_text(encoding="utf-8")) == found

    def test_output_over_an_input_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "a.txt").write_text("x")
        (tmp_path / "link").symlink_to(tmp_path / "a.txt")
        with pytest.raises(OutputError, match="is an article to read"):
            run(Job([str(tmp_path / "a.txt")], output=tmp_path / "link"), Report())
        assert (tmp_path / "a.txt").read_text() == "x"

    def test_interrupted_json_is_well_formed(
        self, monkeypatch: pytest.MonkeyPatch, claim: Claim, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        for name, text in (("a.txt", "x"), ("b.txt", "interrupt")):
            (tmp_path / name).write_text(text)
        monkeypatch.setattr("nlpclaims.extractor.load", lambda _model: StubExtractor({"x": [claim]}))
        with pytest.raises(KeyboardInterrupt):
            run(Job([str(tmp_path)], format="json"), Report())
        assert json.loads(capsys.readouterr().out) == [claim.to_dict()]

    @pytest.mark.parametrize(
        ("names", "wanted", "pools"),
        [
            (["a.txt"], None, []),
            (["a.txt"], 4, []),
            (["a.txt", "b.txt"], None, [2]),
            (["rows.jsonl"], None, [8]),
        ],
    )
    def test_workers_are_no_more_than_articles(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, names: list[str], wanted: int | None, pools: list[int]
    ) -> None:
        opened: list[int] = []

        def open_pool(workers: int, *_: Any) -> Any:
            opened.append(workers)
            return nullcontext(StubExtractor({}))

        monkeypatch.setattr("nlpclaims.cli.job.cores", lambda: 8)
        monkeypatch.setattr("nlpclaims.batch.WorkerPool", open_pool)
        monkeypatch.setattr("nlpclaims.extractor.load", lambda _model: StubExtractor({}))
        paths = [tmp_path / name for name in names]
        for path in paths:
            path.write_text(json.dumps({"text": "x" * 1_000_000}))
        run(Job([str(path) for path in paths], output=tmp_path / "out.jsonl", workers=wanted), Report(quiet=True))
        assert opened == pools

    def test_workers_start_before_the_language_is_looked_at(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (tmp_path / "a.txt").write_text(GERMAN, encoding="utf-8")
        told: list[str] = []

        def load(_model: object) -> StubExtractor:
            told.append(capsys.readouterr().err)
            return StubExtractor({})

        monkeypatch.setattr("nlpclaims.extractor.load", load)
        run(Job([str(tmp_path)], output=tmp_path / "out.jsonl"), Report())
        assert told == [""]
        assert "does not look English" in capsys.readouterr().err

    def test_quiet_keeps_errors_only(self, capsys: pytest.CaptureFixture[str]) -> None:
        report = Report(quiet=True)
        report.warning("odd")
        report.article(2)
        report.summary()
        assert capsys.readouterr().err == ""
        report.failure(Failure("a\x1b.txt", "missing", "no such\nfile"))
        report.summary()
        assert capsys.readouterr().err == "error: a\\x1b.txt: no such file\n"


class TestRunOverFolders:
    """The same, with files beside the claims: an output for each input, what failed, and what is kept of a run."""

    @pytest.fixture(autouse=True)
    def stub(self, monkeypatch: pytest.MonkeyPatch, claim: Claim) -> list[str]:
        """A pipeline that finds one claim in each article; the articles that it reads."""
        read: list[str] = []

        class Stub:
            def extract_many(self, articles: Iterable[Article], on_failure: Any) -> Iterator[list[Claim]]:
                for article in articles:
                    if article.text == "interrupt":
                        raise KeyboardInterrupt
                    read.append(article.id)
                    if article.text == "fails":
                        on_failure(Failure(article.id, "crash", "as told"))
                    yield [] if article.text == "fails" else [replace(claim, document=article.id)]

        monkeypatch.setattr("nlpclaims.extractor.load", lambda _model: Stub())
        return read

    @pytest.fixture
    def news(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        monkeypatch.chdir(tmp_path)
        for name, text in {
            "a.txt": "x",
            "more/b.md": "x",
            "more/rows.jsonl": '{"id": "r1", "text": "x", "title": "One", "url": "https://e.org"}\n'
            '{"id": "r2", "text": "y"}\n',
            "bad.txt": "caf\udce9",
            "fails.txt": "fails",
        }.items():
            path = Path("news", name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", errors="surrogateescape")
        return Path("news")

    def tree(self, folder: str | Path) -> dict[str, list[str]]:
        """The documents in each file of claims."""
        return {
            path.relative_to(folder).as_posix(): [
                record["document"] for record in records(path.read_text(encoding="utf-8"))
            ]
            for path in sorted(Path(folder).rglob("*"))
            if path.is_file()
        }

    OUTPUTS: ClassVar = {
        "a.txt.jsonl": ["news/a.txt"],
        "failures.jsonl": ["news/bad.txt", "news/fails.txt"],
        "more/b.md.jsonl": ["news/more/b.md"],
        "more/rows.jsonl.jsonl": ["r1", "r2"],
    }

    @pytest.mark.parametrize("resume", [False, True])
    def test_folder_mirrors_the_input(self, news: Path, resume: bool) -> None:
        report = Report()
        run(Job([str(news)], output_dir=Path("out/claims"), resume=resume), report)
        assert self.tree("out/claims") == self.OUTPUTS
        assert (report.articles, report.claims, report.failures) == (4, 4, 2)

    def test_folder_inside_the_input_is_not_read(self, news: Path) -> None:
        for _ in range(2):
            run(Job([str(news)], output_dir=news / "claims"), Report())
            assert self.tree(news / "claims") == self.OUTPUTS

    @pytest.mark.parametrize("resume", [False, True])
    def test_no_claims_of_an_earlier_run_stand_for_an_input_that_gives_none(self, news: Path, resume: bool) -> None:
        job = Job([str(news)], output_dir=Path("out"), resume=resume)
        run(job, Report())
        changed = {"a.txt": "fails", "more/b.md": "caf\udce9", "more/rows.jsonl": "\n", "fails.txt": "x"}
        for name, text in changed.items():
            (news / name).write_text(text, encoding="utf-8", errors="surrogateescape")
        run(job, Report())
        failed = ["news/a.txt", "news/bad.txt", "news/more/b.md"]
        assert self.tree("out") == {
            "failures.jsonl": failed,
            "fails.txt.jsonl": ["news/fails.txt"],
            "more/rows.jsonl.jsonl": [],
        }

    @pytest.mark.parametrize(("format_name", "text"), [("json", "[]\n"), ("jsonl", ""), ("table", "")])
    def test_an_input_without_articles_has_a_file(self, news: Path, format_name: str, text: str) -> None:
        (news / "more" / "rows.jsonl").write_text("")
        run(Job(["news/more/rows.jsonl"], output_dir=Path("out"), format=format_name), Report())
        (path,) = Path("out").iterdir()
        assert path.read_text() == text

    def test_claims_of_an_earlier_run_are_kept_where_nothing_can_be_read(self, news: Path) -> None:
        run(Job(["news/a.txt"], output_dir=Path("out")), Report())
        (news / "a.txt").unlink()
        run(Job(["news/a.txt"], output_dir=Path("out")), Report())
        assert self.tree("out") == {"a.txt.jsonl": ["news/a.txt"], "failures.jsonl": ["news/a.txt"]}

    def test_formats_and_ways_to_name_inputs(self, news: Path) -> None:
        run(Job([str(news / "a.txt"), "news/m*/*.md"], output_dir=Path("out"), format="csv"), Report())
        assert sorted(path.as_posix() for path in Path("out").rglob("*.*")) == ["out/a.txt.csv", "out/more/b.md.csv"]

    @pytest.mark.parametrize(
        ("names", "output_dir", "message"),
        [
            (["news"], "news", "is a folder to read"),
            (["news", "news/a.txt"], "out", r"would hold the claims of news/a.txt and of news/a.txt"),
            (["news/more", "other"], "out", r"claims of news/more/b.md and of other/b.md"),
            (["news/a.txt", "news/more"], ".", "a.txt.jsonl: is an article to read"),
            (["news", "other/failures"], "out", "out/failures.jsonl: is where it is listed what failed"),
        ],
    )
    def test_no_output_takes_anothers_place(self, news: Path, names: list[str], output_dir: str, message: str) -> None:
        (news.parent / "other").mkdir()
        (news.parent / "other" / "b.md").write_text("x")
        (news.parent / "other" / "failures").write_text("x")
        Path("a.txt.jsonl").write_text("precious")
        (news / "more" / "link.txt").symlink_to(Path("a.txt.jsonl").absolute())
        with pytest.raises(OutputError, match=message):
            run(Job(names, output_dir=Path(output_dir)), Report())
        assert Path("a.txt.jsonl").read_text() == "precious"

    @pytest.mark.skipif(sys.platform != "linux", reason="file names are text there")
    def test_odd_names(self, tmp_path: Path) -> None:
        (tmp_path / "in").mkdir()
        for name in ("x" * 251 + ".txt", os.fsdecode(b"caf\xe9.txt"), "new\nline.txt"):
            (tmp_path / "in" / name).write_text("x")
        report = Report()
        run(Job([str(tmp_path / "in")], output_dir=tmp_path / "out"), report)
        assert (report.articles, report.failures) == (2, 1)
        found = sorted(path.name for path in (tmp_path / "out").iterdir())
        assert found == [os.fsdecode(b"caf\xe9.txt.jsonl"), "failures.jsonl", "new\nline.txt.jsonl"]
        (failure,) = records((tmp_path / "out" / "failures.jsonl").read_text(encoding="utf-8"))
        assert failure["kind"] == "unwritable"

    def test_failures_are_listed_beside_the_output_as_they_occur(self, news: Path) -> None:
        failures = Path("claims.failures.jsonl")
        failures.write_text("an earlier run's")
        (news / "z.txt").write_text("interrupt")
        with pytest.raises(KeyboardInterrupt):
            run(Job([str(news)], output=Path("claims.jsonl")), Report())
        first, second = records(failures.read_text(encoding="utf-8"))
        assert set(first) == {"document", "kind", "message"}
        assert (first["document"], first["kind"]) == ("news/bad.txt", "undecodable")
        assert second == {"document": "news/fails.txt", "kind": "crash", "message": "as told"}
        assert not Path("claims.jsonl").exists()
        run(Job(["news/a.txt"], output=Path("claims.jsonl")), Report())
        assert not failures.exists()

    def test_no_list_of_failures_beside_a_device(self, news: Path) -> None:
        assert Job([str(news)], output=Path(os.devnull)).failures is None

    def test_interrupted_run_goes_on(self, news: Path, stub: list[str]) -> None:
        output = Path("claims.jsonl")
        (news / "more" / "m.txt").write_text("interrupt")
        job = Job([str(news)], output=output, resume=True)
        with pytest.raises(KeyboardInterrupt):
            run(job, Report())
        assert stub == ["news/a.txt", "news/fails.txt", "news/more/b.md"]
        assert not output.exists()
        stub.clear()
        (news / "more" / "m.txt").write_text("x")
        (news / "a.txt").write_text("changed")
        report = Report()
        run(job, report)
        assert stub == ["news/a.txt", "news/fails.txt", "news/more/m.txt", "r1", "r2"]
        assert (report.articles, report.claims, report.failures) == (5, 5, 2)
        resumed = output.read_bytes()
        run(replace(job, resume=False), Report())
        assert output.read_bytes() == resumed
        assert sorted(path.name for path in Path().iterdir()) == ["claims.failures.jsonl", "claims.jsonl", "news"]

    @pytest.mark.parametrize("other", [{"min_confidence": 0.5}, {"metadata": True}, {"model": "."}])
    def test_other_options_do_not_go_on(self, news: Path, other: dict[str, Any]) -> None:
        (news / "z.txt").write_text("interrupt")
        job = Job([str(news)], output=Path("claims.jsonl"), resume=True)
        with pytest.raises(KeyboardInterrupt):
            run(job, Report())
        with pytest.raises(OutputError, match="an earlier run had"):
            run(replace(job, **other), Report())
        assert Path("claims.jsonl.part").exists()

    def test_finished_documents_alone_need_no_pipeline(
        self, news: Path, monkeypatch: pytest.MonkeyPatch, stub: list[str]
    ) -> None:
        (news / "z.txt").write_text("interrupt")
        job = Job(["news/a.txt", "news/more", "news/z.txt"], output=Path("claims.jsonl"), resume=True)
        with pytest.raises(KeyboardInterrupt):
            run(job, Report())
        assert len(stub) == 4
        monkeypatch.setattr("nlpclaims.extractor.load", None)
        run(replace(job, names=job.names[:2]), Report())
        found = records(Path("claims.jsonl").read_text(encoding="utf-8"))
        assert [record["document"] for record in found] == ["news/a.txt", "news/more/b.md", "r1", "r2"]

    def test_metadata_is_in_records_that_ask_for_it(self, news: Path) -> None:
        output = Path("claims.jsonl")
        run(Job([str(news)], output=output, metadata=True), Report())
        found = {record["document"]: record["metadata"] for record in records(output.read_text(encoding="utf-8"))}
        assert found["r1"] == {"title": "One", "date": None, "url": "https://e.org"}
        assert found["news/a.txt"] == {"title": None, "date": None, "url": None}
        for record in records(output.read_text(encoding="utf-8")):
            jsonschema.validate(record, json_schema())
        run(Job([str(news)], output=output), Report())
        assert all("metadata" not in record for record in records(output.read_text(encoding="utf-8")))

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
    def test_full_disk_is_told(self, news: Path) -> None:
        with pytest.raises(OutputError, match="/dev/full: cannot be written: No space left on device"):
            run(Job([str(news)], output=Path("/dev/full")), Report())


class TestProgress:
    """Where stderr is no terminal."""

    def told(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], **how: Any) -> list[str]:
        clock = iter(range(0, 10_000, 7))
        monkeypatch.setattr("nlpclaims.console.monotonic", lambda: next(clock))
        report = Report(**how)
        with report.progress(40, show=True, size=4000):
            for _ in range(20):
                report.read(100)
                report.article(claims=2, words=500)
        report.summary()
        return capsys.readouterr().err.splitlines()

    @pytest.mark.parametrize("noun", ["claim", "stance"])
    def test_is_a_line_a_minute_with_all_that_counts(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], noun: str
    ) -> None:
        *lines, last = self.told(monkeypatch, capsys, noun=noun)
        assert 2 <= len(lines) <= 5
        pattern = rf"so far: \d+/40 · \d+ words/s · \d+ {noun}s · \d:\d\d:\d\d left"
        assert all(re.fullmatch(pattern, line) for line in lines)
        assert re.fullmatch(rf"done: 40 {noun}s from 20 articles at \d+ words/s", last)

    def test_speed_is_that_of_this_run_wherever_articles_are_kept(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        now = 0
        monkeypatch.setattr("nlpclaims.console.monotonic", lambda: now)
        report = Report()
        with report.progress(3, show=True):
            now = 1000
            report.kept(claims=1)
            now += 100
            report.article(claims=1, words=500_000)
            report.kept(claims=1)
        report.summary()
        assert capsys.readouterr().err.splitlines()[-1] == "done: 3 claims from 3 articles at 5,000 words/s"

    def test_is_not_shown_where_it_is_not_wanted(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert self.told(monkeypatch, capsys, quiet=True) == []


class TestExitCodes:
    @pytest.mark.parametrize(
        ("error", "code", "message"),
        [
            (ModelError("the pipeline is broken"), 2, "error: the pipeline is broken\n"),
            (KeyboardInterrupt(), 130, "error: interrupted\n"),
        ],
    )
    def test_of_what_ends_a_run(
        self, capsys: pytest.CaptureFixture[str], error: BaseException, code: int, message: str
    ) -> None:
        with pytest.raises(typer.Exit) as exit_, exit_codes():
            raise error
        assert exit_.value.exit_code == code
        assert capsys.readouterr().err == message

    def test_other_errors_are_bugs_and_not_hidden(self) -> None:
        with pytest.raises(ZeroDivisionError), exit_codes():
            raise ZeroDivisionError

    @pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
    def test_interrupt_waits_for_the_record(self, number: signal.Signals, code: int) -> None:
        done = []
        before = signal.getsignal(signal.SIGTERM)
        with pytest.raises(typer.Exit) as exit_, exit_codes():
            with pytest.raises(KeyboardInterrupt) as interrupt:
                with uninterrupted():
                    signal.raise_signal(number)
                    done.append("record")
                done.append("next record")
            raise interrupt.value
        assert exit_.value.exit_code == code
        assert done == ["record"]
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
        assert signal.getsignal(signal.SIGTERM) is before


def commands(group: Any, path: str = "nlpclaims") -> Iterator[tuple[str, Any]]:
    yield path, group
    for name, each in getattr(group, "commands", {}).items():
        yield from commands(each, f"{path} {name}")


@pytest.mark.parametrize(("path", "each"), list(commands(typer.main.get_command(app))))
def test_every_command_and_option_has_help(path: str, each: Any) -> None:
    assert each.help, path
    for parameter in each.params:
        assert parameter.help, f"{path} {parameter.name}"


def test_commands_are_as_documented() -> None:
    group: Any = typer.main.get_command(app)
    assert set(group.commands) == {"extract", "actors", "stances", "evaluate", "schema"}
    assert (console.DONE, console.SOME_FAILED, console.USAGE, console.INTERRUPTED) == (0, 1, 2, 130)
