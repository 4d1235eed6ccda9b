"""
Which mention each of a batch is a copy of: the first of its kind, among all that are kept.

The first is the earliest published; of those with the same date, which on many sites is but a day,
the one with the lowest id: so the answer does not depend on who was crawled first. Each copy names
the first itself, never another copy, and is like it: of texts that drift away from each other, the
last is a first again. The answer rests on what the texts say, not on who came when: a mention that
is crawled again gets the same one. Two processes that write two copies at the same moment may
overlook each other; whichever is crawled or tagged again next finds the other.
"""

import dataclasses
import datetime as dt
import functools
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from pipelines.authenticity.same_text import note_same_text
from pipelines.copies.judging import is_answer, is_copy
from search.likeness import Likeness
from search.mention import Mention, StoredMention
from search.query import Or, Query, Term
from search.stores.base import ALIKE, Sort, Store


class _Text(NamedTuple):
    """A mention, kept or about to be, made ready to be compared."""

    id: str
    mention: Mention
    likeness: Likeness
    place: "_Place"

    def is_copy_of(self, other: "_Text") -> bool:
        """Whether it repeats another, whichever was first."""
        return is_copy(self.likeness, other.likeness) and not is_answer(
            self.mention, other.mention
        )


class _Place(NamedTuple):
    """The place of a mention in time; what has no date was there when it was first seen."""

    at: dt.datetime
    id: str


def mark_copies(mentions: Sequence[Mention], store: Store) -> list[Mention]:
    """
    Set ``copy_of`` of each mention, and the signal that its first is by another author.

    Returns them in their order, and behind them mentions that are kept already and whose first is
    another one now, because a mention that was published earlier came or a first was edited.
    """
    return _Batch(mentions, store).marked() if mentions else []


class _Batch:
    """Mentions about to be kept, and those kept ones that they must be compared with."""

    def __init__(self, mentions: Sequence[Mention], store: Store) -> None:
        self._mentions = mentions
        self._store = store
        self._firsts: dict[int, list[str]] = {}
        self._decided: dict[str, str | None] = {}
        self._now = dt.datetime.now(dt.UTC)
        self._likeness = functools.lru_cache(maxsize=None)(Likeness)
        texts = {mention.id: mention.text for mention in mentions}
        self._kept: dict[str, StoredMention] = {}
        self._alike = self._look_up(texts)
        self._texts = {mention.id: self._text(mention) for mention in mentions}

    def marked(self) -> list[Mention]:
        """Decide for the earliest first, since it may be what the others are copies of."""
        for text in sorted(self._texts.values(), key=lambda text: text.place):
            self._decide(text)
        given = [self._naming(mention) for mention in self._mentions]
        self._rehome()
        others = [name for name in self._decided if name not in self._texts]
        return given + [self._naming(self._kept[name].mention) for name in others]

    def _naming(self, mention: Mention) -> Mention:
        """Name the first, and say so if it is somebody else's."""
        name = self._decided[mention.id]
        if mention.copy_of != name:
            mention = dataclasses.replace(mention, copy_of=name)
        first = None if name is None else self._texts.get(name) or self._kept[name]
        return note_same_text(mention, None if first is None else first.mention)

    def _look_up(self, texts: dict[str, str]) -> dict[str, list[str]]:
        """Ask the store once for what is alike, and read that with the firsts it names."""
        keyed = {name: self._likeness(text).keys for name, text in texts.items()}
        asked = [name for name, keys in keyed.items() if keys]
        found = self._store.sharing([keyed[name] for name in asked]) if asked else []
        alike = dict(zip(asked, found, strict=True))
        self._read([*texts, *(name for names in found for name in names)])
        self._read([kept.mention.copy_of for kept in self._kept.values() if kept.mention.copy_of])
        return alike

    def _read(self, names: Iterable[str]) -> None:
        missing = [name for name in dict.fromkeys(names) if name not in self._kept]
        self._kept |= self._store.fetch(missing) if missing else {}

    def _text(self, mention: Mention) -> _Text:
        name = mention.id
        kept = self._kept.get(name)
        seen = (kept.state.first_seen_at if kept else None) or self._now
        place = _Place(mention.published_at or seen, name)
        return _Text(name, mention, self._likeness(mention.text), place)

    def _decide(self, text: _Text) -> None:
        like = [first for first in self._candidates(text) if text.is_copy_of(first)]
        earlier = [first for first in like if first.place < text.place]
        if earlier:
            self._decided[text.id] = min(earlier, key=lambda first: first.place).id
            return
        self._decided[text.id] = None
        for first in like:
            self._decided[first.id] = text.id
        for key in text.likeness.keys:
            known = self._firsts.setdefault(key, [])
            if len(known) < ALIKE:  # what fills in a form a thousand times must not be slow
                known.append(text.id)

    def _candidates(self, text: _Text) -> Iterator[_Text]:
        """Find the firsts that a text may repeat, or that repeat it."""
        names = dict.fromkeys(self._named(text))
        for name in names:
            if name in self._texts:
                # Who is later in this batch will be compared with this one, not this one with it.
                if self._decided.get(name, name) is None and name != text.id:
                    yield self._texts[name]
            elif name in self._kept and self._decided.get(name) is None:
                kept = self._kept[name]
                if kept.mention.copy_of is None:
                    yield self._text(kept.mention)

    def _named(self, text: _Text) -> Iterator[str]:
        shared = Counter(name for key in text.likeness.keys for name in self._firsts.get(key, ()))
        yield from (name for name, _ in shared.most_common(ALIKE))
        for name in (text.id, *self._alike.get(text.id, ())):
            yield name
            # A copy is of use only in that it names its first.
            if (kept := self._kept.get(name)) and kept.mention.copy_of:
                yield kept.mention.copy_of
            if moved := self._decided.get(name):
                yield moved

    def _rehome(self) -> None:
        """Look after copies of kept mentions that are firsts no more, or say something else."""
        left = [name for name in self._kept if self._has_left(name)]
        if not left:
            return
        copies: dict[str, list[_Text]] = {}
        for copy in self._store.iterate(_copies_of(left), sort=Sort.FOUND):
            self._kept.setdefault(copy.id, copy)
            text = self._texts.get(copy.id) or self._text(copy.mention)
            copies.setdefault(copy.mention.copy_of or "", []).append(text)
        for name, texts in copies.items():
            self._place(name, sorted(texts, key=lambda text: text.place))

    def _has_left(self, name: str) -> bool:
        kept = self._kept[name].mention
        if kept.copy_of is not None:
            return False
        edited = name in self._texts and self._texts[name].mention.text != kept.text
        return edited or self._decided.get(name) is not None

    def _place(self, name: str, orphans: list[_Text]) -> None:
        """Find a first for the copies of one that was it, be it one of them."""
        now = self._decided.get(name) or name
        firsts = [self._texts[now] if now in self._texts else self._text(self._kept[now].mention)]
        for orphan in orphans:
            if orphan.id in self._texts:  # decided by itself
                if self._decided[orphan.id] is None:
                    firsts.append(orphan)
                continue
            found = next((first for first in firsts if orphan.is_copy_of(first)), None)
            self._decided[orphan.id] = found.id if found else None
            if found is None:
                firsts.append(orphan)


def _copies_of(names: Sequence[str]) -> Query:
    terms = tuple(Term("copy_of", name) for name in names)
    return Or(terms) if len(terms) > 1 else terms[0]
