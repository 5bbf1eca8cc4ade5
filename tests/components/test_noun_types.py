"""Noun types: which word of a mention carries its type, what the component learns, and what it leaves alone."""

import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example
from spacy.training.initialize import init_nlp
from spacy.training.loop import train
from spacy.util import fix_random_seed, load_config
from thinc.api import Adam

from nlpclaims.components.noun_types import LABELS, score_noun_types
from nlpclaims.errors import CorpusError
from nlpclaims.evaluation.conllu import Mention, mentions, read_conllu
from nlpclaims.training.coreference import gum_docs
from nlpclaims.training.corpora import is_held_out, syntax_docs
from nlpclaims.training.noun_types import create_reader

ROOT = Path(__file__).parents[2]

# ruff: noqa: E501 (rows of CoNLL-U)
# The owner of two mills and her dog left the harbour . The press agency cheered Ann .
NESTED = """\
# newdoc id = mill
# sent_id = mill-1
1	The	the	DET	DT	_	2	det	_	Entity=(7-person-new-nnnnn-cf1-2-coref(1-person-new-nnnnn-cf1-2-coref
2	owner	owner	NOUN	NN	_	9	nsubj	_	Discourse=joint:1->0
3	of	of	ADP	IN	_	5	case	_	_
4	two	two	NUM	CD	_	5	nummod	_	Entity=(2-object-new-nnnnn-cf2-2-sgl
5	mills	mill	NOUN	NNS	_	2	nmod	_	MSeg=mill-s|Entity=2)1)
6	and	and	CCONJ	CC	_	8	cc	_	_
7	her	her	PRON	PRP$	_	8	nmod:poss	_	Entity=(3-animal-new-nnnnn-cf3-2-sgl(1-person-giv:act-nnnnn-cf1-1-ana)
8	dog	dog	NOUN	NN	_	2	conj	_	Entity=3)7)
9	left	leave	VERB	VBD	_	0	root	_	_
10	the	the	DET	DT	_	11	det	_	Entity=(4-place-new-nnnnn-cf4-2-sgl-Harbour_%28Kovia%29
11	harbour	harbour	NOUN	NN	_	9	obj	_	Entity=4)|SpaceAfter=No
12	.	.	PUNCT	.	_	9	punct	_	_

# newpar
# sent_id = mill-2
1	The	the	DET	DT	_	3	det	_	Entity=(5-organization-new-nnnnn-cf1-3-sgl
2	press	press	NOUN	NN	_	3	compound	_	_
3	agency	agency	NOUN	NN	_	4	nsubj	_	Entity=5)
4	cheered	cheer	VERB	VBD	_	0	root	_	_
5	Ann	Ann	PROPN	NNP	_	4	obj	_	Entity=(6-person-new-nnnnn-cf2-1-sgl-Ann)|SpaceAfter=No
6	.	.	PUNCT	.	_	4	punct	_	_

"""

SENTENCES = [
    ("The baker praised the bakery .", ["person", "organization"]),
    ("A sailor left the island .", ["person", "place"]),
    ("Every teacher wrote a letter .", ["person", "thing"]),
    ("The agency closed the valley .", ["organization", "place"]),
    ("A letter reached the company .", ["thing", "organization"]),
]


@pytest.fixture
def corpus(tmp_path: Path) -> Callable[[str], Path]:
    def write(text: str) -> Path:
        path = tmp_path / "gum.conllu"
        path.write_text(text, encoding="utf8")
        return path

    return write


def tagged(nlp: Language, text: str) -> Doc:
    """The sentence with nouns where an article and perhaps an unknown noun stand, the rest left as other tags."""
    words = text.split()
    tags = ["NN" if i and words[i - 1].lower() in {"the", "a", "every"} else "XX" for i in range(len(words))]
    return Doc(nlp.vocab, words, tags=tags, lemmas=[word.lower() for word in words])


def types(doc: Doc) -> list[str | None]:
    return [token._.noun_type for token in doc]


def noun_types_of(doc: Doc) -> list[str | None]:
    return [token._.noun_type for token in doc if token.tag_ == "NN"]


@pytest.fixture(scope="module")
def nlp() -> Language:
    """The component alone, having learned ``SENTENCES`` by heart."""
    fix_random_seed(0)
    nlp = spacy.blank("en")
    nlp.add_pipe("nlpclaims_noun_types", name="noun_types")
    examples = []
    for text, gold in SENTENCES:
        reference = tagged(nlp, text)
        for token, kind in zip((t for t in reference if t.tag_ == "NN"), gold, strict=True):
            token._.noun_type = kind
        examples.append(Example(tagged(nlp, text), reference))
    optimizer = nlp.initialize(lambda: examples, sgd=Adam(0.01))
    for _ in range(40):
        nlp.update(examples, sgd=optimizer)
    return nlp


def gum_reader(path: Path) -> Callable[[Language], Iterator[object]]:
    return lambda nlp: gum_docs(path, nlp)


def syntax_reader(path: Path) -> Callable[[Language], Iterator[object]]:
    return lambda nlp: syntax_docs(path, nlp.vocab)


class TestReader:
    def test_nested_mentions_close_with_their_own_bracket(self, corpus: Callable[[str], Path]) -> None:
        first, second = read_conllu(corpus(NESTED))
        assert mentions(first) == [
            Mention(3, 5, "object", "2"),
            Mention(0, 5, "person", "1"),
            Mention(6, 7, "person", "1"),
            Mention(6, 8, "animal", "3"),
            Mention(0, 8, "person", "7"),
            Mention(9, 11, "place", "4"),
        ]
        assert mentions(second) == [Mention(0, 3, "organization", "5"), Mention(4, 5, "person", "6")]

    def test_the_common_noun_that_heads_a_mention_has_its_type(self, corpus: Callable[[str], Path]) -> None:
        (example,) = create_reader(corpus(NESTED))(spacy.blank("en"))
        found = {t.text: t._.noun_type for t in example.reference if t._.noun_type is not None}
        expected = {"owner": "person", "mills": "thing", "dog": "thing", "harbour": "place", "agency": "organization"}
        assert found == expected

    def test_the_component_sees_tags_and_lemmas_but_no_gold_type(self, corpus: Callable[[str], Path]) -> None:
        (example,) = create_reader(str(corpus(NESTED)))(spacy.blank("en"))
        assert [t.tag_ for t in example.predicted if t.text == "mills"] == ["NNS"]
        assert [t.lemma_ for t in example.predicted if t.text == "mills"] == ["mill"]
        assert set(types(example.predicted)) == {None}

    def test_the_shortest_of_several_mentions_with_one_head_counts(self, corpus: Callable[[str], Path]) -> None:
        text = NESTED.replace("Entity=(7-person", "Entity=(7-organization")
        (example,) = create_reader(corpus(text))(spacy.blank("en"))
        assert [t._.noun_type for t in example.reference if t.text == "owner"] == ["person"]

    @pytest.mark.parametrize(
        ("old", "new", "message"),
        [
            ("Entity=4)", "Entity=9)", "line 1: mention 9 closes"),
            ("Entity=5)", "_", "line 16: mention 5 is not closed"),
        ],
    )
    @pytest.mark.parametrize("reader", [create_reader, gum_reader, syntax_reader])
    def test_brackets_that_do_not_match_name_file_and_line(
        self,
        corpus: Callable[[str], Path],
        reader: Callable[[Path], Callable[[Language], Iterator[object]]],
        old: str,
        new: str,
        message: str,
    ) -> None:
        path = corpus(NESTED.replace(old, new))
        with pytest.raises(CorpusError, match=rf"gum\.conllu: {message}"):
            list(reader(path)(spacy.blank("en")))


class TestJudged:
    """Nouns of our own annotation beside GUM's."""

    def files(self, tmp_path: Path) -> tuple[Path, Path, str]:
        texts = {f"a{i}": "The owner of a crowd left. The crowd hid." for i in range(40)}
        known = next(key for key in texts if not is_held_out(key))
        held_out = next(key for key in texts if is_held_out(key))
        articles, judged = tmp_path / "articles.jsonl", tmp_path / "nouns.jsonl"
        articles.write_text("".join(json.dumps({"id": key, "text": text}) + "\n" for key, text in texts.items()))
        nouns = [[4, 9, "person"], [15, 20, "group"]]
        rows = [{"id": key, "nouns": nouns} for key in (known, held_out)]
        judged.write_text("".join(json.dumps(row) + "\n" for row in rows))
        return articles, judged, texts[known]

    def test_nouns_have_their_type_where_they_were_judged_but_for_what_is_held_out(
        self, corpus: Callable[[str], Path], tmp_path: Path
    ) -> None:
        articles, judged, text = self.files(tmp_path)
        gold, added = create_reader(corpus(NESTED), articles, judged)(spacy.blank("en"))
        assert "owner of two mills" in gold.reference.text
        assert added.reference.text == text
        found = [(t.text, t.idx, t._.noun_type) for t in added.reference if t._.noun_type is not None]
        assert found == [("owner", 4, "person"), ("crowd", 15, "group")]
        assert set(types(added.predicted)) == {None}

    def test_persons_in_gum_that_are_groups_elsewhere_are_left_out(
        self, corpus: Callable[[str], Path], tmp_path: Path
    ) -> None:
        articles, judged, _ = self.files(tmp_path)
        path = corpus(NESTED.replace("owner", "crowd"))
        gold, _ = create_reader(path, articles, judged)(spacy.blank("en"))
        assert "person" not in types(gold.reference)
        (alone,) = create_reader(path)(spacy.blank("en"))
        assert "person" in types(alone.reference)


class TestComponent:
    def test_it_learns_what_it_is_shown(self, nlp: Language) -> None:
        for text, gold in SENTENCES:
            assert noun_types_of(nlp(tagged(nlp, text))) == gold

    def test_only_nouns_get_a_type(self, nlp: Language) -> None:
        doc = nlp(tagged(nlp, "The baker praised the bakery ."))
        assert types(doc) == [None, "person", None, None, "organization", None]
        words = ["baker", "bakers", "Baker", "bakes"]
        doc = nlp(Doc(nlp.vocab, words, tags=["NN", "NNS", "NNP", "VBZ"], lemmas=["baker"] * 4))
        assert [kind is None for kind in types(doc)] == [False, False, False, True]

    def test_tags_stay_as_they_are(self, nlp: Language) -> None:
        doc = tagged(nlp, "A sailor left the island .")
        before = [token.tag_ for token in doc]
        assert [token.tag_ for token in nlp(doc)] == before

    def test_an_empty_document(self, nlp: Language) -> None:
        assert types(nlp(Doc(nlp.vocab))) == []
        empty, full = nlp.pipe([Doc(nlp.vocab), tagged(nlp, SENTENCES[0][0])])
        assert (len(empty), noun_types_of(full)) == (0, SENTENCES[0][1])

    def test_nouns_without_a_gold_type_teach_nothing(self, nlp: Language) -> None:
        noun_types = nlp.get_pipe("noun_types")
        reference = tagged(nlp, "A sailor left the island .")
        reference[1]._.noun_type = "person"
        example = Example(tagged(nlp, "A sailor left the island ."), reference)
        _, (gradient,) = noun_types.get_loss([example], noun_types.model.predict([example.predicted]))
        assert gradient[1].any()
        assert not gradient[[0, 2, 3, 4, 5]].any()

    def test_training_without_gold_types_is_refused(self) -> None:
        nlp = spacy.blank("en")
        nlp.add_pipe("nlpclaims_noun_types")
        doc = tagged(nlp, "A sailor left .")
        with pytest.raises(ValueError, match="gold type"):
            nlp.initialize(lambda: [Example(doc, doc)])


class TestSerialisation:
    def check(self, nlp: Language, other: Language) -> None:
        model, same = (pipeline.get_pipe("noun_types").model for pipeline in (nlp, other))
        doc = tagged(nlp, "An unseen word hid the cellar .")
        assert same.predict([doc])[0].tolist() == model.predict([doc])[0].tolist()
        assert noun_types_of(other(tagged(other, SENTENCES[2][0]))) == SENTENCES[2][1]

    def test_disk(self, nlp: Language, tmp_path: Path) -> None:
        nlp.to_disk(tmp_path)
        self.check(nlp, spacy.load(tmp_path))

    def test_bytes(self, nlp: Language) -> None:
        self.check(nlp, spacy.blank("en").from_config(nlp.config).from_bytes(nlp.to_bytes()))


class TestScorer:
    def example(self, nlp: Language, gold: list[str | None], guessed: list[str | None]) -> Example:
        reference, predicted = (tagged(nlp, "The baker praised the bakery .") for _ in range(2))
        for doc, kinds in ((reference, gold), (predicted, guessed)):
            doc[1]._.noun_type, doc[4]._.noun_type = kinds
        return Example(predicted, reference)

    def test_accuracy_over_the_nouns_with_a_gold_type(self, nlp: Language) -> None:
        scores = score_noun_types(
            [
                self.example(nlp, ["person", "organization"], ["person", "person"]),
                self.example(nlp, [None, "place"], ["thing", None]),
            ]
        )
        assert scores["noun_type_acc"] == pytest.approx(1 / 3)
        assert scores["noun_type_per_type"]["person"] == pytest.approx({"p": 0.5, "r": 1.0, "f": 2 / 3})
        assert list(scores["noun_type_per_type"]) == list(LABELS)

    def test_words_are_aligned_where_the_tokens_differ(self, nlp: Language) -> None:
        reference = Doc(nlp.vocab, ["Ann", "'s", "baker"], [False, True, False])
        predicted = Doc(nlp.vocab, ["Ann's", "baker"], [True, False])
        reference[2]._.noun_type = predicted[1]._.noun_type = "person"
        assert score_noun_types([Example(predicted, reference)])["noun_type_acc"] == 1

    def test_no_gold_type_gives_no_score(self, nlp: Language) -> None:
        assert score_noun_types([self.example(nlp, [None, None], ["person", None])])["noun_type_acc"] is None


def test_the_configuration_trains_a_pipeline(corpus: Callable[[str], Path], tmp_path: Path) -> None:
    path = str(corpus(NESTED))
    overrides = {"paths.train": path, "paths.dev": path, "training.max_steps": 2, "training.eval_frequency": 1}
    train(init_nlp(load_config(ROOT / "models/configs/cnn-noun-types.cfg", overrides)), tmp_path, stdout=io.StringIO())
    trained = spacy.load(tmp_path / "model-last")
    assert trained.pipe_names == ["noun_types"]
    assert 0 <= trained.meta["performance"]["noun_type_acc"] <= 1
