"""What marks and layout decide: white space is tagged as such, and where a sentence begins or goes on."""

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc

from nlpclaims.components.breaks import paragraph_breaks

CLOSING = ('"', "”", "''", "’", "»")


@Language.component("nlpclaims_paragraphs", assigns=["token.is_sent_start", "token.tag"])
def start_paragraphs(doc: Doc) -> Doc:
    """Start a sentence with each paragraph and none after a comma and a quotation mark, before the rest is placed.

    What follows in '"It rained," Kim said' belongs to the quotation.
    """
    is_space, orth = doc.to_array(["IS_SPACE", "ORTH"]).reshape(len(doc), 2).T
    words = np.append(np.flatnonzero(is_space == 0), len(doc))
    comma, *marks = (doc.vocab.strings[mark] for mark in (",", *CLOSING))
    quoted = np.flatnonzero((orth[:-1] == comma) & np.isin(orth[1:], marks)) + 1
    for i in words[np.searchsorted(words, quoted, side="right")].tolist():
        if i < len(doc):
            doc[i].is_sent_start = False
    for i in np.flatnonzero(is_space).tolist():
        doc[i].tag_ = "_SP"
    for i in paragraph_breaks(doc):
        following = int(words[np.searchsorted(words, i)])
        if following < len(doc):
            doc[following].is_sent_start = True
    return doc
