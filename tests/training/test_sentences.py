"""The sentences that we have annotated: what an annotation's places point at in the corpora."""

import gzip
import json
from pathlib import Path
from random import Random

import pytest
import spacy

from nlpclaims.training.sentences import annotated_entity_docs, annotated_sentences, read_parties
from nlpclaims.training.stance import DirectedPair, read_claims, read_own

ARTICLE = "A storm came. Ida Moe thanked Kovia-based Harbour Radio. It left."
GMB = [("Sentence: 7", "Omar", "B-per"), ("", "left", "O"), ("", "Oslo", "B-geo"), ("", ".", "O")]


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """Corpora with an article and a sentence, and annotations of both."""
    corpora, annotations = tmp_path / "corpora", tmp_path / "annotations"
    for folder in (corpora / "attribution", corpora / "ner", annotations):
        folder.mkdir(parents=True)
    with gzip.open(corpora / "attribution/polnear.train.jsonl.gz", "wt", encoding="utf-8") as file:
        file.write(json.dumps({"id": "storm", "text": ARTICLE}) + "\n")
    with gzip.open(corpora / "ner/gmb-silver.csv.gz", "wt", encoding="utf-8") as file:
        rows = [f"{number},{word},NN,{tag}" for number, word, tag in GMB]
        file.write("\n".join(["Sentence #,Word,POS,Tag", *rows]) + "\n")

    def write(name: str, row: dict[str, object]) -> None:
        (annotations / name).write_text(json.dumps(row) + "\n", encoding="utf-8")

    def place(part: str) -> list[int]:
        return [ARTICLE.index(part), ARTICLE.index(part) + len(part)]

    sentence = place("Ida Moe thanked Kovia-based Harbour Radio.")
    pair = {"p": place("Ida Moe"), "q": place("Harbour Radio")}
    write("stance.train.jsonl", {"id": "storm", "sentence": sentence, **pair, "label": 1})
    write("stance.gmb.jsonl", {"id": 7, "p": [0, 4], "q": [10, 14], "label": 0})
    write("claims.train.jsonl", {"id": "storm", "sentence": sentence, **pair, "label": 1})
    write("claims.gmb.jsonl", {"id": 7, "p": [0, 4], "q": [10, 14], "label": None})
    write("frames.jsonl", {"text": "{p} left {q}.", "pairs": {"pq": 3}})
    (annotations / "names.json").write_text(json.dumps({"XX": ["Ana", "Omar", "Lea"]}), encoding="utf-8")
    write(
        "parties.train.jsonl", {"id": "storm", "mentions": [[*place("Ida Moe"), "party"], [*place("Kovia"), "place"]]}
    )
    write("parties.whitehouse.jsonl", {"id": "wh", "mentions": [[0, 5, "party"], [15, 21, "none"]]})
    (corpora / "raw").mkdir()
    with gzip.open(corpora / "raw/whitehouse-foreign.jsonl.gz", "wt", encoding="utf-8") as file:
        file.write(json.dumps({"id": "wh", "text": "**Japan** spoke in [Geneva](x)."}) + "\n")
    names = [("Ida Moe", "PERSON"), ("Kovia", "LOC"), ("Harbour Radio", "ORG")]
    write(
        "entities.train.jsonl",
        {"id": "storm", "sentence": sentence, "entities": [[*place(name), label] for name, label in names]},
    )
    write("entities.gmb.jsonl", {"id": 7, "entities": [[0, 4, "PERSON"], [10, 14, "LOC"]]})
    return corpora, annotations


def test_a_sentence_is_cut_from_its_article_or_found_by_its_number(folders: tuple[Path, Path]) -> None:
    texts = [sentence.text for sentence in annotated_sentences(*folders, "stance")]
    assert texts == ["Ida Moe thanked Kovia-based Harbour Radio.", "Omar left Oslo."]


def test_places_of_pairs_are_those_of_the_mentions(folders: tuple[Path, Path]) -> None:
    first, second, *frames = map(said, read_own(*folders, Random(0)))
    assert (first, second) == (("Ida Moe", "Harbour Radio", 1), ("Omar", "Oslo", 0))
    assert all(label == 3 for _, _, label in frames)


def test_targets_that_are_nobody_show_no_stance(folders: tuple[Path, Path]) -> None:
    assert [said(pair) for pair in read_claims(*folders, "all")] == [("Ida Moe", "Harbour Radio", 1)]


def test_in_context_a_pair_has_its_article_round_it(folders: tuple[Path, Path]) -> None:
    (claim,) = read_claims(*folders, "all", in_context=True)
    assert claim.text == ARTICLE and said(claim) == ("Ida Moe", "Harbour Radio", 1)
    assert claim.part is not None
    assert ARTICLE[slice(*claim.part)] == "Ida Moe thanked Kovia-based Harbour Radio."
    first, second, *_ = read_own(*folders, Random(0), in_context=True)
    assert (first.text, second.text, second.part) == (ARTICLE, "Omar left Oslo.", None)


def test_an_article_is_in_one_part(folders: tuple[Path, Path]) -> None:
    parts = [list(read_claims(*folders, part)) for part in ("fit", "held_out")]
    assert sorted(map(len, parts)) == [0, 1]


def said(pair: DirectedPair) -> tuple[str, str, int]:
    return (*pair.mentions, pair.label)


def test_names_are_entities(folders: tuple[Path, Path]) -> None:
    first, second = annotated_entity_docs(*folders, spacy.blank("en"))
    assert {("Ida Moe", "PERSON"), ("Harbour Radio", "ORG")} <= {(ent.text, ent.label_) for ent in first.ents}
    assert [(ent.text, ent.label_) for ent in second.ents] == [("Omar", "PERSON"), ("Oslo", "LOC")]
    assert all(token.ent_iob_ in "BIO" and token.ent_iob_ for token in first)  # nothing is missing


def test_parties_are_told_from_places_attributes_and_nobody(folders: tuple[Path, Path]) -> None:
    found = {
        (parties.text[start:end], is_party)
        for parties in read_parties(*folders)
        for start, end, is_party in parties.mentions
    }
    assert found == {
        ("Ida Moe", True),
        ("Kovia", False),
        ("Japan", True),
        ("Geneva", False),
        ("Harbour Radio", True),
        ("Omar", True),
        ("Oslo", False),
    }
