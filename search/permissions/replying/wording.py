"""
How a reply is read: what of it is quoted, where the token stands, and whether all it says is yes.

Everything in a yes has to be known: the token, the brand's handle, and whole phrases from the
lists. One word, sign or hidden character beyond them and it is no clear yes. So nothing has to
be foreseen that somebody might add.
"""

import bisect
import dataclasses
import functools
import itertools
import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Final

import regex

from search.permissions.replying import terms
from search.permissions.replying.asked import OpenRequest
from search.words import Word, words

READ_CHARACTERS: Final = 5_000
"""How much of a reply is read; what is longer is never a clear yes or no."""

LONGEST_YES: Final = 200
"""Characters of a yes, without the quotation."""

TAG: Final = "#"
ACCOUNT: Final = "@"
"""How the token and the handle stand among the words of a reply."""

_SHINGLE: Final = 5
"""So many of our words in a row are no coincidence."""

_REPEATED: Final = re.compile(r"(.)\1{2,}")
_BREAK: Final = re.compile(r"[.!?,;:()\n\u2026]")
_BETWEEN: Final = re.compile(
    r"(?:[ \n\t\u00A0,:!\u2013\u2014-]|\.(?!\s*\.)|(?<=\w)['\u2019](?=\w))*"
)
"""Signs that add nothing to a yes; several full stops hesitate, quotation marks mock."""

_QUOTED_LINE: Final = re.compile(r"(?m)^[ \t]*>.*$")
_HIDDEN: Final = frozenset({"Cf", "Cc", "Co", "Cn", "Cs", "Mn", "Me", "Zl", "Zp"})
_PICTURE: Final = r"\p{Extended_Pictographic}\p{Emoji_Modifier}\uFE0F"
_IN_EMOJI: Final = regex.compile(rf"(?<=[{_PICTURE}])[\u200D\uFE0F]")


@dataclasses.dataclass(frozen=True, slots=True)
class Wording:
    """A reply as it was read."""

    text: str
    """As it stands, the quotation taken out."""

    pieces: tuple[Word, ...]
    """Its words, `TAG` and `ACCOUNT` among them, with their places in the text."""

    said: str
    """The author's own words, each followed by a space, one before the first."""

    quotes: bool
    """Whether part of our message stands in it, or quoted lines that are not all of it."""

    is_whole: bool
    """Whether nothing was left unread."""

    @property
    def has_token(self) -> bool:
        """Whether the whole token stands outside the quotation, letter for letter."""
        return any(piece.text == TAG for piece in self.pieces)

    @property
    def has_handle(self) -> bool:
        """Whether the brand is addressed in it."""
        return any(piece.text == ACCOUNT for piece in self.pieces)

    @property
    def clauses(self) -> list[tuple[str, ...]]:
        """The words between two punctuation marks or pictures, for each such part."""
        parts: list[list[str]] = [[]]
        ends = 0
        for piece in self.pieces:
            if _BREAK.search(self.text, ends, piece.start) or not piece.text[0].isalnum():
                parts.append([])
            if piece.text[0].isalnum():
                parts[-1].append(_unstretched(piece.text))
            ends = piece.end
        return [tuple(part) for part in parts if part]


def read(text: str, request: OpenRequest) -> Wording:
    """Read a reply to a request."""
    is_whole = len(text) <= READ_CHARACTERS
    text = text[:READ_CHARACTERS]
    pieces = _pieces(text, request)
    ours = [[piece.text for piece in _pieces(sent, request)] for sent in request.texts]
    start, end = _whole_quotation(text, pieces, ours)
    text = f"{text[:start]}\n{text[end:]}"
    pieces = _pieces(text, request)
    shown = [found.span() for found in _QUOTED_LINE.finditer(text)]
    covered = _covered(pieces, ours)
    own = [
        piece.text
        for index, piece in enumerate(pieces)
        if index not in covered and not _within(piece, shown) and piece.text[0].isalnum()
    ]
    said = "".join(f"{_unstretched(word)} " for word in ["", *own])
    return Wording(text, tuple(pieces), said, quotes=bool(covered or shown), is_whole=is_whole)


def says_only_yes(wording: Wording, languages: Sequence[str]) -> bool:
    """Whether only token, handle and friendly words stand there; hidden letters: see (d)."""
    text = terms.emoticons().sub(lambda found: " " * len(found[0]), wording.text)
    pieces = [piece for piece in wording.pieces if text[piece.start : piece.end].strip()]
    return (
        wording.is_whole
        and len(wording.text) <= LONGEST_YES
        and _is_harmless_between(text, pieces)
        and _are_phrases([piece.text for piece in pieces], languages)
    )


def is_disguised(text: str) -> bool:
    """Whether letters are not what they look like: wide, composed, marked, or hidden ones."""
    plain = text.replace("\u00a0", " ")
    if unicodedata.normalize("NFKC", plain) != plain:
        return True
    return any(
        unicodedata.category(sign) in _HIDDEN and sign not in "\n\t"
        for sign in _IN_EMOJI.sub("", plain)
    )


def resembles_token(text: str, token: str) -> bool:
    """Whether the token stands there, but for signs between or letters that look alike."""
    return _skeleton(token) in _skeleton(text[:READ_CHARACTERS])


def _skeleton(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).casefold().translate(terms.lookalikes())
    return "".join(sign for sign in plain if sign.isalnum())


def _pieces(text: str, request: OpenRequest) -> list[Word]:
    found: list[Word] = []
    ends = 0
    for mark in _marks(request.token, request.brand_handle).finditer(text):
        found += _shifted(text, ends, mark.start())
        found.append(Word(TAG if mark["token"] else ACCOUNT, *mark.span()))
        ends = mark.end()
    return [*found, *_shifted(text, ends, len(text))]


def _shifted(text: str, start: int, end: int) -> Iterator[Word]:
    for word in words(text[start:end]):
        yield Word(word.text, word.start + start, word.end + start)


@functools.lru_cache(maxsize=256)
def _marks(token: str, handle: str) -> "regex.Pattern[str]":
    """Match the whole token and the whole handle, space or signs at their sides."""
    names = "|".join(regex.escape(name) for name in (handle, handle.partition("@")[0]))
    letters = rf"(?P<token>{_in_ascii(token)})|@(?i:{names})"
    before = rf"(?<![^\s.,!?:;(\"'\u201c\u00ab{_PICTURE}])"
    after = rf"(?![^\s.,!?:;)\"'\u2019\u201d\u00bb{_PICTURE}]|[.'\u2019]\w)"
    return regex.compile(rf"{before}(?:{letters}){after}")


def _in_ascii(token: str) -> str:
    """Match ASCII letters of either case only: in Turkish a dotless i is an ``I``."""
    return "".join(f"[{s.lower()}{s.upper()}]" if s.isalpha() else f"[{s}]" for s in token)


def _whole_quotation(
    text: str, pieces: Sequence[Word], ours: Sequence[Sequence[str]]
) -> tuple[int, int]:
    """Find where one of our messages stands in full, with the signs that mark it; or nowhere."""
    said = " ".join(["", *(piece.text for piece in pieces), ""])
    for sent in ours:
        where = said.find(" ".join(["", *sent, ""])) if len(sent) >= _SHINGLE else -1
        if where >= 0:
            first = said.count(" ", 0, where)
            start, end = pieces[first].start, pieces[first + len(sent) - 1].end
            return start - len(_opening(text[:start])), end + len(_closing(text[end:]))
    return 0, 0


def _opening(before: str) -> str:
    return before[len(before.rstrip("> \t\"'\u201c\u201e\u00ab")) :]


def _closing(after: str) -> str:
    found = re.match(r"[.?!]?[\"'\u201d\u00bb]?", after)
    return found[0] if found else ""


def _covered(pieces: Sequence[Word], ours: Sequence[Sequence[str]]) -> frozenset[int]:
    """Tell which words stand in a row that is ours."""
    rows = {row for sent in ours for row in _rows(sent)}
    said = [piece.text for piece in pieces]
    starts = (index for index, row in enumerate(_rows(said)) if row in rows)
    return frozenset(itertools.chain.from_iterable(range(i, i + _SHINGLE) for i in starts))


def _rows(said: Sequence[str]) -> Iterator[tuple[str, ...]]:
    return (tuple(said[i : i + _SHINGLE]) for i in range(len(said) - _SHINGLE + 1))


def _within(piece: Word, spans: Sequence[tuple[int, int]]) -> bool:
    before = bisect.bisect_right(spans, (piece.start, READ_CHARACTERS * 2))
    return before > 0 and piece.start < spans[before - 1][1]


def _is_harmless_between(text: str, pieces: Sequence[Word]) -> bool:
    ends = [0, *(piece.end for piece in pieces)]
    starts = [*(piece.start for piece in pieces), len(text)]
    return all(
        (found := _BETWEEN.match(text, end)) is not None and found.end() >= start
        for end, start in zip(ends, starts, strict=True)
    )


def _are_phrases(said: Sequence[str], languages: Sequence[str]) -> bool:
    """Whether words are phrases that may stand in a yes, the longest first, and nothing else."""
    known = terms.phrases("yes", languages) | terms.phrases("friendly", languages)
    return are_made_of(said, known | {(TAG,), (ACCOUNT,)})


def are_made_of(said: Sequence[str], known: frozenset[tuple[str, ...]]) -> bool:
    """Whether words are known phrases or friendly pictures, the longest first, nothing else."""
    longest = max(map(len, known))
    words_left = [_unstretched(word) for word in said]
    start = 0
    while start < len(words_left):
        if words_left[start] in terms.emoji("emoji"):
            start += 1
            continue
        lengths = range(longest, 0, -1)
        fits = (n for n in lengths if tuple(words_left[start : start + n]) in known)
        taken = next(fits, 0)
        if not taken:
            return False
        start += taken
    return True


def _unstretched(word: str) -> str:
    """Write *yesss* as *yes*."""
    return _REPEATED.sub(r"\1", word)
