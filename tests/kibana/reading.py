"""Saved objects taken apart, for the rules and the tests."""

import dataclasses
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

Json = dict[str, Any]


@dataclasses.dataclass(frozen=True, slots=True)
class Use:
    """A field named somewhere in an object."""

    field: str
    how: str
    """A Lens operation, ``match``, ``range``, ``sort``, ``column``, ``format`` or ``control``."""


def name_of(saved: Json) -> str:
    """Name an object for a person."""
    return f"{saved['type']} {saved['attributes'].get('title')}"


def of_type(objects: Iterable[Json], kind: str) -> list[Json]:
    """Choose the objects of one type."""
    return [saved for saved in objects if saved["type"] == kind]


def panels_of(dashboard: Json) -> list[Json]:
    """Read the panels of a dashboard."""
    panels: list[Json] = json.loads(dashboard["attributes"]["panelsJSON"])
    return panels


def controls_of(dashboard: Json) -> dict[str, Json]:
    """Read the controls of a dashboard."""
    text = dashboard["attributes"]["controlGroupInput"]["panelsJSON"]
    controls: dict[str, Json] = json.loads(text)
    return controls


def charts_of(dashboard: Json) -> Iterator[tuple[str, Json]]:
    """Read the by-value charts of a dashboard, with the ids of their panels."""
    for panel in panels_of(dashboard):
        if panel["type"] == "lens":
            yield panel["panelIndex"], panel["embeddableConfig"]["attributes"]


def layers_of(chart: Json) -> dict[str, Json]:
    """Read the layers of a chart."""
    layers: dict[str, Json] = chart["state"]["datasourceStates"]["formBased"]["layers"]
    return layers


def source_of(saved: Json) -> Json:
    """Read the query of a search or dashboard."""
    text = saved["attributes"]["kibanaSavedObjectMeta"]["searchSourceJSON"]
    source: Json = json.loads(text)
    return source


def uses_of(saved: Json) -> Iterator[Use]:
    """Find every field an object names, and what for."""
    attributes = saved["attributes"]
    match saved["type"]:
        case "index-pattern":
            yield Use(attributes["timeFieldName"], "date_histogram")
            yield from (Use(path, "format") for path in json.loads(attributes["fieldFormatMap"]))
            yield from (Use(path, "format") for path in json.loads(attributes["fieldAttrs"]))
        case "search":
            yield from _in_query(source_of(saved)["query"])
            yield from (Use(path, "column") for path in attributes["columns"])
            yield from (Use(path, "sort") for path, _ in attributes["sort"])
        case "dashboard":
            yield from _in_query(source_of(saved)["query"])
            for _, chart in charts_of(saved):
                yield from _in_chart(chart)
            for control in controls_of(saved).values():
                yield Use(control["explicitInput"]["fieldName"], "control")


def _in_chart(chart: Json) -> Iterator[Use]:
    yield from _in_query(chart["state"]["query"])
    for layer in layers_of(chart).values():
        for column in layer["columns"].values():
            yield from _in_column(column)


def _in_column(column: Json) -> Iterator[Use]:
    field = column.get("sourceField")
    if field not in {None, "___records___"}:
        yield Use(field, column["operationType"])
    if "filter" in column:
        yield from _in_query(column["filter"])
    for step in column["params"].get("filters", ()):
        yield from _in_query(step["input"])


def _in_query(query: Json) -> Iterator[Use]:
    for field, sign in re.findall(r"([\w.]+) (:|>=|<) ", query["query"]):
        yield Use(field, "match" if sign == ":" else "range")
