"""The stance corpora: readers of DSE, for ``spacy train`` too, of NewsMTSC and of our own annotations; calibration."""

import json
import logging
import random
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, cast

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example
from spacy.util import registry

from nlpclaims.components.decoding import Floats
from nlpclaims.components.stance import Calibration, StanceComponent, set_pair, softmax, with_vectors
from nlpclaims.components.stance_model import LABELS, Pair, TokenSpan, is_readable
from nlpclaims.errors import CorpusError
from nlpclaims.evaluation.mirrors import fill
from nlpclaims.evaluation.textfile import json_lines, tsv_rows
from nlpclaims.training.corpora import is_held_out
from nlpclaims.training.sentences import annotated_sentences

logger = logging.getLogger("nlpclaims")
SENTIMENTS = ("negative", "neutral", "positive")
PARTS = ("all", "fit", "held_out")
FILLED = 2
"""How often each sentence of our own is filled with names."""


class DirectedPair(NamedTuple):
    """A text, the character spans of two mentions in it, and which one stands how to the other (see ``LABELS``).

    ``part`` is what of a longer text tells it, from the sentence of the one to that of the other.
    """

    text: str
    p: tuple[int, int]
    q: tuple[int, int]
    label: int
    part: tuple[int, int] | None = None

    @property
    def mentions(self) -> tuple[str, str]:
        """The words of p and of q."""
        return self.text[slice(*self.p)], self.text[slice(*self.q)]


class Sentiment(NamedTuple):
    """A text, and the start, the end and the sentiment (see ``SENTIMENTS``) of the targets in it."""

    text: str
    targets: tuple[tuple[int, int, str], ...]


def read_newsmtsc(path: str | Path) -> Iterator[Sentiment]:
    """Yield the sentences of NewsMTSC (Hamborg and Donnay, EACL 2021), JSONL, with what the text feels about whom.

    Raises:
        InputError: the file cannot be read.
        CorpusError: a line is not a JSON object.
    """
    for _, row in json_lines(Path(path)):
        targets = ((t["from"], t["to"], SENTIMENTS[round(t["polarity"]) // 2 - 1]) for t in row["targets"])
        yield Sentiment(row["sentence_normalized"], tuple(targets))


def read_dse(path: str | Path, warn: Callable[[str], None] = logger.warning) -> Iterator[DirectedPair]:
    """Yield the rows of a DSE file (``.tsv`` or ``.tsv.gz``: text with both mentions in brackets, p, q, label).

    The brackets round the two mentions are taken out of the text, other brackets stay. A row whose brackets do not hold
    p and q is left out; how many were is told by ``warn`` at the end.

    Raises:
        InputError: the file cannot be read.
        CorpusError: a row has not four columns, or its label is not one of 0 to 4.
    """
    skipped = []
    for number, row in tsv_rows(Path(path)):
        if len(row) != 4:
            raise CorpusError(str(path), f"expected 4 columns (text, p, q, label), found {len(row)}", number)
        text, p, q, label = row
        if label not in {str(i) for i in range(len(LABELS))}:
            raise CorpusError(str(path), f"expected a label of 0 to {len(LABELS) - 1}, found {label!r}", number)
        spans = _bracketed(text, p, q)
        if spans is None:
            skipped.append(number)
        else:
            yield DirectedPair(*_without_brackets(text, *spans), int(label))
    if skipped:
        warn(f"{path}: {len(skipped)} rows left out, their brackets do not hold p and q: lines {skipped}")


def _bracketed(text: str, p: str, q: str) -> tuple[re.Match[str], re.Match[str]] | None:
    """The bracketed p and q, p first where the text allows both orders."""
    p_found, q_found = (list(re.finditer(rf"\[\s*({re.escape(name.strip())})\s*\]", text)) for name in (p, q))
    pairs = [(a, b) for a in p_found for b in q_found if a.end() <= b.start() or b.end() <= a.start()]
    return min(pairs, key=lambda pair: pair[0].start() > pair[1].start(), default=None)


def _without_brackets(text: str, p: re.Match[str], q: re.Match[str]) -> tuple[str, tuple[int, int], tuple[int, int]]:
    brackets = sorted([p.start(), p.end() - 1, q.start(), q.end() - 1])
    plain = "".join(text[a + 1 : b] for a, b in zip([-1, *brackets], [*brackets, len(text)], strict=True))

    def moved(span: tuple[int, int]) -> tuple[int, int]:
        shift = sum(bracket < span[0] for bracket in brackets)
        return span[0] - shift, span[1] - shift

    return plain, moved(p.span(1)), moved(q.span(1))


def read_claims(corpora: Path, annotations: Path, part: str, *, in_context: bool = False) -> Iterator[DirectedPair]:
    """Yield actors with the targets of their claims, judged by hand, of *part* of the articles (see ``create_reader``).

    Their sentiment is towards each other in all that is between their first and their last sentence; *in_context* gives
    the article round that, too, where there is one.
    """
    return _judged(corpora, annotations, "claims", part, in_context)


def _judged(corpora: Path, annotations: Path, kind: str, part: str, in_context: bool) -> Iterator[DirectedPair]:
    for sentence in annotated_sentences(corpora, annotations, kind, in_context=in_context):
        label = sentence.row["label"]
        if label is not None and _is_in_part(str(sentence.row["id"]), part):
            p, q = (sentence.span(sentence.row[mention]) for mention in "pq")
            yield DirectedPair(sentence.text, p, q, label, sentence.row.get("sentence") if in_context else None)


def read_own(
    corpora: Path, annotations: Path, rng: random.Random, *, in_context: bool = False
) -> Iterator[DirectedPair]:
    """Yield the pairs of names in one sentence that we have judged, and what ``read_frames`` does.

    The sentences are of the articles that the part "fit" of ``read_claims`` is of, and so is *in_context*.
    """
    yield from _judged(corpora, annotations, "stance", "fit", in_context)
    yield from read_frames(annotations, rng)


def read_stories(annotations: Path, *, in_context: bool = False) -> Iterator[DirectedPair]:
    """Yield actors with the targets of their claims in passages of our own (``stories.jsonl``), as ``read_claims``.

    What tells of them are the paragraphs from the one's to the other's.

    Raises:
        InputError: the file cannot be read.
        CorpusError: a line of it is not a JSON object.
    """
    for _, row in json_lines(annotations / "stories.jsonl"):
        text = row["text"]
        for (p_start, p_end), (q_start, q_end), label in row["pairs"]:
            start = text.rfind("\n", 0, min(p_start, q_start)) + 1
            end = text.find("\n", max(p_end, q_end))
            part = start, len(text) if end < 0 else end
            if in_context:
                yield DirectedPair(text, (p_start, p_end), (q_start, q_end), label, part)
            else:
                p, q = (p_start - start, p_end - start), (q_start - start, q_end - start)
                yield DirectedPair(text[slice(*part)], p, q, label)


def read_frames(annotations: Path, rng: random.Random) -> Iterator[DirectedPair]:
    """Yield the pairs of our own sentences (``frames.jsonl``), each filled with several sets of ``names.json``.

    They show negation, passives and bystanders, of which DSE shows little.

    Raises:
        InputError: ``frames.jsonl`` cannot be read.
        CorpusError: a line of it is not a JSON object.
    """
    names: dict[str, list[str]] = json.loads((annotations / "names.json").read_text(encoding="utf-8"))
    for _, frame in json_lines(annotations / "frames.jsonl"):
        for _ in range(FILLED):
            kinds = [rng.choice(sorted(names)) for _ in "pqr"]
            chosen = dict(zip("pqr", (rng.choice(names[kind]) for kind in kinds), strict=True))
            if len(set(chosen.values())) == len(chosen):
                text, spans = fill(frame["text"], chosen)
                text = text[0].upper() + text[1:]
                for (first, second), label in frame["pairs"].items():
                    yield DirectedPair(text, spans[first], spans[second], label)


def rename(pair: DirectedPair, names: Sequence[str], rng: random.Random) -> DirectedPair:
    """The pair with two of *names* in the place of its mentions, or as it is where a mention is part of a word."""
    first, last = sorted((pair.p, pair.q))
    text = pair.text
    outside = "".join(text[a - 1 : a] + text[b : b + 1] for a, b in (first, last))
    if first[1] > last[0] or any(map(str.isalnum, outside)):
        return pair
    x, y = rng.sample(names, 2)
    renamed = text[: first[0]] + x + text[first[1] : last[0]] + y + text[last[1] :]
    shift = len(x) - (first[1] - first[0])
    spans = (first[0], first[0] + len(x)), (last[0] + shift, last[0] + shift + len(y))
    return DirectedPair(renamed, *(spans if pair.p == first else spans[::-1]), pair.label)


def place(pair: DirectedPair, doc: Doc) -> tuple[Pair, TokenSpan] | None:
    """The tokens of p and of q in a document, and of what tells of them there; ``None`` where that cannot be read."""
    places = (pair.p, pair.q, pair.part or (0, len(doc.text)))
    spans = (doc.char_span(*chars, alignment_mode="expand") for chars in places)
    tokens = [(span.start, span.end) for span in spans if span is not None]
    if len(tokens) < len(places):
        return None
    p, q, _ = tokens
    told = min(start for start, _ in tokens), max(end for _, end in tokens)
    return ((p, q), told) if is_readable((p, q)) else None


def pair_docs(pairs: Iterable[DirectedPair], nlp: Language) -> Iterator[tuple[Doc, Pair, int]]:
    """Tokenize each pair: the document, the tokens of p and of q (whole words, where a span cuts one), the label."""
    for pair in pairs:
        doc = nlp.make_doc(pair.text)
        p, q = (doc.char_span(*span, alignment_mode="expand") for span in (pair.p, pair.q))
        if p is not None and q is not None:
            yield doc, ((p.start, p.end), (q.start, q.end)), pair.label


@registry.readers("nlpclaims.DirectedSentiment.v1")
def create_reader(path: str | Path, part: str = "all") -> Callable[[Language], Iterator[Example]]:
    """The reader of *part* of a DSE file: ``all``, ``fit`` (nine tenths of the sentences) or ``held_out`` (the rest).

    Both documents of an example hold the pair in ``doc.spans["pair"]``, the reference also its label. A sentence's
    pairs are never split between the parts.
    """
    if part not in PARTS:
        raise ValueError(f"part must be one of {PARTS}, not {part!r}")

    def read(nlp: Language) -> Iterator[Example]:
        for doc, (p, q), label in pair_docs(read_part(path, part), nlp):
            predicted = doc.copy()
            set_pair(doc, doc[slice(*p)], doc[slice(*q)], label)
            set_pair(predicted, predicted[slice(*p)], predicted[slice(*q)])
            yield Example(predicted, doc)

    return read


def read_part(path: str | Path, part: str) -> Iterator[DirectedPair]:
    """Yield the rows of *part* of a DSE file, see ``create_reader``."""
    for pair in read_dse(path):
        if _is_in_part(" ".join(pair.text.split()), part):
            yield pair


def _is_in_part(key: str, part: str) -> bool:
    """Whether what is known by *key* is in *part*, see ``create_reader``."""
    return part == "all" or (part == "held_out") == is_held_out(key)


@registry.callbacks("nlpclaims.CalibrateStance.v1")
def create_calibration(path: str | Path, component: str = "stance") -> Callable[[Language], Language]:
    """A ``training.before_to_disk`` callback that calibrates the component on the held-out part of *path*.

    What ``spacy train`` evaluates is therefore calibrated by the checkpoint before it.
    """

    def calibrate(nlp: Language) -> Language:
        calibrate_stance(nlp, read_part(path, "held_out"), component)
        return nlp

    return calibrate


def calibrate_stance(nlp: Language, pairs: Iterable[DirectedPair], component: str = "stance") -> Calibration:
    """Calibrate the component on *pairs* that it has not learned from; what is found is also returned."""
    stance = cast(StanceComponent, nlp.get_pipe(component))
    docs = list(pair_docs(pairs, nlp))
    found = stance.logits([(with_vectors(nlp, doc), pair) for doc, pair, _ in docs])
    rows = [(row, label) for row, (_, _, label) in zip(found, docs, strict=True) if row is not None]
    if rows:
        logits, labels = zip(*rows, strict=True)
        stance.calibration = fit_calibration(np.array(logits), labels)
    return stance.calibration


def fit_calibration(logits: Floats, labels: Sequence[int], strength: float = 1.0, steps: int = 30) -> Calibration:
    """The calibration with the least negative log-likelihood of *labels*, one a row of *logits*; convex, by Newton.

    *strength* draws it towards no change, as far as so many rows would, so that it stays finite on any data.
    """
    # What each class's logit changes with: the scale, the bias of the positive classes, that of the negative ones.
    signs = np.array([[0, 1, 1, 0, 0], [0, 0, 0, 1, 1]], dtype="float64")
    inputs = np.stack([logits.astype("float64"), *(np.broadcast_to(sign, logits.shape) for sign in signs)], axis=2)
    truths = np.eye(len(LABELS))[list(labels)]
    unchanged = np.array([1.0, 0.0, 0.0])
    found = unchanged
    for _ in range(steps):
        guesses = softmax(inputs @ found)
        gradient = np.einsum("nc,ncf->f", guesses - truths, inputs) + strength * (found - unchanged)
        centred = inputs - np.einsum("nc,ncf->nf", guesses, inputs)[:, None]
        curvature = np.einsum("nc,ncf,ncg->fg", guesses, centred, centred) + strength * np.eye(3)
        found = found - np.clip(np.linalg.solve(curvature, gradient), -0.5, 0.5)
    scale, positive, negative = (float(value) for value in found)
    return Calibration(max(scale, 0.01), positive, negative)
