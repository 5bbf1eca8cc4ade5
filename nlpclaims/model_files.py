"""Where a trained pipeline lies, and which one it is; known without loading it or spaCy."""

from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

from nlpclaims.errors import ModelError

DEFAULT_MODEL = "en_news_claims"


def default_model_path() -> Path:
    """Where the pipeline that comes with nlpclaims lies: in the installed package, else in the repository.

    Raises:
        ModelError: it is in neither place.
    """
    package = Path(__file__).parent
    for candidate in (package / "models" / DEFAULT_MODEL, package.parent / "models" / DEFAULT_MODEL):
        if (candidate / "meta.json").is_file():
            return candidate
    raise ModelError(
        f"the pipeline {DEFAULT_MODEL} is not installed; reinstall nlpclaims, or name a pipeline with --model."
    )


def model_digest(model: str | Path | None = None) -> str:
    """16 hex digits that differ wherever a file of the pipeline does; *model* is as for ``load``.

    Raises:
        ModelError: there is no such folder or installed package, or it cannot be read.
    """
    folder = default_model_path() if model is None else _folder(model)
    digest = sha256()
    try:
        for path in sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc"):
            content = path.read_bytes()
            digest.update(f"{path.relative_to(folder).as_posix()}\n{len(content)}\n".encode("utf-8", "surrogateescape"))
            digest.update(content)
    except OSError as error:
        raise ModelError(f"cannot read the pipeline {str(folder)!r}: {error.strerror or error}") from error
    return digest.hexdigest()[:16]


def _folder(model: str | Path) -> Path:
    if Path(model).is_dir():
        return Path(model)
    try:
        found = find_spec(str(model))
    except (ImportError, ValueError):
        found = None
    if found is None or not found.submodule_search_locations:
        raise ModelError(f"cannot load the pipeline {str(model)!r}: there is no such folder or installed package")
    return Path(found.submodule_search_locations[0])
