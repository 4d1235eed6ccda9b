"""
The file Kibana imports: a data view, saved searches and dashboards, one JSON object a line.

Every object is labelled with the oldest version that has its shape, and Kibana brings it up to
its own: from 8.9 on, every version takes the file.
"""

import json
from collections.abc import Iterable
from typing import Any, Final

from search.kibana.dashboard_objects import dashboard_attributes, dashboard_references
from search.kibana.dashboards import DASHBOARDS, Dashboard
from search.kibana.data_view import data_view_attributes, data_view_id, identify
from search.kibana.searches import SEARCHES, Search

_VERSIONS: Final = {"index-pattern": "8.0.0", "search": "8.0.0", "dashboard": "8.9.0"}
_INDEX: Final = "kibanaSavedObjectMeta.searchSourceJSON.index"

Object = dict[str, Any]


def saved_objects(prefix: str = "sayso") -> list[Object]:
    """Generate everything for the mentions of one prefix, what is referred to first."""
    return [
        _label("index-pattern", data_view_id(prefix), data_view_attributes(prefix), []),
        *(_search(prefix, search) for search in SEARCHES),
        *(_dashboard(prefix, dashboard) for dashboard in DASHBOARDS),
    ]


def to_ndjson(objects: Iterable[Object]) -> bytes:
    """Write objects as Kibana imports them: UTF-8, a line each, no summary at the end."""
    lines = (json.dumps(each, ensure_ascii=False, separators=(",", ":")) for each in objects)
    return "".join(f"{line}\n" for line in lines).encode()


def _label(kind: str, name: str, attributes: Object, references: list[Object]) -> Object:
    return {
        "id": name,
        "type": kind,
        "managed": False,
        "coreMigrationVersion": "8.8.0",
        "typeMigrationVersion": _VERSIONS[kind],
        "attributes": attributes,
        "references": references,
    }


def _search(prefix: str, search: Search) -> Object:
    """Describe a saved search; it brings its own range of time, or it would show 15 minutes."""
    source = {
        "query": {"query": search.where.kql, "language": "kuery"},
        "filter": [],
        "indexRefName": _INDEX,
    }
    attributes = {
        "title": f"[{prefix}] {search.title}",
        "description": search.description,
        "columns": list(search.columns),
        "sort": [list(search.sort)],
        "grid": {},
        "hideChart": False,
        "isTextBasedQuery": False,
        "timeRestore": True,
        "timeRange": {"from": search.since, "to": "now"},
        "kibanaSavedObjectMeta": {"searchSourceJSON": json.dumps(source)},
    }
    reference = {"name": _INDEX, "type": "index-pattern", "id": data_view_id(prefix)}
    return _label("search", identify(prefix, f"search/{search.key}"), attributes, [reference])


def _dashboard(prefix: str, dashboard: Dashboard) -> Object:
    return _label(
        "dashboard",
        identify(prefix, f"dashboard/{dashboard.key}"),
        dashboard_attributes(prefix, dashboard),
        dashboard_references(prefix, dashboard),
    )
