"""Making the indices and templates of a store, and saying what differs from what is found."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from search.errors import StoreError, StoreVersion
from search.stores.elastic import layout
from search.stores.elastic.cluster import Cluster, in_path
from search.stores.elastic.generations import Generations
from search.stores.elastic.making import Maker
from search.stores.elastic.naming import Names

_PRIORITY: Final = 200


class Installation:
    """What a store of one prefix consists of on a cluster."""

    def __init__(self, cluster: Cluster, names: Names, *, shards: int | None = None) -> None:
        self._cluster = cluster
        self._names = names
        self._shards = shards
        self._maker = Maker(cluster, names, shards=shards)

    def install(self) -> Iterator[str]:
        """
        Make or bring up to date what is ours, and say so in sentences.

        `StoreError` when a name is taken by something that is not ours, `StoreVersion` when a
        newer version of Sayso made it: nothing is changed then.
        """
        found = self._find_indices()
        for name, about in found.items():
            self._check(f"the index {name}", about["mappings"].get("_meta"))
        for name in (*map(self._names.own, layout.OWN), self._names.mentions):
            yield from self._template(name)
        # The mentions last: where they are, everything is.
        for name in self._wanted_indices(found):
            if name in found:
                yield from self._extend(name, found[name]["mappings"])
                yield from (f"index {name}: {line}" for line in self._compare(name))
            elif self._maker.make(name, self._first_aliases(name)):
                yield f"index {name}: made"
        yield from self._repair()

    def differences(self) -> Iterator[str]:
        """Say where indices differ from the design, changing nothing."""
        found = self._find_indices()
        for name in self._wanted_indices(found):
            yield from (f"The index {name}: {line}." for line in self._compare(name))

    def _find_indices(self) -> dict[str, Any]:
        """Read all indices of the store that there are, by name."""
        wanted = ",".join([f"{self._names.mentions}-0*", *map(self._names.own, layout.OWN)])
        path = f"{in_path(wanted)}?ignore_unavailable=true"
        found: dict[str, Any] = self._cluster.ask("GET", path, missing={})
        return found

    def _wanted_indices(self, found: Mapping[str, Any]) -> list[str]:
        mentions = sorted(filter(self._names.is_of_mentions, found)) or [self._names.index(1)]
        return [*map(self._names.own, layout.OWN), *mentions]

    def _first_aliases(self, index: str) -> dict[str, Any]:
        if not self._names.is_of_mentions(index):
            return {}
        return {self._names.mentions: {}, self._names.write_alias(1): {}}

    def _check(self, what: str, meta: Mapping[str, Any] | None) -> None:
        version = (meta or {}).get("sayso", {}).get("version")
        if version is None:
            problem = f"{what} is there, but not Sayso's: choose another prefix"
            raise StoreError(self._cluster.name, problem)
        if version > layout.VERSION:
            raise StoreVersion(self._cluster.name, f"{what} was made by a newer version of Sayso")

    def _template(self, name: str) -> Iterator[str]:
        """Install two component templates and the index template made of them."""
        is_mentions = name == self._names.mentions
        index = self._names.index(1) if is_mentions else name
        mapping, settings = self._maker.mapping(index), self._maker.settings(index)
        parts = [f"{name}-mappings", f"{name}-settings"]
        body: dict[str, Any] = {"template": {"mappings": mapping}, "_meta": mapping["_meta"]}
        yield from self._component(parts[0], body)
        body = {"template": {"settings": {"index": settings}}, "_meta": layout.mark(settings)}
        yield from self._component(parts[1], body)
        body = {
            "index_patterns": [f"{name}-0*" if is_mentions else name],
            "composed_of": parts,
            "priority": _PRIORITY,
            "_meta": mapping["_meta"],
        }
        yield from self._put(in_path("_index_template", name), f"index template {name}", body)

    def _component(self, name: str, body: dict[str, Any]) -> Iterator[str]:
        yield from self._put(
            in_path("_component_template", name), f"component template {name}", body
        )

    def _put(self, path: str, what: str, body: dict[str, Any]) -> Iterator[str]:
        """Write a template unless it is there; one that is not ours is an error."""
        present: dict[str, Any] = self._cluster.ask("GET", path, missing={})
        listed = present.get("component_templates") or present.get("index_templates") or [{}]
        template = listed[0].get("component_template") or listed[0].get("index_template")
        if template is not None:
            self._check(f"the {what}", template.get("_meta"))
            if template["_meta"] == body["_meta"]:
                return
        self._cluster.ask("PUT", path, body)
        yield f"{what}: {'written' if template is None else 'brought up to date'}"

    def _extend(self, name: str, found: Mapping[str, Any]) -> Iterator[str]:
        """Add fields that the index does not know yet; nothing that is there is changed."""
        wanted = self._maker.mapping(name)
        missing = _missing(wanted["properties"], found.get("properties", {}))
        if not missing and found["_meta"] == wanted["_meta"]:
            return
        body = {"_meta": wanted["_meta"], **({"properties": missing} if missing else {})}
        self._cluster.ask("PUT", in_path(name, "_mapping"), body)
        if missing:
            added = ", ".join(sorted(_flat(missing)))
            yield f"index {name}: fields added: {added}; `sayso store rebuild` fills them"

    def _compare(self, name: str) -> Iterator[str]:
        found: dict[str, Any] = self._cluster.ask("GET", in_path(name), missing={})
        if not found:
            yield "it is missing: `sayso store init` makes it"
            return
        wanted = _flat(self._maker.mapping(name)["properties"])
        present = _flat(found[name]["mappings"].get("properties", {}))
        for path, mapping in wanted.items():
            if path not in present:
                yield f"the field {path} is missing: `sayso store init` adds it"
            elif present[path] != mapping:
                yield f"the field {path} is {present[path]}, not {mapping}: copy into a new store"

    def _repair(self) -> Iterator[str]:
        """Bring back aliases that were lost, and what an interrupted rollover left closed."""
        found = {
            name: about
            for name, about in self._find_indices().items()
            if self._names.is_of_mentions(name)
        }
        if not any(self._names.mentions in about["aliases"] for about in found.values()):
            yield from self._bring_aliases_back(found)
        # Only the last one that bears an alias, and the one before, can be in the middle of it.
        for name in sorted(found)[-2:]:
            if found[name]["settings"]["index"].get("blocks", {}).get("write") == "true":
                Generations(self._cluster, self._names).unblock(name)
                yield f"index {name}: closed for writing by an interrupted rollover, open again"

    def _bring_aliases_back(self, found: Mapping[str, Any]) -> Iterator[str]:
        """Point the aliases at indices that were restored without them."""
        last = max(found)
        write_alias = self._names.write_alias(int(last[-6:]))
        actions = [{"add": {"index": name, "alias": self._names.mentions}} for name in found]
        actions.append({"add": {"index": last, "alias": write_alias}})
        self._cluster.ask("POST", "/_aliases", {"actions": actions})
        yield f"aliases {self._names.mentions}, {write_alias}: brought back"


def _missing(wanted: Mapping[str, Any], found: Mapping[str, Any]) -> dict[str, Any]:
    """Return the part of a mapping that is not there."""
    missing: dict[str, Any] = {}
    for name, mapping in wanted.items():
        if name not in found:
            missing[name] = mapping
        elif "properties" in mapping:
            below = _missing(mapping["properties"], found[name].get("properties", {}))
            missing |= {name: {"properties": below}} if below else {}
    return missing


def _flat(properties: Mapping[str, Any], begin: str = "") -> dict[str, dict[str, str]]:
    """List fields by path, their settings as text, as Elasticsearch may give them back."""
    flat: dict[str, dict[str, str]] = {}
    for name, mapping in properties.items():
        path = f"{begin}{name}"
        if "properties" in mapping:
            flat |= _flat(mapping["properties"], f"{path}.")
            continue
        flat[path] = {key: str(value).lower() for key, value in mapping.items() if key != "fields"}
        flat |= _flat(mapping.get("fields", {}), f"{path}.")
    return flat
