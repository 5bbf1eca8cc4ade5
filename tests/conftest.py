"""What several test modules share: an article, and claims made from it by hand."""

import pytest

from nlpclaims.records import Actor, Claim, Content, Cue, Offsets, Stance, Target, TextSpan

ARTICLE = (
    "NATO Secretary General Jens Stoltenberg said on Tuesday that the pact was a worry for Europe. “We will,” "
    "he added, “watch it closely.”"
)


@pytest.fixture(scope="session")
def pact() -> str:
    """The text of an article."""
    return ARTICLE


@pytest.fixture
def claim() -> Claim:
    """A claim with every field filled, its spans true to ``ARTICLE``."""
    return Claim(
        document="articles/pact.txt",
        sentence=0,
        source=_span("NATO Secretary General Jens Stoltenberg"),
        actor=Actor("Jens Stoltenberg", "PERSON", "NATO Secretary General", "name", _span("Jens Stoltenberg")),
        cue=Cue("said", "say", *_offsets("said")),
        claim=Content(
            "the pact was a worry for Europe", "indirect", (Offsets(*_offsets("the pact was a worry for Europe")),)
        ),
        stance=Stance("negative", "ACCUSE", "PR+", (Target("the pact", "OTHER", "negative", 0.75, _span("the pact")),)),
        confidence=0.87,
    )


@pytest.fixture
def bare_claim() -> Claim:
    """A claim in two pieces of which nothing is known but its content."""
    first, second = _span("“We will,”"), _span("“watch it closely.”")
    spans = (Offsets(first.start, first.end), Offsets(second.start, second.end))
    return Claim("-", 1, None, None, None, Content("“We will,” “watch it closely.”", "direct", spans), confidence=0.5)


def _offsets(part: str) -> tuple[int, int]:
    start = ARTICLE.index(part)
    return start, start + len(part)


def _span(part: str) -> TextSpan:
    return TextSpan(part, *_offsets(part))
