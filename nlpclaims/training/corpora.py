"""Read the training corpora into spaCy ``Doc`` objects.

Each reader yields gold documents whose text is what a user's article would look like: sentences joined by a space,
paragraphs by a blank line. What a corpus does not annotate is left missing, so that corpora can be mixed in one run.
"""

import csv
import itertools
import random
import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc, DocBin, Span, Token
from spacy.training import Example
from spacy.util import registry
from spacy.vocab import Vocab

from nlpclaims.components.acts import ACT_KEY, Act, act_span
from nlpclaims.components.attribution import ROLES, set_attributions
from nlpclaims.components.coreference import CLUSTER_KEY
from nlpclaims.components.entities import OTHER
from nlpclaims.evaluation.conllu import Sentence, mentions, open_text, read_conllu
from nlpclaims.evaluation.entities import LABELS, spans_of_iob2
from nlpclaims.evaluation.textfile import json_lines
from nlpclaims.training.judged import judged_spans, read_judged
from nlpclaims.training.named_mentions import named_mentions

SENTENCES_PER_DOC = 10
HELD_OUT = 10
"""One in so many is held out of training, for calibration and choices."""
NO_SPACE_BEFORE = {
    ",",
    ".",
    ";",
    ":",
    "?",
    "!",
    ")",
    "]",
    "%",
    "'s",
    "'",
    "n't",
    "'re",
    "'ve",
    "'ll",
    "'d",
    "'m",
    "”",
    "’s",
}
BRACKETS_AND_QUOTES = {"-LRB-": "(", "-RRB-": ")", "-LSB-": "[", "-RSB-": "]", "``": '"', "''": '"'}
NO_SPACE_AFTER = {"(", "[", "$", "“", "#"}


def syntax_docs(
    path: Path,
    vocab: Vocab,
    entities: Path | None = None,
    demonyms: frozenset[str] = frozenset(),
    titles: frozenset[str] | None = None,
    seed: int = 0,
) -> Iterator[Doc]:
    """Yield documents of up to ten sentences from a CoNLL-U file, with tags, lemmas, heads and relations.

    *entities* is an IOB2 file over the same sentences (Universal NER); sentences that it lacks keep their entities
    missing, or, given the *titles* of persons, have those of their mentions that are names (see ``named_mentions``).
    Of *demonyms*, lower-case words, those that it marks as another kind of name are ``NORP``, the others stay missing.
    Mentions of entities (GUM's ``Entity=``) are in ``doc.spans["cluster"]``, where ``span.id_`` names the entity. Blank
    lines stand between paragraphs and, now and then, a line break between sentences, as in raw text.

    Raises:
        InputError: a file cannot be read.
        CorpusError: a file is not in its format, or mentions do not open and close in turn.
    """
    rng = random.Random(seed)
    named = {s.sent_id: s for s in read_conllu(entities, columns=3)} if entities is not None else {}
    for group in _groups(read_conllu(path)):
        syntax = _Syntax()
        ents: list[tuple[int, int, str]] = []
        missing: list[tuple[int, int]] = []
        clusters: list[tuple[int, int, str]] = []
        for i, sentence in enumerate(group):
            if i and sentence.starts_paragraph:
                syntax.add_break("\n\n")
            elif i and rng.random() < 0.1:
                syntax.add_break("\n")
            offset = len(syntax.words)
            syntax.add_sentence(sentence)
            clusters += [(offset + m.start, offset + m.end, m.entity) for m in mentions(sentence)]
            gold = named.get(sentence.sent_id)
            if gold is not None and len(gold.words) == len(sentence.words):
                for start, end, label in spans_of_iob2([w.columns[2] for w in gold.words]):
                    if label in LABELS:
                        ents.append((offset + start, offset + end, LABELS[label]))
                    elif end - start == 1 and gold.words[start].form.lower() in demonyms:
                        ents.append((offset + start, offset + end, "NORP"))
                    elif label == "OTH":
                        ents.append((offset + start, offset + end, OTHER))
            elif titles is not None:
                names, unsure = named_mentions(sentence, titles)
                ents += [(offset + start, offset + end, label) for start, end, label in names]
                missing += [(offset + start, offset + end) for start, end in unsure]
            else:
                missing.append((offset, len(syntax.words)))
        doc = syntax.doc(vocab)
        set_entities(doc, ents, missing + _uncovered_demonyms(syntax.words, ents, demonyms, missing))
        doc.spans[CLUSTER_KEY] = [Span(doc, start, end, span_id=entity) for start, end, entity in clusters]
        yield doc


@dataclass
class _Syntax:
    """The columns of a document in the making."""

    words: list[str] = field(default_factory=list)
    spaces: list[bool] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    lemmas: list[str] = field(default_factory=list)
    heads: list[int] = field(default_factory=list)
    deps: list[str] = field(default_factory=list)
    starts: list[bool | int | None] = field(default_factory=list)

    def add_break(self, text: str) -> None:
        """Add white space as spaCy's tokenizer has it: a token that hangs on the one before."""
        self.spaces[-1] = False
        self.heads.append(len(self.words) - 1)
        self.words.append(text)
        self.spaces.append(False)
        self.tags.append("_SP")
        self.lemmas.append(text)
        self.deps.append("dep")
        self.starts.append(False)

    def add_sentence(self, sentence: Sentence) -> None:
        offset = len(self.words)
        for i, word in enumerate(sentence.words):
            self.words.append(word.form)
            self.spaces.append(word.space_after)
            self.tags.append(word.xpos)
            self.lemmas.append(word.lemma)
            self.heads.append(offset + (word.head - 1 if word.head else i))
            self.deps.append(word.deprel if word.head else "ROOT")
            self.starts.append(i == 0)
        self.spaces[-1] = True

    def doc(self, vocab: Vocab) -> Doc:
        return Doc(
            vocab,
            self.words,
            self.spaces,
            tags=self.tags,
            lemmas=self.lemmas,
            heads=self.heads,
            deps=self.deps,
            sent_starts=self.starts,
        )


def _groups(sentences: Iterable[Sentence]) -> Iterator[list[Sentence]]:
    group: list[Sentence] = []
    for sentence in sentences:
        if group and (sentence.starts_document or len(group) == SENTENCES_PER_DOC):
            yield group
            group = []
        group.append(sentence)
    if group:
        yield group


def set_entities(doc: Doc, ents: Iterable[tuple[int, int, str]], missing: Iterable[tuple[int, int]] = ()) -> None:
    """Give *doc* the entities *ents*; it is not known whether anything of *missing* is part of one."""
    doc.set_ents(
        [Span(doc, start, end, label) for start, end, label in ents],
        missing=[Span(doc, start, end) for start, end in missing],
        default="outside",
    )


def entity_label(token: Token) -> str | None:
    """The BIO label of a word; ``None`` of white space, and where it is not known whether the word is in a name."""
    if token.ent_iob == 0 or token.is_space:
        return None
    return f"{token.ent_iob_}-{token.ent_type_}" if token.ent_type_ else "O"


def entity_docs(
    path: Path, vocab: Vocab, labels: dict[str, str], demonyms: frozenset[str] = frozenset()
) -> Iterator[Doc]:
    """Yield documents with entities only from a CoNLL file (word first, IOB tag last).

    *labels* maps the corpus's types to ours; other types count as no entity. *demonyms* are lower-case words for which
    this corpus has no label although another one has: they are left missing instead of being taught as "no entity".
    """
    with open_text(path) as lines:
        rows = [line.split() for line in lines]
    sentences = [list(block) for full, block in itertools.groupby(rows, key=bool) if full]
    return _entity_docs(
        (([row[0] for row in s], [row[-1] for row in s], None) for s in sentences), vocab, labels, demonyms
    )


def gmb_docs(path: Path, vocab: Vocab, titles: frozenset[str], every: int = 1) -> Iterator[Doc]:
    """Yield documents with PTB tags and entities from the Groningen Meaning Bank's CSV, one group of ten in *every*.

    Its persons begin with their *titles* (see ``person_titles``), which are taken off. Organisations are left missing:
    it marks many that Universal NER does not.
    """
    labels = {"per": "PERSON", "geo": "LOC", "gpe": "NORP", "art": OTHER, "eve": OTHER, "nat": OTHER}
    sentences = _gmb_sentences(path).values()
    for sentence in sentences:
        for row, following in itertools.zip_longest(sentence, sentence[1:]):
            if row["Tag"] == "B-per" and row["Word"].lower() in titles and following and following["Tag"] == "I-per":
                row["Tag"], following["Tag"] = "O", "B-per"
    docs = _entity_docs(
        (([r["Word"] for r in s], [r["Tag"] for r in s], [r["POS"] for r in s]) for s in sentences),
        vocab,
        labels,
        unsure=frozenset({"org"}),
    )
    return itertools.islice(docs, 0, None, every)


def gmb_texts(path: Path) -> dict[int, str]:
    """The texts of the Groningen Meaning Bank's sentences, as ``gmb_docs`` has them, by their numbers."""
    vocab = Vocab()
    words = {number: [row["Word"] for row in rows] for number, rows in _gmb_sentences(path).items()}
    return {number: Doc(vocab, forms, _spaces(forms)).text.rstrip() for number, forms in words.items()}


def _gmb_sentences(path: Path) -> dict[int, list[dict[str, str]]]:
    """The rows of each sentence by its number."""
    sentences: dict[int, list[dict[str, str]]] = {}
    with open_text(path) as file:
        for row in csv.DictReader(file):
            if row["Sentence #"]:
                rows = sentences.setdefault(int(row["Sentence #"].split()[-1]), [])
            rows.append(row)
    return sentences


def person_titles(docs: Iterable[Doc]) -> frozenset[str]:
    """Lower-case words that stand right before a person's name in *docs* far more often than they begin one."""
    before: Counter[str] = Counter()
    first: Counter[str] = Counter()
    for doc in docs:
        for ent in doc.ents:
            if ent.label_ == "PERSON":
                first[ent[0].lower_] += 1
                if ent.start and doc[ent.start - 1].text.rstrip(".").istitle():
                    before[doc[ent.start - 1].lower_] += 1
    return frozenset(word for word, count in before.items() if count > 1 and count > 3 * first[word])


def corenlp_docs(path: Path, vocab: Vocab, every: int = 1) -> Iterator[Doc]:
    """Yield documents with PTB tags and entities from CoreNLP's annotation of PolNeAR, one in *every*.

    Miscellaneous entities, which have no label here, are left missing, and so are organisations (see ``gmb_docs``).

    Raises:
        InputError: the file cannot be read.
        CorpusError: a line is not a JSON object.
    """
    labels = {"PERSON": "PERSON", "LOCATION": "LOC"}
    for _, article in itertools.islice(json_lines(path), 0, None, every):
        sentences = article["sentences"]
        for first in range(0, len(sentences), SENTENCES_PER_DOC):
            group = sentences[first : first + SENTENCES_PER_DOC]
            tokens = [t for s in group for t in s]
            spaces = [a[2] < b[1] for a, b in itertools.pairwise(tokens)]
            words = [BRACKETS_AND_QUOTES.get(t[0], t[0]) for t in tokens]
            doc = Doc(vocab, words, [*spaces, True], tags=[t[4] for t in tokens])
            runs = itertools.groupby(range(len(tokens)), key=lambda i: tokens[i][5])
            ents, missing = [], []
            for kind, places in runs:
                span = list(places)
                if kind in labels:
                    ents.append((span[0], span[-1] + 1, labels[kind]))
                elif kind in ("MISC", "ORGANIZATION"):
                    missing.append((span[0], span[-1] + 1))
            set_entities(doc, ents, missing)
            yield doc


def gmb_demonyms(path: Path) -> frozenset[str]:
    """Lower-case words that the Groningen Meaning Bank labels ``gpe`` (its demonyms) more often than not."""
    counts: dict[str, Counter[bool]] = defaultdict(Counter)
    for row in itertools.chain.from_iterable(_gmb_sentences(path).values()):
        counts[row["Word"].lower()][row["Tag"].endswith("-gpe")] += 1
    return frozenset(word for word, seen in counts.items() if seen[True] > seen[False])


def _entity_docs(
    sentences: Iterable[tuple[list[str], list[str], list[str] | None]],
    vocab: Vocab,
    labels: dict[str, str],
    demonyms: frozenset[str] = frozenset(),
    unsure: frozenset[str] = frozenset(),
) -> Iterator[Doc]:
    """*unsure* are types that are left missing."""
    remaining = iter(sentences)
    while group := list(itertools.islice(remaining, SENTENCES_PER_DOC)):
        words: list[str] = []
        tags: list[str] = []
        ents: list[tuple[int, int, str]] = []
        missing: list[tuple[int, int]] = []
        for forms, iob, ptb in group:
            offset = len(words)
            words += forms
            tags += ptb or [""] * len(forms)
            spans = [(offset + s, offset + e, t) for s, e, t in spans_of_iob2(iob)]
            ents += [(s, e, labels[t]) for s, e, t in spans if t in labels]
            missing += [(s, e) for s, e, t in spans if t in unsure]
        doc = Doc(vocab, words, _spaces(words), tags=tags)
        set_entities(doc, ents, missing + _uncovered_demonyms(words, ents, demonyms, missing))
        yield doc


def _uncovered_demonyms(
    words: list[str],
    ents: list[tuple[int, int, str]],
    demonyms: frozenset[str],
    missing: Iterable[tuple[int, int]] = (),
) -> list[tuple[int, int]]:
    known = [*missing, *((start, end) for start, end, _ in ents)]
    covered = {i for start, end in known for i in range(start, end)}
    return [(i, i + 1) for i, word in enumerate(words) if i not in covered and word.lower() in demonyms]


def _spaces(words: list[str]) -> list[bool]:
    followers = [*words[1:], ""]
    return [w not in NO_SPACE_AFTER and f.lower() not in NO_SPACE_BEFORE for w, f in zip(words, followers, strict=True)]


def attribution_docs(path: Path, nlp: Language, acts: Path | None = None, judged: Path | None = None) -> Iterator[Doc]:
    """Yield an article a document from PolNeAR JSONL, or our ``stories.jsonl``, attributions as linked span groups.

    The documents are run through *nlp* first, since the attribution component builds on syntax. What has no
    attributions annotated is left out. Stretches that the annotators discarded are in ``doc.spans["discard"]``, cues
    with the *acts* of ``models/annotations`` in ``doc.spans["act"]``, and what was *judged* of pronouns and
    descriptions, also there, in ``doc.spans["cluster"]``, but for what is held out of it.

    Raises:
        InputError: a file cannot be read.
        CorpusError: a line is not a JSON object.
    """
    known = read_acts(acts) if acts else {}
    marked = dict(read_judged(judged)) if judged else {}
    for _, article in json_lines(path):
        if "attributions" not in article:
            continue
        doc = nlp(article["text"])
        set_attributions(doc, article["attributions"])
        doc.spans["discard"] = [
            span
            for s, e in article.get("discard", ())
            if (span := doc.char_span(s, e, alignment_mode="expand")) is not None
        ]
        doc.spans[ACT_KEY] = [span for act in known.get(article["id"], ()) if (span := _cue(doc, act)) is not None]
        if article["id"] in marked and not is_held_out(article["id"]):
            doc.spans[CLUSTER_KEY] = list(judged_spans(doc, marked[article["id"]].marks))
        yield doc


def article_texts(path: Path) -> dict[str, str]:
    """The texts of articles, JSONL, by their ids.

    Raises:
        InputError: the file cannot be read.
        CorpusError: a line is not a JSON object.
    """
    return {article["id"]: article["text"] for _, article in json_lines(path)}


def is_held_out(key: str) -> bool:
    """Whether what *key* names is of the tenth that training does not see; the same on every machine."""
    return zlib.crc32(key.encode()) % HELD_OUT == 0


def read_acts(path: Path) -> dict[str, list[dict[str, Any]]]:
    """The annotations of actions and commitments, JSONL, by the id of their article.

    Raises:
        InputError: the file cannot be read.
        CorpusError: a line is not a JSON object.
    """
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for _, act in json_lines(path):
        found[act["id"]].append(act)
    return found


def _cue(doc: Doc, act: dict[str, Any]) -> Span | None:
    cue = doc.char_span(act["cue"][0][0], act["cue"][-1][1], alignment_mode="expand")
    return cue and act_span(doc, cue.start, cue.end, Act(act["action"], act["commitment"]))


@registry.readers("nlpclaims.AttributionCorpus.v1")
def attribution_corpus(path: Path) -> Callable[[Language], Iterator[Example]]:
    """A reader of DocBin files whose documents carry syntax to start from and attributions to learn."""

    def read(nlp: Language) -> Iterator[Example]:
        for reference in DocBin().from_disk(path).get_docs(nlp.vocab):
            predicted = reference.copy()
            for role in ROLES:
                predicted.spans.pop(role, None)
            yield Example(predicted, reference)

    return read


@registry.readers("nlpclaims.LemmaCorpus.v1")
def lemma_corpus(path: Path) -> Callable[[Language], Iterator[Example]]:
    """A reader of DocBin files for the lemmatizer: documents with gold lemmas, and their tags to start from."""

    def read(nlp: Language) -> Iterator[Example]:
        for reference in DocBin().from_disk(path).get_docs(nlp.vocab):
            if reference.has_annotation("LEMMA"):
                words, spaces = [t.text for t in reference], [bool(t.whitespace_) for t in reference]
                yield Example(Doc(nlp.vocab, words, spaces, tags=[t.tag_ for t in reference]), reference)

    return read
