"""
What a word is, once, for matching, both indexes and highlighting.

A word is a run of letters, digits and ``_`` with the marks on them. Scripts written without
spaces (Chinese, Japanese, Korean, Thai, Lao, Khmer, Burmese) count one character a word, and an
emoji sequence is one word. Everything else separates: ``H&M`` is two words.

Two words are the same when their folded forms are: case, width, ligatures and diacritics are
gone. A folded word is never empty and never contains white space, so an index that splits at
spaces sees exactly these words.
"""

import functools
import re
import unicodedata
from typing import NamedTuple

import regex


class Word(NamedTuple):
    """One word of a text, and where it stands there."""

    text: str
    """Folded."""

    start: int
    end: int
    """The offset behind its last character in the original text."""


_UNSPACED = (
    r"\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
    r"\u3192-\u3195\u3220-\u3229\u3280-\u3289\u30FC\uFF70"  # of no script, but read as these
)
_JOINERS = r"\u00AD\u200B-\u200D\u2060"  # soft hyphen and its kin: seen by nobody
_PICTURE = r"[\p{Extended_Pictographic}--[©®™‼⁉〰〽ℹⓂ㊗㊙]]"
_TONE = r"[\uFE0E\uFE0F\u20E3\U0001F3FB-\U0001F3FF\U000E0020-\U000E007F]"
_WORD = regex.compile(
    rf"""
      [[\p{{L}}\p{{N}}_]--[{_UNSPACED}]]
      [[\p{{L}}\p{{N}}\p{{M}}_{_JOINERS}]--[{_UNSPACED}--\p{{M}}]]*
    | (?: [\u1100-\u115F\uA960-\uA97C]+ | [가-힣] ) [\u1160-\u11A7\uD7B0-\uD7C6]*
      [\u11A8-\u11FF\uD7CB-\uD7FB]* \p{{M}}*
    | [[\p{{L}}\p{{N}}]&&[{_UNSPACED}]] [\p{{M}}\uFF9E\uFF9F]*
    | {_PICTURE}{_TONE}* (?: \u200D {_PICTURE}{_TONE}* )*
    | \p{{Regional_Indicator}}{{1,2}}
    """,
    regex.VERSION1 | regex.VERBOSE,
)
_RUN = re.compile(r"[A-Za-z0-9_\x80-\U0010ffff]+")  # whole words; what else is in ASCII separates
_REPEATED = 40
"""Runs longer than this are too rare to be worth remembering."""

_ASCII_WORD = re.compile(r"[A-Za-z0-9_]+")
_PICTURED = regex.compile(rf"[{_PICTURE}\p{{Regional_Indicator}}]", regex.VERSION1)
_TONES = regex.compile(_TONE, regex.VERSION1)
_DIACRITIC = re.compile(
    "[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
    "\ufe00-\ufe0f\U000e0100-\U000e01ef\u00ad\u200b-\u200d\u2060]"
)
_STROKES = str.maketrans(
    {
        "ø": "o",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "ł": "l",
        "æ": "ae",
        "œ": "oe",
        "ħ": "h",
        "ı": "i",  # noqa: RUF001 - the dotless i of Turkish
        "\N{FRACTION SLASH}": "_",  # a half is not twelve
    }
)
_NOT_WORD = regex.compile(r"[^\p{L}\p{N}\p{M}_]")
_LEADING_MARKS = regex.compile(r"^\p{M}+")


def words(text: str) -> list[Word]:
    """Find every word of a text, in order."""
    if text.isascii():
        return [
            Word(found[0].lower(), found.start(), found.end())
            for found in _ASCII_WORD.finditer(text)
        ]
    return [
        Word(folded, found.start(), found.end())
        for found in _WORD.finditer(text)
        if (folded := fold(found[0]))
    ]


def folded_words(text: str) -> list[str]:
    """Find every word of a text, folded, without its place: the fast form of `words`."""
    if text.isascii():
        return _ASCII_WORD.findall(text.lower())
    found: list[str] = []
    for run in _RUN.findall(text):
        if run.isascii():
            found.append(run.lower())
        else:
            found += _words_of_run(run) if len(run) <= _REPEATED else _split(run)
    return found


@functools.lru_cache(maxsize=65_536)
def _words_of_run(run: str) -> list[str]:
    return _split(run)


def _split(run: str) -> list[str]:
    return [folded for word in _WORD.findall(run) if (folded := fold(word))]


def fold(word: str) -> str:
    """Remove from one word what does not distinguish it: case, width, diacritics, skin tone."""
    return word.lower() if word.isascii() else _fold(word)


@functools.lru_cache(maxsize=65_536)
def _fold(word: str) -> str:
    if _PICTURED.match(word):
        return str(_TONES.sub("", word))
    folded: str = _only_word(simplify(unicodedata.normalize("NFKD", word)))
    if len(_WORD.findall(folded)) > 1:  # a sign for two characters, such as the Japanese "yori"
        return _only_word(simplify(word))
    return folded


def simplify(text: str) -> str:
    """Remove case, diacritics and joiners from decomposed text of any length."""
    bare = _DIACRITIC.sub("", text.casefold()).translate(_STROKES)
    return unicodedata.normalize("NFC", bare)


def _only_word(folded: str) -> str:
    return str(_LEADING_MARKS.sub("", _NOT_WORD.sub("", folded)))


def fold_value(text: str) -> str:
    """
    Remove what does not distinguish a whole value, such as a name or an address.

    Case, width and extra spaces go; diacritics and punctuation stay, since ``Malmö`` and
    ``Malmo`` may be two accounts.
    """
    if text.isascii():
        return " ".join(text.lower().split())
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFD", text).casefold())
    return " ".join(unicodedata.normalize("NFKC", folded.casefold()).split())
