"""Many articles at once: worker processes that each hold the pipeline, and answer with plain records in order.

A worker that has nothing to do is sent a group of articles and answers one by one, so it is always known which article
a worker had that was killed.
"""

import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nlpclaims.cores import cores
from nlpclaims.errors import ModelError
from nlpclaims.records import Article, Failure, articles_of

if TYPE_CHECKING:
    from nlpclaims.extractor import Load

GROUP = 30_000
"""Characters from which on articles are sent to a worker at once."""
GROUP_ARTICLES = 64
"""Articles that are, however short they are."""
AHEAD = 3
"""Groups that may be read or done ahead for each worker; bounds the memory whatever the size of the input."""
TRIES = 2
"""How often an article may have its worker killed; the second time it is alone with it."""
STARTS = 3
"""Workers that may be killed one after another while they load the pipeline."""
_THREADS = "OMP_NUM_THREADS"

Answer = list[Any] | Failure


@dataclass(slots=True)
class _Task:
    """An article, its answer once there is one, and how often its worker was killed."""

    article: Article
    answer: Answer | None = None
    kills: int = 0


_Groups = deque[list[_Task]]


@dataclass(slots=True, eq=False)
class _Worker:
    """A process, the connection to it, and the tasks that it has been sent and not answered; it takes them in order.

    ``waiting`` is where they came from, each call's own, and where they go back to if it is killed.
    """

    process: BaseProcess
    connection: Connection
    ready: bool = False
    tasks: deque[_Task] = field(default_factory=deque)
    waiting: _Groups = field(default_factory=deque)

    def kill(self) -> None:
        self.process.kill()
        self.process.join()
        self.connection.close()


class WorkerPool:
    """Does as an ``Extractor``, or another ``ArticleReader``, in several processes; a context manager.

    Args:
        workers: how many processes; each loads the pipeline once and takes its share of the cores.
        model: the pipeline, as for ``nlpclaims.load``.
        load: as ``nlpclaims.load``, which it is unless another is named; it is called in each process, so one that
            can be pickled.

    Raises:
        ModelError: on first use, where the pipeline cannot be loaded or a process not be started.
    """

    def __init__(self, workers: int, model: str | Path | None = None, load: "Load | None" = None) -> None:
        self.workers, self.model, self.load = workers, model, load
        self._working: list[_Worker] = []
        self._killed_at_start = 0

    def __enter__(self) -> "WorkerPool":
        self._start()
        return self

    def __exit__(self, *_: object) -> None:
        # They hold nothing that could be lost, and may have minutes of work before them.
        for worker in self._working:
            worker.kill()
        self._working.clear()

    @property
    def pids(self) -> list[int]:
        """The processes that work now."""
        return [worker.process.pid for worker in self._working if worker.process.pid]

    def extract_many(
        self, articles: Iterable[str | Article], on_failure: Callable[[Failure], None] | None = None
    ) -> Iterator[list[Any]]:
        """As ``Extractor.extract_many``; an article that kills its worker is tried once more alone, then a failure."""
        for answer in self._answers(articles):
            if isinstance(answer, Failure):
                if on_failure is None:
                    raise RuntimeError(f"{answer.document}: {answer.message}")
                on_failure(answer)
            yield [] if isinstance(answer, Failure) else answer

    def _answers(self, articles: Iterable[str | Article]) -> Iterator[Answer]:
        """The answers in the order of the articles. So many are under way or wait for an earlier one, and no more."""
        groups = _groups(articles)
        waiting: _Groups = deque()
        under_way: _Groups = deque()  # in order, those that are answered in part or not yet among them
        more = True
        try:
            while more or under_way:
                while more and len(under_way) < self.workers * AHEAD:
                    group = next(groups, None)
                    if group is None:
                        more = False
                    else:
                        waiting.append(group)
                        under_way.append(group)
                        self._send(waiting)
                self._send(waiting)
                if under_way and (answer := under_way[0][0].answer) is not None:
                    yield answer
                    under_way[0].pop(0)
                    if not under_way[0]:
                        under_way.popleft()
                elif under_way:
                    self._receive()
        finally:
            # Where a call ends early its workers may have minutes of work before them that nobody waits for.
            for worker in [worker for worker in self._working if worker.tasks and worker.waiting is waiting]:
                worker.kill()
                self._working.remove(worker)

    def _start(self) -> None:
        context = get_context("spawn")
        try:
            while len(self._working) < self.workers:
                ours, theirs = context.Pipe()
                process = context.Process(target=_serve, args=(theirs, self.model, self.load), daemon=True)
                with _shared_cores(self.workers), _ignored_interrupts():
                    process.start()
                theirs.close()
                self._working.append(_Worker(process, ours))
        except OSError as error:  # as such it would be taken for the output's
            raise ModelError(f"a worker cannot be started: {error.strerror}; try fewer --workers") from error

    def _send(self, waiting: _Groups) -> None:
        """A group to each worker that has nothing to do: it listens, so sending does not wait for it."""
        self._start()
        for worker in self._working:
            if worker.ready and not worker.tasks and waiting:
                # Tasks leave the group as they are answered; the worker's share of it is a list of its own.
                worker.tasks.extend(waiting.popleft())
                worker.waiting = waiting
                with suppress(OSError):  # it is gone, as _receive will find
                    worker.connection.send([task.article for task in worker.tasks])

    def _receive(self) -> None:
        """Wait for workers and take what they answer, to whichever call."""
        by_connection = {worker.connection: worker for worker in self._working}
        for connection in wait(list(by_connection)):
            worker = by_connection[connection]  # type: ignore[index]
            try:
                answer = worker.connection.recv()
            except (EOFError, OSError):
                self._replace(worker)
                continue
            if worker.ready:
                worker.tasks.popleft().answer = answer
            elif answer is not None:
                raise answer
            else:
                worker.ready = True
                self._killed_at_start = 0

    def _replace(self, worker: _Worker) -> None:
        """A worker was killed: the article it had is tried once more alone, then the rest of its group."""
        worker.kill()
        self._working.remove(worker)
        if not worker.ready:
            self._killed_at_start += 1
            if self._killed_at_start >= STARTS:
                raise ModelError(
                    "the processes that share the work are killed as they load the pipeline; is there enough memory? "
                    "Try fewer --workers"
                )
        if worker.tasks:
            task = worker.tasks.popleft()
            task.kills += 1
            if worker.tasks:
                worker.waiting.appendleft(list(worker.tasks))
            if task.kills < TRIES:
                worker.waiting.appendleft([task])
            else:
                message = "the process that read it was killed, twice; is there enough memory?"
                task.answer = Failure(task.article.id, "killed", message)


def _groups(articles: Iterable[str | Article]) -> Iterator[list[_Task]]:
    group: list[_Task] = []
    size = 0
    for article in articles_of(articles):
        group.append(_Task(article))
        size += len(str(article.text))  # what is no text fails in the worker
        if size >= GROUP or len(group) >= GROUP_ARTICLES:
            yield group
            group, size = [], 0
    if group:
        yield group


@contextmanager
def _shared_cores(workers: int) -> Iterator[None]:
    """Processes that are started here find their share of the cores where the encoder looks for it.

    It is less where the user has asked for fewer threads there.
    """
    before = os.environ.get(_THREADS)
    share = max(1, cores() // workers)
    told = int(before) if before and before.isdecimal() else 0
    os.environ[_THREADS] = str(min(share, told or share))
    try:
        yield
    finally:
        if before is None:
            del os.environ[_THREADS]
        else:
            os.environ[_THREADS] = before


@contextmanager
def _ignored_interrupts() -> Iterator[None]:
    """Processes that are started here ignore Ctrl-C from their first moment on: it is the parent's to handle."""
    if threading.current_thread() is not threading.main_thread():  # which alone may say so
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before or signal.default_int_handler)


# ---------------------------------------------------------------- in the worker


def _serve(connection: Connection, model: str | Path | None, load: "Load | None") -> None:
    """Load the pipeline, answer ``None`` or what went wrong, then answer each article of each group that is sent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # where it is not inherited
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        from nlpclaims.extractor import load as load_extractor

        extractor = (load or load_extractor)(model)
    except Exception as error:
        connection.send(error)
        return
    connection.send(None)
    with suppress(EOFError, OSError):
        while True:
            failures: list[Failure] = []
            for claims in extractor.extract_many(connection.recv(), failures.append):
                connection.send(failures.pop() if failures else claims)


def _end_with_parent() -> None:
    """A parent that is killed cannot end its workers, which would wait for it for ever."""
    parent = parent_process()
    if parent:
        parent.join()
        os._exit(1)
