"""The shipped encoder: no result depends on what else is read with it, and nothing is lost between windows."""

from pathlib import Path

import numpy as np
import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Doc

from nlpclaims.components.encoder import build_onnx_encoder
from nlpclaims.extractor import load_pipeline

SAMPLES = sorted((Path(__file__).parents[2] / "samples").glob("*.txt"))


@pytest.fixture(scope="module")
def nlp() -> Language:
    return load_pipeline()


@pytest.fixture(scope="module")
def docs(nlp: Language) -> list[Doc]:
    return [nlp.make_doc(path.read_text(encoding="utf-8")) for path in SAMPLES]


def vectors(nlp: Language, docs: list[Doc]) -> list[np.ndarray]:
    return list(nlp.get_pipe("encoder").model.predict(docs))


def test_a_document_is_read_the_same_in_any_company(nlp: Language, docs: list[Doc]) -> None:
    alone = [vectors(nlp, [doc])[0] for doc in docs[:3]]
    together = vectors(nlp, docs)[:3]
    backwards = vectors(nlp, docs[2::-1])[::-1]
    for one, two, three in zip(alone, together, backwards, strict=True):
        np.testing.assert_array_equal(one, two)
        np.testing.assert_array_equal(one, three)


def test_every_word_has_a_vector_and_white_space_none_but_a_blank_line(nlp: Language) -> None:
    doc = nlp.make_doc("The talks failed.\n\nNobody   was\nhurt.")
    (rows,) = vectors(nlp, [doc])
    assert rows.shape == (len(doc), 384)
    silent = {token.text for token, row in zip(doc, rows, strict=True) if not row.any()}
    assert silent == {"  ", "\n"}


def test_words_far_from_an_edge_are_read_alike_in_a_long_document_and_in_a_short_one(
    nlp: Language, docs: list[Doc]
) -> None:
    long = max(docs, key=len)
    shim = nlp.get_pipe("encoder").model.shims[0]
    assert len(shim._reader(long).ids) > 2 * shim.cfg["window"]
    first = long[:150].as_doc()
    (whole,), (start,) = vectors(nlp, [long]), vectors(nlp, [first])
    near = np.sum(whole[:60] * start[:60], axis=1)
    lengths = np.linalg.norm(whole[:60], axis=1) * np.linalg.norm(start[:60], axis=1)
    assert np.median(near[lengths > 0] / lengths[lengths > 0]) > 0.95


@pytest.mark.parametrize("text", ["", " ", "\n\n", "x" * 5000, "\x00\x01", "é" * 300, "東京" * 200])
def test_odd_texts_have_finite_vectors(nlp: Language, text: str) -> None:
    doc = nlp.make_doc(text)
    (rows,) = vectors(nlp, [doc])
    assert rows.shape == (len(doc), 384)
    assert np.isfinite(rows).all()


def test_it_is_the_same_from_bytes(nlp: Language, docs: list[Doc]) -> None:
    saved = nlp.get_pipe("encoder").model.to_bytes()
    again = build_onnx_encoder().from_bytes(saved)
    np.testing.assert_array_equal(again.predict(docs[:1])[0], vectors(nlp, docs[:1])[0])


def test_any_pipeline_can_have_it_before_it_has_weights() -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("tok2vec", config={"model": {"@architectures": "nlpclaims.OnnxEncoder.v1", "width": 8}})
    nlp.initialize()
    assert nlp("Ships left").tensor.shape == (2, 8)
