import pytest
import spacy

from nlpclaims.errors import CorpusError, ModelError
from nlpclaims.evaluation.entities import EntityScorer, TaggedSentence, evaluate, read_iob2, spans_of_iob2

CORPUS = """\
# newdoc id = d
# sent_id = s1
# text = Mr. Li's visit to the  United Nations (UN).
1	Mr.	O	-	-
2	Li	B-PER	-	ann
3-4	's visit	_	-	-
3	's	O	-	-
4	visit	O	-	-
5	to	O	-	-
6	the	O	-	-
7	United	B-ORG	-	ann
8	Nations	I-ORG	-	ann
9	(	O	-	-
10	UN	B-ORG	-	ann
11	)	O	-	-
12	.	O	-	-

# text = French Oslo
1	French	B-OTH	-	-
2	Oslo	B-GPE	-	-
"""


def write(tmp_path, text):
    path = tmp_path / "corpus.iob2"
    path.write_text(text, encoding="utf-8")
    return path


def test_entities_have_characters_of_the_plain_text(tmp_path):
    first, second = read_iob2(write(tmp_path, CORPUS))
    assert first.text == "Mr. Li's visit to the  United Nations (UN)."
    assert {(first.text[s:e], label) for s, e, label in first.entities} == {
        ("Li", "PER"),
        ("United Nations", "ORG"),
        ("UN", "ORG"),
    }
    assert second == TaggedSentence("French Oslo", frozenset({(7, 11, "LOC")}))


def test_words_and_tags_alone_are_joined_by_spaces(tmp_path):
    path = write(tmp_path, "-DOCSTART- O\n\nOslo I-LOC\n, O\nNew B-LOC\nYork I-LOC\n")
    assert list(read_iob2(path)) == [TaggedSentence("Oslo , New York", frozenset({(0, 4, "LOC"), (7, 15, "LOC")}))]


@pytest.mark.parametrize(
    ("tags", "spans"),
    [
        (["B-PER", "I-PER", "O", "B-PER", "B-PER"], [(0, 2, "PER"), (3, 4, "PER"), (4, 5, "PER")]),
        (["I-LOC", "I-LOC", "I-ORG"], [(0, 2, "LOC"), (2, 3, "ORG")]),
        (["O", "O"], []),
    ],
)
def test_tags_are_joined_to_spans(tags, spans):
    assert spans_of_iob2(tags) == spans


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no sentence"),
        ("1\tOslo\tLOC\n", "line 1: expected O, B-TYPE or I-TYPE, found 'LOC'"),
        ("1\tOslo\tB-\n", "line 1: expected O, B-TYPE or I-TYPE"),
        ("Oslo\n", "line 1: expected a number, a word and a tag"),
        ("# text = Bergen is\n1\tBergen\tB-LOC\n2\tOslo\tB-LOC\n", "line 3: the word 'Oslo' is not next"),
        ("# text = Bergen is here\n1\tBergen\tB-LOC\n2\there\tO\n", "line 3: the word 'here' is not next"),
    ],
)
def test_malformed_files_are_refused(tmp_path, text, message):
    with pytest.raises(CorpusError, match=message):
        list(read_iob2(write(tmp_path, text)))


def test_characters_and_types_must_be_exact():
    scorer = EntityScorer()
    scorer.add([(0, 4, "PER"), (5, 9, "LOC")], [(0, 4, "PER"), (5, 10, "LOC"), (12, 15, "ORG")])
    scorer.add([(0, 4, "LOC")], [(0, 4, "ORG")])
    assert scorer.figures() == {
        "p": 25.0,
        "r": 33.3,
        "f": 28.6,
        "gold": 3,
        "types": {
            "PER": {"p": 100.0, "r": 100.0, "f": 100.0, "gold": 1},
            "ORG": {"p": 0.0, "r": 0.0, "f": 0.0, "gold": 0},
            "LOC": {"p": 0.0, "r": 0.0, "f": 0.0, "gold": 2},
        },
    }


def test_a_pipeline_reads_each_sentence(tmp_path):
    nlp = spacy.blank("en")
    nlp.add_pipe("entity_ruler").add_patterns(
        [
            {"label": "PERSON", "pattern": "Li"},
            {"label": "GPE", "pattern": "Oslo"},
            {"label": "NORP", "pattern": "French"},
            {"label": "ORG", "pattern": "UN"},
            {"label": "ORG", "pattern": "Nations"},
        ]
    )
    figures = evaluate(nlp, read_iob2(write(tmp_path, CORPUS)))
    assert (figures["p"], figures["r"], figures["f"], figures["gold"]) == (75.0, 75.0, 75.0, 4)
    assert figures["types"]["LOC"]["f"] == 100.0


def test_a_pipeline_must_find_entities(tmp_path):
    with pytest.raises(ModelError, match="no component 'ner'"):
        evaluate(spacy.blank("en"), read_iob2(write(tmp_path, CORPUS)))
