"""Score named entities against IOB2 files: PER, ORG and LOC.

An entity is right when it has a gold entity's exact characters and type. GPE counts as LOC; other types are ignored, on
both sides. The pipeline reads each sentence's plain text alone.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from nlpclaims.errors import CorpusError
from nlpclaims.evaluation.counts import Count
from nlpclaims.evaluation.pipeline import AFTER_ATTRIBUTION, annotate, require
from nlpclaims.evaluation.textfile import blocks

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

LABELS = {"PER": "PERSON", "ORG": "ORG", "LOC": "LOC"}
"""The label that our pipelines give each type."""

TYPES = {"PER": "PER", "PERSON": "PER", "ORG": "ORG", "LOC": "LOC", "GPE": "LOC"}
"""The type that a label counts as, in gold files and in pipelines; labels that are not here are ignored."""

Entity = tuple[int, int, str]
"""The start and the end in the text, in characters, and the type: PER, ORG or LOC."""


class TaggedSentence(NamedTuple):
    """A sentence's plain text and its gold entities."""

    text: str
    entities: frozenset[Entity]


def spans_of_iob2(tags: list[str]) -> list[tuple[int, int, str]]:
    """The entities of a tag sequence as ``(start, end, type)`` in words.

    An ``I-`` after anything else than its own type starts an entity, as in IOB1.
    """
    spans: list[tuple[int, int, str]] = []
    previous = "O"
    for i, tag in enumerate(tags):
        if tag[:2] == "I-" and previous[2:] == tag[2:]:
            start, _, label = spans.pop()
            spans.append((start, i + 1, label))
        elif tag[:2] in ("B-", "I-"):
            spans.append((i, i + 1, tag[2:]))
        previous = tag
    return spans


def read_iob2(path: Path) -> Iterator[TaggedSentence]:
    """Yield the sentences of an IOB2 file, plain or gzipped.

    A row is a word's number, the word, its tag and whatever else, or just the word and its tag. The plain text is the
    comment ``# text = ...``; without it the words are joined by spaces.

    Raises:
        InputError: the file cannot be read.
        CorpusError: a row is malformed, or the words are not the plain text's; or the file holds no sentence.
    """
    empty = True
    for block in blocks(path):
        text: str | None = None
        rows: list[tuple[int, str, str]] = []
        for number, line in block:
            if line.startswith("# "):
                key, _, value = line[1:].partition("=")
                text = value.strip() if key.strip() == "text" else text
            elif not line.startswith("-DOCSTART-"):
                rows += [(number, word, tag) for word, tag in _read_row(path, number, line)]
        if rows:
            empty = False
            yield _tagged_sentence(path, text, rows)
    if empty:
        raise CorpusError(str(path), "holds no sentence")


def _read_row(path: Path, number: int, line: str) -> Iterator[tuple[str, str]]:
    """Yield the row's word and tag; nothing for a multiword token or an empty node, whose words have their own rows."""
    columns = line.split("\t") if "\t" in line else line.split()
    match columns:
        case [word, tag]:
            pass
        case [index, word, tag, *_] if index.isdecimal():
            pass
        case [index, _, _, *_] if index.replace("-", "", 1).isdecimal() or index.replace(".", "", 1).isdecimal():
            return
        case _:
            raise CorpusError(str(path), "expected a number, a word and a tag, or a word and a tag", number)
    if not word.strip():
        raise CorpusError(str(path), "the word is empty", number)
    if tag != "O" and not (tag[:2] in ("B-", "I-") and tag[2:]):
        raise CorpusError(str(path), f"expected O, B-TYPE or I-TYPE, found {tag!r}", number)
    yield word, tag


def _tagged_sentence(path: Path, text: str | None, rows: list[tuple[int, str, str]]) -> TaggedSentence:
    text = " ".join(word for _, word, _ in rows) if text is None else text
    places: list[tuple[int, int]] = []
    end = 0
    for number, word, _ in rows:
        start = text.find(word, end)
        if start < 0 or text[end:start].strip():
            raise CorpusError(
                str(path), f"the word {word!r} is not next in the sentence's text, {text[end:]!r}", number
            )
        end = start + len(word)
        places.append((start, end))
    spans = spans_of_iob2([tag for _, _, tag in rows])
    entities = ((places[first][0], places[last - 1][1], TYPES[label]) for first, last, label in spans if label in TYPES)
    return TaggedSentence(text, frozenset(entities))


class EntityScorer:
    """Add sentences one by one, then read the figures."""

    def __init__(self) -> None:
        self.counts = {label: Count() for label in LABELS}

    def add(self, gold: Iterable[Entity], predicted: Iterable[Entity]) -> None:
        """Count a sentence's entities."""
        ours, theirs = set(gold), set(predicted)
        for label, count in self.counts.items():
            of_gold = {entity for entity in ours if entity[2] == label}
            of_predicted = {entity for entity in theirs if entity[2] == label}
            right = len(of_gold & of_predicted)
            count.add(right, len(of_predicted), right, len(of_gold))

    def figures(self) -> dict[str, Any]:
        """``p``, ``r``, ``f`` in per cent to one decimal and ``gold``, the number of gold entities.

        The same for each type is under ``types``.
        """
        total = Count()
        for count in self.counts.values():
            total.add(count.right_predicted, count.predicted, count.right_gold, count.gold)
        return {**total.percentages(), "types": {label: count.percentages() for label, count in self.counts.items()}}


def evaluate(nlp: "Language", sentences: Iterable[TaggedSentence]) -> dict[str, Any]:
    """Score the entities that a pipeline finds in sentences' plain text; see ``EntityScorer.figures``.

    Raises:
        ModelError: the pipeline has no component that finds entities, or a text is too long for it.
    """
    require(nlp, "ner", "doc.ents")
    scorer = EntityScorer()
    for doc, gold in annotate(nlp, sentences, unneeded=("attribution", *AFTER_ATTRIBUTION)):
        scorer.add(gold, doc_entities(doc))
    return scorer.figures()


def doc_entities(doc: "Doc") -> list[Entity]:
    """The entities of a document that count."""
    return [(e.start_char, e.end_char, TYPES[e.label_]) for e in doc.ents if e.label_ in TYPES]
