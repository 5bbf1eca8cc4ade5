"""Anaphors are paired with what stands before them, and the ranking learns which of it they refer to."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.training import Example
from thinc.api import Adam

from nlpclaims.components.attribution import get_attributions
from nlpclaims.components.coreference import (
    CLUSTER_KEY,
    FEATURE_ROWS,
    SENTENCES,
    UNKNOWN,
    CoreferenceComponent,
    find_anaphors,
    find_candidates,
    score_antecedents,
)
from nlpclaims.components.names import NameBook
from nlpclaims.training.judged import judged_spans

NOUNS = {"actress": "person", "sailor": "person", "harbour": "place", "company": "organization"}


def parsed(nlp: Language, text: str) -> Doc:
    """A document of one-clause sentences, each with its first word as the root."""
    words = text.split()
    starts = [i == 0 or words[i - 1] == "." for i in range(len(words))]
    root = 0
    heads = [root := i if starts[i] else root for i in range(len(words))]
    tags = [_tag(word) for word in words]
    deps = ["ROOT" if i == head else "dep" for i, head in enumerate(heads)]
    for i, word in enumerate(words):
        if word == "the":
            heads[i], deps[i] = i + 1, "det"
            if starts[i]:
                heads = [i + 1 if head == i else head for head in heads]
                deps[i + 1] = "ROOT"
    doc = Doc(nlp.vocab, words, heads=heads, deps=deps, tags=tags, lemmas=[w.lower() for w in words], ents=_ents(words))
    for token in doc:
        token._.noun_type = NOUNS.get(token.text)
    return doc


def _tag(word: str) -> str:
    if word.lower() in ("he", "she", "it", "they"):
        return "PRP"
    return "NNP" if word in ("Anna", "Omar") else "NN" if word in NOUNS else "DT" if word == "the" else "VBD"


def _ents(words: list[str]) -> list[str]:
    return ["B-PERSON" if word in ("Anna", "Omar") else "O" for word in words]


def gold(doc: Doc, *clusters: tuple[int, ...]) -> Doc:
    doc.spans[CLUSTER_KEY] = [
        Span(doc, i, i + 1, span_id=str(number)) for number, cluster in enumerate(clusters) for i in cluster
    ]
    return doc


TEXTS = [
    ("Anna saw Omar . she left .", [(0, 4)]),
    ("Anna saw Omar . he left .", [(2, 4)]),
    ("Omar saw Anna . she wept .", [(2, 4)]),
    ("Omar saw Anna . he wept .", [(0, 4)]),
    ("Omar left . it rained .", []),
]


@pytest.fixture(scope="module")
def trained() -> Language:
    spacy.util.fix_random_seed(0)
    nlp = spacy.blank("en")
    pipe = nlp.add_pipe("nlpclaims_coreference", name="coreference")
    assert isinstance(pipe, CoreferenceComponent)
    examples = [Example(parsed(nlp, text), gold(parsed(nlp, text), *clusters)) for text, clusters in TEXTS]
    pipe.initialize(lambda: examples)
    optimizer = Adam(0.005)
    for _ in range(60):
        pipe.update(examples, sgd=optimizer)
    return nlp


def test_pronouns_and_definite_persons_refer_back() -> None:
    doc = parsed(spacy.blank("en"), "the sailor saw the harbour . he left . the company failed . sailor wept .")
    assert [doc[i].text for i in find_anaphors(doc)] == ["sailor", "he", "company"]


def test_candidates_are_the_mentions_before_the_anaphor_in_the_last_sentences() -> None:
    nlp = spacy.blank("en")
    doc = parsed(nlp, "Anna left . " + "it rained . " * (SENTENCES - 1) + "Omar wept . she left .")
    found = find_candidates(doc)
    assert found is not None
    she = found.anaphor == doc[-3].i
    assert [doc[int(i)].text for i in found.antecedent[she]] == ["she", *["it"] * (SENTENCES - 2), "Omar"]
    assert found.lengths.sum() == len(found.anaphor)
    ends = np.cumsum(FEATURE_ROWS)
    assert (found.features < ends).all() and (found.features >= ends - FEATURE_ROWS).all()


def test_a_description_may_be_what_its_noun_meant_further_back() -> None:
    nlp = spacy.blank("en")
    doc = parsed(nlp, "sailor left . " + "it rained . " * (SENTENCES + 1) + "the sailor wept . he left .")
    found = find_candidates(doc)
    assert found is not None
    sailor, he = doc[-6].i, doc[-3].i
    assert (doc[sailor].text, doc[he].text) == ("sailor", "he")
    assert found.antecedent[found.anaphor == sailor].tolist()[:2] == [sailor, 0]
    assert 0 not in found.antecedent[found.anaphor == he]


def test_where_a_candidate_stands_among_the_people_tells_them_apart() -> None:
    nlp = spacy.blank("en")
    doc = parsed(nlp, "Anna Omar left . he wept .")
    found = find_candidates(doc)
    assert found is not None
    rows = dict(zip(found.antecedent.tolist(), found.features.tolist(), strict=True))
    differ = {i for i, (anna, omar) in enumerate(zip(rows[0], rows[1], strict=True)) if anna != omar}
    # How many are mentioned in between, of all and of people, and which comes first.
    assert differ >= {1, 14, 15, 17, 18}


def test_it_learns_whom_pronouns_mean_and_when_nobody(trained: Language) -> None:
    for text, clusters in TEXTS:
        doc = trained(parsed(trained, text))
        assert doc._.antecedents == {pronoun: antecedent for antecedent, pronoun in clusters}, text


def test_the_noun_of_a_name_means_it_however_far_back_if_nothing_more_is_said_of_it(trained: Language) -> None:
    words = ["the", "Bank", "of", "Norland", "rose", ".", *["it", "rained", "."] * (SENTENCES + 2)]
    first = len(words)
    words += ["the", "bank", "fell", ".", "the", "old", "bank", "fell", "."]
    ends = [i for i, word in enumerate(words) if word == "."]
    verbs = {
        place: end - 1 for end, before in zip(ends, [-1, *ends], strict=False) for place in range(before + 1, end + 1)
    }
    heads = [verbs[i] for i in range(len(words))]
    deps = ["ROOT" if heads[i] == i else "dep" for i in range(len(words))]
    for place, head, dep in ((0, 1, "det"), (2, 3, "case"), (3, 1, "nmod"), (1, 4, "nsubj")):
        heads[place], deps[place] = head, dep
    for place, head, dep in ((0, 1, "det"), (4, 6, "det"), (5, 6, "amod"), (1, 2, "nsubj"), (6, 7, "nsubj")):
        heads[first + place], deps[first + place] = first + head, dep
    tags = ["NNP" if word.istitle() else "NN" if word == "bank" else "PRP" if word == "it" else "JJ" for word in words]
    ents = ["O", "B-ORG", "I-ORG", "I-ORG", *["O"] * (len(words) - 4)]
    lemmas = [word.lower() for word in words]
    doc = Doc(trained.vocab, words, heads=heads, deps=deps, tags=tags, lemmas=lemmas, ents=ents)
    for i in (first + 1, first + 6):
        doc[i]._.noun_type = "organization"
    antecedents = trained(doc)._.antecedents
    assert antecedents[first + 1] in range(1, 4)
    assert antecedents.get(first + 6) not in range(1, 4)


def test_nothing_is_learned_of_what_is_not_known() -> None:
    spacy.util.fix_random_seed(0)
    pipe = spacy.blank("en").add_pipe("nlpclaims_coreference")
    assert isinstance(pipe, CoreferenceComponent)
    nlp = spacy.blank("en")
    doc = parsed(nlp, TEXTS[0][0])
    doc.spans[CLUSTER_KEY] = [Span(doc, 4, 5, span_id=UNKNOWN)]
    pipe.initialize(lambda: [Example(parsed(nlp, TEXTS[0][0]), doc)])
    before = pipe.model.to_bytes()
    losses = pipe.update([Example(parsed(nlp, TEXTS[0][0]), doc)], sgd=Adam(0.005, L2=0.0))
    assert losses == {"nlpclaims_coreference": 0.0}
    assert pipe.model.to_bytes() == before


def test_the_score_counts_pronouns_with_an_antecedent(trained: Language) -> None:
    examples = [Example(trained(parsed(trained, text)), gold(parsed(trained, text), *c)) for text, c in TEXTS]
    assert score_antecedents(examples) == {"pronoun_acc": 1.0}
    examples[0].predicted._.antecedents = {}
    assert score_antecedents(examples) == {"pronoun_acc": 0.75}


def test_the_score_leaves_out_what_is_not_known(trained: Language) -> None:
    text = "Omar left . it rained . it snowed ."
    doc = gold(parsed(trained, text))
    doc.spans[CLUSTER_KEY] = [Span(doc, i, i + 1, span_id=UNKNOWN) for i in (3, 6)]
    assert score_antecedents([Example(trained(parsed(trained, text)), doc)]) == {"pronoun_acc": None}


@pytest.mark.parametrize("text", ["", "left", "Anna left"])
def test_where_nothing_refers_back(trained: Language, text: str) -> None:
    assert trained(parsed(trained, text))._.antecedents == {}


def test_it_is_the_same_from_disk(trained: Language, tmp_path: Path) -> None:
    trained.to_disk(tmp_path)
    again = spacy.load(tmp_path)
    for text, _ in TEXTS:
        assert again(parsed(again, text))._.antecedents == trained(parsed(trained, text))._.antecedents


TWICE = 'Omar saw Anna . soon Anna said " she left " .'


class TestDecoding:
    """Scores are given by hand: who refers to whom with which probability."""

    def ranked(self, text: str, shares: dict[int, dict[int, float]], threshold: float = 0.4) -> dict[int, int]:
        return self.ranked_in(parsed(spacy.blank("en"), text), shares, threshold)

    @staticmethod
    def ranked_in(doc: Doc, shares: dict[int, dict[int, float]], threshold: float = 0.4) -> dict[int, int]:
        nlp = spacy.blank("en")
        pipe = nlp.add_pipe("nlpclaims_coreference", name="coreference", config={"threshold": threshold})
        assert isinstance(pipe, CoreferenceComponent)
        candidates = find_candidates(doc)
        assert candidates is not None
        pairs = zip(candidates.anaphor.tolist(), candidates.antecedent.tolist(), strict=True)
        scores = np.array([[np.log(shares[a].get(c, 1e-9))] for a, c in pairs], dtype=np.float32)
        pipe.model = SimpleNamespace(get_ref=lambda _: SimpleNamespace(predict=lambda _: scores))  # type: ignore[assignment]
        names = NameBook(doc, get_attributions(doc))
        return pipe._rank(doc, candidates, np.zeros((len(doc), 1), dtype=np.float32), names)

    def test_what_a_candidate_may_refer_to_counts_for_the_anaphor(self) -> None:
        # Neither way to Anna is likely enough alone; together they are.
        shares = {4: {0: 0.35, 4: 0.65}, 7: {0: 0.2, 4: 0.6, 7: 0.2}}
        assert self.ranked("Anna saw Omar . it left . it wept .", shares) == {7: 0}

    @pytest.mark.parametrize("pronoun", ["it", "they"])
    def test_a_name_is_preferred_to_what_is_only_spoken_of(self, pronoun: str) -> None:
        shares = {1: {1: 1.0}, 6: {1: 0.55, 3: 0.45}}
        assert self.ranked(f"the sailor saw Anna . soon {pronoun} left .", shares) == {6: 3}
        assert self.ranked(f"the sailor saw Anna . soon {pronoun} left .", shares, threshold=0.5) == {6: 1}
        shares = {1: {1: 1.0}, 6: {1: 0.8, 3: 0.2}}
        assert self.ranked(f"the sailor saw Anna . soon {pronoun} left .", shares, threshold=0.1) == {6: 1}

    @pytest.mark.parametrize(("share", "antecedent"), [(0.45, 3), (0.55, 1)])
    def test_she_is_whoever_is_likelier_with_a_name_or_without(self, share: float, antecedent: int) -> None:
        shares = {1: {1: 1.0}, 6: {1: share, 3: 1 - share}}
        assert self.ranked("the sailor saw Omar . soon she left .", shares) == {6: antecedent}

    def test_who_is_he_elsewhere_is_not_she(self) -> None:
        text = "Omar saw Anna . he left . Omar saw Anna . she left ."
        he, she = (i for i, word in enumerate(text.split()) if word in ("he", "she"))
        shares = {he: {0: 1.0}, she: {she - 4: 0.6, she - 2: 0.4}}
        assert self.ranked(text, shares) == {he: 0, she: she - 2}
        assert self.ranked(text.replace("she", "it"), shares) == {he: 0, she: she - 4}

    def test_an_anaphor_inside_of_a_name_may_refer_to_nothing(self) -> None:
        doc = parsed(spacy.blank("en"), "Omar saw it . the sailor wept .")
        doc.set_ents([Span(doc, 0, 1, label="PERSON"), Span(doc, 4, 6, label="ORG")])
        assert self.ranked_in(doc, {2: {2: 1.0}, 5: {5: 0.9, 0: 0.1}}) == {}

    def test_a_noun_beside_a_name_is_whom_that_names_even_before_it(self) -> None:
        doc = parsed(spacy.blank("en"), "a sailor wept . she left , Anna .")
        doc[7].head, doc[7].dep_ = doc[1], "appos"
        assert self.ranked_in(doc, {4: {1: 0.9, 4: 0.1}}) == {4: 1}
        doc = parsed(spacy.blank("en"), "Anna , a sailor , wept . she left .")
        doc[3].head, doc[3].dep_ = doc[0], "appos"
        assert self.ranked_in(doc, {7: {3: 0.9, 7: 0.1}}) == {7: 0}

    def test_they_may_be_all_of_a_list_of_names(self) -> None:
        doc = parsed(spacy.blank("en"), "Omar and Anna left . she wept . they left .")
        doc[2].head, doc[2].dep_ = doc[0], "conj"
        # "She" passes on that she is Anna; the list is likelier than she.
        shares = {5: {2: 1.0}, 8: {0: 0.45, 5: 0.2, 2: 0.2, 8: 0.15}}
        assert self.ranked_in(doc, shares) == {5: 2, 8: 0}

    def test_an_object_is_not_its_subject(self) -> None:
        doc = parsed(spacy.blank("en"), "Omar wept . Anna saw he .")
        for token in doc[3:6]:
            token.head = doc[4]
        doc[3].dep_, doc[5].dep_ = "nsubj", "obj"
        assert self.ranked_in(doc, {5: {3: 0.9, 0: 0.06, 5: 0.04}}) == {5: 0}
        doc[5].dep_ = "obl"
        assert self.ranked_in(doc, {5: {3: 0.9, 0: 0.06, 5: 0.04}}) == {5: 3}

    @pytest.mark.parametrize(("text", "antecedent"), [('Omar left . Anna said " she left " .', 0), (TWICE, 0)])
    def test_who_is_spoken_of_in_a_quotation_is_not_its_speaker(self, text: str, antecedent: int) -> None:
        doc = parsed(spacy.blank("en"), text)
        she = next(t.i for t in doc if t.text == "she")
        anna = next(t.i for t in doc if t.text == "Anna")
        said = next(t.i for t in doc if t.text == "said")
        source = said - 1
        doc.spans["source"] = [Span(doc, source, source + 1, span_id="1")]
        doc.spans["cue"] = [Span(doc, said, said + 1, span_id="1")]
        doc.spans["content"] = [Span(doc, said + 2, len(doc) - 2, span_id="1")]
        shares = {she: {anna: 0.9, antecedent: 0.06, she: 0.04}}
        assert self.ranked_in(doc, shares) == {she: antecedent}

    @pytest.mark.parametrize(("share", "antecedents"), [(0.24, {}), (0.26, {4: 0})])
    def test_a_description_has_a_threshold_of_its_own(self, share: float, antecedents: dict[int, int]) -> None:
        assert self.ranked("Anna left . the sailor wept .", {4: {0: share, 4: 1 - share}}, 0.1) == antecedents

    def test_nothing_is_guessed_below_the_threshold(self) -> None:
        assert self.ranked("Anna saw Omar . she left .", {4: {0: 0.4, 2: 0.3, 4: 0.3}}, threshold=0.41) == {}


class TestJudgedMarks:
    """ "Anna met Omar . she met the sailor . he left . it rained ." """

    @pytest.fixture
    def doc(self) -> Doc:
        return parsed(spacy.blank("en"), "Anna met Omar . she met the sailor . he left . it rained .")

    @staticmethod
    def found(doc: Doc, *marks: tuple[str, str | tuple[int, int] | None]) -> dict[str, str]:
        places = [(doc.text.index(f" {word} ") + 1, len(word), referent) for word, referent in marks]
        spans = judged_spans(doc, [(start, start + length, referent) for start, length, referent in places])
        return {span.text: span.id_ for span in spans}

    def test_a_name_and_what_stands_for_it_are_one_entity(self, doc: Doc) -> None:
        found = self.found(doc, ("she", "Anna"), ("he", (25, 31)))
        assert found["she"] == found["Anna"] != found["he"]
        assert "Omar" not in found  # nothing that was judged stands for him

    def test_who_has_no_name_is_known_by_the_first_words(self, doc: Doc) -> None:
        start = doc.text.index("sailor")
        found = self.found(doc, ("he", (start, start + 6)))
        assert found["he"] == found["sailor"]

    def test_what_refers_to_nothing_before_it_is_alone(self, doc: Doc) -> None:
        found = self.found(doc, ("she", None), ("it", None))
        assert len({found["she"], found["it"]}) == 2
        assert UNKNOWN not in (found["she"], found["it"])

    def test_a_first_mention_that_refers_to_nothing_is_whom_later_words_stand_for(self, doc: Doc) -> None:
        start = doc.text.index("sailor")
        found = self.found(doc, ("sailor", None), ("he", (start, start + 6)))
        assert found["sailor"] == found["he"]

    def test_words_that_stand_for_others_pass_that_on(self, doc: Doc) -> None:
        start = doc.text.index("sailor")
        found = self.found(doc, ("sailor", "Omar"), ("he", (start, start + 6)))
        assert found["sailor"] == found["he"] == found["Omar"]
        places = [(start, start + 6), (doc.text.index(" he ") + 1, doc.text.index(" he ") + 3)]
        found = self.found(doc, ("sailor", places[1]), ("he", places[0]))
        assert found["sailor"] in found.values()

    def test_what_was_not_judged_is_unknown(self, doc: Doc) -> None:
        found = self.found(doc, ("she", "Anna"))
        assert (found["sailor"], found["he"], found["it"]) == (UNKNOWN,) * 3


def test_people_of_one_surname_are_told_apart() -> None:
    nlp = spacy.blank("en")
    words = ["Bill", "Marlow", "met", "Ruth", "Marlow", ".", "Marlow", "left", ".", "she", "left", "."]
    ents = ["B-PERSON", "I-PERSON", "O", "B-PERSON", "I-PERSON", "O", "B-PERSON", *["O"] * 5]
    tags = ["NNP", "NNP", "VBD", "NNP", "NNP", ".", "NNP", "VBD", ".", "PRP", "VBD", "."]
    heads = [2, 0, 2, 2, 3, 2, 7, 7, 7, 10, 10, 10]
    deps = ["nsubj", "flat", "ROOT", "obj", "flat", "punct", "nsubj", "ROOT", "punct", "nsubj", "ROOT", "punct"]
    doc = Doc(nlp.vocab, words, heads=heads, deps=deps, tags=tags, ents=ents, lemmas=[w.lower() for w in words])
    she = doc[9]
    found = list(judged_spans(doc, [(she.idx, she.idx + 3, "Bill Marlow")]))
    assert [span.text for span in found if span.id_ == "Bill Marlow"] == ["she", "Bill Marlow", "Marlow"]
