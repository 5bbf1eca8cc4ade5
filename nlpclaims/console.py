"""What a user is told beside the data: messages, progress and the count on stderr, and the exit codes."""

import os
import re
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from time import monotonic
from types import FrameType
from typing import TYPE_CHECKING

import typer

from nlpclaims.errors import NlpclaimsError
from nlpclaims.records import Failure

if TYPE_CHECKING:
    from rich.console import Console

DONE, SOME_FAILED, USAGE, INTERRUPTED, TERMINATED = 0, 1, 2, 130, 143
"""The exit codes: all done; some articles failed and the others are written; asked for the impossible; Ctrl-C; SIGTERM.
"""

MINUTE = 60.0
"""Seconds between two lines of progress where there is no terminal."""

# Control characters, marks that reorder what is shown, and halves of surrogate pairs.
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def printable(text: str) -> str:
    """``text`` on one line that is safe to show on a terminal: runs of white space as one space, controls escaped."""
    return _UNSAFE.sub(_escape, re.sub(r"[ \t\r\n\f\v]+", " ", text).strip(" "))


def _escape(match: re.Match[str]) -> str:
    code = ord(match.group())
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


class Report:
    """Messages to the user about one run, and the tally of it. Failures are always told; ``quiet`` drops the rest.

    ``noun`` is what the run finds in articles.
    """

    def __init__(self, quiet: bool = False, noun: str = "claim"):
        self.quiet = quiet
        self.noun = noun
        self.articles = 0
        self.claims = 0
        self.failures = 0
        self._words = 0
        self._read = 0
        self._size = 0
        self._total: int | None = None
        # The work of this run begins here: with these bytes read, and at this time.
        self._begun = (0, monotonic())
        self._told = monotonic()
        self._is_long = False
        self._console: Console | None = None
        self._show: Callable[[], None] | None = None

    @property
    def console(self) -> "Console":
        """The console on stderr, made when first used: Rich is not needed for a run without messages."""
        if self._console is None:
            from rich.console import Console

            class Stderr(Console):
                def on_broken_pipe(self) -> None:  # Rich would end the run, whose output somebody else may want
                    self.quiet = True

            self._console = Stderr(stderr=True, highlight=False, markup=False, emoji=False)
        return self._console

    def read(self, size: int) -> None:
        """Count bytes of the input that have been read."""
        self._read += size

    def failure(self, failure: Failure) -> None:
        """Tell of an article that is not in the output, and count it."""
        self.failures += 1
        self._say("error", "bold red", f"{failure.document}: {failure.message}")
        self._step()

    def article(self, claims: int, words: int = 0) -> None:
        """Count an article that is in the output with so many claims."""
        self.articles += 1
        self.claims += claims
        self._words += words
        self._step()

    def kept(self, claims: int) -> None:
        """Count an article that an earlier run has done."""
        self.articles += 1
        self.claims += claims
        if not self._words:  # the work of this run is still to begin
            self._begun = (self._read, monotonic())
        self._step()

    def warning(self, message: str) -> None:
        """Tell of something that may make the output worse."""
        if not self.quiet:
            self._say("warning", "yellow", message)

    def error(self, message: str) -> None:
        """Tell why the run ends here."""
        self._say("error", "bold red", message)

    @contextmanager
    def progress(self, total: int | None, show: bool, size: int = 0) -> Iterator[None]:
        """How far the run is: a bar on a terminal that moves with every article, else a line a minute.

        Args:
            total: how many articles there will be, or ``None`` where that is not known; one needs no bar.
            show: ``False`` keeps it away, as where the claims themselves appear on the same terminal.
            size: how many bytes of input there are, or 0 where that is not known.
        """
        self._total, self._size = total, size
        self._begun = (self._begun[0], monotonic())
        if self.quiet or not show:
            yield
        elif not self.console.is_terminal:
            self._show = self._tell_each_minute
            yield
        elif total == 1:
            yield
        else:
            from rich.progress import BarColumn, Progress, TextColumn

            columns = (TextColumn("Reading articles"), BarColumn(12), TextColumn("{task.description}", markup=False))
            # Rich would send stdout through the bar's console as well, and so the data to the terminal.
            with Progress(*columns, console=self.console, transient=True, redirect_stdout=False) as bar:
                task = bar.add_task(self._state(), total=size or total)

                def show_bar() -> None:
                    done = self._read if size else self.articles + self.failures
                    bar.update(task, completed=done, description=self._state())

                self._show = show_bar
                yield
        self._show = None

    def summary(self) -> None:
        """The tally in one line: on a terminal, of a run of minutes, and wherever articles failed."""
        if self.quiet:
            return
        done = f"{counted(self.claims, self.noun)} from {counted(self.articles, 'article')}"
        if self._is_long:
            done += f" at {self._rate():,.0f} words/s"
        if self.failures:
            self._say(f"{self.failures:,} of {self.articles + self.failures:,} failed", "bold red", done)
        elif self._is_long or self.console.is_terminal:
            self._say("done", "bold green", done)

    def _step(self) -> None:
        if self._show:
            self._show()

    def _tell_each_minute(self) -> None:
        if monotonic() - self._told >= MINUTE:
            self._told, self._is_long = monotonic(), True
            self._say("so far", "bold", self._state())

    def _state(self) -> str:
        done = self.articles + self.failures
        parts = [f"{done:,}/{self._total:,}" if self._total else counted(done, "article")]
        parts += [f"{self._rate():,.0f} words/s", counted(self.claims, self.noun)]
        if self.failures:
            parts.append(f"{self.failures:,} failed")
        before, since = self._begun
        if self._size and self._words:
            left = (monotonic() - since) * max(0, self._size - self._read) / max(1, self._read - before)
            parts.append(f"{timedelta(seconds=round(left))} left")
        return " · ".join(parts)

    def _rate(self) -> float:
        return self._words / max(1e-3, monotonic() - self._begun[1])

    def _say(self, label: str, style: str, message: str) -> None:
        from rich.text import Text

        line = Text.assemble((label, style), ": ", printable(message))
        self.console.print(line, soft_wrap=True)


def counted(number: int, noun: str) -> str:
    """How many there are: "1 claim", "2,000 claims"."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


class Terminated(KeyboardInterrupt):
    """SIGTERM, which ends a run as Ctrl-C does."""


@contextmanager
def exit_codes(report: Report | None = None, interrupted: str = "interrupted") -> Iterator[None]:
    """Turn what ends a command early into a message and an exit code, never a traceback.

    An ``NlpclaimsError`` is told and exits 2; Ctrl-C and SIGTERM are told as ``interrupted`` says and exit 130 and 143;
    a reader that goes away (``| head``) is not an error.
    """
    report = report or Report()
    try:
        with _terminable():
            yield
    except NlpclaimsError as error:
        report.error(str(error))
        raise typer.Exit(USAGE) from None
    except KeyboardInterrupt as error:
        report.error(interrupted)
        raise typer.Exit(TERMINATED if isinstance(error, Terminated) else INTERRUPTED) from None
    except BrokenPipeError:
        _forget_stdout()
        raise typer.Exit(SOME_FAILED if report.failures else DONE) from None


def _forget_stdout() -> None:
    """Send what is still buffered nowhere, or the interpreter complains of the closed pipe when it ends."""
    with Path(os.devnull).open("w") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())


@contextmanager
def _terminable() -> Iterator[None]:
    """Have SIGTERM clean up like Ctrl-C, where nobody else has said what it does."""
    if threading.current_thread() is not threading.main_thread() or signal.getsignal(signal.SIGTERM) != signal.SIG_DFL:
        yield
        return

    def terminate(_number: int, _frame: FrameType | None) -> None:
        raise Terminated

    signal.signal(signal.SIGTERM, terminate)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Hold back Ctrl-C and SIGTERM until the block is done, so that no record is written in half."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    caught: list[int] = []

    def remember(number: int, _frame: FrameType | None) -> None:
        caught.append(number)

    before = {number: signal.signal(number, remember) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler or signal.SIG_DFL)
        if caught:
            signal.raise_signal(caught[0])
