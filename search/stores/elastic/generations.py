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

from search.errors import StoreNotFound, StoreVersion
from search.stores.elastic import layout
from search.stores.elastic.cluster import Cluster, Refused, in_path

_NUMBER: Final = re.compile(r"-(\d{6})")


@dataclasses.dataclass(frozen=True, slots=True)
class Names:
    """What the indices and aliases of a store are called."""

    prefix: str

    @property
    def mentions(self) -> str:
        """The alias to read by."""
        return f"{self.prefix}-mentions"

    def index(self, number: int) -> str:
        """Name one index of mentions."""
        return f"{self.mentions}-{number:06d}"

    def write_alias(self, number: int) -> str:
        """Name the alias by which new mentions go into one index, while it is the last."""
        return f"{self.mentions}-write-{number:06d}"

    def own(self, name: str) -> str:
        """Name one of the small indices."""
        return f"{self.prefix}-{name}"


class Generations:
    """What is known of the indices of mentions; another process may add one at any time."""

    def __init__(self, cluster: Cluster, names: Names) -> None:
        self._cluster = cluster
        self.names = names
        self.indices: tuple[str, ...] = ()
        """The oldest first."""

        self.write_alias = ""

    def find(self, *, any_version: bool = False) -> bool:
        """Look which indices there are; ``False`` when there is none."""
        found = self._cluster.ask(
            "GET",
            in_path(f"{self.names.mentions}-*")
            + "?filter_path=*.aliases,*.mappings._meta&expand_wildcards=open",
            missing={},
        )
        ours = {name: about for name, about in found.items() if self._is_ours(name, about)}
        if not any_version:
            for name, about in ours.items():
                self._check_version(name, about)
        self.indices = tuple(sorted(ours))
        self.write_alias = self._write_alias(ours)
        return bool(ours) and bool(self.write_alias)

    def require(self) -> None:
        """Look which indices there are; `StoreNotFound` when there is none."""
        if not self.find():
            problem = "there is no store yet: `sayso store init` makes it"
            raise StoreNotFound(self._cluster.name, problem)

    def roll_over(self) -> str:
        """
        Begin the next index and return its name.

        Writes wait meanwhile: the last index is closed for all of them until the next one is the
        one to write new mentions to, so that none is under way that could go into both.
        """
        self.require()
        last = self.indices[-1]
        number = int(last[-6:]) + 1
        following = self.names.index(number)
        self.create(number, aliases={})
        self._cluster.ask("PUT", in_path(last, "_block", "write"))
        try:
            self._cluster.ask("POST", "/_aliases", {"actions": self._turn(last, following)})
        finally:
            self.unblock(last)
        self.require()
        return following

    def create(self, number: int, aliases: Mapping[str, Any]) -> bool:
        """Create one index from its template; ``False`` when it is there already."""
        try:
            self._cluster.ask("PUT", in_path(self.names.index(number)), {"aliases": aliases})
        except Refused as refused:
            if refused.kind != "resource_already_exists_exception":
                raise
            return False
        return True

    def first_aliases(self) -> dict[str, Any]:
        """Return the aliases of the first index of a store."""
        return {self.names.mentions: {}, self.names.write_alias(1): {}}

    def unblock(self, index: str) -> None:
        """Let an index be written again."""
        self._cluster.ask("PUT", in_path(index, "_settings"), {"index.blocks.write": None})

    def _turn(self, last: str, following: str) -> list[dict[str, Any]]:
        number = int(following[-6:])
        old, new = self.names.write_alias(number - 1), self.names.write_alias(number)
        return [
            {"remove": {"index": last, "alias": old, "must_exist": False}},
            {"add": {"index": following, "alias": new}},
            {"add": {"index": following, "alias": self.names.mentions}},
        ]

    def _is_ours(self, name: str, about: Mapping[str, Any]) -> bool:
        number = _NUMBER.fullmatch(name.removeprefix(self.names.mentions))
        return number is not None and self.names.mentions in about.get("aliases", {})

    def _write_alias(self, ours: Mapping[str, Any]) -> str:
        begin = f"{self.names.mentions}-write-"
        aliases = [alias for about in ours.values() for alias in about["aliases"]]
        return max((alias for alias in aliases if alias.startswith(begin)), default="")

    def _check_version(self, name: str, about: Mapping[str, Any]) -> None:
        found = about.get("mappings", {}).get("_meta", {}).get("sayso", {}).get("version")
        if found is None:
            raise StoreVersion(self._cluster.name, f"the index {name} is not one of Sayso's")
        if found > layout.VERSION:
            problem = f"the index {name} was made by a newer version of Sayso"
            raise StoreVersion(self._cluster.name, problem)
        if found < layout.VERSION:
            problem = f"the index {name} was made by an older version: `sayso store init` first"
            raise StoreVersion(self._cluster.name, problem)
