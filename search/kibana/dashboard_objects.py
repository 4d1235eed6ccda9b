"""A dashboard as Kibana keeps it: panels on a grid of 48 columns, and what they refer to."""

import json
from collections.abc import Iterator
from typing import Any, Final

from search.kibana.dashboards import CONTROLS, Dashboard
from search.kibana.data_view import data_view_id, identify
from search.kibana.panels import Lens, Markdown, Panel, Saved

COLUMNS: Final = 48
_NO_QUERY: Final = {"query": {"query": "", "language": "kuery"}, "filter": []}
_OPTIONS: Final = {
    "useMargins": True,
    "syncColors": True,
    "syncCursor": True,
    "syncTooltips": False,
    "hidePanelTitles": False,
}
_OBEY_ALL: Final = {
    "ignoreFilters": False,
    "ignoreQuery": False,
    "ignoreTimerange": False,
    "ignoreValidations": False,
}

Json = dict[str, Any]


def dashboard_attributes(prefix: str, dashboard: Dashboard) -> Json:
    """Describe a dashboard in the keys that every version since 8.9 accepts."""
    query = {"query": {"query": dashboard.where.kql, "language": "kuery"}, "filter": []}
    return {
        "title": f"[{prefix}] {dashboard.title}",
        "description": dashboard.description,
        "timeRestore": True,
        "timeFrom": dashboard.since,
        "timeTo": "now",
        "refreshInterval": {"pause": True, "value": 60000},
        "optionsJSON": json.dumps(_OPTIONS),
        "panelsJSON": json.dumps(_panels(prefix, dashboard), ensure_ascii=False),
        "controlGroupInput": _controls(prefix, dashboard),
        "kibanaSavedObjectMeta": {"searchSourceJSON": json.dumps(query)},
        "version": 1,
    }


def dashboard_references(prefix: str, dashboard: Dashboard) -> list[Json]:
    """Bind every chart and control to the data view, and every list to its saved search."""
    references = []
    for panel, _ in _places(dashboard):
        panel_id = _panel_id(prefix, dashboard, panel)
        if isinstance(panel, Lens):
            references.append(_to_data_view(prefix, f"{panel_id}:{_layer_reference(panel_id)}"))
        elif isinstance(panel, Saved):
            name = f"{panel_id}:panel_{panel_id}"
            search = identify(prefix, f"search/{panel.key}")
            references.append({"name": name, "type": "search", "id": search})
    for field, _ in CONTROLS:
        name = f"controlGroup_{_control_id(prefix, dashboard, field)}:optionsListDataView"
        references.append(_to_data_view(prefix, name))
    return references


def _places(dashboard: Dashboard) -> Iterator[tuple[Panel, dict[str, int]]]:
    """Share each row's width among its panels."""
    top = 0
    for row in dashboard.rows:
        width = COLUMNS // len(row.panels)
        for place, panel in enumerate(row.panels):
            yield panel, {"x": place * width, "y": top, "w": width, "h": row.height}
        top += row.height


def _panels(prefix: str, dashboard: Dashboard) -> list[Json]:
    panels = []
    for panel, place in _places(dashboard):
        panel_id = _panel_id(prefix, dashboard, panel)
        frame = {"panelIndex": panel_id, "gridData": {**place, "i": panel_id}}
        panels.append({**_content(prefix, panel, panel_id), **frame})
    return panels


def _content(prefix: str, panel: Panel, panel_id: str) -> Json:
    match panel:
        case Markdown():
            content: Json = {"hidePanelTitles": True, "savedVis": _markdown(panel)}
            kind = {"type": "visualization"}
        case Saved():
            content = {"title": panel.title}
            kind = {"type": "search", "panelRefName": f"panel_{panel_id}"}
        case Lens():
            content = {"title": panel.title, "attributes": _lens(prefix, panel, panel_id)}
            kind = {"type": "lens"}
    return {**kind, "embeddableConfig": {**content, "enhancements": {}}}


def _markdown(panel: Markdown) -> Json:
    """Text is the one visualisation that Lens does not draw."""
    return {
        "title": panel.title,
        "description": "",
        "type": "markdown",
        "params": {"fontSize": 12, "openLinksInNewTab": True, "markdown": panel.text},
        "uiState": {},
        "data": {"aggs": [], "searchSource": _NO_QUERY},
    }


def _lens(prefix: str, panel: Lens, panel_id: str) -> Json:
    layer = _layer_id(panel_id)
    columns = panel.columns()
    table = {"columns": columns, "columnOrder": list(columns), "incompleteColumns": {}}
    return {
        "title": panel.title,
        "description": "",
        "type": "lens",
        "visualizationType": panel.drawing.kind,
        "state": {
            "visualization": panel.visualization(layer),
            "query": {"query": panel.where.kql, "language": "kuery"},
            "filters": [],
            "datasourceStates": {"formBased": {"layers": {layer: table}}},
            "internalReferences": [],
            "adHocDataViews": {},
        },
        "references": [_to_data_view(prefix, _layer_reference(panel_id))],
    }


def _controls(prefix: str, dashboard: Dashboard) -> Json:
    panels = {}
    for order, (field, title) in enumerate(CONTROLS):
        key = _control_id(prefix, dashboard, field)
        panels[key] = {
            "order": order,
            "width": "medium",
            "grow": True,
            "type": "optionsListControl",
            "explicitInput": {"id": key, "fieldName": field, "title": title, "enhancements": {}},
        }
    return {
        "controlStyle": "oneLine",
        "chainingSystem": "HIERARCHICAL",
        "panelsJSON": json.dumps(panels),
        "ignoreParentSettingsJSON": json.dumps(_OBEY_ALL),
    }


def _to_data_view(prefix: str, name: str) -> Json:
    return {"name": name, "type": "index-pattern", "id": data_view_id(prefix)}


def _panel_id(prefix: str, dashboard: Dashboard, panel: Panel) -> str:
    """Name a panel by its title: moving it does not make it another."""
    return identify(prefix, f"panel/{dashboard.key}/{panel.title}")


def _control_id(prefix: str, dashboard: Dashboard, field: str) -> str:
    return identify(prefix, f"control/{dashboard.key}/{field}")


def _layer_id(panel_id: str) -> str:
    return identify(panel_id, "layer")


def _layer_reference(panel_id: str) -> str:
    """Lens finds the data view of a layer by this name."""
    return f"indexpattern-datasource-layer-{_layer_id(panel_id)}"
