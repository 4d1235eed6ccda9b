"""
Which mentions a panel or a saved search is about.

Each condition is one small structure with two spellings, the KQL a person reads and edits in
Kibana and the query that Elasticsearch gets, so that the two cannot say different things.
"""

import dataclasses
import json
from typing import Any, Protocol

Value = str | int | float


class Condition(Protocol):
    """A test of a mention; two of the same class with the same parts are equal."""

    @property
    def kql(self) -> str:
        """The text for Kibana's query bar; ``""`` accepts everything."""

    @property
    def dsl(self) -> dict[str, Any]:
        """The same test as an Elasticsearch query."""

    @property
    def fields(self) -> tuple[str, ...]:
        """Every field it looks at, in order."""


@dataclasses.dataclass(frozen=True, slots=True)
class Everything:
    """No test at all."""

    @property
    def kql(self) -> str:
        """An empty query bar."""
        return ""

    @property
    def dsl(self) -> dict[str, Any]:
        """Every document."""
        return {"match_all": {}}

    @property
    def fields(self) -> tuple[str, ...]:
        """None."""
        return ()


@dataclasses.dataclass(frozen=True, slots=True)
class Is:
    """A keyword or number that has one of the values."""

    field: str
    values: tuple[Value, ...]

    @property
    def kql(self) -> str:
        """Several values stand in parentheses."""
        words = [json.dumps(value, ensure_ascii=False) for value in self.values]
        several = f"({' or '.join(words)})"
        return f"{self.field} : {words[0] if len(words) == 1 else several}"

    @property
    def dsl(self) -> dict[str, Any]:
        """A term, or terms."""
        if len(self.values) == 1:
            return {"term": {self.field: self.values[0]}}
        return {"terms": {self.field: list(self.values)}}

    @property
    def fields(self) -> tuple[str, ...]:
        """The one field."""
        return (self.field,)


@dataclasses.dataclass(frozen=True, slots=True)
class Known:
    """A field that has any value."""

    field: str

    @property
    def kql(self) -> str:
        """A star stands for any value."""
        return f"{self.field} : *"

    @property
    def dsl(self) -> dict[str, Any]:
        """An ``exists`` query."""
        return {"exists": {"field": self.field}}

    @property
    def fields(self) -> tuple[str, ...]:
        """The one field."""
        return (self.field,)


@dataclasses.dataclass(frozen=True, slots=True)
class Between:
    """A number or date that is at least one value and below another."""

    field: str
    at_least: Value | None = None
    below: Value | None = None

    @property
    def kql(self) -> str:
        """Date arithmetic such as ``now/d`` stands as it is."""
        bounds = ((">=", self.at_least), ("<", self.below))
        return " and ".join(
            f"{self.field} {sign} {end}" for sign, end in bounds if end is not None
        )

    @property
    def dsl(self) -> dict[str, Any]:
        """A range."""
        bounds = (("gte", self.at_least), ("lt", self.below))
        return {"range": {self.field: {sign: end for sign, end in bounds if end is not None}}}

    @property
    def fields(self) -> tuple[str, ...]:
        """The one field."""
        return (self.field,)


@dataclasses.dataclass(frozen=True, slots=True)
class Not:
    """What another condition refuses; an unknown value passes."""

    condition: Condition

    @property
    def kql(self) -> str:
        """Parentheses keep ``not`` from ending early."""
        return f"not ({self.condition.kql})"

    @property
    def dsl(self) -> dict[str, Any]:
        """A ``must_not``."""
        return {"bool": {"must_not": [self.condition.dsl]}}

    @property
    def fields(self) -> tuple[str, ...]:
        """Those of the other condition."""
        return self.condition.fields


@dataclasses.dataclass(frozen=True, slots=True)
class All:
    """Several conditions at once."""

    conditions: tuple[Condition, ...]

    @property
    def kql(self) -> str:
        """No parentheses: nothing else in here is joined by ``or`` outside its own."""
        return " and ".join(condition.kql for condition in self.conditions)

    @property
    def dsl(self) -> dict[str, Any]:
        """Filters: nobody asks for scores."""
        return {"bool": {"filter": [condition.dsl for condition in self.conditions]}}

    @property
    def fields(self) -> tuple[str, ...]:
        """Those of all parts."""
        return tuple(name for condition in self.conditions for name in condition.fields)


EVERYTHING = Everything()


def is_(field: str, *values: Value) -> Is:
    """Accept any of the values; members of an enumeration become plain text."""
    return Is(field, tuple(str(value) if isinstance(value, str) else value for value in values))


def both(*conditions: Condition) -> Condition:
    """Join conditions, leaving out those that accept everything."""
    parts = tuple(part for part in conditions if part != EVERYTHING)
    if len(parts) < 2:
        return parts[0] if parts else EVERYTHING
    return All(parts)
