"""Everything that can go wrong in a way a user can act on, under one root."""

from pathlib import Path


class SaysoError(Exception):
    """The root of Sayso's errors: the message is a sentence for the person at the keyboard."""


class ConfigError(SaysoError):
    """A setting that cannot be used; the message names the key, the value and what is allowed."""


class QueryError(SaysoError):
    """
    A query that cannot be understood.

    ``position`` counts characters from 0 in ``query``, or is ``None`` when no single place is to
    blame; ``remedy`` says what to write instead.
    """

    def __init__(
        self, problem: str, *, query: str = "", position: int | None = None, remedy: str = ""
    ) -> None:
        self.problem = problem
        self.query = query
        self.position = position
        self.remedy = remedy
        super().__init__(str(self))

    def __str__(self) -> str:
        where = "" if self.position is None else f"character {self.position + 1}: "
        joint = " " if self.problem.endswith("?") else ": "
        return f"{where}{self.problem}{joint if self.remedy else ''}{self.remedy}"

    @property
    def pointer(self) -> str:
        """The query, cut around the spot, and a caret on the next line; ``""`` without a spot."""
        if self.position is None or not self.query:
            return ""
        start = max(0, self.position - 40)
        line = self.query[start : self.position + 40].replace("\n", " ")
        return f"{line}\n{' ' * (self.position - start)}^"


class StoreError(SaysoError):
    """A store that cannot do what was asked; what it held before is untouched."""

    def __init__(self, path: Path | str, problem: str) -> None:
        self.path = str(path)
        self.problem = problem
        super().__init__(f"{path}: {problem}")


class StoreNotFound(StoreError):
    """There is no store at this place yet."""


class StoreBusy(StoreError):
    """Another process holds the store; the same call may succeed later."""


class StoreCorrupt(StoreError):
    """The store's file is damaged."""


class StoreReadOnly(StoreError):
    """The store can be read but not written."""


class StoreVersion(StoreError):
    """The store was written by another, newer version of Sayso."""


class MentionNotFound(SaysoError):
    """No mention has this id, or more than one begins with it."""


class SourceError(SaysoError):
    """A source that could not be read as asked."""

    def __init__(self, source: str, problem: str, advice: str = "") -> None:
        self.source = source
        self.problem = problem
        self.advice = advice
        super().__init__(f"{source}: {problem}{f' ({advice})' if advice else ''}")


class Blocked(SourceError):
    """The source refuses us: 401, 403, 407, 429, 451, or robots.txt."""


class LayoutChanged(SourceError):
    """The source answered, but not in the form its reader knows."""


class ImportFileError(SaysoError):
    """A line of an imported file that cannot become a mention; the message names file and line."""
