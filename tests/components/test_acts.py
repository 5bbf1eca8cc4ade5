"""Acts: what an attribution does is learned from its cue and its words round it, and goes into the claim."""

import json
from pathlib import Path

import numpy as np
import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.training import Example
from thinc.api import Adam

from nlpclaims.components.act_model import BESIDE, LENGTH, view
from nlpclaims.components.acts import ACT_KEY, Act, ActComponent, act_span, score_acts
from nlpclaims.errors import CorpusError, ModelError
from nlpclaims.evaluation.acts import evaluate, read_acts
from nlpclaims.evaluation.counts import score_classes
from nlpclaims.training.corpora import read_acts as read_training_acts

LEARNED = {
    "Ann denied it": Act("REJECT", "CT-"),
    "Ann said it": Act(None, "CT+"),
    "Ann urged it": Act("REQUEST", "Uu"),
    "Ann suspects it": Act(None, "PR+"),
    "Ann praised it": Act("SUPPORT", "CT+"),
}
ARTICLE = {"id": "x", "text": "Ann denied it. Bo said so.", "attributions": []}


def document(nlp: Language, text: str, act: Act | None = None) -> Doc:
    words = text.split()
    doc = Doc(nlp.vocab, words, heads=[1] * len(words), deps=["dep", "ROOT", *["dep"] * (len(words) - 2)])
    doc.spans["cue"] = [Span(doc, 1, 2, label="cue", span_id="a0")]
    doc.spans["content"] = [Span(doc, 2, 3, label="content", span_id="a0")]
    if act is not None:
        doc.spans[ACT_KEY] = [act_span(doc, 1, 2, act)]
    return doc


@pytest.fixture(scope="module")
def nlp() -> Language:
    spacy.util.fix_random_seed(0)
    nlp = spacy.blank("en")
    pipe = nlp.add_pipe("nlpclaims_acts", name="acts")
    assert isinstance(pipe, ActComponent)
    examples = [Example(document(nlp, text), document(nlp, text, act)) for text, act in LEARNED.items()]
    pipe.initialize(lambda: examples)
    optimizer = Adam(0.005)
    losses = [pipe.update(examples, sgd=optimizer)["acts"] for _ in range(60)]
    assert losses[-1] < losses[0] / 10
    return nlp


def test_it_learns_what_each_cue_does(nlp: Language) -> None:
    for text, act in LEARNED.items():
        assert nlp(document(nlp, text))._.acts == {"a0": act}


def test_what_is_said_tells_what_the_cue_cannot() -> None:
    spacy.util.fix_random_seed(0)
    nlp = spacy.blank("en")
    pipe = nlp.add_pipe("nlpclaims_acts", name="acts")
    assert isinstance(pipe, ActComponent)
    learned = {"Ann said liars": Act("ACCUSE", "CT+"), "Ann said perhaps": Act(None, "PS+")}
    examples = [Example(document(nlp, text), document(nlp, text, act)) for text, act in learned.items()]
    pipe.initialize(lambda: examples)
    optimizer = Adam(0.005)
    for _ in range(60):
        pipe.update(examples, sgd=optimizer)
    for text, act in learned.items():
        assert nlp(document(nlp, text))._.acts == {"a0": act}


@pytest.mark.parametrize(("cue", "commitment"), [("said", "CT+"), ("reportedly said", "PR+")])
def test_who_is_only_said_to_have_made_a_claim_is_less_sure(
    nlp: Language, monkeypatch: pytest.MonkeyPatch, cue: str, commitment: str
) -> None:
    monkeypatch.setattr(ActComponent, "judge", lambda _, __, cues: [Act(None, "CT+") for _ in cues])
    words = ["Ann", *cue.split(), "it"]
    doc = Doc(nlp.vocab, words, heads=[len(words) - 2] * len(words), deps=["dep"] * len(words))
    doc.spans["cue"] = [Span(doc, 1, len(words) - 1, label="cue", span_id="a0")]
    doc.spans["content"] = [Span(doc, len(words) - 1, len(words), label="content", span_id="a0")]
    assert nlp(doc)._.acts == {"a0": Act(None, commitment)}


class TestViews:
    """What is read of an attribution: its parts, and its sentence beside the cue."""

    def read(self, doc: Doc, *cues: Span) -> list[str]:
        found = view(doc, cues)
        texts = np.split([doc[i].text for i in found.token], np.cumsum(found.lengths)[:-1])
        assert found.cue.tolist() == np.repeat(found.heads, found.lengths).tolist()
        return [" ".join(words) for words in texts]

    def long(self, n: int) -> Doc:
        """An attribution of *n* words before the cue, in a sentence of their own, and one after it."""
        words = [f"w{i}" for i in range(n)] + ["Ann", "said", "so"]
        heads = [0] * n + [n + 1] * 3
        doc = Doc(spacy.blank("en").vocab, words, heads=heads, deps=["dep"] * len(words))
        doc.spans["cue"] = [Span(doc, n + 1, n + 2, label="cue", span_id="a0")]
        doc.spans["source"] = [Span(doc, n, n + 1, label="source", span_id="a0")]
        doc.spans["content"] = [Span(doc, 0, n, label="content", span_id="a0")]
        return doc

    def test_the_content_is_read_wherever_it_is(self) -> None:
        doc = self.long(20)
        assert self.read(doc, doc[21:22]) == [doc[:].text]

    def test_of_a_long_one_what_is_nearest_to_the_cue(self) -> None:
        doc = self.long(2 * LENGTH)
        assert self.read(doc, doc[2 * LENGTH + 1 : 2 * LENGTH + 2]) == [doc[-LENGTH:].text]

    def test_a_cue_of_no_attribution_is_read_in_its_sentence(self) -> None:
        doc = self.long(20)
        doc.spans["cue"] = []
        assert self.read(doc, doc[21:22], doc[3:4]) == ["Ann said so", doc[: 4 + BESIDE].text]


def test_an_attribution_without_a_cue_has_no_act(nlp: Language) -> None:
    doc = document(nlp, "Ann denied it")
    doc.spans["cue"] = []
    assert nlp(doc)._.acts == {}


def test_nobody_does_nothing_and_commits_to_nothing(nlp: Language) -> None:
    doc = document(nlp, "Nobody denied it")
    doc.spans["source"] = [Span(doc, 0, 1, label="source", span_id="a0")]
    assert nlp(doc)._.acts == {"a0": Act(None, "Uu")}


def test_cues_that_are_asked_for_are_labelled_in_place(nlp: Language) -> None:
    asked = document(nlp, "Ann denied it", Act(None, "CT+"))
    (cue,) = nlp(asked).spans[ACT_KEY]
    assert (cue.text, cue.label_, cue.kb_id_) == ("denied", "CT-", "REJECT")


def test_the_score_is_the_share_of_right_cues(nlp: Language) -> None:
    gold = document(nlp, "Ann denied it", Act("REJECT", "CT+"))
    ours = nlp(document(nlp, "Ann denied it", Act(None, "Uu")))
    assert score_acts([Example(ours, gold)]) == {"action_acc": 1.0, "commitment_acc": 0.0}
    assert score_acts([]) == {}


def test_a_trained_pipeline_survives_the_disk(nlp: Language, tmp_path: Path) -> None:
    nlp.to_disk(tmp_path)
    loaded = spacy.load(tmp_path)
    for text, act in LEARNED.items():
        assert loaded(document(loaded, text))._.acts == {"a0": act}


def annotations(tmp_path: Path, *rows: dict[str, object]) -> Path:
    path = tmp_path / "acts.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def row(cue: object = ((4, 10),), **others: object) -> dict[str, object]:
    return {"id": "x", "cue": cue, "action": "REJECT", "commitment": "CT-"} | others


def test_annotations_are_read_with_their_articles(tmp_path: Path) -> None:
    path = annotations(tmp_path, row())
    assert read_acts(path, [ARTICLE]) == [(ARTICLE["text"], [row([[4, 10]])])]
    assert dict(read_training_acts(path)) == {"x": [row([[4, 10]])]}


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        ({"id": "y"}, "not among those given"),
        ({"action": "SAY"}, "not one of"),
        ({"commitment": None}, "not one of"),
        ({"cue": [[4, 99]]}, "not in the text"),
        ({"cue": []}, "no list"),
        ({"cue": "4-10"}, "no list"),
    ],
)
def test_a_broken_annotation_names_its_line(tmp_path: Path, bad: dict[str, object], why: str) -> None:
    with pytest.raises(CorpusError, match=f"line 2.*{why}"):
        read_acts(annotations(tmp_path, row(), row() | bad), [ARTICLE])


def test_evaluation_judges_the_annotated_cues(nlp: Language) -> None:
    acts = [row(), row(((18, 22),), action=None, commitment="CT+"), row(((18, 22),))]
    figures = evaluate(nlp, [(str(ARTICLE["text"]), acts)])
    assert figures["action"]["n"] == 3
    assert figures["commitment"]["accuracy"] == pytest.approx(66.7)
    assert figures["action"]["confusion"] == {"REJECT": {"REJECT": 1, "none": 1}, "none": {"none": 1}}


def test_evaluation_says_what_the_pipeline_lacks() -> None:
    with pytest.raises(ModelError, match="acts"):
        evaluate(spacy.blank("en"), [])


def test_figures_are_those_of_the_definition() -> None:
    figures = score_classes([("A", "A"), ("A", None), (None, None)], (None, "A"))
    assert figures["accuracy"] == pytest.approx(66.7)
    assert figures["classes"]["A"] == {"p": 100.0, "r": 50.0, "f": 66.7, "gold": 2}
    assert figures["macro_f"] == pytest.approx(66.7)
    assert figures["confusion"] == {"A": {"A": 1, "none": 1}, "none": {"none": 1}}
