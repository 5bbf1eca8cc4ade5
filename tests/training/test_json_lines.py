"""A line of a training corpus that is not JSON is named, whichever reader meets it."""

from collections.abc import Callable, Iterable
from pathlib import Path
from random import Random

import pytest
import spacy

from nlpclaims.errors import CorpusError
from nlpclaims.training.corpora import article_texts, attribution_docs, corenlp_docs, read_acts
from nlpclaims.training.judged import read_judged
from nlpclaims.training.sentences import annotated_sentences
from nlpclaims.training.stance import read_frames, read_newsmtsc

NLP = spacy.blank("en")


def own_sentences(path: Path) -> Iterable[object]:
    """The file as that of our sentences, beside names to fill them with."""
    path = path.rename(path.with_name("frames.jsonl"))
    path.with_name("names.json").write_text("{}", encoding="utf-8")
    return read_frames(path.parent, Random(0))


def annotated(path: Path) -> Iterable[object]:
    """The file as that of the annotations of stance, beside articles without any."""
    articles = path.parent / "attribution/polnear.train.jsonl.gz"
    articles.parent.mkdir()
    articles.write_bytes(b"")
    return annotated_sentences(path.parent, path.rename(path.with_name("stance.train.jsonl")).parent, "stance")


@pytest.mark.parametrize(
    "reader",
    [
        article_texts,
        read_acts,
        read_judged,
        read_newsmtsc,
        own_sentences,
        annotated,
        lambda path: attribution_docs(path, NLP),
        lambda path: corenlp_docs(path, NLP.vocab),
    ],
)
def test_a_line_that_is_not_json_is_named(reader: Callable[[Path], Iterable[object]], tmp_path: Path) -> None:
    path = tmp_path / "corpus.jsonl"
    path.write_text("\n{\n", encoding="utf-8")
    with pytest.raises(CorpusError, match=rf"{tmp_path.name}.*\.jsonl: line 2: not JSON"):
        list(reader(path))
