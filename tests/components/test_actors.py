"""Sources are named by the fullest name that the document gives, with the role that it states."""

from collections.abc import Sequence

import pytest
import spacy
from spacy.tokens import Doc, Span

from nlpclaims.components.actors import ActorComponent, ActorMention
from nlpclaims.components.attribution import set_attributions
from nlpclaims.components.names import abbreviates, inner_forms, name_text, short_forms
from nlpclaims.components.phrases import is_negated_source
from nlpclaims.components.whole_names import make_names_whole

VOCAB = spacy.blank("en").vocab
Token = tuple[str, str, int, str, str]  # word, tag, head, relation, entity (IOB)


def document(*tokens: Token, sources: Sequence[tuple[int, int]]) -> Doc:
    words, tags, heads, deps, ents = zip(*tokens, strict=True)
    doc = Doc(VOCAB, list(words), tags=list(tags), heads=list(heads), deps=list(deps), ents=list(ents))
    set_attributions(
        doc, [{"source": [[doc[a].idx, doc[b - 1].idx + len(doc[b - 1])]], "content": []} for a, b in sources]
    )
    return doc


def actors(doc: Doc) -> list[ActorMention]:
    return list(ActorComponent()(make_names_whole(doc))._.actors)


TITLED: list[Token] = [
    ("Finance", "NNP", 1, "compound", "O"),
    ("Minister", "NNP", 2, "nmod:desc", "O"),
    ("Ana", "NNP", 4, "nsubj", "B-PERSON"),
    ("Lopez", "NNP", 2, "flat", "I-PERSON"),
    ("spoke", "VBD", 4, "ROOT", "O"),
    (".", ".", 4, "punct", "O"),
    ("Lopez", "NNP", 7, "nsubj", "B-PERSON"),
    ("left", "VBD", 7, "ROOT", "O"),
    (".", ".", 7, "punct", "O"),
]


def test_title_is_the_role_and_the_surname_stands_for_the_full_name() -> None:
    first, second = actors(document(*TITLED, sources=[(0, 4), (6, 7)]))
    assert (first.start, first.end) == (2, 4)
    assert first[3:] == ("Ana Lopez", "PERSON", "Finance Minister", "name")
    assert (second.start, second.end) == (6, 7)
    assert second[3:] == ("Ana Lopez", "PERSON", "Finance Minister", "alias")


def test_apposition_is_the_role() -> None:
    doc = document(
        ("Ana", "NNP", 9, "nsubj", "B-PERSON"),
        ("Lopez", "NNP", 0, "flat", "I-PERSON"),
        (",", ",", 5, "punct", "O"),
        ("the", "DT", 5, "det", "O"),
        ("city", "NN", 5, "compound", "O"),
        ("mayor", "NN", 0, "appos", "O"),
        ("and", "CC", 7, "cc", "O"),
        ("engineer", "NN", 5, "conj", "O"),
        (",", ",", 5, "punct", "O"),
        ("spoke", "VBD", 9, "ROOT", "O"),
        sources=[(0, 9)],
    )
    (actor,) = actors(doc)
    assert actor[3:] == ("Ana Lopez", "PERSON", "city mayor and engineer", "name")


@pytest.mark.parametrize(
    ("source", "role"),
    [
        ("Ana/NNP Lopez/NNP ,/, a/DT judge/NN in/IN Faro/NNP ,/,", "judge in Faro"),
        ("Ana/NNP Lopez/NNP ,/, 54/CD ,/, a/DT judge/NN ,/,", "judge"),
        ("Ana/NNP Lopez/NNP ,/, a/DT judge/NN who/WP left/VBD ,/,", "judge"),
        ("Ana/NNP Lopez/NNP ,/, speaking/VBG in/IN Faro/NNP ,/,", None),
        ("Ana/NNP Lopez/NNP ,/, who/WP left/VBD ,/,", None),
        ("A/DT judge/NN in/IN Faro/NNP ,/, Ana/NNP Lopez/NNP ,/,", "judge in Faro"),
        ("Its/PRP$ judge/NN (/-LRB- ret./JJ )/-RRB- ,/, Ana/NNP Lopez/NNP", "judge (ret.)"),
        ("Dr./NNP Ana/NNP Lopez/NNP", None),
        ("The/DT head/NN of/IN surgery/NN ,/, Dr./NNP Ana/NNP Lopez/NNP", "head of surgery"),
        ("Senior/JJ judge/NN Ana/NNP Lopez/NNP", "Senior judge"),
        ("Ana/NNP Lopez/NNP ,/, Oslo/NNP ,/,", None),
        ("Its/PRP$ judge/NN ,/, Ana/NNP Lopez/NNP ,/, 54/CD ,/,", "judge"),
        ("The/DT judge/NN ,/, Prof./NNP Ana/NNP Lopez/NNP", "judge"),
    ],
)
def test_roles_beside_the_name_whatever_the_parse(source: str, role: str | None) -> None:
    tokens: list[Token] = []
    for i, (word, tag) in enumerate(pair.rsplit("/", 1) for pair in source.split()):
        entity = {"Ana": "B-PERSON", "Lopez": "I-PERSON", "Oslo": "B-LOC"}.get(word, "O")
        tokens.append((word, tag, i if i == 0 else 0, "ROOT" if i == 0 else "dep", entity))
    (actor,) = actors(document(*tokens, sources=[(0, len(tokens))]))
    assert (actor.name, actor.type) == ("Ana Lopez", "PERSON")
    assert (actor.role and actor.role.replace("( ", "(").replace(" )", ")")) == role


def test_joint_source_gives_each_of_its_members() -> None:
    doc = document(
        ("Lisbon", "NNP", 3, "nsubj", "B-LOC"),
        ("and", "CC", 2, "cc", "O"),
        ("Oslo", "NNP", 0, "conj", "B-LOC"),
        ("agreed", "VBD", 3, "ROOT", "O"),
        sources=[(0, 3)],
    )
    assert [(a.name, a.type, a.role) for a in actors(doc)] == [("Lisbon", "GPE", None), ("Oslo", "GPE", None)]


def test_description_is_its_own_name_and_a_pronoun_is_left_unresolved() -> None:
    doc = document(
        ("The", "DT", 2, "det", "O"),
        ("Dutch", "JJ", 2, "amod", "B-NORP"),
        ("officials", "NNS", 3, "nsubj", "O"),
        ("spoke", "VBD", 3, "ROOT", "O"),
        (".", ".", 3, "punct", "O"),
        ("They", "PRP", 6, "nsubj", "O"),
        ("left", "VBD", 6, "ROOT", "O"),
        sources=[(0, 3), (5, 6)],
    )
    doc[2]._.noun_type = "person"
    (actor,) = actors(doc)
    assert actor[1:] == (1, 3, "Dutch officials", "GROUP", None, "description")


def test_some_of_a_group_are_described_by_it_and_some_alone_are_nobody() -> None:
    doc = document(
        ("Some", "DT", 4, "nsubj", "O"),
        ("of", "IN", 3, "case", "O"),
        ("the", "DT", 3, "det", "O"),
        ("voters", "NNS", 0, "nmod", "O"),
        ("spoke", "VBD", 4, "ROOT", "O"),
        ("others", "DT", 6, "nsubj", "O"),
        ("left", "VBD", 6, "ROOT", "O"),
        sources=[(0, 4), (5, 6)],
    )
    doc[3]._.noun_type = "person"
    (actor,) = actors(doc)
    assert actor[1:] == (0, 4, "Some of the voters", "GROUP", None, "description")


def test_a_name_that_owns_the_description_is_not_the_actor() -> None:
    doc = document(
        ("Ana", "NNP", 3, "nmod:poss", "B-PERSON"),
        ("Lopez", "NNP", 0, "flat", "I-PERSON"),
        ("'s", "POS", 0, "case", "O"),
        ("lawyer", "NN", 4, "nsubj", "O"),
        ("spoke", "VBD", 4, "ROOT", "O"),
        sources=[(0, 4)],
    )
    (actor,) = actors(doc)
    assert (actor.name, actor.resolved_by) == ("Ana Lopez 's lawyer", "description")


def test_a_proper_noun_that_is_no_entity_still_has_its_name() -> None:
    doc = document(
        ("Zor", "NNP", 2, "nsubj", "O"),
        ("Qib", "NNP", 0, "flat", "O"),
        ("spoke", "VBD", 2, "ROOT", "O"),
        ("Qib", "NNP", 4, "nsubj", "O"),
        ("left", "VBD", 4, "ROOT", "O"),
        sources=[(0, 2), (3, 4)],
    )
    assert [(a.name, a.type, a.resolved_by) for a in actors(doc)] == [
        ("Zor Qib", "OTHER", "name"),
        ("Zor Qib", "OTHER", "alias"),
    ]


def test_a_name_that_two_heads_lead_to_is_one_actor() -> None:
    doc = document(
        ("lead", "NN", 1, "compound", "O"),
        ("prosecutor", "NN", 5, "nsubj", "O"),
        (",", ",", 3, "punct", "O"),
        ("Ana", "NNP", 1, "conj", "B-PERSON"),
        (",", ",", 3, "punct", "O"),
        ("spoke", "VBD", 5, "ROOT", "O"),
        sources=[(0, 5)],
    )
    assert [(actor.name, actor.role) for actor in actors(doc)] == [("Ana", "lead prosecutor")]


@pytest.mark.parametrize("entity", ["O", "I-PERSON"])
def test_white_space_is_no_part_of_a_name_and_no_actor(entity: str) -> None:
    doc = document(
        ("Ana", "NNP", 3, "nsubj", "O" if entity == "O" else "B-PERSON"),
        ("\t", "NNP", 0, "flat", entity),
        ("\n", "NNP", 0, "conj", "O"),
        ("spoke", "VBD", 3, "ROOT", "O"),
        ("\t", "NNP", 5, "nsubj", "O"),
        ("left", "VBD", 5, "ROOT", "O"),
        sources=[(0, 3), (4, 5)],
    )
    assert [(actor.name, actor.start, actor.end) for actor in actors(doc)] == [("Ana", 0, 1)]


def test_mentions_are_spans_named_by_their_attribution() -> None:
    doc = document(*TITLED, sources=[(0, 4), (6, 7)])
    ActorComponent()(doc)
    spans: list[Span] = list(doc.spans["actor"])
    assert [(span.text, span.label_, span.id_) for span in spans] == [
        ("Ana Lopez", "PERSON", "a0"),
        ("Lopez", "PERSON", "a1"),
    ]


@pytest.mark.parametrize(
    ("tag", "noun_type", "expected"),
    [
        ("NN", "person", "PERSON"),
        ("NNS", "person", "GROUP"),
        ("NN", "organization", "ORG"),
        ("NN", "place", "GPE"),
        ("NN", "thing", "DOCUMENT"),
        ("NN", "group", "GROUP"),
        ("NN", None, "OTHER"),
    ],
)
def test_type_of_a_described_actor(tag: str, noun_type: str | None, expected: str) -> None:
    doc = document(("word", tag, 1, "nsubj", "O"), ("spoke", "VBD", 1, "ROOT", "O"), sources=[(0, 1)])
    doc[0]._.noun_type = noun_type
    (actor,) = actors(doc)
    assert actor.type == expected


@pytest.mark.parametrize(
    ("full", "label", "expected"),
    [
        ("Kim Jong Un", "PERSON", {"Kim", "Kim Jong", "Jong Un", "Un", "Kim Un"}),
        ("Ana Lopez Rey", "PERSON", {"Ana", "Ana Lopez", "Lopez Rey", "Rey", "Ana Rey"}),
        ("Lopez", "PERSON", set()),
        ("Ana Lopez Jr.", "PERSON", {"Ana", "Lopez", "Lopez Jr.", "Jr."}),
        ("Ana III", "PERSON", {"Ana", "III"}),
        ("Ana B. Lopez", "PERSON", {"Ana", "Ana B.", "B. Lopez", "Lopez", "Ana Lopez"}),
        ("United Kite Club", "ORG", {"United", "United Kite", "Kite Club", "Club", "UKC"}),
        ("Union of Kites", "ORG", {"Union", "Union of", "of Kites", "Kites", "UOK"}),  # UK is a country
        ("World Tea Association", "ORG", {"World", "World Tea", "Tea Association", "Association", "WTA"}),
        ("Bank of Essen", "ORG", {"Bank", "Bank of", "of Essen", "Essen", "BE", "BOE"}),
        ("U.S. Energy Office", "ORG", {"U.S.", "U.S. Energy", "Energy Office", "Office", "UEO", "EO"}),
        ("South Korea", "LOC", set()),
    ],
)
def test_shorter_forms_of_a_name(full: str, label: str, expected: set[str]) -> None:
    assert {" ".join(words) for words in short_forms(tuple(full.split()), label)} == expected


def test_an_acronym_stands_for_its_expansion_whatever_it_was_taken_for() -> None:
    doc = document(
        ("World", "NNP", 2, "compound", "B-ORG"),
        ("Tea", "NNP", 2, "compound", "I-ORG"),
        ("Association", "NNP", 3, "nsubj", "I-ORG"),
        ("spoke", "VBD", 3, "ROOT", "O"),
        ("W.T.A.", "NNP", 5, "nsubj", "B-PERSON"),
        ("left", "VBD", 5, "ROOT", "O"),
        sources=[(4, 5)],
    )
    (actor,) = actors(doc)
    assert (actor.name, actor.type, actor.resolved_by) == ("World Tea Association", "ORG", "alias")


@pytest.mark.parametrize(("short", "joined"), [("UNICEF", True), ("UK", False), ("CF", True), ("F", False)])
def test_an_abbreviation_in_brackets_is_the_name_before_it(short: str, joined: bool) -> None:
    doc = document(
        ("United", "NNP", 3, "compound", "B-ORG"),
        ("Nations", "NNP", 3, "compound", "I-ORG"),
        ("Children", "NNP", 3, "compound", "I-ORG"),
        ("Fund", "NNP", 7, "nsubj", "I-ORG"),
        ("(", "-LRB-", 5, "punct", "O"),
        (short, "NNP", 3, "appos", "B-LOC"),
        (")", "-RRB-", 5, "punct", "O"),
        ("spoke", "VBD", 7, "ROOT", "O"),
        (short, "NNP", 9, "nsubj", "B-LOC"),
        ("left", "VBD", 9, "ROOT", "O"),
        sources=[(8, 9)],
    )
    (actor,) = actors(doc)
    assert (actor.name == "United Nations Children Fund") == joined
    assert actor.resolved_by == ("alias" if joined else "name")


@pytest.mark.parametrize(
    ("short", "full", "expected"),
    [
        ("SEC", "U.S. Securities and Exchange Commission", True),
        ("DoJ", "Department of Justice", True),
        ("UNESCO", "United Nations Educational, Scientific and Cultural Organization", True),
        ("UK", "Labour Party", False),
        ("RTY", "Labour Party", False),  # begins inside of a word
        ("YP", "Labour Party", False),
        ("L", "Labour Party", False),
        ("", "Labour Party", False),
    ],
)
def test_what_abbreviates_a_name(short: str, full: str, expected: bool) -> None:
    assert abbreviates(short, full) is expected


def test_of_two_people_of_one_name_the_first_is_called_by_it_alone() -> None:
    people: list[Token] = []
    for first in ("Ana", "Rui"):
        at = len(people)
        people += [
            (first, "NNP", at + 2, "nsubj", "B-PERSON"),
            ("Lopez", "NNP", at, "flat", "I-PERSON"),
            ("spoke", "VBD", at + 2, "ROOT", "O"),
            ("Lopez", "NNP", at + 4, "nsubj", "B-PERSON"),
            ("left", "VBD", at + 4, "ROOT", "O"),
        ]
    assert [a.name for a in actors(document(*people, sources=[(3, 4), (8, 9)]))] == ["Ana Lopez", "Ana Lopez"]


PRONOUNS: list[Token] = [
    ("Judge", "NNP", 1, "nmod:desc", "O"),
    ("Ana", "NNP", 3, "nsubj", "B-PERSON"),
    ("Lopez", "NNP", 1, "flat", "I-PERSON"),
    ("left", "VBD", 3, "ROOT", "O"),
    (".", ".", 3, "punct", "O"),
    ("She", "PRP", 6, "nsubj", "O"),
    ("spoke", "VBD", 6, "ROOT", "O"),
    (".", ".", 6, "punct", "O"),
    ("The", "DT", 9, "det", "O"),
    ("judge", "NN", 10, "nsubj", "O"),
    ("wept", "VBD", 10, "ROOT", "O"),
    (".", ".", 10, "punct", "O"),
]


def test_a_pronoun_is_whom_it_refers_to_and_nobody_where_that_is_not_known() -> None:
    doc = document(*PRONOUNS, sources=[(5, 6)])
    assert actors(doc) == []
    doc._.antecedents = {5: 1}
    (found,) = actors(doc)
    assert (found.start, found.end) == (5, 6)
    assert found[3:] == ("Ana Lopez", "PERSON", "Judge", "pronoun")


@pytest.mark.parametrize(("pronoun", "expected"), [("They", ["Lisbon", "Oslo"]), ("It", ["Lisbon"])])
def test_they_are_all_who_are_named_together(pronoun: str, expected: list[str]) -> None:
    doc = document(
        ("Lisbon", "NNP", 3, "nsubj", "B-LOC"),
        ("and", "CC", 2, "cc", "O"),
        ("Oslo", "NNP", 0, "conj", "B-LOC"),
        ("met", "VBD", 3, "ROOT", "O"),
        (pronoun, "PRP", 5, "nsubj", "O"),
        ("agreed", "VBD", 5, "ROOT", "O"),
        sources=[(4, 5)],
    )
    doc._.antecedents = {4: 0}
    assert [(a.name, a.type, a.resolved_by) for a in actors(doc)] == [(name, "GPE", "pronoun") for name in expected]


def test_a_description_is_whom_it_refers_to_by_way_of_others() -> None:
    doc = document(*PRONOUNS, sources=[(8, 10), (5, 6)])
    doc._.antecedents = {9: 5, 5: 1}
    description, pronoun = sorted(actors(doc), key=lambda actor: -actor.start)
    assert doc[description.start : description.end].text == "judge"
    assert description[3:] == ("Ana Lopez", "PERSON", "Judge", "description")
    assert pronoun.name == "Ana Lopez"


def test_a_pronoun_for_a_description_has_the_description_as_its_name() -> None:
    doc = document(
        ("The", "DT", 1, "det", "O"),
        ("judge", "NN", 2, "nsubj", "O"),
        ("wept", "VBD", 2, "ROOT", "O"),
        (".", ".", 2, "punct", "O"),
        ("She", "PRP", 5, "nsubj", "O"),
        ("spoke", "VBD", 5, "ROOT", "O"),
        sources=[(4, 5)],
    )
    doc[1]._.noun_type = "person"
    doc._.antecedents = {4: 1}
    (found,) = actors(doc)
    assert found[3:] == ("judge", "PERSON", None, "pronoun")


def test_i_in_a_quotation_is_its_speaker_and_elsewhere_nobody() -> None:
    words = ["“", "I", "think", "it", "rains", ",", "”", "Ana", "Lopez", "said", ".", "I", "doubt", "it", "."]
    tags = ["``", "PRP", "VBP", "PRP", "VBZ", ",", "''", "NNP", "NNP", "VBD", ".", "PRP", "VBP", "PRP", "."]
    heads = [2, 2, 9, 4, 2, 9, 9, 9, 7, 9, 9, 12, 12, 12, 12]
    deps = ["punct", "nsubj", "ccomp", "nsubj", "ccomp", "punct", "punct", "nsubj", "flat", "ROOT", "punct"]
    ents = ["O"] * 7 + ["B-PERSON", "I-PERSON"] + ["O"] * 6
    spaces = [False, True, True, True, False, False, True, True, True, False, True, True, True, False, False]
    doc = Doc(
        VOCAB, words, spaces, tags=tags, heads=heads, deps=[*deps, "nsubj", "ROOT", "obj", "punct"], ents=ents,
        lemmas=[word.lower() for word in words],
    )  # fmt: skip

    def place(first: int, last: int) -> list[list[int]]:
        return [[doc[first].idx, doc[last].idx + len(doc[last])]]

    set_attributions(
        doc,
        [
            {"source": place(7, 8), "cue": place(9, 9), "content": place(0, 6)},
            {"source": place(1, 1), "cue": place(2, 2), "content": place(3, 4)},
            {"source": place(11, 11), "cue": place(12, 12), "content": place(13, 13)},
        ],
    )
    assert [(doc[a.start].text, a.name, a.resolved_by) for a in actors(doc)] == [
        ("Ana", "Ana Lopez", "name"),
        ("I", "Ana Lopez", "pronoun"),
    ]


def test_a_relative_pronoun_is_what_its_clause_belongs_to() -> None:
    doc = document(
        ("Ana", "NNP", 5, "nsubj", "B-PERSON"),
        ("Lopez", "NNP", 0, "flat", "I-PERSON"),
        (",", ",", 4, "punct", "O"),
        ("who", "WP", 4, "nsubj", "O"),
        ("objected", "VBD", 0, "acl:relcl", "O"),
        ("left", "VBD", 5, "ROOT", "O"),
        sources=[(3, 4)],
    )
    (found,) = actors(doc)
    assert (found.name, found.resolved_by) == ("Ana Lopez", "pronoun")


def test_a_relative_pronoun_is_whom_the_description_that_it_belongs_to_stands_for() -> None:
    doc = document(
        ("Ana", "NNP", 1, "nsubj", "B-PERSON"),
        ("spoke", "VBD", 1, "ROOT", "O"),
        ("The", "DT", 3, "det", "O"),
        ("judge", "NN", 6, "nsubj", "O"),
        ("who", "WP", 5, "nsubj", "O"),
        ("objected", "VBD", 3, "acl:relcl", "O"),
        ("left", "VBD", 6, "ROOT", "O"),
        sources=[(4, 5)],
    )
    doc._.antecedents = {3: 0}
    (found,) = actors(doc)
    assert (found.name, found.resolved_by) == ("Ana", "pronoun")


def test_a_question_word_is_nobody() -> None:
    doc = document(("Who", "WP", 1, "nsubj", "O"), ("objected", "VBD", 1, "ROOT", "O"), sources=[(0, 1)])
    assert actors(doc) == []


def test_a_name_begins_where_the_parser_has_it_begin() -> None:
    doc = document(
        ("Cha", "NNP", 3, "nsubj", "O"),
        ("Du", "NNP", 0, "flat", "B-PERSON"),
        ("Hyeogn", "NNP", 0, "flat", "I-PERSON"),
        ("left", "VBD", 3, "ROOT", "O"),
        sources=[(0, 3)],
    )
    (found,) = actors(doc)
    assert found[1:5] == (0, 3, "Cha Du Hyeogn", "PERSON")
    assert [ent.text for ent in doc.ents] == ["Cha Du Hyeogn"]


def test_a_name_begins_with_its_first_part_however_far_back() -> None:
    doc = document(
        ("Kim", "NNP", 3, "nsubj", "O"),
        ("Jong", "NNP", 0, "flat", "O"),
        ("Un", "NNP", 0, "flat", "B-PERSON"),
        ("left", "VBD", 3, "ROOT", "O"),
        sources=[(0, 3)],
    )
    (actor,) = actors(doc)
    assert (actor.name, actor.start) == ("Kim Jong Un", 0)


def test_an_organization_of_an_article_alone_is_no_crash() -> None:
    doc = document(("The", "DT", 1, "det", "B-ORG"), ("spoke", "VBD", 1, "ROOT", "O"), sources=[(0, 1)])
    assert [actor.name for actor in actors(doc)] == ["The"]


def test_a_source_that_is_no_entity_has_one_name() -> None:
    doc = document(
        ("Goldman", "NNP", 1, "compound", "O"),
        ("Sachs", "NNP", 2, "nsubj", "O"),
        ("spoke", "VBD", 2, "ROOT", "O"),
        sources=[(0, 2)],
    )
    assert [(actor.name, actor.resolved_by) for actor in actors(doc)] == [("Goldman Sachs", "name")]
    assert list(doc._.names) == [(0, 2)]


@pytest.mark.parametrize(("antecedents", "names"), [({}, []), ({2: 0}, ["Ana"])])
def test_a_relative_pronoun_of_a_pronoun_is_whom_that_stands_for(antecedents: dict[int, int], names: list[str]) -> None:
    doc = document(
        ("Ana", "NNP", 1, "nsubj", "B-PERSON"),
        ("spoke", "VBD", 1, "ROOT", "O"),
        ("he", "PRP", 2, "ROOT", "O"),
        ("who", "WP", 4, "nsubj", "O"),
        ("objected", "VBD", 2, "acl:relcl", "O"),
        sources=[(3, 4)],
    )
    doc._.antecedents = antecedents
    assert [actor.name for actor in actors(doc)] == names


def test_two_halves_of_a_name_are_one() -> None:
    doc = document(
        ("Cha", "NNP", 3, "nsubj", "B-PERSON"),
        ("Du", "NNP", 3, "nsubj", "B-PERSON"),
        ("Hyeogn", "NNP", 0, "flat", "I-PERSON"),
        ("left", "VBD", 3, "ROOT", "O"),
        sources=[(0, 3)],
    )
    actors(doc)
    assert [(ent.text, ent.label_) for ent in doc.ents] == [("Cha Du Hyeogn", "PERSON")]


def test_a_body_in_apposition_is_the_name_of_what_is_described() -> None:
    doc = document(
        ("The", "DT", 1, "det", "O"),
        ("union", "NN", 5, "nsubj", "O"),
        (",", ",", 3, "punct", "O"),
        ("Metall", "NNP", 1, "appos", "B-ORG"),
        (",", ",", 3, "punct", "O"),
        ("agreed", "VBD", 5, "ROOT", "O"),
        sources=[(0, 5)],
    )
    (actor,) = actors(doc)
    assert (actor.name, actor.type, actor.resolved_by) == ("Metall", "ORG", "name")


def test_an_apposition_after_two_names_is_of_the_last() -> None:
    doc = document(
        ("Cho", "NNP", 6, "nsubj", "B-PERSON"),
        ("and", "CC", 2, "cc", "O"),
        ("Kim", "NNP", 0, "conj", "B-PERSON"),
        (",", ",", 5, "punct", "O"),
        ("a", "DT", 5, "det", "O"),
        ("lawmaker", "NN", 0, "appos", "O"),
        ("agreed", "VBD", 6, "ROOT", "O"),
        sources=[(0, 3)],
    )
    assert [(a.name, a.role) for a in actors(doc)] == [("Cho", None), ("Kim", "lawmaker")]


def hyphenated(*words: tuple[str, str, str]) -> Doc:
    """A document of (word, tag, entity) in which nothing but the last word has a space before it."""
    spaces = [i == len(words) - 2 for i in range(len(words))]
    texts, tags, ents = zip(*words, strict=True)
    return Doc(VOCAB, list(texts), spaces, tags=list(tags), ents=list(ents))


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([("Ki", "NNP", "B-PERSON"), ("-", "HYPH", "O"), ("moon", "NNP", "O")], "Ki-moon"),
        ([("Ki", "NNP", "B-PERSON"), ("-", "HYPH", "I-PERSON"), ("moon", "NNP", "O")], "Ki-moon"),
        ([("Kim", "NNP", "B-PERSON"), ("-", "HYPH", "O"), ("era", "NN", "O")], "Kim"),
        ([("Kim", "NNP", "B-PERSON"), ("-", "HYPH", "O"), ("Xi", "NNP", "B-PERSON")], "Kim"),
        ([("Oslo", "NNP", "B-LOC"), ("-", "HYPH", "O"), ("Moss", "NNP", "O")], "Oslo"),
    ],
)
def test_a_persons_name_does_not_end_inside_a_word(words: list[tuple[str, str, str]], expected: str) -> None:
    doc = hyphenated(*words, ("left", "VBD", "O"))
    make_names_whole(doc)
    assert doc.ents[0].text == expected


@pytest.mark.parametrize(("relation", "expected"), [("flat", 'Ana "Bo" Lopez'), ("nsubj", '"Bo" Lopez')])
def test_a_persons_name_does_not_begin_inside_of_a_nicknames_marks(relation: str, expected: str) -> None:
    doc = Doc(
        VOCAB,
        ["Ana", '"', "Bo", '"', "Lopez", "left"],
        heads=[5, 2, 0, 2, 0 if relation == "flat" else 5, 5],
        deps=["nsubj", "punct", relation, "punct", relation, "ROOT"],
        tags=["NNP", "``", "NNP", "''", "NNP", "VBD"],
        ents=["O", "O", "B-PERSON", "I-PERSON", "I-PERSON", "O"],
        spaces=[True, False, False, True, True, False],
    )
    make_names_whole(doc)
    assert [ent.text for ent in doc.ents] == [expected]


@pytest.mark.parametrize(
    "before",
    [
        [
            ("chair", "NN", 3, "nsubj", "O"),
            ("Bev", "NNP", 0, "flat", "B-PERSON"),
            ("Poe", "NNP", 1, "flat", "I-PERSON"),
        ],
        [
            ("envoy", "NN", 6, "nsubj", "O"),
            (",", ",", 2, "punct", "O"),
            ("diplomat", "NN", 0, "appos", "O"),
            (",", ",", 4, "punct", "O"),
            ("Bev", "NNP", 2, "appos", "B-PERSON"),
            ("Poe", "NNP", 4, "flat", "I-PERSON"),
        ],
    ],
)
def test_what_a_name_hangs_on_stands_for_the_name(before: list[Token]) -> None:
    verb, n = ("left", "VBD", len(before), "ROOT", "O"), len(before) + 1
    doc = document(
        *before, verb, ("She", "PRP", n + 1, "nsubj", "O"), ("spoke", "VBD", n + 1, "ROOT", "O"), sources=[(n, n + 1)]
    )
    doc._.antecedents = {n: 0}
    assert [(actor.name, actor.resolved_by) for actor in actors(doc)] == [("Bev Poe", "pronoun")]


def test_an_authors_name_ends_with_the_byline() -> None:
    words = ["Head", "\n", "By", "Ana", "Lopez", "\n", "Columnist", "\n", "It", "rained"]
    doc = Doc(VOCAB, words, spaces=[word[0].isalpha() and word in ("By", "Ana", "It") for word in words])
    doc.set_ents([Span(doc, 3, 7, label="PERSON")])
    make_names_whole(doc)
    assert [ent.text for ent in doc.ents] == ["Ana Lopez"]


@pytest.mark.parametrize(
    ("word", "tag", "starts"), [(",", ",", False), ("The", "DT", False), ("\n\n", "_SP", False), ("South", "NNP", True)]
)
def test_what_stands_before_a_people_is_no_part_of_its_name(word: str, tag: str, starts: bool) -> None:
    people = "Koreans" if starts else "Russians"
    doc = Doc(VOCAB, [word, people], tags=[tag, "NNPS"], ents=["O", "B-NORP"], sent_starts=[True, starts])
    make_names_whole(doc)
    assert [ent.text for ent in doc.ents] == [people]


@pytest.mark.parametrize("first", ["O", "B-LOC"])
def test_a_people_begins_where_its_countrys_name_does(first: str) -> None:
    ents = [first, "B-NORP", "O", "B-NORP"]
    doc = Doc(VOCAB, ["South", "Koreans", "meet", "Dutch"], ents=ents)
    make_names_whole(doc)
    assert [(ent.text, ent.label_) for ent in doc.ents] == [("South Koreans", "NORP"), ("Dutch", "NORP")]


def test_inner_words_of_a_persons_name_may_be_its_shorter_form() -> None:
    assert inner_forms(("Ana", "Lopez", "Silva", "Costa"), "PERSON") == {("Lopez",), ("Silva",), ("Lopez", "Silva")}
    assert inner_forms(("World", "Tea", "Association"), "ORG") == set()


def named(*names: str, label: str = "PERSON", dep: str = "flat") -> list[str]:
    """The actors of a document in which each of the names is a source of its own."""
    tokens: list[Token] = []
    sources = []
    for name in names:
        words, first = name.split(), len(tokens)
        last = first + len(words) - 1
        head = first if dep == "flat" else last
        for i, word in enumerate(words, first):
            inside = ("nsubj", last + 1) if i == head else (dep, head)
            tag = "IN" if word == "of" else "NNP"
            tokens.append((word, tag, inside[1], inside[0], ("B-" if i == first else "I-") + label))
        tokens.append(("spoke", "VBD", last + 1, "ROOT", "O"))
        sources.append((first, last + 1))
    return [actor.name for actor in actors(document(*tokens, sources=sources))]


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["Ana Lopez Jr.", "Lopez"], ["Ana Lopez Jr."] * 2),
        (["Ana Lopez Jr.", "Ana Lopez", "Lopez"], ["Ana Lopez Jr.", "Ana Lopez", "Ana Lopez Jr."]),
        (["Ana B. Lopez", "Ana Lopez"], ["Ana B. Lopez"] * 2),
        (["J. D. Lopez", "JD Lopez", "J.D. Lopez"], ["J. D. Lopez"] * 3),
        (["Ana Lopez Silva", "Lopez"], ["Ana Lopez Silva"] * 2),
        (["Rui Lopez", "Ana Lopez Silva", "Lopez"], ["Rui Lopez", "Ana Lopez Silva", "Rui Lopez"]),
        (["Lech Wałęsa", "Walesa"], ["Lech Wałęsa"] * 2),
        (["Orbán Viktor", "Viktor Orbán", "Viktor Orbán"], ["Viktor Orbán"] * 3),
        (["ANA LOPEZ", "Ana Lopez"], ["Ana Lopez"] * 2),
    ],
)
def test_spellings_and_shorter_forms_of_one_person_are_one_name(names: list[str], expected: list[str]) -> None:
    assert named(*names) == expected


@pytest.mark.parametrize(
    ("full", "dep", "short", "same"),
    [
        ("Asan Institute of Arts", "compound", "Asan Institute", True),
        ("Federal Reserve Bank of Essen", "compound", "Federal Reserve", False),
        ("Liberal Democratic Party", "amod", "Democratic Party", False),
        ("Russian Defence Ministry", "amod", "Defence Ministry", True),
        ("Brookings Tax Center", "compound", "Tax Center", True),
        ("Samsung Electronics", "compound", "Samsung", True),
        ("UN Security Council", "compound", "UN", False),
        ("UN Security Council", "compound", "Council", True),
        ("United Kitemakers", "compound", "UK", False),
        ("Wal-Mart Stores", "compound", "Wal Mart", True),
    ],
)
def test_a_part_of_an_organizations_name_may_be_another_body(full: str, dep: str, short: str, same: bool) -> None:
    assert named(full, short, label="ORG", dep=dep) == [full, full if same else short]


@pytest.mark.parametrize(("text", "expected"), [("-Ana Lopez's", "Ana Lopez"), ("The Hague .", "Hague"), ("@", "@")])
def test_marks_are_no_part_of_a_name(text: str, expected: str) -> None:
    doc = spacy.blank("en")(text.replace("-", "- "))
    for token in doc:
        token.tag_ = {"'s": "POS", "The": "DT"}.get(token.text, "NNP")
    assert name_text(doc[:]) == expected


@pytest.mark.parametrize(
    ("before", "tag", "relation", "label", "after", "expected"),
    [
        ("J.D.", "NNP", "dep", "O", "left", "J.D. Rui"),
        ("U.S.", "NNP", "dep", "O", "left", "Rui"),
        ("deputy", "NN", "flat", "O", "left", "Rui"),
        ("Rep.", "NNP", "flat", "B-LOC", "left", "Rui"),
        ("Then", "RB", "dep", "O", "Jr.", "Rui Jr."),
        ("Then", "RB", "dep", "O", "III", "Rui III"),
    ],
)
def test_initials_and_generations_are_part_of_a_persons_name_and_titles_are_not(
    before: str, tag: str, relation: str, label: str, after: str, expected: str
) -> None:
    doc = document(
        (before, tag, 0, "ROOT", label),
        ("Rui", "NNP", 0, relation, "B-PERSON"),
        (after, "NNP", 0, "dep", "O"),
        sources=[],
    )
    make_names_whole(doc)
    assert [ent.text for ent in doc.ents if ent.label_ == "PERSON"] == [expected]


def test_a_name_that_ends_in_a_preposition_goes_on() -> None:
    doc = Doc(VOCAB, ["Bank", "of", "Japan"], tags=["NNP", "IN", "NNP"], ents=["B-ORG", "I-ORG", "B-LOC"])
    make_names_whole(doc)
    assert [(ent.text, ent.label_) for ent in doc.ents] == [("Bank of Japan", "ORG")]


@pytest.mark.parametrize(
    ("words", "heads", "deps", "tags", "negated"),
    [
        ("No minister spoke", [1, 2, 2], ["det", "nsubj", "ROOT"], ["DT", "NN", "VBD"], True),
        ("Nobody spoke", [1, 1], ["nsubj", "ROOT"], ["NN", "VBD"], True),
        ("Neither Rui spoke", [1, 2, 2], ["cc:preconj", "nsubj", "ROOT"], ["CC", "NNP", "VBD"], True),
        ("Not one spoke", [1, 2, 2], ["advmod", "nsubj", "ROOT"], ["RB", "CD", "VBD"], True),
        ("Not even Rui spoke", [2, 2, 3, 3], ["advmod", "advmod", "nsubj", "ROOT"], ["RB", "RB", "NNP", "VBD"], False),
        (
            "No fewer ministers spoke",
            [1, 2, 3, 3],
            ["advmod", "amod", "nsubj", "ROOT"],
            ["DT", "JJR", "NNS", "VBD"],
            False,
        ),
        ("Every minister spoke", [1, 2, 2], ["det", "nsubj", "ROOT"], ["DT", "NN", "VBD"], False),
    ],
)
def test_a_source_that_is_nobody_has_no_actor(
    words: str, heads: list[int], deps: list[str], tags: list[str], negated: bool
) -> None:
    tokens = zip(words.split(), tags, heads, deps, ["O"] * len(tags), strict=True)
    doc = document(*tokens, sources=[(0, len(tags) - 1)])
    assert is_negated_source(doc[: len(tags) - 1]) is negated
    assert bool(actors(doc)) is not negated


OFFICE: list[Token] = [
    ("The", "DT", 1, "det", "O"),
    ("President", "NNP", 7, "nsubj", "O"),
    ("of", "IN", 3, "case", "O"),
    ("Ghana", "NNP", 1, "nmod", "B-LOC"),
    (",", ",", 5, "punct", "O"),
    ("Ana", "NNP", 1, "appos", "B-PERSON"),
    (",", ",", 5, "punct", "O"),
    ("spoke", "VBD", 7, "ROOT", "O"),
]


def test_an_office_that_a_name_explains_is_no_name() -> None:
    doc = document(*OFFICE, sources=[(0, 7)])
    assert [(a.name, a.type, a.role) for a in actors(doc)] == [("Ana", "PERSON", "President of Ghana")]
    assert [doc[start:end].text for start, end in doc._.names] == ["Ghana", "Ana"]


@pytest.mark.parametrize(("word", "relation"), [("Secretary", "nmod:desc"), ("Chief", "compound")])
def test_a_title_goes_on_before_of(word: str, relation: str) -> None:
    doc = document(
        ("U.S.", "NNP", 1, "compound", "B-LOC"),
        (word, "NNP", 4, relation, "O"),
        ("of", "IN", 3, "case", "O"),
        ("State", "NNP", 1, "nmod", "O"),
        ("Ana", "NNP", 5, "nsubj", "B-PERSON"),
        ("spoke", "VBD", 5, "ROOT", "O"),
        sources=[(0, 5)],
    )
    assert [(a.name, a.role) for a in actors(doc)] == [("Ana", f"U.S. {word} of State")]


def test_who_speaks_for_somebody_has_not_that_title() -> None:
    doc = document(
        ("A", "DT", 1, "det", "O"),
        ("spokesman", "NN", 5, "nsubj", "O"),
        ("for", "IN", 4, "case", "O"),
        ("President", "NNP", 4, "nmod:desc", "O"),
        ("Ana", "NNP", 1, "nmod", "B-PERSON"),
        ("spoke", "VBD", 5, "ROOT", "O"),
        ("Ana", "NNP", 7, "nsubj", "B-PERSON"),
        ("left", "VBD", 7, "ROOT", "O"),
        sources=[(0, 5), (6, 7)],
    )
    assert [(a.name, a.role) for a in actors(doc)] == [("spokesman for President Ana", None), ("Ana", "President")]


def test_a_title_with_a_hyphen_is_whole_whatever_its_tag() -> None:
    words, tags = ["Vice", "-", "President", "Ana", "spoke"], ["NNP", ":", "NNP", "NNP", "VBD"]
    doc = Doc(
        VOCAB, words, [False, False, True, True, False], tags=tags, heads=[2, 0, 3, 4, 4],
        deps=["compound", "punct", "nmod:desc", "nsubj", "ROOT"], ents=["O", "O", "O", "B-PERSON", "O"],
    )  # fmt: skip
    set_attributions(doc, [{"source": [[0, doc[3].idx + 3]], "content": []}])
    assert [(a.name, a.role) for a in actors(doc)] == [("Ana", "Vice-President")]


def test_a_title_before_the_source_is_the_role_where_the_parse_agrees() -> None:
    doc = document(*TITLED, sources=[(2, 4)])
    assert [(a.name, a.role) for a in actors(doc)] == [("Ana Lopez", "Finance Minister")]


@pytest.mark.parametrize("relation", ["conj", "flat"])
def test_a_title_in_the_plural_is_that_of_each(relation: str) -> None:
    doc = document(
        ("Foreign", "JJ", 1, "amod", "O"),
        ("ministers", "NNS", 2, "nmod:desc", "O"),
        ("Ana", "NNP", 7, "nsubj", "B-PERSON"),
        (",", ",", 4, "punct", "O"),
        ("Rui", "NNP", 2, "conj", "B-PERSON"),
        ("and", "CC", 6, "cc", "O"),
        ("Eva", "NNP", 2, relation, "B-PERSON"),
        ("spoke", "VBD", 7, "ROOT", "O"),
        sources=[(0, 7)],
    )
    found = [(a.name, a.role) for a in actors(doc)]
    assert found[:2] == [("Ana", "Foreign minister"), ("Rui", "Foreign minister")]
    assert [name for name, _ in found] == ["Ana", "Rui", "Eva"]


def test_what_a_preposition_or_an_owner_has_is_no_member() -> None:
    doc = document(
        ("Ana", "NNP", 8, "nsubj", "B-PERSON"),
        ("and", "CC", 2, "cc", "O"),
        ("Rui", "NNP", 0, "conj", "B-PERSON"),
        ("of", "IN", 4, "case", "O"),
        ("Oslo", "NNP", 0, "conj", "B-LOC"),
        ("Eva", "NNP", 0, "conj", "B-PERSON"),
        ("'s", "POS", 5, "case", "O"),
        ("aide", "NN", 0, "appos", "O"),
        ("spoke", "VBD", 8, "ROOT", "O"),
        sources=[(0, 8)],
    )
    assert [a.name for a in actors(doc)] == ["Ana", "Rui"]


def test_who_owns_the_speaker_is_not_the_speaker_where_the_parse_takes_both_for_it() -> None:
    doc = document(
        ("Kim", "NNP", 4, "nsubj", "B-PERSON"),
        ("Un", "NNP", 0, "flat", "I-PERSON"),
        ("'s", "POS", 0, "case", "O"),
        ("sister", "NN", 4, "nsubj", "O"),
        ("spoke", "VBD", 4, "ROOT", "O"),
        sources=[(0, 4)],
    )
    assert [(a.name, a.resolved_by) for a in actors(doc)] == [("Kim Un 's sister", "description")]


@pytest.mark.parametrize(("verb", "name"), [("named", "Ana"), ("called", "Ana"), ("hired", "baker hired Ana")])
def test_who_is_named_after_the_description_is_the_actor(verb: str, name: str) -> None:
    doc = document(
        ("A", "DT", 1, "det", "O"),
        ("baker", "NN", 4, "nsubj", "O"),
        (verb, "VBN", 1, "acl", "O"),
        ("Ana", "NNP", 2, "xcomp", "B-PERSON"),
        ("spoke", "VBD", 4, "ROOT", "O"),
        sources=[(0, 4)],
    )
    (actor,) = actors(doc)
    assert (actor.name, actor.role) == (name, "baker" if name == "Ana" else None)


def test_neither_a_headline_nor_a_pair_of_names_is_a_fuller_form() -> None:
    text = "Ana Lopez Endorsement The Lopez - Reyes race tightened Ana Lopez spoke Lopez left"
    words = text.split()
    spaces = [word != "-" and words[i + 1 : i + 2] != ["-"] for i, word in enumerate(words)]
    heads = [2, 2, 2, 7, 7, 7, 7, 8, 8, 11, 9, 11, 13, 13]
    deps = ["compound", "compound", "ROOT", "det", "compound", "punct", "compound", "nsubj", "ROOT", "nsubj", "flat"]
    deps += ["ROOT", "nsubj", "ROOT"]
    tags = ["NNP", "NNP", "NNP", "DT", "NNP", "HYPH", "NNP", "NN", "VBD", "NNP", "NNP", "VBD", "NNP", "VBD"]
    doc = Doc(VOCAB, words, spaces, tags=tags, heads=heads, deps=deps)
    doc.ents = [Span(doc, start, end, "PERSON") for start, end in ((0, 3), (4, 7), (9, 11), (12, 13))]
    set_attributions(doc, [{"source": [[doc[a].idx, doc[b].idx + 5]], "content": []} for a, b in ((9, 10), (12, 12))])
    assert [(actor.start, actor.name) for actor in actors(doc)] == [(9, "Ana Lopez"), (12, "Ana Lopez")]


BESIDE: list[Token] = [
    ("Ana", "NNP", 9, "nsubj", "B-PERSON"),
    ("Lopez", "NNP", 0, "flat", "I-PERSON"),
    (",", ",", 4, "punct", "O"),
    ("a", "DT", 4, "det", "O"),
    ("lawyer", "NN", 0, "appos", "O"),
    ("who", "WP", 6, "nsubj", "O"),
    ("doubts", "VBZ", 4, "acl:relcl", "O"),
    ("it", "PRP", 6, "obj", "O"),
    (",", ",", 4, "punct", "O"),
    ("spoke", "VBD", 9, "ROOT", "O"),
]


def test_a_noun_in_apposition_to_a_name_is_whom_that_names() -> None:
    (actor,) = actors(document(*BESIDE, sources=[(5, 6)]))
    assert actor[3:] == ("Ana Lopez", "PERSON", "lawyer", "pronoun")


@pytest.mark.parametrize(
    ("pronoun", "head", "kind", "expected"),
    [
        ("who", "hour", "thing", "Ana Lopez"),  # the parse has a thing speak
        ("who", "friend", "person", "friend of Ana Lopez"),
        ("which", "union", "organization", "union of Ana Lopez"),
        ("which", "friend", "person", None),
    ],
)
@pytest.mark.parametrize("between", [",", "\u2014"])
def test_a_relative_pronoun_is_what_it_can_be(
    pronoun: str, head: str, kind: str, expected: str | None, between: str
) -> None:
    doc = document(
        ("The", "DT", 1, "det", "O"),
        (head, "NN", 8, "nsubj", "O"),
        ("of", "IN", 3, "case", "O"),
        ("Ana", "NNP", 1, "nmod", "B-PERSON"),
        ("Lopez", "NNP", 3, "flat", "I-PERSON"),
        (between, ",", 7, "punct", "O"),
        (pronoun, "WP" if pronoun == "who" else "WDT", 7, "nsubj", "O"),
        ("objects", "VBZ", 1, "acl:relcl", "O"),
        ("passed", "VBD", 8, "ROOT", "O"),
        sources=[(6, 7)],
    )
    doc[1]._.noun_type = kind
    assert [actor.name for actor in actors(doc)] == ([expected] if expected else [])


@pytest.mark.parametrize(
    ("tag", "kind", "expected"),
    [("NNPS", "person", "GROUP"), ("NN", "organization", "ORG"), ("NNP", "person", "OTHER")],
)
def test_a_name_that_is_no_entity_has_the_type_of_its_noun_unless_that_is_a_name(
    tag: str, kind: str, expected: str
) -> None:
    doc = document(
        ("Fenlanders", tag, 2, "nsubj", "O"),
        ("Rea", "NNP", 0, "flat", "O"),
        ("spoke", "VBD", 2, "ROOT", "O"),
        sources=[(0, 2)],
    )
    doc[0]._.noun_type = kind
    assert [actor.type for actor in actors(doc)] == [expected]


def test_a_name_that_is_an_entity_elsewhere_has_its_type() -> None:
    doc = document(
        ("Fenlanders", "NNPS", 1, "nsubj", "O"),
        ("sang", "VBD", 1, "ROOT", "O"),
        ("Fenlanders", "NNPS", 3, "nsubj", "B-NORP"),
        ("sang", "VBD", 3, "ROOT", "O"),
        sources=[(0, 1), (2, 3)],
    )
    assert [(actor.name, actor.type) for actor in actors(doc)] == [("Fenlanders", "NORP")] * 2


@pytest.mark.parametrize(
    ("kind", "expected"), [("person", "town clerk"), ("thing", None), ("organization", None), (None, "town clerk")]
)
def test_only_what_a_person_can_be_is_a_role(kind: str | None, expected: str | None) -> None:
    doc = document(
        ("Ana", "NNP", 7, "nsubj", "B-PERSON"),
        ("Lopez", "NNP", 0, "flat", "I-PERSON"),
        (",", ",", 5, "punct", "O"),
        ("the", "DT", 5, "det", "O"),
        ("town", "NN", 5, "compound", "O"),
        ("clerk", "NN", 0, "appos", "O"),
        (",", ",", 5, "punct", "O"),
        ("spoke", "VBD", 7, "ROOT", "O"),
        sources=[(0, 6)],
    )
    doc[4]._.noun_type, doc[5]._.noun_type = "place", kind
    assert [actor.role for actor in actors(doc)] == [expected]


def test_a_title_that_the_parse_cuts_after_of_has_its_office() -> None:
    doc = document(
        ("Former", "JJ", 1, "amod", "O"),
        ("secretary", "NN", 6, "nsubj", "O"),
        ("of", "IN", 5, "case", "O"),
        ("State", "NNP", 4, "compound", "O"),
        ("Ana", "NNP", 1, "nmod", "B-PERSON"),
        ("Lopez", "NNP", 4, "flat", "I-PERSON"),
        ("spoke", "VBD", 6, "ROOT", "O"),
        sources=[(0, 6)],
    )
    doc[1]._.noun_type, doc[3]._.noun_type = "person", "place"
    assert [actor.role for actor in actors(doc)] == ["Former secretary of State"]


@pytest.mark.parametrize(
    ("label", "entity", "source", "names"),
    [("POE", "B-PERSON", 2, ["POE"]), ("POE", "B-LOC", 2, []), ("A", "O", 2, []), ("A", "O", 0, [])],
)
def test_i_is_whoever_the_label_of_a_turn_names(label: str, entity: str, source: int, names: list[str]) -> None:
    doc = document(
        (label, "NNP", 3, "dep", entity),
        (":", ":", 3, "punct", "O"),
        ("I", "PRP", 3, "nsubj", "O"),
        ("left", "VBD", 3, "ROOT", "O"),
        sources=[(source, source + 1)],
    )
    doc[2].lemma_ = "I"
    assert [actor.name for actor in actors(doc)] == names
