"""Stances between all who are named in a sentence: what is read off a document, added up, and written."""

import csv
import io
import json
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import spacy
import typer
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from spacy.tokens import Doc

from nlpclaims import Article, Failure, ModelError, NlpclaimsError
from nlpclaims.batch import WorkerPool
from nlpclaims.claims import Place, claims_of
from nlpclaims.cli.stances import stances as command
from nlpclaims.components.actors import ActorComponent, ActorMention
from nlpclaims.components.attribution import set_attributions
from nlpclaims.components.stance import StanceComponent, TargetStance
from nlpclaims.components.stance_model import Floats, Pair
from nlpclaims.reading import find_sources
from nlpclaims.records import TextSpan
from nlpclaims.relations import MAX_PAIRS, StanceExtractor, load, stances_of
from nlpclaims.stances import Matrix, Party, Relation, StanceRecord
from nlpclaims.writing import open_stance_writer
from nlpclaims.writing.graphml import GraphmlWriter

SAMPLES = Path(__file__).parent.parent / "samples"
NLP = spacy.blank("en")
P_POSITIVE = np.array([0.1, 0.6, 0.1, 0.1, 0.1], dtype="float32")
"""p is positive to q; q is neutral to p."""


class StubJudge(StanceComponent):
    """Finds every p positive to its q, cannot read the pairs of some, and takes others for places."""

    def __init__(self, unread: Sequence[str] = (), places: Sequence[str] = ()) -> None:
        self.unread, self.places = unread, places
        self.read: list[tuple[str, str]] = []

    def parties(self, doc: Doc) -> NDArray[np.bool_]:
        return np.array([token.text not in self.places for token in doc])

    def probabilities(self, pairs: Sequence[tuple[Doc, Pair]]) -> list[Floats | None]:
        found = [tuple(doc[start:end].text for start, end in pair) for doc, pair in pairs]
        self.read += found
        return [None if set(texts) & set(self.unread) else P_POSITIVE for texts in found]


def document(*sentences: str, **labels: str) -> Doc:
    """A document of words between spaces, with the entities named: ``Oslo="GPE"``; _ joins the words of a name."""
    texts = [word for sentence in sentences for word in sentence.split(" ")]
    starts = [i == 0 for sentence in sentences for i, _ in enumerate(sentence.split(" "))]
    words, ents, sents = [], [], []
    for text, start in zip(texts, starts, strict=True):
        for i, word in enumerate(text.split("_")):
            words.append(word)
            ents.append(f"{'I' if i else 'B'}-{labels[text]}" if text in labels else "O")
            sents.append(start and i == 0)
    tags = ["NNP" if ent != "O" else "." if word == "." else "NN" for word, ent in zip(words, ents, strict=True)]
    heads = [next(j for j in range(i, -1, -1) if sents[j]) for i in range(len(words))]
    deps = ["ROOT" if i == head else "dep" for i, head in enumerate(heads)]
    doc = Doc(NLP.vocab, words, tags=tags, heads=heads, deps=deps, ents=ents, lemmas=words)
    set_attributions(doc, [])
    return ActorComponent()(doc)


def read(doc: Doc, judge: StubJudge | None = None, place: Place = Place()) -> list[StanceRecord]:  # noqa: B008
    return stances_of(doc, judge or StubJudge(), "a.txt", place)


def shown(stances: Sequence[StanceRecord]) -> list[tuple[int, str, str, str]]:
    return [(each.sentence, each.actor.name, each.target.name, each.polarity) for each in stances]


class TestReading:
    def test_both_directions_of_each_pair_of_a_sentence(self) -> None:
        doc = document("Oslo praised Riga .", "Riga left .", Oslo="GPE", Riga="GPE")
        assert shown(read(doc)) == [(0, "Oslo", "Riga", "positive"), (0, "Riga", "Oslo", "neutral")]

    def test_a_record_says_who_and_where(self) -> None:
        doc = document("\n Ana_Lopez praised Oslo .", **{"Ana_Lopez": "PERSON", "Oslo": "GPE"})
        stance = read(doc, place=Place(characters=100, sentences=7))[0]
        assert stance.to_dict() == {
            "schema": "nlpclaims/stances/1",
            "document": "a.txt",
            "sentence": 7,
            "actor": {
                "name": "Ana Lopez",
                "type": "PERSON",
                "represents": None,
                "named": True,
                "mention": {"text": "Ana Lopez", "start": 102, "end": 111},
            },
            "target": {
                "name": "Oslo",
                "type": "GPE",
                "represents": "NO",
                "named": True,
                "mention": {"text": "Oslo", "start": 120, "end": 124},
            },
            "polarity": "positive",
            "score": 0.6,
            "claim": None,
            "evidence": {"text": "Ana Lopez praised Oslo .", "start": 102, "end": 126},
        }

    def test_an_actor_has_its_fullest_name_and_no_stance_towards_itself(self) -> None:
        labels = {"Ana_Lopez": "PERSON", "Lopez": "PERSON", "Oslo": "GPE"}
        doc = document("Ana_Lopez left .", "Lopez praised Oslo and Lopez .", **labels)
        assert shown(read(doc)) == [(1, "Ana Lopez", "Oslo", "positive"), (1, "Oslo", "Ana Lopez", "neutral")]

    def test_spelling_makes_no_other_actor(self) -> None:
        assert read(document("Oslo praised OSLO .", Oslo="GPE", OSLO="GPE")) == []

    def test_a_pronoun_is_whom_it_stands_for(self) -> None:
        doc = document("Ana_Lopez left .", "She praised Oslo .", **{"Ana_Lopez": "PERSON", "Oslo": "GPE"})
        doc._.antecedents = {4: 0}
        stance = read(doc)[0]
        assert (stance.sentence, stance.actor.name, stance.actor.mention.text) == (1, "Ana Lopez", "She")

    def test_a_component_for_coreference_is_believed(self) -> None:
        doc = document(
            "Ana_Lopez left Riga .", "She praised Oslo .", **{"Ana_Lopez": "PERSON", "Oslo": "GPE", "Riga": "GPE"}
        )
        doc._.coreference = (((0, 2), (5, 6)),)
        assert shown(read(doc))[2:] == [(1, "Ana Lopez", "Oslo", "positive"), (1, "Oslo", "Ana Lopez", "neutral")]

    def test_a_name_goes_before_a_pronoun(self) -> None:
        doc = document("She praised Oslo as Lopez .", Lopez="PERSON", Oslo="GPE")
        doc._.antecedents = {0: 4}
        judge = StubJudge()
        read(doc, judge)
        assert judge.read == [("Oslo", "Lopez")]

    def test_who_is_never_named_is_no_actor(self) -> None:
        doc = document("Officials praised Oslo .", "They left .", Oslo="GPE")
        doc._.antecedents = {4: 0}
        assert read(doc) == []

    def test_unread_pairs_are_left_out(self) -> None:
        doc = document("Oslo praised Riga and Bonn .", Oslo="GPE", Riga="GPE", Bonn="GPE")
        assert {(each.actor.name, each.target.name) for each in read(doc, StubJudge(["Bonn"]))} == {
            ("Oslo", "Riga"),
            ("Riga", "Oslo"),
        }

    def test_of_many_pairs_the_nearest_are_read(self) -> None:
        names = [f"City{letter}" for letter in "ABCDEFGHIJKLMNOPQRST"]
        judge = StubJudge()
        found = read(document(" ".join(names), **dict.fromkeys(names, "GPE")), judge)
        assert len(judge.read) == MAX_PAIRS
        assert len(found) == 2 * MAX_PAIRS
        assert judge.read[: len(names) - 1] == list(pairwise(names))

    def test_those_of_one_list_are_read_last(self) -> None:
        names = [f"City{letter}" for letter in "ABCDEFGHIJKL"]
        doc = document(f"Oslo praised {' '.join(names)}", **dict.fromkeys([*names, "Oslo"], "GPE"))
        for token in doc[3:]:
            token.dep_, token.head = "conj", doc[2]
        judge = StubJudge()
        read(doc, judge)
        assert judge.read[: len(names)] == [("Oslo", name) for name in names]
        assert len(judge.read) == MAX_PAIRS

    def test_those_who_act_on_each_other_stand_as_to_these_words(self) -> None:
        doc = document("Oslo and Riga blamed each other", Oslo="GPE", Riga="GPE")
        for token, head, relation in ((0, 3, "nsubj"), (2, 0, "conj"), (3, 3, "ROOT"), (4, 3, "obj"), (5, 4, "fixed")):
            doc[token].head, doc[token].dep_ = doc[head], relation
        judge = StubJudge()
        assert shown(read(doc, judge)) == [(0, "Oslo", "Riga", "positive"), (0, "Riga", "Oslo", "positive")]
        assert judge.read == [("Oslo", "each other"), ("Riga", "each other")]

    def test_a_mere_place_is_no_actor(self) -> None:
        doc = document("Ana_Lopez met Bo_Lind in Oslo", Ana_Lopez="PERSON", Bo_Lind="PERSON", Oslo="GPE")
        found = shown(read(doc, StubJudge(places=["Oslo"])))
        assert {actor for _, actor, *_ in found} == {"Ana Lopez", "Bo Lind"}

    def test_a_capital_does_not_stand_to_its_own_country(self) -> None:
        doc = document("Ankara and Turkey praised Oslo", Ankara="GPE", Turkey="GPE", Oslo="GPE")
        judge = StubJudge()
        read(doc, judge)
        assert set(judge.read) == {("Ankara", "Oslo"), ("Turkey", "Oslo")}

    def test_a_name_that_says_who_another_is_is_no_actor(self) -> None:
        doc = document(
            "Today Norse Ana_Lopez praised Oslo .", **{"Norse": "NORP", "Ana_Lopez": "PERSON", "Oslo": "GPE"}
        )
        doc[1].dep_, doc[1].head = "amod", doc[2]
        assert {each.actor.name for each in read(doc)} == {"Ana Lopez", "Oslo"}

    def test_who_is_described_by_a_name_stands_in_its_place(self) -> None:
        doc = document("Today Norse soldiers attacked Oslo .", Norse="NORP", Oslo="GPE")
        doc[1].dep_, doc[1].head = "amod", doc[2]
        doc[2].tag_, doc[2]._.noun_type = "NNS", "person"
        (attack, _) = read(doc)
        assert (attack.actor.name, attack.actor.type, attack.actor.named) == ("Norse soldiers", "GROUP", False)
        assert attack.actor.mention.text == "Norse soldiers"
        assert attack.target.name == "Oslo"

    def test_nothing_is_read_where_nothing_is(self) -> None:
        assert read(document("Rain fell .")) == []


def claimed(*targets: TargetStance) -> Doc:
    """Officials said Oslo praised Riga. Bonn agreed."""
    doc = document("Officials said Oslo praised Riga .", "Bonn agreed .", Oslo="GPE", Riga="GPE", Bonn="GPE")
    text = doc.text
    spans = {"source": [[0, 9]], "cue": [[10, 14]], "content": [[15, text.index(" . Bonn")]]}
    set_attributions(doc, [spans])
    (attribution,) = doc._.attributions
    doc._.actors = (ActorMention(attribution.id, 0, 1, "Officials", "GROUP", None, "description"),)
    doc._.stances = [target._replace(attribution=attribution.id) for target in targets]
    return doc


class TestClaims:
    def test_a_claimant_stands_to_the_targets_of_its_claim(self) -> None:
        doc = claimed(TargetStance("", (0, 1), (4, 5), (4, 5), "negative", 0.7777))
        (claim,) = claims_of(doc, "a.txt")
        stance = next(each for each in read(doc) if each.claim)
        assert (stance.claim, stance.actor.name, stance.target.name) == (claim.id, "Officials", "Riga")
        assert (stance.polarity, stance.score, stance.confidence) == ("negative", 0.778, 0.778)
        assert (stance.actor.named, stance.target.named) == (False, True)
        assert stance.evidence.text == "Officials said Oslo praised Riga ."

    def test_the_evidence_is_the_sentence_of_the_target(self) -> None:
        stance = next(
            each for each in read(claimed(TargetStance("", (0, 1), (6, 7), (6, 7), "neutral", 0.5))) if each.claim
        )
        assert (stance.sentence, stance.evidence.text) == (1, "Bonn agreed .")

    def test_what_a_claim_says_of_a_pair_goes_before_what_the_sentence_says(self) -> None:
        doc = claimed(TargetStance("", (0, 1), (4, 5), (4, 5), "negative", 0.9))
        doc._.actors = (doc._.actors[0]._replace(name="Oslo", type="GPE"),)
        found = [each for each in read(doc) if (each.actor.name, each.target.name) == ("Oslo", "Riga")]
        assert [(each.polarity, each.claim is not None) for each in found] == [("negative", True)]

    def test_unjudged_targets_are_left_out(self) -> None:
        assert not [each for each in read(claimed(TargetStance("", (0, 1), (4, 5), (4, 5), None, None))) if each.claim]


# ---------------------------------------------------------------- added up


def party(name: str, kind: str = "GPE", represents: str | None = None, named: bool = True) -> Party:
    return Party(name, kind, represents, named, TextSpan(name, 0, len(name)))


def stance(
    actor: Party | str, target: Party | str, polarity: str = "positive", document: str = "a", claim: str | None = None
) -> StanceRecord:
    actor, target = (party(each) if isinstance(each, str) else each for each in (actor, target))
    return StanceRecord(document, 0, actor, target, polarity, 0.9, claim, TextSpan("x", 0, 1))


def relations(stances: Sequence[StanceRecord], neutral: bool = False) -> list[Relation]:
    """What those of each document make up."""
    matrix = Matrix()
    for name in dict.fromkeys(each.document for each in stances):
        matrix.add([each for each in stances if each.document == name])
    return matrix.relations(neutral)


class TestMatrix:
    def test_counts_of_an_actor_and_a_target(self) -> None:
        stances = [stance("Oslo", "Riga", polarity, doc) for polarity, doc in zip(("negative",) * 2, "ab", strict=True)]
        found = relations([*stances, stance("Oslo", "Riga", "neutral"), stance("Riga", "Oslo")])
        assert [(each.actor.name, each.positive, each.negative, each.neutral) for each in found] == [
            ("Oslo", 0, 2, 1),
            ("Riga", 1, 0, 0),
        ]
        assert [(each.polarity, each.documents) for each in found] == [(-1.0, 2), (1.0, 1)]

    def test_joined_by_name_and_country(self) -> None:
        ours = [party("Tbilisi", represents="GE"), party("the TBILISI", "ORG", represents="GE"), party("Tbilisi")]
        found = relations([stance(each, "Riga") for each in (*ours, ours[0])])
        assert [(each.actor.name, each.actor.type, each.actor.represents, each.positive) for each in found] == [
            ("Tbilisi", "GPE", "GE", 3),
            ("Tbilisi", "GPE", None, 1),
        ]

    def test_descriptions_are_not_joined(self) -> None:
        officials = party("officials", "GROUP", named=False)
        found = relations([stance(officials, "Riga", document=name) for name in "aab"])
        assert [(each.positive, each.actor.article, each.target.article) for each in found] == [
            (2, 1, None),
            (1, 2, None),
        ]

    def test_articles_of_one_id_are_not_one(self) -> None:
        officials = party("officials", "GROUP", named=False)
        matrix = Matrix()
        for _ in range(2):
            matrix.add([stance("Oslo", "Riga"), stance("Oslo", officials)])
        found = [(each.target.name, each.positive, each.documents) for each in matrix.relations()]
        assert found == [("Riga", 2, 2), ("officials", 1, 1), ("officials", 1, 1)]

    def test_what_says_nothing_of_the_two_is_counted_and_no_more(self) -> None:
        (found,) = relations([stance("Oslo", "Riga", polarity, polarity) for polarity in ("positive", "neutral")])
        assert (found.positive, found.neutral, found.polarity, found.documents) == (1, 1, 1.0, 1)

    def test_neutral_alone_is_wanted_or_not(self) -> None:
        assert relations([stance("Oslo", "Riga", "neutral")]) == []
        (found,) = relations([stance("Oslo", "Riga", "neutral")], neutral=True)
        assert (found.neutral, found.polarity, found.documents) == (1, 0, 0)

    @given(
        st.lists(
            st.builds(
                stance,
                *[st.sampled_from(["Oslo", "Riga", party("officials", "GROUP", named=False)])] * 2,
                st.sampled_from(["positive", "negative", "neutral"]),
                st.sampled_from("abc"),
            )
        )
    )
    def test_sums(self, stances: list[StanceRecord]) -> None:
        found = relations(stances, neutral=True)
        for polarity, number in Counter(each.polarity for each in stances).items():
            assert sum(getattr(relation, polarity) for relation in found) == number
        for relation in found:
            total = relation.positive + relation.negative
            assert min(total, 1) <= relation.documents <= total
            assert -1 <= relation.polarity <= 1
            assert abs(relation.polarity * total - (relation.positive - relation.negative)) <= 0.001 * total
        assert relations(stances) == [each for each in found if each.positive or each.negative]


# ---------------------------------------------------------------- written

STANCES = [stance("Oslo", party("Riga", represents="LV"), "negative", claim="0" * 16), stance("Riga", "Oslo")]


def written(format_name: str, *articles: Sequence[StanceRecord], aggregate: bool = False, neutral: bool = False) -> str:
    stream = io.StringIO(newline="")
    with open_stance_writer(format_name, stream, aggregate, neutral) as writer:
        for number, stances in enumerate(articles):
            writer.write(f"article {number}", stances)
    return stream.getvalue()


class TestWriting:
    @pytest.mark.parametrize("aggregate", [False, True])
    def test_formats_say_the_same(self, aggregate: bool) -> None:
        rows = json.loads(written("json", STANCES, aggregate=aggregate))
        assert [json.loads(line) for line in written("jsonl", STANCES, aggregate=aggregate).splitlines()] == rows
        flat = list(csv.DictReader(io.StringIO(written("csv", STANCES, aggregate=aggregate), newline="")))
        assert len(flat) == len(rows) == 2
        first, row = flat[0], rows[0]
        assert (first["actor_name"], first["target_represents"], first["target_named"]) == ("Oslo", "LV", "true")
        assert first["polarity"] == str(row["polarity"])
        leaves = {path for path, _ in leaves_of(row)}
        assert set(first) == leaves - {"schema"}

    def test_table(self) -> None:
        assert written("table", STANCES[:1], []) == (
            "article 0 · 1 stance\n\n  Oslo → Riga\n    - negative · 0.90 · in a claim\n    x\n"
            "\narticle 1 · no stances\n"
        )
        stances = [*STANCES[:1], stance("Oslo", party("Riga", represents="LV"), "neutral")]
        assert written("table", stances, [], aggregate=True) == (
            "2 articles · 1 relation\n\n  Oslo → Riga\n    mean -1.00 · 1 negative · 1 neutral · 1 article\n"
        )
        assert written("table", stances[1:], aggregate=True, neutral=True).endswith("mean +0.00 · 1 neutral\n")

    def test_what_was_written_is_no_article(self, tmp_path: Path) -> None:
        for kind in ("jsonl", "csv"):
            for name, aggregate in (("stances", False), ("matrix", True)):
                (tmp_path / f"{name}.{kind}").write_text(written(kind, STANCES, aggregate=aggregate), encoding="utf-8")
        (tmp_path / "a.txt").write_text("x")
        assert [source.document for source in find_sources([str(tmp_path)])] == [f"{tmp_path.as_posix()}/a.txt"]


def leaves_of(record: dict[str, Any], prefix: str = "") -> list[tuple[str, Any]]:
    found = []
    for name, value in record.items():
        found += leaves_of(value, f"{prefix}{name}_") if isinstance(value, dict) else [(prefix + name, value)]
    return found


class TestGraphml:
    def test_is_read_back_by_networkx(self) -> None:
        networkx = pytest.importorskip("networkx")
        stances = [*STANCES, stance("Oslo", party("Riga", represents="LV"), "neutral")]
        graph = networkx.parse_graphml(written("graphml", stances, aggregate=True))
        labels = networkx.get_node_attributes(graph, "label")
        assert graph.is_directed()
        assert sorted(labels.values()) == ["Oslo", "Riga", "Riga"]
        edges = {(labels[a], labels[b]): data for a, b, data in graph.edges(data=True)}
        assert edges["Oslo", "Riga"] == {"positive": 0, "negative": 1, "neutral": 1, "polarity": -1.0, "documents": 1}
        (country,) = networkx.get_node_attributes(graph, "represents").values()
        assert country == "LV"

    def test_the_described_of_two_articles_are_two_nodes(self) -> None:
        networkx = pytest.importorskip("networkx")
        stances = [stance(party("officials", "GROUP", named=False), "Riga")]
        graph = networkx.parse_graphml(written("graphml", stances, stances, aggregate=True))
        assert sorted(networkx.get_node_attributes(graph, "label").values()) == ["Riga", "officials", "officials"]
        assert sorted(networkx.get_node_attributes(graph, "article").values()) == [1, 2]
        assert graph.number_of_edges() == 2

    @given(st.text(min_size=1))
    def test_any_name_is_well_formed(self, name: str) -> None:
        pytest.importorskip("networkx")
        text = written("graphml", [stance(party(name), party("Riga"))], aggregate=True)
        assert ET.fromstring(text.encode("utf-8")) is not None

    def test_an_empty_graph_is_one(self) -> None:
        networkx = pytest.importorskip("networkx")
        assert len(networkx.parse_graphml(written("graphml", aggregate=True))) == 0

    def test_says_what_to_install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "networkx", None)
        with pytest.raises(NlpclaimsError, match=r"pip install 'nlpclaims\[graph\]'"):
            GraphmlWriter(io.StringIO())


# ---------------------------------------------------------------- with the shipped pipeline


@pytest.fixture(scope="module")
def articles() -> list[Article]:
    return [Article(path.name, path.read_bytes().decode()) for path in sorted(SAMPLES.glob("*.txt"))[:4]]


@pytest.fixture(scope="module")
def extractor() -> StanceExtractor:
    return load(neutral=True)


class TestPipeline:
    def test_every_span_is_exact(self, extractor: StanceExtractor, articles: list[Article]) -> None:
        found = list(extractor.extract_many(articles))
        assert all(found)
        for article, stances in zip(articles, found, strict=True):
            for each in stances:
                assert each.document == article.id
                for span in (each.actor.mention, each.target.mention, each.evidence):
                    assert article.text[span.start : span.end] == span.text
                assert each.evidence.text == each.evidence.text.strip()
                assert each.evidence.start <= each.target.mention.start < each.evidence.end
                if each.claim is None:
                    assert each.evidence.start <= each.actor.mention.start < each.evidence.end
                assert (each.actor.name, each.actor.represents) != (each.target.name, each.target.represents)

    @settings(max_examples=40, deadline=None)
    @given(
        st.lists(
            st.sampled_from(
                ["Oslo", "Riga", "Ana Lopez", "she", "said", "praised", "“", '"', ",", ".", "\n\n", " ", "\u2028"]
            )
            | st.text(max_size=6),
            max_size=30,
        ).map(" ".join)
    )
    def test_every_span_of_any_text_is_exact(self, extractor: StanceExtractor, text: str) -> None:
        for each in extractor.extract(text):
            for span in (each.actor.mention, each.target.mention, each.evidence):
                assert text[span.start : span.end] == span.text != ""

    def test_pieces_of_a_long_text_have_their_place_in_it(
        self, extractor: StanceExtractor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        text = "Kovia sanctioned Ludonia.\n\n" * 8
        monkeypatch.setattr("nlpclaims.extractor.pieces", lambda text: [text[:54], text[54:]])
        stances = extractor.extract(text)
        assert {each.sentence for each in stances} == set(range(8))
        assert all(text[each.evidence.start : each.evidence.end] == "Kovia sanctioned Ludonia." for each in stances)

    def test_neutral_ones_are_left_out_unless_wanted(self, extractor: StanceExtractor, articles: list[Article]) -> None:
        wanted = extractor.extract(articles[0].text)
        left = StanceExtractor(extractor.nlp).extract(articles[0].text)
        assert left == [each for each in wanted if each.polarity != "neutral"] != wanted

    def test_workers_give_the_same(self, extractor: StanceExtractor, articles: list[Article]) -> None:
        failures: list[Failure] = []
        with WorkerPool(2, load=load) as pool:
            found = list(pool.extract_many(articles, failures.append))
        assert not failures
        expected = list(StanceExtractor(extractor.nlp).extract_many(articles))
        assert found == expected

    def test_a_pipeline_must_know_stance(self, extractor: StanceExtractor) -> None:
        with extractor.nlp.select_pipes(disable="stance"), pytest.raises(ModelError, match="no component 'stance'"):
            StanceExtractor(extractor.nlp)

    def test_another_component_of_that_name_is_none(self) -> None:
        nlp = spacy.blank("en")
        for name in StanceExtractor.required:
            nlp.add_pipe("sentencizer", name=name)
        with pytest.raises(ModelError, match="no component 'stance'"):
            StanceExtractor(nlp)


class TestCommand:
    def run(self, *arguments: str) -> "subprocess.CompletedProcess[bytes]":
        command = [sys.executable, "-m", "nlpclaims", "stances", *arguments]
        return subprocess.run(command, capture_output=True, cwd=SAMPLES.parent, timeout=300, check=False)

    def test_lists_and_adds_up(self, tmp_path: Path) -> None:
        pytest.importorskip("networkx")
        done = self.run("samples/pact.txt", "--workers", "1")
        assert (done.returncode, done.stderr) == (0, b"")
        rows = [json.loads(line) for line in done.stdout.splitlines()]
        text = (SAMPLES / "pact.txt").read_bytes().decode()
        spans = [row[side]["mention"] for row in rows for side in ("actor", "target")] + [r["evidence"] for r in rows]
        assert spans
        assert all(text[span["start"] : span["end"]] == span["text"] for span in spans)
        assert {row["polarity"] for row in rows} <= {"positive", "negative"}

        output = tmp_path / "graph.graphml"
        done = self.run("samples/pact.txt", "--aggregate", "-o", str(output))
        assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
        counts = Counter((row["actor"]["name"], row["target"]["name"], row["polarity"]) for row in rows)
        import networkx

        graph = networkx.read_graphml(output)
        names = networkx.get_node_attributes(graph, "label")
        added = Counter(
            {
                (names[a], names[b], polarity): data[polarity]
                for a, b, data in graph.edges(data=True)
                for polarity in ("positive", "negative")
                if data[polarity]
            }
        )
        assert added == counts

    def test_a_graph_is_made_of_sums(self) -> None:
        done = self.run("samples/pact.txt", "-f", "graphml")
        assert done.returncode == 2
        assert b"--aggregate" in done.stderr
        assert b"Traceback" not in done.stderr

    def test_a_missing_package_is_told_before_anything_is_read(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setitem(sys.modules, "networkx", None)
        with pytest.raises(typer.Exit) as exit_:
            command(["missing.txt"], aggregate=True, output=tmp_path / "graph.graphml")
        assert exit_.value.exit_code == 2
        assert re.fullmatch(r"error: .* networkx, which is not installed; pip install .*\n", capsys.readouterr().err)
