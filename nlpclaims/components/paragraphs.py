"""What the layout of a text decides: white space is tagged as such, and a sentence ends at a blank line."""

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc


@Language.component("nlpclaims_paragraphs", assigns=["token.is_sent_start", "token.tag"])
def start_paragraphs(doc: Doc) -> Doc:
    """Start a sentence after each blank line, before the boundaries within paragraphs are placed."""
    is_space = doc.to_array("IS_SPACE").astype(bool)
    words = np.append(np.flatnonzero(~is_space), len(doc))
    for i in np.flatnonzero(is_space).tolist():
        doc[i].tag_ = "_SP"
        following = int(words[np.searchsorted(words, i)])
        if doc[i].text.count("\n") > 1 and following < len(doc):
            doc[following].is_sent_start = True
    return doc
