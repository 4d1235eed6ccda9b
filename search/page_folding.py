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

import numpy as np
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
_LOWER = 0x20
"""The bit that tells a small letter of ASCII from a capital."""

_STRETCH = 2048
_WORTH_CUTTING = 750
"""Bytes that are folded in the time that it takes to cut out a part."""

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
    return _undisguise_all(b"".join(map(_fold_stretch, _stretches(page))))


def uncased(page: bytes) -> bytes:
    """
    Make letters of ASCII lower case, and a few signs alike; what is beyond ASCII is lost.

    Ten times as fast as ``lower``, and as good where what is looked for is treated likewise.
    """
    return np.bitwise_or(np.frombuffer(page, np.uint8), _LOWER).tobytes()


def fold_rarely_disguised(page: bytes, plain: bytes) -> bytes:
    """
    Fold only those parts of a page in which letters are disguised other than by usual accents.

    A word of ASCII that `fold_page_to_ascii` would show stands either in them, or in what
    `fold_accents` returns, or in ``plain``, which is the page uncased.
    """
    beyond = np.frombuffer(page, np.uint8)[_places_beyond_ascii(page)].tobytes()
    rare = frozenset(filter(_matters, set(beyond.decode()) - _ACCENTED))
    found = _letters(rare).find_matches_as_indexes(page) if rare else []
    found += _disguises().find_matches_as_indexes(plain)
    starts = sorted(start for _, start, _ in found)
    return uncased(fold_page_to_ascii(b" ".join(_strings_around(page, starts))))


def fold_accents(page: bytes, longest: int) -> bytes:
    """
    Fold only those parts of a page in which there may be letters from À to ÿ, and uncase them.

    Words are shown up to ``longest`` letters; those around them may stand for no such thing.
    """
    parts = _parts_around_each(page, _places_beyond_ascii(page), longest)
    return _spell_out(b"<".join(parts).translate(_ACCENTS, b"\xc3"))


def longest_unaccented(word: str) -> str:
    """Return the longest piece of a word in whose place no letter from À to ÿ can stand."""
    return max(_ACCENTABLE.split(word), key=len)


def _places_beyond_ascii(page: bytes) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    return (np.frombuffer(page, np.int8) < 0).nonzero()[0]


def _parts_around_each(
    page: bytes, places: np.ndarray[tuple[int], np.dtype[np.intp]], margin: int
) -> Iterator[bytes]:
    """Yield what has all places, in order, with at least ``margin`` bytes before and after."""
    if not len(places):
        return
    gaps = (places[1:] - places[:-1] > 2 * margin).nonzero()[0]
    if len(gaps) * _WORTH_CUTTING > len(page):
        yield page
        return
    starts = [places[0], *places[gaps + 1].tolist()]
    ends = [*places[gaps].tolist(), places[-1]]
    for start, end in zip(starts, ends, strict=True):
        yield page[max(start - margin, 0) : end + margin + 1]


def _strings_around(page: bytes, places: Iterable[int]) -> Iterator[bytes]:
    """Yield, once each, the parts between spaces and tags in which the places are."""
    start = end = 0
    for place in places:
        if place >= end:
            start, end = end, len(page)
            for limit in (b" ", b"<"):  # no word goes on beyond; spaces are nearer
                start = max(start, page.rfind(limit, start, place) + 1)
                found = page.find(limit, place, end)
                end = found if found >= 0 else end
            yield page[start:end]


def _stretches(page: bytes) -> Iterator[bytes]:
    """Cut a page before tags, so that no character, reference or escape is cut in two."""
    start, end = 0, page.find(b"<", _STRETCH)
    while end >= 0:
        yield page[start:end]
        start, end = end, page.find(b"<", end + _STRETCH)
    yield page[start:]


def _fold_stretch(text: bytes) -> bytes:
    """Fold a part of a page; most have no letters but those of ASCII, which is fast to see."""
    if text.isascii():
        return text.lower()
    return _spell_out(text.decode().encode("latin-1", "xmlcharrefreplace").translate(_LATIN))


def _spell_out(text: bytes) -> bytes:
    """Replace the characters of Latin-1 that fold to several, or to none."""
    for letter, folded in _SPELT_OUT.items():
        text = text.replace(letter, folded)
    return text


def _undisguise_all(plain: bytes) -> bytes:
    if disguised := _disguises().find_matches_as_indexes(uncased(plain)):
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
            yield _decode_to_ascii(found[0])
            done = found.end()
    yield plain[done:]


@functools.lru_cache(maxsize=256)
def _letters(letters: frozenset[str]) -> BytesAhoCorasick:
    """Return what finds these letters; the pages of a site have the same few."""
    return BytesAhoCorasick([letter.encode() for letter in letters])


@functools.cache
def _disguises() -> BytesAhoCorasick:
    """Return what finds, in what is uncased, all references and escapes that matter to ASCII."""
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
        [uncased(start.encode()) for start in starts], implementation=Implementation.DFA
    )


@functools.lru_cache(maxsize=16_384)
def _matters(text: str) -> bool:
    """Whether a character is none, or one of ASCII, to `search/words.py`."""
    folded = _fold.__wrapped__(text)
    return folded.isascii() and folded != " "


def _decode(found: re.Match[str]) -> str:
    return _undisguise(found[0])


@functools.lru_cache(maxsize=4096)
def _decode_to_ascii(disguised: bytes) -> bytes:
    text = disguised.decode("latin-1")
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


_ACCENTED = frozenset(map(chr, range(0xC0, 0x100)))
"""Nearly all letters beyond ASCII that matter; in UTF-8 they are C3, and a byte of their own."""

_FOLDED = [bytes([code]).lower() for code in _ASCII]
_FOLDED += [_fold_to_ascii(chr(code)) for code in range(0x80, 0x100)]
_ACCENTABLE = re.compile(f"[{b''.join(map(_fold_to_ascii, sorted(_ACCENTED))).decode()}]")
_SPELT_OUT = {bytes([code]): folded for code, folded in enumerate(_FOLDED) if len(folded) != 1}
_LATIN = b"".join(
    folded if len(folded) == 1 else bytes([code]) for code, folded in enumerate(_FOLDED)
)
_ACCENTS = uncased(_ASCII) + _LATIN[0xC0:] + _LATIN[0xC0:]
