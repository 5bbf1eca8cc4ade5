"""Score predicted attributions against gold ones (PolNeAR's JSONL).

Spans are compared as sets of words (runs of letters, digits and inner apostrophes), so that a quotation mark or a comma
at an edge costs nothing. Words in the stretches that the annotators discarded do not count, nor does an attribution
that has neither cue nor content outside them. Three kinds of figures, all summed over the articles:

``<role>_exact``
    A predicted role is right when a gold attribution of the article has the same words in that role.
``<role>_overlap``
    Words of the role, whichever attribution they belong to: how many predicted are gold, how many gold are predicted.
``triple``
    Attributions are paired one to one, best overlap of contents first. A pair is right when at least half of the
    contents' joint words are shared and the sources share a word, or neither has a source.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from nlpclaims.evaluation.counts import Count
from nlpclaims.evaluation.pipeline import AFTER_ATTRIBUTION, annotate, require

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc, Span
    from spacy.training import Example

ROLES = ("source", "cue", "content")

WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")

Spans = Sequence[Sequence[int]]
"""Stretches of a text, each ``[start, end]`` in code points, end exclusive."""

RoleSpans = Mapping[str, Any]
"""An attribution: the ``Spans`` of "source", "cue" and "content"; a missing role is empty, other keys are ignored."""


class WordIndex:
    """The words of a text that count, and which of them a set of spans touches."""

    def __init__(self, text: str, discard: Spans = ()):
        words = [
            match.span()
            for match in WORD.finditer(text)
            if not any(start <= match.start() < end for start, end in discard)
        ]
        self.starts = [start for start, _ in words]
        self.ends = [end for _, end in words]

    def touched(self, spans: Spans) -> frozenset[int]:
        """The numbers of the words that share a character with one of the spans."""
        return frozenset(
            word
            for start, end in spans
            for word in range(bisect_right(self.ends, start), bisect_left(self.starts, end))
        )


class WordSets(NamedTuple):
    """An attribution as the numbers of its words."""

    source: frozenset[int]
    cue: frozenset[int]
    content: frozenset[int]


class AttributionScorer:
    """Add articles one by one, then read the figures."""

    def __init__(self) -> None:
        self.counts = {f"{role}_{kind}": Count() for role in ROLES for kind in ("exact", "overlap")}
        self.counts["triple"] = Count()

    def add(self, text: str, gold: Iterable[RoleSpans], predicted: Iterable[RoleSpans], discard: Spans = ()) -> None:
        """Count an article's predicted attributions against its gold ones."""
        words = WordIndex(text, discard)
        gold_sets, predicted_sets = _word_sets(gold, words), _word_sets(predicted, words)
        for role in ROLES:
            self._add_role(role, gold_sets, predicted_sets)
        right = len(_right_triples(gold_sets, predicted_sets))
        self.counts["triple"].add(right, len(predicted_sets), right, len(gold_sets))

    def _add_role(self, role: str, gold: list[WordSets], predicted: list[WordSets]) -> None:
        gold_roles = [words for item in gold if (words := getattr(item, role))]
        predicted_roles = [words for item in predicted if (words := getattr(item, role))]
        distinct_gold, distinct_predicted = set(gold_roles), set(predicted_roles)
        self.counts[f"{role}_exact"].add(
            sum(words in distinct_gold for words in predicted_roles),
            len(predicted_roles),
            sum(words in distinct_predicted for words in gold_roles),
            len(gold_roles),
        )
        gold_words = frozenset[int]().union(*gold_roles)
        predicted_words = frozenset[int]().union(*predicted_roles)
        shared = len(gold_words & predicted_words)
        self.counts[f"{role}_overlap"].add(shared, len(predicted_words), shared, len(gold_words))

    def figures(self) -> dict[str, dict[str, float]]:
        """Each figure's ``p``, ``r`` and ``f`` in per cent, and ``gold``, the number of gold things."""
        return {name: count.percentages() for name, count in self.counts.items()}


def _word_sets(attributions: Iterable[RoleSpans], words: WordIndex) -> list[WordSets]:
    sets = (_words_of(item, words) for item in attributions)
    return [item for item in sets if item.cue or item.content]


def _words_of(item: RoleSpans, words: WordIndex) -> WordSets:
    return WordSets(*(words.touched(item.get(role) or ()) for role in ROLES))


class Pair(NamedTuple):
    """A gold and a predicted attribution, by number, that share words of their contents."""

    gold: int
    predicted: int
    jaccard: float
    same_source: bool

    @property
    def is_right(self) -> bool:
        return self.same_source and self.jaccard >= 0.5


def _pairs(gold: list[WordSets], predicted: list[WordSets]) -> list[Pair]:
    """Gold and predicted attributions paired one to one, best overlap of contents first."""
    candidates = sorted(
        (-len(g.content & p.content) / len(g.content | p.content), -len(g.cue & p.cue), i, j)
        for i, g in enumerate(gold)
        for j, p in enumerate(predicted)
        if not g.content.isdisjoint(p.content)
    )
    found: list[Pair] = []
    paired_gold: set[int] = set()
    paired_predicted: set[int] = set()
    for negative_jaccard, _, i, j in candidates:
        if i in paired_gold or j in paired_predicted:
            continue
        paired_gold.add(i)
        paired_predicted.add(j)
        ours, theirs = gold[i].source, predicted[j].source
        same_source = not ours.isdisjoint(theirs) or not (ours or theirs)
        found.append(Pair(i, j, -negative_jaccard, same_source))
    return found


def _right_triples(gold: list[WordSets], predicted: list[WordSets]) -> set[int]:
    """The numbers of the predicted attributions that are right as a whole."""
    return {pair.predicted for pair in _pairs(gold, predicted) if pair.is_right}


ERRORS = ("missed", "spurious", "boundary", "wrong source", "wrong link")


def error_kinds(gold: Iterable[RoleSpans], predicted: Iterable[RoleSpans], text: str, discard: Spans = ()) -> list[str]:
    """What is wrong with an article's predicted attributions, one of ``ERRORS`` for each that is not right.

    boundary: its content is the gold one's in less than half of their joint words. wrong source: the content is right,
    and the source is another or is lacking. wrong link: it has words of a gold content that another one has more of, or
    a gold cue with no word of its content. missed, spurious: an attribution that the other side has nothing of.
    """
    words = WordIndex(text, discard)
    ours, theirs = _word_sets(gold, words), _word_sets(predicted, words)
    pairs = _pairs(ours, theirs)
    kinds = [
        "boundary" if pair.jaccard < 0.5 and pair.same_source else "wrong source" for pair in pairs if not pair.is_right
    ]
    lone = [("missed", item, theirs) for i, item in enumerate(ours) if i not in {pair.gold for pair in pairs}] + [
        ("spurious", item, ours) for j, item in enumerate(theirs) if j not in {pair.predicted for pair in pairs}
    ]
    for kind, item, others in lone:
        touched = any(not (item.content | item.cue).isdisjoint(other.content | other.cue) for other in others)
        kinds.append("wrong link" if touched else kind)
    return kinds


def score(
    articles: Iterable[Mapping[str, Any]], predictions: Mapping[str, Sequence[RoleSpans]]
) -> dict[str, dict[str, float]]:
    """Score any system's attributions.

    Args:
        articles: gold articles as PolNeAR's JSONL has them: "id", "text", "attributions" and, where some stretches
            are not to be counted, "discard".
        predictions: the attributions of each article id, offsets in code points; an article without any may be missing.

    Returns:
        ``{"source_exact": {"p", "r", "f", "gold"}, ..., "triple": {...}}``, per cent to one decimal.
    """
    scorer = AttributionScorer()
    for article in articles:
        predicted = predictions.get(article["id"], ())
        scorer.add(article["text"], article["attributions"], predicted, article.get("discard") or ())
    return scorer.figures()


def evaluate(nlp: "Language", articles: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, float]]:
    """Score the attributions that a pipeline finds in gold articles; see ``score``.

    Raises:
        ModelError: the pipeline has no component ``attribution``, or a text is too long for it.
    """
    require(nlp, "attribution", "doc._.attributions")
    scorer = AttributionScorer()
    texts = ((article["text"], article) for article in articles)
    for doc, gold in annotate(nlp, texts, unneeded=AFTER_ATTRIBUTION):
        scorer.add(gold["text"], gold["attributions"], doc_attributions(doc), gold.get("discard") or ())
    return scorer.figures()


def evaluate_errors(nlp: "Language", articles: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """How many errors of each kind a pipeline makes in gold articles; see ``error_kinds``.

    Raises:
        ModelError: the pipeline has no component ``attribution``, or a text is too long for it.
    """
    require(nlp, "attribution", "doc._.attributions")
    counts = dict.fromkeys(ERRORS, 0)
    texts = ((article["text"], article) for article in articles)
    for doc, gold in annotate(nlp, texts, unneeded=AFTER_ATTRIBUTION):
        found, discard = doc_attributions(doc), gold.get("discard") or ()
        for kind in error_kinds(gold["attributions"], found, gold["text"], discard):
            counts[kind] += 1
    return counts


def doc_attributions(doc: "Doc") -> list[dict[str, list[tuple[int, int]]]]:
    """The attributions in ``doc._.attributions`` as character spans, ready for ``score``."""
    return [
        {"source": _offsets(item.source), "cue": _offsets(item.cue), "content": _offsets(*item.content)}
        for item in doc._.attributions
    ]


def _offsets(*spans: "Span | None") -> list[tuple[int, int]]:
    return [(span.start_char, span.end_char) for span in spans if span is not None]


def score_examples(examples: Iterable["Example"]) -> dict[str, float]:
    """Score spaCy's Examples, for ``spacy train``: F1 as fractions.

    Gold attributions are in the reference's span groups "source", "cue" and "content", where ``span.id_`` names the
    attribution; its span group "discard", if any, is not counted. Predicted ones are ``doc._.attributions``.
    """
    scorer = AttributionScorer()
    for example in examples:
        gold, predicted = example.reference, example.predicted
        discard = _offsets(*gold.spans.get("discard", ()))
        scorer.add(gold.text, marked_attributions(gold), doc_attributions(predicted), discard)
    names = ("source_exact", "cue_exact", "content_exact", "content_overlap", "triple")
    return {f"attr_{name}": scorer.counts[name].f1 for name in names}


def judge(
    text: str, gold: Iterable[RoleSpans], predicted: Iterable[RoleSpans], discard: Spans = ()
) -> list[bool | None]:
    """For each predicted attribution whether it is right as a whole (``triple``); ``None`` where it does not count."""
    words = WordIndex(text, discard)
    sets = [_words_of(item, words) for item in predicted]
    counted = [i for i, item in enumerate(sets) if item.cue or item.content]
    right = {counted[j] for j in _right_triples(_word_sets(gold, words), [sets[i] for i in counted])}
    return [i in right if item.cue or item.content else None for i, item in enumerate(sets)]


def marked_attributions(doc: "Doc") -> Iterable[RoleSpans]:
    """The attributions of a gold document, with every span of a role: ``doc._.attributions`` keeps one source."""
    marked: dict[str, dict[str, list[tuple[int, int]]]] = {}
    for role in ROLES:
        for span in doc.spans.get(role, ()):
            marked.setdefault(span.id_, {}).setdefault(role, []).append((span.start_char, span.end_char))
    return marked.values()
