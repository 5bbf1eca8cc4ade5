"""Run a pipeline over the texts of a corpus."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar

from nlpclaims.errors import ModelError

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

Gold = TypeVar("Gold")
Component = TypeVar("Component")
AFTER_ATTRIBUTION = ("noun_types", "whole_names", "coreference", "actors", "acts", "stance")
"""Components of the shipped pipeline that no evaluation of attributions, or of what comes before, needs."""
BATCH = 64
"""How many texts are in memory at once."""


def require(nlp: "Language", component: str, attribute: str = "") -> None:
    """Make sure that a pipeline has a component of this name or kind, or one that declares to assign *attribute*.

    Raises:
        ModelError: it has none.
    """
    for name in nlp.pipe_names:
        meta = nlp.get_pipe_meta(name)
        if component == name or meta.factory in (component, f"nlpclaims_{component}") or attribute in meta.assigns:
            return
    raise missing(nlp, component)


def find_component(nlp: "Language", kind: type[Component], name: str) -> Component:
    """The pipeline's first component of a *kind*, whatever it is called there; *name* tells the user which.

    Raises:
        ModelError: it has none.
    """
    component = next((pipe for _, pipe in nlp.pipeline if isinstance(pipe, kind)), None)
    if component is None:
        raise missing(nlp, name)
    return component


def missing(nlp: "Language", component: str) -> ModelError:
    """The error of a pipeline that lacks a component."""
    present = ", ".join(nlp.pipe_names) or "none"
    return ModelError(f"the pipeline has no component '{component}', which this job needs (it has: {present})")


def check_length(nlp: "Language", text: str) -> None:
    """Make sure that a pipeline takes a text of this length.

    Raises:
        ModelError: it does not.
    """
    if len(text) > nlp.max_length:
        raise ModelError(f"a text of {len(text)} characters; the pipeline takes at most {nlp.max_length}")


def annotate(
    nlp: "Language", texts: Iterable[tuple[str, Gold]], unneeded: Sequence[str] = ()
) -> Iterator[tuple["Doc", Gold]]:
    """Yield the processed document of each text with what stands beside the text, without the *unneeded* components.

    Raises:
        ModelError: a text is longer than the pipeline takes.
    """
    waiting: deque[Gold] = deque()

    def taken() -> Iterator[str]:
        for text, gold in texts:
            check_length(nlp, text)
            waiting.append(gold)
            yield text

    with nlp.select_pipes(disable=[name for name in unneeded if name in nlp.pipe_names]):
        for doc in nlp.pipe(taken(), batch_size=BATCH):
            yield doc, waiting.popleft()
