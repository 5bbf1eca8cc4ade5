"""Several processes give what one gives, in its order, and an article that is lost with a worker is read again."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from nlpclaims import Article, Failure, ModelError, load
from nlpclaims.batch import GROUP, WorkerPool

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


def test_a_broken_pipeline_is_told_as_by_load(tmp_path: Path) -> None:
    (tmp_path / "meta.json").write_text("{")
    with WorkerPool(2, tmp_path) as pool, pytest.raises(ModelError, match=r"cannot load|no pipeline|not"):
        list(pool.extract_many(["One said two."]))


def test_the_command_writes_the_same_bytes_with_any_number_of_workers() -> None:
    command = [sys.executable, "-m", "nlpclaims", "extract", *map(str, SAMPLES), "--quiet", "--workers"]
    one, two = (subprocess.run([*command, n], capture_output=True, timeout=300, check=True) for n in ("1", "2"))
    assert one.stdout == two.stdout
    assert one.stdout.count(b"\n") > len(SAMPLES)
    assert two.stderr == b""
