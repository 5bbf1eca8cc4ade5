"""The main text of a web page and what the page says of it, as trafilatura finds them (the extra ``html``)."""

import codecs
import logging
import re

from nlpclaims.reading.decoding import decode
from nlpclaims.reading.opening import Unusable
from nlpclaims.records import Metadata

INSTALL = "pip install 'nlpclaims[html]'"
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_HEAD = 4096


def main_text(data: bytes, encoding: str) -> tuple[str, Metadata]:
    """The article of a page and its metadata.

    Raises:
        Unusable: trafilatura is not installed, or finds no text; or the page is neither in ``encoding`` nor in the
            one that it says itself.
    """
    try:
        from trafilatura import bare_extraction
    except ImportError:
        message = f"a web page needs trafilatura to be read; install it with {INSTALL}"
        raise Unusable("unsupported", message) from None
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # what it cannot read is told once, here
    page = _decoded(data, encoding)
    try:
        found = bare_extraction(page, with_metadata=True, include_comments=False) if page.strip() else None
    except Exception as error:
        raise Unusable("malformed", f"is a web page that trafilatura cannot read: {type(error).__name__}") from error
    text = getattr(found, "text", None)
    if not text:
        raise Unusable("empty", "no article found in this web page")
    return text, Metadata(*(getattr(found, name, None) or None for name in ("title", "date", "url")))


def _decoded(data: bytes, encoding: str) -> str:
    """The page in ``encoding``; where it does not fit, in the one that the page names."""
    try:
        return decode(data, encoding)
    except Unusable:
        declared = _CHARSET.search(data[:_HEAD])
        if declared is None:
            raise
        name = declared.group(1).decode("ascii", "replace")
        try:
            return decode(data, codecs.lookup(name).name)
        except (LookupError, Unusable):
            pass
        raise
