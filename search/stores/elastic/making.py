"""Making one index as it is designed, whatever templates of others say."""

from collections.abc import Mapping
from typing import Any

from search.errors import StoreError, StoreVersion
from search.stores.elastic import layout
from search.stores.elastic.cluster import Cluster, Refused, in_path
from search.stores.elastic.naming import Names


class Maker:
    """Makes the indices of one store."""

    def __init__(self, cluster: Cluster, names: Names, *, shards: int | None = None) -> None:
        self._cluster = cluster
        self._names = names
        self._shards = shards

    def mapping(self, index: str) -> dict[str, Any]:
        """Return the mapping of an index, marked as ours."""
        if self._names.is_of_mentions(index):
            mapping = layout.mentions_mapping()
        else:
            mapping = layout.own_mapping(index.removeprefix(self._names.own("")))
        return {**mapping, "_meta": layout.mark(mapping)}

    def settings(self, index: str) -> dict[str, Any]:
        """Return the settings of an index; for mentions as the user last asked for them."""
        if not self._names.is_of_mentions(index):
            return layout.OWN_SETTINGS
        designed = layout.mentions_settings(self._shards or 1)
        path = in_path("_component_template", f"{self._names.mentions}-settings")
        found: dict[str, Any] = self._cluster.ask("GET", path, missing={})
        if self._shards is not None or not found:
            return designed
        (template,) = found["component_templates"]
        asked = template["component_template"]["template"]["settings"]["index"]
        return {**designed, "number_of_shards": asked["number_of_shards"]}

    def make(self, index: str, aliases: Mapping[str, Any] | None = None) -> bool:
        """
        Make an index; ``False`` when there is one of ours already.

        `StoreError` when there is one of somebody else.
        """
        # All of it stands in the request: a template of somebody else may be in front of ours.
        body = {
            "mappings": self.mapping(index),
            "settings": {"index": self.settings(index)},
            "aliases": dict(aliases or {}),
        }
        try:
            self._cluster.ask("PUT", in_path(index), body)
        except Refused as refused:
            if refused.kind != "resource_already_exists_exception":
                raise
            found = self._cluster.ask("GET", in_path(index))
            check_ours(self._cluster, f"the index {index}", found[index]["mappings"])
            return False
        return True


def check_ours(cluster: Cluster, what: str, about: Mapping[str, Any]) -> None:
    """Raise `StoreError` unless what was found is marked as ours, and as of our version."""
    found = about.get("_meta", {}).get("sayso", {}).get("version")
    if found is None:
        raise StoreError(cluster.name, f"{what} is there, but not Sayso's: choose another prefix")
    if found > layout.VERSION:
        raise StoreVersion(cluster.name, f"{what} was made by a newer version of Sayso")
    if found < layout.VERSION:
        problem = f"{what} was made by an older version: `sayso store init` first"
        raise StoreVersion(cluster.name, problem)


def check_fields(
    cluster: Cluster, what: str, about: Mapping[str, Any], mark: Mapping[str, Any]
) -> None:
    """Raise `StoreVersion` unless every field is known there: another would not be searched."""
    if about["_meta"]["sayso"] != mark["sayso"]:
        problem = f"{what} has other fields than this version: `sayso store init` first"
        raise StoreVersion(cluster.name, problem)
