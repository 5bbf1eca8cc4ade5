"""What separates the paragraphs of a text: blank lines or, where each line is a paragraph, the ends of lines.

Much of what is taken from web pages and databases has no blank lines, or has them about its headline alone. Its lines
are too long to have been wrapped.
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
    """Whether lines end where paragraphs do: most of *text* is in lines that are longer than wrapped ones are."""
    lengths = [len(line) for line in text.strip().split("\n")]
    return len(lengths) > 1 and 2 * sum(length for length in lengths if length > WIDEST) > sum(lengths)
