"""What the components write on a document is there with the same types once it was written to bytes and read back."""

import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import starmap
from typing import NamedTuple

import pytest
import spacy
from spacy.tokens import Doc, DocBin

import nlpclaims
from nlpclaims.claims import claims_of
from nlpclaims.components.clusters import clusters_of
from nlpclaims.components.stored import store

TEXT = "President Joe Biden praised Kovia on Monday. He said that Kovia's ministers had kept their word."
EXTENSIONS = ("attributions", "actors", "names", "roles", "antecedents", "acts", "stances")


class Row(NamedTuple):
    place: tuple[int, int]
    name: str | None


@pytest.fixture
def stored() -> Iterator[None]:
    store("test_rows", lambda rows: list(starmap(Row, rows)))
    store("test_map", dict)
    yield
    Doc.remove_extension("test_rows")
    Doc.remove_extension("test_map")


def by_bytes(doc: Doc) -> Doc:
    return Doc(doc.vocab).from_bytes(doc.to_bytes())


def by_doc_bin(doc: Doc) -> Doc:
    data = DocBin(docs=[doc], store_user_data=True).to_bytes()
    (read,) = DocBin().from_bytes(data).get_docs(doc.vocab)
    return read


def by_pickle(doc: Doc) -> Doc:
    return pickle.loads(pickle.dumps(doc))


ways = pytest.mark.parametrize("there_and_back", [by_bytes, by_doc_bin, by_pickle, Doc.copy])


@ways
@pytest.mark.usefixtures("stored")
def test_rows_and_keys_get_their_types_back(there_and_back: Callable[[Doc], Doc]) -> None:
    doc = Doc(spacy.blank("en").vocab, ["Ann"])
    doc._.test_rows, doc._.test_map = [Row((0, 1), None)], {(0, 1): ("Ann", "PERSON")}
    read = there_and_back(there_and_back(doc))
    assert read._.test_rows == [Row((0, 1), None)]
    assert isinstance(read._.test_rows[0], Row)
    assert read._.test_map == {(0, 1): ("Ann", "PERSON")}


@pytest.mark.usefixtures("stored")
def test_nothing_is_stored_until_it_is() -> None:
    doc = Doc(spacy.blank("en").vocab, ["Ann"])
    assert (doc._.test_rows, doc._.test_map) == ([], {})
    assert (by_bytes(doc)._.test_rows, by_bytes(doc)._.test_map) == ([], {})


@pytest.mark.usefixtures("stored")
def test_it_is_read_without_being_made_again() -> None:
    doc = Doc(spacy.blank("en").vocab, ["Ann"])
    doc._.test_map = {(0, 1): "Ann"}
    for each in (doc, by_bytes(doc)):
        assert each._.test_map is each._.test_map


@pytest.fixture(scope="module")
def extractor() -> nlpclaims.Extractor:
    return nlpclaims.load()


@ways
def test_annotations_give_the_same_claims(extractor: nlpclaims.Extractor, there_and_back: Callable[[Doc], Doc]) -> None:
    doc = extractor.nlp(TEXT)
    read = there_and_back(doc)
    assert claims_of(read, "-") == claims_of(doc, "-") == extractor.extract(TEXT)
    assert clusters_of(read) == clusters_of(doc)
    for name in EXTENSIONS:
        value = getattr(doc._, name)
        assert value, name
        assert repr(getattr(read._, name)) == repr(value)


def test_clusters_are_read_back(extractor: nlpclaims.Extractor) -> None:
    doc = extractor.nlp.make_doc("Ann said she knew.")
    doc._.coreference = (((0, 1), (2, 3)),)
    assert clusters_of(by_bytes(doc)) == clusters_of(by_doc_bin(doc)) == (((0, 1), (2, 3)),)


def test_processes_of_spacy_can_share_the_work() -> None:
    code = (
        "import nlpclaims, sys; from nlpclaims.claims import claims_of\n"
        "extractor, text = nlpclaims.load(), sys.argv[1]\n"
        "docs = extractor.nlp.pipe([text] * 2, n_process=2)\n"
        "print(all(claims_of(doc, '-') == extractor.extract(text) for doc in docs))"
    )
    done = subprocess.run([sys.executable, "-c", code, TEXT], capture_output=True, text=True, check=True, timeout=120)
    assert done.stdout == "True\n"
