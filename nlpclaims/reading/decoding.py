"""From bytes to text: in the encoding that the user names, never a guess, and without a byte-order mark."""

import re

from nlpclaims.reading.opening import Unusable

BYTE_ORDER_MARK = "\ufeff"
UNPAIRED_SURROGATE = re.compile("[\ud800-\udfff]")


def is_text_encoding(name: str) -> bool:
    """Whether ``name`` is an encoding that Python can decode text with."""
    try:
        b"a".decode(name)
    except UnicodeError:  # not a whole character there, but the encoding is known
        return True
    except (LookupError, ValueError):
        return False
    return True


def decode(data: bytes, encoding: str = "utf-8") -> str:
    """``data`` as text, without a leading byte-order mark.

    Raises:
        Unusable: the bytes do not fit the encoding.
        LookupError: the encoding is unknown.
    """
    try:
        return data.decode(encoding).removeprefix(BYTE_ORDER_MARK)
    except UnicodeError as error:
        raise Unusable("undecodable", undecodable(error, encoding)) from error


def undecodable(error: UnicodeError, encoding: str) -> str:
    """What does not fit where, and what to do about it."""
    remedy = "name its encoding with --encoding"
    if not isinstance(error, UnicodeDecodeError):
        return f"cannot be decoded as {encoding}: {error}; {remedy}"
    value = error.object[error.start]
    return f"cannot be decoded as {encoding}: {error.reason}, byte 0x{value:02x} at byte offset {error.start}; {remedy}"
