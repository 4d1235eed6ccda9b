"""The charts: how Lens is told to draw the columns of a layer."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol

from search.kibana.columns import Measure


class Drawing(Protocol):
    """A kind of chart."""

    @property
    def kind(self) -> str:
        """What Lens calls it."""

    def state(
        self, layer: str, groupings: Sequence[str], measures: Mapping[str, Measure]
    ) -> dict[str, Any]:
        """Describe the drawing of columns, which are named by their ids."""


@dataclasses.dataclass(frozen=True, slots=True)
class Number:
    """One large number."""

    kind: str = "lnsMetric"

    def state(
        self,
        layer: str,
        groupings: Sequence[str],  # noqa: ARG002 - a Drawing's
        measures: Mapping[str, Measure],
    ) -> dict[str, Any]:
        """Show the first measure."""
        return {"layerId": layer, "layerType": "data", "metricAccessor": next(iter(measures))}


_BOTH_AXES: Final = {"x": True, "yLeft": True, "yRight": True}


@dataclasses.dataclass(frozen=True, slots=True)
class Xy:
    """Bars or lines along an axis."""

    series: str
    split: bool
    """Whether one of the groupings splits the numbers."""
    split_first: bool = True
    """Whether that is the outer grouping: over time the split decides which series there are."""
    kind: str = "lnsXY"

    def state(
        self, layer: str, groupings: Sequence[str], measures: Mapping[str, Measure]
    ) -> dict[str, Any]:
        """Give every measure of its own colour that colour; others get one of the palette."""
        several = self.split or len(measures) > 1
        return {
            "legend": {"isVisible": several, "position": "right"},
            "valueLabels": "hide",
            "fittingFunction": "None",
            "axisTitlesVisibilitySettings": {**_BOTH_AXES, "x": False},
            "tickLabelsVisibilitySettings": _BOTH_AXES,
            "gridlinesVisibilitySettings": _BOTH_AXES,
            "labelsOrientation": {"x": 0, "yLeft": 0, "yRight": 0},
            "preferredSeriesType": self.series,
            "layers": [self._layer(layer, groupings, measures)],
        }

    def _layer(
        self, layer: str, groupings: Sequence[str], measures: Mapping[str, Measure]
    ) -> dict[str, Any]:
        along = groupings[-1] if self.split_first else groupings[0]
        across = [grouping for grouping in groupings if grouping != along]
        state: dict[str, Any] = {
            "layerId": layer,
            "layerType": "data",
            "seriesType": self.series,
            "xAccessor": along,
            "accessors": list(measures),
        }
        colours = [
            {"forAccessor": key, "color": measure.colour}
            for key, measure in measures.items()
            if measure.colour
        ]
        if colours:
            state["yConfig"] = colours
        if self.split:
            state["splitAccessor"] = across[0]
        return state


@dataclasses.dataclass(frozen=True, slots=True)
class Pie:
    """A donut."""

    kind: str = "lnsPie"

    def state(
        self, layer: str, groupings: Sequence[str], measures: Mapping[str, Measure]
    ) -> dict[str, Any]:
        """Cut by the groupings, or without one into the measures, each of which has its colour."""
        cut: dict[str, Any] = {
            "layerId": layer,
            "layerType": "data",
            "primaryGroups": list(groupings),
            "metrics": list(measures),
            "numberDisplay": "percent",
            "categoryDisplay": "default",
            "legendDisplay": "show",
            "nestedLegend": False,
        }
        if not groupings:
            colours = {key: measure.colour for key, measure in measures.items() if measure.colour}
            cut |= {"allowMultipleMetrics": True, "colorsByDimension": colours}
        return {"shape": "donut", "layers": [cut]}


@dataclasses.dataclass(frozen=True, slots=True)
class Datatable:
    """A table."""

    kind: str = "lnsDatatable"

    def state(
        self, layer: str, groupings: Sequence[str], measures: Mapping[str, Measure]
    ) -> dict[str, Any]:
        """Turn pages of ten rows, the highest first measure on top."""
        return {
            "layerId": layer,
            "layerType": "data",
            "columns": [{"columnId": key} for key in (*groupings, *measures)],
            "sorting": {"columnId": next(iter(measures)), "direction": "desc"},
            "paging": {"size": 10, "enabled": True},
        }
