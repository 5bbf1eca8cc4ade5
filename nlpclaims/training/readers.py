"""Readers that make training examples for the network of documents: annotated ones, and ones that are only parsed.

Gold and silver documents come as DocBin files (see ``training.convert``, ``training.parse`` and ``training.raw``).
"""

import random
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from spacy.language import Language
from spacy.tokens import Doc, DocBin
from spacy.vocab import Vocab

from nlpclaims.components.act_model import ACTION_LABELS
from nlpclaims.components.acts import ACT_KEY
from nlpclaims.components.attribution import Gold
from nlpclaims.components.coreference import UNKNOWN, cluster_of, find_mentions
from nlpclaims.components.cue_features import Structure, pair_up
from nlpclaims.components.stance_model import Pair, TokenSpan, is_readable
from nlpclaims.components.tags import COMMON_NOUNS, PERSONAL_PRONOUNS
from nlpclaims.components.wordpieces import PieceReader
from nlpclaims.records import COMMITMENTS
from nlpclaims.training.corpora import entity_label
from nlpclaims.training.material import Labels
from nlpclaims.training.sentences import party_heads
from nlpclaims.training.stance import SENTIMENTS, DirectedPair, Sentiment, pair_docs, place, rename
from nlpclaims.training.windows import (
    MISSING,
    WINDOW,
    Article,
    Ints,
    Referents,
    Roles,
    Stances,
    Window,
    ranges,
    slice_pieces,
    slice_roles,
)

CUE_WINDOW = 80
MIN_TAGS = 3
ANAPHOR_TAGS = PERSONAL_PRONOUNS | COMMON_NOUNS
RENAMED = 0.35
"""The share of pairs that get other names each time."""
MIN_CUES, MIN_CUE_SHARE = 5, 0.2
"""A lemma is a likely cue if it is one so often, and so large a share of the times that it occurs."""


@dataclass
class Verdicts:
    """What we have judged in a text: pairs of mentions, and which mentions are spoken of as somebody."""

    pairs: list[DirectedPair] = field(default_factory=list)
    parties: list[tuple[int, int, bool]] = field(default_factory=list)


NO_VERDICTS = Verdicts()


def load_docs(path: Path, vocab: Vocab) -> list[Doc]:
    return list(DocBin().from_disk(path).get_docs(vocab))


def collect_labels(docs: Iterable[Doc], lemmatizer: Any) -> Labels:
    """The tags, relations and kinds of entity in *docs*, and as many lemma rules as *lemmatizer* has labels."""
    tags: Counter[str] = Counter()
    deps: Counter[str] = Counter()
    kinds: set[str] = set()
    for doc in docs:
        tags.update(token.tag_ for token in doc if token.tag_)
        deps.update(token.dep_ for token in doc if token.dep_ and not token.is_space)
        kinds.update(ent.label_ for ent in doc.ents)
    ner = ["O", *(f"{side}-{kind}" for kind in sorted(kinds) for side in "BI")]
    tag, dep = (sorted(name for name, n in counts.items() if n >= MIN_TAGS) for counts in (tags, deps))
    return Labels(tag, dep, ner, len(lemmatizer.labels))


class SyntaxReader:
    """Documents with any of tags, lemmas, dependencies, sentences and entities to windows."""

    def __init__(self, labels: Labels, lemmatizer: Any, reader: PieceReader) -> None:
        self.reader, self.lemmatizer = reader, lemmatizer
        self.tags, self.deps, self.kinds = (
            {name: i for i, name in enumerate(names)} for names in (labels.tag, labels.dep, labels.ner)
        )

    def __call__(self, doc: Doc, verdicts: Verdicts = NO_VERDICTS) -> Iterator[Window]:
        pieces = self.reader(doc)
        parsed = doc.has_annotation("DEP")
        words = [not token.is_space for token in doc]
        labels = {
            "tag": _numbers(doc, words, lambda t: self.tags.get(t.tag_, MISSING)),
            "ner": np.array([self.kinds.get(entity_label(t) or "", MISSING) for t in doc], dtype=np.int64),
        }
        heads = None
        if parsed:
            labels["lemma"] = _numbers(doc, words, self._lemma)
            labels["dep"] = _numbers(doc, words, lambda t: self.deps.get(t.dep_, MISSING))
            labels["senter"] = _sentence_starts(doc, words)
            heads = _heads(doc)
        else:
            labels["party"] = _parties(doc, verdicts.parties)
        starts = [s.start for s in doc.sents] if parsed else list(range(len(doc)))
        referents, stances = _referents(doc), judged_stances(doc, verdicts.pairs)
        for start, end in ranges(pieces, starts, len(doc)):
            part = {layer: values[start:end] for layer, values in labels.items()}
            own = None if heads is None else _within(heads, start, end)
            links, told = referents.between(start, end), stances and stances.between(start, end)
            yield Window(slice_pieces(pieces, start, end), end - start, part, own, links=links, stances=told)

    def _lemma(self, token: Any) -> int:
        tree = self.lemmatizer.trees.add(token.text, token.lemma_)
        return int(self.lemmatizer.tree2label.get(tree, MISSING))


def _numbers(doc: Doc, words: list[bool], number: Any) -> Ints:
    return np.array([number(t) if w else MISSING for t, w in zip(doc, words, strict=True)], dtype=np.int64)


def _sentence_starts(doc: Doc, words: list[bool]) -> Ints:
    return _numbers(doc, words, lambda t: int(t.is_sent_start))


def _heads(doc: Doc) -> Ints:
    return np.array([-1 if t.head.i == t.i else t.head.i for t in doc], dtype=np.int64)


def _within(heads: Ints, start: int, end: int) -> Ints:
    """The heads from *start* to *end*; one outside of that, as of a sentence that is longer than a window, is none."""
    own = heads[start:end] - start
    return np.where((own < 0) | (own >= end - start), -1, own)


def _referents(doc: Doc) -> Referents:
    clusters = cluster_of(doc)
    # As the component that is trained on the encoder has them: not only what is annotated may be referred to.
    mentions = sorted({*find_mentions(doc), *clusters}) if clusters else []
    anaphors = [i for i, entity in clusters.items() if doc[i].tag_ in ANAPHOR_TAGS and entity != UNKNOWN]
    return Referents(np.array(mentions, dtype=np.int64), anaphors, clusters)


def stance_windows(
    pairs: Sequence[DirectedPair], nlp: Language, reader: PieceReader, rng: random.Random | None = None
) -> Iterator[Window]:
    """Sentences with a pair of mentions to windows; with *rng* some pairs of names are renamed.

    That teaches to read what is said of them rather than who they are.
    """
    if rng:
        named = [pair for pair in pairs if all(_is_name(text, nlp.vocab) for text in pair.mentions)]
        names = sorted({text for pair in named for text in pair.mentions})
        renamed = {pair: rename(pair, names, rng) for pair in named if rng.random() < RENAMED}
        pairs = [renamed.get(pair, pair) for pair in pairs]
    for doc, pair, label in pair_docs(pairs, nlp):
        pieces = reader(doc)
        if is_readable(pair) and len(pieces.ids) <= WINDOW:
            yield Window(pieces, len(doc), stances=_stances([(pair, (0, len(doc)), label)]))


def judged_stances(doc: Doc, pairs: Iterable[DirectedPair]) -> Stances | None:
    """The *pairs* in a document, each told of by its ``part``, that can be read."""
    placed = ((place(pair, doc), pair.label) for pair in pairs)
    return _stances([(*tokens, label) for tokens, label in placed if tokens is not None])


def _parties(doc: Doc, mentions: Iterable[tuple[int, int, bool]]) -> Ints:
    labels = np.full(len(doc), MISSING, dtype=np.int64)
    for head, is_party in party_heads(doc, mentions).items():
        labels[head] = is_party
    return labels


def _stances(told: Sequence[tuple[Pair, TokenSpan, int]]) -> Stances | None:
    if not told:
        return None
    return Stances(*(np.array(column, dtype=np.int64) for column in zip(*told, strict=True)))


def _is_name(mention: str, vocab: Vocab) -> bool:
    """Whether the words of a mention have capitals, but for such as "of"; a pronoun that begins a sentence is none."""
    words = [word for word in mention.split() if not vocab[word].is_stop]
    return bool(words) and all(word[0].isupper() for word in words)


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
            yield Window(pieces, len(doc), {"sentiment": labels})


def read_article(doc: Doc, reader: PieceReader, verdicts: Verdicts = NO_VERDICTS) -> Article:
    """A document with attributions and syntax."""
    gold = Gold(doc)
    labels = {"cue": gold.cue, "role": gold.role}
    for values in labels.values():
        values[gold.keep == 0] = MISSING
    labels |= {layer: np.full(len(doc), MISSING, dtype=np.int64) for layer in ("action", "commitment")}
    for cue in doc.spans.get(ACT_KEY, ()):
        labels["commitment"][cue.root.i] = COMMITMENTS.index(cue.label_)
        labels["action"][cue.root.i] = ACTION_LABELS.index(cue.kb_id_)
    labels["party"] = _parties(doc, verdicts.parties)
    roles = None
    if gold.cues:
        pairs = pair_up(Structure.of(doc), gold.cues, CUE_WINDOW)
        kept = (gold.keep[pairs.token] > 0) & ~pairs.in_cue
        roles = Roles(pairs, np.where(kept, gold.roles_of(pairs), MISSING))
    stances = judged_stances(doc, verdicts.pairs)
    return Article(Window(reader(doc), len(doc), labels, roles=roles), _referents(doc), stances)


class RawReader:
    """Documents that are only parsed to windows for a teacher to label.

    Args:
        cues: lower-case lemmas that may be cues, see ``likely_cues``.
        share: of the words with such a lemma, how many are paired with the words round them, and of the sentences with
            two mentions, in how many of them two are paired.
    """

    def __init__(self, reader: PieceReader, cues: frozenset[str], share: float, rng: random.Random) -> None:
        self.reader, self.cues, self.share, self.rng = reader, cues, share, rng

    def windows(self, doc: Doc) -> Iterator[Window]:
        """The document in stretches of several sentences, with pronouns, cues and words, and pairs of mentions."""
        pieces, heads = self.reader(doc), _heads(doc)
        starts = _sentence_starts(doc, [not token.is_space for token in doc])
        mentions = find_mentions(doc)
        pronouns = [i for i in mentions if doc[i].tag_ in PERSONAL_PRONOUNS]
        referents = Referents(np.array(mentions, dtype=np.int64), pronouns, {})
        cues = [(t.i, t.i + 1) for t in doc if t.lemma_.lower() in self.cues and self.rng.random() < self.share]
        roles = None
        if cues:
            pairs = pair_up(Structure.of(doc), cues, CUE_WINDOW)
            roles = Roles(pairs, np.where(pairs.in_cue, MISSING, 0))
        stances = self._stances(doc, pronouns)
        for start, end in ranges(pieces, [s.start for s in doc.sents], len(doc)):
            if (starts[start:end] != MISSING).any():
                yield Window(
                    slice_pieces(pieces, start, end),
                    end - start,
                    {"senter": starts[start:end]},
                    _within(heads, start, end),
                    roles and slice_roles(roles, start, end),
                    referents.between(start, end),
                    stances and stances.between(start, end),
                    is_gold=False,
                )

    def _stances(self, doc: Doc, pronouns: Sequence[int]) -> Stances | None:
        """Pairs of names and pronouns in one sentence, or in two that follow each other."""
        found = []
        mentions = sorted({*((ent.start, ent.end) for ent in doc.ents), *((i, i + 1) for i in pronouns)})
        sents = [(sent.start, sent.end) for sent in doc.sents]
        for (start, own_end), (_, next_end) in zip(sents, [*sents[1:], sents[-1]], strict=True):
            end = self.rng.choice((own_end, own_end, next_end))
            inside = [mention for mention in mentions if start <= mention[0] and mention[1] <= end]
            readable = [pair for pair in combinations(inside, 2) if is_readable(pair)]
            if readable and self.rng.random() < self.share:
                found.append((self.rng.choice(readable), (start, end), MISSING))
        return _stances(found)


def likely_cues(docs: Iterable[Doc]) -> frozenset[str]:
    """The lower-case lemmas that are often the heads of cues in documents with attributions."""
    seen: Counter[str] = Counter()
    cues: Counter[str] = Counter()
    for doc in docs:
        seen.update(token.lemma_.lower() for token in doc)
        cues.update(doc[start].lemma_.lower() for start, _ in Gold(doc).cues)
    return frozenset(lemma for lemma, n in cues.items() if n >= MIN_CUES and n >= MIN_CUE_SHARE * seen[lemma])


def compact(window: Window) -> Window:
    """The window with each array in the smallest type that holds it."""
    pieces = window.pieces._replace(**{name: _small(value) for name, value in window.pieces._asdict().items()})
    labels = {layer: _small(values) for layer, values in window.labels.items()}
    roles = window.roles
    if roles is not None:
        columns = {name: _small(getattr(roles.pairs, name)) for name in vars(roles.pairs)}
        roles = Roles(replace(roles.pairs, **columns), _small(roles.roles))
    links = window.links
    if links is not None:
        links = replace(links, anaphor=_small(links.anaphor), candidates=[_small(c) for c in links.candidates])
    heads = None if window.heads is None else _small(window.heads)
    stances = window.stances and Stances(*map(_small, vars(window.stances).values()))
    return replace(window, pieces=pieces, labels=labels, heads=heads, roles=roles, links=links, stances=stances)


def _small(array: NDArray[Any]) -> NDArray[Any]:
    if array.dtype == bool or not len(array):
        return array
    low, high = int(array.min()), int(array.max())
    return array.astype(np.result_type(np.min_scalar_type(low), np.min_scalar_type(high)))
