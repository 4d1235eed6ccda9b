"""Which part of a query matched where: for highlights and for explaining a match."""

import dataclasses
from collections.abc import Iterator, Sequence

import regex

from search.evaluation import (
    NO_STATE,
    Reading,
    find_phrase,
    find_raw,
    find_windows,
    holds,
    is_text,
    query_stem,
)
from search.fields import SEARCHED_TEXT
from search.mention import Mention, State
from search.query import And, Leaf, Near, Not, Or, Phrase, Prefix, Query, Raw, Stem, Term
from search.words import fold_value

_TAG = regex.compile(r"[#＃]([\p{L}\p{N}\p{M}_\u200c·・]+)")  # noqa: RUF001 - as platforms read them
_HANDLE = regex.compile(r"[@＠]([\w.-]*\w(?:@[\w.-]*\w)?)")  # noqa: RUF001 - as platforms read them
_WRITTEN_AS = {"hashtags": _TAG, "handles": _HANDLE}


@dataclasses.dataclass(frozen=True, slots=True)
class Span:
    """A place in a text where a leaf of the query matches."""

    path: str
    """The field whose text it is in."""

    start: int
    end: int
    """The offset behind its last character."""

    leaf: Leaf


@dataclasses.dataclass(frozen=True, slots=True)
class Explanation:
    """What one node of a query says of one mention."""

    node: Query
    matched: bool
    spans: tuple[Span, ...] = ()
    """Where; empty where the node is not a leaf, does not match or is about no text."""

    parts: "tuple[Explanation, ...]" = ()


def find(query: Query, mention: Mention, state: State = NO_STATE) -> list[Span]:
    """Find every place that makes the query match, in order; none when it does not match."""
    reading = Reading(mention, state)
    if not holds(query, reading):
        return []
    places = {(span.path, span.start, span.end): span for span in _locate(query, reading)}
    return sorted(
        places.values(), key=lambda span: (SEARCHED_TEXT.index(span.path), span.start, span.end)
    )


def explain(query: Query, mention: Mention, state: State = NO_STATE) -> Explanation:
    """Say for each node of the query whether it matched, and where."""
    return _explain(query, Reading(mention, state))


def _explain(query: Query, reading: Reading) -> Explanation:
    matched = holds(query, reading)
    match query:
        case And(parts) | Or(parts):
            return Explanation(
                query, matched, parts=tuple(_explain(part, reading) for part in parts)
            )
        case Not(part):
            return Explanation(query, matched, parts=(_explain(part, reading),))
        case _:
            return Explanation(query, matched, tuple(_locate_leaf(query, reading)))


def _locate(query: Query, reading: Reading) -> Iterator[Span]:
    match query:
        case And(parts) | Or(parts):
            for part in parts:
                if holds(part, reading):
                    yield from _locate(part, reading)
        case Not():
            return
        case _:
            yield from _locate_leaf(query, reading)


def _locate_leaf(leaf: Leaf, reading: Reading) -> Iterator[Span]:
    match leaf:
        case Phrase(path, words):
            for index in find_phrase(reading.folded(path), words):
                yield _span(leaf, reading, index, index + len(words) - 1)
        case Raw(path):
            for start, end in find_raw(leaf, reading):
                yield Span(path, start, end, leaf)
        case Near() | Stem():
            yield from _locate_words(leaf, reading)
        case Prefix(path) if is_text(path):
            yield from _locate_words(leaf, reading)
        case Term() | Prefix():
            yield from _locate_name(leaf, reading)


def _locate_words(leaf: Near | Stem | Prefix, reading: Reading) -> Iterator[Span]:
    for index in _find_words(leaf, reading):
        yield _span(leaf, reading, index, index)


def _find_words(leaf: Near | Stem | Prefix, reading: Reading) -> Sequence[int]:
    match leaf:
        case Near():
            return _near_words(leaf, reading)
        case Stem(path, word):
            wanted = query_stem(word, reading)
            return [index for index, found in enumerate(reading.stems(path)) if found == wanted]
        case Prefix(path, prefix):
            folded = reading.folded(path)
            return [index for index, word in enumerate(folded) if word.startswith(prefix)]


def _near_words(leaf: Near, reading: Reading) -> list[int]:
    folded = reading.folded(leaf.path)
    wanted = frozenset(leaf.words)
    found: list[int] = []
    behind = 0  # windows overlap, and each word is looked at once
    for first, last in find_windows(folded, leaf.words, leaf.gap):
        places = range(max(first, behind), last + 1)
        found += [index for index in places if folded[index] in wanted]
        behind = last + 1
    return found


def _locate_name(leaf: Term | Prefix, reading: Reading) -> Iterator[Span]:
    """Find a hashtag or handle where the text spells it out."""
    pattern = _WRITTEN_AS.get(leaf.path)
    if pattern is None or not holds(leaf, reading):
        return
    for path in SEARCHED_TEXT:
        for found in pattern.finditer(reading.text(path)):
            if _is_name(leaf, fold_value(found[1])):
                yield Span(path, found.start(), found.end(), leaf)


def _is_name(leaf: Term | Prefix, name: str) -> bool:
    if isinstance(leaf, Term):
        return name == leaf.value
    return name.startswith(leaf.prefix) or f"{name}@" == leaf.prefix


def _span(leaf: Phrase | Near | Stem | Prefix, reading: Reading, first: int, last: int) -> Span:
    placed = reading.placed(leaf.path)
    return Span(leaf.path, placed[first].start, placed[last].end, leaf)
