"""A text cut into what matched and what did not, for a terminal or a page to mark."""

import dataclasses
from collections.abc import Iterable, Sequence
from typing import Protocol

from search.words import words

_ELLIPSIS = "…"
_LONG_WORD = 40


class Place(Protocol):
    """Anything with two offsets, such as `search.matcher.Span`."""

    @property
    def start(self) -> int:
        """The offset of the first character."""

    @property
    def end(self) -> int:
        """The offset behind the last character."""


@dataclasses.dataclass(frozen=True, slots=True)
class Segment:
    """A piece of text."""

    text: str
    hit: bool
    """Whether it matched."""


def highlight(text: str, spans: Iterable[Place]) -> list[Segment]:
    """Cut a text at the limits of its hits; together the segments are the text."""
    return _cut(text, _merge(spans, len(text)), 0, len(text))


def snippet(text: str, spans: Iterable[Place], width: int = 200) -> list[Segment]:
    """
    Show about ``width`` characters of a text around where most of its hits are.

    It is cut between words, and an ellipsis stands where something is left out. Without a hit it
    is the beginning of the text.
    """
    if len(text) <= width:
        return highlight(text, spans)
    hits = _merge(spans, len(text))
    start, end = _window(text, hits, width)
    segments = _cut(text, hits, start, end)
    before = [Segment(_ELLIPSIS, hit=False)] if text[:start].strip() else []
    behind = [Segment(_ELLIPSIS, hit=False)] if text[end:].strip() else []
    return [*before, *segments, *behind]


def _merge(spans: Iterable[Place], length: int) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    places = sorted((max(span.start, 0), min(span.end, length)) for span in spans)
    for start, end in places:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        elif start < end:
            merged.append((start, end))
    return merged


def _cut(text: str, hits: Sequence[tuple[int, int]], start: int, end: int) -> list[Segment]:
    segments = []
    place = start
    for first, behind in hits:
        inside = max(first, place), min(behind, end)
        if inside[0] >= inside[1]:
            continue
        segments += [
            Segment(text[place : inside[0]], hit=False),
            Segment(text[inside[0] : inside[1]], hit=True),
        ]
        place = inside[1]
    segments.append(Segment(text[place:end], hit=False))
    return [segment for segment in segments if segment.text]


def _window(text: str, hits: Sequence[tuple[int, int]], width: int) -> tuple[int, int]:
    """Choose what to show, so that no word is cut unless it alone is too long."""
    if not hits:
        return 0, _back_to_limit(text, width)
    first, last = _densest(hits, width)
    room = max(width - (hits[last][1] - hits[first][0]), 0)
    start = max(min(hits[first][0] - room // 3, len(text) - width), 0)
    end = min(start + width, len(text))
    return _forward_to_limit(text, start, hits[first][0]), _back_to_limit(text, end)


def _densest(hits: Sequence[tuple[int, int]], width: int) -> tuple[int, int]:
    """Return the first and last of the most hits that fit into the width together."""
    best = (0, 0)
    first = 0
    for last, (_, end) in enumerate(hits):
        while first < last and end - hits[first][0] > width:
            first += 1
        if last - first > best[1] - best[0]:
            best = (first, last)
    return best


def _forward_to_limit(text: str, place: int, latest: int) -> int:
    """Move to where a word begins; stay inside a word that is too long to leave."""
    if place == 0:
        return place
    near = max(place - _LONG_WORD, 0)
    starts = (near + word.start for word in words(text[near : place + _LONG_WORD]))
    return next((start for start in starts if place <= start <= latest), place)


def _back_to_limit(text: str, place: int) -> int:
    """Move back to where a word ends; stay inside a word that is too long to leave."""
    if place == len(text):
        return place
    near = max(place - _LONG_WORD, 0)
    ends = [near + word.end for word in words(text[near : place + _LONG_WORD])]
    return max((end for end in ends if end <= place), default=place)
