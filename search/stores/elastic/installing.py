"""Making the indices and templates of a store, and saying what differs from what is found."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from search.errors import StoreError
from search.stores.elastic import layout
from search.stores.elastic.cluster import Cluster, Refused, in_path
from search.stores.elastic.generations import Generations, Names

_PRIORITY: Final = 200


class Installation:
    """What a store of one prefix consists of on a cluster."""

    def __init__(self, cluster: Cluster, names: Names, *, shards: int | None = None) -> None:
        self._cluster = cluster
        self._names = names
        self._shards = shards

    def install(self) -> Iterator[str]:
        """
        Make or bring up to date what is ours, and say so in sentences.

        `StoreError` when a name is taken by something that is not ours: it is left alone.
        """
        for name, mapping, settings in self._designs():
            yield from self._template(name, mapping, settings)
        for name in self._indices():
            yield from self._index(name)
        yield from self._repair()

    def differences(self) -> Iterator[str]:
        """Say where indices differ from the design, changing nothing."""
        for name in self._present():
            yield from (f"{name}: {line}" for line in self._compare(name))

    def _designs(self) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
        """Name each kind of index: how names begin, its mapping and its settings."""
        settings = layout.mentions_settings(self._shards or 1)
        yield self._names.mentions, layout.mentions_mapping(), settings
        for name in layout.OWN:
            yield self._names.own(name), layout.own_mapping(name), layout.OWN_SETTINGS

    def _indices(self) -> list[str]:
        mentions = self._present_mentions() or [self._names.index(1)]
        return [*mentions, *map(self._names.own, layout.OWN)]

    def _present_mentions(self) -> list[str]:
        generations = Generations(self._cluster, self._names)
        return list(generations.indices) if generations.find(any_version=True) else []

    def _present(self) -> list[str]:
        return [name for name in self._indices() if self._read_index(name)]

    def _template(
        self, name: str, mapping: dict[str, Any], settings: dict[str, Any]
    ) -> Iterator[str]:
        """Install two component templates and the index template made of them."""
        mark = layout.mark(mapping)
        parts = [f"{name}-mappings", f"{name}-settings"]
        body: dict[str, Any] = {"template": {"mappings": {**mapping, "_meta": mark}}}
        yield from self._component(parts[0], {**body, "_meta": mark})
        body = {"template": {"settings": {"index": settings}}}
        yield from self._component(parts[1], {**body, "_meta": layout.mark(settings)})
        pattern = f"{name}-0*" if name == self._names.mentions else name
        body = {
            "index_patterns": [pattern],
            "composed_of": parts,
            "priority": _PRIORITY,
            "_meta": mark,
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
        meta = (template or {}).get("_meta")
        if template is not None and "sayso" not in (meta or {}):
            raise StoreError(self._cluster.name, f"the {what} is there, but not Sayso's")
        if meta == body["_meta"] or (meta and self._is_kept(body)):
            return
        self._cluster.ask("PUT", path, body)
        yield f"{what}: {'written' if template is None else 'brought up to date'}"

    def _is_kept(self, body: Mapping[str, Any]) -> bool:
        """Whether a template that differs stays: settings are the user's, unless asked for."""
        return "settings" in body.get("template", {}) and self._shards is None

    def _index(self, name: str) -> Iterator[str]:
        found = self._read_index(name)
        if found is None:
            aliases = {}
            if name == self._names.index(1):
                aliases = Generations(self._cluster, self._names).first_aliases()
            self._create(name, aliases)
            yield f"index {name}: made"
            return
        if "sayso" not in found["mappings"].get("_meta", {}):
            raise StoreError(self._cluster.name, f"the index {name} is there, but not Sayso's")
        yield from self._extend(name, found["mappings"])
        yield from (f"index {name}: {line}" for line in self._compare(name))

    def _create(self, name: str, aliases: Mapping[str, Any]) -> None:
        try:
            self._cluster.ask("PUT", in_path(name), {"aliases": aliases})
        except Refused as refused:
            if refused.kind != "resource_already_exists_exception":  # another process was faster
                raise

    def _extend(self, name: str, found: Mapping[str, Any]) -> Iterator[str]:
        """Add fields that the index does not know yet; nothing that is there is changed."""
        wanted = self._wanted(name)
        missing = _missing(wanted["properties"], found.get("properties", {}))
        if not missing and found["_meta"] == wanted["_meta"]:
            return
        body = {"_meta": wanted["_meta"], **({"properties": missing} if missing else {})}
        self._cluster.ask("PUT", in_path(name, "_mapping"), body)
        if missing:
            added = ", ".join(sorted(_flat(missing)))
            yield f"index {name}: fields added: {added}; `sayso store rebuild` fills them"

    def _wanted(self, name: str) -> dict[str, Any]:
        for begin, mapping, _ in self._designs():
            if name == begin or (begin == self._names.mentions and name.startswith(f"{begin}-0")):
                return {**mapping, "_meta": layout.mark(mapping)}
        raise KeyError(name)

    def _compare(self, name: str) -> Iterator[str]:
        found = self._read_index(name) or {}
        wanted = _flat(self._wanted(name)["properties"])
        present = _flat(found.get("mappings", {}).get("properties", {}))
        for path, mapping in wanted.items():
            if path not in present:
                yield f"the field {path} is missing"
            elif present[path] != mapping:
                yield f"the field {path} is {present[path]}, not {mapping}: copy into a new store"

    def _read_index(self, name: str) -> dict[str, Any] | None:
        found = self._cluster.ask("GET", in_path(name), missing={})
        return found.get(name) if found else None

    def _repair(self) -> Iterator[str]:
        """Let indices be written again that an interrupted rollover has left closed."""
        generations = Generations(self._cluster, self._names)
        generations.require()
        for name in generations.indices:
            settings = (self._read_index(name) or {}).get("settings", {}).get("index", {})
            if settings.get("blocks", {}).get("write") == "true":
                generations.unblock(name)
                yield f"index {name}: closed for writing by an interrupted rollover, open again"


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
