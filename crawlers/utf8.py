"""A page's bytes in UTF-8, in which brands are looked for before anything is decoded."""

import codecs

import numpy as np
from scrapy.http import TextResponse

from crawlers.charsets import may_switch, page_text, wide

_EIGHT = 8
_BEYOND_ASCII = np.uint64(0x8080808080808080)
"""The bit that no byte of ASCII has, in each of eight bytes."""


def page_in_utf8(page: TextResponse) -> bytes:
    """Return a response's body in UTF-8, as nearly every body already is."""
    body = page.body
    plain = not (body.startswith(codecs.BOM_UTF8) or may_switch(body) or wide(body))
    return body if plain and is_utf8(body) else page_text(page).encode("utf-8", "replace")


def is_utf8(body: bytes) -> bool:
    """
    Tell whether bytes are valid UTF-8, in less than half of the time of decoding a usual page.

    Decoded are only those words of eight bytes in which something is beyond ASCII, each with the
    word behind it, so that what is cut short by ASCII stays cut short.
    """
    whole = len(body) // _EIGHT
    words = np.frombuffer(body, np.uint64, whole)
    beyond = (words & _BEYOND_ASCII) != 0
    beyond[1:] |= beyond[:-1].copy()
    try:
        (words[beyond].tobytes() + body[whole * _EIGHT :]).decode()
    except UnicodeDecodeError:
        return False
    return True
