"""Several processes give what one gives, in its order, and an article that is lost with a worker is read again."""

import errno
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from nlpclaims import Article, Failure, ModelError, load
from nlpclaims.batch import AHEAD, GROUP, WorkerPool

SAMPLES = sorted((Path(__file__).parents[1] / "samples").glob("*.txt"))


@pytest.fixture(scope="module")
def articles() -> list[Article]:
    return [Article(path.name, path.read_text(encoding="utf-8")) for path in SAMPLES]


def test_workers_give_what_one_process_gives_in_order(articles: list[Article]) -> None:
    alone = list(load().extract_many(articles))
    many = articles * 5
    assert sum(len(article.text) for article in many) > 3 * GROUP
    with WorkerPool(2) as pool:
        assert list(pool.extract_many(many)) == alone * 5


def test_what_is_no_text_is_a_failure_and_the_others_go_on(articles: list[Article]) -> None:
    failures: list[Failure] = []
    with WorkerPool(1) as pool:
        found = list(pool.extract_many([articles[0], float("nan"), articles[1]], failures.append))  # type: ignore[list-item]
        assert [bool(claims) for claims in found] == [True, False, True]
        assert [failure.kind for failure in failures] == ["crash"]
        with pytest.raises(RuntimeError, match="expected a text, or an Article"):
            list(pool.extract_many([None]))  # type: ignore[list-item]


def test_one_text_is_not_many() -> None:
    with WorkerPool(1, load=echo) as pool, pytest.raises(TypeError, match="wrap the one text in a list"):
        list(pool.extract_many("The minister said that prices rose."))


def test_what_a_killed_worker_had_is_read_again(articles: list[Article]) -> None:
    many = articles * 4
    failures: list[Failure] = []
    with WorkerPool(2) as pool:
        found = pool.extract_many(many, failures.append)
        claims = [next(found)]
        os.kill(pool.pids[0], signal.SIGKILL)
        claims += found
    assert not failures
    assert len(claims) == len(many)
    assert claims[: len(articles)] == claims[-len(articles) :]


class DeadlyPool(WorkerPool):
    """A pool whose workers are killed whenever they come to an article of the name ``deadly``."""

    def __init__(self, kills: int) -> None:
        super().__init__(2)
        self.kills = kills
        self.alone: list[int] = []

    def _receive(self) -> None:
        for worker in self._working:
            if self.kills and worker.tasks and worker.tasks[0].article.id == "deadly" and worker.process.is_alive():
                self.kills -= 1
                self.alone.append(len(worker.tasks))
                worker.process.kill()
                worker.process.join()  # else it may be counted twice
        super()._receive()


@pytest.mark.parametrize(("kills", "failed"), [(1, 0), (2, 1)])
def test_an_article_that_kills_is_tried_once_more_alone(articles: list[Article], kills: int, failed: int) -> None:
    deadly = Article("deadly", articles[0].text * 3)
    many = [articles[1], deadly, *articles[2:]]
    failures: list[Failure] = []
    with DeadlyPool(kills) as pool:
        claims = list(pool.extract_many(many, failures.append))
    assert pool.kills == 0
    assert pool.alone[1:] == [1] * (kills - 1)
    assert [(failure.document, failure.kind) for failure in failures] == [("deadly", "killed")] * failed
    assert [bool(each) for each in claims] == [True, not failed, *[True] * (len(many) - 2)]
    assert [each[0].document for each in claims if each] == [a.id for a in many if not failed or a is not deadly]


class StillbornPool(WorkerPool):
    """A pool whose workers are all killed as they load."""

    def _start(self) -> None:
        super()._start()
        for worker in self._working:
            worker.process.kill()


def test_workers_that_are_killed_as_they_load_end_the_run() -> None:
    with StillbornPool(2) as pool, pytest.raises(ModelError, match="enough memory"):
        list(pool.extract_many(["One said two."]))


def test_no_more_is_read_than_can_be_worked_on(articles: list[Article]) -> None:
    read: list[int] = []

    def endless() -> Iterator[Article]:
        for number in count():
            read.append(number)
            yield Article(str(number), articles[0].text)

    with WorkerPool(1) as pool:
        found = pool.extract_many(endless())
        for _ in range(3):
            next(found)
    assert len(read) * len(articles[0].text) <= (AHEAD + 1) * (GROUP + len(articles[0].text))


def echo(_model: object) -> Any:
    """A pipeline that finds in each article its text, and fails on ``fails``."""

    def extract_many(articles: list[Article], on_failure: Callable[[Failure], None]) -> Iterator[list[str]]:
        for article in articles:
            if article.text == "fails":
                on_failure(Failure(article.id, "crash", "as told"))
            yield [article.text]

    return SimpleNamespace(extract_many=extract_many)


def test_a_call_that_ends_early_leaves_nothing_to_the_next() -> None:
    with WorkerPool(1, load=echo) as pool:
        with pytest.raises(RuntimeError, match="as told"):
            list(pool.extract_many(["fails", "old 1", "old 2"]))
        assert list(pool.extract_many(["new 0", "new 1"])) == [["new 0"], ["new 1"]]
        abandoned = pool.extract_many(["old 0", "old 1", "old 2"])
        assert next(abandoned) == ["old 0"]
        abandoned.close()
        assert list(pool.extract_many(["new 0", "new 1"])) == [["new 0"], ["new 1"]]


def test_calls_in_turns_get_their_own_answers() -> None:
    with WorkerPool(2, load=echo) as pool:
        first = pool.extract_many(["a 0", "a 1", "a 2"])
        assert next(first) == ["a 0"]
        second = pool.extract_many(["b 0", "b 1"])
        assert next(second) == ["b 0"]
        assert list(first) == [["a 1"], ["a 2"]]
        assert list(second) == [["b 1"]]


def threads(_model: object) -> Any:
    """A pipeline that finds in each article how many threads it may have."""
    return SimpleNamespace(extract_many=lambda articles, _: [[os.environ["OMP_NUM_THREADS"]] for _ in articles])


@pytest.mark.parametrize(("told", "expected"), [(None, "8"), ("many", "8"), ("16", "8"), ("1", "1")])
def test_a_worker_has_its_share_of_the_cores_or_less_where_the_user_says(
    monkeypatch: pytest.MonkeyPatch, told: str | None, expected: str
) -> None:
    monkeypatch.setattr("nlpclaims.batch.cores", lambda: 8)
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    if told:
        monkeypatch.setenv("OMP_NUM_THREADS", told)
    with WorkerPool(1, load=threads) as pool:
        assert list(pool.extract_many(["x"])) == [[expected]]
    assert os.environ.get("OMP_NUM_THREADS") == told


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_workers_ignore_interrupts_from_their_start() -> None:
    before = signal.getsignal(signal.SIGINT)
    with WorkerPool(2, load=echo) as pool:
        for pid in pool.pids:
            (ignored,) = re.findall(r"^SigIgn:\s*(\w+)$", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
            assert int(ignored, 16) & 1 << signal.SIGINT - 1
    assert signal.getsignal(signal.SIGINT) is before


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_workers_end_with_a_parent_that_is_killed(tmp_path: Path, articles: list[Article]) -> None:
    (tmp_path / "long.txt").write_text(articles[0].text * 1000, encoding="utf-8")
    command = [sys.executable, "-m", "nlpclaims", "extract", "long.txt", "long.txt", "--workers", "2"]
    process = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL)
    workers = list[int]()
    while len(workers) < 3:  # with the process that multiprocessing keeps for itself
        time.sleep(0.05)
        workers = children(process.pid)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    deadline = time.monotonic() + 30
    while any(map(is_running, workers)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(map(is_running, workers))


def test_a_broken_pipeline_is_told_as_by_load(tmp_path: Path) -> None:
    (tmp_path / "meta.json").write_text("{")
    with WorkerPool(2, tmp_path) as pool, pytest.raises(ModelError, match="cannot load the pipeline"):
        list(pool.extract_many(["One said two."]))


def test_a_process_that_cannot_be_started_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_pipe() -> None:
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

    monkeypatch.setattr("nlpclaims.batch.get_context", lambda _: SimpleNamespace(Pipe=no_pipe))
    with pytest.raises(ModelError, match="a worker cannot be started: Too many open files; try fewer --workers"):
        WorkerPool(2).__enter__()


def test_the_command_writes_the_same_bytes_with_any_number_of_workers() -> None:
    command = [sys.executable, "-m", "nlpclaims", "extract", *map(str, SAMPLES), "--quiet", "--workers"]
    one, two = (subprocess.run([*command, n], capture_output=True, timeout=300, check=True) for n in ("1", "2"))
    assert one.stdout == two.stdout
    assert one.stdout.count(b"\n") > len(SAMPLES)
    assert two.stderr == b""
