"""Reading gives exactly the text of the input, under the name that the user knows it by, or says what is wrong."""

import io
import json
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nlpclaims.reading import Reading, Source, find_sources, is_text_encoding, read_source
from nlpclaims.reading.decoding import decode
from nlpclaims.reading.language import looks_english
from nlpclaims.records import Article, Claim, Failure
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

    def test_only_line_feeds_end_a_row(self, tmp_path: Path) -> None:
        assert self.rows(tmp_path, '{"text": "a\u2028b\x85c"}\n') == [Article("rows:1", "a\u2028b\x85c")]

    @pytest.mark.parametrize("encoding", ["utf-16", "utf-32-le", "cp037", "latin-1"])
    def test_other_encodings(self, tmp_path: Path, encoding: str) -> None:
        rows = self.rows(tmp_path, '{"text": "café"}\nx\n{"text": "y"}\n', encoding)
        assert rows[0] == Article("rows:1", "café")
        assert isinstance(rows[1], Failure)
        assert rows[2] == Article("rows:3", "y")

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
