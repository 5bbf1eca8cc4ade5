"""The sentences that we have annotated: what an annotation's places point at in the corpora."""

import gzip
import json
from pathlib import Path

import pytest
import spacy

from nlpclaims.training.sentences import annotated_entity_docs, annotated_sentences
from nlpclaims.training.stance import read_judged

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
    found = [(pair.text[slice(*pair.p)], pair.text[slice(*pair.q)], pair.label) for pair in read_judged(*folders)]
    assert found == [("Ida Moe", "Harbour Radio", 1), ("Omar", "Oslo", 0)]


def test_names_are_entities(folders: tuple[Path, Path]) -> None:
    first, second = annotated_entity_docs(*folders, spacy.blank("en"))
    assert {("Ida Moe", "PERSON"), ("Harbour Radio", "ORG")} <= {(ent.text, ent.label_) for ent in first.ents}
    assert [(ent.text, ent.label_) for ent in second.ents] == [("Omar", "PERSON"), ("Oslo", "LOC")]
    assert all(token.ent_iob_ in "BIO" and token.ent_iob_ for token in first)  # nothing is missing
