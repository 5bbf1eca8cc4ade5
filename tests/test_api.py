"""The names that the package promises, and that they cost nothing until they are used."""

import importlib
import pickle
import subprocess
import sys

import pytest

import nlpclaims
from nlpclaims import errors

NAMES = {
    "Actor",
    "Article",
    "Claim",
    "Content",
    "CorpusError",
    "Cue",
    "Extractor",
    "Failure",
    "InputError",
    "Metadata",
    "ModelError",
    "NlpclaimsError",
    "Offsets",
    "OutputError",
    "Stance",
    "Target",
    "TextSpan",
    "__version__",
    "json_schema",
    "load",
}


def test_exported_names() -> None:
    assert set(nlpclaims.__all__) == NAMES
    assert list(nlpclaims.__all__) == sorted(nlpclaims.__all__)
    assert set(dir(nlpclaims)) >= NAMES


@pytest.mark.parametrize("name", sorted(NAMES - {"__version__"}))
def test_each_name_is_its_modules_own(name: str) -> None:
    value = getattr(nlpclaims, name)
    assert value is getattr(importlib.import_module(value.__module__), name)
    assert value.__module__.startswith("nlpclaims.")
    assert value.__doc__


def test_other_names_are_no_attributes() -> None:
    with pytest.raises(AttributeError, match="no attribute 'extractt'"):
        nlpclaims.extractt  # noqa: B018


def test_errors_are_one_family() -> None:
    for name in NAMES:
        value = getattr(nlpclaims, name)
        if isinstance(value, type) and issubclass(value, Exception):
            assert issubclass(value, nlpclaims.NlpclaimsError)


@pytest.mark.parametrize("kind", [kind for kind in vars(errors).values() if isinstance(kind, type)])
def test_errors_can_be_sent_between_processes(kind: type[errors.NlpclaimsError]) -> None:
    told = ("a.txt", "is odd", 3) if issubclass(kind, errors.InputError) else ("is odd",)
    sent = kind(*told)
    received = pickle.loads(pickle.dumps(sent))
    assert type(received) is kind
    assert (str(received), vars(received)) == (str(sent), vars(sent))
    assert str(sent).endswith("is odd")


def test_version_is_the_installed_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.metadata.version", lambda name: f"{name} 1.2.3")
    assert nlpclaims.__version__ == "nlpclaims 1.2.3"


def test_import_is_light() -> None:
    program = "import sys, nlpclaims; nlpclaims.Claim; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    imported = set(done.stdout.split())
    assert "nlpclaims.records" in imported
    assert not imported & {"spacy", "numpy", "rich", "typer", "jsonlines"}


def test_stances_are_reached_as_documented() -> None:
    program = "import nlpclaims; print(nlpclaims.relations.load.__module__)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "nlpclaims.relations\n"


@pytest.fixture(scope="module")
def extractor() -> "nlpclaims.Extractor":
    return nlpclaims.load()


def test_extract_gives_claims_with_true_offsets(extractor: "nlpclaims.Extractor") -> None:
    text = "The mayor of Riga, Anna Ozola, said on Friday that the port would stay open."
    claims = extractor.extract(text)
    assert claims
    for claim in claims:
        assert isinstance(claim, nlpclaims.Claim)
        assert claim.document == "-"
        for span in filter(None, (claim.source, claim.cue, claim.actor and claim.actor.mention)):
            assert text[span.start : span.end] == span.text


def test_extract_many_keeps_the_order_and_the_names(extractor: "nlpclaims.Extractor") -> None:
    text = "The mayor said on Friday that the port would stay open."
    found = list(extractor.extract_many([nlpclaims.Article("a", text), nlpclaims.Article("b", ""), text]))
    assert len(found) == 3
    assert found[1] == []
    assert {claim.document for claim in found[0]} == {"a"}
    assert {claim.document for claim in found[2]} == {"-"}
