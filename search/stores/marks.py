"""Pages of a search: how long one may be, and the mark that continues where it ended."""

import re
from collections.abc import Sequence
from typing import Final

from search.errors import QueryError
from search.stores.base import Sort

_NUMBER: Final = re.compile("[0-9a-f]{1,32}")


LONGEST_PAGE: Final = 10_000
"""Mentions in one page."""


def check_limit(limit: int) -> int:
    """Return how many mentions a page may have; `QueryError` when that is too many."""
    if limit > LONGEST_PAGE:
        raise QueryError(
            f"{limit:,} mentions are too many for one page",
            remedy=f"ask for at most {LONGEST_PAGE:,}, and go on from its `next`",
        )
    return max(limit, 0)


def write_mark(sort: Sort, *numbers: int) -> str:
    """Name the place behind a result by the numbers that order it."""
    return f"{sort}-{'.'.join(f'{number:x}' for number in numbers)}"


def read_mark(mark: str, sort: Sort, *, bits: Sequence[int]) -> tuple[int, ...]:
    """
    Read the numbers back, each of at most so many bits.

    `QueryError` when it is no mark of a search in this order of this kind of store.
    """
    order, _, written = mark.rpartition("-")
    parts = written.split(".")
    if order == sort and len(parts) == len(bits) and all(map(_NUMBER.fullmatch, parts)):
        numbers = tuple(int(part, 16) for part in parts)
        if all(number >> most == 0 for number, most in zip(numbers, bits, strict=True)):
            return numbers
    raise QueryError(
        f"{mark!r} does not continue a search sorted by {sort}",
        remedy="hand on the `next` of a page of the same query and order",
    )
