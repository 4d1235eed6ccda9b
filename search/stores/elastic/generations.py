"""
The indices that hold mentions: one at first, and another behind it when it has grown too large.

All are read through one alias. New mentions go into the last one, through a write alias that bears
its number and is taken away when the next one begins: so a writer that does not know of the next
one yet is refused, looks again where its mentions are, and an id is never in two indices.
"""

import dataclasses
import re
from collections.abc import Mapping
from typing import Any, Final

from search.errors import StoreError, StoreNotFound
from search.stores.elastic import layout
from search.stores.elastic.cluster import Cluster, in_path
from search.stores.elastic.making import Maker, check_fields, check_ours
from search.stores.elastic.naming import Names

_NUMBER: Final = re.compile(r".*-(\d{6})")
_ABOUT: Final = "filter_path=*.aliases,*.mappings._meta,*.settings.index.verified_before_close"


@dataclasses.dataclass(frozen=True, slots=True)
class Places:
    """Where mentions are, as one look at the cluster showed it."""

    indices: tuple[str, ...] = ()
    """All that hold any, the oldest first."""

    write_alias: str = ""
    """By which new ones go into the last."""


class Generations:
    """What is known of the indices of mentions; another process may add one at any time."""

    def __init__(self, cluster: Cluster, names: Names) -> None:
        self._cluster = cluster
        self.names = names
        self._mark = layout.mark(layout.mentions_mapping())
        self.places = Places()
        """Replaced as a whole, since several threads look."""

    def find(self) -> bool:
        """
        Look which indices there are; ``False`` when there is no store.

        `StoreError` when one of them cannot be written to: what it holds would be kept again.
        """
        path = f"{in_path(self.names.mentions)}?{_ABOUT}"
        found: dict[str, Any] = self._cluster.ask("GET", path, missing={})
        for name, about in found.items():
            mapping = about.get("mappings", {})
            check_ours(self._cluster, f"the index {name}", mapping)
            check_fields(self._cluster, f"the index {name}", mapping, self._mark)
            self._check_open(name, about)
        if not found:
            return False
        self.places = Places(tuple(sorted(found, key=_number)), self._write_alias(found))
        return True

    def require(self) -> Places:
        """Look which indices there are; `StoreNotFound` when there is no store."""
        if not self.find():
            problem = "there is no store yet: `sayso store init` makes it"
            raise StoreNotFound(self._cluster.name, problem)
        return self.places

    def roll_over(self) -> str:
        """
        Begin the next index and return its name.

        Writes wait meanwhile: the last index is closed for all of them until the next one is the
        one to write new mentions to, so that none is under way that could go into both.
        """
        last = self.require().indices[-1]
        number = _number(self.places.write_alias) + 1
        following = self.names.index(number)
        Maker(self._cluster, self.names).make(following)
        self._cluster.ask("PUT", in_path(last, "_block", "write"))
        try:
            self._cluster.ask("POST", "/_aliases", {"actions": self._turn(last, following)})
        finally:
            self.unblock(last)
        self.require()
        return following

    def unblock(self, index: str) -> None:
        """Let an index be written again."""
        self._cluster.ask("PUT", in_path(index, "_settings"), {"index.blocks.write": None})

    def _turn(self, last: str, following: str) -> list[dict[str, Any]]:
        number = _number(following)
        old, new = self.names.write_alias(number - 1), self.names.write_alias(number)
        return [
            {"remove": {"index": last, "alias": old, "must_exist": False}},
            {"add": {"index": following, "alias": new}},
            {"add": {"index": following, "alias": self.names.mentions}},
        ]

    def _write_alias(self, found: Mapping[str, Any]) -> str:
        begin = self.names.write_alias_begin
        aliases: list[str] = [alias for about in found.values() for alias in about["aliases"]]
        ours = [alias for alias in aliases if alias.startswith(begin)]
        if not ours:
            problem = "no index takes new mentions: `sayso store init` repairs that"
            raise StoreError(self._cluster.name, problem)
        return max(ours)

    def _check_open(self, name: str, about: Mapping[str, Any]) -> None:
        closed = about.get("settings", {}).get("index", {}).get("verified_before_close")
        if str(closed) == "true":
            problem = f"the index {name} is closed, and what it holds would be kept again: open it"
            raise StoreError(self._cluster.name, problem)


def _number(name: str) -> int:
    """Read the number at the end of a name; an index that somebody renamed is an old one."""
    found = _NUMBER.fullmatch(name)
    return int(found[1]) if found else 0
