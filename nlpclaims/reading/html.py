"""The main text of a web page and what the page says of it, as trafilatura finds them (the extra ``html``)."""

import codecs
import logging
import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from nlpclaims.layout import paragraph_break
from nlpclaims.reading.decoding import decode
from nlpclaims.reading.opening import Unusable
from nlpclaims.records import Metadata

INSTALL = "pip install 'nlpclaims[html]'"
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_HEAD = 4096
_MARK = r"[\"“”«»]|&(?:quot|[lr]dquo|[lr]aquo);"
_QUOTED = re.compile(rf"(?P<before>{_MARK})?<(?P<end>/?)q(?:\s[^<>]*)?>(?P<after>{_MARK})?", re.IGNORECASE)
_TO_NOTE = r"<a\s[^<>]{0,200}?href\s*=\s*[\"']?#[^<>]*>"
_NUMBER = r"\s*(?:\d|[^\w\s<>]){1,3}\s*"
_FOOTNOTE = re.compile(
    rf"<sup\b[^<>]*>\s*{_TO_NOTE}{_NUMBER}</a>\s*</sup>|{_TO_NOTE}\s*<sup\b[^<>]*>{_NUMBER}</sup>\s*</a>", re.IGNORECASE
)
_BLOCKS = ("p", "div", "head", "quote", "list", "item", "table", "row", "cell")
_OF_LINES = ("list", "table")


def main_text(data: bytes, encoding: str) -> tuple[str, Metadata]:
    """The article of a page, with a blank line between its paragraphs, and its metadata.

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
    page = _QUOTED.sub(_mark, _FOOTNOTE.sub("", _decoded(data, encoding)))
    try:
        extracted: Callable[..., Any] = partial(bare_extraction, page, with_metadata=True, include_comments=False)
        found = extracted() if page.strip() else None
        text = _text(found)
        if found is not None and len(found.body) == 1:  # perhaps all that a short page shows
            of_any_length = extracted(config=_of_any_length())
            if 2 * len(_text(of_any_length)) > len(text):  # else it is a teaser, and the article is in the page's data
                found, text = of_any_length, _text(of_any_length)
    except Exception as error:
        raise Unusable("malformed", f"is a web page that trafilatura cannot read: {type(error).__name__}") from error
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


def _mark(tag: re.Match[str]) -> str:
    """The mark that a browser shows for ``<q>`` or ``</q>``, or the one that the page has beside it."""
    return tag["before"] or tag["after"] or ("”" if tag["end"] else "“")


def _of_any_length() -> Any:
    """Settings with which trafilatura does not take a short article, with all beside it, as one paragraph."""
    from trafilatura.settings import use_config

    config = use_config()
    config["DEFAULT"]["MIN_EXTRACTED_SIZE"] = "1"
    return config


def _text(found: Any) -> str:
    """The text of what trafilatura found, as it writes each block itself, with a blank line between them."""
    from trafilatura.xml import xmltotxt

    body = getattr(found, "body", None)
    if body is None:
        return ""
    texts = []
    for block in _blocks(body):
        text = xmltotxt(block, include_formatting=False).strip()
        if block.tag not in _OF_LINES:  # what <br> separates may be paragraphs
            text = "\n\n".join(paragraph_break(text).split(text))
        texts.append(text)
    return "\n\n".join(text for text in texts if text)


def _blocks(element: Any) -> Iterator[Any]:
    """Each paragraph, heading, list and table of an element, and what is loose between them as a paragraph."""
    loose = element.makeelement("p")
    loose.text = element.text
    for child in list(element):
        if child.tag not in _BLOCKS:
            loose.append(child)
            continue
        yield loose
        loose = element.makeelement("p")
        loose.text, child.tail = child.tail, None
        yield from [child] if _is_of_lines(child) else _blocks(child)
    yield loose


def _is_of_lines(element: Any) -> bool:
    """Whether an element is a list of single lines or a table of several columns; others hold or lay out paragraphs."""
    if element.tag == "list":
        return next(element.iter("p", "div", "head", "quote", "lb"), None) is None
    has_columns = any(len(row) > 1 for row in element.iter("row"))
    return has_columns and next(element.iter("p", "div", "head", "quote"), None) is None
