"""What authors usually write in: a hint for texts too short to tell."""

from collections import OrderedDict

_MOST_AUTHORS = 10_000
_ENOUGH = 2


class Habits:
    """The language that each author of a run wrote in since the last change of language."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, tuple[str, int]] = OrderedDict()

    def of(self, author: str) -> str | None:
        """Return the language of an author's latest texts, ``None`` unless they are several."""
        language, times = self._known.get(author, ("", 0))
        return language if times >= _ENOUGH else None

    def note(self, author: str, language: str) -> None:
        """Remember what a text was written in; two languages are no habit."""
        before, times = self._known.pop(author, (language, 0))
        self._known[author] = (language, times + 1) if before == language else (language, 0)
        if len(self._known) > _MOST_AUTHORS:
            self._known.popitem(last=False)
