"""
How long a text is as each platform counts it.

Where a platform's rule cannot be followed to the letter, a text is counted too long rather than
too short: a message that its sender's window refuses is worse than a smaller one. Two texts on
lines of their own are together as long as both and the line's end, by every rule.
"""

import enum
import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Final

import regex

ADDRESS_WEIGHT: Final = 23
"""What X and Mastodon count for a link of any length."""


class Unit(enum.StrEnum):
    """What a platform counts."""

    CODE_POINTS = "code_points"
    UTF16 = "utf16"
    """Code units, as browsers and apps count characters: most emoji are two."""

    BYTES = "bytes"
    """Of UTF-8."""

    GRAPHEMES = "graphemes"
    """What a reader takes for one sign, by UAX #29."""

    X = "x"
    """Weighted as twitter-text does: a Latin letter is 1, an emoji or an ideograph 2."""

    MASTODON = "mastodon"
    """
    Links count 23, ``@anna@example.social`` only ``@anna``.

    All else counts by code points: newer servers count graphemes, which are never more.
    """

    THREADS = "threads"
    """Code points; emoji count the bytes of their UTF-8."""


def length(text: str, unit: Unit) -> int:
    """Count a text of any size, in time that grows with it."""
    return _COUNTERS[unit](text)


_HOST: Final = r"(?:[A-Za-z0-9_-]+\.)+(?:[Xx][Nn]--[A-Za-z0-9-]+|[A-Za-z]{2,63})(?![\w-])"
_REST: Final = r"(?::[0-9]+)?(?:[/?](?:[A-Za-z0-9!*';:=+,.$/%#\[\]_~@&|?-]*[A-Za-z0-9=_#/+&-])?)?"
_ADDRESS: Final = re.compile(rf"(?<![\w@#$\uFF20\uFF03])https?://{_HOST}{_REST}", re.IGNORECASE)
"""
A link of which both platforms certainly make one: ASCII, without brackets or final punctuation.

That its top-level domain exists is taken for granted.
"""

_BARE_ADDRESS: Final = re.compile(rf"(?<![\w@#$\uFF20\uFF03./:-]){_HOST}{_REST}")
"""``brand.com``, of which X makes a link if its top-level domain exists."""

_MENTION: Final = re.compile(
    r"(?<![\w/])(@[A-Za-z0-9_]++(?:[.-]++[A-Za-z0-9_]++)*+)"
    r"@[A-Za-z0-9]++(?:[.-]++[A-Za-z0-9]++)*+"
)

_EMOJI: Final = regex.compile(
    r"\p{Regional_Indicator}{2}|[0-9#*]\uFE0F?\u20E3"
    r"|\U0001F3F4\U000E0067\U000E0062(?:\U000E0065\U000E006E\U000E0067"
    r"|\U000E0073\U000E0063\U000E0074|\U000E0077\U000E006C\U000E0073)\U000E007F"
    r"|(?:[\u00A9\u00AE]\uFE0F|(?![\u00A9\u00AE])\p{Extended_Pictographic}"
    r"[\uFE0F\U0001F3FB-\U0001F3FF]?)"
    r"(?:\u200D\p{Extended_Pictographic}[\uFE0F\U0001F3FB-\U0001F3FF]?){0,3}",
    regex.V1,
)
"""One emoji; of joined ones at most four, as the longest has, so that no chain counts as one."""

_FLAG_LETTERS: Final = regex.compile(r"\p{Regional_Indicator}{1,2}", regex.V1)
_GRAPHEME: Final = regex.compile(r"\X", regex.V1)

# Ranges of weight 100: https://github.com/twitter/twitter-text/blob/master/config/v3.json
_LIGHT: Final = re.compile("[\u0000-\u10ff\u2000-\u200d\u2010-\u201f\u2032-\u2037]")


def _utf16(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _bytes(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))


def _graphemes(text: str) -> int:
    # `\X` takes quadratic time over a row of flags: each pair of letters is one sign, like an F
    return sum(1 for _ in _GRAPHEME.finditer(_FLAG_LETTERS.sub("F", text)))


def _weighted(text: str) -> int:
    composed = unicodedata.normalize("NFC", text)
    total, end = 0, 0
    for found in _ADDRESS.finditer(composed):
        total += _weighted_without_links(composed[end : found.start()]) + ADDRESS_WEIGHT
        end = found.end()
    return total + _weighted_without_links(composed[end:])


def _weighted_without_links(text: str) -> int:
    """Count all signs, and a bare address as what is more: its signs, or a link."""
    missing = (
        max(0, ADDRESS_WEIGHT - _weight(found[0])) for found in _BARE_ADDRESS.finditer(text)
    )
    return _weight(text) + sum(missing)


def _weight(text: str) -> int:
    bare: str
    emoji: int
    bare, emoji = _EMOJI.subn("", text)
    light = sum(1 for _ in _LIGHT.finditer(bare))
    return 2 * emoji + 2 * len(bare) - light


def _mastodon(text: str) -> int:
    return len(_MENTION.sub(r"\1", _ADDRESS.sub("x" * ADDRESS_WEIGHT, text)))


def _threads(text: str) -> int:
    return len(text) + sum(_bytes(found[0]) - len(found[0]) for found in _EMOJI.finditer(text))


_COUNTERS: Final[Mapping[Unit, Callable[[str], int]]] = {
    Unit.CODE_POINTS: len,
    Unit.UTF16: _utf16,
    Unit.BYTES: _bytes,
    Unit.GRAPHEMES: _graphemes,
    Unit.X: _weighted,
    Unit.MASTODON: _mastodon,
    Unit.THREADS: _threads,
}
