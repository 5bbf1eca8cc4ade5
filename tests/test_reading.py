"""Reading gives exactly the text of the input, under the name that the user knows it by, or says what is wrong."""

import csv
import gzip
import io
import json
import os
import sys
import tracemalloc
from collections.abc import Iterable
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nlpclaims.reading import Reading, Source, find_sources, is_text_encoding, read_source
from nlpclaims.reading.decoding import decode
from nlpclaims.reading.language import looks_english
from nlpclaims.records import Article, Claim, Failure, Metadata
from nlpclaims.writing.jsonl_lines import JsonlWriter

in_one_folder = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
decodable = st.text(st.characters(exclude_categories=["Cs"]))


def read(*names: str | os.PathLike[str], **how: Any) -> list[Article | Failure]:
    found = find_sources([os.fspath(name) for name in names])
    reading = Reading(**how)
    return [
        item for source in found for item in ([source] if isinstance(source, Failure) else read_source(source, reading))
    ]


def documents(sources: Iterable[Source | Failure]) -> list[str]:
    return [source.document for source in sources]


def only_failure(items: list[Article | Failure]) -> Failure:
    (item,) = items
    assert isinstance(item, Failure)
    return item


class TestText:
    @in_one_folder
    @given(text=decodable)
    def test_is_exactly_what_was_written(self, tmp_path: Path, text: str) -> None:
        path = tmp_path / "article.txt"
        path.write_bytes(b"\xef\xbb\xbf" + text.encode())
        assert read(path) == [Article(path.as_posix(), text)]

    @pytest.mark.parametrize(
        "text", ["", "one\r\ntwo\rthree\n", "  led by space ", "a\x00b\x1b[31m\x0c", "line\u2028sep"]
    )
    def test_keeps_line_ends_space_and_controls(self, tmp_path: Path, text: str) -> None:
        path = tmp_path / "article.md"
        path.write_bytes(text.encode())
        assert read(path) == [Article(path.as_posix(), text)]

    def test_byte_order_mark_is_not_text(self, tmp_path: Path) -> None:
        path = tmp_path / "article.txt"
        path.write_bytes(b"\xef\xbb\xbfHe said so.")
        assert read(path) == [Article(path.as_posix(), "He said so.")]

    @pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32-be", "utf-8-sig"])
    def test_byte_order_mark_of_other_encodings(self, encoding: str) -> None:
        marked = "\ufeffcafé" if encoding in ("utf-16-le", "utf-32-be") else "café"
        assert decode(marked.encode(encoding), encoding) == "café"

    def test_encoding_is_as_told(self, tmp_path: Path) -> None:
        path = tmp_path / "article.txt"
        path.write_bytes("Müller – “ja”".encode("cp1252"))
        assert read(path, encoding="cp1252") == [Article(path.as_posix(), "Müller – “ja”")]

    def test_undecodable_bytes_are_named_by_offset(self, tmp_path: Path) -> None:
        path = tmp_path / "article.txt"
        path.write_bytes("déjà ".encode() + b"caf\xe9 said")
        failure = only_failure(read(path))
        assert failure.document == path.as_posix()
        assert failure.kind == "undecodable"
        assert "utf-8" in failure.message
        assert "byte 0xe9 at byte offset 10" in failure.message
        assert "--encoding" in failure.message

    def test_offset_counts_the_byte_order_mark(self, tmp_path: Path) -> None:
        path = tmp_path / "article.txt"
        path.write_bytes(b"\xef\xbb\xbfab\xff")
        assert "byte offset 5" in only_failure(read(path)).message

    def test_half_a_surrogate_pair_cannot_be_written_out_again(self, tmp_path: Path) -> None:
        path = tmp_path / "article.txt"
        path.write_bytes(rb"ab\ud83d")
        failure = only_failure(read(path, encoding="unicode_escape"))
        assert "surrogate" in failure.message
        assert "character 2" in failure.message

    def test_another_suffix_is_plain_text_where_it_is_named(self, tmp_path: Path) -> None:
        path = tmp_path / "article.rst"
        path.write_text("<p>He said so.</p>")
        assert read(path) == [Article(path.as_posix(), "<p>He said so.</p>")]

    def test_missing_file(self, tmp_path: Path) -> None:
        failure = only_failure(read(tmp_path / "none.txt"))
        assert failure == Failure((tmp_path / "none.txt").as_posix(), "missing", "no such file or folder")

    @pytest.mark.parametrize("name", ["", "a\0b", "x" * 5000])
    def test_impossible_paths(self, name: str) -> None:
        assert only_failure(read(name)).kind in ("missing", "unreadable")

    @pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read anything")
    def test_forbidden_file(self, tmp_path: Path) -> None:
        path = tmp_path / "secret.txt"
        path.write_text("x")
        path.chmod(0)
        assert "ermission" in only_failure(read(path)).message

    def test_standard_input(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO("\ufeffcafé\r\n".encode())))
        assert read("-") == [Article("-", "café\r\n")]

    @pytest.mark.parametrize("rows", ['{"text": "x"}\n{"text": "y"}\n', '\ufeff\n{"id": 1, "text": "x"}', '{}\r\n{"a'])
    def test_rows_on_standard_input_are_refused_with_what_to_do(
        self, monkeypatch: pytest.MonkeyPatch, rows: str
    ) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(rows.encode())))
        failure = only_failure(read("-"))
        assert (failure.document, failure.kind) == ("-", "unsupported")
        assert "one plain text" in failure.message
        assert ".jsonl" in failure.message

    @pytest.mark.parametrize("text", ['{"cut', "{he said so}", '["x"]', "{" * 100_000, '"He" {}', '{"a":' * 100_000])
    def test_other_text_with_braces_on_standard_input_is_text(self, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
        assert read("-") == [Article("-", text)]

    def test_closed_standard_input_is_empty(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "stdin", None)
        assert read("-") == [Article("-", "")]


class TestRows:
    def rows(self, tmp_path: Path, data: bytes | str, encoding: str = "utf-8") -> list[Article | Failure]:
        path = tmp_path / "rows.jsonl"
        path.write_bytes(data.encode(encoding) if isinstance(data, str) else data)
        place = path.as_posix()
        found = read(path, encoding=encoding)
        return [
            Article(item.id.replace(place, "rows"), item.text)
            if isinstance(item, Article)
            else Failure(item.document.replace(place, "rows"), item.kind, item.message)
            for item in found
        ]

    @in_one_folder
    @given(texts=st.lists(decodable, max_size=5), ascii_only=st.booleans())
    def test_texts_come_back_as_they_are(self, tmp_path: Path, texts: list[str], ascii_only: bool) -> None:
        data = "".join(json.dumps({"text": text}, ensure_ascii=ascii_only) + "\n" for text in texts)
        expected = [Article(f"rows:{number}", text) for number, text in enumerate(texts, start=1)]
        assert self.rows(tmp_path, data) == expected

    def test_id_names_the_document_else_its_place(self, tmp_path: Path) -> None:
        rows = [{"id": "a", "text": "x"}, {"text": "y"}, {"id": 7, "text": "z"}, {"id": None, "text": ""}]
        data = "\n".join(json.dumps(row) for row in [*rows, {"id": "", "text": "w"}])
        assert self.rows(tmp_path, data) == [
            Article("a", "x"),
            Article("rows:2", "y"),
            Article("7", "z"),
            Article("rows:4", ""),
            Article("rows:5", "w"),
        ]

    @pytest.mark.parametrize(
        ("line", "message"),
        [
            ("nonsense", "not JSON"),
            ('{"text": "cut', "not JSON"),
            ("[" * 100_000, "not JSON"),
            ("[1, 2]", "found a list"),
            ('"text"', "found a string"),
            ("{}", "has no text"),
            ('{"text": null}', "text must be a string, found null"),
            ('{"text": 3}', "text must be a string, found a number"),
            ('{"id": true, "text": "x"}', "id must be a string or an integer"),
            ('{"id": ["x"], "text": "x"}', "id must be a string or an integer"),
            (r'{"id": "\ud83d", "text": "x"}', "surrogate"),
            (r'{"text": "ab\ud83dc"}', "surrogate pair, which is no character, at character 2"),
        ],
    )
    def test_a_bad_line_is_named_and_does_not_stop_the_rest(self, tmp_path: Path, line: str, message: str) -> None:
        first, failure, last = self.rows(tmp_path, '{"text": "before"}\n' + line + '\n{"text": "after"}\n')
        assert (first, last) == (Article("rows:1", "before"), Article("rows:3", "after"))
        assert isinstance(failure, Failure)
        assert failure.document == "rows:2"
        assert message in failure.message

    @pytest.mark.parametrize(
        ("line", "message"),
        [
            ('{"text": "cut', "not JSON: Unterminated string starting at column 10"),
            ('{"text": ', "column 10"),
            ('{"text": "x"', "column 13"),
            ('{"text" "x"}', "column 9"),
        ],
    )
    @pytest.mark.parametrize("end", ["\n", "\r\n", ""])
    def test_where_a_line_is_no_json_is_told(self, tmp_path: Path, line: str, message: str, end: str) -> None:
        (failure,) = self.rows(tmp_path, line + end)
        assert isinstance(failure, Failure)
        assert failure.message.endswith(message)

    def test_an_undecodable_line_does_not_stop_the_rest(self, tmp_path: Path) -> None:
        bad, good = self.rows(tmp_path, b'{"text": "caf\xe9"}\n{"text": "after"}\n')
        assert isinstance(bad, Failure)
        assert (bad.document, bad.kind) == ("rows:1", "undecodable")
        assert "byte offset 13" in bad.message
        assert good == Article("rows:2", "after")

    def test_blank_lines_are_skipped_but_counted(self, tmp_path: Path) -> None:
        assert self.rows(tmp_path, '\n  \r\n{"text": "x"}\r\n') == [Article("rows:3", "x")]

    def test_byte_order_mark(self, tmp_path: Path) -> None:
        assert self.rows(tmp_path, b'\xef\xbb\xbf{"text": "x"}') == [Article("rows:1", "x")]

    def test_byte_order_marks_of_files_put_one_behind_the_other(self, tmp_path: Path) -> None:
        data = '\ufeff{"text": "x"}\n\ufeff\n\ufeff{"text": "\ufeffy"}\n'
        assert self.rows(tmp_path, data) == [Article("rows:1", "x"), Article("rows:3", "\ufeffy")]

    def test_only_line_feeds_end_a_row(self, tmp_path: Path) -> None:
        assert self.rows(tmp_path, '{"text": "a\u2028b\x85c"}\n') == [Article("rows:1", "a\u2028b\x85c")]

    @pytest.mark.parametrize("encoding", ["utf-16", "utf-32-le", "cp037", "latin-1"])
    def test_other_encodings(self, tmp_path: Path, encoding: str) -> None:
        rows = self.rows(tmp_path, '{"text": "café"}\nx\n{"text": "y"}\n', encoding)
        assert rows[0] == Article("rows:1", "café")
        assert isinstance(rows[1], Failure)
        assert rows[2] == Article("rows:3", "y")

    @pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be", "utf-32-le"])
    def test_an_undecodable_line_of_other_encodings_costs_itself_alone(self, tmp_path: Path, encoding: str) -> None:
        data = '{"text": "before"}\n{"text": "b\udcffd"}\n{"text": "after"}\n'.encode(encoding, "surrogatepass")
        before, bad, after = self.rows(tmp_path, data, encoding)
        assert (before, after) == (Article("rows:1", "before"), Article("rows:3", "after"))
        assert isinstance(bad, Failure)
        assert (bad.document, bad.kind) == ("rows:2", "undecodable")
        assert "cannot be decoded as utf-" in bad.message

    def test_a_byte_too_many_in_utf_16_costs_the_rest_and_says_so(self, tmp_path: Path) -> None:
        data = '{"text": "x"}\n{"text": "'.encode("utf-16") + b"\xff" + 'y"}\n{"text": "z"}\n'.encode("utf-16-le")
        first, rest = self.rows(tmp_path, data, "utf-16")
        assert first == Article("rows:1", "x")
        assert isinstance(rest, Failure)
        assert (rest.document, rest.kind) == ("rows:2", "undecodable")
        assert "nothing after them could be told apart as a line" in rest.message

    def test_utf_16_without_a_mark_is_told(self, tmp_path: Path) -> None:
        (failure,) = self.rows(tmp_path, '{"text": "x"}\n'.encode("utf-16-be"), "utf-16")
        assert isinstance(failure, Failure)
        assert failure.message.startswith("cannot be decoded as utf-16: ")

    def test_half_a_character_at_the_end_costs_the_last_line_alone(self, tmp_path: Path) -> None:
        first, cut = self.rows(tmp_path, '{"text": "x"}\n{"text": "y"}'.encode("utf-16") + b"\n", "utf-16")
        assert first == Article("rows:1", "x")
        assert isinstance(cut, Failure)
        assert (cut.document, cut.kind) == ("rows:2", "undecodable")

    def test_missing_file(self, tmp_path: Path) -> None:
        assert only_failure(read(tmp_path / "none.jsonl")).kind == "missing"


class TestFolders:
    @pytest.fixture
    def folder(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        monkeypatch.chdir(tmp_path)
        for name in ("b.txt", "a.md", "c/z.TXT", "c/d/e.jsonl", "page.rst", ".hidden.txt", ".git/x.txt", "B.txt"):
            path = tmp_path / "news" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text('{"text": ""}')
        return tmp_path / "news"

    ARTICLES = ("B.txt", "a.md", "b.txt", "c/d/e.jsonl", "c/z.TXT")

    @pytest.mark.parametrize(
        ("given_as", "prefix"),
        [("news", "news/"), ("news/", "news/"), ("./news", "./news/"), ("news/../news", "news/../news/")],
    )
    def test_articles_of_all_levels_in_order(self, folder: Path, given_as: str, prefix: str) -> None:
        assert folder.is_dir()
        assert documents(find_sources([given_as])) == [prefix + name for name in self.ARTICLES]

    def test_current_and_absolute_folder(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(folder)
        assert documents(find_sources(["."])) == ["./" + name for name in self.ARTICLES]
        assert documents(find_sources([str(folder)])) == [f"{folder.as_posix()}/{name}" for name in self.ARTICLES]

    def test_order_of_the_names_given_is_kept(self, folder: Path) -> None:
        assert folder.is_dir()
        assert documents(find_sources(["news/c/z.TXT", "-", "news/a.md"])) == ["news/c/z.TXT", "-", "news/a.md"]

    def test_output_of_an_earlier_run_is_no_article(self, folder: Path) -> None:
        assert "news/c/d/e.jsonl" not in documents(find_sources(["news"], skip=[folder / "c" / "d" / "e.jsonl"]))

    def test_claims_among_the_articles_are_no_articles(self, folder: Path, claim: Claim) -> None:
        before = documents(find_sources(["news"]))
        with (folder / "claims.jsonl").open("w", encoding="utf-8") as stream:
            JsonlWriter(stream).write("-", [claim])
        assert documents(find_sources(["news"])) == before
        assert documents(find_sources(["news/claims.jsonl"])) == ["news/claims.jsonl"]

    @pytest.mark.parametrize(
        ("pattern", "found"),
        [
            ("news/*.txt", ["news/B.txt", "news/b.txt"]),
            ("news/*", ["news/B.txt", "news/a.md", "news/b.txt", "news/c/d/e.jsonl", "news/c/z.TXT", "news/page.rst"]),
            ("news/**/*.jsonl", ["news/c/d/e.jsonl"]),
            ("n*s/c/**", ["news/c/d/e.jsonl", "news/c/z.TXT"]),
            ("news/[ab].*", ["news/a.md", "news/b.txt"]),
            ("news/.h*", ["news/.hidden.txt"]),
            ("*", ["news/B.txt", "news/a.md", "news/b.txt", "news/c/d/e.jsonl", "news/c/z.TXT"]),
        ],
    )
    def test_a_quoted_glob_is_what_the_shell_would_make_of_it(
        self, folder: Path, pattern: str, found: list[str]
    ) -> None:
        assert documents(find_sources([pattern])) == found
        absolute = folder.parent.as_posix() + "/"
        assert documents(find_sources([absolute + pattern])) == [absolute + name for name in found]

    @pytest.mark.parametrize("output", ["c", "link"])
    def test_a_glob_leaves_out_what_lies_in_the_output_folder_unless_all_does(self, folder: Path, output: str) -> None:
        (folder / "link").symlink_to(folder / "c")
        skip = [folder / output]
        assert documents(find_sources(["news/**/*.[tT]*"], skip)) == ["news/B.txt", "news/b.txt"]
        assert documents(find_sources(["news/*/*.TXT"], skip)) == ["news/*/*.TXT"]  # a failure: no file matches
        assert documents(find_sources(["news/c/*.TXT"], skip)) == ["news/c/z.TXT"]

    def test_a_glob_that_matches_nothing_is_told(self, folder: Path) -> None:
        assert folder.is_dir()
        assert only_failure(read("news/*.pdf")) == Failure("news/*.pdf", "missing", "no file matches this pattern")

    def test_a_file_whose_name_looks_like_a_glob_is_itself(self, folder: Path) -> None:
        (folder / "[x].txt").write_text("brackets")
        assert read("news/[x].txt") == [Article("news/[x].txt", "brackets")]

    def test_place_inside_the_folder_is_known(self, folder: Path) -> None:
        given = [str(folder), f"{folder}/", "./news", "news/c/z.TXT", "news/*/*.TXT"]
        inside = [source.name[source.inside :] for source in find_sources(given) if isinstance(source, Source)]
        assert inside == [*self.ARTICLES * 3, "z.TXT", "c/z.TXT"]

    def test_lists_of_failures_are_no_articles(self, folder: Path) -> None:
        before = documents(find_sources(["news"]))
        for name in ("failures.jsonl", "claims.failures.jsonl"):
            (folder / name).write_text('{"document": "a.txt", "kind": "missing", "message": "x"}\n')
        assert documents(find_sources(["news", "news/*.jsonl"]))[:-1] == before

    def test_folders_deeper_than_python_calls(self, tmp_path: Path) -> None:
        before, depth = Path.cwd(), 1500
        try:
            os.chdir(tmp_path)
            for _ in range(depth):
                Path("d").mkdir()
                os.chdir("d")
            Path("a.txt").write_text("x")
            (item,) = read(tmp_path)
            assert isinstance(item, Article) or item.kind == "unreadable"
            Path("a.txt").unlink()
            for _ in range(depth):  # pytest would not get so deep
                os.chdir("..")
                Path("d").rmdir()
        finally:
            os.chdir(before)

    def test_a_hundred_thousand_files_are_found_fast_in_little_memory(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        class Entry:
            def __init__(self, number: int):
                self.name = f"article-{number:06}.txt"
                self.path = f"{tmp_path}/{self.name}"

            def is_dir(self, **_: bool) -> bool:
                return False

            def is_file(self, **_: bool) -> bool:
                return True

        entries = nullcontext([Entry(number) for number in range(100_000)])
        monkeypatch.setattr("os.scandir", lambda _path: entries)
        tracemalloc.start()
        try:
            found = list(find_sources([str(tmp_path)]))
            size, _ = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert len(found) == 100_000
        assert size < 20e6

    def test_nothing_readable(self, tmp_path: Path) -> None:
        (tmp_path / "picture.png").write_bytes(b"")
        failure = only_failure(read(tmp_path))
        assert failure.document == tmp_path.as_posix()
        assert ".txt .md .html" in failure.message

    def test_link_that_leads_nowhere_is_told(self, tmp_path: Path) -> None:
        (tmp_path / "gone.txt").symlink_to(tmp_path / "nowhere.txt")
        assert only_failure(read(tmp_path)).kind == "missing"

    def test_link_to_the_folder_above_ends(self, tmp_path: Path) -> None:
        (tmp_path / "up").symlink_to(tmp_path)
        (tmp_path / "a.txt").write_text("x")
        assert read(tmp_path) == [Article(f"{tmp_path.as_posix()}/a.txt", "x")]

    @pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
    def test_named_pipe_does_not_block(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "pipe.txt")
        assert only_failure(read(tmp_path)).kind == "empty"

    @pytest.mark.skipif(sys.platform != "linux", reason="file names are text there")
    def test_name_that_is_not_utf_8_can_be_written(self, tmp_path: Path) -> None:
        (tmp_path / os.fsdecode(b"caf\xe9.txt")).write_text("x")
        assert read(tmp_path) == [Article(f"{tmp_path.as_posix()}/caf\\xe9.txt", "x")]


class TestPages:
    """Web pages, read by trafilatura."""

    PAGE = (
        "<html><head><title>Bridge closed</title><link rel='canonical' href='https://example.org/bridge'>"
        "<meta property='article:published_time' content='2024-05-01T10:00:00Z'></head><body><nav>Home News</nav>"
        "<article><h1>Bridge closed</h1>{body}</article></body></html>"
    )
    BODY = (
        "<p>The mayor said on Monday that the old bridge would be closed until spring, because its cables rust.</p>"
        "<p>“We are sorry,” she said – and promised that the ferry would run every day of the week until then.</p>"
    )

    def test_main_text_and_metadata(self, tmp_path: Path) -> None:
        path = tmp_path / "page.html"
        path.write_text(self.PAGE.format(body=self.BODY), encoding="utf-8")
        (article,) = read(path)
        assert isinstance(article, Article)
        assert article.metadata == Metadata("Bridge closed", "2024-05-01", "https://example.org/bridge")
        assert "Home News" not in article.text
        assert "cables rust." in article.text
        assert "“We are sorry,” she said –" in article.text

    LONG = (
        "The harbour council met on Monday for the third time this year and heard from boatmen, traders and two "
        "engineers who have looked after its quays since the flood of last spring."
    )

    def text_of(self, tmp_path: Path, body: str) -> str:
        path = tmp_path / "page.html"
        path.write_text(self.PAGE.format(body=body), encoding="utf-8")
        (article,) = read(path)
        assert isinstance(article, Article)
        return article.text

    def test_a_blank_line_is_between_paragraphs_headings_and_block_quotations(self, tmp_path: Path) -> None:
        body = (
            f"<p class=by>By Sara Holt</p><p>{self.LONG}</p><h2>Who pays</h2>"
            f"<blockquote><p>“We were promised a crane.</p><p>“We got a ladder.”</p></blockquote><p>{self.LONG}</p>"
        )
        assert self.text_of(tmp_path, body).split("\n\n") == [
            "Bridge closed",
            "By Sara Holt",
            self.LONG,
            "Who pays",
            "“We were promised a crane.",
            "“We got a ladder.”",
            self.LONG,
        ]

    def test_a_short_page_has_its_paragraphs_too(self, tmp_path: Path) -> None:
        body = "<p class=meta>Coast</p><p>A ferry ran aground, police said.</p><p>“We heard it,” said Ida Moe.</p>"
        expected = ["Bridge closed", "A ferry ran aground, police said.", "“We heard it,” said Ida Moe."]
        assert self.text_of(tmp_path, body).split("\n\n") == expected

    def test_a_teaser_does_not_replace_the_article_in_the_data_of_its_page(self, tmp_path: Path) -> None:
        data = json.dumps({"@type": "NewsArticle", "articleBody": f"{self.LONG} {self.LONG}"})
        script = f"<script type='application/ld+json'>{data}</script>"
        assert self.text_of(tmp_path, f"{script}<p>Subscribe to read on.</p>") == f"{self.LONG} {self.LONG}"

    def test_a_block_quotation_in_loose_text_is_a_paragraph(self, tmp_path: Path) -> None:
        body = f"<div>{self.LONG}<blockquote>A ladder is no crane.</blockquote>So said Vida Brook.</div>"
        expected = ["Bridge closed", self.LONG, "A ladder is no crane.", "So said Vida Brook.", self.LONG]
        assert self.text_of(tmp_path, f"{body}<p>{self.LONG}</p>").split("\n\n") == expected

    @pytest.mark.parametrize("br", ["<br>", "<br><br>", "<br />\n<br />\n"])
    def test_paragraphs_may_be_told_by_br_as_by_the_lines_of_a_text(self, tmp_path: Path, br: str) -> None:
        body = f"<p>By Sara Holt<br>Harbour desk</p><div>{self.LONG}{br}So said Vida Brook.{br}{self.LONG}</div>"
        expected = ["By Sara Holt\nHarbour desk", self.LONG, "So said Vida Brook.", self.LONG]
        assert self.text_of(tmp_path, body).split("\n\n")[1:] == expected

    def test_items_and_rows_have_lines_of_their_own_in_one_paragraph(self, tmp_path: Path) -> None:
        items = "<ul><li>a crane</li><li><b>two</b> ladders<ul><li>one of oak</li></ul></li></ul>"
        table = "<table><tr><td>crane</td><td>40</td></tr><tr><td>ladder</td><td>2</td></tr></table>"
        text = self.text_of(tmp_path, f"<p>{self.LONG}</p>{items}{table}<p>{self.LONG}</p>")
        before, found, rows, after = text.split("\n\n")[1:]
        assert before == after == self.LONG
        assert found == "- a crane\n- two ladders\n  - one of oak"
        assert [line.strip() for line in rows.splitlines()] == ["| crane | 40 |", "| ladder | 2 |"]

    @pytest.mark.parametrize(
        "body",
        [
            "<ul><li><p>Taxes</p><p>{0}</p></li><li><p>War</p><p>{0}</p></li></ul>",
            "<ul><li><strong>Taxes</strong><br>{0}</li><li><strong>War</strong><br>{0}</li></ul>",
            "<table><tr><td><p>Taxes</p><p>{0}</p><p>War</p><p>{0}</p></td></tr></table>",
            "<table><tr><td>Taxes</td></tr><tr><td>{0}</td></tr><tr><td>War</td></tr><tr><td>{0}</td></tr></table>",
        ],
    )
    def test_the_paragraphs_of_an_item_or_cell_are_paragraphs(self, tmp_path: Path, body: str) -> None:
        text = self.text_of(tmp_path, f"<p>{self.LONG}</p>{body.format(self.LONG)}<p>{self.LONG}</p>")
        assert text.split("\n\n")[2:-1] == ["Taxes", self.LONG, "War", self.LONG]

    @pytest.mark.parametrize(
        ("body", "sentence"),
        [
            ("He said <q>the crane is <i>late</i></q>, and left.", "He said “the crane is late”, and left."),
            ("<q cite='/x'>It is late,</q> he said (<q>very</q>).", "“It is late,” he said (“very”)."),
            ("He said “<q>late</q>” and <Q>“later”</Q>.", "He said “late” and “later”."),
            ("He said &ldquo;<q>late</q>&rdquo; and <q>&quot;later&quot;</q>.", 'He said “late” and "later".'),
            ("He said <q>late</q> <q>again</q>.", "He said “late” “again”."),
        ],
    )
    @pytest.mark.parametrize("within", ["<p>{}</p>", "<div>{}</div>", "<ul><li>{}</li></ul>", "<h2>{}</h2>"])
    def test_a_quotation_within_a_sentence_stays_there_in_marks(
        self, tmp_path: Path, body: str, sentence: str, within: str
    ) -> None:
        text = self.text_of(tmp_path, f"<p>{self.LONG}</p>{within.format(body)}<p>{self.LONG}</p>")
        assert text.split("\n\n")[2].removeprefix("- ") == sentence

    @pytest.mark.parametrize(
        ("body", "sentence"),
        [
            ("“It is late,”<sup><a href='#n1'>1</a></sup> he said.", "“It is late,” he said."),
            ('“It is late,”<a id=r1 href="#n1"><sup>[1]</sup></a> he said.', "“It is late,” he said."),
            ("“It is late,”<SUP class=note> <A HREF=#n1>†</A> </SUP> he said.", "“It is late,” he said."),
            ("It has 20 m<sup>2</sup>, he said.", "It has 20 m2, he said."),
            ("It is the 1<sup><a href='#first'>st</a></sup>, he said.", "It is the 1st, he said."),
            ("It has 20 m<sup><a href='/area'>2</a></sup>, he said.", "It has 20 m2, he said."),
        ],
    )
    def test_the_number_of_a_footnote_is_no_part_of_the_text(self, tmp_path: Path, body: str, sentence: str) -> None:
        text = self.text_of(tmp_path, f"<p>{self.LONG}</p><p>{body}</p><p>{self.LONG}</p>")
        assert text.split("\n\n")[2] == sentence

    def test_encoding_that_the_page_names_is_used_where_the_users_does_not_fit(self, tmp_path: Path) -> None:
        page = self.PAGE.replace("<head>", "<head><meta charset=windows-1252>").format(body=self.BODY)
        (tmp_path / "a.htm").write_bytes(page.encode("cp1252"))
        (tmp_path / "b.htm").write_bytes(page.replace("windows-1252", "klingon").encode("cp1252"))
        named, unknown = read(tmp_path)
        assert isinstance(named, Article)
        assert "“We are sorry,” she said –" in named.text
        assert isinstance(unknown, Failure)
        assert unknown.kind == "undecodable"

    @pytest.mark.parametrize("start", ["<div>", "<b>", "<ul><li>", "<table><tr><td>", "<svg><g>", "<!--", "<a b='"])
    def test_nesting_ends(self, tmp_path: Path, start: str) -> None:
        path = tmp_path / "deep.html"
        path.write_text(start * 20_000 + self.BODY)
        (item,) = read(path)
        assert isinstance(item, Article) or item.kind in ("empty", "malformed")

    @in_one_folder
    @given(data=st.one_of(st.binary(max_size=300), st.text(alphabet="<>/pabh ='\"&;é", max_size=300).map(str.encode)))
    def test_any_bytes_are_read_or_told(self, tmp_path: Path, data: bytes) -> None:
        path = tmp_path / "page.html"
        path.write_bytes(data)
        (item,) = read(path)
        assert isinstance(item, Article) or item.kind in ("empty", "undecodable", "malformed")

    def test_without_trafilatura_it_is_told_what_to_install(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(sys.modules, "trafilatura", None)
        (tmp_path / "page.html").write_text(self.PAGE.format(body=self.BODY))
        failure = only_failure(read(tmp_path))
        assert failure.kind == "unsupported"
        assert "pip install 'nlpclaims[html]'" in failure.message


class TestTables:
    """CSV."""

    def rows(self, tmp_path: Path, data: str, **how: Any) -> list[Article | Failure]:
        path = tmp_path / "rows.csv"
        path.write_bytes(data.encode(how.get("encoding", "utf-8")))
        place = path.as_posix()
        return [
            replace(item, id=item.id.replace(place, "rows"))
            if isinstance(item, Article)
            else replace(item, document=item.document.replace(place, "rows"))
            for item in read(path, **how)
        ]

    @in_one_folder
    @given(texts=st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), max_size=5))
    def test_texts_come_back_as_they_are(self, tmp_path: Path, texts: list[str]) -> None:
        stream = io.StringIO(newline="")
        csv.writer(stream, quoting=csv.QUOTE_ALL).writerows(
            [("id", "text"), *((str(n), t) for n, t in enumerate(texts))]
        )
        assert self.rows(tmp_path, stream.getvalue()) == [Article(str(n), text) for n, text in enumerate(texts)]

    def test_columns_by_name(self, tmp_path: Path) -> None:
        data = "url,body,id,date,title\nhttps://e.org,He said so.,a,2024,One\n,So did she.,,,\n"
        assert self.rows(tmp_path, data, text_column="body") == [
            Article("a", "He said so.", Metadata("One", "2024", "https://e.org")),
            Article("rows:3", "So did she."),
        ]

    def test_quoted_line_ends_and_marks(self, tmp_path: Path) -> None:
        data = '\ufefftext\r\n"one\r\ntwo\n\n“three”, ""four"""\r\nfive\r\n'
        assert self.rows(tmp_path, data) == [
            Article("rows:2", 'one\r\ntwo\n\n“three”, "four"'),
            Article("rows:6", "five"),
        ]

    def test_wrong_column_is_named_with_those_there_are(self, tmp_path: Path) -> None:
        (failure,) = self.rows(tmp_path, "id,body\na,x\n")
        assert isinstance(failure, Failure)
        assert "has no column 'text'" in failure.message
        assert "--text-column: 'id', 'body'" in failure.message

    @pytest.mark.parametrize(
        ("data", "message"),
        [
            ("\nid,text\na,x\n", "its first line is blank, where the columns are to be named, one of them 'text'"),
            ("\ufeff", "its first line is blank"),
            ("\r\n", "its first line is blank"),
            ("id,text\ra,x\rb,y\r", "its header is not CSV: a carriage return without a line feed"),
        ],
    )
    def test_a_file_without_a_header_is_told_with_what_to_do(self, tmp_path: Path, data: str, message: str) -> None:
        (failure,) = self.rows(tmp_path, data)
        assert isinstance(failure, Failure)
        assert (failure.document, failure.kind) == ("rows", "malformed")
        assert failure.message.startswith(message)

    def test_a_carriage_return_alone_is_told_with_what_to_do(self, tmp_path: Path) -> None:
        bad, good = self.rows(tmp_path, "id,text\na,one\rtwo\nb,x\n")
        assert isinstance(bad, Failure)
        assert "not CSV: a carriage return without a line feed; quote the field, or end lines" in bad.message
        assert good == Article("b", "x")

    @pytest.mark.parametrize(
        ("row", "message"),
        [("a", "has 1 fields"), ("a,b,c", "has 3 fields"), ('a,"b"c', "not CSV")],
    )
    def test_a_bad_row_does_not_stop_the_rest(self, tmp_path: Path, row: str, message: str) -> None:
        bad, good = self.rows(tmp_path, f"id,text\n{row}\n\nz,last\n")
        assert isinstance(bad, Failure)
        assert (bad.document, bad.kind) == ("rows:2", "malformed")
        assert message in bad.message
        assert good == Article("z", "last")

    def test_a_quotation_that_does_not_end_is_told(self, tmp_path: Path) -> None:
        good, bad = self.rows(tmp_path, 'id,text\na,b\nc,"never\nclosed\n')
        assert good == Article("a", "b")
        assert isinstance(bad, Failure)
        assert "not CSV" in bad.message

    def test_an_undecodable_line_does_not_stop_the_rest(self, tmp_path: Path) -> None:
        path = tmp_path / "rows.csv"
        path.write_bytes(b"text\ncaf\xe9\nafter\n")
        bad, good = read(path)
        assert isinstance(bad, Failure) and bad.kind == "undecodable"
        assert isinstance(good, Article) and good.text == "after"

    @in_one_folder
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
    @given(texts=st.lists(st.text('a", \r\n', max_size=12), min_size=1, max_size=3), data=st.data())
    def test_an_undecodable_byte_costs_its_row_alone(
        self, tmp_path: Path, encoding: str, texts: list[str], data: st.DataObject
    ) -> None:
        number = data.draw(st.integers(0, len(texts) - 1))
        place = data.draw(st.integers(0, len(texts[number])))
        broken = texts.copy()
        broken[number] = texts[number][:place] + "\udcff" + texts[number][place:]
        stream = io.StringIO(newline="")
        csv.writer(stream).writerows([("id", "text"), *enumerate(broken)])
        path = tmp_path / "rows.csv"
        path.write_bytes(stream.getvalue().encode(encoding, "surrogatepass"))
        found = read(path, encoding=encoding)
        failure = found.pop(number)
        assert isinstance(failure, Failure) and failure.kind == "undecodable"
        assert found == [Article(str(n), text) for n, text in enumerate(texts) if n != number]

    def test_an_undecodable_byte_is_named_by_its_line_and_offset(self, tmp_path: Path) -> None:
        path = tmp_path / "rows.csv"
        path.write_bytes(b'text\n"line one\nbad \xff byte\nAnd then Paris said no.\nend"\n"good"')
        bad, good = read(path)
        assert isinstance(bad, Failure)
        assert bad.document == f"{path.as_posix()}:2"
        assert "line 3 cannot be decoded" in bad.message
        assert "byte 0xff at byte offset 4" in bad.message
        assert good == Article(f"{path.as_posix()}:6", "good")

    @pytest.mark.parametrize(
        "row",
        [
            '1,"a" b "x\ny,z"',
            '1,"he said "no" and\n\nz,""left"", he\nsaid"',
            '1,"x\ny","a "b" c\nhe said "no,\ny,z"',
            '"a"b","x\ny,z "c" d\ny,z"',
            'a\rb,"x\ny,z"',
            '1,"the 5" pipe"',
            '1,"the "5" pipe"',
            '1,"a" b',
        ],
    )
    def test_quotes_that_are_not_doubled_cost_their_row_alone(self, tmp_path: Path, row: str) -> None:
        bad, *good = self.rows(tmp_path, f'id,text\n{row}\n2,5" pipe\n3,"good"\n')
        assert isinstance(bad, Failure)
        assert (bad.document, bad.kind) == ("rows:2", "malformed")
        assert good == [Article("2", '5" pipe'), Article("3", "good")]

    def test_only_the_mark_at_the_start_of_the_file_is_not_text(self, tmp_path: Path) -> None:
        data = '\ufefftext\n"a\n\ufeffb"\n\ufeffc\n'
        assert self.rows(tmp_path, data) == [Article("rows:2", "a\n\ufeffb"), Article("rows:4", "\ufeffc")]

    def test_a_mark_alone_is_a_file_without_columns(self, tmp_path: Path) -> None:
        (failure,) = self.rows(tmp_path, "\ufeff")
        assert isinstance(failure, Failure) and failure.kind == "malformed"

    @pytest.mark.parametrize("encoding", ["utf-16", "cp037"])
    def test_other_encodings(self, tmp_path: Path, encoding: str) -> None:
        assert self.rows(tmp_path, "text\ncafé\n", encoding=encoding) == [Article("rows:2", "café")]

    def test_nothing_is_no_article(self, tmp_path: Path) -> None:
        assert self.rows(tmp_path, "") == []


class TestPacked:
    """Files that gzip has packed."""

    @pytest.mark.parametrize(
        ("name", "data", "text"),
        [
            ("a.txt.gz", "café\r\n", "café\r\n"),
            ("A.MD.GZ", "# x", "# x"),
            ("a.jsonl.gz", '{"text": "x"}\n', "x"),
            ("a.csv.gz", "text\nx\n", "x"),
            ("a.html.gz", TestPages.PAGE.format(body=TestPages.BODY), "cables rust"),
        ],
    )
    def test_each_kind(self, tmp_path: Path, name: str, data: str, text: str) -> None:
        (tmp_path / name).write_bytes(gzip.compress(data.encode()))
        (article,) = read(tmp_path)
        assert isinstance(article, Article)
        assert text in article.text

    @pytest.mark.parametrize("kept", [0, 1, 5, 30, -9, -1])
    def test_cut_off(self, tmp_path: Path, kept: int) -> None:
        path = tmp_path / "a.txt.gz"
        path.write_bytes(gzip.compress(os.urandom(100).hex().encode())[:kept])
        failure = only_failure(read(path))
        assert (failure.document, failure.kind) == (path.as_posix(), "corrupt")
        assert "not a whole gzip file" in failure.message

    @pytest.mark.parametrize("data", [b"plain text", b"\x1f\x8b\x08\x00" + b"\xff" * 50])
    def test_not_gzip(self, tmp_path: Path, data: bytes) -> None:
        (tmp_path / "a.jsonl.gz").write_bytes(data)
        assert only_failure(read(tmp_path)).kind == "corrupt"

    def test_rows_before_the_cut_are_read(self, tmp_path: Path) -> None:
        rows = "".join(json.dumps({"id": str(n), "text": os.urandom(20).hex()}) + "\n" for n in range(2000))
        (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(rows.encode())[:-500])
        *articles, failure = read(tmp_path)
        assert len(articles) > 1000
        assert isinstance(failure, Failure) and failure.kind == "corrupt"

    @pytest.mark.parametrize("name", ["a.txt.gz", "a.html.gz", "a.jsonl.gz", "a.csv.gz"])
    def test_a_bomb_is_not_unpacked(self, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("nlpclaims.reading.rows._BESIDE", 2**20)
        monkeypatch.setattr("nlpclaims.reading.formats._MARKUP", 2**20)
        with gzip.open(tmp_path / name, "wb", compresslevel=1) as stream:
            stream.write(b"text\n" if "csv" in name else b"")
            for _ in range(40):
                stream.write(b"a" * 2**20)
        tracemalloc.start()
        try:
            failure = only_failure(read(tmp_path, max_chars=1000))
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert failure.kind == "oversized"
        assert peak < 10 * 2**20


class TestLimits:
    @pytest.mark.parametrize(
        ("name", "data"),
        [
            ("a.txt", "{}"),
            ("a.jsonl", '{{"id": "a", "text": "{}"}}'),
            ("a.csv", "text\n{}\n"),
        ],
    )
    def test_an_article_of_more_characters_is_told(self, tmp_path: Path, name: str, data: str) -> None:
        (tmp_path / name).write_text(data.format("é" * 50), encoding="utf-8")
        assert only_failure(read(tmp_path, max_chars=49)).kind == "oversized"
        (article,) = read(tmp_path, max_chars=50)
        assert isinstance(article, Article)

    def test_markup_is_no_part_of_the_article(self, tmp_path: Path) -> None:
        page = TestPages.PAGE.format(body=TestPages.BODY)
        (tmp_path / "a.html").write_text(page.replace("<nav>", f"<style>{'b{} ' * 10_000}</style><nav>"))
        (article,) = read(tmp_path, max_chars=500)
        assert isinstance(article, Article)
        assert "cables rust." in article.text
        assert only_failure(read(tmp_path, max_chars=len(article.text) - 1)).kind == "oversized"

    def test_a_quoted_field_longer_than_any_article_is_passed_over(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("nlpclaims.reading.rows._BESIDE", 100)
        (tmp_path / "a.csv").write_text('text\n"' + "said no\n" * 100 + '"\nx\n')
        long, short = read(tmp_path, max_chars=10)
        assert isinstance(long, Failure)
        assert isinstance(short, Article) and short.text == "x"

    def test_a_line_of_50_megabytes_costs_itself_at_most(self, tmp_path: Path) -> None:
        with (tmp_path / "a.jsonl").open("w") as stream:
            stream.write('{"id": "long", "text": "' + "a" * 50_000_000 + '"}\n{"id": "b", "text": "x"}\n')
            stream.write('{"id": "beside", "html": "' + "a" * 50_000_000 + '", "text": "y"}\n')
        long, short, beside = read(tmp_path)
        assert isinstance(long, Failure)
        assert (long.document, long.kind) == ("long", "oversized")
        assert "50,000,000 characters" in long.message
        assert (short, beside) == (Article("b", "x"), Article("beside", "y"))

    def test_a_line_longer_than_any_article_is_passed_over(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("nlpclaims.reading.rows._BESIDE", 100)
        (tmp_path / "a.jsonl").write_text('{"text": "' + "a" * 5000 + '"}\n{"text": "x"}\n')
        long, short = read(tmp_path, max_chars=10)
        assert isinstance(long, Failure)
        assert (long.document[-2:], long.kind) == (":1", "oversized")
        assert "of more than 220 bytes" in long.message
        assert isinstance(short, Article)

    def test_a_line_longer_than_any_article_ends_a_file_in_utf_16(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("nlpclaims.reading.rows._BESIDE", 100)
        (tmp_path / "a.jsonl").write_text('{"text": "' + "a" * 5000 + '"}\n{"text": "x"}\n', encoding="utf-16")
        long = only_failure(read(tmp_path, max_chars=10, encoding="utf-16"))
        assert "of more than 220 characters" in long.message
        assert "the rest of the file is not read" in long.message


class TestFilesThatChange:
    def test_a_file_that_has_vanished_is_told(self, tmp_path: Path) -> None:
        for name in ("a.txt", "b.txt"):
            (tmp_path / name).write_text("x")
        sources = [source for source in find_sources([str(tmp_path)]) if isinstance(source, Source)]
        (tmp_path / "a.txt").unlink()
        gone, there = (item for source in sources for item in read_source(source))
        assert isinstance(gone, Failure)
        assert (gone.kind, gone.message) == ("missing", "no such file or folder")
        assert isinstance(there, Article)

    def test_rows_that_are_cut_off_while_they_are_read_end(self, tmp_path: Path) -> None:
        path = tmp_path / "a.jsonl"
        path.write_text('{"text": "x"}\n' * 100_000)
        (source,) = find_sources([str(path)])
        assert isinstance(source, Source)
        items = read_source(source)
        assert isinstance(next(items), Article)
        os.truncate(path, 20)
        *articles, last = items
        assert all(isinstance(item, Article) for item in articles)
        assert isinstance(last, Article) or last.kind == "malformed"

    def test_what_has_been_read_is_counted(self, tmp_path: Path) -> None:
        counted: list[int] = []
        for name in ("a.txt", "b.jsonl", "c.csv"):
            (tmp_path / name).write_text("{}\n" * 500)
            for source in find_sources([str(tmp_path / name)]):
                assert isinstance(source, Source)
                list(read_source(source, on_read=counted.append))
            assert sum(counted) == 1500
            counted.clear()


@pytest.mark.parametrize("name", ["utf-8", "UTF8", "latin-1", "utf-16", "shift_jis", "cp1252"])
def test_text_encodings(name: str) -> None:
    assert is_text_encoding(name)


@pytest.mark.parametrize("name", ["", "nonsense", "hex", "rot13", "base64", "a\0b"])
def test_what_is_no_text_encoding(name: str) -> None:
    assert not is_text_encoding(name)


ENGLISH = (
    "The minister told reporters on Monday that the bridge would be closed until the spring, because its cables had "
    "rusted faster than anyone expected. Drivers who use it each day were not pleased. One of them said she would now "
    "need an hour more to get to work, and that nobody from the city had asked her what she thought of it before they "
    "made up their minds."
)
GERMAN = (
    "Der Minister sagte am Montag vor Journalisten, die Brücke bleibe bis zum Frühjahr gesperrt, weil ihre Seile "
    "schneller gerostet seien als erwartet. Wer sie jeden Tag benutzt, war nicht erfreut. Eine Fahrerin sagte, sie "
    "brauche nun eine Stunde länger zur Arbeit, und niemand aus der Stadt habe sie gefragt, was sie davon halte, bevor "
    "man sich dort entschieden habe. Am Abend wurde in der Stadt darüber gestritten."
)
FRENCH = (
    "Le ministre a déclaré lundi aux journalistes que le pont resterait fermé jusqu'au printemps, parce que ses câbles "
    "avaient rouillé plus vite que prévu. Ceux qui l'empruntent chaque jour n'étaient pas contents. Une conductrice a "
    "dit qu'il lui faudrait désormais une heure de plus pour aller au travail, et que personne à la mairie ne lui "
    "avait demandé son avis avant de décider. Le soir, on en parlait encore dans toute la ville."
)
RUSSIAN = "Министр заявил в понедельник журналистам, что мост останется закрытым до весны, потому что тросы заржавели."
KOREAN = (
    "장관은 월요일 기자들에게 다리의 케이블이 예상보다 빨리 녹슬었기 때문에 봄까지 다리를 폐쇄한다고 말했다. "
    "매일 다리를 건너는 운전자들은 불만을 나타냈다."
)


@pytest.mark.parametrize(
    "text", [ENGLISH, ENGLISH * 40, "", "Nein.", "Das hat er so gesagt.", "12 34 ... 56", ENGLISH + RUSSIAN]
)
def test_english_or_too_short_to_tell(text: str) -> None:
    assert looks_english(text)


@pytest.mark.parametrize("text", [GERMAN, FRENCH, RUSSIAN, KOREAN, RUSSIAN * 20], ids=["de", "fr", "ru", "ko", "long"])
def test_other_languages(text: str) -> None:
    assert not looks_english(text)
