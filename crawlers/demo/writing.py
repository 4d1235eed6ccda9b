"""Composes texts from the fragments in ``texts/``: the same seed, the same words, anywhere."""

import datetime as dt
import functools
import random
import tomllib
from collections.abc import Callable, Mapping, Sequence
from importlib.resources import files
from types import MappingProxyType
from typing import Any, TypeVar

from crawlers.demo.documents import DAYS, NOW

Card = TypeVar("Card")

PATIENCE = 1_000
"""How often a text is written again before the fragments count as used up."""


@functools.cache
def _bank(name: str) -> Mapping[str, Any]:
    return tomllib.loads(files("crawlers.demo").joinpath(f"texts/{name}.toml").read_text("utf-8"))


class Writer:
    """Deals fragments like cards: each once before any comes again, and no text twice."""

    def __init__(self, bank: str, seed: str) -> None:
        self.language = bank
        self.dice = random.Random(f"{bank}/{seed}")  # noqa: S311 - repeatable is what is wanted
        self._bank = _bank(bank)
        self._decks: dict[str, list[str]] = {}
        self._written: set[str] = set()

    def deal(self, path: str) -> str:
        """Return the next fragment at a dotted path, its slots filled, as a sentence."""
        return self.fill(self.card(path))

    def card(self, path: str) -> str:
        """Return the next fragment at a dotted path as it stands in the bank."""
        if not self._decks.get(path):
            self._decks[path] = self._shuffled(path)
        return self._decks[path].pop()

    def fill(self, fragment: str, slots: "Slots | None" = None) -> str:
        """Fill the slots and begin with a capital; share ``slots`` to repeat their words."""
        filled = fragment.format_map(slots if slots is not None else Slots(self))
        return filled[:1].upper() + filled[1:]

    def several(self, count: int, path: str) -> list[str]:
        """Return different fragments for one text, not filled."""
        return self._shuffled(path)[:count]

    def pair(self, first: str, second: str) -> tuple[str, str]:
        """Return two fragments that stand at the same place of two lists, not filled."""
        pairs = list(zip(self._fragments(first), self._fragments(second), strict=True))
        return self.dice.choice(pairs)

    def sentences(self, *paths: str) -> str:
        """Join one fragment from each path into a text that was not written before."""
        return self.new(lambda: " ".join(filter(None, map(self.deal, paths))))

    def new(self, write: Callable[[], str]) -> str:
        """Write until the text is a new one."""
        for _ in range(PATIENCE):
            if (text := write()) not in self._written:
                self._written.add(text)
                return text
        raise LookupError(f"the fragments in {self.language!r} allow no further text")

    def moments(self, count: int) -> list[dt.datetime]:
        """Return whole seconds spread over the last days before `NOW`, oldest first."""
        step = DAYS * 86_400 / count
        return [
            NOW - dt.timedelta(seconds=int((count - n - self.dice.random()) * step) + 1)
            for n in range(count)
        ]

    def person(self) -> str:
        """Return a name put together from two of the bank's."""
        first, last = self.card("slots.name"), self.card("slots.name")
        return f"{first.split()[0]} {last.split(maxsplit=1)[1]}"

    def shuffled(self, cards: Sequence[Card]) -> list[Card]:
        """Return the cards in another order."""
        return self.dice.sample(cards, len(cards))

    def _shuffled(self, path: str) -> list[str]:
        return self.shuffled(self._fragments(path))

    def _fragments(self, path: str) -> list[str]:
        fragments: Any = self._bank
        for step in path.split("."):
            fragments = fragments[step]
        return list(fragments)


class Slots(dict[str, str]):
    """The words of the slots, dealt when a slot is first asked for."""

    def __init__(self, writer: Writer, known: Mapping[str, str] = MappingProxyType({})) -> None:
        super().__init__(known)
        self._writer = writer

    def __missing__(self, slot: str) -> str:
        self[slot] = self._writer.card(f"slots.{slot}")
        return self[slot]
