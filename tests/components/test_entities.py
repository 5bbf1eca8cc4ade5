"""The entity component learns from whole and from partial annotation, and writes well-formed spans."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.training import Example

from nlpclaims.components.entities import OTHER, EntityComponent

SENTENCES = [
    ("Anna Berg left Oslo", [(0, 2, "PERSON"), (3, 4, "LOC")]),
    ("Oslo greeted Omar", [(0, 1, "LOC"), (2, 3, "PERSON")]),
    ("the harbour closed", []),
]


def gold(nlp: Language, text: str, entities: list[tuple[int, int, str]]) -> Doc:
    doc = Doc(nlp.vocab, text.split())
    doc.set_ents([Span(doc, *entity) for entity in entities])
    return doc


def found(doc: Doc) -> list[tuple[int, int, str]]:
    return [(ent.start, ent.end, ent.label_) for ent in doc.ents]


@pytest.fixture(scope="module")
def trained() -> Language:
    spacy.util.fix_random_seed(0)
    nlp = spacy.blank("en")
    pipe = nlp.add_pipe("nlpclaims_ner", name="ner")
    assert isinstance(pipe, EntityComponent)
    examples = [Example(Doc(nlp.vocab, text.split()), gold(nlp, text, ents)) for text, ents in SENTENCES]
    optimizer = nlp.initialize(lambda: examples)
    for _ in range(40):
        pipe.update(examples, sgd=optimizer)
    return nlp


def test_it_learns(trained: Language) -> None:
    for text, entities in SENTENCES:
        assert found(trained(Doc(trained.vocab, text.split()))) == entities


def test_it_is_the_same_from_disk(trained: Language, tmp_path: Path) -> None:
    trained.to_disk(tmp_path)
    again = spacy.load(tmp_path)
    for text, entities in SENTENCES:
        assert found(again(Doc(again.vocab, text.split()))) == entities


@pytest.mark.parametrize("space", ["\n", " ", "\r\n", "\n    "])
def test_a_name_goes_on_after_white_space(trained: Language, space: str) -> None:
    words = [space, "Anna", space, "Berg", space, "left", space, "Oslo", space]
    assert found(trained(Doc(trained.vocab, words, spaces=[False] * 9))) == [(1, 4, "PERSON"), (7, 8, "LOC")]


@pytest.mark.parametrize("gap", ["\n\n", "\n \n", "\r\n\r\n"])
def test_no_name_goes_on_after_a_blank_line(trained: Language, gap: str) -> None:
    doc = trained(Doc(trained.vocab, ["Anna", gap, "Berg", " "], spaces=[False] * 4))
    assert doc.ents
    assert all(not token.is_space for ent in doc.ents for token in ent)


def test_no_name_goes_on_after_a_line_that_is_a_paragraph(trained: Language) -> None:
    words = ["Anna", "\n", "Berg", *["left"] * 40]
    doc = trained(Doc(trained.vocab, words, spaces=[False] * 3 + [True] * 40))
    assert doc.ents
    assert all(not token.is_space for ent in doc.ents for token in ent)


def test_white_space_alone_names_nothing(trained: Language) -> None:
    assert [trained(text).ents for text in ("", " ", "\n\n")] == [()] * 3


def test_what_is_missing_teaches_nothing(trained: Language) -> None:
    pipe = trained.get_pipe("ner")
    doc = Doc(trained.vocab, ["Anna", "Berg", "left", "Oslo"])
    doc.set_ents([Span(doc, 3, 4, "LOC")], missing=[Span(doc, 0, 3)], default="outside")
    truth = pipe._truth(Example(Doc(trained.vocab, ["Anna", "Berg", "left", "Oslo"]), doc))
    assert truth.tolist()[:3] == [-1, -1, -1]
    assert pipe.bio_labels[truth[3]] == "B-LOC"


def test_training_needs_entities() -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("nlpclaims_ner")
    with pytest.raises(ValueError, match="entities"):
        nlp.initialize(lambda: [Example(nlp.make_doc("ships left"), nlp.make_doc("ships left"))])


def test_names_of_other_things_are_left_out(trained: Language) -> None:
    doc = Doc(trained.vocab, ["Hamlet", "in", "Oslo"])
    pipe = trained.get_pipe("ner")
    assert isinstance(pipe, EntityComponent)
    pipe.set_annotations([doc], [[(0, 1, OTHER), (2, 3, "LOC")]])
    assert found(doc) == [(2, 3, "LOC")]


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        (("NORP", "ORG"), [(0, 2, "ORG")]),  # "Korean | Central News Agency"
        (("NORP", "PERSON"), [(0, 1, "NORP"), (1, 2, "PERSON")]),
        (("ORG", "ORG"), [(0, 1, "ORG"), (1, 2, "ORG")]),
    ],
)
def test_an_organisation_has_the_people_that_its_name_begins_with(
    kinds: tuple[str, str], expected: list[tuple[int, int, str]]
) -> None:
    nlp = spacy.blank("en")
    pipe = nlp.add_pipe("nlpclaims_ner", name="ner")
    assert isinstance(pipe, EntityComponent)
    for kind in ("NORP", "ORG", "PERSON"):
        pipe.add_label(kind)
    scores = np.zeros((2, len(pipe.bio_labels)), dtype=np.float32)
    for place, kind in enumerate(kinds):
        scores[place, pipe.bio_labels.index(f"B-{kind}")] = 20.0
    pipe.model = SimpleNamespace(predict=lambda _: [scores])  # type: ignore[assignment]
    doc = Doc(nlp.vocab, ["Fenland", "Press"])
    pipe.set_annotations([doc], pipe.predict([doc]))
    assert found(doc) == expected
