"""Every field of a document with what an index does with its values."""

from collections.abc import Callable, Iterator, Sequence
from operator import attrgetter
from typing import Any, Generic, NamedTuple, TypeVar

from search.fields import Field, fields
from search.mention import Mention, State

T = TypeVar("T")


class _Owner(NamedTuple):
    """A dataclass in the document; its leaves: path, reader, what was made of the field."""

    own: bool
    read: Callable[[Any], tuple[Any, ...]]
    leaves: tuple[tuple[str, Callable[[Any], Any], Any], ...]


class Leaves(Generic[T]):
    """What ``make`` returned for each field, handed out with the values a mention has there."""

    def __init__(self, make: Callable[[Field], T]) -> None:
        by_owner: dict[tuple[bool, str], list[tuple[str, Callable[[Any], Any], T]]] = {}
        for field in fields().values():
            owner, _, name = field.path.rpartition(".")
            leaf = (field.path, attrgetter(name), make(field))
            by_owner.setdefault((field.own, owner), []).append(leaf)
        self._owners = tuple(
            _Owner(own, _reading(path), tuple(leaves)) for (own, path), leaves in by_owner.items()
        )

    def known(
        self, mention: Mention | None, state: State | None
    ) -> Iterator[tuple[str, T, tuple[Any, ...]]]:
        """Hand out path, what was made, and values of every field that has any."""
        for owner in self._owners:
            document = state if owner.own else mention
            parents = () if document is None else owner.read(document)
            if not parents:
                continue
            for path, read, made in owner.leaves:
                values = read(parents[0]) if len(parents) == 1 else _gathered(read, parents)
                if values is not None and values != ():
                    yield path, made, values if type(values) is tuple else (values,)


def _gathered(read: Callable[[Any], Any], parents: Sequence[Any]) -> tuple[Any, ...]:
    return tuple(value for parent in parents for value in _several(read(parent)))


def _several(value: Any) -> tuple[Any, ...]:
    if value is None:
        return ()
    return value if isinstance(value, tuple) else (value,)


def _reading(path: str) -> Callable[[Any], tuple[Any, ...]]:
    """Return what finds every dataclass at a path, none where one on the way is unknown."""
    steps = [attrgetter(step) for step in path.split(".") if step]
    if len(steps) == 1:  # nearly all, and several times faster
        (only,) = steps
        return lambda document: _several(only(document))

    def read(document: Any) -> tuple[Any, ...]:
        found: tuple[Any, ...] = (document,)
        for step in steps:
            found = _gathered(step, found)
        return found

    return read
