"""What failed, as JSON Lines beside the claims: a line each as it happens, and no file where nothing does."""

from contextlib import AbstractContextManager, ExitStack
from dataclasses import asdict
from pathlib import Path

import jsonlines

from nlpclaims.records import Failure, to_json
from nlpclaims.writing.destination import output_errors


class FailureLog(AbstractContextManager["FailureLog"]):
    """Writes failures to ``path``, or nowhere; removes there what an earlier run has left.

    Raises:
        OutputError: ``path`` cannot be written.
    """

    def __init__(self, path: Path | None):
        self._path = path
        self._stack = ExitStack()
        self._lines: jsonlines.Writer | None = None
        if path:
            with output_errors(path):
                path.unlink(missing_ok=True)

    def __exit__(self, *error: object) -> None:
        self._stack.close()

    def write(self, failure: Failure) -> None:
        """Write one failure; it is there at once."""
        if self._path is None:
            return
        with output_errors(self._path):
            if self._lines is None:
                stream = self._stack.enter_context(self._path.open("w", encoding="utf-8", newline=""))
                self._lines = jsonlines.Writer(stream, dumps=to_json, flush=True)
            self._lines.write(asdict(failure))
