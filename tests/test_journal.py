"""Whatever ends a run and wherever, going on from there gives what an undisturbed run gives, byte for byte."""

import errno
import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nlpclaims.errors import OutputError
from nlpclaims.journal import Journal, fingerprint, journal_of, open_journal, part_of
from nlpclaims.records import Article, Claim, Content, Metadata, Offsets
from nlpclaims.writing import open_writer
from nlpclaims.writing.sinks import JournalSink, Place

SETUP = {"model": "m", "--min-confidence": 0.0}


class Killed(BaseException):
    """The end of a run that nothing in it could see coming."""


def claims_of(article: Article) -> list[Claim]:
    """A claim for each character of the text."""
    return [
        Claim(article.id, n, None, None, None, Content(letter + " é", "direct", (Offsets(n, n + 1),)))
        for n, letter in enumerate(article.text)
    ]


def run(
    output: Path, articles: Sequence[Article], done: list[str], *, stop: int | None = None, folder: bool = False
) -> None:
    """Do the articles, ``stop`` of them at most; what is worked on goes to ``done``."""
    base = output / "claims.jsonl" if folder else output
    with (
        open_journal(base, SETUP) as journal,
        JournalSink(lambda s: open_writer("jsonl", s), journal, None if folder else output) as sink,
    ):
        for article in articles:
            key = fingerprint(article)
            place = Place(article.id, output / f"{article.id[0]}.jsonl" if folder else None, key, len(article.text))
            found = sink.find(key)
            if found:
                sink.keep(place, found)
                continue
            if stop is not None and len(done) >= stop:
                raise Killed
            done.append(article.id)
            sink.write(place, claims_of(article))


def undisturbed(articles: Sequence[Article]) -> str:
    return "".join(json.dumps(c.to_dict(), ensure_ascii=False) + "\n" for a in articles for c in claims_of(a))


@pytest.fixture(autouse=True)
def every_document_is_synced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nlpclaims.journal.SYNC", 0.0)


@pytest.fixture
def fast(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(os, "fsync", lambda _descriptor: None)
    yield


texts = st.text(alphabet="ab", max_size=3)
corpora = st.lists(st.tuples(st.sampled_from(["a1", "a2", "b", "c"]), texts), max_size=8)


@pytest.mark.usefixtures("fast")
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=corpora, after=corpora | st.none(), data=st.data(), folder=st.booleans())
def test_a_killed_run_goes_on(
    tmp_path_factory: pytest.TempPathFactory,
    before: list[tuple[str, str]],
    after: list[tuple[str, str]] | None,
    data: st.DataObject,
    folder: bool,
) -> None:
    tmp_path = tmp_path_factory.mktemp("killed")
    output = tmp_path if folder else tmp_path / "claims.jsonl"
    base = tmp_path / "claims.jsonl"
    articles = [Article(name, text) for name, text in before]
    with suppress(Killed):
        run(output, articles, [], stop=data.draw(st.integers(0, len(articles))), folder=folder)
    if journal_of(base).exists():
        # A kill can cut the journal anywhere, and the part anywhere behind what the journal vouches for.
        kept = data.draw(st.integers(0, journal_of(base).stat().st_size), "kept")
        os.truncate(journal_of(base), kept)
        whole = [json.loads(line) for line in journal_of(base).read_bytes().split(b"\n")[1:-1]]
        vouched = max((entry["end"] for entry in whole), default=0)
        os.truncate(part_of(base), data.draw(st.integers(vouched, part_of(base).stat().st_size), "records kept"))
        with part_of(base).open("ab") as part:
            part.write(b'{"torn')
    now = articles if after is None else [Article(name, text) for name, text in after]
    run(output, now, [], folder=folder)
    left = {path.name for path in tmp_path.iterdir()}
    if not folder:
        assert output.read_text(encoding="utf-8") == undisturbed(now)
        assert left == {"claims.jsonl"}
        return
    assert "claims.jsonl.journal" not in left and "claims.jsonl.part" not in left
    groups: dict[str, list[Article]] = {}
    for article in sorted(now, key=lambda each: each.id[0]):
        groups.setdefault(article.id[0], []).append(article)
    if now == sorted(now, key=lambda each: each.id[0]):  # as the rows of one file come
        for name, members in groups.items():
            assert (tmp_path / f"{name}.jsonl").read_text(encoding="utf-8") == undisturbed(members)


def test_what_is_done_is_not_done_again_and_what_has_changed_is(tmp_path: Path) -> None:
    output, done = tmp_path / "claims.jsonl", list[str]()
    articles = [Article(name, "ab") for name in ("one", "two", "three", "four")]
    with pytest.raises(Killed):
        run(output, articles, done, stop=3)
    assert done == ["one", "two", "three"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["claims.jsonl.journal", "claims.jsonl.part"]
    assert part_of(output).read_text(encoding="utf-8") == undisturbed(articles[:3])
    entries = [json.loads(line) for line in journal_of(output).read_text().splitlines()[1:]]
    assert [(entry["document"], entry["size"], entry["claims"]) for entry in entries] == [
        ("one", 2, 2),
        ("two", 2, 2),
        ("three", 2, 2),
    ]
    changed = [articles[0], Article("two", "ab changed"), Article("three", "ab", Metadata("title")), articles[3]]
    again: list[str] = []
    run(output, changed, again)
    assert again == ["two", "three", "four"]
    assert output.read_text(encoding="utf-8") == undisturbed(changed)


def test_another_setup_is_refused_with_what_to_do(tmp_path: Path) -> None:
    output = tmp_path / "claims.jsonl"
    with pytest.raises(Killed):
        run(output, [Article("a", "x"), Article("b", "x")], [], stop=1)
    kept = part_of(output).read_bytes(), journal_of(output).read_bytes()
    refused = pytest.raises(OutputError, match=r"had model m, and this one has other.*delete this file and claims")
    with refused, open_journal(output, {**SETUP, "model": "other"}):
        pass
    assert (part_of(output).read_bytes(), journal_of(output).read_bytes()) == kept


@pytest.mark.skipif(sys.platform == "win32", reason="no such locks there")
def test_two_runs_at_once_are_refused(tmp_path: Path) -> None:
    output = tmp_path / "claims.jsonl"
    with open_journal(output, SETUP) as journal:
        journal.stream.write("x\n")
        journal.add("key", "a", 1, 1)
        with pytest.raises(OutputError, match="another run is at work"), open_journal(output, SETUP):
            pass
        assert part_of(output).read_text() == "x\n"


def test_nothing_is_left_of_a_run_that_did_nothing(tmp_path: Path) -> None:
    with pytest.raises(Killed):
        run(tmp_path / "claims.jsonl", [Article("a", "x")], [], stop=0)
    assert not list(tmp_path.iterdir())


def test_files_are_closed_before_they_are_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    unlink = Path.unlink
    with pytest.raises(Killed), open_journal(tmp_path / "claims.jsonl", SETUP) as journal:

        def unlink_as_on_windows(self: Path, missing_ok: bool = False) -> None:
            if not journal.stream.closed:
                raise PermissionError(errno.EACCES, "the file is being used by another process")
            unlink(self, missing_ok)

        monkeypatch.setattr(Path, "unlink", unlink_as_on_windows)
        raise Killed
    assert not list(tmp_path.iterdir())


def test_documents_without_claims_are_kept_too(tmp_path: Path) -> None:
    output, done = tmp_path / "claims.jsonl", list[str]()
    articles = [Article("a", ""), Article("b", ""), Article("c", "x")]
    with pytest.raises(Killed):
        run(output, articles, [], stop=2)
    run(output, articles, done)
    assert done == ["c"]
    assert output.read_text(encoding="utf-8") == undisturbed(articles)


def test_records_that_cannot_take_their_place_are_kept(tmp_path: Path) -> None:
    output, article = tmp_path / "claims.jsonl", Article("a", "xy")
    with (
        pytest.raises(OutputError, match="it is no file"),
        open_journal(output, SETUP) as journal,
        JournalSink(lambda s: open_writer("jsonl", s), journal, output) as sink,
    ):
        sink.write(Place("a", None, fingerprint(article), 2), claims_of(article))
        output.mkdir()
    output.rmdir()
    done: list[str] = []
    run(output, [article], done)
    assert not done
    assert output.read_text(encoding="utf-8") == undisturbed([article])


def test_a_link_may_lead_to_another_file_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    replace = Path.replace

    def replace_in_a_folder(self: Path, target: Path) -> Path:
        if self.parent.resolve() != target.parent.resolve():
            raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", replace_in_a_folder)
    (tmp_path / "other").mkdir()
    link, target = tmp_path / "link.jsonl", tmp_path / "other" / "claims.jsonl"
    link.symlink_to(target)
    articles, done = [Article("a", "x"), Article("b", "y")], list[str]()
    with pytest.raises(Killed):
        run(link, articles, [], stop=1)
    run(link, articles, done)
    assert done == ["b"]
    assert link.is_symlink()
    assert target.read_text(encoding="utf-8") == undisturbed(articles)
    assert {path.name for path in tmp_path.rglob("*")} == {"link.jsonl", "other", "claims.jsonl"}


def test_a_read_only_output_is_told_at_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    output, done = tmp_path / "claims.jsonl", list[str]()
    output.write_text("before")
    monkeypatch.setattr(os, "access", lambda _path, _mode: False)  # root may write anywhere
    with pytest.raises(OutputError, match=r"claims.jsonl: cannot be written: the file is read-only"):
        run(output, [Article("a", "x")], done)
    assert not done
    assert list(tmp_path.iterdir()) == [output]


def test_a_line_stands_only_for_what_is_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    output, synced = tmp_path / "claims.jsonl", list[tuple[int, int]]()

    def fsync(_descriptor: int) -> None:
        entries = journal_of(output).read_bytes().count(b"\n") - 1
        synced.append((part_of(output).stat().st_size, entries))

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(Killed):
        run(output, [Article("a", "x"), Article("b", "xy"), Article("c", "x")], [], stop=2)
    sizes = [json.loads(line)["end"] for line in journal_of(output).read_text().splitlines()[1:]]
    assert synced[:4] == [(sizes[0], -1), (sizes[0], 1), (sizes[1], 1), (sizes[1], 2)]


def test_lines_are_synced_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nlpclaims.journal.SYNC", 60.0)
    calls: list[int] = []
    monkeypatch.setattr(os, "fsync", calls.append)
    run(tmp_path / "claims.jsonl", [Article(str(n), "x") for n in range(100)], [])
    assert len(calls) <= 3


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("full", ["_part", "_journal"])
def test_a_full_disk_is_told_and_what_was_whole_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, full: str
) -> None:
    output = tmp_path / "claims.jsonl"
    add = Journal.add

    def full_after_b(self: Journal, key: str, document: str, characters: int, claims: int) -> object:
        stretch = add(self, key, document, characters, claims)
        if document == "b":
            with Path("/dev/full").open("w") as device:
                os.dup2(device.fileno(), getattr(self, full).fileno())
        return stretch

    articles = [Article(name, "xy") for name in "abcd"]
    told = pytest.raises(OutputError, match=r"claims\.jsonl: cannot be written: No space left on device")
    with monkeypatch.context() as patch, told:
        patch.setattr(Journal, "add", full_after_b)
        run(output, articles, [])
    done: list[str] = []
    run(output, articles, done)
    assert done == ["c", "d"]
    assert output.read_text(encoding="utf-8") == undisturbed(articles)


@pytest.mark.skipif(not Path("/dev/null").exists(), reason="needs /dev/null")
def test_what_is_no_file_cannot_be_gone_on_with(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="is no file"):
        run(Path("/dev/null"), [], [])
    assert not list(tmp_path.iterdir())
