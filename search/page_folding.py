"""
A page made plain without being parsed: what `search/page_gate.py` looks for words in.

Everything that can disguise a letter is undone: case, diacritics, soft hyphens, entities (also
escaped twice, as in feeds) and the escapes of JSON. Tags stay. There are two forms: bytes, several
times faster, that are right for words of ASCII letters only, and text for all others.

References and escapes that matter are rare, and an automaton sees that there are none in a tenth
of the time of the expressions that undo them.
"""

import functools
import html.entities
import itertools
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator

import regex
from ahocorasick_rs import BytesAhoCorasick, Implementation

from search.words import simplify

_NAMED = r"(?!amp;|quot;|nbsp;|lt;|gt;|apos;)[A-Za-z]\w{1,30}"  # those named stand for no letter
_REFERENCE = re.compile(
    rf"&(?:amp;)*(?:#0*\d{{2,7}}|#[xX]0*[0-9a-fA-F]{{2,6}}|{_NAMED});", re.ASCII
)
_ESCAPES = re.compile(r"\\u[0-9a-fA-F]{4}(?:\\u[0-9a-fA-F]{4})*")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")

_DISGUISE = re.compile(f"{_REFERENCE.pattern}|{_ESCAPES.pattern}".encode())
_ASCII = bytes(range(128))
_STRETCH = 2048
_BLOCKS = bytes.fromhex("00 01 02 03 1a 1d 1e 20 21 24 2c 32 a7 fb fe ff")
_FAR_BLOCKS = (0x107, 0x1D4, 0x1D5, 0x1D6, 0x1D7, 0x1F1, 0x1F3, 0x1FB, 0xE01)
"""Where the characters are that fold to ASCII or to nothing, in units of 256."""

_CAPITALISED = {
    name.lower(): text
    for name, text in html.entities.html5.items()
    if name.lower() not in html.entities.html5
}
"""What names in capitals stand for, for the page is in lower case when they are read."""

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


def fold_page_to_ascii(page: bytes) -> bytes:
    """Make a page in UTF-8 plain, as far as words in ASCII are concerned."""
    if page.isascii():
        return _undisguise_all(page.lower())
    return _undisguise_all(b"".join(map(_fold_stretch, stretches(page))))


def stretches(page: bytes) -> Iterator[bytes]:
    """Cut a page before tags, so that no character, reference or escape is cut in two."""
    start, end = 0, page.find(b"<", _STRETCH)
    while end >= 0:
        yield page[start:end]
        start, end = end, page.find(b"<", end + _STRETCH)
    yield page[start:]


def _fold_stretch(text: bytes) -> bytes:
    """Fold a part of a page; most have no letters but those of ASCII, which is fast to see."""
    plain = text.lower()
    if plain.isascii():
        return plain
    plain = _ACCENTED.sub(_fold_accented, plain)
    beyond = set(plain.translate(None, _ASCII).decode())
    if not any(map(_matters, beyond)):
        return plain
    return plain.decode().encode("ascii", "xmlcharrefreplace")


def _fold_accented(found: re.Match[bytes]) -> bytes:
    return _ACCENTED_FOLDED[found[0]]


def _undisguise_all(plain: bytes) -> bytes:
    if disguised := _disguises().find_matches_as_indexes(plain):
        return b"".join(_undisguised(plain, (start for _, start, _ in disguised)))
    return plain


def _undisguised(plain: bytes, starts: Iterable[int]) -> Iterator[bytes]:
    """Yield a page piece by piece, with what stands for letters from ``starts`` on undone."""
    done = 0
    for start in starts:
        begin = start
        while plain[begin : begin + 1] == b";" and plain.endswith(b"amp", 0, begin):
            begin -= 4  # to the start of "&amp;", as when escaped twice
        if begin >= done and (found := _DISGUISE.match(plain, begin)):
            yield plain[done:begin]
            yield _decode_to_ascii(found)
            done = found.end()
    yield plain[done:]


@functools.cache
def _disguises() -> BytesAhoCorasick:
    """Return what finds the start of every reference and escape that matters to ASCII."""
    blocks = (range(block << 8, block + 1 << 8) for block in (*_BLOCKS, *_FAR_BLOCKS))
    letters = filter(_matters, map(chr, itertools.chain(*blocks)))
    starts = ["&#0", "&#x0", ";#0", ";#x0"]  # all that have leading zeros
    for name, text in html.entities.html5.items():
        if _matters(text):
            starts += f"&{name.lower()}", f";{name.lower()}"
    for letter in letters:
        starts += (
            f"{mark}#{form};" for form in (ord(letter), f"x{ord(letter):x}") for mark in "&;"
        )
        units = letter.encode("utf-16-be").hex(" ", 2)
        starts.append(r"\u" + units.replace(" ", r"\u"))
    return BytesAhoCorasick(
        [start.encode() for start in starts], implementation=Implementation.DFA
    )


@functools.lru_cache(maxsize=16_384)
def _matters(text: str) -> bool:
    """Whether a character is none, or one of ASCII, to `search/words.py`."""
    folded = _fold.__wrapped__(text)
    return folded.isascii() and folded != " "


def _decode(found: re.Match[str]) -> str:
    return _undisguise(found[0])


def _decode_to_ascii(found: re.Match[bytes]) -> bytes:
    text = found[0].decode("latin-1")
    name = text.rpartition("&")[2].rpartition("amp;")[2]
    return _fold_to_ascii(_CAPITALISED.get(name) or _undisguise(text))


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


@functools.lru_cache(maxsize=4096)
def _fold_to_ascii(text: str) -> bytes:
    return _fold(text).encode("ascii", "replace")


_ACCENTED = re.compile(b"\xc3[\x80-\xbf]")  # most letters beyond ASCII that matter: À to ÿ
_ACCENTED_FOLDED = {chr(code).encode(): _fold_to_ascii(chr(code)) for code in range(0xC0, 0x100)}
