"""The figures are worked out by hand from the metric's definition."""

import re

import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example

from nlpclaims.components.attribution import set_attributions
from nlpclaims.errors import ModelError
from nlpclaims.evaluation.attribution import (
    ERRORS,
    error_kinds,
    evaluate,
    evaluate_errors,
    score,
    score_examples,
)

TEXT = 'Ann said the tax is wrong. "It will fail," Bob added. Critics disagree.'


def attribution(source="", cue="", content=(), text=TEXT):
    """An attribution whose roles are given as the text has them; the first occurrence counts."""
    pieces = [content] if isinstance(content, str) else content

    def find(part):
        start = text.index(part)
        return [start, start + len(part)]

    return {
        "source": [find(source)] if source else [],
        "cue": [find(cue)] if cue else [],
        "content": [find(piece) for piece in pieces],
    }


def article(*attributions, text=TEXT, id_="a", discard=()):
    return {"id": id_, "text": text, "attributions": list(attributions), "discard": list(discard)}


GOLD = article(
    attribution("Ann", "said", "the tax is wrong."),
    attribution("Bob", "added", "It will fail,"),
    attribution("Critics", "disagree"),
)
PREDICTED = [attribution("Ann", "said", "tax is wrong"), attribution("Ann", "added", '"It will fail,"')]


def test_every_figure_of_a_small_article():
    assert score([GOLD], {"a": PREDICTED}) == {
        "source_exact": {"p": 100.0, "r": 33.3, "f": 50.0, "gold": 3},
        "source_overlap": {"p": 100.0, "r": 33.3, "f": 50.0, "gold": 3},
        "cue_exact": {"p": 100.0, "r": 66.7, "f": 80.0, "gold": 3},
        "cue_overlap": {"p": 100.0, "r": 66.7, "f": 80.0, "gold": 3},
        "content_exact": {"p": 50.0, "r": 50.0, "f": 50.0, "gold": 2},
        "content_overlap": {"p": 100.0, "r": 85.7, "f": 92.3, "gold": 7},
        "triple": {"p": 50.0, "r": 33.3, "f": 40.0, "gold": 3},
    }


def test_figures_keep_their_order_and_are_zero_without_predictions():
    figures = score([GOLD], {})
    assert list(figures) == [
        "source_exact",
        "source_overlap",
        "cue_exact",
        "cue_overlap",
        "content_exact",
        "content_overlap",
        "triple",
    ]
    assert figures["triple"] == {"p": 0.0, "r": 0.0, "f": 0.0, "gold": 3}


def test_articles_are_summed_and_never_mixed():
    other = article(attribution("Bob", "added", "It will fail,"), id_="b")
    figures = score([GOLD, other], {"a": PREDICTED, "b": [attribution("Critics", "disagree", "It will fail,")]})
    # "Critics" is a source of the first article alone.
    assert figures["source_exact"] == {"p": 66.7, "r": 25.0, "f": 36.4, "gold": 4}
    assert figures["triple"]["gold"] == 4


@pytest.mark.parametrize(
    ("content", "right"),
    [
        ("tax is", True),
        ("tax", False),
        ('the tax is wrong. "It will fail," Bob', True),
        ('the tax is wrong. "It will fail," Bob added', False),
        ("Ann said the", False),
    ],
)
def test_contents_must_share_half_of_their_words(content, right):
    gold = article(attribution("Ann", "said", "the tax is wrong"))
    figures = score([gold], {"a": [attribution("Ann", "said", content)]})
    assert figures["triple"]["f"] == (100.0 if right else 0.0)


@pytest.mark.parametrize(
    ("gold_source", "source", "right"),
    [("Ann", "Ann said", True), ("Ann", "Bob", False), ("Ann", "", False), ("", "Ann", False), ("", "", True)],
)
def test_sources_must_share_a_word_or_both_be_absent(gold_source, source, right):
    gold = article(attribution(gold_source, "said", "the tax is wrong"))
    figures = score([gold], {"a": [attribution(source, "said", "the tax is wrong")]})
    assert figures["triple"]["f"] == (100.0 if right else 0.0)


def test_the_best_overlap_is_paired_though_another_has_the_right_source():
    gold = article(attribution("Ann", "said", "the tax is wrong"))
    better, worse = attribution("Bob", "said", "the tax is wrong"), attribution("Ann", "said", "the tax is")
    assert score([gold], {"a": [worse, better]})["triple"]["p"] == 0.0
    assert score([gold], {"a": [worse]})["triple"]["p"] == 100.0


def test_cues_decide_between_equal_contents():
    gold = article(attribution("Ann", "said", "the tax is wrong"), attribution("Bob", "added", "the tax is wrong"))
    figures = score([gold], {"a": [attribution("Bob", "added", "the tax is wrong")]})
    assert figures["triple"] == {"p": 100.0, "r": 50.0, "f": 66.7, "gold": 2}


def test_a_content_in_pieces_is_one_set_of_words():
    gold = article(attribution("Ann", "said", ["the tax", "is wrong"]))
    figures = score([gold], {"a": [attribution("Ann", "said", "the tax is wrong.")]})
    assert figures["content_exact"]["f"] == 100.0


def test_a_word_holds_its_apostrophes():
    text = "Ann doesn’t agree, 'no'."
    gold = article(attribution("Ann", "doesn’t agree", text=text), text=text)
    assert score([gold], {"a": [attribution("Ann", "t agree", text=text)]})["cue_exact"]["f"] == 100.0
    assert score([gold], {"a": [attribution("Ann", "agree", text=text)]})["cue_overlap"]["r"] == 50.0


def test_a_span_has_no_word_that_it_only_touches():
    text = "Ann—said—no."
    gold = article(attribution("Ann", "said", "no", text=text), text=text)
    figures = score([gold], {"a": [attribution("Ann—", "—said—", "—no.", text=text)]})
    assert [figures[f"{role}_exact"]["f"] for role in ("source", "cue", "content")] == [100.0, 100.0, 100.0]


def test_discarded_stretches_count_for_neither_side():
    byline = [0, TEXT.index("the tax")]
    gold = article(
        attribution("Ann", "said"), attribution("Bob", "added", ["Ann said", "It will fail"]), discard=[byline]
    )
    figures = score([gold], {"a": [attribution("Ann", "said"), attribution("Bob", "added", "It will fail")]})
    assert figures["triple"] == {"p": 100.0, "r": 100.0, "f": 100.0, "gold": 1}
    assert figures["content_exact"]["f"] == 100.0
    assert figures["source_exact"]["gold"] == 1


def test_an_attribution_with_a_source_alone_is_none():
    figures = score([GOLD], {"a": [*PREDICTED, attribution("Critics")]})
    assert figures["triple"]["p"] == 50.0
    assert figures["source_exact"]["r"] == 33.3


def test_roles_may_be_missing_or_null():
    gold = {"id": "a", "text": TEXT, "attributions": [{"cue": [[4, 8]], "source": None}]}
    assert score([gold], {"a": [{"cue": [[4, 8]]}]})["cue_exact"]["f"] == 100.0


@pytest.fixture
def nlp():
    return spacy.blank("en")


def example(nlp: Language, gold, predicted, discard=()) -> Example:
    reference, guess = nlp.make_doc(TEXT), nlp.make_doc(TEXT)
    set_attributions(reference, gold)
    set_attributions(guess, predicted)
    if discard:
        reference.spans["discard"] = [reference.char_span(*span) for span in discard]
    return Example(guess, reference)


def test_examples_are_scored_as_fractions(nlp):
    scores = score_examples([example(nlp, GOLD["attributions"], PREDICTED)])
    assert scores == pytest.approx(
        {
            "attr_source_exact": 1 / 2,
            "attr_cue_exact": 4 / 5,
            "attr_content_exact": 1 / 2,
            "attr_content_overlap": 12 / 13,
            "attr_triple": 2 / 5,
        }
    )


def test_examples_leave_out_the_discarded_and_keep_every_source_span(nlp):
    gold = [attribution("Ann", "said"), {**attribution("", "added", "It will fail"), "source": [[0, 3], [43, 46]]}]
    predicted = [attribution("Bob", "added", "It will fail")]
    scores = score_examples([example(nlp, gold, predicted, discard=[(0, 8)])])
    assert scores["attr_triple"] == 1.0
    assert score_examples([example(nlp, gold, predicted)])["attr_source_exact"] == 0.0


def test_a_pipeline_is_scored_by_its_documents(nlp):
    @Language.component("test_says_what_comes_before_said")
    def find(doc: Doc) -> Doc:
        match = re.search(r"(\w+) (said) (.*?)\.", doc.text)
        set_attributions(
            doc, [{role: [match.span(i)] for i, role in enumerate(("source", "cue", "content"), 1)}] if match else []
        )
        return doc

    nlp.add_pipe("test_says_what_comes_before_said", name="attribution")
    other = article(attribution("Bob", "left", text="Bob left."), text="Bob left.", id_="b")
    figures = evaluate(nlp, [GOLD, other])
    assert figures["triple"] == {"p": 100.0, "r": 25.0, "f": 40.0, "gold": 4}
    discarded = {**GOLD, "discard": [[0, len(TEXT)]]}
    assert evaluate(nlp, [discarded, other])["triple"] == {"p": 0.0, "r": 0.0, "f": 0.0, "gold": 1}


def test_a_pipeline_must_find_attributions(nlp):
    with pytest.raises(ModelError, match=r"no component 'attribution'.*it has: none"):
        evaluate(nlp, [GOLD])


def test_a_text_must_fit_the_pipeline(nlp):
    nlp.add_pipe("sentencizer", name="attribution")
    nlp.max_length = 10
    with pytest.raises(ModelError, match="at most 10"):
        evaluate(nlp, [GOLD])


LONG = "Ann said it will rain all day. Bob said Cem denied that it snows."


@pytest.mark.parametrize(
    ("predicted", "kinds"),
    [
        ([("Ann", "said", "it will rain all day")], []),
        ([], ["missed"]),
        ([("Ann", "said", "it will")], ["boundary"]),
        ([("Bob", "said", "it will rain all day")], ["wrong source"]),
        ([("", "said", "it will rain all day")], ["wrong source"]),
        ([("Cem", "denied", "it snows")], ["missed", "spurious"]),
        ([("Ann", "said", "it snows")], ["wrong link", "wrong link"]),
    ],
)
def test_kinds_of_errors(predicted: list[tuple[str, str, str]], kinds: list[str]) -> None:
    gold = attribution("Ann", "said", "it will rain all day", LONG)
    found = [
        {"source": parts["source"], "cue": parts["cue"], "content": [[at, at + len(content)]]}
        for source, cue, content in predicted
        for parts, at in [(attribution(source, cue, content, LONG), LONG.rindex(content))]
    ]
    assert error_kinds([gold], found, LONG) == kinds


def test_errors_are_counted_by_kind() -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("nlpclaims_attribution", name="attribution")
    gold = {"id": "a", "text": "", "attributions": []}
    assert evaluate_errors(nlp, [gold]) == dict.fromkeys(ERRORS, 0)
