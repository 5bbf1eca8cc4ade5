"""Training examples for the network: stretches of annotated documents as arrays, gathered into batches.

Gold and silver documents come as DocBin files (see ``training.convert`` and ``training.parse``). A missing annotation
has the label ``MISSING`` and adds nothing to the loss.
"""

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from spacy.language import Language
from spacy.tokens import Doc, DocBin
from spacy.vocab import Vocab
from torch import Tensor

from nlpclaims.components.acts import ACT_KEY, ACTION_LABELS
from nlpclaims.components.attribution import Gold
from nlpclaims.components.coreference import UNKNOWN, cluster_of, find_mentions
from nlpclaims.components.cue_features import Pairs, Structure, pair_up
from nlpclaims.components.stance_model import Pair, Views, is_readable, view
from nlpclaims.components.tags import COMMON_NOUNS, PERSONAL_PRONOUNS
from nlpclaims.components.wordpieces import PieceReader, Pieces
from nlpclaims.records import COMMITMENTS
from nlpclaims.training.corpora import entity_label
from nlpclaims.training.network import DISTANCES, StancePairs
from nlpclaims.training.stance import SENTIMENTS, DirectedPair, Sentiment, pair_docs, rename

MISSING = -100
WINDOW = 318
"""Word pieces that are read at once, without the two that open and close them."""
CUE_WINDOW = 80
MIN_TAGS = 3
MOST_CANDIDATES = 60
ANAPHOR_TAGS = PERSONAL_PRONOUNS | COMMON_NOUNS
MASKED, RENAMED = 0.35, 0.35
"""The share of pairs of which a training step does not see the mentions, and of those that get other names."""
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Links:
    """The anaphors of a window and the mentions before them.

    Attributes:
        anaphor: index of each anaphor's head, shape ``(n_anaphors,)``.
        candidates: heads of the mentions before it, the nearest first, shapes ``(n_candidates,)``.
        right: whether each candidate, and before them all none of them, is what it refers to.
    """

    anaphor: Ints
    candidates: list[Ints]
    right: list[NDArray[np.bool_]]


@dataclass
class Window:
    """A stretch of a document: its pieces, and labels of shape ``(n_words,)`` by layer."""

    pieces: Pieces
    labels: dict[str, Ints]
    heads: Ints | None = None
    pairs: Pairs | None = None
    pair_roles: Ints | None = None
    pair_kept: NDArray[np.bool_] | None = None
    links: Links | None = None
    stances: Views | None = None
    stance_label: int = MISSING

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
            "ner": np.array([self.kinds.get(entity_label(t) or "", MISSING) for t in doc], dtype=np.int64),
        }
        heads = None
        if parsed:
            labels["lemma"] = self._numbers(doc, words, self._lemma)
            labels["dep"] = self._numbers(doc, words, lambda t: self.deps.get(t.dep_, MISSING))
            labels["senter"] = self._numbers(doc, words, lambda t: int(t.is_sent_start))
            heads = np.array([-1 if t.head.i == t.i else t.head.i for t in doc], dtype=np.int64)
        starts = [s.start for s in doc.sents] if parsed else list(range(len(doc)))
        referents = Referents(doc)
        for start, end in _ranges(pieces, starts, len(doc)):
            part = {layer: values[start:end] for layer, values in labels.items()}
            own = None if heads is None else np.where(heads[start:end] < 0, -1, heads[start:end] - start)
            yield Window(_slice(pieces, start, end), part, own, links=referents.between(start, end))

    @staticmethod
    def _numbers(doc: Doc, words: list[bool], number: Any) -> Ints:
        return np.array([number(t) if w else MISSING for t, w in zip(doc, words, strict=True)], dtype=np.int64)

    def _lemma(self, token: Any) -> int:
        tree = self.lemmatizer.trees.add(token.text, token.lemma_)
        return int(self.lemmatizer.tree2label.get(tree, MISSING))


class Referents:
    """What the mentions of a document refer to, as far as it is annotated; see ``doc.spans["cluster"]``."""

    def __init__(self, doc: Doc) -> None:
        self.clusters = cluster_of(doc)
        # As the component that is trained on the encoder has them: not only what is annotated may be referred to.
        self.mentions = np.array(sorted({*find_mentions(doc), *self.clusters}) if self.clusters else (), dtype=np.int64)
        self.anaphors = [i for i, entity in self.clusters.items() if doc[i].tag_ in ANAPHOR_TAGS and entity != UNKNOWN]

    def between(self, start: int, end: int) -> Links | None:
        """What the anaphors from *start* to *end* refer to in there, of the ``MOST_CANDIDATES`` mentions before."""
        anaphors, candidates, right = [], [], []
        for i in self.anaphors:
            before = self.mentions[(self.mentions >= start) & (self.mentions < i)][::-1][:MOST_CANDIDATES]
            if i < end and len(before):
                same = np.array([self.clusters.get(j) == self.clusters[i] for j in before.tolist()])
                anaphors.append(i - start)
                candidates.append(before - start)
                right.append(np.concatenate([[not same.any()], same]))
        return Links(np.array(anaphors, dtype=np.int64), candidates, right) if anaphors else None


class StanceReader:
    """Sentences with a pair of mentions to windows; called again, other mentions are masked or renamed.

    That teaches to read what is said of them rather than who they are.
    """

    def __init__(self, pairs: Iterable[DirectedPair], nlp: Language, reader: PieceReader) -> None:
        self.pairs, self.nlp, self.reader = list(pairs), nlp, reader
        self.names = sorted({pair.text[slice(*span)] for pair in self.pairs for span in (pair.p, pair.q)})

    def windows(self, rng: random.Random | None = None) -> Iterator[Window]:
        """All pairs; without *rng* as they are."""
        seen = self.pairs
        if rng:
            seen = [rename(pair, self.names, rng) if rng.random() < RENAMED else pair for pair in seen]
        for doc, pair, label in pair_docs(seen, self.nlp):
            pieces = self.reader(doc)
            if not is_readable(pair) or len(pieces.ids) > WINDOW:
                continue
            if rng and rng.random() < MASKED:
                pieces = _masked(pieces, pair, self.reader)
            labels = {"sentiment": np.full(len(doc), MISSING, dtype=np.int64)}
            yield Window(pieces, labels, stances=view([pair], [(0, len(doc))]), stance_label=label)


def _masked(pieces: Pieces, pair: Pair, reader: PieceReader) -> Pieces:
    inside = np.zeros(len(pieces.ids), dtype=bool)
    for start, end in pair:
        inside |= (pieces.word >= start) & (pieces.word < end)
    ids = np.where(inside, reader.vocabulary.index("[MASK]"), pieces.ids)
    return Pieces(ids.astype(pieces.ids.dtype), pieces.marks, pieces.word)


def sentiment_windows(sentences: Iterable[Sentiment], nlp: Language, reader: PieceReader) -> Iterator[Window]:
    """Sentences with targets to windows: the sentiment towards a target is the label of each of its tokens."""
    for sentence in sentences:
        doc = nlp.make_doc(sentence.text)
        labels = np.full(len(doc), MISSING, dtype=np.int64)
        for start, end, polarity in sentence.targets:
            span = doc.char_span(start, end, alignment_mode="expand")
            if span is not None:
                labels[span.start : span.end] = SENTIMENTS.index(polarity)
        pieces = reader(doc)
        if len(pieces.ids) <= WINDOW:
            yield Window(pieces, {"sentiment": labels})


class AttributionReader:
    """Documents with attributions and syntax to windows; called again, they are cut at other places."""

    def __init__(self, docs: Iterable[Doc], reader: PieceReader) -> None:
        self.docs = [(self._read(doc, reader), Referents(doc)) for doc in docs]

    @staticmethod
    def _read(doc: Doc, reader: PieceReader) -> Window:
        gold = Gold(doc)
        labels = {"cue": gold.cue, "role": gold.role}
        for values in labels.values():
            values[gold.keep == 0] = MISSING
        labels |= {layer: np.full(len(doc), MISSING, dtype=np.int64) for layer in ("action", "commitment")}
        for cue in doc.spans.get(ACT_KEY, ()):
            labels["commitment"][cue.root.i] = COMMITMENTS.index(cue.label_)
            labels["action"][cue.root.i] = ACTION_LABELS.index(cue.kb_id_)
        if not gold.cues:
            return Window(reader(doc), labels)
        pairs = pair_up(Structure.of(doc), gold.cues, CUE_WINDOW)
        kept = (gold.keep[pairs.token] > 0) & ~pairs.in_cue
        return Window(reader(doc), labels, None, pairs, gold.roles_of(pairs), kept)

    def windows(self, rng: random.Random | None = None) -> Iterator[Window]:
        """All documents, cut where chance, or without *rng* the limit alone, has it."""
        for doc, referents in self.docs:
            for start, end in _ranges(doc.pieces, list(range(doc.n_words)), doc.n_words, rng):
                yield replace(_cut(doc, start, end), links=referents.between(start, end))


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
    links: tuple[Tensor, Tensor, Tensor] | None
    right: Tensor | None
    stances: StancePairs | None
    stance_labels: Tensor | None


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
        *_linked(items, offsets),
        *_stances(items),
    )


def _linked(items: Sequence[Window], offsets: Ints) -> tuple[tuple[Tensor, Tensor, Tensor] | None, Tensor | None]:
    """Anaphors, candidates and the distances between them as ``Antecedents`` takes them; and which are right."""
    linked = [(w.links, int(o)) for w, o in zip(items, offsets, strict=False) if w.links is not None]
    if not linked:
        return None, None
    most = max(len(c) for links, _ in linked for c in links.candidates)
    candidates = np.concatenate(
        [np.pad(c + o, (0, most - len(c)), constant_values=-1)[None] for links, o in linked for c in links.candidates]
    )
    right = np.concatenate([np.pad(r, (0, most + 1 - len(r)))[None] for links, _ in linked for r in links.right])
    anaphors = np.concatenate([links.anaphor + o for links, o in linked])
    distances = np.broadcast_to(np.minimum(np.arange(most), DISTANCES - 1), candidates.shape).copy()
    return (torch.from_numpy(anaphors), torch.from_numpy(candidates), torch.from_numpy(distances)), torch.from_numpy(
        right
    )


def _stances(items: Sequence[Window]) -> tuple[StancePairs | None, Tensor | None]:
    """The pairs of mentions in windows of one kind, and their classes, where they have any."""
    views = [window.stances for window in items if window.stances is not None]
    if not views:
        return None, None
    return pair_tensors(views, [window.n_words for window in items]), torch.tensor([w.stance_label for w in items])


def pair_tensors(views: Sequence[Views], n_words: Sequence[int]) -> StancePairs:
    """The views of texts side by side; *n_words* is how many words each text has."""
    offsets = np.cumsum([0, *n_words])
    mentions = np.concatenate([v.mentions + o for v, o in zip(views, offsets, strict=False)])
    before = np.cumsum([0, *(len(v.mentions) for v in views)])
    holder, target = (
        np.concatenate([getattr(v, name) + n for v, n in zip(views, before, strict=False)])
        for name in ("holder", "target")
    )
    token = np.concatenate([v.token + o for v, o in zip(views, offsets, strict=False)])
    lengths = np.concatenate([v.lengths for v in views])
    counts = mentions[:, 1] - mentions[:, 0]
    starts = np.cumsum(lengths) - lengths
    place = np.arange(lengths.max())
    rows = np.where(place < lengths[:, None], starts[:, None] + place, -1)
    arrays = (
        np.concatenate([np.arange(a, b) for a, b in mentions]),
        np.repeat(np.arange(len(mentions)), counts),
        counts,
        token,
        holder,
        target,
        np.concatenate([v.features for v in views]).astype(np.int64),
        lengths,
        rows,
    )
    return StancePairs(*map(torch.from_numpy, arrays))


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
