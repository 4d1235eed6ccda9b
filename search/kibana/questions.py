"""
What Kibana asks Elasticsearch when somebody opens a dashboard or a saved search.

Each request comes from the same structures as the saved object, so that a test against a real
node tests the fields, types and aggregations of the object too. Kibana, though, rounds ``now/d``
in the reader's time zone, chooses the width of steps of time by the screen, and wants empty ones.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from search.kibana.conditions import Between, Condition, both
from search.kibana.dashboards import CONTROLS, DASHBOARDS, Dashboard
from search.kibana.data_view import TIME_FIELD
from search.kibana.panels import Lens, Saved, grouping_id, measure_id
from search.kibana.searches import SEARCHES, Search

Body = dict[str, Any]


class Question(NamedTuple):
    """One search."""

    title: str
    """Such as ``Listening: Share of voice``."""
    body: Body
    """What is sent to ``_search``."""


def questions(*, since: str | None = None, interval: str = "1d") -> Iterator[Question]:
    """
    Ask everything: every saved search, and every panel and control of every dashboard.

    ``since`` is what a reader chooses as the beginning, in Elasticsearch's date arithmetic; the
    default is the beginning of time.
    """
    for search in SEARCHES:
        yield Question(search.title, search_body(search, since=since))
    for dashboard in DASHBOARDS:
        yield from dashboard_questions(dashboard, since=since, interval=interval)


def dashboard_questions(
    dashboard: Dashboard, *, since: str | None = None, interval: str = "1d"
) -> Iterator[Question]:
    """Ask what opening one dashboard asks: its controls, its charts and its lists."""
    about = both(dashboard.where, _since(since))
    for field, heading in CONTROLS:
        yield Question(f"{dashboard.title}: choice of {heading}", _control_body(field, about))
    for panel in (panel for row in dashboard.rows for panel in row.panels):
        title = f"{dashboard.title}: {panel.title}"
        if isinstance(panel, Lens):
            yield Question(title, lens_body(panel, about=about, interval=interval))
        elif isinstance(panel, Saved):
            (search,) = (search for search in SEARCHES if search.key == panel.key)
            yield Question(title, search_body(search, about=dashboard.where, since=since))


def search_body(
    search: Search, *, about: Condition | None = None, since: str | None = None
) -> Body:
    """Ask for the first mentions of a saved search, with its columns."""
    field, direction = search.sort
    condition = both(search.where, _since(since), *(() if about is None else (about,)))
    return {
        "size": 50,
        "query": condition.dsl,
        "sort": [{field: {"order": direction, "missing": "_last"}}],
        "fields": list(search.columns),
        "_source": False,
    }


def lens_body(panel: Lens, *, about: Condition, interval: str = "1d") -> Body:
    """Ask for the numbers of a chart."""
    return {
        "size": 0,
        "track_total_hits": True,
        "query": both(about, panel.where).dsl,
        **_aggregations(panel, interval),
    }


def _aggregations(panel: Lens, interval: str) -> Body:
    """Nest the groupings from the innermost outwards; their order needs the first measure."""
    first, *_ = panel.measures
    order = "_count" if first.aggregation() is None else measure_id(0)
    measured = {
        measure_id(place): aggregation
        for place, measure in enumerate(panel.measures)
        if (aggregation := measure.aggregation()) is not None
    }
    inner: Body = {"aggs": measured} if measured else {}
    for place, grouping in reversed(list(enumerate(panel.groupings))):
        inner = {
            "aggs": {
                grouping_id(place): {**grouping.aggregation(order, interval=interval), **inner}
            }
        }
    return inner


def _control_body(field: str, about: Condition) -> Body:
    aggregations = {
        "suggestions": {"terms": {"field": field, "size": 10}},
        "values": {"cardinality": {"field": field}},
    }
    return {"size": 0, "query": about.dsl, "aggs": aggregations}


def _since(since: str | None) -> Condition:
    return both() if since is None else Between(TIME_FIELD, at_least=since)
