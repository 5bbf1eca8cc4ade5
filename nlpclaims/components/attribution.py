"""Find every attribution in a document: source, cue and content, linked.

The component writes the span groups ``doc.spans["source"]``, ``doc.spans["cue"]`` and ``doc.spans["content"]``, where
``span.id_`` names the attribution, and the probability of each in ``doc.spans["content"].attrs["scores"]``.
``doc._.attributions`` reads them back as a list.

The definition of source, cue and content is PolNeAR's (Newell, Margolin and Ruths, LREC 2018).
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from spacy.language import Language
from spacy.pipeline import TrainablePipe
from spacy.tokens import Doc, Span, SpanGroup
from spacy.training import Example
from thinc.api import Config, Model, Optimizer, set_dropout_rate

from nlpclaims.components import attribution_model  # noqa: F401 (registers the architecture)
from nlpclaims.components.attribution_model import CUE_LABELS, ROLE_LABELS
from nlpclaims.components.cue_features import Pairs, Structure, pair_up
from nlpclaims.components.decoding import Floats, best_labels, log_softmax, spans_of
from nlpclaims.components.phrase_ends import end_of_phrase
from nlpclaims.components.quotes import quotations_of, unclosed

ROLES = ("source", "cue", "content")
CUES_AT_ONCE = 64
MAX_GAP = 16
AUXILIARIES = frozenset({"aux", "aux:pass"})
UNLIKELY = 0.02
"""Tokens that have a role with less probability, whatever the cue, bound what is read round a cue."""
UNCALIBRATED = [1.0, 1.0, 1.0, 0.0, 0.0]

DEFAULT_MODEL = """
[model]
@architectures = "nlpclaims.AttributionModel.v1"
hidden_width = 64
depth = 2

[model.tok2vec]
@architectures = "spacy.Tok2Vec.v2"

[model.tok2vec.embed]
@architectures = "spacy.MultiHashEmbed.v2"
width = 128
attrs = ["NORM", "PREFIX", "SUFFIX", "SHAPE", "LEMMA", "TAG", "DEP"]
rows = [5000, 1000, 2500, 1000, 4000, 100, 100]
include_static_vectors = false

[model.tok2vec.encode]
@architectures = "spacy.MaxoutWindowEncoder.v2"
width = 128
depth = 4
window_size = 1
maxout_pieces = 3
"""


class Attribution(NamedTuple):
    """One attribution of a document; ``score`` is the probability that it is right."""

    id: str
    source: Span | None
    cue: Span | None
    content: tuple[Span, ...]
    score: float


def get_attributions(doc: Doc) -> list[Attribution]:
    """The attributions in the span groups of *doc*, in the order of their first words."""
    groups: dict[str, dict[str, list[Span]]] = {}
    for role in ROLES:
        for span in doc.spans.get(role, ()):
            groups.setdefault(span.id_, {}).setdefault(role, []).append(span)
    scores = doc.spans["content"].attrs.get("scores", {}) if "content" in doc.spans else {}
    found = [
        Attribution(
            name,
            next(iter(spans.get("source", ())), None),
            next(iter(spans.get("cue", ())), None),
            tuple(spans.get("content", ())),
            scores.get(name, 1.0),
        )
        for name, spans in groups.items()
    ]
    return sorted(found, key=lambda a: min(s.start for s in (a.source, a.cue, *a.content) if s is not None))


def set_attributions(doc: Doc, attributions: Iterable[Mapping[str, Sequence[Sequence[int]]]]) -> None:
    """Write gold attributions, given as character offsets by role, into the span groups of *doc*.

    An offset inside a token takes the whole token.
    """
    spans: dict[str, list[Span]] = {role: [] for role in ROLES}
    for number, attribution in enumerate(attributions):
        for role in ROLES:
            for start, end in attribution.get(role, ()):
                span = doc.char_span(start, end, label=role, span_id=f"a{number}", alignment_mode="expand")
                if span is not None:
                    spans[role].append(span)
    for role in ROLES:
        doc.spans[role] = SpanGroup(doc, name=role, spans=spans[role])


if not Doc.has_extension("attributions"):
    Doc.set_extension("attributions", getter=get_attributions)


def score_attributions(examples: Iterable[Example]) -> dict[str, float]:
    """The scores of ``nlpclaims evaluate attribution`` as fractions, for ``spacy train`` and ``spacy evaluate``."""
    from nlpclaims.evaluation.attribution import score_examples

    return score_examples(examples)


@Language.factory(
    "nlpclaims_attribution",
    assigns=["doc.spans"],
    requires=["token.dep", "token.head", "token.tag", "token.is_sent_start"],
    default_config={
        "model": Config().from_str(DEFAULT_MODEL)["model"],
        "window": 80,
        "cue_bias": 0.0,
        "content_bias": 0.0,
        "piece_bias": 0.0,
        "threshold": 0.0,
    },
    default_score_weights={"attr_triple": 1.0},
)
def make_attribution(
    nlp: Language,
    name: str,
    model: Model[list[Doc], list[Floats]],
    window: int,
    cue_bias: float,
    content_bias: float,
    piece_bias: float,
    threshold: float,
) -> "AttributionComponent":
    return AttributionComponent(
        nlp,
        model,
        name,
        window=window,
        cue_bias=cue_bias,
        content_bias=content_bias,
        piece_bias=piece_bias,
        threshold=threshold,
    )


@dataclass
class _Decoded:
    """An attribution in token offsets, before it becomes spans."""

    cue: tuple[int, int]
    source: tuple[int, int] | None
    content: list[tuple[int, int]]
    evidence: list[float]


class AttributionComponent(TrainablePipe):
    """A trainable pipe that labels cues, then sources and contents given each cue.

    Args:
        window: how many tokens before and after a cue its source and content may lie.
        cue_bias: added to the score of "no cue" when decoding; raises precision where positive.
        content_bias: added to the scores of content when decoding; spans reach farther where positive.
        piece_bias: added to the scores of words that begin a piece of content; it comes in fewer pieces where negative.
        threshold: attributions with less confidence are left out (see ``calibrate``).
    """

    def __init__(
        self,
        nlp: Language,
        model: Model[list[Doc], list[Floats]],
        name: str = "attribution",
        *,
        window: int = 80,
        cue_bias: float = 0.0,
        content_bias: float = 0.0,
        piece_bias: float = 0.0,
        threshold: float = 0.0,
    ) -> None:
        self.vocab = nlp.vocab
        self.model = model
        self.name = name
        self.scorer = lambda examples, **_: score_attributions(examples)
        self.cfg: dict[str, Any] = {
            "window": window,
            "cue_bias": cue_bias,
            "content_bias": content_bias,
            "piece_bias": piece_bias,
            "calibration": UNCALIBRATED,
            "threshold": threshold,
        }

    @property
    def labels(self) -> tuple[str, ...]:
        return ROLES

    def initialize(
        self,
        get_examples: Callable[[], Iterable[Example]],
        *,
        nlp: Language | None = None,  # noqa: ARG002 (spaCy passes it)
        labels: object = None,  # noqa: ARG002
    ) -> None:
        sample = [example.predicted for example in islice(get_examples(), 10)]
        self.model.initialize(X=sample)

    def predict(self, docs: Iterable[Doc]) -> list[list[_Decoded]]:
        docs = list(docs)
        filled = [doc for doc in docs if len(doc)]
        if not filled:
            return [[] for _ in docs]
        vectors = self.model.get_ref("tok2vec").predict(filled)
        decoded = iter(self._decode(filled, vectors))
        return [next(decoded) if len(doc) else [] for doc in docs]

    def _decode(self, docs: list[Doc], vectors: list[Floats]) -> Iterator[list[_Decoded]]:
        flat = self.model.ops.flatten(vectors)
        cue_scores = log_softmax(self.model.get_ref("cue").predict(flat))
        cue_scores[:, 0] += self.cfg["cue_bias"]
        likely = log_softmax(self.model.get_ref("role").predict(flat))[:, 0] < np.log(1 - UNLIKELY)
        offsets = np.cumsum([0, *(len(doc) for doc in docs)])
        by_doc = [cue_scores[a:b] for a, b in pairwise(offsets)]
        cues = [
            [(start, end) for start, end, _ in spans_of(tags, CUE_LABELS)] for tags in best_labels(by_doc, CUE_LABELS)
        ]
        for doc, labelled, offset, probabilities in zip(docs, cues, offsets, by_doc, strict=False):
            found = [(start, end) for start, end in labelled if not _is_auxiliary(doc[start:end])]
            certainty = [1 - float(np.exp(probabilities[start:end, 0]).mean()) for start, end in found]
            here = slice(offset, offset + len(doc))
            scored = self._score_pairs(doc, found, flat[here], likely[here]) if found else None
            yield self._assemble(doc, found, certainty, *scored) if scored else []

    def _score_pairs(
        self, doc: Doc, cues: list[tuple[int, int]], vectors: Floats, likely: NDArray[np.bool_]
    ) -> tuple[Pairs, Floats]:
        """The document's pairs and the log-probabilities of their roles, shape ``(n_pairs, n_roles)``."""
        pairs = pair_up(Structure.of(doc), cues, self.cfg["window"], likely)
        bounds = np.cumsum([0, *pairs.lengths])
        scores = []
        for first in range(0, len(cues), CUES_AT_ONCE):  # bounds the memory that a long document takes
            lengths = pairs.lengths[first : first + CUES_AT_ONCE]
            rows = slice(bounds[first], bounds[first + len(lengths)])
            hidden = self.model.get_ref("pair").predict(
                (vectors, (pairs.token[rows], pairs.cue_head[rows]), pairs.features[rows])
            )
            mixed = self.model.get_ref("context").predict(_split(hidden, [lengths]))
            scores.append(log_softmax(self.model.get_ref("output").predict(self.model.ops.flatten(mixed))))
        return pairs, np.concatenate(scores)

    def _assemble(
        self, doc: Doc, cues: list[tuple[int, int]], certainty: list[float], pairs: Pairs, scores: Floats
    ) -> list[_Decoded]:
        scores = scores.copy()
        scores[pairs.in_cue, 1:] = -50.0
        content = np.logaddexp(scores[:, 3], scores[:, 4])
        strongest = np.full(len(doc), -np.inf, dtype=np.float32)
        np.maximum.at(strongest, pairs.token, content)
        scores[(content < strongest[pairs.token]) & (strongest[pairs.token] > np.log(0.5)), 3:] = -50.0
        probabilities = np.exp(scores)
        scores[:, 3:] += self.cfg["content_bias"]
        scores[:, ROLE_LABELS.index("B-content")] += self.cfg["piece_bias"]
        bounds = np.cumsum([0, *pairs.lengths])
        by_cue = [scores[a:b] for a, b in pairwise(bounds)]
        result = []
        for i, tags in enumerate(best_labels(by_cue, ROLE_LABELS)):
            low = int(pairs.token[bounds[i]])
            here = probabilities[bounds[i] : bounds[i + 1]]
            sources: list[tuple[float, int, int]] = []
            contents: list[tuple[int, int]] = []
            likely: list[float] = []
            for start, end, role in spans_of(tags, ROLE_LABELS):
                first, last = _trim(doc, low + start, low + end)
                if first == last:
                    continue
                if role == "source":
                    sources.append((float(here[start:end, 1:3].sum()), first, last))
                else:
                    contents.append((first, last))
                    likely.append(float(here[start:end, 3:].sum(axis=1).mean()))
            cue = _trim(doc, *cues[i])
            if not contents or cue[0] == cue[1]:
                continue
            best = max(sources, default=None)
            if best is not None and _is_hearer(doc, best[1:], cue):
                best = None
            contents = _join(doc, contents, [cues[i], *([best[1:]] if best else [])])
            source_certainty = best and best[0] / (best[2] - best[1])
            evidence = _evidence(certainty[i], float(np.mean(likely)), source_certainty)
            result.append(_Decoded(cue, best and best[1:], contents, evidence))
        return result

    def confidence(self, evidence: Sequence[float]) -> float:
        """The probability that an attribution is right, by logistic regression on its evidence (see ``calibrate``)."""
        return float(1 / (1 + np.exp(-np.dot(self.cfg["calibration"], evidence))))

    def set_annotations(self, docs: Iterable[Doc], scores: list[list[_Decoded]]) -> None:
        for doc, decoded in zip(docs, scores, strict=True):
            spans: dict[str, list[Span]] = {role: [] for role in ROLES}
            confidence: dict[str, float] = {}
            for number, attribution in enumerate(decoded):
                name, score = f"a{number}", self.confidence(attribution.evidence)
                if score < self.cfg["threshold"]:
                    continue
                confidence[name] = score
                spans["cue"].append(Span(doc, *attribution.cue, label="cue", span_id=name))
                if attribution.source is not None:
                    spans["source"].append(Span(doc, *attribution.source, label="source", span_id=name))
                for start, end in attribution.content:
                    spans["content"].append(Span(doc, start, end, label="content", span_id=name))
            spans = _with_whole_phrases(doc, spans)
            spans["content"] = _with_whole_quotations(doc, spans["content"], (*spans["cue"], *spans["source"]))
            for role in ROLES:
                doc.spans[role] = SpanGroup(doc, name=role, spans=spans[role])
            doc.spans["content"].attrs["scores"] = confidence

    def update(
        self,
        examples: Iterable[Example],
        *,
        drop: float = 0.0,
        sgd: Optimizer | None = None,
        losses: dict[str, float] | None = None,
    ) -> dict[str, float]:
        losses = losses if losses is not None else {}
        losses.setdefault(self.name, 0.0)
        examples = [example for example in examples if len(example.predicted)]
        if not examples:
            return losses
        set_dropout_rate(self.model, drop)
        docs = [example.predicted for example in examples]
        golds = [Gold(example.reference) for example in examples]
        refs = {name: self.model.get_ref(name) for name in self.model.ref_names}
        vectors, back_vectors = refs["tok2vec"].begin_update(docs)
        flat = self.model.ops.flatten(vectors)
        d_flat = self.model.ops.alloc2f(*flat.shape)
        loss = 0.0
        keep = np.concatenate([gold.keep for gold in golds])
        for name, weight in (("cue", 1.0), ("role", 0.5)):
            truth = np.concatenate([getattr(gold, name) for gold in golds])
            scores, back = refs[name].begin_update(flat)
            d_scores, amount = _cross_entropy(scores, truth, keep * np.float32(weight))
            d_flat += back(d_scores)
            loss += amount
        offsets = np.cumsum([0, *(len(doc) for doc in docs)])
        paired = [
            (pair_up(Structure.of(doc), gold.cues, self.cfg["window"]), offset, gold)
            for doc, offset, gold in zip(docs, offsets, golds, strict=False)
            if gold.cues
        ]
        if paired:
            inputs = (
                flat,
                (
                    np.concatenate([p.token + offset for p, offset, _ in paired]),
                    np.concatenate([p.cue_head + offset for p, offset, _ in paired]),
                ),
                np.concatenate([p.features for p, _, _ in paired]),
            )
            hidden, back_pair = refs["pair"].begin_update(inputs)
            mixed, back_context = refs["context"].begin_update(_split(hidden, [p.lengths for p, _, _ in paired]))
            output, back_output = refs["output"].begin_update(self.model.ops.flatten(mixed))
            truth = np.concatenate([gold.roles_of(p) for p, _, gold in paired])
            weights = np.concatenate([gold.keep[p.token] * ~p.in_cue for p, _, gold in paired]).astype(np.float32)
            d_output, amount = _cross_entropy(output, truth, weights * np.float32(0.5))
            loss += amount
            d_mixed = _split(back_output(d_output), [p.lengths for p, _, _ in paired])
            d_flat += back_pair(self.model.ops.flatten(back_context(d_mixed)))
        back_vectors([d_flat[a:b] for a, b in pairwise(offsets)])
        if sgd is not None:
            self.finish_update(sgd)
        losses[self.name] += loss
        return losses


class Gold:
    """The labels of a gold document: per token, and per pair once its cues are paired with tokens."""

    def __init__(self, doc: Doc) -> None:
        n = len(doc)
        self.keep = np.ones(n, dtype=np.float32)
        for span in doc.spans.get("discard", ()):
            self.keep[span.start : span.end] = 0.0
        self.cue, self.role = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
        with_cue = [((a.cue.start, a.cue.end), a) for a in get_attributions(doc) if a.cue is not None]
        with_cue.sort(key=lambda pair: pair[0])
        self.cues = [cue for cue, _ in with_cue]
        self.attributions = [attribution for _, attribution in with_cue]
        for (first, last), attribution in with_cue:
            _label(self.cue, first, last, 1)
            for start, end, label in _arguments(attribution):
                _label(self.role, start, end, label)

    def roles_of(self, pairs: Pairs) -> NDArray[np.int64]:
        """The gold role of each pair's token, as an index into ``ROLE_LABELS``, shape ``(n_pairs,)``."""
        truth = np.zeros(len(pairs.cue), dtype=np.int64)
        bounds = np.cumsum([0, *pairs.lengths])
        for i, attribution in enumerate(self.attributions):
            here = truth[bounds[i] : bounds[i + 1]]
            low = int(pairs.token[bounds[i]])
            for start, end, label in _arguments(attribution):
                _label(here, max(start - low, 0), max(end - low, 0), label)
        return truth


def _arguments(attribution: Attribution) -> Iterator[tuple[int, int, int]]:
    for span in attribution.content:
        yield span.start, span.end, ROLE_LABELS.index("B-content")
    if attribution.source is not None:
        yield attribution.source.start, attribution.source.end, ROLE_LABELS.index("B-source")


def _label(labels: NDArray[np.int64], start: int, end: int, begin: int) -> None:
    labels[start:end] = begin + 1
    labels[start : min(start + 1, end)] = begin


def _split(rows: Floats, lengths: list[NDArray[np.int64]]) -> list[Floats]:
    bounds = [0, *np.cumsum(np.concatenate(lengths))]
    return [rows[a:b] for a, b in pairwise(bounds)]


def _cross_entropy(scores: Floats, truth: NDArray[np.int64], weights: Floats) -> tuple[Floats, float]:
    """The gradient of weighted cross-entropy with respect to *scores*, and the loss."""
    logs = log_softmax(scores)
    rows = np.arange(len(truth))
    gradient = np.exp(logs)
    gradient[rows, truth] -= 1
    gradient *= weights[:, None]
    return gradient.astype(np.float32), float(-(logs[rows, truth] * weights).sum())


def _evidence(cue: float, content: float, source: float | None) -> list[float]:
    """What confidence rests on: the log-odds of cue, content and source, whether there is no source, and a constant."""
    cue, content, known = (min(max(p, 1e-4), 1 - 1e-4) for p in (cue, content, 0.5 if source is None else source))
    return [*(float(np.log(p / (1 - p))) for p in (cue, content, known)), float(source is None), 1.0]


def _join(doc: Doc, contents: list[tuple[int, int]], parts: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Close the gaps in a content that none of the attribution's other *parts* explains.

    In PolNeAR's training articles 2,844 interruptions hold the cue or the source, and 62 of one to five words neither.
    """
    joined = contents[:1]
    for start, end in contents[1:]:
        gap = doc[joined[-1][1] : start]
        explained = any(gap.start < last and first < gap.end for first, last in parts)
        if explained or len(gap) > MAX_GAP or any(token.is_space for token in gap):
            joined.append((start, end))
        else:
            joined[-1] = (joined[-1][0], end)
    return joined


def _is_hearer(doc: Doc, source: tuple[int, int], cue: tuple[int, int]) -> bool:
    """Whether it is told who hears, not who speaks: "Dam was never inspected, *inquiry* told"."""
    after = doc[cue[1] : cue[1] + 1]
    ends = not len(after) or after[0].is_space or after[0].tag_ == "."
    return source[1] == cue[0] and ends and doc[slice(*cue)].text.lower() == "told"


def _is_auxiliary(cue: Span) -> bool:
    """Whether nothing but auxiliaries of another verb was taken for a cue, as are 6 of PolNeAR's 18,928."""
    return all(word.dep_ in AUXILIARIES for word in cue)


def _trim(doc: Doc, start: int, end: int) -> tuple[int, int]:
    while start < end and doc[start].is_space:
        start += 1
    while end > start and doc[end - 1].is_space:
        end -= 1
    return start, end


def _with_whole_phrases(doc: Doc, spans: dict[str, list[Span]]) -> dict[str, list[Span]]:
    """The spans of each role with the rest of the phrases that they break off in, but for what is in any of them."""
    taken = {token.i for own in spans.values() for span in own for token in span}
    ends: dict[tuple[int, int], int] = {}  # a source may be that of several attributions
    for span in (span for own in spans.values() for span in own):
        if (span.start, span.end) not in ends:
            end = ends[span.start, span.end] = end_of_phrase(doc, span.start, span.end, taken)
            taken.update(range(span.end, end))
    return {
        role: [Span(doc, s.start, ends[s.start, s.end], label=s.label_, span_id=s.id_) for s in own]
        for role, own in spans.items()
    }


def _with_whole_quotations(doc: Doc, contents: list[Span], others: Iterable[Span]) -> list[Span]:
    """The *contents* with all of a quotation of which they hold the beginning or the end, in each of its paragraphs.

    What is part of something else, of another content or of the *others*, stays so.
    """
    quoted = quotations_of(doc)
    starts = [token.idx for token in doc] if quoted else []
    stretches = [_trim(doc, bisect_left(starts, opens), bisect_left(starts, closes)) for opens, closes in quoted]
    runs_on = unclosed(doc.text, quoted)
    taken = {token.i for span in (*contents, *others) for token in span}
    found = []

    def take(start: int, end: int) -> bool:
        is_free = taken.isdisjoint(range(start, end))
        if is_free:
            taken.update(range(start, end))
        return is_free

    def stretch_at(place: int) -> int | None:
        number = bisect_right(stretches, place, key=itemgetter(0)) - 1
        return number if number >= 0 and place < stretches[number][1] else None

    for content in contents:
        start, end = content.start, content.end
        first, last = stretch_at(start), stretch_at(end - 1)
        if first is not None and stretches[first][1] <= end and take(stretches[first][0], start):
            start = stretches[first][0]
        if last is not None and start <= stretches[last][0] and take(end, stretches[last][1]):
            end = stretches[last][1]
        pieces = [(start, end)]
        while (
            first is not None and start == stretches[first][0] and first - 1 in runs_on and take(*stretches[first - 1])
        ):
            first -= 1
            start = stretches[first][0]
            pieces.insert(0, stretches[first])
        while last is not None and end == stretches[last][1] and last in runs_on and take(*stretches[last + 1]):
            last += 1
            end = stretches[last][1]
            pieces.append(stretches[last])
        found += [(*piece, content.id_) for piece in pieces]
    return [Span(doc, start, end, label="content", span_id=name) for start, end, name in found]
