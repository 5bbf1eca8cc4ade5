"""The errors that a user can meet. Each message says what is wrong, where, and what to do about it."""


class NlpclaimsError(Exception):
    """Base of every error that nlpclaims raises on purpose; ``str(error)`` is fit to show to a user."""


class InputError(NlpclaimsError):
    """An input cannot be read as asked: missing, undecodable, malformed."""

    def __init__(self, path: str, message: str, line: int | None = None):
        super().__init__(path, message, line)  # all of them, or it could not be unpickled
        self.path, self.message, self.line = path, message, line

    def __str__(self) -> str:
        return f"{self.path}: line {self.line}: {self.message}" if self.line else f"{self.path}: {self.message}"


class CorpusError(InputError):
    """An annotated file given to ``evaluate`` or to training breaks its format."""


class ModelError(NlpclaimsError):
    """A pipeline cannot be loaded, or lacks a component that the job needs."""


class OutputError(NlpclaimsError):
    """The output file cannot be written."""
