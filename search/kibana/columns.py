"""
What a panel counts, and what it counts by.

Every class here is a column of a Lens layer and, at the same time, the aggregation that Kibana
makes of it. The shapes are those of Lens before its items had versions: Kibana upgrades them
when it reads them, from 8.9 on.
"""

import dataclasses
from typing import Any, Final, Literal, Protocol

from search.kibana.conditions import EVERYTHING, Condition

Operation = Literal["count", "average", "sum", "min", "max", "unique_count"]
_AGGREGATIONS: Final = {
    "average": "avg", "sum": "sum", "min": "min", "max": "max", "unique_count": "cardinality",
}  # fmt: skip
RECORDS: Final = "___records___"
"""What Lens calls the field of a plain count."""


@dataclasses.dataclass(frozen=True, slots=True)
class Measure:
    """A number worked out of the mentions."""

    label: str
    operation: Operation = "count"
    field: str = RECORDS
    where: Condition = EVERYTHING
    decimals: int | None = None
    colour: str | None = None

    def lens(self) -> dict[str, Any]:
        """Describe the column; an empty bucket shows nothing where a 0 would be a statement."""
        params: dict[str, Any] = {}
        if self.operation in {"count", "sum", "unique_count"}:
            params["emptyAsNull"] = True
        if self.decimals is not None:
            params["format"] = {"id": "number", "params": {"decimals": self.decimals}}
        column = _column(self.label, "number", self.operation, self.field, params)
        if self.where != EVERYTHING:
            column["filter"] = {"query": self.where.kql, "language": "kuery"}
        return column

    def aggregation(self) -> dict[str, Any] | None:
        """Return ``None`` for the plain count, which every bucket has anyway."""
        if self.field == RECORDS:
            return None if self.where == EVERYTHING else {"filter": self.where.dsl}
        plain = {_AGGREGATIONS[self.operation]: {"field": self.field}}
        if self.where == EVERYTHING:
            return plain
        return {"filter": self.where.dsl, "aggs": {"value": plain}}


class Grouping(Protocol):
    """What mentions are counted by."""

    @property
    def label(self) -> str:
        """The heading of the column."""

    def lens(self, first: str) -> dict[str, Any]:
        """Describe the column; ``first`` is the id of the measure that gives the order."""

    def aggregation(self, order: str, *, interval: str) -> dict[str, Any]:
        """Return the aggregation without what is below it."""


@dataclasses.dataclass(frozen=True, slots=True)
class Top:
    """The most frequent values of a field, by the first measure."""

    label: str
    field: str
    size: int = 10

    def lens(self, first: str) -> dict[str, Any]:
        """Leave out mentions without a value, and the rest beyond ``size``."""
        params = {
            "size": self.size,
            "orderBy": {"type": "column", "columnId": first},
            "orderDirection": "desc",
            "otherBucket": False,
            "missingBucket": False,
            "parentFormat": {"id": "terms"},
            "include": [],
            "exclude": [],
            "includeIsRegex": False,
            "excludeIsRegex": False,
        }
        return _column(self.label, "string", "terms", self.field, params)

    def aggregation(self, order: str, *, interval: str) -> dict[str, Any]:  # noqa: ARG002 - a Grouping's
        """Order is a measure's id, or ``_count``."""
        return {"terms": {"field": self.field, "size": self.size, "order": {order: "desc"}}}


@dataclasses.dataclass(frozen=True, slots=True)
class Steps:
    """Groups that keep the order they are written in, each with its own condition."""

    label: str
    steps: tuple[tuple[str, Condition], ...]

    def lens(self, first: str) -> dict[str, Any]:  # noqa: ARG002 - a Grouping's
        """One column holds all steps; nothing sorts them."""
        filters = [
            {"label": label, "input": {"query": condition.kql, "language": "kuery"}}
            for label, condition in self.steps
        ]
        return _column(self.label, "string", "filters", None, {"filters": filters})

    def aggregation(self, order: str, *, interval: str) -> dict[str, Any]:  # noqa: ARG002 - a Grouping's
        """Buckets by the steps' labels."""
        return {"filters": {"filters": {label: condition.dsl for label, condition in self.steps}}}


@dataclasses.dataclass(frozen=True, slots=True)
class Time:
    """Steps of time as wide as Kibana finds readable."""

    label: str = "Published"
    field: str = "published_at"

    def lens(self, first: str) -> dict[str, Any]:  # noqa: ARG002 - a Grouping's
        """Show empty stretches too: silence is an answer."""
        params = {"interval": "auto", "includeEmptyRows": True, "dropPartials": False}
        return _column(self.label, "date", "date_histogram", self.field, params)

    def aggregation(self, order: str, *, interval: str) -> dict[str, Any]:  # noqa: ARG002 - a Grouping's
        """
        Kibana would choose the interval from the range of time on the screen.

        It also asks for empty steps. We do not: without a range, one mention dated 1970 would
        make more of them than Elasticsearch hands out.
        """
        histogram = {"field": self.field, "fixed_interval": interval, "min_doc_count": 1}
        return {"date_histogram": histogram}


_SCALES: Final = {"terms": "ordinal", "filters": "ordinal", "date_histogram": "interval"}


def _column(
    label: str, kind: str, operation: str, field: str | None, params: dict[str, Any]
) -> dict[str, Any]:
    """Give a column what all of them have; one of steps has no field of its own."""
    named = {} if field is None else {"sourceField": field}
    return {
        "label": label,
        "customLabel": True,
        "dataType": kind,
        "operationType": operation,
        "isBucketed": operation in _SCALES,
        "scale": _SCALES.get(operation, "ratio"),
        **named,
        "params": params,
    }
