"""
The text of a page, whatever it claims about its encoding.

Bytes that are valid UTF-8 and not plain ASCII are UTF-8, since other encodings do not look like
that by chance. Otherwise the declarations count, if they fit; a page that fits none is judged by
its letters, and as a last resort read with marks for what is illegible.
"""

import codecs
import re
import string
from typing import TYPE_CHECKING

from charset_normalizer import from_bytes
from w3lib.encoding import (
    html_body_declared_encoding,
    http_content_type_encoding,
    read_bom,
    resolve_encoding,
)

if TYPE_CHECKING:  # not for the processes that read articles: they need no Scrapy
    from scrapy.http import TextResponse

BAD = "\N{REPLACEMENT CHARACTER}"
SAMPLE_BYTES = 50_000

_NOT_ASCII = re.compile(rb"[\x80-\xff]+")
_TAGS = re.compile(rb"<[^<>]*>")
_SCRIPTS = re.compile(rb"<(script|style)\b.*?(?:</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL)


def page_text(page: "TextResponse") -> str:
    """Decode a response's body."""
    header = page.headers.get("Content-Type")
    return decode(page.body, header.decode("latin-1") if header else None)


def decode(body: bytes, content_type: str | None = None) -> str:
    """Decode a document; ``content_type`` is the header it came with."""
    bom, mark = read_bom(body)
    if bom is not None and mark is not None:
        return body[len(mark) :].decode(bom, "replace")
    if (encoding := wide(body)) is not None:
        return body.decode(encoding, "replace")
    try:
        if not body.isascii():
            return body.decode("utf-8")
    except UnicodeDecodeError:
        return _decode_other(body, content_type)
    return _decode_ascii(body, content_type)


def wide(body: bytes) -> str | None:
    """Recognise UTF-16 and UTF-32 without a mark: markup makes every other byte zero."""
    start = body[:4]
    zeros = "".join("0" if byte == 0 else "x" for byte in start)
    known = {"x000": "utf-32-le", "000x": "utf-32-be", "x0x0": "utf-16-le", "0x0x": "utf-16-be"}
    return known.get(zeros)


def _decode_ascii(body: bytes, content_type: str | None) -> str:
    """Decode seven-bit text, which is itself unless it switches character sets (ISO-2022-JP)."""
    if may_switch(body):
        for encoding in _declared(body, content_type):
            if encoding.startswith(("iso2022", "iso-2022", "hz")):
                return body.decode(encoding, "replace")
    return body.decode("ascii")


def may_switch(body: bytes) -> bool:
    """Whether seven-bit bytes may be something else than ASCII (ISO-2022-JP, HZ)."""
    return body.isascii() and (b"\x1b" in body or b"~{" in body)


def _decode_other(body: bytes, content_type: str | None) -> str:
    """Decode what is not UTF-8, or is UTF-8 with a few broken places."""
    for encoding in _declared(body, content_type):
        if encoding != "utf-8" and (text := _strictly(body, encoding)) is not None:
            return text
    mended = body.decode("utf-8", "replace")
    beyond = len(mended) - sum(map(str.isascii, mended))
    if mended.count(BAD) * 10 <= beyond:
        return mended
    return _guess(body) or mended


def _declared(body: bytes, content_type: str | None) -> list[str]:
    """List the encodings the header and the document itself name, as browsers understand them."""
    said = [http_content_type_encoding(content_type), html_body_declared_encoding(body)]
    return [codecs.lookup(name).name for name in said if name is not None]


def _strictly(body: bytes, encoding: str) -> str | None:
    try:
        return body.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None


def _guess(body: bytes) -> str | None:
    """
    Judge by the letters.

    In a Western language accented letters are few and stand among plain ones; text in any other
    script of one byte a letter is mostly outside ASCII.
    """
    visible = _SCRIPTS.sub(b"", body)
    words = _TAGS.sub(b"", visible)
    plain = len(words) - len(words.translate(None, string.ascii_letters.encode()))
    others = sum(map(len, _NOT_ASCII.findall(visible)))
    if others < 0.3 * plain and (text := _strictly(body, "cp1252")) is not None:
        return text
    best = from_bytes(visible[:SAMPLE_BYTES]).best()
    if best is None:
        return None
    return body.decode(resolve_encoding(best.encoding) or best.encoding, "replace")
