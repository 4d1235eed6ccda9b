"""
A page made plain without being parsed: what `search/page_gate.py` looks for words in.

Everything that can disguise a letter is undone: case, diacritics, soft hyphens, entities (also
escaped twice, as in feeds) and the escapes of JSON. Tags stay. There are two forms: bytes, several
times faster, that are right for words of ASCII letters only, and text for all others.
"""

import functools
import html
import json
import re
import unicodedata

import regex

from search.words import simplify

_NAMED = r"(?!amp;|quot;|nbsp;|lt;|gt;|apos;)[A-Za-z]\w{1,30}"  # those named stand for no letter
_REFERENCE = re.compile(
    rf"&(?:amp;)*(?:#0*\d{{2,7}}|#[xX]0*[0-9a-fA-F]{{2,6}}|{_NAMED});", re.ASCII
)
_ESCAPES = re.compile(r"(?:\\u[0-9a-fA-F]{4})+")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")

# Of these, for words in ASCII only what folds to ASCII or to nothing matters.
_CODES = (
    r"4[89]|5[0-7]|6[5-9]|[78]\d|9[05789]|[1-8]\d\d|6[89]\d\d|7[4-9]\d\d|820[345]|8288|8[345]\d\d"
    r"|9[34]\d\d|1138[89]|128[89]\d|129[789]\d|42[789]\d\d|43\d\d\d|64[23]\d\d|65\d\d\d|674[5-9]\d"
    r"|119[89]\d\d|12[01]\d\d\d|1272[34]\d|1300[34]\d|917\d\d\d|x0*[0-9a-f]{2,6}"
)
_HEX_CODES = r"00[a-f]|0[12]|03[0-6]|1[a-e]|20[06-9d-f]|2[14]|2c7|325|32b|a7|f"
_REFERENCE_TO_ASCII = re.compile(rf"&(?:amp;)*(?:#0*(?:{_CODES})|{_NAMED});".encode())
_ESCAPE_TO_ASCII = re.compile(
    rf"\\u(?={_HEX_CODES})[0-9a-f]{{4}}|\\ud[89ab][0-9a-f]{{2}}\\ud[c-f][0-9a-f]{{2}}".encode()
)
_ESCAPED_TWICE = re.compile(r"&(?:amp;)+(?=[#A-Za-z])")
_TONE = re.compile("[\U0001f3fb-\U0001f3ff]")
_SEPARATOR = regex.compile(
    r"[^\p{L}\p{N}\p{M}\p{Cf}_\p{Extended_Pictographic}\p{Regional_Indicator}]|[©®™]"
)


def fold_page(page: str) -> str:
    """Make a page plain."""
    if "&" in page:
        page = _REFERENCE.sub(_decode, page)
    if "\\u" in page:
        page = _ESCAPES.sub(_decode, page)
    return _NOT_ASCII.sub(lambda found: _fold(found[0]), page).lower()


def fold_page_to_ascii(page: str) -> bytes:
    """Make a page plain, as far as words in ASCII are concerned."""
    plain = page.encode("latin-1", "xmlcharrefreplace").translate(_LATIN, b"\xad")
    for code, folded in _LIGATURES:
        plain = plain.replace(code, folded)
    if b"&" in plain:
        plain = _REFERENCE_TO_ASCII.sub(_decode_to_ascii, plain)
    if b"\\u" in plain:
        plain = _ESCAPE_TO_ASCII.sub(_decode_to_ascii, plain)
    return plain


def _decode(found: re.Match[str]) -> str:
    return _undisguise(found[0])


def _decode_to_ascii(found: re.Match[bytes]) -> bytes:
    return _fold(_undisguise(found[0].decode())).encode("ascii", "replace")


@functools.lru_cache(maxsize=4096)
def _undisguise(text: str) -> str:
    """Read one reference of HTML, or a few escapes of JSON that belong together."""
    if text.startswith("\\"):
        return str(json.loads(f'"{text}"'))
    return html.unescape(_ESCAPED_TWICE.sub("&", text))


@functools.lru_cache(maxsize=4096)
def _fold(text: str) -> str:
    """Fold characters; what separates words becomes a space."""
    spaced = _SEPARATOR.sub(" ", _TONE.sub("", text))
    return " ".join(map(_fold_letters, spaced.split(" ")))


def _fold_letters(text: str) -> str:
    return str(_SEPARATOR.sub("", simplify(unicodedata.normalize("NFKD", text))))


def _fold_latin() -> tuple[bytes, list[tuple[bytes, bytes]]]:
    table = bytearray(range(256)).lower()
    ligatures = []
    for code in range(0x80, 0x100):
        folded = _fold(chr(code)).encode("ascii", "ignore")
        if len(folded) == 1:
            table[code] = folded[0]
        elif len(folded) > 1:
            ligatures.append((bytes([code]), folded))
    return bytes(table), ligatures


_LATIN, _LIGATURES = _fold_latin()
