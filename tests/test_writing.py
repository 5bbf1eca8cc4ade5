"""Each format says what the claims say, is well-formed whatever they hold, and reaches its file whole or not at all."""

import csv
import io
import json
import os
import re
import stat
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import jsonlines
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from nlpclaims.console import printable
from nlpclaims.errors import OutputError
from nlpclaims.records import (
    ACTIONS,
    ACTOR_TYPES,
    COMMITMENTS,
    POLARITIES,
    QUOTATIONS,
    RESOLUTIONS,
    Actor,
    Claim,
    Content,
    Cue,
    Metadata,
    Offsets,
    Stance,
    Target,
    TextSpan,
)
from nlpclaims.writing import FORMATS, open_output, open_stdout, open_writer
from nlpclaims.writing.csv_rows import COLUMNS
from nlpclaims.writing.table import TableWriter

texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60)
offsets = st.integers(0, 10_000)
probabilities = st.floats(0, 1)
text_spans = st.builds(TextSpan, texts, offsets, offsets)
actors = st.builds(
    Actor,
    texts,
    st.sampled_from(ACTOR_TYPES),
    st.none() | texts,
    st.sampled_from(RESOLUTIONS),
    st.none() | text_spans,
)
targets = st.builds(
    Target,
    texts,
    st.sampled_from(ACTOR_TYPES),
    st.none() | st.sampled_from(POLARITIES),
    st.none() | probabilities,
    text_spans,
)
stances = st.builds(
    Stance,
    st.none() | st.sampled_from(POLARITIES),
    st.none() | st.sampled_from(ACTIONS),
    st.none() | st.sampled_from(COMMITMENTS),
    st.lists(targets, max_size=2).map(tuple),
)
pieces = st.lists(st.builds(Offsets, offsets, offsets), min_size=1, max_size=3).map(tuple)
claims_of_all_kinds = st.builds(
    Claim,
    texts,
    offsets,
    st.none() | text_spans,
    st.none() | actors,
    st.none() | st.builds(Cue, texts, texts, offsets, offsets),
    st.builds(Content, texts, st.sampled_from(QUOTATIONS), pieces),
    stances,
    probabilities,
)
articles = st.lists(st.tuples(texts, st.lists(claims_of_all_kinds, max_size=3)), max_size=3)
thorough = settings(deadline=None, max_examples=60)


def written(format_name: str, *articles: tuple[str, Sequence[Claim]]) -> str:
    stream = io.StringIO(newline="")
    with open_writer(format_name, stream) as writer:
        for document, claims in articles:
            writer.write(document, claims)
    return stream.getvalue()


def as_table(*articles: tuple[str, Sequence[Claim]], width: int = 80) -> str:
    stream = io.StringIO()
    writer = TableWriter(stream, width=width)
    for document, claims in articles:
        writer.write(document, claims)
    writer.finish()
    return stream.getvalue()


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """The table as it reaches a terminal, escape codes and all."""

    def shown(*claims: Claim, **variables: str) -> str:
        for name in ("NO_COLOR", "FORCE_COLOR", "COLORTERM"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("TERM", "xterm-256color")
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        stream = Terminal()
        TableWriter(stream, width=80).write("a.txt", claims)
        return stream.getvalue()

    return shown


class TestJsonl:
    @thorough
    @given(articles=articles)
    def test_claims_come_back(self, articles: list[tuple[str, list[Claim]]]) -> None:
        lines = written("jsonl", *articles).encode().decode().split("\n")
        assert lines.pop() == ""
        expected = [claim for _, claims in articles for claim in claims]
        assert [Claim.from_dict(json.loads(line)) for line in lines] == expected

    def test_one_compact_line_with_characters_as_they_are(self, claim: Claim) -> None:
        claim = replace(claim, document="Zürich “naïve” 서울")
        text = written("jsonl", ("x", [claim, claim]))
        assert text.count("\n") == 2
        assert "Zürich “naïve” 서울" in text
        with jsonlines.Reader(io.StringIO(text)) as reader:
            assert list(reader) == [claim.to_dict()] * 2

    def test_never_nan(self, claim: Claim) -> None:
        with pytest.raises(ValueError, match="JSON compliant"):
            written("jsonl", ("x", [replace(claim, confidence=float("nan"))]))

    def test_nothing_is_nothing(self) -> None:
        assert written("jsonl", ("x", [])) == ""


class TestJson:
    @thorough
    @given(articles=articles)
    def test_is_one_array_of_the_records(self, articles: list[tuple[str, list[Claim]]]) -> None:
        records = json.loads(written("json", *articles))
        assert records == [claim.to_dict() for _, claims in articles for claim in claims]

    def test_is_an_array_without_claims(self) -> None:
        assert json.loads(written("json")) == []
        assert json.loads(written("json", ("a", []), ("b", []))) == []

    def test_is_closed_when_interrupted(self, claim: Claim) -> None:
        stream = io.StringIO()
        with pytest.raises(KeyboardInterrupt), open_writer("json", stream) as writer:
            writer.write("a", [claim])
            raise KeyboardInterrupt
        assert json.loads(stream.getvalue()) == [claim.to_dict()]


class TestCsv:
    def rows(self, text: str) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO(text, newline="")))

    def test_every_field_has_a_column(self, claim: Claim) -> None:
        (row,) = self.rows(written("csv", ("x", [claim])))
        assert row == {
            "schema": "nlpclaims/1",
            "id": claim.id,
            "document": "articles/pact.txt",
            "sentence": "0",
            "source_text": "NATO Secretary General Jens Stoltenberg",
            "source_start": "0",
            "source_end": "39",
            "actor_name": "Jens Stoltenberg",
            "actor_type": "PERSON",
            "actor_role": "NATO Secretary General",
            "actor_resolved_by": "name",
            "actor_mention_text": "Jens Stoltenberg",
            "actor_mention_start": "23",
            "actor_mention_end": "39",
            "actor_represents": "",
            "cue_text": "said",
            "cue_lemma": "say",
            "cue_start": "40",
            "cue_end": "44",
            "claim_text": "the pact was a worry for Europe",
            "claim_quotation": "indirect",
            "claim_spans": "61-92",
            "stance_polarity": "negative",
            "stance_action": "ACCUSE",
            "stance_commitment": "PR+",
            "stance_targets": "the pact:negative",
            "confidence": "0.87",
        }

    def test_null_is_empty_and_lists_are_joined(self, bare_claim: Claim) -> None:
        target = Target("Rome", "GPE", None, None, TextSpan("Rome", 0, 4))
        stance = Stance(targets=(target, replace(target, name="Oslo", polarity="positive")))
        (row,) = self.rows(written("csv", ("x", [replace(bare_claim, stance=stance)])))
        assert row["claim_spans"] == "94-104;115-134"
        assert row["stance_targets"] == "Rome:;Oslo:positive"
        empty = [name for name, value in row.items() if not value]
        assert empty == [
            *(name for name in COLUMNS if name.startswith(("source", "actor", "cue"))),
            *("stance_polarity", "stance_action", "stance_commitment"),
        ]

    def test_metadata_has_columns_where_it_is_asked_for(self, claim: Claim) -> None:
        stream = io.StringIO(newline="")
        with open_writer("csv", stream, metadata=True) as writer:
            writer.write("x", [replace(claim, metadata=Metadata("One, two", None, "https://e.org")), claim])
        first, second = self.rows(stream.getvalue())
        assert [first[name] for name in ("title", "date", "url")] == ["One, two", "", "https://e.org"]
        assert [second[name] for name in ("title", "date", "url")] == ["", "", ""]
        assert list(first)[:-3] == list(COLUMNS)

    def test_header_stands_without_claims(self) -> None:
        assert written("csv") == ",".join(COLUMNS) + "\r\n"

    @thorough
    @given(claims=st.lists(claims_of_all_kinds, max_size=3))
    @example(claims=[Claim("\0", 0, None, None, None, Content("a\0\rb", "direct", (Offsets(0, 3),)))])
    def test_text_comes_back_through_quotes_and_line_ends(self, claims: list[Claim]) -> None:
        rows = self.rows(written("csv", ("x", claims)))
        assert [row["claim_text"] for row in rows] == [claim.claim.text.replace("\0", "\ufffd") for claim in claims]
        assert [row["document"] for row in rows] == [claim.document.replace("\0", "\ufffd") for claim in claims]
        assert [row["confidence"] for row in rows] == [str(claim.confidence) for claim in claims]


class TestTable:
    def test_reads_as_a_page(self, claim: Claim, bare_claim: Claim) -> None:
        assert as_table(("articles/pact.txt", [claim]), ("-", [bare_claim]), ("none.md", [])) == (
            "articles/pact.txt · 1 claim\n"
            "\n"
            "  Jens Stoltenberg, NATO Secretary General · said\n"
            "    the pact was a worry for Europe\n"
            "    - negative · accuse · probable · confidence 0.87\n"
            "    about the pact (- negative)\n"
            "\n"
            "standard input · 1 claim\n"
            "\n"
            "  no source named\n"
            "    “We will,” … “watch it closely.”\n"
            "    confidence 0.50\n"
            "\n"
            "none.md · no claims\n"
        )

    def test_source_stands_in_for_an_unknown_actor(self, claim: Claim) -> None:
        source = TextSpan("people close to the talks", 0, 25)
        assert "\n  people close to the talks · said\n" in as_table(("x", [replace(claim, actor=None, source=source)]))

    def test_only_an_interruption_is_shown_by_an_ellipsis(self, claim: Claim) -> None:
        text = "“One. “Two,” three.”"
        spans = (Offsets(0, 5), Offsets(7, 13), Offsets(22, 29))
        assert "\n    “One. “Two,” … three.”\n" in as_table(
            ("x", [replace(claim, claim=Content(text, "direct", spans))])
        )

    def test_spans_that_do_not_fit_the_text_leave_it_as_it_is(self, claim: Claim) -> None:
        content = Content("just this text", "indirect", (Offsets(0, 3), Offsets(50, 90)))
        assert "\n    just this text\n" in as_table(("x", [replace(claim, claim=content)]))

    def test_mention_is_shown_where_it_is_not_the_name(self, claim: Claim) -> None:
        actor = Actor("Vladimir Putin", "PERSON", None, "pronoun", TextSpan("he", 0, 2))
        assert "\n  Vladimir Putin (as “he”) · said\n" in as_table(("x", [replace(claim, actor=actor)]))

    @pytest.mark.parametrize("width", [40, 80, 100])
    def test_long_content_is_wrapped_and_indented(self, claim: Claim, width: int) -> None:
        words = " ".join(f"word{number}" for number in range(80))
        content = Content(words, "indirect", (Offsets(0, len(words)),))
        lines = as_table(("x", [replace(claim, claim=content)]), width=width).split("\n")
        wrapped = [line for line in lines if "word" in line]
        assert " ".join(line.strip() for line in wrapped) == words
        assert all(line.startswith("    word") for line in wrapped)
        assert max(map(len, lines)) <= width
        assert len(wrapped) == -(-len(words) // (width - 4)) or len(wrapped) == -(-len(words) // (width - 4)) + 1

    def test_lines_stay_readable_on_a_wide_terminal(self, claim: Claim) -> None:
        content = Content("word " * 99 + "word", "indirect", (Offsets(0, 499),))
        assert max(map(len, as_table(("x", [replace(claim, claim=content)]), width=300).split("\n"))) <= 100

    def test_wide_characters_fit(self, claim: Claim) -> None:
        text = "한국어와日本語" * 20
        shown = as_table(("x", [replace(claim, claim=Content(text, "direct", (Offsets(0, len(text)),)))]), width=60)
        assert max(map(cell_len, shown.split("\n"))) <= 60
        assert text in shown.replace("\n    ", "")

    @pytest.mark.parametrize(
        "text",
        [
            "[bold]loud[/bold]",
            "[/red]",
            "a [/] b",
            ":smile:",
            r"\[x]",
            "[link=https://example.org]x[/link]",
            "#aa00ff 12 None",
        ],
    )
    def test_markup_in_an_article_is_text(self, claim: Claim, text: str, terminal: Callable[..., str]) -> None:
        content = Content(text, "direct", (Offsets(0, len(text)),))
        actor = Actor(text, "PERSON", text, "name", None)
        marked = replace(claim, actor=actor, claim=content, stance=Stance(), source=None)
        assert f"    {text}\n" in as_table((text, [marked]))
        assert f"  {text}, {text} · said" in as_table((text, [marked]))
        assert f"    {text}\n" in terminal(marked)

    def test_control_characters_are_spelled_out(self, claim: Claim) -> None:
        text = "a\x1b[31mred\x00\x07\x9b2J\u202ereversed\r\nnext\tline"
        content = Content(text, "direct", (Offsets(0, len(text)),))
        shown = as_table(("\x1b]0;title\x07", [replace(claim, claim=content)]))
        assert r"    a\x1b[31mred\x00\x07\x9b2J\u202ereversed next line" in shown
        assert shown.startswith(r"\x1b]0;title\x07")

    @thorough
    @given(articles=articles, width=st.integers(20, 120))
    def test_any_text_is_safe(self, articles: list[tuple[str, list[Claim]]], width: int) -> None:
        shown = as_table(*articles, width=width)
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", shown)
        for _, claims in articles:
            for claim in claims:
                if claim.source is None and claim.actor is None:
                    assert "no source named" in " ".join(shown.split())

    def test_polarity_has_sign_word_and_colour(self, claim: Claim, terminal: Callable[..., str]) -> None:
        colours = {}
        for polarity, sign in (("positive", "+"), ("negative", "-"), ("neutral", "=")):
            shown = terminal(replace(claim, stance=Stance(polarity)))
            found = re.search(rf"\x1b\[(\d+)m{re.escape(sign)} {polarity}\x1b\[0m", shown)
            assert found
            colours[polarity] = found.group(1)
        assert len(set(colours.values())) == 3

    def test_actor_is_bold_and_role_is_dim(self, claim: Claim, terminal: Callable[..., str]) -> None:
        assert "\x1b[1mJens Stoltenberg\x1b[0m\x1b[2m, NATO Secretary General\x1b[0m" in terminal(claim)

    def test_no_color_is_honoured(self, claim: Claim, terminal: Callable[..., str]) -> None:
        shown = terminal(claim, NO_COLOR="1")
        assert "- negative" in shown
        assert not re.search(r"\x1b\[[0-9;]*(3[0-7]|38|9[0-7])[;m]", shown)

    def test_file_gets_no_escape_codes(self, claim: Claim) -> None:
        assert "\x1b" not in as_table(("x", [claim]))


@pytest.mark.parametrize("format_name", FORMATS)
def test_claims_are_out_as_soon_as_they_are_written(format_name: str, claim: Claim, tmp_path: Path) -> None:
    path = tmp_path / "out"
    with path.open("w", encoding="utf-8", newline="") as stream, open_writer(format_name, stream) as writer:
        writer.write("x", [claim])
        assert "Jens Stoltenberg" in path.read_text(encoding="utf-8")


def test_unknown_format_is_refused() -> None:
    with pytest.raises(ValueError, match="no format 'xml'"), open_writer("xml", io.StringIO()):
        pass


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        (" a\n\n b ", "a b"),
        ("a\x00b", r"a\x00b"),
        ("\u2028", r"\u2028"),
        ("caf\udce9", r"caf\udce9"),
    ],
)
def test_printable(text: str, shown: str) -> None:
    assert printable(text) == shown


class TestOutput:
    def test_file_is_there_whole_when_done(self, tmp_path: Path) -> None:
        path = tmp_path / "out.jsonl"
        with open_output(path) as stream:
            stream.write("é\r\n")
            assert not path.exists()
        assert path.read_bytes() == "é\r\n".encode()
        assert list(tmp_path.iterdir()) == [path]

    @pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError, OSError])
    def test_nothing_is_left_of_a_failure(self, tmp_path: Path, error: type[BaseException]) -> None:
        path = tmp_path / "out.jsonl"
        path.write_text("before")
        with pytest.raises((error, OutputError)), open_output(path) as stream:
            stream.write("half")
            raise error
        assert path.read_text() == "before"
        assert list(tmp_path.iterdir()) == [path]

    def test_mode_of_new_and_existing_file(self, tmp_path: Path) -> None:
        new, existing, usual = tmp_path / "new", tmp_path / "existing", tmp_path / "usual"
        usual.touch()
        existing.touch()
        existing.chmod(0o640)
        for path in (new, existing):
            with open_output(path) as stream:
                stream.write("x")
        assert new.stat().st_mode == usual.stat().st_mode
        assert stat.S_IMODE(existing.stat().st_mode) == 0o640

    def test_link_is_followed(self, tmp_path: Path) -> None:
        (tmp_path / "link").symlink_to(tmp_path / "target")
        (tmp_path / "target").write_text("before")
        with open_output(tmp_path / "link") as stream:
            stream.write("after")
        assert (tmp_path / "link").is_symlink()
        assert (tmp_path / "target").read_text() == "after"

    def test_missing_folder(self, tmp_path: Path) -> None:
        with pytest.raises(OutputError, match="there is no folder"), open_output(tmp_path / "none" / "x.json"):
            pass

    def test_folder_is_no_file(self, tmp_path: Path) -> None:
        with pytest.raises(OutputError, match="directory"), open_output(tmp_path):
            pass

    def test_loop_of_links(self, tmp_path: Path) -> None:
        (tmp_path / "a").symlink_to(tmp_path / "b")
        (tmp_path / "b").symlink_to(tmp_path / "a")
        with pytest.raises(OutputError), open_output(tmp_path / "a") as stream:
            stream.write("x")

    @pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
    def test_forbidden_folder(self, tmp_path: Path) -> None:
        tmp_path.chmod(0o500)
        with pytest.raises(OutputError, match="ermission"), open_output(tmp_path / "x.json"):
            pass

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
    def test_device_is_written_to_and_stays(self) -> None:
        with open_output(Path("/dev/null")) as stream:
            stream.write("x")
        assert not Path("/dev/null").is_file()
        with pytest.raises(OutputError, match="No space left"), open_output(Path("/dev/full")) as stream:
            stream.write("x")

    @pytest.mark.skipif(not Path("/dev/fd").exists(), reason="needs /dev/fd")
    def test_pipe_without_a_name_is_written_to(self) -> None:
        reader, writer = os.pipe()
        with os.fdopen(reader, encoding="utf-8") as read:
            with open_output(Path(f"/dev/fd/{writer}")) as stream:
                stream.write("said")
            os.close(writer)
            assert read.read() == "said"

    def test_stdout_is_utf_8_whatever_the_locale(self, monkeypatch: pytest.MonkeyPatch) -> None:
        raw = io.BytesIO()
        monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii"))
        with open_stdout() as stream:
            stream.write("서울\n")
        assert raw.getvalue() == "서울\n".encode()

    def test_closed_stdout_is_told(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "stdout", None)
        with pytest.raises(OutputError, match="closed"), open_stdout():
            pass
