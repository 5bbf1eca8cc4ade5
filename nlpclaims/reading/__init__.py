"""From paths, folders and standard input to articles: what is to be read (sources), and how (formats)."""

from nlpclaims.reading.formats import is_text_encoding, read_source
from nlpclaims.reading.sources import STDIN, Source, find_sources, is_same_file

__all__ = ["STDIN", "Source", "find_sources", "is_same_file", "is_text_encoding", "read_source"]
