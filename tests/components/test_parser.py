"""The biaffine parser learns, its gradient is right, and what it writes is one tree a sentence."""

from pathlib import Path

import numpy as np
import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example

from nlpclaims.components.parser import LONGEST_SENTENCE, BiaffineParser, build_biaffine_parser

SENTENCES = [
    ("the harbour closed early", [1, 2, 2, 2], ["det", "nsubj", "ROOT", "advmod"]),
    ("Berg saw the ships", [1, 1, 3, 1], ["nsubj", "ROOT", "det", "obj"]),
    ("ships left", [1, 1], ["nsubj", "ROOT"]),
    ("the ships left Berg early", [1, 2, 2, 2, 2], ["det", "nsubj", "ROOT", "obj", "advmod"]),
]
TOK2VEC = {
    "@architectures": "spacy.HashEmbedCNN.v2",
    "width": 32,
    "depth": 2,
    "embed_size": 200,
    "window_size": 1,
    "maxout_pieces": 2,
    "subword_features": True,
    "pretrained_vectors": None,
}


def gold(nlp: Language, text: str, heads: list[int], deps: list[str]) -> Doc:
    words = text.split()
    return Doc(nlp.vocab, words, heads=heads, deps=deps)


def blank(nlp: Language, text: str) -> Doc:
    doc = Doc(nlp.vocab, text.split())
    for token in doc:
        token.is_sent_start = token.i == 0
    return doc


@pytest.fixture(scope="module")
def trained() -> Language:
    spacy.util.fix_random_seed(0)
    nlp = spacy.blank("en")
    model = {
        "@architectures": "nlpclaims.BiaffineParser.v1",
        "arc_width": 24,
        "relation_width": 16,
        "tok2vec": TOK2VEC,
    }
    parser = nlp.add_pipe("nlpclaims_parser", name="parser", config={"model": model})
    assert isinstance(parser, BiaffineParser)
    examples = [Example(blank(nlp, text), gold(nlp, text, heads, deps)) for text, heads, deps in SENTENCES]
    optimizer = nlp.initialize(lambda: examples)
    for _ in range(60):
        parser.update(examples, sgd=optimizer)
    return nlp


def test_it_learns_heads_and_relations(trained: Language) -> None:
    for text, heads, deps in SENTENCES:
        doc = trained(blank(trained, text))
        assert [t.head.i for t in doc] == heads, text
        assert [t.dep_ for t in doc] == deps, text


def test_sentences_stay_and_white_space_hangs_on_the_word_before(trained: Language) -> None:
    words = ["\n", "ships", "left", "\n\n", "the", "harbour", "closed", " "]
    doc = Doc(trained.vocab, words, spaces=[False] * len(words))
    for token in doc:
        token.is_sent_start = token.i in (0, 4)
    doc = trained(doc)
    assert [[t.text for t in s if not t.is_space] for s in doc.sents] == [
        ["ships", "left"],
        ["the", "harbour", "closed"],
    ]
    assert doc[0].head.i == 1
    assert doc[3].head.i == 2
    assert doc[7].head.i == 6
    assert [t.i for t in doc if t.dep_ == "ROOT"] == [2, 6]


def test_an_endless_sentence_is_cut(trained: Language) -> None:
    doc = trained(blank(trained, "ships " * (2 * LONGEST_SENTENCE + 5)))
    assert [len(s) for s in doc.sents] == [LONGEST_SENTENCE, LONGEST_SENTENCE, 5]
    assert sum(t.dep_ == "ROOT" for t in doc) == 3


@pytest.mark.parametrize("text", ["", " ", "\n\n"])
def test_nothing_to_parse(trained: Language, text: str) -> None:
    doc = trained(text)
    assert doc.text == text


def test_it_is_the_same_from_disk(trained: Language, tmp_path: Path) -> None:
    trained.to_disk(tmp_path)
    again = spacy.load(tmp_path)
    for text, heads, deps in SENTENCES:
        doc = again(blank(again, text))
        assert ([t.head.i for t in doc], [t.dep_ for t in doc]) == (heads, deps)


def test_training_needs_dependencies() -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("nlpclaims_parser")
    with pytest.raises(ValueError, match="dependencies"):
        nlp.initialize(lambda: [Example(nlp.make_doc("ships left"), nlp.make_doc("ships left"))])


@pytest.mark.parametrize("layer", ["arcs", "relations"])
def test_the_gradient_is_that_of_the_scores(layer: str) -> None:
    rng = np.random.default_rng(0)
    tok2vec = spacy.registry.architectures.get("spacy.HashEmbedCNN.v2")(
        **{k: v for k, v in TOK2VEC.items() if k != "@architectures"}
    )
    model = build_biaffine_parser(tok2vec, 5, 4, 3).get_ref(layer)
    model.initialize()
    for name in model.param_names:
        model.set_param(name, rng.normal(size=model.get_param(name).shape).astype("float32"))
    vectors = rng.normal(size=(4, 32)).astype("float32")
    dependents, heads = np.array([0, 1, 2, 3, 1]), np.array([1, -1, 1, 2, 3])
    weights = rng.normal(size=(5, model.get_dim("nO"))).astype("float32")

    def value(rows: np.ndarray) -> float:
        return float((model.predict((rows, dependents, heads)) * weights).sum())

    _, back = model.begin_update((vectors, dependents, heads))
    gradient = back(weights)
    for i, j in ((0, 0), (1, 7), (2, 31), (3, 13)):
        moved = vectors.copy()
        moved[i, j] += 1e-2
        lower = vectors.copy()
        lower[i, j] -= 1e-2
        assert gradient[i, j] == pytest.approx((value(moved) - value(lower)) / 2e-2, rel=0.05, abs=0.05)
