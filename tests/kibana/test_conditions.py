"""A condition means the same in Kibana's query bar and in Elasticsearch."""

from collections.abc import Iterator
from typing import Any

import pytest

from search.kibana.columns import Measure, Steps
from search.kibana.conditions import (
    EVERYTHING,
    Between,
    Condition,
    Known,
    Not,
    both,
    is_,
)
from search.kibana.dashboards import DASHBOARDS
from search.kibana.panels import Lens
from search.kibana.searches import SEARCHES
from search.vocabulary import Permission
from tests.kibana.atoms import read_dsl, read_kql

PAIRS: list[tuple[Condition, str, dict[str, Any]]] = [
    (EVERYTHING, "", {"match_all": {}}),
    (is_("kind", "review"), 'kind : "review"', {"term": {"kind": "review"}}),
    (is_("engagement.replies", 0), "engagement.replies : 0", {"term": {"engagement.replies": 0}}),
    (
        is_("permission", Permission.QUEUED, Permission.REQUESTED),
        'permission : ("queued" or "requested")',
        {"terms": {"permission": ["queued", "requested"]}},
    ),
    (is_("site", 'a"b'), r'site : "a\"b"', {"term": {"site": 'a"b'}}),
    (Known("media.kind"), "media.kind : *", {"exists": {"field": "media.kind"}}),
    (
        Between("first_seen_at", at_least="now/d"),
        "first_seen_at >= now/d",
        {"range": {"first_seen_at": {"gte": "now/d"}}},
    ),
    (
        Between("rating.stars", at_least=1.5, below=2.5),
        "rating.stars >= 1.5 and rating.stars < 2.5",
        {"range": {"rating.stars": {"gte": 1.5, "lt": 2.5}}},
    ),
    (
        Not(Between("engagement.replies", at_least=1)),
        "not (engagement.replies >= 1)",
        {"bool": {"must_not": [{"range": {"engagement.replies": {"gte": 1}}}]}},
    ),
    (
        both(is_("kind", "review"), EVERYTHING, Known("site")),
        'kind : "review" and site : *',
        {"bool": {"filter": [{"term": {"kind": "review"}}, {"exists": {"field": "site"}}]}},
    ),
    (both(EVERYTHING, Known("site")), "site : *", {"exists": {"field": "site"}}),
    (both(), "", {"match_all": {}}),
]


@pytest.mark.parametrize(("condition", "kql", "dsl"), PAIRS)
def test_condition_is_written_as_expected(
    condition: Condition, kql: str, dsl: dict[str, Any]
) -> None:
    assert (kql, dsl) == (condition.kql, condition.dsl)


def conditions() -> Iterator[Condition]:
    """Every condition the objects use, and those above."""
    yield from (condition for condition, _, _ in PAIRS)
    yield from (search.where for search in SEARCHES)
    for dashboard in DASHBOARDS:
        yield dashboard.where
        for panel in (panel for row in dashboard.rows for panel in row.panels):
            if isinstance(panel, Lens):
                yield panel.where
                yield from conditions_in(panel)


def conditions_in(panel: Lens) -> Iterator[Condition]:
    yield from (measure.where for measure in panel.measures)
    for grouping in panel.groupings:
        if isinstance(grouping, Steps):
            yield from (condition for _, condition in grouping.steps)


@pytest.mark.parametrize(
    "condition", list(dict.fromkeys(conditions())), ids=lambda condition: condition.kql
)
def test_both_spellings_say_the_same(condition: Condition) -> None:
    assert read_dsl(condition.dsl) == read_kql(condition.kql)
    assert {atom[1] for atom in flat(read_kql(condition.kql))} == set(condition.fields)


def flat(atoms: frozenset[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    for atom in atoms:
        if atom[0] == "not":
            yield from flat(atom[1])
        else:
            yield atom


def test_enumerations_become_plain_text() -> None:
    (value,) = is_("permission", Permission.GRANTED).values

    assert type(value) is str


def test_a_measure_with_a_condition_filters_what_it_measures() -> None:
    measure = Measure("Likes", "sum", "engagement.likes", is_("kind", "post"))

    assert measure.aggregation() == {
        "filter": {"term": {"kind": "post"}},
        "aggs": {"value": {"sum": {"field": "engagement.likes"}}},
    }
    assert measure.lens()["filter"] == {"query": 'kind : "post"', "language": "kuery"}
