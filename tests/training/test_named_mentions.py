"""What of a mention is a name: the proper nouns round its head, without titles, and no name inside of another."""

from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlpclaims.components.entities import OTHER
from nlpclaims.evaluation.conllu import Sentence, Word, read_conllu
from nlpclaims.training.named_mentions import named_mentions

SENTENCES = {
    "the person without title and description; the university whole": """\
1	Mayor	Mayor	PROPN	NNP	_	2	compound	_	Entity=(1-person-new
2	Ida	Ida	PROPN	NNP	_	9	nsubj	_	_
3	Moe	Moe	PROPN	NNP	_	2	flat	_	_
4	of	of	ADP	IN	_	6	case	_	_
5	the	the	DET	DT	_	6	det	_	Entity=(2-organization-new
6	University	University	PROPN	NNP	_	2	nmod	_	_
7	of	of	ADP	IN	_	8	case	_	_
8	Kovia	Kovia	PROPN	NNP	_	6	nmod	_	Entity=(3-place-new)2)1)
9	left	leave	VERB	VBD	_	0	root	_	_
""",
    "a festival and who sings there": """\
1	Ann	Ann	PROPN	NNP	_	4	nsubj	_	Entity=(1-person-new(2-person-new)
2	and	and	CCONJ	CC	_	3	cc	_	_
3	Bo	Bo	PROPN	NNP	_	1	conj	_	Entity=(3-person-new)1)
4	sang	sing	VERB	VBD	_	0	root	_	_
5	at	at	ADP	IN	_	8	case	_	_
6	the	the	DET	DT	_	8	det	_	Entity=(4-event-new
7	Oslo	Oslo	PROPN	NNP	_	8	compound	_	Entity=(5-place-new)
8	Festival	Festival	PROPN	NNP	_	4	obl	_	Entity=4)
""",
    "what is spoken of without a name": """\
1	The	the	DET	DT	_	2	det	_	Entity=(1-person-new
2	Norwegians	Norwegian	PROPN	NNPS	_	3	nsubj	_	Entity=1)
3	saw	see	VERB	VBD	_	0	root	_	_
4	the	the	DET	DT	_	5	det	_	Entity=(2-person-new
5	President	President	PROPN	NNP	_	3	obj	_	Entity=2)
6	on	on	ADP	IN	_	7	case	_	_
7	Monday	Monday	PROPN	NNP	_	3	obl	_	Entity=(3-time-new)
""",
}


@pytest.fixture
def sentences(tmp_path: Path) -> dict[str, Sentence]:
    (tmp_path / "some.conllu").write_text("\n".join(SENTENCES.values()) + "\n", encoding="utf-8")
    return dict(zip(SENTENCES, read_conllu(tmp_path / "some.conllu"), strict=True))


def read(sentence: Sentence, titles: frozenset[str] = frozenset({"mayor", "president"})) -> tuple[list[str], list[str]]:
    names, unsure = named_mentions(sentence, titles)

    def text(start: int, end: int) -> str:
        return " ".join(word.form for word in sentence.words[start:end])

    return [f"{label} {text(*span)}" for *span, label in names], [text(*span) for span in unsure]


def test_a_person_is_without_title_and_description(sentences: dict[str, Sentence]) -> None:
    own = sentences["the person without title and description; the university whole"]
    assert read(own) == (["PERSON Ida Moe", "ORG University of Kovia"], [])
    assert read(own, titles=frozenset())[0] == ["PERSON Mayor Ida Moe", "ORG University of Kovia"]


def test_each_of_several_has_a_name_and_what_is_inside_of_another_none(sentences: dict[str, Sentence]) -> None:
    assert read(sentences["a festival and who sings there"]) == (
        ["PERSON Ann", "PERSON Bo", f"{OTHER} Oslo Festival"],
        [],
    )


def test_peoples_and_titles_are_unsure_and_days_are_none(sentences: dict[str, Sentence]) -> None:
    assert read(sentences["what is spoken of without a name"]) == ([], ["Norwegians", "President"])


TAGS = st.sampled_from(["NNP", "NNPS", "NN", "IN"])
KINDS = st.sampled_from(["person", "place", "event", "time"])


@given(st.lists(st.tuples(TAGS, st.sampled_from(["Ida", "of", "Moe"]), KINDS), min_size=1, max_size=8), st.randoms())
def test_nothing_is_marked_twice(words: list[tuple[str, str, str]], rng: Random) -> None:
    n = len(words)
    sentence = Sentence()
    for i, (tag, form, kind) in enumerate(words):
        head = 0 if i == 0 else rng.randint(1, i)
        relation = rng.choice(["flat", "compound", "nmod", "obj"])
        # Brackets nest: what word i opens is closed by a later word, the last opened first.
        opened, closed = f"({i}-{kind}", f"{n - 1 - i})"
        field = f"{opened})" if i == n - 1 - i else opened if i < n - 1 - i else closed
        row = [str(i + 1), form, form, "X", tag, "_", str(head), relation, "_", f"Entity={field}"]
        sentence.words.append(Word(row))
    names, unsure = named_mentions(sentence, frozenset({"ida"}))
    places = sorted([(start, end) for start, end, _ in names] + unsure)
    assert all(0 <= start < end <= n for start, end in places)
    assert all(end <= start for (_, end), (start, _) in pairwise(places))
