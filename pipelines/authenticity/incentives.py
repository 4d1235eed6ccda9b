"""
Words by which authors say that they got something for what they write.

The terms are those of `incentive_terms.toml`. What is denied (*was not paid for this review*),
asked, wished for, or told of somebody else (*they all got it for free*) does not count, nor what
anybody may get: a replacement, delivery, a gift with an order. Texts are read as runs of folded
words, so case, accents and line breaks make no difference.
"""

import bisect
import functools
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from search.mention import Mention
from search.vocabulary import UNKNOWN
from search.words import folded_words, words

READ_CHARACTERS: Final = 5_000
"""How much of a text is looked through."""

DENYING_WORDS: Final = 6
"""How far before a term, in the same clause, a word denies it."""

_TERMS: Final = Path(__file__).with_name("incentive_terms.toml")
_SENTENCE_WORDS: Final = 40
_MOST_SHOWN: Final = 3
_STOPS: Final = re.compile(r"[.!?\u2026\n;]")
_WRAPPED: Final = re.compile(r"^[ \t]*\n[ \t]*$")
_CLAUSES: Final = re.compile(r"[,:()\[\]\u2013\u2014]| -+ ")


def find_incentive(mention: Mention) -> str | None:
    """Return the words that say so, as written; ``None`` when there are none."""
    known = mention.language if mention.language not in {None, UNKNOWN} else None
    language = known or mention.declared_language
    found: dict[str, None] = {}
    for text in (mention.title or "", mention.text[:READ_CHARACTERS]):
        found |= dict.fromkeys(_find(text, language))
    return "; ".join(list(found)[:_MOST_SHOWN]) or None


def _find(text: str, language: str | None) -> Iterator[str]:
    known = _known_terms()
    if language is not None and language not in known:
        return
    lists = known.values() if language is None else (known[language],)
    read = _Read.of(text)
    for terms in lists:
        for found in terms.pattern.finditer(read.line):
            if terms.counts(read.line, found):
                yield " ".join(read.written(text, found.start(), found.end()).split())


class _Read(NamedTuple):
    """A text as one line of folded words, each with a space behind it, and marks between them."""

    line: str
    starts: Sequence[int]
    places: Sequence[tuple[int, int]]

    @classmethod
    def of(cls, text: str) -> "_Read":
        """Put ``|`` where a sentence ends, ``?`` where a question does, and ``,`` at a clause."""
        parts, starts, places = [" "], [], []
        length = 1
        reached = 0
        for word in words(text):
            gap = text[reached : word.start]
            mark = _mark(gap, text[word.start])
            hashed = "#" if gap.endswith("#") else ""
            starts.append(length + len(mark))
            places.append((word.start - len(hashed), word.end))
            parts.append(f"{mark}{hashed}{word.text} ")
            length += len(parts[-1])
            reached = word.end
        parts.append("? " if "?" in text[reached:] else "| ")
        return cls("".join(parts), starts, places)

    def written(self, text: str, start: int, end: int) -> str:
        """Return what stands in the text where something was found in the line."""
        first = max(bisect.bisect_right(self.starts, start) - 1, 0)
        last = bisect.bisect_left(self.starts, end) - 1
        return text[self.places[first][0] : self.places[last][1]]


def _mark(gap: str, following: str) -> str:
    """Say what a gap between words ends; a line that goes on in lower case ends nothing."""
    if following.islower():
        gap = _WRAPPED.sub(" ", gap)
    if "?" in gap:
        return "? "
    if _STOPS.search(gap):
        return "| "
    return ", " if _CLAUSES.search(gap) else ""


class _Terms(NamedTuple):
    """The terms of one language, as one pattern, and the words that take their worth."""

    pattern: re.Pattern[str]
    denied: frozenset[str]
    own: frozenset[str]
    others: frozenset[str]
    anybodys: re.Pattern[str] | None
    after: re.Pattern[str] | None

    def counts(self, line: str, found: re.Match[str]) -> bool:
        """Whether the author says it of this text, and means it."""
        sentence = _before(line, found.start())
        clause = _last_clause(sentence)
        near = " ".join([*clause, found[0]])
        if not self.denied.isdisjoint(clause) or _asks(line, found.end()):
            return False
        if self.anybodys is not None and self.anybodys.search(f" {near} "):
            return False
        if self.after is not None and self.after.match(line, found.end()):
            return False
        return self._is_own(sentence, found[0].split())

    def _is_own(self, sentence: Sequence[str], term: Sequence[str]) -> bool:
        """Whether the nearest person named is the author, or nobody is."""
        if not self.own.isdisjoint(term):
            return True
        persons = (word for word in reversed(sentence) if word in self.own or word in self.others)
        return next(persons, None) not in self.others


def _before(line: str, at: int) -> Sequence[str]:
    """Return the words of the sentence in front of a place."""
    found = line[:at].split()[-_SENTENCE_WORDS:]
    stops = [place for place, word in enumerate(found) if word in {"|", "?"}]
    return found[stops[-1] + 1 :] if stops else found


def _last_clause(sentence: Sequence[str]) -> Sequence[str]:
    commas = [place for place, word in enumerate(sentence) if word == ","]
    clause = sentence[commas[-1] + 1 :] if commas else sentence
    return clause[-DENYING_WORDS:]


def _asks(line: str, at: int) -> bool:
    ends = _SENTENCE_END.search(line, at)
    return ends is not None and ends[0] == "?"


_SENTENCE_END: Final = re.compile(r"[|?]")


@functools.cache
def _known_terms() -> Mapping[str, _Terms]:
    listed = tomllib.loads(_TERMS.read_text("utf-8"))
    hashtags = listed.pop("hashtags")
    return {language: _compile(lists, hashtags) for language, lists in listed.items()}


def _compile(lists: Mapping[str, Any], hashtags: Sequence[str]) -> _Terms:
    slots = {
        f"{{{name}}}": [" ".join(folded_words(word)) for word in several]
        for name, several in lists.get("slots", {}).items()
    }
    denied = _folded(lists["denied"])
    slots[".."] = [rf"(?:(?!(?:{'|'.join(sorted(denied))}) )[^ |?,]+ ){{0,3}}?"]
    terms = [_pattern(term, slots) for term in sorted(lists["terms"], key=len, reverse=True)]
    terms += [re.escape(f"{tag} ") for tag in hashtags]
    return _Terms(
        re.compile(f"(?<= )(?:{'|'.join(terms)})"),
        denied=denied,
        own=_folded(lists["own"]),
        others=_folded(lists["others"]),
        anybodys=_any_of(lists["anybodys"], "(?<= )"),
        after=_any_of(lists["after"], "(?:, )?"),
    )


def _folded(listed: Sequence[str]) -> frozenset[str]:
    return frozenset(word for each in listed for word in folded_words(each))


def _any_of(listed: Sequence[str], begin: str) -> re.Pattern[str] | None:
    folded = [" ".join(folded_words(each)) for each in listed]
    return re.compile(f"{begin}(?:{'|'.join(map(re.escape, folded))}) ") if folded else None


def _pattern(term: str, slots: Mapping[str, Sequence[str]]) -> str:
    """Write a term as a pattern: ``..`` stands for one, an empty choice may be left out."""
    parts: list[str] = []
    for part in term.split():
        if part == "..":
            parts += slots[part]
        elif part in slots:
            choices = sorted(slots[part], key=len, reverse=True)
            parts.append(f"(?:{'|'.join(f'{each} ' if each else '' for each in choices)})")
        else:
            parts += [f"{re.escape(word)} " for word in folded_words(part)]
    return "".join(parts)
