"""Score a pipeline's words, sentences, tags and dependencies on the raw text of a CoNLL-U corpus.

Counted as in the CoNLL 2018 shared task (Zeman et al. 2018): words are the same when they stand at the same characters,
white space aside. The words of a gold multiword token have no characters of their own; they are matched with the
system's words in that stretch by the longest common subsequence of lower-cased forms. A word has the right head when
that head is the matched word of the gold head, and the right relation when its universal part (before ``:``) is the
gold one.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from nlpclaims.errors import CorpusError
from nlpclaims.evaluation.conllu import Sentence, read_conllu
from nlpclaims.evaluation.counts import percent
from nlpclaims.evaluation.pipeline import AFTER_ATTRIBUTION, annotate, require

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc, Token

LONGEST_DOCUMENT = 200_000
"""Characters after which a new document starts where a file marks none."""


class ScoredWord(NamedTuple):
    """A word of a document; offsets count the document's characters without white space.

    ``head`` is the index of the head among the document's words, ``None`` for a root. The words of a multiword token
    all have its offsets.
    """

    form: str
    start: int
    end: int
    multiword: bool
    tag: str
    head: int | None
    relation: str


@dataclass
class Analysis:
    """The words and the sentences (start and end, without white space) of a document."""

    words: list[ScoredWord]
    sentences: list[tuple[int, int]]


def read_documents(path: Path) -> Iterator[list[Sentence]]:
    """Yield the documents of a CoNLL-U file, plain or gzipped; a ``# newdoc`` comment starts one.

    Raises:
        InputError: the file cannot be read.
        CorpusError: a line is malformed, or the file holds no sentence.
    """
    document: list[Sentence] = []
    length = 0
    for sentence in read_conllu(path):
        if document and (sentence.starts_document or length > LONGEST_DOCUMENT):
            yield document
            document, length = [], 0
        document.append(sentence)
        length += len(sentence.text)
    if not document:
        raise CorpusError(str(path), "holds no sentence")
    yield document


def raw_text(document: Sequence[Sentence]) -> str:
    """The text that the sentences were taken from: a blank line between paragraphs, a space between sentences."""
    parts: list[str] = []
    for sentence in document:
        if parts:
            parts.append("\n\n" if sentence.starts_paragraph else " ")
        parts.append(sentence.text)
    return "".join(parts)


def gold_analysis(document: Sequence[Sentence]) -> Analysis:
    """What the corpus says of a document."""
    analysis = Analysis([], [])
    end = 0
    for sentence in document:
        sentence_start, first_word = end, len(analysis.words)
        for token in sentence.surface:
            start, end = end, end + len(_squeezed(token.text))
            for word in sentence.words[token.first : token.end]:
                analysis.words.append(
                    ScoredWord(
                        form=_squeezed(word.form),
                        start=start,
                        end=end,
                        multiword=token.end - token.first > 1 or token.text != word.form,
                        tag=word.xpos,
                        head=first_word + word.head - 1 if word.head else None,
                        relation=_universal(word.deprel),
                    )
                )
        analysis.sentences.append((sentence_start, end))
    return analysis


def doc_analysis(doc: "Doc") -> Analysis:
    """What a pipeline says of a document.

    Tokens of white space are no words, and their children hang on their heads.
    """
    lengths = [len(_squeezed(token.text)) for token in doc]
    ends = list(accumulate(lengths, initial=0))
    numbers = list(accumulate((length > 0 for length in lengths), initial=0))
    analysis = Analysis([], [])
    for token in doc:
        if lengths[token.i]:
            head = _nearest_word(token, lengths)
            analysis.words.append(
                ScoredWord(
                    form=_squeezed(token.text),
                    start=ends[token.i],
                    end=ends[token.i + 1],
                    multiword=False,
                    tag=token.tag_,
                    head=None if head is None else numbers[head],
                    relation="root" if token.dep_ == "ROOT" else _universal(token.dep_),
                )
            )
    for sentence in doc.sents:
        start, end = ends[sentence.start], ends[sentence.end]
        if end > start:
            analysis.sentences.append((start, end))
    return analysis


def _nearest_word(token: "Token", lengths: Sequence[int]) -> int | None:
    """The token index of the nearest ancestor that is not white space, ``None`` where there is none."""
    while token.head.i != token.i:
        token = token.head
        if lengths[token.i]:
            return token.i
    return None


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _universal(relation: str) -> str:
    return relation.partition(":")[0]


def align_words(gold: Sequence[ScoredWord], system: Sequence[ScoredWord]) -> list[tuple[int, int]]:
    """Match the words of two analyses of a text; the answer has index pairs, in the order of the text.

    Only gold words may be parts of multiword tokens.
    """
    pairs: list[tuple[int, int]] = []
    i = j = 0
    while i < len(gold) and j < len(system):
        ours, theirs = gold[i], system[j]
        if ours.multiword:
            if theirs.start < ours.start:
                j += 1
            last_i = bisect_left(gold, ours.end, i, key=lambda word: word.start)
            last_j = j
            while last_j < len(system) and system[last_j].end <= ours.end:
                last_j += 1
            common = _common_forms(gold[i:last_i], system[j:last_j])
            pairs += [(i + a, j + b) for a, b in common]
            i, j = last_i, last_j
        elif (ours.start, ours.end) == (theirs.start, theirs.end):
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif ours.start <= theirs.start:
            i += 1
        else:
            j += 1
    return pairs


def _common_forms(gold: Sequence[ScoredWord], system: Sequence[ScoredWord]) -> Iterator[tuple[int, int]]:
    """Yield the index pairs of a longest common subsequence of lower-cased forms, the leftmost one."""
    ours, theirs = [word.form.lower() for word in gold], [word.form.lower() for word in system]
    longest = [[0] * (len(theirs) + 1) for _ in range(len(ours) + 1)]
    for a in reversed(range(len(ours))):
        for b in reversed(range(len(theirs))):
            together = longest[a + 1][b + 1] + 1 if ours[a] == theirs[b] else 0
            longest[a][b] = max(together, longest[a + 1][b], longest[a][b + 1])
    a = b = 0
    while a < len(ours) and b < len(theirs):
        if ours[a] == theirs[b]:
            yield a, b
            a, b = a + 1, b + 1
        elif longest[a][b] == longest[a + 1][b]:
            a += 1
        else:
            b += 1


class SyntaxScorer:
    """Add documents one by one, then read the figures."""

    def __init__(self) -> None:
        self.right = dict.fromkeys(("uas", "las", "tag", "words"), 0)
        self.words = 0
        self.right_sentences = 0
        self.sentences = 0

    def add(self, gold: Analysis, system: Analysis) -> None:
        """Count a document. Both analyses must be of the same characters."""
        pairs = align_words(gold.words, system.words)
        gold_of = {j: i for i, j in pairs}
        for i, j in pairs:
            ours, theirs = gold.words[i], system.words[j]
            same_head = ours.head is None if theirs.head is None else ours.head == gold_of.get(theirs.head, -1)
            self.right["uas"] += same_head
            self.right["las"] += same_head and ours.relation == theirs.relation
            self.right["tag"] += ours.tag == theirs.tag
            self.right["words"] += 1
        self.words += len(gold.words) + len(system.words)
        self.right_sentences += len(set(gold.sentences) & set(system.sentences))
        self.sentences += len(gold.sentences) + len(system.sentences)

    def figures(self) -> dict[str, float]:
        """F1 in per cent to one decimal: ``uas``, ``las``, ``tag``, ``sents``, and ``words``, the tokenisation."""
        shares = {name: 2 * right / self.words if self.words else 0.0 for name, right in self.right.items()}
        shares["sents"] = 2 * self.right_sentences / self.sentences if self.sentences else 0.0
        return {name: percent(shares[name]) for name in ("uas", "las", "tag", "sents", "words")}


def evaluate(nlp: "Language", documents: Iterable[Sequence[Sentence]]) -> dict[str, float]:
    """Score a pipeline on documents' raw text; see ``SyntaxScorer.figures``.

    Raises:
        ModelError: the pipeline lacks a tagger or a parser.
    """
    require(nlp, "tagger", "token.tag")
    require(nlp, "parser", "token.dep")
    scorer = SyntaxScorer()
    texts = ((raw_text(document), gold_analysis(document)) for document in documents)
    for doc, gold in annotate(nlp, texts, unneeded=("ner", "attribution", *AFTER_ATTRIBUTION)):
        scorer.add(gold, doc_analysis(doc))
    return scorer.figures()
