"""End sentences at blank lines, before the parser places the other boundaries."""

from spacy.language import Language
from spacy.tokens import Doc


@Language.component("nlpclaims_paragraphs", assigns=["token.is_sent_start"])
def start_paragraphs(doc: Doc) -> Doc:
    """Start a sentence after each blank line: no sentence of running text goes on past one."""
    after_blank_line = False
    for token in doc:
        if token.is_space:
            after_blank_line = after_blank_line or token.text.count("\n") > 1
        elif after_blank_line:
            token.is_sent_start = True
            after_blank_line = False
    return doc
