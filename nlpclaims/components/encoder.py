"""The pretrained encoder: a transformer as an ONNX graph, run by onnxruntime, as a ``tok2vec`` layer of spaCy's.

Each window of a document is run by itself, so that nothing is padded and no result depends on what else is in a batch:
the graph is quantised dynamically, and its scales come from all that it is given at once. Windows run side by side, a
thread each. The graph is made by ``training.export`` and is not trained here; what listens to it is.
"""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray
from spacy.tokens import Doc
from spacy.util import registry
from srsly import msgpack_dumps, msgpack_loads
from thinc.api import Model
from thinc.shims import Shim

from nlpclaims.components.wordpieces import PieceReader, Pieces, Window, windows
from nlpclaims.cores import cores

Floats = NDArray[np.float32]


@registry.architectures("nlpclaims.OnnxEncoder.v1")
def build_onnx_encoder(width: int = 384, window: int = 318, overlap: int = 64) -> Model[list[Doc], list[Floats]]:
    """Build the layer; its graph and vocabulary come with the weights (``from_bytes``, ``from_disk``).

    Args:
        width: of the vectors.
        window: how many word pieces are read at once, the two that open and close them not counted.
        overlap: how many of them neighbouring windows of a long document share.
    """
    shim = OnnxShim(None, config={"window": window, "overlap": overlap})
    return Model("onnx_encoder", _forward, dims={"nO": width}, shims=[shim])


def _forward(
    model: Model[list[Doc], list[Floats]],
    docs: list[Doc],
    is_train: bool,  # noqa: ARG001
) -> tuple[list[Floats], Callable[[list[Floats]], list[Doc]]]:
    shim = model.shims[0]
    assert isinstance(shim, OnnxShim)
    if not shim.graph:  # initialised, not yet given its weights
        return [model.ops.alloc2f(len(doc), model.get_dim("nO")) for doc in docs], lambda _: []
    return shim.encode(docs), lambda _: []


class OnnxShim(Shim):
    """Holds the graph and its vocabulary, and saves them with the layer.

    The graph maps ``ids`` and ``marks`` of shape ``(1, length)`` to vectors of shape ``(1, length, width)``.
    """

    def __init__(self, model: Any, config: dict[str, Any] | None = None, optimizer: Any = None) -> None:
        super().__init__(model, config, optimizer)
        self.graph = b""
        self._session: Any = None
        self._reader: PieceReader | None = None

    def load(self, graph: bytes, vocabulary: Sequence[str]) -> "OnnxShim":
        """Take a graph and the pieces that its ids stand for."""
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1  # windows, not products, run in parallel
        options.log_severity_level = 3
        self.graph = graph
        self._session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
        self._reader = PieceReader(vocabulary)
        return self

    def encode(self, docs: Sequence[Doc]) -> list[Floats]:
        """A vector for each token, the mean of its pieces' vectors: ``(n_tokens, width)`` for each document."""
        assert self._reader is not None
        read = [self._reader(doc) for doc in docs]
        jobs = [
            (pieces, window)
            for pieces in read
            for window in windows(pieces.word, self.cfg["window"], self.cfg["overlap"])
        ]
        threads = min(len(jobs), _threads())
        if threads > 1:
            with ThreadPoolExecutor(threads) as pool:
                kept = list(pool.map(self._run, jobs))
        else:
            kept = [self._run(job) for job in jobs]
        vectors = iter(kept)
        found = []
        for doc, pieces in zip(docs, read, strict=True):
            parts: list[Floats] = []
            while sum(map(len, parts)) < len(pieces.ids):
                parts.append(next(vectors))
            found.append(_mean_by_word(parts, pieces, len(doc), self.width))
        return found

    @property
    def width(self) -> int:
        """The length of a vector."""
        return int(self._session.get_outputs()[0].shape[-1])

    def _run(self, job: tuple[Pieces, Window]) -> Floats:
        """The vectors of the pieces that are kept from a window."""
        assert self._reader is not None
        pieces, window = job
        ids = np.array([[self._reader.first, *pieces.ids[window.start : window.end], self._reader.last]])
        marks = np.array([[0, *pieces.marks[window.start : window.end], 0]])
        (output,) = self._session.run(None, {"ids": ids, "marks": marks})
        vectors: Floats = output[0, 1 + window.keep_start - window.start : 1 + window.keep_end - window.start]
        return vectors

    def to_bytes(self) -> bytes:
        vocabulary = self._reader.vocabulary if self._reader else []
        return bytes(msgpack_dumps({"config": self.cfg, "graph": self.graph, "vocabulary": "\n".join(vocabulary)}))

    def from_bytes(self, bytes_data: bytes) -> "OnnxShim":
        saved = msgpack_loads(bytes_data)
        self.cfg = saved["config"]
        return self.load(saved["graph"], saved["vocabulary"].split("\n")) if saved["graph"] else self


def _threads() -> int:
    """As many as the cores, or as ``OMP_NUM_THREADS`` says."""
    told = os.environ.get("OMP_NUM_THREADS", "")
    return int(told) if told.isdecimal() and int(told) else cores()


def _mean_by_word(parts: list[Floats], pieces: Pieces, n_words: int, width: int) -> Floats:
    vectors = np.zeros((n_words, width), dtype=np.float32)
    if parts:
        firsts = np.flatnonzero(np.diff(pieces.word, prepend=-1))
        counts = np.diff(firsts, append=len(pieces.word)).astype(np.float32)
        vectors[pieces.word[firsts]] = np.add.reduceat(np.concatenate(parts), firsts) / counts[:, None]
    return vectors
