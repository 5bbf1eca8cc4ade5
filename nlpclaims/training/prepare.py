"""``python -m nlpclaims.training.prepare CORPORA BUILD ANNOTATIONS OUTPUT.pkl.xz [--syntax]``: what is trained on.

BUILD holds the DocBin files that ``convert``, ``parse`` and ``raw`` write, ANNOTATIONS is ``models/annotations``. The
result is one file, so that training can go on where the corpora are not.
"""

import random
import sys
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import spacy
from spacy.tokens import Doc
from spacy.training import Example

from nlpclaims.components.stance import class_weights
from nlpclaims.components.wordpieces import PieceReader
from nlpclaims.training.corpora import is_held_out
from nlpclaims.training.material import Material, save
from nlpclaims.training.pretrained import minilm_vocabulary
from nlpclaims.training.readers import (
    RawReader,
    SyntaxReader,
    Verdicts,
    collect_labels,
    compact,
    likely_cues,
    load_docs,
    read_article,
    sentiment_windows,
    stance_windows,
)
from nlpclaims.training.sentences import read_parties, read_story_parties
from nlpclaims.training.stance import read_claims, read_dse, read_newsmtsc, read_own, read_part, read_stories
from nlpclaims.training.tokenizer import split_as_ud
from nlpclaims.training.windows import Article, Source, Specials

STANCE_WEIGHT_POWER = 0.3
"""How far rare classes of stance count more than they are frequent, from 0 (not at all) to 1 (as much as others)."""
STANCE_VERSIONS = 4
"""How often the pairs of mentions are renamed."""
RAW_CUES = 0.35
"""The share of likely cues in raw text that are paired with the words round them."""


def prepare(corpora: Path, build: Path, annotations: Path, *, syntax_alone: bool = False, seed: int = 0) -> Material:
    """Read what is in *build*: all, or what the stage "syntax" needs; of raw text, what there is."""
    nlp = split_as_ud(spacy.blank("en"))
    vocabulary = minilm_vocabulary()
    reader = PieceReader(vocabulary)
    docs = load_docs(build / "syntax.train.spacy", nlp.vocab)
    gold = [doc for doc in docs if doc.has_annotation("DEP")]
    lemmatizer: Any = nlp.add_pipe("trainable_lemmatizer")
    lemmatizer.initialize(lambda: [Example(doc, doc) for doc in gold], nlp=nlp)
    labels = collect_labels(docs, lemmatizer)
    known = {"tag": labels.tag, "dep": labels.dep, "ner": labels.ner, "lemma": lemmatizer.label_data}
    read = SyntaxReader(labels, lemmatizer, reader)
    names = [doc for doc in docs if not doc.has_annotation("DEP")]

    def windows(some: Iterable[Doc]) -> Source:
        return Source(versions=[[compact(w) for doc in some for w in read(doc, verdicts[doc.text])]])

    dse = str(corpora / "stance/dse.{}.tsv.gz")
    fit = list(read_part(dse.format("train"), "fit"))
    verdicts = defaultdict(Verdicts) if syntax_alone else _verdicts(corpora, annotations)
    train = {
        "syntax": windows(gold),
        "names": windows(doc for doc in names if not doc.has_annotation("TAG")),
        "silver": windows(doc for doc in names if doc.has_annotation("TAG")),
    }
    dev = {"syntax": [w for doc in load_docs(build / "syntax.dev.spacy", nlp.vocab) for w in read(doc)]}
    if not syntax_alone:
        parsed = ("attribution.train.spacy", "attribution.stories.spacy")
        articles = [doc for name in parsed for doc in load_docs(build / name, nlp.vocab)]
        rng = random.Random(seed)
        pairs = [*fit, *read_own(corpora, annotations, random.Random(seed))]
        claims = [*read_claims(corpora, annotations, "fit"), *read_stories(annotations)]
        train["attribution"] = Source([_compact(read_article(doc, reader, verdicts[doc.text])) for doc in articles])
        for kind, some in (("stance", pairs), ("claims", claims)):
            train[kind] = Source(
                versions=[[compact(w) for w in stance_windows(some, nlp, reader, rng)] for _ in range(STANCE_VERSIONS)]
            )
        sentences = read_newsmtsc(corpora / "stance/newsmtsc.train.jsonl.gz")
        train["sentiment"] = Source(versions=[[compact(w) for w in sentiment_windows(sentences, nlp, reader)]])
        dev["attribution"] = [
            cut.window()
            for doc in load_docs(build / "attribution.dev.spacy", nlp.vocab)
            for cut in read_article(doc, reader).cuts()
        ]
        dev["stance"] = list(stance_windows(list(read_dse(dse.format("dev"))), nlp, reader))
        if (build / "raw.spacy").exists():
            raw = RawReader(reader, likely_cues(articles), RAW_CUES, rng)
            texts = [*articles, *load_docs(build / "raw.spacy", nlp.vocab)]
            train["raw"] = Source(versions=[[compact(w) for doc in texts for w in raw.windows(doc)]])
    weights = class_weights([pair.label for pair in fit], STANCE_WEIGHT_POWER)
    specials = Specials(reader.first, reader.last, vocabulary.index("[MASK]"))
    return Material(known, labels, vocabulary, specials, train, dev, [float(weight) for weight in weights])


def _verdicts(corpora: Path, annotations: Path) -> defaultdict[str, Verdicts]:
    """What we have judged in the articles that are fitted to, and in our own passages, by their texts."""
    found: defaultdict[str, Verdicts] = defaultdict(Verdicts)
    for pair in (
        *read_claims(corpora, annotations, "fit", in_context=True),
        *read_own(corpora, annotations, random.Random(0), in_context=True),
        *read_stories(annotations, in_context=True),
    ):
        found[pair.text].pairs.append(pair)
    for parties in (*read_parties(corpora, annotations), *read_story_parties(annotations)):
        if not is_held_out(parties.id):
            found[parties.text].parties += parties.mentions
    return found


def _compact(article: Article) -> Article:
    return replace(article, whole=compact(article.whole))


if __name__ == "__main__":
    corpora, build, annotations, target = map(Path, sys.argv[1:5])
    material = prepare(corpora, build, annotations, syntax_alone="--syntax" in sys.argv)
    for kind, source in material.train.items():
        parts = source.parts(0, random.Random(0))
        print(f"{kind}: {len(parts)} windows, {sum(part.n_pieces for part in parts)} pieces", file=sys.stderr)
    save(material, target)
