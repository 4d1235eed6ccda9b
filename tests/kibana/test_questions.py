"""The requests behind dashboards and searches ask for what the saved objects show."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from search.kibana.dashboards import CONTROLS, DASHBOARDS, LISTENING, RIGHTS
from search.kibana.panels import Markdown
from search.kibana.questions import Question, dashboard_questions, questions
from search.kibana.saved_objects import saved_objects
from search.kibana.searches import SEARCHES
from tests.kibana.atoms import read_dsl, read_kql
from tests.kibana.document import field_types
from tests.kibana.reading import Json, charts_of, controls_of, layers_of, of_type, source_of

ASKED = {question.title: question.body for question in questions()}


def test_everything_that_shows_mentions_asks_once() -> None:
    expected = [search.title for search in SEARCHES]
    for dashboard in DASHBOARDS:
        expected += [f"{dashboard.title}: choice of {heading}" for _, heading in CONTROLS]
        panels = [panel for row in dashboard.rows for panel in row.panels]
        expected += [
            f"{dashboard.title}: {panel.title}"
            for panel in panels
            if not isinstance(panel, Markdown)
        ]

    assert expected == [question.title for question in questions()]
    assert len(set(expected)) == len(expected)


def test_a_question_is_a_title_and_a_body() -> None:
    title, body = next(dashboard_questions(LISTENING))

    assert title == "Listening: choice of Brand"
    assert body["aggs"]["suggestions"] == {"terms": {"field": "brands", "size": 10}}


@pytest.mark.parametrize("question", list(questions()), ids=lambda question: question.title)
def test_bodies_are_json(question: Question) -> None:
    assert json.loads(json.dumps(question.body)) == question.body


def charts() -> Iterator[tuple[str, Json, Json]]:
    for dashboard in of_type(saved_objects(), "dashboard"):
        title = dashboard["attributes"]["title"].removeprefix("[sayso] ")
        for _, chart in charts_of(dashboard):
            yield f"{title}: {chart['title']}", chart, dashboard


AGGREGATIONS = {"average": "avg", "unique_count": "cardinality"}
"""What Lens calls otherwise than Elasticsearch."""


@pytest.mark.parametrize(("title", "chart", "dashboard"), list(charts()))
def test_charts_ask_for_their_columns(title: str, chart: Json, dashboard: Json) -> None:
    body = ASKED[title]
    (layer,) = layers_of(chart).values()
    shown = {
        key: (column["operationType"], column.get("sourceField"), "filter" in column)
        for key, column in layer["columns"].items()
    }

    assert dict(asked_for(body)) == {
        key: AGGREGATIONS.get(operation, operation) if not filtered else "filter"
        for key, (operation, _, filtered) in shown.items()
        if filtered or operation != "count"
    }
    assert set(fields_in(body.get("aggs", {}))) == {
        field
        for key, (operation, field, _) in shown.items()
        if operation != "count" and field is not None
    }
    assert read_dsl(body["query"]) == read_kql(source_of(dashboard)["query"]["query"]) | read_kql(
        chart["state"]["query"]["query"]
    )


def asked_for(body: Json) -> Iterator[tuple[str, str]]:
    """Name every aggregation and its kind."""
    for key, aggregation in body.get("aggs", {}).items():
        (kind,) = set(aggregation) - {"aggs"}
        yield key, kind
        yield from asked_for(aggregation)


def fields_in(aggregations: Json) -> Iterator[str]:
    """Name the fields that aggregations count, not those of their conditions."""
    for aggregation in aggregations.values():
        for kind, inner in aggregation.items():
            if kind == "aggs":
                yield from fields_in(inner)
            elif "field" in inner and kind != "filter":
                yield inner["field"]


@pytest.mark.parametrize(("title", "chart", "dashboard"), list(charts()))
def test_conditions_of_columns_are_those_asked_for(
    title: str, chart: Json, dashboard: Json
) -> None:
    del dashboard
    (layer,) = layers_of(chart).values()
    shown = Counter(
        read_kql(query["query"])
        for column in layer["columns"].values()
        for query in queries_of(column)
    )

    assert shown == Counter(conditions_in(ASKED[title]))


def queries_of(column: Json) -> Iterator[Json]:
    if "filter" in column:
        yield column["filter"]
    yield from (step["input"] for step in column["params"].get("filters", ()))


def conditions_in(body: Json) -> Iterator[Any]:
    for aggregation in body.get("aggs", {}).values():
        if "filter" in aggregation:
            yield read_dsl(aggregation["filter"])
        yield from (
            read_dsl(q) for q in aggregation.get("filters", {}).get("filters", {}).values()
        )
        yield from conditions_in(aggregation)


def test_searches_ask_with_their_query_sort_and_columns() -> None:
    for saved in of_type(saved_objects(), "search"):
        attributes = saved["attributes"]
        body = ASKED[attributes["title"].removeprefix("[sayso] ")]
        ((field, direction),) = attributes["sort"]

        assert read_dsl(body["query"]) == read_kql(source_of(saved)["query"]["query"])
        assert body["sort"] == [{field: {"order": direction, "missing": "_last"}}]
        assert body["fields"] == attributes["columns"]


def test_controls_ask_for_the_values_of_their_fields() -> None:
    for dashboard in of_type(saved_objects(), "dashboard"):
        title = dashboard["attributes"]["title"].removeprefix("[sayso] ")
        for control in controls_of(dashboard).values():
            shown = control["explicitInput"]
            body = ASKED[f"{title}: choice of {shown['title']}"]

            assert body["aggs"]["suggestions"]["terms"]["field"] == shown["fieldName"]


def test_share_of_voice_is_brands_over_time() -> None:
    (body,) = (
        body
        for title, body in dashboard_questions(LISTENING, since="now-30d", interval="12h")
        if title == "Listening: Share of voice"
    )

    assert body == {
        "size": 0,
        "track_total_hits": True,
        "query": {"range": {"published_at": {"gte": "now-30d"}}},
        "aggs": {
            "by0": {
                "terms": {"field": "brands", "size": 10, "order": {"_count": "desc"}},
                "aggs": {
                    "by1": {
                        "date_histogram": {
                            "field": "published_at",
                            "fixed_interval": "12h",
                            "min_doc_count": 1,
                        }
                    }
                },
            }
        },
    }


def test_groups_are_ordered_by_the_first_number_even_a_filtered_one() -> None:
    products = ASKED["Reviews: Most criticised products"]["aggs"]["by0"]

    assert products["terms"]["order"] == {"number0": "desc"}
    assert products["aggs"]["number0"] == {"filter": {"term": {"sentiment.label": "negative"}}}


def test_a_list_on_a_dashboard_obeys_its_query_and_time() -> None:
    asked = dict(dashboard_questions(RIGHTS, since="now-1d"))

    assert read_dsl(asked["Rights: Waiting for an answer"]["query"]) == {
        ("is", "permission", ("requested",)),
        ("gte", "published_at", "now-1d"),
    }


def test_aggregations_name_only_fields_that_can_be_counted() -> None:
    types = field_types()
    named = {field for body in ASKED.values() for field in fields_in(body.get("aggs", {}))}

    assert {types[field] for field in named} <= {"keyword", "boolean", "long", "double", "date"}
