"""Many articles at once: worker processes that each hold the pipeline, and answer with plain records in order."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import chain
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nlpclaims.cores import cores
from nlpclaims.records import Article, Failure

if TYPE_CHECKING:
    from nlpclaims.extractor import ArticleReader, Load

GROUP = 30_000
"""Characters that are sent to a worker at once."""
AHEAD = 3
"""Groups that may wait for each worker; bounds the memory whatever the size of the input."""
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")

Answer = list[Any] | Failure


class WorkerPool:
    """Does as an ``Extractor``, or another ``ArticleReader``, in several processes; a context manager.

    Args:
        workers: how many processes; each loads the pipeline once and takes its share of the cores.
        model: the pipeline, as for ``nlpclaims.load``.
        load: as ``nlpclaims.load``, which it is unless another is named; it is called in each process, so one that
            can be pickled.

    Raises:
        ModelError: on first use, where the pipeline cannot be loaded.
    """

    def __init__(self, workers: int, model: str | Path | None = None, load: "Load | None" = None) -> None:
        self.workers, self.model, self.load = workers, model, load
        self._pool = self._start(workers)

    def __enter__(self) -> "WorkerPool":
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _start(self, workers: int) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(workers, get_context("spawn"), _load, (self.model, self.load))

    @property
    def pids(self) -> list[int]:
        """The processes that work now."""
        return list(self._pool._processes or ())

    def extract_many(
        self, articles: Iterable[str | Article], on_failure: Callable[[Failure], None] | None = None
    ) -> Iterator[list[Any]]:
        """As ``ArticleReader.extract_many``; an article that kills its worker is tried once more alone, else fails."""
        for answer in self._answers(articles):
            if isinstance(answer, Failure):
                if on_failure is None:
                    raise RuntimeError(f"{answer.document}: {answer.message}")
                on_failure(answer)
            yield [] if isinstance(answer, Failure) else answer

    def _answers(self, articles: Iterable[str | Article]) -> Iterator[Answer]:
        waiting: deque[tuple[list[Article], Future[list[Answer]]]] = deque()
        for group in _groups(articles):
            waiting.append((group, self._submit(group)))
            if len(waiting) > self.workers * AHEAD:
                yield from self._finish(*waiting.popleft())
        while waiting:
            yield from self._finish(*waiting.popleft())

    def _submit(self, group: list[Article]) -> "Future[list[Answer]]":
        try:
            with _shared_cores(self.workers):
                return self._pool.submit(_extract, group)
        except BrokenProcessPool:
            self._pool = self._start(self.workers)
            return self._submit(group)

    def _finish(self, group: list[Article], future: "Future[list[Answer]]") -> list[Answer]:
        try:
            return future.result()
        except BrokenProcessPool:
            return list(chain.from_iterable(self._alone(article) for article in group))

    def _alone(self, article: Article) -> list[Answer]:
        with self._start(1) as pool, _shared_cores(1):
            try:
                return pool.submit(_extract, [article]).result()
            except BrokenProcessPool:
                message = "the process that read it was killed, twice; is there enough memory?"
                return [Failure(article.id, "killed", message)]


def _groups(articles: Iterable[str | Article]) -> Iterator[list[Article]]:
    group: list[Article] = []
    size = 0
    for item in articles:
        article = Article("-", item) if isinstance(item, str) else item
        group.append(article)
        size += len(article.text)
        if size >= GROUP:
            yield group
            group, size = [], 0
    if group:
        yield group


@contextmanager
def _shared_cores(workers: int) -> Iterator[None]:
    """Processes that are started here find their share of the cores in the environment, where libraries look for it."""
    before = {name: os.environ.get(name) for name in _THREADS}
    os.environ.update(dict.fromkeys(_THREADS, str(max(1, cores() // workers))))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


# ---------------------------------------------------------------- in the worker

_extractor: "ArticleReader[Any] | Exception | None" = None


def _load(model: str | Path | None, load: "Load | None") -> None:
    """Load the pipeline; what goes wrong is told when the first article is asked for."""
    import signal

    from nlpclaims.extractor import load as load_extractor

    global _extractor  # noqa: PLW0603 (a process has one pipeline)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    try:
        _extractor = (load or load_extractor)(model)
    except Exception as error:
        _extractor = error


def _extract(group: list[Article]) -> list[Answer]:
    if _extractor is None or isinstance(_extractor, Exception):
        raise _extractor or RuntimeError("no pipeline")
    failures: list[Failure] = []
    answers: list[Answer] = []
    for claims in _extractor.extract_many(group, failures.append):
        answers.append(failures.pop() if failures else claims)
    return answers
