"""The generated objects keep every rule, and each rule notices when they do not."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from search.kibana.saved_objects import saved_objects
from tests.kibana import chart_rules, rules
from tests.kibana.chart_rules import Rule
from tests.kibana.reading import Json
from tests.kibana.rules import RULES

Break = Callable[[list[Json]], object]


@pytest.mark.parametrize("prefix", ["sayso", "acme-eu"])
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_objects_keep_the_rule(rule: Rule, prefix: str) -> None:
    assert list(rule(saved_objects(prefix))) == []


def listening(objects: list[Json]) -> Json:
    return next(saved for saved in objects if saved["type"] == "dashboard")


def search(objects: list[Json]) -> Json:
    return next(saved for saved in objects if saved["type"] == "search")


def on_panels(change: Callable[[list[Json]], object]) -> Break:
    """Change the panels of the first dashboard, inside their text."""

    def apply(objects: list[Json]) -> None:
        attributes = listening(objects)["attributes"]
        panels = json.loads(attributes["panelsJSON"])
        change(panels)
        attributes["panelsJSON"] = json.dumps(panels)

    return apply


def on_chart(title: str, change: Callable[[Json], object]) -> Break:
    """Change one chart of the first dashboard."""

    def apply(panels: list[Json]) -> None:
        change(
            next(
                chart
                for panel in panels
                if (chart := panel["embeddableConfig"].get("attributes", {})).get("title") == title
            )
        )

    return on_panels(apply)


def on_layer(change: Callable[[Json], object]) -> Break:
    """Change the columns of the table of authors."""

    def apply(chart: Json) -> None:
        (layer,) = chart["state"]["datasourceStates"]["formBased"]["layers"].values()
        change(layer)

    return on_chart("Authors with most mentions", apply)


def put(*path: Any, value: Any) -> Callable[[Any], None]:
    """Set one place inside nested dictionaries and lists."""

    def apply(node: Any) -> None:
        for key in path[:-1]:
            node = node[key]
        node[path[-1]] = value

    return apply


def in_search(*path: Any, value: Any) -> Break:
    return lambda objects: put(*path, value=value)(search(objects))


def in_listening(*path: Any, value: Any) -> Break:
    return lambda objects: put(*path, value=value)(listening(objects))


def ask(text: str, **more: str) -> Break:
    """Give the first search another query."""
    source = {"query": {"query": text, "language": "kuery"}, "filter": [], **more}
    path = ("attributes", "kibanaSavedObjectMeta", "searchSourceJSON")
    return in_search(*path, value=json.dumps(source))


def rename_control(objects: list[Json]) -> None:
    group = listening(objects)["attributes"]["controlGroupInput"]
    controls = json.loads(group["panelsJSON"])
    next(iter(controls.values()))["explicitInput"]["id"] = "another"
    group["panelsJSON"] = json.dumps(controls)


def control_by(field: str) -> Break:
    def apply(objects: list[Json]) -> None:
        group = listening(objects)["attributes"]["controlGroupInput"]
        controls = json.loads(group["panelsJSON"])
        next(iter(controls.values()))["explicitInput"]["fieldName"] = field
        group["panelsJSON"] = json.dumps(controls)

    return apply


AUTHORS = "Authors with most mentions"
REF = "indexRefName"
INDEX = "kibanaSavedObjectMeta.searchSourceJSON.index"

BREAKS: list[tuple[Rule, Break]] = [
    (rules.ids_are_unique, lambda objects: objects.append(copy.deepcopy(objects[0]))),
    (rules.titles_are_unique, lambda objects: objects.append({**objects[1], "id": "other"})),
    (rules.versions_are_the_oldest, in_search("typeMigrationVersion", value="10.5.0")),
    (rules.versions_are_the_oldest, in_search("coreMigrationVersion", value="8.9.0")),
    (rules.keys_are_known_everywhere, in_listening("attributes", "sections", value=[])),
    (rules.keys_are_known_everywhere, in_search("updated_at", value="2026-01-01")),
    (rules.nested_json_is_text_that_parses, in_listening("attributes", "optionsJSON", value={})),
    (rules.nested_json_is_text_that_parses, in_listening("attributes", "optionsJSON", value="{")),
    (rules.references_lead_somewhere, lambda objects: objects.pop(0)),
    (rules.references_lead_somewhere, in_search("references", 0, "id", value="gone")),
    (rules.references_are_used_and_listed_once, in_search("references", value=[])),
    (
        rules.references_are_used_and_listed_once,
        lambda objects: listening(objects)["references"].append(search(objects)["references"][0]),
    ),
    (rules.references_are_used_and_listed_once, on_panels(lambda panels: panels.pop())),
    (
        rules.searches_name_their_data_view_by_reference,
        ask("", **{REF: INDEX, "index": "data view"}),
    ),
    (chart_rules.charts_bind_their_layers, on_chart(AUTHORS, put("references", value=[]))),
    (chart_rules.charts_are_of_a_known_kind, on_chart(AUTHORS, put("version", value=1))),
    (
        chart_rules.charts_are_of_a_known_kind,
        on_chart(AUTHORS, put("visualizationType", value="lnsChoropleth")),
    ),
    (chart_rules.column_order_is_complete, on_layer(lambda layer: layer["columnOrder"].pop())),
    (chart_rules.column_order_is_complete, on_layer(lambda layer: layer["columnOrder"].reverse())),
    (
        chart_rules.drawings_name_columns_that_exist,
        on_chart(AUTHORS, put("state", "visualization", "sorting", "columnId", value="x")),
    ),
    (
        chart_rules.drawings_name_columns_that_exist,
        on_chart(AUTHORS, put("state", "visualization", "layerId", value="x")),
    ),
    (
        chart_rules.drawings_name_columns_that_exist,
        on_chart("Sentiment", put("state", "visualization", "layers", 0, "metrics", value=["x"])),
    ),
    (
        chart_rules.drawings_name_columns_that_exist,
        on_chart("Sources", put("state", "visualization", "layers", 0, "xAccessor", value="x")),
    ),
    (
        chart_rules.drawings_name_columns_that_exist,
        on_chart(AUTHORS, lambda chart: chart["state"]["visualization"]["columns"].pop()),
    ),
    (
        chart_rules.orders_name_columns_that_exist,
        on_layer(put("columns", "by0", "params", "orderBy", "columnId", value="x")),
    ),
    (rules.panels_stand_on_the_grid, on_panels(put(0, "gridData", "w", value=60))),
    (rules.panels_stand_on_the_grid, on_panels(put(1, "gridData", "x", value=0))),
    (rules.panels_have_one_id, on_panels(put(0, "gridData", "i", value="another"))),
    (rules.panels_have_one_id, on_panels(lambda panels: panels.append(panels[0]))),
    (rules.controls_have_one_id, rename_control),
    (rules.fields_exist, on_layer(put("columns", "by0", "sourceField", value="author.handle"))),
    (rules.fields_exist, ask('platform : "mastodon"', **{REF: INDEX})),
    (rules.fields_exist, ask('kind : "post" and likes >= 1', **{REF: INDEX})),
    (rules.fields_exist, in_search("attributes", "columns", value=["tags"])),
    (rules.fields_exist, control_by("lang")),
    (
        rules.fields_exist,
        lambda objects: put("attributes", "timeFieldName", value="at")(objects[0]),
    ),
    (rules.fields_fit_their_use, on_layer(put("columns", "by0", "sourceField", value="text"))),
    (rules.fields_fit_their_use, on_layer(put("columns", "number1", "sourceField", value="site"))),
    (rules.fields_fit_their_use, control_by("subject.name")),
    (rules.fields_fit_their_use, in_search("attributes", "sort", value=[["links", "asc"]])),
    (rules.fields_fit_their_use, ask('licence.raw : "CC"', **{REF: INDEX})),
    (rules.fields_fit_their_use, ask("text >= 1", **{REF: INDEX})),
    (
        rules.fields_fit_their_use,
        lambda objects: put("attributes", "timeFieldName", value="kind")(objects[0]),
    ),
]


@pytest.mark.parametrize(("rule", "damage"), BREAKS)
def test_rule_notices_damage(rule: Rule, damage: Break) -> None:
    objects = saved_objects()
    damage(objects)

    assert list(rule(objects)) != []


def test_every_rule_is_shown_to_notice_damage() -> None:
    assert {rule for rule, _ in BREAKS} == set(RULES)
