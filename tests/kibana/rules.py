"""
What Kibana would stumble over, found without Kibana.

Every rule takes all objects and yields a sentence for each fault.
"""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from tests.kibana.chart_rules import CHART_RULES, Rule
from tests.kibana.document import KEPT, NUMBERS, VALUES, field_types
from tests.kibana.reading import (
    Json,
    charts_of,
    controls_of,
    layers_of,
    name_of,
    of_type,
    panels_of,
    source_of,
    uses_of,
)

OLDEST: Final = {
    "index-pattern": "8.0.0",
    "search": "8.0.0",
    "lens": "8.9.0",
    "dashboard": "8.9.0",
}
KEYS: Final = {
    "index-pattern": {
        "title", "name", "timeFieldName", "fieldAttrs", "fieldFormatMap", "sourceFilters",
        "runtimeFieldMap",
    },
    "search": {
        "title", "description", "columns", "sort", "grid", "hideChart", "isTextBasedQuery",
        "timeRestore", "timeRange", "kibanaSavedObjectMeta",
    },
    "dashboard": {
        "title", "description", "kibanaSavedObjectMeta", "timeRestore", "timeFrom", "timeTo",
        "refreshInterval", "controlGroupInput", "panelsJSON", "optionsJSON", "version",
    },
}  # fmt: skip
TOP_KEYS: Final = {
    "id", "type", "managed", "coreMigrationVersion", "typeMigrationVersion", "attributes",
    "references",
}  # fmt: skip


def ids_are_unique(objects: list[Json]) -> Iterator[str]:
    counted = Counter((saved["type"], saved["id"]) for saved in objects)
    yield from (f"twice: {key}" for key, times in counted.items() if times > 1)


def titles_are_unique(objects: list[Json]) -> Iterator[str]:
    counted = Counter(name_of(saved) for saved in objects)
    yield from (f"two objects: {name}" for name, times in counted.items() if times > 1)


def versions_are_the_oldest(objects: list[Json]) -> Iterator[str]:
    for saved in objects:
        if saved["coreMigrationVersion"] != "8.8.0":
            yield f"{name_of(saved)}: coreMigrationVersion"
        if saved["typeMigrationVersion"] != OLDEST.get(saved["type"]):
            yield f"{name_of(saved)}: typeMigrationVersion {saved['typeMigrationVersion']}"


def keys_are_known_everywhere(objects: list[Json]) -> Iterator[str]:
    for saved in objects:
        if set(saved) != TOP_KEYS:
            yield f"{name_of(saved)}: keys {set(saved) ^ TOP_KEYS}"
        if set(saved["attributes"]) != KEYS[saved["type"]]:
            yield f"{name_of(saved)}: attributes {set(saved['attributes']) ^ KEYS[saved['type']]}"


def nested_json_is_text_that_parses(objects: list[Json]) -> Iterator[str]:
    for saved in objects:
        for path, value in _leaves(saved["attributes"]):
            key = path[-1]
            nested = key.endswith("JSON") or key in {
                "fieldFormatMap", "fieldAttrs", "sourceFilters", "runtimeFieldMap",
            }  # fmt: skip
            if nested and not _parses(value):
                yield f"{name_of(saved)}: {key} is not JSON in text"


def _leaves(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Walk down dictionaries, but not into what should be text."""
    for key, inner in value.items():
        here = (*path, key)
        if isinstance(inner, dict) and not key.endswith("JSON"):
            yield from _leaves(inner, here)
        else:
            yield here, inner


def _parses(value: Any) -> bool:
    try:
        return isinstance(value, str) and json.loads(value) is not None
    except ValueError:
        return False


def references_lead_somewhere(objects: list[Json]) -> Iterator[str]:
    there = {(saved["type"], saved["id"]) for saved in objects}
    for saved in objects:
        for reference in saved["references"]:
            if (reference["type"], reference["id"]) not in there:
                yield f"{name_of(saved)}: {reference['name']} leads nowhere"


def references_are_used_and_listed_once(objects: list[Json]) -> Iterator[str]:
    for saved in objects:
        listed = Counter(reference["name"] for reference in saved["references"])
        used = Counter(_used_references(saved))
        if listed != used:
            yield f"{name_of(saved)}: references {(listed - used) + (used - listed)}"


def _used_references(saved: Json) -> Iterator[str]:
    if saved["type"] in {"search", "dashboard"}:
        source = source_of(saved)
        if "indexRefName" in source:
            yield source["indexRefName"]
    if saved["type"] != "dashboard":
        return
    for panel in panels_of(saved):
        if "panelRefName" in panel:
            yield f"{panel['panelIndex']}:{panel['panelRefName']}"
    for panel_id, chart in charts_of(saved):
        for layer in layers_of(chart):
            yield f"{panel_id}:indexpattern-datasource-layer-{layer}"
    for control in controls_of(saved):
        yield f"controlGroup_{control}:optionsListDataView"


def searches_name_their_data_view_by_reference(objects: list[Json]) -> Iterator[str]:
    for saved in of_type(objects, "search"):
        source = source_of(saved)
        if "index" in source or "indexRefName" not in source:
            yield f"{name_of(saved)}: its data view is not a reference"


def panels_stand_on_the_grid(objects: list[Json]) -> Iterator[str]:
    for saved in of_type(objects, "dashboard"):
        taken: set[tuple[int, int]] = set()
        for panel in panels_of(saved):
            cells = _cells(panel["gridData"])
            if any(not 0 <= x < 48 or y < 0 for x, y in cells) or not cells:
                yield f"{name_of(saved)}: {panel['gridData']} is off the grid"
            if taken & cells:
                yield f"{name_of(saved)}: {panel['gridData']} overlaps"
            taken |= cells


def _cells(grid: Json) -> set[tuple[int, int]]:
    x, y, width, height = grid["x"], grid["y"], grid["w"], grid["h"]
    return {(column, row) for column in range(x, x + width) for row in range(y, y + height)}


def panels_have_one_id(objects: list[Json]) -> Iterator[str]:
    for saved in of_type(objects, "dashboard"):
        panels = panels_of(saved)
        wrong = [panel for panel in panels if panel["panelIndex"] != panel["gridData"]["i"]]
        yield from (f"{name_of(saved)}: {panel['panelIndex']} has two ids" for panel in wrong)
        if len({panel["panelIndex"] for panel in panels}) < len(panels):
            yield f"{name_of(saved)}: two panels with one id"


def controls_have_one_id(objects: list[Json]) -> Iterator[str]:
    for saved in of_type(objects, "dashboard"):
        for key, control in controls_of(saved).items():
            if control["explicitInput"]["id"] != key:
                yield f"{name_of(saved)}: the control {key} has two ids"


def fields_exist(objects: list[Json]) -> Iterator[str]:
    types = field_types()
    for saved in objects:
        for use in uses_of(saved):
            if use.field not in types:
                yield f"{name_of(saved)}: no field {use.field}"


SORTABLE: Final = VALUES | NUMBERS | {"date"}
FITTING: Final = {
    "terms": VALUES,
    "control": VALUES,
    "unique_count": SORTABLE,
    "average": NUMBERS,
    "sum": NUMBERS,
    "min": NUMBERS,
    "max": NUMBERS,
    "date_histogram": {"date"},
    "range": NUMBERS | {"date"},
    "match": SORTABLE | {"text"},
    "sort": SORTABLE,
    "column": SORTABLE | {"text", KEPT},
    "format": SORTABLE | {"text", KEPT},
}


def fields_fit_their_use(objects: list[Json]) -> Iterator[str]:
    types = field_types()
    for saved in objects:
        for use in uses_of(saved):
            if use.field in types and types[use.field] not in FITTING[use.how]:
                yield f"{name_of(saved)}: {use.how} of {use.field}, a {types[use.field]}"


RULES: Final[tuple[Rule, ...]] = (
    ids_are_unique,
    titles_are_unique,
    versions_are_the_oldest,
    keys_are_known_everywhere,
    nested_json_is_text_that_parses,
    references_lead_somewhere,
    references_are_used_and_listed_once,
    searches_name_their_data_view_by_reference,
    *CHART_RULES,
    panels_stand_on_the_grid,
    panels_have_one_id,
    controls_have_one_id,
    fields_exist,
    fields_fit_their_use,
)
