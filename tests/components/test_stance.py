"""Stance: what a pair's prediction may and may not depend on, what the component writes, and reading DSE."""

import gzip
import io
import itertools
import logging
import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st
from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.training import Example
from spacy.training.initialize import init_nlp
from spacy.training.loop import train
from spacy.util import fix_random_seed, load_config
from thinc.api import Adam

from nlpclaims.components import stance as stance_module
from nlpclaims.components.actors import ActorMention
from nlpclaims.components.acts import Act
from nlpclaims.components.stance import Calibration, StanceComponent, _bounds, label_scores, polarity, set_pair
from nlpclaims.components.stance_model import FEATURE_ROWS, MAX_DISTANCE, REVERSED, Pair, view
from nlpclaims.errors import CorpusError
from nlpclaims.training.stance import (
    DirectedPair,
    create_calibration,
    create_reader,
    fit_calibration,
    pair_docs,
    read_dse,
)

ROOT = Path(__file__).parents[2]

TEMPLATES = {
    0: ["{p} met {q} in the capital.", "{p} and {q} spoke by telephone."],
    1: ["{p} praised {q} warmly.", "Late on Monday {p} praised {q}."],
    2: ["{p} was praised by {q}.", "On Monday {p} was warmly praised by {q}."],
    3: ["{p} attacked {q} sharply.", "Late on Monday {p} attacked {q}."],
    4: ["{p} was attacked by {q}.", "On Monday {p} was sharply attacked by {q}."],
}
NAMES = [("Ann Reyes", "Kovia"), ("Bartholomew", "Ludo Marsh"), ("Tess", "the Order of Lamps")]


def pair_of(template: str, p: str, q: str, label: int = 0) -> DirectedPair:
    text = template.format(p=p, q=q)
    start, end = text.index(p), text.index(q)
    return DirectedPair(text, (start, start + len(p)), (end, end + len(q)), label)


def probabilities(nlp: Language, text: str, p: str, q: str) -> np.ndarray:
    ((doc, pair, _),) = pair_docs([pair_of(text, p, q)], nlp)
    return nlp.get_pipe("stance").probabilities([(doc, pair)])[0]


def same(values: np.ndarray) -> Any:
    """Equal but for the rounding that differs with a row's place in a batch."""
    return pytest.approx(values, abs=1e-5)


@pytest.fixture(scope="module")
def nlp() -> Language:
    """A small pipeline that has learned the templates by heart."""
    fix_random_seed(0)
    nlp = spacy.blank("en")
    model = {
        "@architectures": "nlpclaims.DirectedPairModel.v1",
        "hidden_width": 32,
        "depth": 1,
        "tok2vec": {
            "@architectures": "spacy.HashEmbedCNN.v2",
            "pretrained_vectors": None,
            "width": 32,
            "depth": 1,
            "embed_size": 200,
            "window_size": 1,
            "maxout_pieces": 3,
            "subword_features": True,
        },
    }
    nlp.add_pipe("nlpclaims_stance", name="stance", config={"model": model})
    pairs = [pair_of(t, p, q, label) for label, ts in TEMPLATES.items() for t in ts for p, q in NAMES]
    examples = []
    for doc, (p, q), label in pair_docs(pairs, nlp):
        set_pair(doc, doc[slice(*p)], doc[slice(*q)], label)
        examples.append(Example(doc.copy(), doc))
    nlp.initialize(lambda: examples)
    optimizer = Adam(0.01)
    losses = [nlp.update(examples, sgd=optimizer, losses={})["stance"] for _ in range(40)]
    assert losses[-1] < losses[0] / 10
    return nlp


def judged(
    nlp: Language, text: str, actors: list[str], content: str, *entities: tuple[str, str], cue: str | None = None
) -> Doc:
    """*text* through the stance component, with one attribution; each entity is searched for after the last one."""
    doc = nlp.make_doc(text)

    def span(part: str, label: str = "", after: int = 0) -> Span:
        start = text.index(part, after)
        found = doc.char_span(start, start + len(part), label=label, span_id="a0")
        assert found is not None, part
        return found

    ents: list[Span] = []
    for name, label in entities:
        ents.append(span(name, label, ents[-1].end_char if ents else 0))
    doc.ents = ents
    doc.spans["actor"] = [span(actor) for actor in actors]
    doc.spans["content"] = [span(content)]
    doc.spans["cue"] = [span(cue)] if cue else []
    return nlp.get_pipe("stance")(doc)


def accused(nlp: Language, whom: str, ent: str = "O") -> Doc:
    """ "Tess accused *whom* of lying" through the stance component."""
    words = ["Tess", "accused", whom, "of", "lying", ",", "Orm", "wrote", "."]
    doc = Doc(
        nlp.vocab,
        words,
        heads=[1, 1, 1, 4, 1, 7, 7, 1, 1],
        deps=["nsubj", "ROOT", "obj", "mark", "advcl", "punct", "nsubj", "parataxis", "punct"],
        tags=["NNP", "VBD", "NNP" if ent != "O" else "NNS", "IN", "VBG", ",", "NNP", "VBD", "."],
        ents=["B-PERSON", "O", ent, "O", "O", "O", "B-ORG", "O", "O"],
    )
    for role, start, end in (("actor", 0, 1), ("source", 0, 1), ("cue", 1, 2), ("content", 3, 5)):
        doc.spans[role] = [Span(doc, start, end, span_id="a0")]
    return nlp.get_pipe("stance")(doc)


def parsed(nlp: Language, text: str, cue: str, *actors: str, content: str = "") -> Doc:
    """Words as ``word/TAG/relation/head``, with ``/PERSON`` after names and ``/person`` after nouns of a type.

    The cue, the actors and the content are words of the text; the source goes from the first actor to the last.
    """
    rows = [word.split("/") for word in text.split(" ")]
    words = [row[0] for row in rows]
    kinds = [row[4] if len(row) > 4 else "" for row in rows]
    doc = Doc(
        nlp.vocab,
        words,
        tags=[row[1] for row in rows],
        deps=[row[2] for row in rows],
        heads=[words.index(row[3]) for row in rows],
        ents=[f"B-{kind}" if kind.isupper() else "O" for kind in kinds],
    )
    for token, kind in zip(doc, kinds, strict=True):
        token._.noun_type = kind if kind.islower() else None

    def span(part: str) -> Span:
        first, *rest = part.split(" ")
        return Span(doc, words.index(first), words.index(first) + len(rest) + 1, span_id="a0")

    doc.spans["actor"] = [span(actor) for actor in actors]
    doc.spans["source"] = [Span(doc, doc.spans["actor"][0].start, doc.spans["actor"][-1].end, span_id="a0")]
    doc.spans["cue"] = [span(cue)]
    doc.spans["content"] = [span(content)] if content else []
    return nlp.get_pipe("stance")(doc)


def targets(doc: Doc) -> list[str]:
    return [doc[slice(*stance.target)].text for stance in doc._.stances]


class TestDirection:
    @pytest.mark.parametrize("label", TEMPLATES)
    def test_learns_who_stands_how_to_whom(self, nlp: Language, label: int) -> None:
        for template in TEMPLATES[label]:
            assert probabilities(nlp, template, "Ann Reyes", "Kovia").argmax() == label

    @pytest.mark.parametrize("template", [*itertools.chain(*TEMPLATES.values())])
    def test_the_reversed_pair_has_the_reversed_probabilities(self, nlp: Language, template: str) -> None:
        ((doc, (p, q), _),) = pair_docs([pair_of(template, "Ann Reyes", "Kovia")], nlp)
        forth, back = nlp.get_pipe("stance").probabilities([(doc, (p, q)), (doc, (q, p))])
        assert forth == same(back[REVERSED])
        assert forth.sum() == pytest.approx(1)

    def test_swapping_the_names_in_the_sentence_swaps_the_direction(self, nlp: Language) -> None:
        before = probabilities(nlp, "{p} attacked {q} sharply.", "Tess", "Kovia")
        after = probabilities(nlp, "{q} attacked {p} sharply.", "Tess", "Kovia")
        assert (before.argmax(), after.argmax()) == (3, 4)


def test_a_prediction_depends_on_the_words_between(nlp: Language) -> None:
    praised = probabilities(nlp, "{p} praised {q} warmly.", "Tess", "Kovia")
    attacked = probabilities(nlp, "{p} attacked {q} sharply.", "Tess", "Kovia")
    assert praised[1] > 0.5 > attacked[1]


def test_other_sentences_are_not_read(nlp: Language) -> None:
    first, second = "Tess attacked Kovia sharply.", "Ann praised Ludo Marsh warmly."
    docs = [nlp.make_doc(text) for text in (first, f"{first} {second}")]
    for doc in docs:
        for token in doc:
            token.is_sent_start = token.i == 0 or token.text == "Ann"
    pairs = [(doc, ((0, 1), (2, 3))) for doc in docs]
    vectors = nlp.get_pipe("stance").model.get_ref("tok2vec")
    reading = [view([pair], _bounds(doc, [pair])) for doc, pair in pairs]
    assert reading[0].token.tolist() == reading[1].token.tolist()
    assert len(vectors.predict([docs[1]])[0]) > max(reading[1].token) + 1


@given(
    st.lists(st.tuples(st.integers(0, 30), st.integers(1, 4), st.integers(0, 20), st.integers(1, 4)), min_size=1),
    st.integers(0, 10),
)
def test_views_hold_both_mentions_and_see_each_pair_from_both_sides(
    shapes: list[tuple[int, int, int, int]], after: int
) -> None:
    pairs = [((a, a + n), (a + n + gap, a + n + gap + m)) for a, n, gap, m in shapes]
    end = max(q[1] for _, q in pairs) + after
    found = view(pairs, [(0, end)] * len(pairs))
    assert found.lengths.sum() == len(found.token) == len(found.holder) == len(found.target)
    assert (found.token < end).all() and (found.token >= 0).all()
    rows = np.split(np.arange(len(found.token)), np.cumsum(found.lengths)[:-1])
    for number, (forth, back) in enumerate(zip(rows[::2], rows[1::2], strict=True)):
        assert found.token[forth].tolist() == found.token[back].tolist()
        assert {*range(*pairs[number][0]), *range(*pairs[number][1])} <= set(found.token[forth].tolist())
        assert (found.holder[forth] == found.target[back]).all()
    ends = np.cumsum(FEATURE_ROWS)
    assert (found.features < ends).all() and (found.features >= ends - FEATURE_ROWS).all()


class TestUnreadablePairs:
    @pytest.mark.parametrize("pair", [((0, 2), (1, 3)), ((0, 3), (1, 2)), ((0, 1), (0, 1)), ((1, 1), (2, 3))])
    def test_spans_that_overlap_or_are_empty(self, nlp: Language, pair: Pair) -> None:
        assert nlp.get_pipe("stance").probabilities([(nlp.make_doc("Ann Reyes met Kovia."), pair)]) == [None]

    def test_mentions_too_far_apart(self, nlp: Language) -> None:
        doc = nlp.make_doc("Ann " + "met " * (MAX_DISTANCE + 1) + "Kovia")
        last = len(doc) - 1
        far, near = nlp.get_pipe("stance").probabilities(
            [(doc, ((0, 1), (last, last + 1))), (doc, ((1, 2), (last, last + 1)))]
        )
        assert far is None
        assert near is not None

    def test_they_do_not_shift_their_neighbours(self, nlp: Language) -> None:
        doc = nlp.make_doc("Tess attacked Kovia sharply.")
        good: Pair = ((0, 1), (2, 3))
        alone = nlp.get_pipe("stance").probabilities([(doc, good)])[0]
        found = nlp.get_pipe("stance").probabilities([(doc, ((0, 1), (0, 1))), (doc, good), (doc, ((1, 3), (2, 3)))])
        assert [row is None for row in found] == [True, False, True]
        assert found[1] == same(alone)


class TestAnnotations:
    def test_a_target_has_the_actor_s_polarity_and_its_probability(self, nlp: Language) -> None:
        doc = judged(nlp, "Tess attacked Kovia sharply.", ["Tess"], "attacked Kovia sharply", ("Kovia", "LOC"))
        (stance,) = doc._.stances
        expected = probabilities(nlp, "{p} attacked {q} sharply.", "Tess", "Kovia")
        assert stance[:5] == ("a0", (0, 1), (2, 3), (2, 3), "negative")
        assert stance.score == pytest.approx(float(expected[3]), abs=1e-5)
        assert type(stance.score) is float

    def test_what_the_target_thinks_of_the_actor_is_neutral(self, nlp: Language) -> None:
        doc = judged(nlp, "Tess was attacked by Kovia.", ["Tess"], "was attacked by Kovia", ("Kovia", "LOC"))
        assert doc._.stances[0].polarity == "neutral"

    def test_a_pair_that_cannot_be_read_has_no_polarity(self, nlp: Language) -> None:
        text = "Tess said " + "it rained and " * 50 + "Kovia lied."
        (stance,) = judged(nlp, text, ["Tess"], text[10:-1], ("Kovia", "LOC"))._.stances
        assert (stance.polarity, stance.score) == (None, None)

    def test_each_joint_actor_has_a_stance(self, nlp: Language) -> None:
        doc = judged(nlp, "Ann and Tess said that Kovia lies.", ["Ann", "Tess"], "Kovia lies", ("Kovia", "ORG"))
        assert [(s.actor, s.target) for s in doc._.stances] == [((0, 1), (5, 6)), ((2, 3), (5, 6))]

    def test_targets_are_in_the_content_or_the_cue(self, nlp: Language) -> None:
        entities = [("Mara", "LOC"), ("Tess", "PERSON"), ("Kovia", "LOC"), ("Orm", "ORG"), ("Ulm", "LOC")]
        text = "In Mara, Tess accused Kovia of lying to Orm in Ulm."
        doc = judged(nlp, text, ["Tess"], "of lying to Orm", *entities, cue="accused Kovia")
        assert targets(doc) == ["Kovia", "Orm"]

    def test_whom_the_cue_acts_on_is_a_target(self, nlp: Language) -> None:
        assert targets(accused(nlp, "Kovia", ent="B-LOC")) == ["Kovia"]

    def test_the_described_are_targets_where_the_cue_acts_on_them(
        self, nlp: Language, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        doc = accused(nlp, "judges")
        assert targets(doc) == []
        doc[2]._.noun_type = "person"
        monkeypatch.setattr(stance_module, "polarity", lambda _: ("negative", 0.7))
        (found,) = nlp.get_pipe("stance")(doc)._.stances
        assert (found.target, found.name, found.polarity) == ((2, 3), (2, 3), "negative")
        monkeypatch.setattr(stance_module, "polarity", lambda _: ("neutral", 0.7))
        assert targets(nlp.get_pipe("stance")(doc)) == []

    def test_a_nationality_does_not_name_the_described(self, nlp: Language, monkeypatch: pytest.MonkeyPatch) -> None:
        words = ["Tess", "told", "Kovian", "judges", "that", "Ulm", "lies"]
        deps = ["nsubj", "ROOT", "amod", "obj", "mark", "nsubj", "ccomp"]
        tags = ["NNP", "VBD", "JJ", "NNS", "IN", "NNP", "VBZ"]
        ents = ["B-PERSON", "O", "B-NORP", "O", "O", "B-LOC", "O"]
        doc = Doc(nlp.vocab, words, heads=[1, 1, 3, 1, 6, 6, 1], deps=deps, tags=tags, ents=ents)
        doc[3]._.noun_type = "person"
        for role, start, end in (("source", 0, 1), ("actor", 0, 1), ("cue", 1, 2), ("content", 4, 7)):
            doc.spans[role] = [Span(doc, start, end, span_id="a0")]
        monkeypatch.setattr(stance_module, "polarity", lambda _: ("neutral", 0.7))
        assert targets(nlp.get_pipe("stance")(doc)) == ["Ulm"]
        monkeypatch.setattr(stance_module, "polarity", lambda _: ("negative", 0.7))
        assert targets(nlp.get_pipe("stance")(doc)) == ["Kovian judges", "Ulm"]

    @pytest.mark.parametrize("word", ["nobody", "everyone"])
    def test_indefinite_pronouns_are_none(self, nlp: Language, monkeypatch: pytest.MonkeyPatch, word: str) -> None:
        monkeypatch.setattr(stance_module, "polarity", lambda _: ("negative", 0.7))
        doc = accused(nlp, word)
        doc[2]._.noun_type = "person"
        assert targets(nlp.get_pipe("stance")(doc)) == []

    def test_the_described_inside_of_a_content_are_targets_where_they_are_somebody_to_the_actor(
        self, nlp: Language, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(stance_module, "polarity", lambda _: ("negative", 0.7))
        doc = accused(nlp, "judges")
        doc[2]._.noun_type = "person"
        doc.spans["content"] = [Span(doc, 2, 5, span_id="a0")]
        doc.spans["cue"] = []
        assert targets(nlp.get_pipe("stance")(doc)) == ["judges"]
        monkeypatch.setattr(stance_module, "polarity", lambda _: ("neutral", 0.7))
        assert targets(nlp.get_pipe("stance")(doc)) == []
        monkeypatch.setattr(stance_module, "polarity", lambda _: ("negative", 0.7))
        monkeypatch.setattr(StanceComponent, "parties", lambda _, doc: np.zeros(len(doc), dtype=bool))
        assert targets(nlp.get_pipe("stance")(doc)) == []

    def test_a_claim_of_nobody_known_has_targets_without_polarity(self, nlp: Language) -> None:
        doc = judged(nlp, "It was asked why Kovia lies to judges.", [], "why Kovia lies to judges", ("Kovia", "LOC"))
        judges = next(token for token in doc if token.text == "judges")
        judges.tag_, judges._.noun_type = "NNS", "person"
        assert nlp.get_pipe("stance")(doc)._.stances == [("a0", None, (4, 5), (4, 5), None, None)]

    def test_a_pronoun_is_a_target_by_the_name_that_it_stands_for(self, nlp: Language) -> None:
        text = "Kovia lost. Tess said it lied to her."
        doc = judged(nlp, text, ["Tess"], "it lied to her", ("Kovia", "LOC"), ("Tess", "PERSON"))
        assert targets(doc) == []
        it, her = (next(t.i for t in doc if t.text == word) for word in ("it", "her"))
        doc._.antecedents = {it: 0, her: 3}
        for place in (it, her):
            doc[place].tag_ = "PRP"
        (stance,) = nlp.get_pipe("stance")(doc)._.stances
        assert (stance.target, stance.name) == ((it, it + 1), (0, 1))

    def test_who_is_nobody_in_one_place_is_a_target_in_another(
        self, nlp: Language, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        text = "Tess said the rain in Kovia cost Kovia, Ludo and Orm a year."
        entities = [("Tess", "PERSON"), ("Kovia", "LOC"), ("Kovia", "LOC"), ("Ludo", "PERSON"), ("Orm", "ORG")]
        nobody = [text.index("Kovia"), text.index("Orm")]
        monkeypatch.setattr(StanceComponent, "parties", lambda _, doc: np.array([t.idx not in nobody for t in doc]))
        doc = judged(nlp, text, ["Tess"], text[10:-1], *entities)
        assert [doc[start].idx for start, _ in (stance.target for stance in doc._.stances)] == [
            text.rindex("Kovia"),
            text.index("Ludo"),
        ]

    def test_whom_the_cue_acts_on_is_somebody(self, nlp: Language, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(StanceComponent, "parties", lambda _, doc: np.zeros(len(doc), dtype=bool))
        assert targets(accused(nlp, "Ludo", "B-PERSON")) == ["Ludo"]

    def test_an_entity_named_twice_is_one_target(self, nlp: Language) -> None:
        text = "Tess said Ludo Marsh lied, and the friends of Marsh knew."
        doc = judged(nlp, text, ["Tess"], text[10:-1], ("Ludo Marsh", "PERSON"), ("Marsh", "PERSON"))
        assert targets(doc) == ["Ludo Marsh"]

    def test_the_actor_is_no_target_of_its_own(self, nlp: Language) -> None:
        text = "Tess Orlan said Orlan, Kovia, the Kovia and Ann were right."
        entities = [("Tess Orlan", "PERSON"), ("Orlan", "PERSON")]
        entities += [("Kovia", "LOC"), ("the Kovia", "LOC"), ("Ann", "PERSON")]
        content = text[text.index("Orlan,") : -1]
        assert targets(judged(nlp, text, ["Tess Orlan"], content, *entities)) == ["Kovia", "Ann"]
        assert targets(judged(nlp, text, ["the Kovia"], content, *entities)) == ["Orlan", "Ann"]

    def test_a_pronoun_with_a_known_name_is_no_target_of_its_own(self, nlp: Language) -> None:
        text = "Yes, he said that Tess lied to Kovia."
        actor = ActorMention("a0", 2, 3, "Tess", "PERSON", None, "pronoun")
        doc = judged(nlp, text, ["he"], text[13:-1], ("Tess", "PERSON"), ("Kovia", "LOC"))
        assert targets(doc) == ["Tess", "Kovia"]
        doc._.actors = (actor,)
        assert targets(nlp.get_pipe("stance")(doc)) == ["Kovia"]

    def test_who_is_in_the_description_of_the_actor_may_be_its_target(self, nlp: Language) -> None:
        text = "Critics of Ana Silva said Silva lied."
        names = [("Ana Silva", "PERSON"), ("Silva", "PERSON")]
        assert targets(judged(nlp, text, ["Critics of Ana Silva"], "Silva lied", names[0], names[1])) == ["Silva"]
        assert targets(judged(nlp, text, ["Ana Silva"], "Silva lied", *names)) == []

    def test_a_capital_does_not_speak_of_its_own_country(self, nlp: Language) -> None:
        text = "Ankara said that Turkey and Greece would meet."
        entities = [("Ankara", "LOC"), ("Turkey", "LOC"), ("Greece", "LOC")]
        assert targets(judged(nlp, text, ["Ankara"], text[12:-1], *entities)) == ["Greece"]

    @pytest.mark.parametrize(
        ("actor", "label", "target", "expected"),
        [
            ("Scotland", "GPE", "England", ["England"]),
            ("England", "GPE", "Britain", ["Britain"]),
            ("Iranians", "NORP", "Iran", ["Iran"]),
            ("Tehran", "GPE", "Iran", []),
        ],
    )
    def test_a_people_or_a_nation_in_another_may_speak_of_that(
        self, nlp: Language, actor: str, label: str, target: str, expected: list[str]
    ) -> None:
        text = f"{actor} said that {target} had lied."
        doc = judged(nlp, text, [actor], f"{target} had lied", (actor, "LOC"), (target, "LOC"))
        doc.spans["actor"] = [Span(doc, 0, 1, label=label, span_id="a0")]
        assert targets(nlp.get_pipe("stance")(doc)) == expected

    def test_who_shares_the_actor_s_surname_is_another(self, nlp: Language) -> None:
        text = "Orlan said Ludo Orlan had not lied."
        doc = judged(nlp, text, ["Orlan"], text[11:-1], ("Orlan", "PERSON"), ("Ludo Orlan", "PERSON"))
        assert targets(doc) == []
        doc._.actors = (ActorMention("a0", 0, 1, "Tess Orlan", "PERSON", None, "alias"),)
        assert targets(nlp.get_pipe("stance")(doc)) == ["Ludo Orlan"]

    def test_a_pronoun_is_the_actor_though_that_be_taken_for_another_of_its_name(self, nlp: Language) -> None:
        text = "Orlan said he had not lied."
        doc = judged(nlp, text, ["Orlan"], text[11:-1], ("Orlan", "PERSON"))
        doc._.actors = (ActorMention("a0", 0, 1, "Tess Orlan", "PERSON", None, "alias"),)
        doc._.antecedents = {2: 0}
        doc[2].tag_ = "PRP"
        assert targets(nlp.get_pipe("stance")(doc)) == []

    def test_a_body_in_lower_case_may_be_tagged_as_a_name(self, nlp: Language, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(stance_module, "polarity", lambda _: ("negative", 0.7))
        rest = "the/DT/det/ministry health/NNP/compound/ministry ministry/NNP/obj/blamed/organization"
        doc = parsed(nlp, TESS.format(verb="blamed") + rest, "blamed", "Tess", content="the health ministry")
        assert targets(doc) == ["health ministry"]

    def test_who_is_asked_for_something_is_a_target_though_all_the_same_to_the_actor(
        self, nlp: Language, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(stance_module, "polarity", lambda _: ("neutral", 0.7))
        rest = "Kovia/NNP/obj/told/LOC to/TO/mark/stop stop/VB/xcomp/told"
        doc = parsed(nlp, TESS.format(verb="told") + rest, "told", "Tess", content="to stop")
        for act, expected in ((Act(None, "CT+"), []), (Act("REQUEST", "Uu"), ["Kovia"])):
            doc._.acts = {"a0": act}
            assert targets(nlp.get_pipe("stance")(doc)) == expected

    def test_whom_a_claim_speaks_of_goes_before_whom_it_is_told(self, nlp: Language) -> None:
        text = TESS.format(verb="told") + (
            "Orm/NNP/obj/told/PERSON that/IN/mark/lied Orm/NNP/nsubj/lied/PERSON lied/VBD/ccomp/told"
        )
        doc = parsed(nlp, text, "told", "Tess", content="that Orm lied")
        assert [each.target for each in doc._.stances] == [(4, 5)]

    def test_dates_are_no_targets(self, nlp: Language) -> None:
        doc = judged(nlp, "Tess said it rained on Monday.", ["Tess"], "it rained on Monday", ("Monday", "DATE"))
        assert doc._.stances == []

    @pytest.mark.parametrize("text", ["", " ", "\n\n", "Nobody said anything about Kovia."])
    def test_without_attributions_there_are_no_stances(self, nlp: Language, text: str) -> None:
        assert nlp(text)._.stances == []

    def test_documents_of_a_batch_do_not_mix(self, nlp: Language) -> None:
        docs = []
        for verb, named in (("praised", True), ("met", False), ("attacked", True)):
            doc = nlp.make_doc(f"Tess {verb} Kovia.")
            doc.ents = [Span(doc, 2, 3, "LOC")]
            doc.spans["content"] = [Span(doc, 1, 3, span_id="a0")]
            doc.spans["actor"] = [Span(doc, 0, 1, span_id="a0")] if named else []
            docs.append(doc)
        found = [[s.polarity for s in doc._.stances] for doc in nlp.get_pipe("stance").pipe(docs)]
        assert found == [["positive"], [None], ["negative"]]

    def test_stances_are_plain_data(self, nlp: Language) -> None:
        doc = judged(nlp, "Tess attacked Kovia sharply.", ["Tess"], "attacked Kovia sharply", ("Kovia", "LOC"))
        assert pickle.loads(pickle.dumps(doc._.stances)) == doc._.stances


TESS = "Tess/NNP/nsubj/{verb}/PERSON {verb}/VBD/ROOT/{verb} "


class TestWhomTheCueActsOn:
    @pytest.fixture(autouse=True)
    def negative(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The described are targets where they are not all the same to the actor."""
        monkeypatch.setattr(stance_module, "polarity", lambda _: ("negative", 0.7))

    @pytest.mark.parametrize(
        ("verb", "rest", "expected"),
        [
            ("accused", "the/DT/det/nations two/CD/nummod/nations nations/NNS/obj/accused/place", ["two nations"]),
            (
                "accused",
                "towns/NNS/obj/accused/place of/IN/mark/lying lying/VBG/acl/towns",
                ["towns"],
            ),
            ("condemned", "pacts/NNS/obj/condemned/thing", []),
            ("spoke", "in/IN/case/towns towns/NNS/obl/spoke/place", []),
        ],
        ids=["country", "without what it is accused of", "thing", "where"],
    )
    def test_a_place_is_one(self, nlp: Language, verb: str, rest: str, expected: list[str]) -> None:
        assert targets(parsed(nlp, TESS.format(verb=verb) + rest, verb, "Tess")) == expected

    @pytest.mark.parametrize(
        ("cue", "expected"), [("lashed", []), ("lashed out", []), ("lashed out at", ["judges", "mayors"])]
    )
    def test_an_oblique_is_one_where_the_cue_has_its_preposition(
        self, nlp: Language, cue: str, expected: list[str]
    ) -> None:
        text = TESS.format(verb="lashed") + (
            "out/RP/compound:prt/lashed at/IN/case/judges judges/NNS/obl/lashed/person and/CC/cc/mayors "
            "mayors/NNS/conj/judges/person for/IN/case/teachers teachers/NNS/obl/lashed/person"
        )
        assert targets(parsed(nlp, text, cue, "Tess")) == expected

    def test_words_of_the_cue_are_none(self, nlp: Language) -> None:
        text = TESS.format(verb="voiced") + (
            "anger/NN/obj/voiced/person at/IN/case/judges judges/NNS/nmod/anger/person"
        )
        assert targets(parsed(nlp, text, "voiced anger at", "Tess")) == ["judges"]

    def test_each_of_several_is_one(self, nlp: Language) -> None:
        text = TESS.format(verb="blamed") + (
            "young/JJ/amod/teachers teachers/NNS/obj/blamed/person ,/,/punct/nurses nurses/NNS/conj/teachers/person "
            "and/CC/cc/Kovia Kovia/NNP/conj/teachers/LOC for/IN/case/crisis crisis/NN/nmod/teachers/thing"
        )
        assert targets(parsed(nlp, text, "blamed", "Tess")) == ["young teachers", "nurses", "Kovia"]

    @pytest.mark.parametrize("relation", ["appos/envoy", "obj/criticized"])
    def test_a_description_and_its_name_are_one(self, nlp: Language, relation: str) -> None:
        text = TESS.format(verb="criticized") + (
            f"the/DT/det/envoy envoy/NN/obj/criticized/person ,/,/punct/Orm Orm/NNP/{relation}/PERSON"
        )
        assert targets(parsed(nlp, text, "criticized", "Tess", content="the envoy , Orm")) == ["Orm"]

    @pytest.mark.parametrize(
        ("rest", "expected"),
        [
            ("Kovian/JJ/amod/police/NORP police/NN/obj/thanked/organization", ["Kovian police"]),
            ("Kovia/NNP/nmod:poss/Orm/LOC 's/POS/case/Kovia Orm/NNP/obj/thanked/ORG", ["Orm"]),
            ("Kovian/JJ/amod/envoy/NORP envoy/NN/nmod:desc/Orm/person Orm/NNP/obj/thanked/PERSON", ["Orm"]),
            ("Kovian/JJ/amod/mind/NORP mind/NN/obj/thanked/thing Orm/NNP/appos/mind/PERSON", ["Orm"]),
            (
                "Kovian/JJ/amod/police/NORP and/CC/cc/Ulmian Ulmian/JJ/conj/Kovian/NORP police/NN/obj/thanked/person",
                ["Kovian and Ulmian police"],
            ),
            ("Kovian/JJ/amod/towns/NORP towns/NNS/obj/thanked/place", ["Kovian towns"]),
            ("Kovian/JJ/amod/oil/NORP oil/NN/obj/thanked/thing", ["Kovian"]),
            ("Kovia/NNP/nmod:poss/raid/LOC 's/POS/case/Kovia raid/NN/obj/thanked/thing", ["Kovia"]),
            ("judges/NNS/obj/thanked/person of/IN/case/Kovia Kovia/NNP/nmod/judges/LOC", ["judges of Kovia", "Kovia"]),
        ],
        ids=["body", "possessor", "title", "apposition", "conjuncts", "place", "thing", "deed", "complement"],
    )
    def test_a_name_that_says_who_another_is_is_none(self, nlp: Language, rest: str, expected: list[str]) -> None:
        text = TESS.format(verb="thanked") + rest
        content = " ".join(word.split("/")[0] for word in rest.split(" "))
        assert targets(parsed(nlp, text, "thanked", "Tess", content=content)) == expected

    @pytest.mark.parametrize(
        "words", ["each/DT/obj/accused other/JJ/fixed/each", "one/CD/obj/accused another/DT/obj/one"]
    )
    def test_actors_that_act_on_each_other(self, nlp: Language, words: str) -> None:
        text = "Kovia/NNP/nsubj/accused/LOC and/CC/cc/Ulm Ulm/NNP/conj/Kovia/LOC accused/VBD/ROOT/accused " + words
        found = parsed(nlp, text, "accused", "Kovia", "Ulm")._.stances
        assert [each[1:4] for each in found] == [((0, 1), (4, 6), (2, 3)), ((2, 3), (4, 6), (0, 1))]

    @pytest.mark.parametrize(
        ("content", "expected"),
        [
            ("the/DT/det/envoys envoys/NNS/nsubj/lied/person lied/VBD/ccomp/said", ["envoys"]),
            ("no/DT/det/envoys envoys/NNS/nsubj/lied/person lied/VBD/ccomp/said", []),
            ("envoy/NN/nsubj/lied/person Orm/NNP/nsubj/lied/PERSON lied/VBD/ccomp/said", ["Orm"]),
            ("they/PRP/nsubj/envoys are/VBP/cop/envoys envoys/NNS/ccomp/said/person", []),
            ("judges/NNS/obj/said/person liars/NNS/xcomp/said/person", ["judges"]),
            ("judges/NNS/obj/said/person as/IN/case/allies allies/NNS/obl/said/person", ["judges"]),
            ("rules/NNS/nsubj/changed/thing changed/VBD/ccomp/said", []),
        ],
        ids=["described", "nobody", "named beside", "predicate", "object predicate", "with a preposition", "thing"],
    )
    def test_the_described_in_a_content(self, nlp: Language, content: str, expected: list[str]) -> None:
        words = " ".join(word.split("/")[0] for word in content.split())
        assert targets(parsed(nlp, TESS.format(verb="said") + content, "said", "Tess", content=words)) == expected

    def test_those_of_a_content_are_no_actors(self, nlp: Language) -> None:
        text = (
            "Kovia/NNP/nsubj/said/LOC and/CC/cc/Ulm Ulm/NNP/conj/Kovia/LOC said/VBD/ROOT/said "
            "envoys/NNS/nsubj/met/person met/VBD/ccomp/said each/DT/obj/met other/JJ/fixed/each"
        )
        assert targets(parsed(nlp, text, "said", "Kovia", "Ulm", content="envoys met each other")) == ["envoys"] * 2


def test_polarity_sums_to_the_chosen_probability() -> None:
    assert polarity(np.array([0.1, 0.2, 0.3, 0.15, 0.25], dtype="float32")) == ("neutral", pytest.approx(0.65))
    assert polarity(np.array([0.2, 0.1, 0.1, 0.55, 0.05], dtype="float32")) == ("negative", pytest.approx(0.55))
    assert polarity(None) == (None, None)


class TestSerialisation:
    def check(self, nlp: Language, other: StanceComponent) -> None:
        stance = nlp.get_pipe("stance")
        doc = nlp.make_doc("On Monday Tess was warmly praised by Kovia.")
        pair: Pair = ((2, 3), (7, 8))
        assert other.calibration == stance.calibration == Calibration(0.5, 0.1, -0.2)
        assert other.probabilities([(doc, pair)])[0].tolist() == stance.probabilities([(doc, pair)])[0].tolist()

    @pytest.fixture(autouse=True)
    def calibration(self, nlp: Language) -> Iterator[None]:
        nlp.get_pipe("stance").calibration = Calibration(0.5, 0.1, -0.2)
        yield
        nlp.get_pipe("stance").calibration = Calibration()

    def test_bytes(self, nlp: Language) -> None:
        other = spacy.blank("en").from_config(nlp.config).get_pipe("stance")
        self.check(nlp, other.from_bytes(nlp.get_pipe("stance").to_bytes()))

    def test_disk(self, nlp: Language, tmp_path: Path) -> None:
        nlp.to_disk(tmp_path)
        self.check(nlp, spacy.load(tmp_path).get_pipe("stance"))


class TestReadDse:
    def read(self, tmp_path: Path, *lines: str) -> list[DirectedPair]:
        path = tmp_path / "dse.tsv.gz"
        with gzip.open(path, "wt", encoding="utf8") as file:
            file.write("".join(line + "\n" for line in lines))
        return list(read_dse(path))

    def test_brackets_go_and_offsets_fit_the_rest(self, tmp_path: Path) -> None:
        (pair,) = self.read(tmp_path, "[Tess]es of [Kovia] met.\tTess\tKovia\t3")
        assert pair == DirectedPair("Tesses of Kovia met.", (0, 4), (10, 15), 3)

    @pytest.mark.parametrize(
        ("row", "text", "p_at", "q_at"),
        [
            ("By [Kovia] [Tess] was seen.\tTess\tKovia\t0", "By Kovia Tess was seen.", 9, 3),
            ("[ Tess] saw [Kovia ]today\tTess\tKovia\t0", " Tess saw Kovia today", 1, 10),
            ("[sic] [Tess] [from Kovia] saw [Kovia]\tTess\tKovia\t0", "[sic] Tess [from Kovia] saw Kovia", 6, 28),
            ("Kovia [Kovia] and [Kovia]\tKovia\tKovia\t0", "Kovia Kovia and Kovia", 6, 16),
            ('"""Oh,"" [Tess] told [Kovia]"\tTess\tKovia\t0', '"Oh," Tess told Kovia', 6, 16),
        ],
        ids=["q first", "spaces", "other brackets", "one name twice", "quoted"],
    )
    def test_noise(self, tmp_path: Path, row: str, text: str, p_at: int, q_at: int) -> None:
        (pair,) = self.read(tmp_path, row)
        assert (pair.text, pair.p[0], pair.q[0]) == (text, p_at, q_at)
        assert {text[slice(*pair.p)], text[slice(*pair.q)]} <= {"Tess", "Kovia"}

    def test_rows_that_do_not_align_are_left_out_and_reported(
        self, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        with caplog.at_level(logging.WARNING, "nlpclaims"):
            pairs = self.read(tmp_path, "[Tess] saw Kovia\tTess\tKovia\t0", "[Ann] saw [Bo]\tAnn\tBo\t1")
        assert [pair.label for pair in pairs] == [1]
        assert "1 rows left out" in caplog.text
        assert "[1]" in caplog.text

    @pytest.mark.parametrize(
        "row", ["[Ann] saw [Bo]\tAnn\tBo", "[Ann] saw [Bo]\tAnn\tBo\t5", "[Ann] saw [Bo]\tAnn\tBo\tx"]
    )
    def test_a_broken_row_names_its_line(self, tmp_path: Path, row: str) -> None:
        with pytest.raises(CorpusError, match="line 2"):
            self.read(tmp_path, "[Ann] saw [Bo]\tAnn\tBo\t0", row)


class TestCorpus:
    def test_the_parts_share_no_sentence_and_make_the_whole(self, tmp_path: Path) -> None:
        path = tmp_path / "dse.tsv"
        rows = [f"[Ann] saw [Bo] {i % 60} times.\tAnn\tBo\t{i % 5}\n" for i in range(120)]
        path.write_text("".join(rows), encoding="utf8")
        nlp = spacy.blank("en")
        texts = {
            part: [example.reference.text for example in create_reader(path, part)(nlp)]
            for part in ("all", "fit", "held_out")
        }
        assert not set(texts["fit"]) & set(texts["held_out"])
        assert sorted(texts["fit"] + texts["held_out"]) == sorted(texts["all"])
        assert texts["held_out"]

    def test_the_component_never_sees_the_gold_label(self, tmp_path: Path) -> None:
        path = tmp_path / "dse.tsv"
        path.write_text("[Ann] saw [Bo].\tAnn\tBo\t3\n", encoding="utf8")
        (example,) = create_reader(path)(spacy.blank("en"))
        assert example.reference.spans["pair"].attrs["label"] == 3
        assert example.predicted.spans["pair"].attrs["label"] is None

    def test_evaluation_counts_every_pair(self, nlp: Language, tmp_path: Path) -> None:
        path = tmp_path / "dse.tsv"
        path.write_text(
            "[Ann] attacked [Bo] sharply.\tAnn\tBo\t3\n[Ann] met [Bo] in the capital.\tAnn\tBo\t1\n", "utf8"
        )
        scores = nlp.evaluate(list(create_reader(path)(nlp)))
        assert scores["stance_micro_f"] == 0.5
        assert scores["stance_macro_f"] == pytest.approx(0.2)


class TestTraining:
    def rows(self, path: Path, labels: tuple[int, int]) -> Path:
        pairs = [f"On day {i} [Ann] attacked [Bo].\tAnn\tBo\t{labels[i % 4 == 0]}\n" for i in range(200)]
        path.write_text("".join(pairs), "utf8")
        return path

    def test_the_configuration_trains_a_calibrated_pipeline(self, tmp_path: Path) -> None:
        path = str(self.rows(tmp_path / "dse.tsv", labels=(3, 0)))
        overrides = {
            "paths.train": path,
            "paths.dev": path,
            "training.max_steps": 2,
            "training.eval_frequency": 1,
            "components.stance.model.hidden_width": 8,
        }
        config = load_config(ROOT / "models/configs/cnn-stance.cfg", overrides)
        train(init_nlp(config), tmp_path, stdout=io.StringIO())
        trained = spacy.load(tmp_path / "model-last")
        assert trained.get_pipe("stance").calibration != Calibration()
        assert 0 <= trained.meta["performance"]["stance_macro_f"] <= 1

    def test_it_is_calibrated_on_the_held_out_part(self, nlp: Language, tmp_path: Path) -> None:
        stance = nlp.get_pipe("stance")
        ((doc, pair, _),) = pair_docs([pair_of("On day 8 {p} attacked {q}.", "Ann", "Bo")], nlp)
        try:
            found = []
            for name, labels in (("right", (3, 3)), ("half", (3, 0))):
                path = self.rows(tmp_path / f"{name}.tsv", labels)
                held_out = [e.reference.spans["pair"].attrs["label"] for e in create_reader(path, "held_out")(nlp)]
                create_calibration(path)(nlp)
                found.append((held_out.count(3) / len(held_out), stance.probabilities([(doc, pair)])[0][3]))
        finally:
            stance.calibration = Calibration()
        assert found[0][0] == 1 > found[1][0] > 0
        for share, probability in found:
            assert probability == pytest.approx(share, abs=0.1)


def test_scores_are_those_of_the_definition() -> None:
    scores = label_scores([0, 0, 0, 1, 3, 4], [0, 0, 1, 1, 3, 3])
    assert scores["stance_micro_f"] == pytest.approx(4 / 6)
    assert scores["stance_macro_f"] == pytest.approx((0.8 + 2 / 3 + 0 + 2 / 3 + 0) / 5)
    assert scores["stance_per_type"]["p negative to q"] == pytest.approx({"p": 0.5, "r": 1.0, "f": 2 / 3})


def test_calibration_makes_probabilities_as_frequent_as_they_say() -> None:
    logits = np.tile(np.array([3, 1, 0, 1, 0], dtype="float32"), (1000, 1))
    labels = [0] * 500 + [1] * 100 + [2] * 37 + [3] * 260 + [4] * 103
    probabilities = fit_calibration(logits, labels, strength=1e-3).probabilities(logits[:1])[0]
    assert probabilities[0] == pytest.approx(0.5, abs=0.01)
    assert probabilities[1] + probabilities[2] == pytest.approx(0.137, abs=0.01)
    assert probabilities[3] + probabilities[4] == pytest.approx(0.363, abs=0.01)


def test_calibration_recovers_a_distortion() -> None:
    rng = np.random.default_rng(0)
    true = rng.normal(0, 2, (4000, 5)).astype("float32")
    labels = [int(rng.choice(5, p=row / row.sum())) for row in Calibration().probabilities(true).astype("float64")]
    found = fit_calibration((true + np.array([0, 1, 1, -0.5, -0.5], dtype="float32")) * 3, labels)
    assert tuple(found) == pytest.approx((1 / 3, -1, 0.5), abs=0.15)


def test_calibration_is_finite_where_every_answer_is_right() -> None:
    found = fit_calibration(np.tile(np.array([0, 9, 0, 0, 0], dtype="float32"), (50, 1)), [1] * 50)
    assert np.isfinite(found).all()
    assert found.scale > 0
