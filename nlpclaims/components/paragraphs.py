"""What the layout of a text decides: white space is tagged as such, and a sentence ends at a blank line."""

from spacy.language import Language
from spacy.tokens import Doc


@Language.component("nlpclaims_paragraphs", assigns=["token.is_sent_start", "token.tag"])
def start_paragraphs(doc: Doc) -> Doc:
    """Start a sentence after each blank line, before the boundaries within paragraphs are placed."""
    after_blank_line = False
    for token in doc:
        if token.is_space:
            token.tag_ = "_SP"
            after_blank_line = after_blank_line or token.text.count("\n") > 1
        elif after_blank_line:
            token.is_sent_start = True
            after_blank_line = False
    return doc
