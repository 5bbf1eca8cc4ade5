"""Training examples for the network: stretches of annotated documents as arrays, gathered into batches.

Gold and silver documents come as DocBin files (see ``training.convert`` and ``training.parse``). A missing annotation
has the label ``MISSING`` and adds nothing to the loss.
"""

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from spacy.tokens import Doc, DocBin
from spacy.vocab import Vocab
from torch import Tensor

from nlpclaims.components.attribution import Gold
from nlpclaims.components.cue_features import Pairs, Structure, pair_up
from nlpclaims.components.wordpieces import PieceReader, Pieces

MISSING = -100
WINDOW = 318
"""Word pieces that are read at once, without the two that open and close them."""
CUE_WINDOW = 80
MIN_TAGS = 3
Ints = NDArray[np.int64]


@dataclass
class Window:
    """A stretch of a document: its pieces, and labels of shape ``(n_words,)`` by layer."""

    pieces: Pieces
    labels: dict[str, Ints]
    heads: Ints | None = None
    pairs: Pairs | None = None
    pair_roles: Ints | None = None
    pair_kept: NDArray[np.bool_] | None = None

    @property
    def n_words(self) -> int:
        return len(next(iter(self.labels.values())))


@dataclass
class Labels:
    """The labels of each layer that the corpora know, in the order of their scores."""

    tag: list[str] = field(default_factory=list)
    dep: list[str] = field(default_factory=list)
    ner: list[str] = field(default_factory=list)
    lemma: int = 0

    def counts(self) -> dict[str, int]:
        return {"tag": len(self.tag), "dep": len(self.dep), "ner": len(self.ner), "lemma": self.lemma}


def load_docs(path: Path, vocab: Vocab) -> list[Doc]:
    return list(DocBin().from_disk(path).get_docs(vocab))


def collect_labels(docs: Iterable[Doc], lemmatizer: Any) -> Labels:
    """The tags, relations and kinds of entity in *docs*, and as many lemma rules as *lemmatizer* has labels."""
    tags: dict[str, int] = {}
    deps: dict[str, int] = {}
    kinds: set[str] = set()
    for doc in docs:
        for token in doc:
            if token.tag_:
                tags[token.tag_] = tags.get(token.tag_, 0) + 1
            if token.dep_ and not token.is_space:
                deps[token.dep_] = deps.get(token.dep_, 0) + 1
        kinds.update(ent.label_ for ent in doc.ents)
    ner = ["O", *(f"{side}-{kind}" for kind in sorted(kinds) for side in "BI")]
    tag = sorted(tag for tag, n in tags.items() if n >= MIN_TAGS)
    return Labels(tag, sorted(dep for dep, n in deps.items() if n >= MIN_TAGS), ner, len(lemmatizer.labels))


class SyntaxReader:
    """Documents with any of tags, lemmas, dependencies, sentences and entities to windows."""

    def __init__(self, labels: Labels, lemmatizer: Any, reader: PieceReader) -> None:
        self.reader, self.lemmatizer = reader, lemmatizer
        self.tags, self.deps, self.kinds = (
            {name: i for i, name in enumerate(names)} for names in (labels.tag, labels.dep, labels.ner)
        )

    def __call__(self, doc: Doc) -> Iterator[Window]:
        pieces = self.reader(doc)
        parsed = doc.has_annotation("DEP")
        words = [not token.is_space for token in doc]
        labels = {
            "tag": self._numbers(doc, words, lambda t: self.tags.get(t.tag_, MISSING)),
            "ner": np.array([self._entity(t) for t in doc], dtype=np.int64),
        }
        heads = None
        if parsed:
            labels["lemma"] = self._numbers(doc, words, self._lemma)
            labels["dep"] = self._numbers(doc, words, lambda t: self.deps.get(t.dep_, MISSING))
            labels["senter"] = self._numbers(doc, words, lambda t: int(t.is_sent_start))
            heads = np.array([-1 if t.head.i == t.i else t.head.i for t in doc], dtype=np.int64)
        starts = [s.start for s in doc.sents] if parsed else list(range(len(doc)))
        for start, end in _ranges(pieces, starts, len(doc)):
            part = {layer: values[start:end] for layer, values in labels.items()}
            own = None if heads is None else np.where(heads[start:end] < 0, -1, heads[start:end] - start)
            yield Window(_slice(pieces, start, end), part, own)

    @staticmethod
    def _numbers(doc: Doc, words: list[bool], number: Any) -> Ints:
        return np.array([number(t) if w else MISSING for t, w in zip(doc, words, strict=True)], dtype=np.int64)

    def _entity(self, token: Any) -> int:
        if token.ent_iob == 0 or token.is_space:
            return MISSING
        return self.kinds.get(f"{token.ent_iob_}-{token.ent_type_}" if token.ent_type_ else "O", MISSING)

    def _lemma(self, token: Any) -> int:
        tree = self.lemmatizer.trees.add(token.text, token.lemma_)
        return int(self.lemmatizer.tree2label.get(tree, MISSING))


class AttributionReader:
    """Documents with attributions and syntax to windows; called again, they are cut at other places."""

    def __init__(self, docs: Iterable[Doc], reader: PieceReader) -> None:
        self.docs = [self._read(doc, reader) for doc in docs]

    @staticmethod
    def _read(doc: Doc, reader: PieceReader) -> Window:
        gold = Gold(doc)
        labels = {"cue": gold.cue, "role": gold.role}
        for values in labels.values():
            values[gold.keep == 0] = MISSING
        if not gold.cues:
            return Window(reader(doc), labels)
        pairs = pair_up(Structure.of(doc), gold.cues, CUE_WINDOW)
        kept = (gold.keep[pairs.token] > 0) & ~pairs.in_cue
        return Window(reader(doc), labels, None, pairs, gold.roles_of(pairs), kept)

    def windows(self, rng: random.Random | None = None) -> Iterator[Window]:
        """All documents, cut where chance, or without *rng* the limit alone, has it."""
        for doc in self.docs:
            for start, end in _ranges(doc.pieces, list(range(doc.n_words)), doc.n_words, rng):
                yield _cut(doc, start, end)


def _cut(doc: Window, start: int, end: int) -> Window:
    labels = {layer: values[start:end] for layer, values in doc.labels.items()}
    pairs = doc.pairs
    if pairs is not None and doc.pair_roles is not None and doc.pair_kept is not None:
        bounds = np.cumsum([0, *pairs.lengths])
        here = (pairs.token >= start) & (pairs.token < end)
        here &= (pairs.cue_head >= start) & (pairs.cue_head < end)
        lengths = np.add.reduceat(here, bounds[:-1]).astype(np.int64)
        if here.any():
            inside = Pairs(
                pairs.cue[here],
                pairs.token[here] - start,
                pairs.cue_head[here] - start,
                pairs.in_cue[here],
                pairs.features[here],
                lengths[lengths > 0],
            )
            return Window(
                _slice(doc.pieces, start, end), labels, None, inside, doc.pair_roles[here], doc.pair_kept[here]
            )
    return Window(_slice(doc.pieces, start, end), labels)


def _ranges(
    pieces: Pieces, starts: Sequence[int], n: int, rng: random.Random | None = None
) -> Iterator[tuple[int, int]]:
    """Token ranges of at most ``WINDOW`` pieces that begin at *starts* where one is near enough."""
    first = np.searchsorted(pieces.word, np.arange(n + 1))  # the first piece of each token
    places = np.array([*starts, n])
    start = 0
    limit = rng.randint(WINDOW // 4, WINDOW) if rng else WINDOW
    while start < n:
        last = int(np.searchsorted(first, first[start] + limit, "right")) - 1
        last = min(max(last, start + 1), n)
        snapped = int(places[np.searchsorted(places, last, "right") - 1])
        end = snapped if snapped > start else last
        if first[end] > first[start]:
            yield start, end
        start, limit = end, WINDOW


def _slice(pieces: Pieces, start: int, end: int) -> Pieces:
    a, b = np.searchsorted(pieces.word, [start, end])
    return Pieces(pieces.ids[a:b], pieces.marks[a:b], pieces.word[a:b] - start)


def batches(items: Iterable[Window], size: int, rng: random.Random) -> list[list[Window]]:
    """Shuffle *items* into batches of at most *size* pieces with padding, of items of about one length."""
    pool = list(items)
    rng.shuffle(pool)
    found: list[list[Window]] = []
    for first in range(0, len(pool), 400):
        batch: list[Window] = []
        for item in sorted(pool[first : first + 400], key=lambda w: len(w.pieces.ids)):
            if batch and (len(batch) + 1) * (len(item.pieces.ids) + 2) > size:
                found.append(batch)
                batch = []
            batch.append(item)
        found.append(batch)
    rng.shuffle(found)
    return found


@dataclass
class Batch:
    """Windows side by side; words, and what points at them, are numbered through the whole batch."""

    ids: Tensor
    marks: Tensor
    mask: Tensor
    place: Tensor
    word: Tensor
    n_words: int
    labels: Mapping[str, Tensor]
    sentences: Tensor | None
    heads: Tensor | None
    token: Tensor | None
    cue: Tensor | None
    features: Tensor | None
    lengths: Tensor | None
    roles: Tensor | None


def collate(items: Sequence[Window], reader: PieceReader, hide: float = 0.0, rng: random.Random | None = None) -> Batch:
    """Gather windows of one kind; a share *hide* of the pieces is masked."""
    longest = max(len(w.pieces.ids) for w in items) + 2
    ids = np.zeros((len(items), longest), dtype=np.int64)
    marks, mask = np.zeros_like(ids), np.zeros(ids.shape, dtype=bool)
    offsets = np.cumsum([0, *(w.n_words for w in items)])
    place, word = [], []
    for row, (window, offset) in enumerate(zip(items, offsets, strict=False)):
        n = len(window.pieces.ids)
        ids[row, : n + 2] = [reader.first, *window.pieces.ids, reader.last]
        marks[row, 1 : n + 1] = window.pieces.marks
        mask[row, : n + 2] = True
        place.append(np.arange(1, n + 1) + row * longest)
        word.append(window.pieces.word + offset)
    if hide and rng is not None:
        hidden = np.random.default_rng(rng.getrandbits(32)).random(ids.shape) < hide
        ids[hidden & mask] = reader.vocabulary.index("[MASK]")
    layers = items[0].labels.keys()
    labels = {layer: torch.from_numpy(np.concatenate([w.labels[layer] for w in items])) for layer in layers}
    sentences = heads = token = cue = features = lengths = roles = None
    if items[0].heads is not None:
        heads = torch.from_numpy(
            np.concatenate([np.where(w.heads < 0, -1, w.heads + o) for w, o in zip(items, offsets, strict=False)])  # type: ignore[operator]
        )
        sentences = _sentences([w.labels["senter"] for w in items], offsets)
    paired = [(w, o) for w, o in zip(items, offsets, strict=False) if w.pairs is not None]
    if paired:
        token = torch.from_numpy(np.concatenate([w.pairs.token + o for w, o in paired]))  # type: ignore[union-attr]
        cue = torch.from_numpy(np.concatenate([w.pairs.cue_head + o for w, o in paired]))  # type: ignore[union-attr]
        features = torch.from_numpy(np.concatenate([w.pairs.features for w, _ in paired]).astype(np.int64))  # type: ignore[union-attr]
        lengths = torch.from_numpy(np.concatenate([w.pairs.lengths for w, _ in paired]))  # type: ignore[union-attr]
        truth = [np.where(w.pair_kept, w.pair_roles, MISSING) for w, _ in paired]  # type: ignore[arg-type]
        roles = torch.from_numpy(np.concatenate(truth))
    return Batch(
        torch.from_numpy(ids),
        torch.from_numpy(marks),
        torch.from_numpy(mask),
        torch.from_numpy(np.concatenate(place)),
        torch.from_numpy(np.concatenate(word)),
        int(offsets[-1]),
        labels,
        sentences,
        heads,
        token,
        cue,
        features,
        lengths,
        roles,
    )


def _sentences(starts: Sequence[Ints], offsets: Ints) -> Tensor:
    """The words of each sentence, white space left out, -1 beyond its end: ``(n_sentences, longest)``."""
    rows: list[list[int]] = []
    for flags, offset in zip(starts, offsets, strict=False):
        for i, flag in enumerate(flags.tolist()):
            if flag == MISSING:
                continue
            if flag or not rows or rows[-1][0] < offset:
                rows.append([])
            rows[-1].append(i + int(offset))
    longest = max(map(len, rows))
    return torch.tensor([row + [-1] * (longest - len(row)) for row in rows])
