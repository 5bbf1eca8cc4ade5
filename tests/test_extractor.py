"""Extraction with the shipped pipeline: true to any text, the same however it is called, and never stopped by one."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import astuple
from pathlib import Path
from typing import Any

import pytest
import spacy
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from threadpoolctl import threadpool_info, threadpool_limits

import nlpclaims
from nlpclaims import Article, Claim, Extractor, Failure, ModelError
from nlpclaims.extractor import PIECE, pieces
from nlpclaims.model_files import default_model_path

TEXT = 'Mayor Ana Lopez said the bridge would open in May. "We are ready," she added.'
NEWSLIKE = st.lists(
    st.one_of(
        st.sampled_from(
            ["said", "According to", "“We", "will”", '"', "'", "Ana Lopez", "he", ",", ".", "\n\n", "\n", "that", "—"]
        ),
        st.text(max_size=8),
    ),
    max_size=30,
).map(" ".join)


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return nlpclaims.load()


def test_the_simplest_claims(extractor: Extractor) -> None:
    first, second = extractor.extract(TEXT, "a.txt")
    assert first.document == "a.txt" and first.sentence == 0
    assert first.source and first.source.text == "Mayor Ana Lopez"
    assert first.actor and (first.actor.name, first.actor.type, first.actor.role) == ("Ana Lopez", "PERSON", "Mayor")
    assert first.cue and (first.cue.text, first.cue.lemma) == ("said", "say")
    assert first.claim.text == "the bridge would open in May"
    assert first.claim.quotation == "indirect"
    assert second.claim.quotation == "direct" and second.claim.text.startswith('"We are ready')
    assert second.sentence == 1
    assert second.source and second.source.text == "she"


def test_matrix_products_have_one_thread_and_get_theirs_back(
    extractor: Extractor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def threads() -> list[int]:
        return [pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"]

    seen: list[list[int]] = []
    read = extractor.read
    monkeypatch.setattr(extractor, "read", lambda *given: (seen.append(threads()), read(*given))[1])
    with threadpool_limits(2, "blas"):
        assert extractor.extract(TEXT)
        assert set(threads()) == {2}
    assert set(*seen) == {1}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(NEWSLIKE)
def test_every_span_of_any_text_is_exact(extractor: Extractor, text: str) -> None:
    claims = extractor.extract(text)
    assert len({claim.id for claim in claims}) == len(claims)
    for claim in claims:
        assert_exact(text, claim)


def assert_exact(text: str, claim: Claim) -> None:
    parts = [claim.source, claim.cue, claim.actor and claim.actor.mention, *(t.mention for t in claim.stance.targets)]
    for part in parts:
        assert part is None or text[part.start : part.end] == part.text
    assert " ".join(text[span.start : span.end] for span in claim.claim.spans) == claim.claim.text
    assert 0 <= claim.confidence <= 1


@pytest.mark.parametrize("text", ["", " \n\n\t", "\x00\x01\x02", "\ufeff", "…", '"', "\u202e\u200b", "said"])
def test_texts_that_claim_nothing(extractor: Extractor, text: str) -> None:
    assert extractor.extract(text) == []


def test_many_articles_give_what_each_gives_alone(extractor: Extractor) -> None:
    texts = [TEXT, "", "It rained.", TEXT + "\n\nNobody else spoke."]
    assert list(extractor.extract_many(texts)) == [extractor.extract(text) for text in texts]
    (claims,) = extractor.extract_many([Article("b.txt", TEXT)])
    assert claims == extractor.extract(TEXT, "b.txt")


@given(st.text(alphabet="ab \r\n", max_size=200), st.integers(4, 40))
def test_pieces_make_up_the_text(text: str, size: int) -> None:
    cut = list(pieces(text, size))
    assert "".join(cut) == (text if text.strip() else "")
    assert all(0 < len(piece) <= size for piece in cut[:-1])


@pytest.mark.parametrize("gap", ["\n\n", "\r\n\r\n", "\n \t\n"])
def test_pieces_end_with_paragraphs(gap: str) -> None:
    paragraphs = [f"One two.{gap}", f"Three\r\nfour.{gap}", "Five and six."]
    assert list(pieces("".join(paragraphs), 20)) == paragraphs


LINES = [
    "Dam is weak, says engineer",
    "By Sara Holt",
    "Ivo Banic said on Monday that the dam above Brandvik was older than its owners admit and that it would break in "
    "the spring unless somebody paid for its repair.",
    "He called the owners’ last report “a fairy tale.",
    "Clara Voss said that the hospital below the dam had asked the government twice for a place in the hills, where "
    "patients would be safe.",
    "“We wrote to the king in March. Nobody answered us.",
    "“We wrote again in May,” said Voss. Ivo Banic said that he had not been asked.",
]


@pytest.mark.parametrize("gap", ["\n", "\r\n", " \n"])
def test_lines_that_are_paragraphs_are_read_as_between_blank_lines(extractor: Extractor, gap: str) -> None:
    def told(text: str) -> list[tuple[str | None, str | None, str, str | None]]:
        claims = extractor.extract(text)
        for claim in claims:
            assert_exact(text, claim)
        return [(c.source and c.source.text, c.cue and c.cue.text, c.claim.text, c.claim.quotation) for c in claims]

    found = told(gap.join(LINES))
    assert found == told("\n\n".join(LINES))
    assert [source for source, *_ in found][:2] == ["engineer", "Ivo Banic"]


def test_white_space_has_no_pieces() -> None:
    assert list(pieces(" \n" * 10, 8)) == []


def test_a_long_text_is_read_in_pieces_with_exact_offsets(extractor: Extractor) -> None:
    text = "\n\n".join([TEXT] * 3000)
    claims = extractor.extract(text)
    assert len(text) > 2 * PIECE
    assert len(claims) >= 5900
    for claim in claims:
        assert_exact(text, claim)
    assert claims[-1].sentence == 2 * 3000 - 1


def test_a_failing_article_is_reported_and_the_others_go_on(extractor: Extractor) -> None:
    broken = Article("broken", None)  # type: ignore[arg-type]
    failures: list[Failure] = []
    results = list(extractor.extract_many([TEXT, broken, TEXT], on_failure=failures.append))
    assert [bool(claims) for claims in results] == [True, False, True]
    assert [failure.document for failure in failures] == ["broken"]
    with pytest.raises(TypeError):
        list(extractor.extract_many([broken]))


@pytest.mark.parametrize("item", [None, float("nan"), b"Ana said so.", Article("a", None)])  # type: ignore[arg-type]
def test_what_is_no_text_is_a_failure_and_the_others_go_on(extractor: Extractor, item: Any) -> None:
    failures: list[Failure] = []
    results = list(extractor.extract_many([TEXT, item, TEXT], on_failure=failures.append))
    assert [bool(claims) for claims in results] == [True, False, True]
    ((document, kind, message),) = map(astuple, failures)
    assert (document, kind) == ("a" if isinstance(item, Article) else "-", "crash")
    assert "expected a text, or an Article" in message
    with pytest.raises(TypeError, match="expected a text, or an Article"):
        list(extractor.extract_many([item]))


def test_a_document_is_called_by_a_string(extractor: Extractor) -> None:
    with pytest.raises(TypeError, match="a string, not int"):
        extractor.extract(TEXT, 7)  # type: ignore[arg-type]


def test_threads_can_share_an_extractor(extractor: Extractor) -> None:
    alone = extractor.extract(TEXT)
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(extractor.extract, [TEXT] * 12)) == [alone] * 12


def test_one_text_is_not_many(extractor: Extractor) -> None:
    with pytest.raises(TypeError, match="wrap the one text in a list"):
        list(extractor.extract_many("The minister said that prices rose."))


def test_a_pipeline_without_the_needed_components_is_refused(tmp_path: Path) -> None:
    spacy.blank("en").to_disk(tmp_path / "blank")
    with pytest.raises(ModelError, match="'attribution'"):
        nlpclaims.load(tmp_path / "blank")


@pytest.mark.parametrize("name", ["no/such/folder", "no_such_package"])
def test_a_pipeline_that_is_not_there_is_named(name: str) -> None:
    with pytest.raises(ModelError, match=name):
        nlpclaims.load(name)


def test_a_broken_pipeline_is_told_in_one_line_with_what_is_expected(tmp_path: Path) -> None:
    (tmp_path / "meta.json").write_text("{" + "\n" * 500)
    with pytest.raises(ModelError) as told:
        nlpclaims.load(tmp_path)
    message = str(told.value)
    assert message.startswith(f"cannot load the pipeline {str(tmp_path)!r}: ")
    assert "a trained spaCy pipeline" in message and "\n" not in message


def test_an_interrupt_while_it_loads_is_no_broken_pipeline(monkeypatch: pytest.MonkeyPatch) -> None:
    def load(_path: object) -> None:
        try:
            try:
                raise KeyboardInterrupt
            except KeyboardInterrupt:
                raise ImportError("as a compiled module says")  # noqa: B904 - it does not say from what
        except ImportError as error:
            raise ValueError("as spaCy says") from error

    monkeypatch.setattr(spacy, "load", load)
    with pytest.raises(KeyboardInterrupt):
        nlpclaims.load()


def test_the_pipeline_loads_by_itself_once_nlpclaims_is_installed() -> None:
    code = (
        "import spacy, sys; from pathlib import Path\n"
        "nlp = spacy.load(Path(sys.argv[1]))\n"
        "print(len(nlp(sys.argv[2])._.attributions))"
    )
    command = [sys.executable, "-c", code, str(default_model_path()), TEXT]
    assert int(subprocess.run(command, capture_output=True, text=True, check=True).stdout) == 2
