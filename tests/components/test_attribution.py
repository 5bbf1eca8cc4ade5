"""The attribution component learns, links, keeps its word through disk and batches, and writes well-formed spans."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example

from nlpclaims.components.attribution import AttributionComponent, _Decoded, get_attributions, set_attributions

TEXTS = (
    ("Anna Berg said the harbour was closed.", [("Anna Berg", "said", ["the harbour was closed"])]),
    ("The harbour, Anna Berg said, was closed.", [("Anna Berg", "said", ["The harbour", "was closed"])]),
    ("According to Omar Diallo, nobody was hurt.", [("Omar Diallo", "According to", ["nobody was hurt"])]),
    ("Nothing happened in the harbour.", []),
)


def offsets(text: str, part: str) -> list[list[int]]:
    start = text.index(part)
    return [[start, start + len(part)]]


def gold(nlp: Language, text: str, parts: list[tuple[str, str, list[str]]]) -> Doc:
    doc = nlp.make_doc(text)
    doc = Doc(
        nlp.vocab,
        [t.text for t in doc],
        [bool(t.whitespace_) for t in doc],
        heads=[0] * len(doc),
        deps=["ROOT", *["dep"] * (len(doc) - 1)],
        tags=["NN"] * len(doc),
    )
    set_attributions(
        doc,
        [
            {
                "source": offsets(text, source),
                "cue": offsets(text, cue),
                "content": [offset for content in contents for offset in offsets(text, content)],
            }
            for source, cue, contents in parts
        ],
    )
    return doc


def without_spans(doc: Doc) -> Doc:
    copy = doc.copy()
    for role in ("source", "cue", "content"):
        del copy.spans[role]
    return copy


def found(doc: Doc) -> list[tuple[str | None, str | None, list[str]]]:
    return [
        (a.source and a.source.text, a.cue and a.cue.text, [span.text for span in a.content])
        for a in doc._.attributions
    ]


@pytest.fixture(scope="module")
def trained() -> tuple[Language, list[Doc]]:
    spacy.util.fix_random_seed(0)
    nlp = spacy.blank("en")
    small = {
        "@architectures": "nlpclaims.AttributionModel.v1",
        "hidden_width": 32,
        "depth": 1,
        "tok2vec": {
            "@architectures": "spacy.HashEmbedCNN.v2",
            "width": 32,
            "depth": 2,
            "embed_size": 200,
            "window_size": 1,
            "maxout_pieces": 2,
            "subword_features": True,
            "pretrained_vectors": None,
        },
    }
    nlp.add_pipe("nlpclaims_attribution", name="attribution", config={"model": small})
    docs = [gold(nlp, text, parts) for text, parts in TEXTS]
    examples = [Example(without_spans(doc), doc) for doc in docs]
    optimizer = nlp.initialize(lambda: examples)
    for _ in range(80):
        nlp.update(examples, sgd=optimizer)
    return nlp, docs


def run(nlp: Language, docs: list[Doc]) -> list[Doc]:
    return list(nlp.get_pipe("attribution").pipe(without_spans(doc) for doc in docs))  # type: ignore[attr-defined]


def test_it_learns_to_find_and_link(trained: tuple[Language, list[Doc]]) -> None:
    nlp, docs = trained
    for doc, (text, parts) in zip(run(nlp, docs), TEXTS, strict=True):
        assert found(doc) == parts, text
        for attribution in doc._.attributions:
            assert 0 <= attribution.score <= 1


def test_results_do_not_depend_on_the_batch(trained: tuple[Language, list[Doc]]) -> None:
    nlp, docs = trained
    component = nlp.get_pipe("attribution")
    together = run(nlp, docs * 3)
    for alone, batched in zip([component(without_spans(doc)) for doc in docs * 3], together, strict=True):
        assert found(alone) == found(batched)
        scores = [(a.score, b.score) for a, b in zip(alone._.attributions, batched._.attributions, strict=True)]
        assert all(a == pytest.approx(b, abs=1e-4) for a, b in scores)


def test_it_survives_the_disk(trained: tuple[Language, list[Doc]], tmp_path: Path) -> None:
    nlp, docs = trained
    nlp.to_disk(tmp_path / "model")
    again = spacy.load(tmp_path / "model")
    assert [found(doc) for doc in run(again, docs)] == [found(doc) for doc in run(nlp, docs)]


def test_a_content_comes_in_fewer_pieces_where_beginning_one_costs(trained: tuple[Language, list[Doc]]) -> None:
    nlp, docs = trained
    component: Any = nlp.get_pipe("attribution")
    counts = []
    for bias in (0.0, -2.0, -20.0):
        component.cfg["piece_bias"] = bias
        counts.append(sum(len(a.content) for doc in run(nlp, docs) for a in doc._.attributions))
    component.cfg["piece_bias"] = 0.0
    assert counts == sorted(counts, reverse=True)
    assert counts[-1] < counts[0] == 4


def test_an_empty_document_has_no_attributions(trained: tuple[Language, list[Doc]]) -> None:
    nlp, _ = trained
    assert found(nlp.get_pipe("attribution")(nlp.make_doc(""))) == []


@pytest.mark.parametrize(
    ("text", "labelled", "expected"),
    [
        # What is labelled is the whole but for what the rule is about: a mark, the end, the beginning, more paragraphs.
        ('Ana said "it is over".', ['"it is over'], ['"it is over"']),
        ('Ana said: "It is over. We won."', ['"It is over'], ['"It is over. We won."']),
        ('"It is over. We won," Ana said.', ['won,"'], ['"It is over. We won,"']),
        ('Ana said: "We won.\n\n"It is over."\n\nOmar left.', ['"We won.'], ['"We won.', '"It is over."']),
        ('"We won.\n\n"It is over.\n\n"Go," Ana said.', ['"Go,"'], ['"We won.', '"It is over.', '"Go,"']),
        ('"We won.\n\n"It is over. Go," Ana said.', ['Go,"'], ['"We won.', '"It is over. Go,"']),
        ("‘We won.\n\n‘It is over,’ Ana said.", ["‘It is over,’"], ["‘We won.", "‘It is over,’"]),
        ("‘We won.’\n\n‘It is over,’ Ana said.", ["‘It is over,’"], ["‘It is over,’"]),
        ('"We won."\n\n"It is over," Ana said.', ['"It is over,"'], ['"It is over,"']),
        ('"We won.\n\n“It is over,” Ana said.', ["“It is over,”"], ["“It is over,”"]),
        ('"We won.\n\n"It is "over" now," Ana said.', ["over"], ["over"]),
        ('Ana said: "We won."\n\n"It is over."', ['"We won."'], ['"We won."']),
        ('Ana said it was "a day for all" of us.', ["a day"], ["a day"]),
    ],
)
def test_a_content_has_all_of_a_quotation_that_it_begins_or_ends(
    text: str, labelled: list[str], expected: list[str]
) -> None:
    assert contents_of(text, [labelled]) == [expected]


def test_what_is_part_of_something_else_ends_a_quotation() -> None:
    text = 'Ana said: "We won.\n\n"It is over," said Omar.'
    assert contents_of(text, [['"We won.'], ['"It is']]) == [['"We won.'], ['"It is over,"']]


def test_what_is_part_of_something_else_begins_a_quotation() -> None:
    text = 'Omar: "We won.\n\n"We lost.\n\n"It is over," said Ana.'
    assert contents_of(text, [['"We won'], ['"It is over,"']]) == [['"We won.', '"We lost.'], ['"It is over,"']]


def contents_of(text: str, contents: list[list[str]]) -> list[list[str]]:
    """What contents become whose cue is the first "said" that the component is told of."""
    nlp = spacy.blank("en")
    pipe = nlp.add_pipe("nlpclaims_attribution", name="attribution")
    assert isinstance(pipe, AttributionComponent)
    doc = nlp.make_doc(text)
    cue = next(token.i for token in doc if token.text == "said")
    spans = [[doc.char_span(*offsets(text, part)[0], alignment_mode="expand") for part in parts] for parts in contents]
    decoded = [_Decoded((cue, cue + 1), None, [(s.start, s.end) for s in some], [9.0] * 5) for some in spans]
    pipe.set_annotations([doc], [decoded])
    return [[span.text for span in attribution.content] for attribution in get_attributions(doc)]


@pytest.mark.parametrize("offset_of", [lambda text: offsets(text, "harb"), lambda text: offsets(text, "harbour")])
def test_gold_offsets_inside_a_word_take_the_word(offset_of: Callable[[str], list[list[int]]]) -> None:
    doc = spacy.blank("en")("The harbour was closed, she said.")
    set_attributions(doc, [{"source": offsets(doc.text, "she"), "cue": offsets(doc.text, "said"), "content": []}])
    set_attributions(doc, [{"cue": offsets(doc.text, "said"), "content": offset_of(doc.text)}])
    (attribution,) = get_attributions(doc)
    assert attribution.source is None
    assert [span.text for span in attribution.content] == ["harbour"]
