"""What Lens would stumble over in a chart: the rules about layers, columns and drawings."""

from collections.abc import Callable, Iterator
from typing import Any, Final

from tests.kibana.reading import Json, charts_of, layers_of, name_of, of_type

Rule = Callable[[list[Json]], Iterator[str]]

DRAWINGS: Final = {"lnsXY", "lnsMetric", "lnsPie", "lnsDatatable"}


def charts_bind_their_layers(objects: list[Json]) -> Iterator[str]:
    """A chart lists its own references too, without the panel's id."""
    for place, chart in _charts(objects):
        bound = [reference["name"] for reference in chart["references"]]
        if bound != [f"indexpattern-datasource-layer-{layer}" for layer in layers_of(chart)]:
            yield f"{place}: its layers are not bound"


def charts_are_of_a_known_kind(objects: list[Json]) -> Iterator[str]:
    for place, chart in _charts(objects):
        if chart["visualizationType"] not in DRAWINGS:
            yield f"{place}: {chart['visualizationType']} is no known kind"
        if "version" in chart:
            yield f"{place}: a version makes it another shape"


def column_order_is_complete(objects: list[Json]) -> Iterator[str]:
    for place, chart in _charts(objects):
        for layer in layers_of(chart).values():
            order, columns = layer["columnOrder"], layer["columns"]
            grouped = [columns[key]["isBucketed"] for key in order if key in columns]
            if sorted(order) != sorted(columns) or grouped != sorted(grouped, reverse=True):
                yield f"{place}: column order {order}"


def drawings_name_columns_that_exist(objects: list[Json]) -> Iterator[str]:
    for place, chart in _charts(objects):
        layers = layers_of(chart)
        columns = {key for layer in layers.values() for key in layer["columns"]}
        drawn = list(_named(chart["state"]["visualization"]))
        for kind, name in drawn:
            if name not in (layers if kind == "layerId" else columns):
                yield f"{place}: {kind} {name} does not exist"
        if columns - {name for _, name in drawn}:
            yield f"{place}: {columns - {name for _, name in drawn}} not drawn"


def _named(node: Any) -> Iterator[tuple[str, str]]:
    """Find every id in a drawing, with the key it stands at."""
    if isinstance(node, list):
        for inner in node:
            yield from _named(inner)
    if not isinstance(node, dict):
        return
    for key, value in node.items():
        if isinstance(value, str) and (
            key in {"layerId", "columnId"} or key.lower().endswith("accessor")
        ):
            yield key, value
        elif key in {"accessors", "primaryGroups", "metrics", "colorsByDimension"}:
            yield from ((key, name) for name in value)
        else:
            yield from _named(value)


def orders_name_columns_that_exist(objects: list[Json]) -> Iterator[str]:
    for place, chart in _charts(objects):
        for layer in layers_of(chart).values():
            for column in layer["columns"].values():
                order = column["params"].get("orderBy", {}).get("columnId")
                if order is not None and order not in layer["columns"]:
                    yield f"{place}: ordered by {order}, which does not exist"


def _charts(objects: list[Json]) -> Iterator[tuple[str, Json]]:
    for saved in of_type(objects, "dashboard"):
        for _, chart in charts_of(saved):
            yield f"{name_of(saved)}, {chart['title']}", chart


CHART_RULES: Final[tuple[Rule, ...]] = (
    charts_bind_their_layers,
    charts_are_of_a_known_kind,
    column_order_is_complete,
    drawings_name_columns_that_exist,
    orders_name_columns_that_exist,
)
