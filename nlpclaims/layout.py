"""What separates the paragraphs of a text: blank lines or, where each line is a paragraph, the ends of lines.

Much of what is taken from web pages and databases has no blank lines. Its lines are too long to have been wrapped.
"""

import re

BLANK_LINE = r"\n[^\S\n]*\n"
"""A pattern: it may hold white space, as the CR of a CRLF."""
WIDEST = 120
"""How many characters a line may have that has been wrapped."""
_BLANK_LINES = re.compile(rf"{BLANK_LINE}\s*")
_LINE_ENDS = re.compile(r"(?<!\s)\s*\n\s*")


def paragraph_break(text: str) -> re.Pattern[str]:
    """What matches all that is between two paragraphs of *text*."""
    return _LINE_ENDS if lines_are_paragraphs(text) else _BLANK_LINES


def lines_are_paragraphs(text: str) -> bool:
    """Whether *text* has several lines, no blank ones between them, and some that are longer than wrapped ones are."""
    text = text.strip()
    return "\n" in text and not _BLANK_LINES.search(text) and max(map(len, text.split("\n"))) > WIDEST
