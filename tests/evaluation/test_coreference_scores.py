"""Scores on tiny files whose figures can be worked out by hand."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Doc
from typer.testing import CliRunner

from nlpclaims.cli import app
from nlpclaims.components import clusters  # noqa: F401 (registers doc._.coreference)
from nlpclaims.errors import CorpusError, ModelError, NlpclaimsError
from nlpclaims.evaluation.coreference import (
    GoldDocument,
    GoldMention,
    Outcome,
    SystemMention,
    compare,
    evaluate,
    figures,
    read_coreference,
    system_clusters,
)

WORDS = """\
# newdoc id = GUM_news_lee
# meta::genre = news
# newpar
1	Mayor	_	_	NNP	_	2	nmod	_	Entity=(1-person-new-x-x-2-coref
2	Ann	_	_	NNP	_	4	nsubj	_	_
3	Lee	_	_	NNP	_	2	flat	_	Entity=1)
4	met	_	_	VBD	_	0	root	_	_
5	Bob	_	_	NNP	_	4	obj	_	Entity=(2-person-new-x-x-1-coref)
6	in	_	_	IN	_	7	case	_	_
7	May	_	_	NNP	_	4	obl	_	Entity=(3-time-new-x-x-1-sgl)|SpaceAfter=No
8	.	_	_	.	_	4	punct	_	_

# newpar
1-2	She's	_	_	_	_	_	_	_	_
1	She	_	_	PRP	Person=3	3	nsubj	_	Entity=(1-person-giv-x-x-1-ana)
2	's	_	_	VBZ	_	3	aux	_	_
3	told	_	_	VBN	_	0	root	_	_
4	his	_	_	PRP$	Person=3	5	nmod:poss	_	Entity=(4-person-new-x-x-2-sgl(2-person-giv-x-x-1-ana)
5	boss	_	_	NN	_	3	obj	_	Entity=4)
6	I	_	_	PRP	Person=1	7	nsubj	_	Entity=(1-person-giv-x-x-1-ana)
7	think	_	_	VBP	_	3	parataxis	_	_
8	they	_	_	PRP	Person=3	7	obj	_	Entity=(5-person-giv-x-x-1-ana)

"""
TEXT = "Mayor Ann Lee met Bob in May.\n\nShe's told his boss I think they"
BIO = WORDS.replace("GUM_news_lee", "GUM_bio_lee").replace("genre = news", "genre = bio")


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    path = tmp_path / "gum.conllu"
    path.write_text(WORDS + BIO, encoding="utf-8")
    return path


def span(part: str) -> tuple[int, int]:
    return TEXT.index(part), TEXT.index(part) + len(part)


def mention(part: str, named: bool = False) -> SystemMention:
    return SystemMention(*span(part), named)


@pytest.fixture
def gold(corpus: Path) -> GoldDocument:
    return next(read_coreference(corpus))


def test_names_of_people_and_their_pronouns_are_read(gold: GoldDocument) -> None:
    assert (gold.genre, gold.text) == ("news", TEXT)
    assert gold.mentions == [
        GoldMention(*span("Mayor Ann Lee"), span("Ann"), "1", named=True, third_person=False),
        GoldMention(*span("Bob"), span("Bob"), "2", named=True, third_person=False),
        GoldMention(*span("She"), span("She"), "1", named=False, third_person=True),
        GoldMention(*span("his"), span("his"), "2", named=False, third_person=True),
        GoldMention(*span("I"), span("I"), "1", named=False, third_person=False),
    ]


def test_genres_are_chosen(corpus: Path) -> None:
    assert [document.genre for document in read_coreference(corpus, ["bio"])] == ["bio"]
    assert len(list(read_coreference(corpus, ["bio", "news"]))) == 2
    with pytest.raises(CorpusError, match=r"no document of genre vlog \(it has: news, bio\)"):
        list(read_coreference(corpus, ["news", "vlog"]))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [("Entity=1)", "Entity=7)", "line 1: mention 7 closes"), ("Entity=4)", "_", "line 13: mention 4 is not closed")],
)
def test_broken_brackets_are_told(tmp_path: Path, old: str, new: str, message: str) -> None:
    path = tmp_path / "broken.conllu"
    path.write_text(WORDS.replace(old, new), encoding="utf-8")
    with pytest.raises(CorpusError, match=rf"broken\.conllu: {message}"):
        list(read_coreference(path))


def test_scores_are_those_of_the_textbook() -> None:
    """{1 2 3} {4 5} against {1 2} {3 4 5}."""
    one, two, three, four, five = ((0, i, i + 1, True) for i in range(5))
    outcome = Outcome([{one, two, three}, {four, five}], [{one, two}, {three, four, five}], 4, 2, 1)
    assert figures([outcome]) == {
        "conll": 73.3,
        "muc": {"p": 66.7, "r": 66.7, "f": 66.7},
        "b_cubed": {"p": 73.3, "r": 73.3, "f": 73.3},
        "ceaf_e": {"p": 80.0, "r": 80.0, "f": 80.0},
        "pronouns": {"right": 25.0, "resolved": 50.0, "n": 4},
    }


def test_nothing_found_is_nothing_right() -> None:
    nothing = {"p": 0.0, "r": 0.0, "f": 0.0}
    elsewhere = Outcome(gold=[{(0, 0, 1, True), (0, 2, 3, True)}], system=[{(0, 4, 5, False), (0, 6, 7, False)}])
    assert figures([elsewhere])["ceaf_e"] == nothing
    assert (
        figures([Outcome()])["b_cubed"]
        == figures([Outcome(gold=[{(0, 0, 1, True), (0, 2, 3, True)}])])["muc"]
        == nothing
    )


def test_a_perfect_system(gold: GoldDocument) -> None:
    lee = [mention("Ann Lee", named=True), mention("She"), mention("I")]
    bob = [mention("Bob", named=True), mention("his")]
    outcome = compare(gold, [lee, bob])
    assert (outcome.pronouns, outcome.resolved, outcome.right) == (2, 2, 2)
    assert figures([outcome, compare(gold, [lee, bob], 1)])["conll"] == 100.0


def test_a_pronoun_with_another_name_is_wrong(gold: GoldDocument) -> None:
    outcome = compare(gold, [[mention("Ann Lee", named=True), mention("his")], [mention("Bob", named=True)]])
    assert (outcome.pronouns, outcome.resolved, outcome.right) == (2, 1, 0)
    assert len(outcome.gold) == 2
    assert [len(cluster) for cluster in outcome.system] == [2]  # a single mention is no cluster


def test_a_mention_that_gold_has_not_costs_precision(gold: GoldDocument) -> None:
    scores = figures([compare(gold, [[mention("Ann Lee", named=True), mention("May", named=True), mention("She")]])])
    assert scores["muc"] == {"p": 50.0, "r": 33.3, "f": 40.0}


def test_part_of_a_name_without_its_head_is_no_match(gold: GoldDocument) -> None:
    outcome = compare(gold, [[mention("Lee", named=True), mention("She")]])
    assert outcome.right == 0
    (cluster,) = outcome.system
    assert {known for *_, known in cluster} == {True, False}


def test_system_mentions_are_names_and_pronouns() -> None:
    words = ["The", "French", "saw", "French", "Ann", "'s", "car", ";", "she", "left"]
    tags = ["DT", "NNPS", "VBD", "JJ", "NNP", "POS", "NN", ":", "PRP", "VBD"]
    heads = [1, 2, 2, 6, 6, 4, 2, 2, 9, 2]
    doc = Doc(spacy.blank("en").vocab, words, tags=tags, heads=heads, deps=["dep"] * len(words))
    french, ann = ("French", "NORP"), ("Ann", "PERSON")
    doc._.names = {(0, 2): french, (3, 4): french, (4, 6): ann}
    doc._.antecedents = {8: 6}
    assert system_clusters(doc) == [
        [SystemMention(4, 10, True)],
        [SystemMention(22, 25, True)],
    ]
    doc._.antecedents = {8: 4, 6: 4}
    assert system_clusters(doc)[1] == [SystemMention(22, 25, True), SystemMention(35, 38, False)]


@Language.component("test_coreference", assigns=["doc._.names", "doc._.coreference"])
def find_lee_and_she(doc: Doc) -> Doc:
    """Says that "Ann Lee" and the first "She" are one."""
    places = {token.text: token.i for token in doc}
    doc._.names = {(places["Ann"], places["Lee"] + 1): ("Ann Lee", "PERSON")}
    doc._.coreference = ((next(iter(doc._.names)), (places["She"], places["She"] + 1)),)
    doc[places["She"]].tag_ = "PRP"
    return doc


def test_a_pipeline_is_scored_by_genre(corpus: Path) -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("test_coreference")
    scores = evaluate(nlp, read_coreference(corpus))
    assert scores["pronouns"] == {"right": 50.0, "resolved": 50.0, "n": 4}
    assert scores["muc"] == {"p": 100.0, "r": 33.3, "f": 50.0}
    assert list(scores["genres"]) == ["news", "bio"]
    assert scores["genres"]["bio"] == {"f": scores["conll"], "right": 50.0, "resolved": 50.0, "n": 2}


def test_a_pipeline_without_names_is_refused(corpus: Path) -> None:
    with pytest.raises(ModelError, match="no component 'actors'"):
        evaluate(spacy.blank("en"), read_coreference(corpus))


def test_a_missing_scorer_is_told_with_what_to_install(monkeypatch: pytest.MonkeyPatch, corpus: Path) -> None:
    monkeypatch.setitem(sys.modules, "scorch.scores", None)
    with pytest.raises(NlpclaimsError, match="pip install 'scorch"):
        evaluate(spacy.blank("en"), read_coreference(corpus))


def test_the_command_prints_the_figures_of_the_genre(corpus: Path) -> None:
    command = [sys.executable, "-m", "nlpclaims", "evaluate", "coreference", str(corpus), "--genre", "bio"]
    done = subprocess.run(command, capture_output=True, timeout=120, check=True)
    scores = json.loads(done.stdout)
    assert list(scores) == ["conll", "muc", "b_cubed", "ceaf_e", "pronouns", "genres"]
    assert (scores["pronouns"]["n"], list(scores["genres"])) == (2, ["bio"])
    assert done.stderr == b""


def test_the_command_tells_of_a_genre_that_is_not_there(corpus: Path) -> None:
    run = CliRunner().invoke(app, ["evaluate", "coreference", str(corpus), "--genre", "vlog"])
    assert (run.exit_code, run.stdout) == (2, "")
    assert "no document of genre vlog" in run.stderr
