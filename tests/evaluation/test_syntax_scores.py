"""The figures are worked out by hand from the shared task's definitions."""

import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Doc
from spacy.vocab import Vocab

from nlpclaims.errors import CorpusError, ModelError
from nlpclaims.evaluation.syntax import (
    SyntaxScorer,
    doc_analysis,
    evaluate,
    gold_analysis,
    raw_text,
    read_documents,
)

CORPUS = """\
# newdoc id = first
# newpar
1	They	they	PRON	PRP	_	4	nsubj	_	_
2-3	can't	_	_	_	_	_	_	_	_
2	ca	can	AUX	MD	_	4	aux	_	_
3	n't	not	PART	RB	_	4	advmod	_	_
4	swim	swim	VERB	VB	_	0	root	_	SpaceAfter=No
5	.	.	PUNCT	.	_	4	punct	_	_

# newpar
1	My	my	PRON	PRP$	_	2	nmod:poss	_	_
2	dog	dog	NOUN	NN	_	3	nsubj	_	_
3	sleeps	sleep	VERB	VBZ	_	0	root	_	SpaceAfter=No
4	.	.	PUNCT	.	_	3	punct	_	_

# newdoc id = second
1	Go	go	VERB	VB	_	0	root	_	_
2	on	on	ADP	RP	_	1	compound:prt	_	_

1	Yes	yes	INTJ	UH	_	0	root	_	SpaceAfter=No
"""
WORDS = ["They", "ca", "n't", "swim", ".", "\n\n", "My", "dog", "sleeps", "."]
SPACES = [True, False, True, False, False, False, True, True, False, False]
TAGS = ["PRP", "MD", "RB", "VB", ".", "_SP", "PRP$", "NN", "VBZ", "."]
HEADS = [3, 3, 3, 3, 3, 4, 7, 8, 8, 8]
DEPS = ["nsubj", "aux", "advmod", "ROOT", "punct", "dep", "nmod", "nsubj", "ROOT", "punct"]


@pytest.fixture
def documents(tmp_path):
    path = tmp_path / "corpus.conllu"
    path.write_text(CORPUS, encoding="utf-8")
    return list(read_documents(path))


def system(words=WORDS, spaces=SPACES, tags=TAGS, heads=HEADS, deps=DEPS):
    return Doc(Vocab(), words=words, spaces=spaces, tags=tags, heads=heads, deps=deps)


def changed(values, **changes):
    """The list with other values at some places, such as ``i3=0``."""
    values = list(values)
    for place, value in changes.items():
        values[int(place[1:])] = value
    return values


def figures(document, doc):
    scorer = SyntaxScorer()
    scorer.add(gold_analysis(document), doc_analysis(doc))
    return scorer.figures()


def test_documents_and_their_raw_text(documents):
    assert [raw_text(document) for document in documents] == ["They can't swim.\n\nMy dog sleeps.", "Go on Yes"]


def test_a_document_that_grows_too_long_is_divided(tmp_path, monkeypatch):
    monkeypatch.setattr("nlpclaims.evaluation.syntax.LONGEST_DOCUMENT", 20)
    path = tmp_path / "corpus.conllu"
    path.write_text("1\tHmm\t_\t_\tUH\t_\t0\troot\t_\t_\n\n" * 20, encoding="utf-8")
    assert [len(document) for document in read_documents(path)] == [7, 7, 6]


def test_a_file_without_sentences_is_refused(tmp_path):
    path = tmp_path / "corpus.conllu"
    path.write_text("# nothing\n", encoding="utf-8")
    with pytest.raises(CorpusError, match="no sentence"):
        list(read_documents(path))


def test_a_perfect_analysis(documents):
    # "nmod" for "nmod:poss", "ROOT" for "root", and a blank line as a token do not count as errors.
    assert figures(documents[0], system()) == {"uas": 100.0, "las": 100.0, "tag": 100.0, "sents": 100.0, "words": 100.0}


def test_wrong_heads_relations_and_tags(documents):
    doc = system(
        heads=changed(HEADS, i0=1),  # They <- ca
        deps=changed(DEPS, i1="cop", i7="obj"),
        tags=changed(TAGS, i4=",", i5="NN"),
    )
    # Nine words: one head wrong, two more relations wrong, one tag wrong.
    assert figures(documents[0], doc) == {"uas": 88.9, "las": 66.7, "tag": 88.9, "sents": 100.0, "words": 100.0}


def test_sentences_run_together(documents):
    doc = system(heads=changed(HEADS, i8=3), deps=changed(DEPS, i8="parataxis"))
    assert len(list(doc.sents)) == 1
    assert figures(documents[0], doc) == {"uas": 88.9, "las": 88.9, "tag": 100.0, "sents": 0.0, "words": 100.0}


def test_a_sentence_split_in_two(documents):
    # "They" | "can't swim ." | "My dog sleeps .": one of two gold and of three system sentences is right.
    doc = system(heads=changed(HEADS, i0=0), deps=changed(DEPS, i0="ROOT"))
    assert figures(documents[0], doc) == {"uas": 88.9, "las": 88.9, "tag": 100.0, "sents": 40.0, "words": 100.0}


def test_a_multiword_token_left_whole(documents):
    words = ["They", "can't", "swim", ".", "My", "dog", "sleeps", "."]
    doc = system(
        words,
        [True] * 8,
        ["PRP", "MD", "VB", ".", "PRP$", "NN", "VBZ", "."],
        [1, 2, 2, 2, 5, 6, 6, 6],
        ["nsubj", "aux", "ROOT", "punct", "nmod", "nsubj", "ROOT", "punct"],
    )
    # Seven of nine gold and eight system words match; "They" hangs on the one that does not.
    assert figures(documents[0], doc) == {"uas": 70.6, "las": 70.6, "tag": 82.4, "sents": 100.0, "words": 82.4}


def test_the_parts_of_a_multiword_token_match_by_their_forms(documents):
    words = changed(WORDS, i1="CA", i2="n't")
    assert figures(documents[0], system(words))["words"] == 100.0
    # "can" + "'t" cover the same characters, but their forms are not the gold ones.
    words = changed(WORDS, i1="can", i2="'t")
    assert figures(documents[0], system(words))["words"] == 77.8


@pytest.mark.parametrize("parts", [["ca", "n", "'t"], ["c", "a", "n't"]])
def test_one_part_of_a_multiword_token_matches_alone(documents, parts):
    doc = system(
        ["They", *parts, *WORDS[3:5], *WORDS[6:]],
        [True] * 10,
        ["PRP", *("MD" if part == "ca" else "RB" for part in parts), *TAGS[3:5], *TAGS[6:]],
        [4, 4, 4, 4, 4, 4, 7, 8, 8, 8],
        ["nsubj", *("aux" if part == "ca" else "advmod" for part in parts), *DEPS[3:5], *DEPS[6:]],
    )
    # 8 words match, of 9 and 10.
    assert figures(documents[0], doc) == {"uas": 84.2, "las": 84.2, "tag": 84.2, "sents": 100.0, "words": 84.2}


def test_a_form_before_a_multiword_token_is_no_part_of_it(tmp_path):
    path = tmp_path / "corpus.conllu"
    rows = ["1 care _ _ X _ 0 root _ _", "2-3 CAN'T _ _ _ _ _ _ _ _", "2 CA _ _ X _ 1 x _ _", "3 N'T _ _ X _ 1 x _ _"]
    path.write_text("\n".join(row.replace(" ", "\t") for row in rows), encoding="utf-8")
    (document,) = read_documents(path)
    doc = Doc(Vocab(), ["ca", "re", "CAN'T"], heads=[0, 0, 0], deps=["ROOT", "x", "x"], tags=["X"] * 3)
    assert figures(document, doc)["words"] == 0.0
    doc = Doc(Vocab(), ["care", "ca", "N'T"], heads=[0, 0, 0], deps=["ROOT", "x", "x"], tags=["X"] * 3)
    assert figures(document, doc)["words"] == 100.0


def test_a_word_split_otherwise(documents):
    words = ["They", "ca", "n't", "swim", ".", "My", "d", "og", "sleeps", "."]
    doc = system(
        words,
        [True] * 10,
        [*TAGS[:5], "PRP$", "NN", "NN", "VBZ", "."],
        [3, 3, 3, 3, 3, 6, 8, 8, 8, 8],
        [*DEPS[:5], "nmod", "nsubj", "flat", "ROOT", "punct"],
    )
    # "dog" matches nothing, and "My" hangs on a part of it: 8 words match, 7 heads are right, of 9 and 10.
    assert figures(documents[0], doc) == {"uas": 73.7, "las": 73.7, "tag": 84.2, "sents": 100.0, "words": 84.2}


def test_words_joined_over_a_space_match_nothing(documents):
    doc = system(
        ["They", "can't", "swim.My", "dog", "sleeps", "."],
        [True] * 6,
        ["PRP", "MD", "VB", "NN", "VBZ", "."],
        [2, 2, 2, 4, 2, 4],
        ["nsubj", "aux", "ROOT", "nsubj", "parataxis", "punct"],
    )
    # They, dog, sleeps and "." match, of 9 and 6; "dog" and "." have their heads.
    assert figures(documents[0], doc) == {"uas": 26.7, "las": 26.7, "tag": 53.3, "sents": 0.0, "words": 53.3}


def test_children_of_white_space_hang_on_its_head(documents):
    # "." of the first sentence hangs on "swim" by way of the blank line.
    doc = system(heads=changed(HEADS, i4=5, i5=3))
    assert figures(documents[0], doc)["uas"] == 100.0


def test_children_of_a_blank_root_are_roots(documents):
    doc = Doc(
        Vocab(),
        words=["\n", "Go", "on", "Yes"],
        spaces=[False, True, True, False],
        tags=["_SP", "VB", "RP", "UH"],
        heads=[0, 0, 1, 3],
        deps=["ROOT", "dep", "compound", "ROOT"],
    )
    # "Go" is a root but not labelled so; the sentence starts at it.
    assert figures(documents[1], doc) == {"uas": 100.0, "las": 66.7, "tag": 100.0, "sents": 100.0, "words": 100.0}


def test_a_sentence_of_white_space_is_none(documents):
    doc = system(heads=changed(HEADS, i5=5), deps=changed(DEPS, i5="ROOT"))
    assert len(list(doc.sents)) == 3
    assert figures(documents[0], doc)["sents"] == 100.0


def test_documents_are_summed(documents):
    scorer = SyntaxScorer()
    other = Doc(
        Vocab(),
        words=["Go", "on", "Yes"],
        tags=["VB", "IN", "UH"],
        heads=[0, 0, 0],
        deps=["ROOT", "compound", "discourse"],
    )
    scorer.add(gold_analysis(documents[0]), doc_analysis(system()))
    scorer.add(gold_analysis(documents[1]), doc_analysis(other))
    # Of 12 words one head and one tag are wrong; of 4 gold and 3 system sentences 2 are right.
    assert scorer.figures() == {"uas": 91.7, "las": 91.7, "tag": 91.7, "sents": 57.1, "words": 100.0}


def test_a_pipeline_reads_the_raw_text(documents):
    seen = []

    @Language.component("test_known_parse", assigns=["token.tag", "token.dep"])
    def parse(doc: Doc) -> Doc:
        seen.append(doc.text)
        heads, deps, tags = (HEADS, DEPS, TAGS) if len(doc) == 10 else ([0, 0, 2], ["ROOT", "x", "ROOT"], ["VB"] * 3)
        return Doc(
            doc.vocab,
            words=[token.text for token in doc],
            spaces=[bool(token.whitespace_) for token in doc],
            tags=tags,
            heads=heads,
            deps=deps,
        )

    nlp = spacy.blank("en")
    nlp.add_pipe("test_known_parse")
    # In "Go on Yes" one relation and two tags of twelve words are wrong.
    assert evaluate(nlp, documents) == {"uas": 100.0, "las": 91.7, "tag": 83.3, "sents": 100.0, "words": 100.0}
    assert seen == ["They can't swim.\n\nMy dog sleeps.", "Go on Yes"]


def test_a_pipeline_must_tag_and_parse(documents):
    nlp = spacy.blank("en")
    with pytest.raises(ModelError, match="no component 'tagger'"):
        evaluate(nlp, documents)
    nlp.add_pipe("tagger")
    with pytest.raises(ModelError, match=r"no component 'parser'.*it has: tagger"):
        evaluate(nlp, documents)
