"""
What can stand on a dashboard: numbers and charts drawn by Lens, text, saved searches.

The functions at the end are the words a dashboard is written in.
"""

import dataclasses
from typing import Any

from search.kibana.columns import Grouping, Measure, Steps, Time, Top
from search.kibana.conditions import EVERYTHING, Condition
from search.kibana.drawings import Datatable, Drawing, Number, Pie, Xy


@dataclasses.dataclass(frozen=True, slots=True)
class Markdown:
    """Text."""

    title: str
    text: str


@dataclasses.dataclass(frozen=True, slots=True)
class Saved:
    """A saved search by its key; its mentions are listed."""

    title: str
    key: str


@dataclasses.dataclass(frozen=True, slots=True)
class Lens:
    """Mentions counted, and how that is drawn."""

    title: str
    drawing: Drawing
    measures: tuple[Measure, ...]
    groupings: tuple[Grouping, ...] = ()
    where: Condition = EVERYTHING

    def columns(self) -> dict[str, dict[str, Any]]:
        """Describe every column by its id, those that group first, as Lens wants the order."""
        first = measure_id(0)
        grouped = {
            grouping_id(place): grouping.lens(first)
            for place, grouping in enumerate(self.groupings)
        }
        counted = {
            measure_id(place): measure.lens() for place, measure in enumerate(self.measures)
        }
        return {**grouped, **counted}

    def visualization(self, layer: str) -> dict[str, Any]:
        """Describe the drawing of the columns of a layer."""
        return self.drawing.state(
            layer,
            [grouping_id(place) for place in range(len(self.groupings))],
            {measure_id(place): measure for place, measure in enumerate(self.measures)},
        )


Panel = Markdown | Saved | Lens


def grouping_id(place: int) -> str:
    """Name the column of a grouping, from the outermost on."""
    return f"by{place}"


def measure_id(place: int) -> str:
    """Name the column of a measure."""
    return f"number{place}"


def number(title: str, measure: Measure, *, where: Condition = EVERYTHING) -> Lens:
    """Show one large number."""
    return Lens(title, Number(), (measure,), where=where)


def over_time(
    title: str,
    *measures: Measure,
    by: Grouping | None = None,
    series: str = "bar_stacked",
    where: Condition = EVERYTHING,
) -> Lens:
    """Draw numbers by when mentions were published, perhaps split by something else."""
    split = () if by is None else (by,)
    return Lens(title, Xy(series, split=bool(split)), measures, (*split, Time()), where)


def bars(
    title: str,
    grouping: Top | Steps,
    *measures: Measure,
    by: Grouping | None = None,
    where: Condition = EVERYTHING,
) -> Lens:
    """Draw horizontal bars, the largest or first on top; several numbers or a split stack up."""
    stacked = by is not None or len(measures) > 1
    series = "bar_horizontal_stacked" if stacked else "bar_horizontal"
    split = () if by is None else (by,)
    drawing = Xy(series, split=bool(split), split_first=False)
    return Lens(title, drawing, measures, (grouping, *split), where)


def donut(
    title: str,
    *measures: Measure,
    by: Grouping | None = None,
    where: Condition = EVERYTHING,
) -> Lens:
    """Draw shares: of one number by a grouping, or of several numbers."""
    return Lens(title, Pie(), measures, () if by is None else (by,), where)


def table(title: str, grouping: Top, *measures: Measure, where: Condition = EVERYTHING) -> Lens:
    """List values of a field with their numbers, sorted by the first number."""
    return Lens(title, Datatable(), measures, (grouping,), where)
