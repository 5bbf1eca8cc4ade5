"""The tokens that separate paragraphs, for all components alike."""

import numpy as np
from spacy.tokens import Doc

from nlpclaims.layout import lines_are_paragraphs


def paragraph_breaks(doc: Doc) -> list[int]:
    """The indices of the tokens of white space that separate paragraphs."""
    spaces: list[int] = np.flatnonzero(doc.to_array("IS_SPACE")).tolist()
    newlines = [doc[i].text.count("\n") for i in spaces]
    least = 1 if 1 in newlines and lines_are_paragraphs(doc.text) else 2
    return [i for i, count in zip(spaces, newlines, strict=True) if count >= least]
