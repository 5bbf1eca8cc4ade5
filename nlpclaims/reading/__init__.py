"""From paths, folders and standard input to articles: what is to be read (sources), and how (formats)."""

from nlpclaims.reading.decoding import is_text_encoding
from nlpclaims.reading.formats import read_source
from nlpclaims.reading.opening import MAX_CHARS, Reading
from nlpclaims.reading.sources import FAILURES, STDIN, Source, find_sources, is_same_file

__all__ = [
    "FAILURES",
    "MAX_CHARS",
    "STDIN",
    "Reading",
    "Source",
    "find_sources",
    "is_same_file",
    "is_text_encoding",
    "read_source",
]
