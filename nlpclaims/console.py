"""What a user is told beside the data: messages, progress and the count on stderr, and the exit codes."""

import os
import re
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import typer

from nlpclaims.errors import NlpclaimsError
from nlpclaims.records import Failure

if TYPE_CHECKING:
    from rich.console import Console

DONE, SOME_FAILED, USAGE, INTERRUPTED = 0, 1, 2, 130
"""The exit codes: all done; some articles failed and the others are written; asked for the impossible; Ctrl-C."""

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
        self._console: Console | None = None
        self._advance: Callable[[], None] | None = None

    @property
    def console(self) -> "Console":
        """The console on stderr, made when first used: Rich is not needed for a run without messages."""
        if self._console is None:
            from rich.console import Console

            self._console = Console(stderr=True, highlight=False, markup=False, emoji=False)
        return self._console

    def failure(self, failure: Failure) -> None:
        """Tell of an article that is not in the output, and count it."""
        self.failures += 1
        self._say("error", "bold red", f"{failure.document}: {failure.message}")
        self._step()

    def article(self, claims: int) -> None:
        """Count an article that is in the output with so many claims."""
        self.articles += 1
        self.claims += claims
        self._step()

    def warning(self, message: str) -> None:
        """Tell of something that may make the output worse."""
        if not self.quiet:
            self._say("warning", "yellow", message)

    def error(self, message: str) -> None:
        """Tell why the run ends here."""
        self._say("error", "bold red", message)

    @contextmanager
    def progress(self, total: int | None, show: bool) -> Iterator[None]:
        """A bar on a terminal that every article and failure moves on.

        Args:
            total: how many articles there will be, or ``None`` where that is not known; one needs no bar.
            show: ``False`` keeps it away, as where the claims themselves appear on the same terminal.
        """
        if self.quiet or not show or total == 1 or not self.console.is_terminal:
            yield
            return
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        columns = (TextColumn("Reading articles"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        # Rich would send stdout through the bar's console as well, and so the data to the terminal.
        with Progress(*columns, console=self.console, transient=True, redirect_stdout=False) as bar:
            task = bar.add_task("articles", total=total, completed=self.articles + self.failures)
            self._advance = partial(bar.advance, task)
            try:
                yield
            finally:
                self._advance = None

    def summary(self) -> None:
        """The tally in one line: on a terminal, and wherever articles failed."""
        done = f"{counted(self.claims, self.noun)} from {counted(self.articles, 'article')}"
        if self.failures:
            self._say(f"{self.failures:,} of {self.articles + self.failures:,} failed", "bold red", done)
        elif self.console.is_terminal and not self.quiet:
            self._say("done", "bold green", done)

    def _step(self) -> None:
        if self._advance:
            self._advance()

    def _say(self, label: str, style: str, message: str) -> None:
        from rich.text import Text

        line = Text.assemble((label, style), ": ", printable(message))
        self.console.print(line, soft_wrap=True)


def counted(number: int, noun: str) -> str:
    """How many there are: "1 claim", "2,000 claims"."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


@contextmanager
def exit_codes(report: Report | None = None) -> Iterator[None]:
    """Turn what ends a command early into a message and an exit code, never a traceback.

    An ``NlpclaimsError`` is told and exits 2; Ctrl-C exits 130; a reader that goes away (``| head``) is not an error.
    """
    report = report or Report()
    try:
        yield
    except NlpclaimsError as error:
        report.error(str(error))
        raise typer.Exit(USAGE) from None
    except KeyboardInterrupt:
        report.error("interrupted")
        raise typer.Exit(INTERRUPTED) from None
    except BrokenPipeError:
        _forget_stdout()
        raise typer.Exit(SOME_FAILED if report.failures else DONE) from None


def _forget_stdout() -> None:
    """Send what is still buffered nowhere, or the interpreter complains of the closed pipe when it ends."""
    with Path(os.devnull).open("w") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Hold back Ctrl-C until the block is done, so that no record is written in half."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    caught: list[int] = []

    def remember(number: int, _frame: FrameType | None) -> None:
        caught.append(number)

    before = signal.signal(signal.SIGINT, remember)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before or signal.default_int_handler)
        if caught:
            signal.raise_signal(signal.SIGINT)
