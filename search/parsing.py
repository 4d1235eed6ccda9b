"""
Queries as people type them → `search.query`.

The syntax is Lucene's as Kibana users know it, with ``#tag``, ``@handle``, ``since:7d``,
``raw:"H&M"`` and ``stem:word`` added; an AND, also the unwritten one between two words, binds
tighter than an OR. docs/query-language.md describes it for users. What has no meaning here is an
error that says where and what to write instead; nothing is ignored.
"""

import datetime as dt

from luqum import tree

from search.errors import QueryError
from search.parsing_advice import advise
from search.parsing_leaves import all_of, any_of, read_near, read_value
from search.parsing_nodes import (
    check_operators,
    check_sign,
    read_end,
    read_gap,
    read_quoted,
    read_word,
    unsupported,
)
from search.parsing_ranges import read_bounds
from search.parsing_scope import Scope, find_scope
from search.parsing_syntax import read_syntax
from search.parsing_values import Written
from search.query import Everything, Not, Query, levels

__all__ = ["advise", "parse"]

MOST_LEVELS = 26
"""Elasticsearch allows 30, of which brands and alerts may add some."""


def parse(text: str, *, now: dt.datetime | None = None) -> Query:
    """
    Read a query, or raise `QueryError` with the place and the remedy.

    ``now`` is what ``since:7d`` counts from: by default this moment.
    """
    try:
        built = _Builder(now or dt.datetime.now(dt.UTC)).build(read_syntax(text), Scope())
        _check_levels(built)
    except QueryError as error:
        raise QueryError(
            error.problem, query=text, position=error.position, remedy=error.remedy
        ) from None
    return built


def _check_levels(query: Query) -> None:
    if levels(query) > MOST_LEVELS:
        raise QueryError(
            f"{levels(query)} ANDs, ORs and NOTs stand inside one another",
            remedy=f"{MOST_LEVELS} are allowed",
        )


class _Builder:
    """Turn a syntax tree into a query; the scope is the field that is being spoken of."""

    def __init__(self, now: dt.datetime) -> None:
        self._now = now

    def build(self, node: tree.Item, scope: Scope) -> Query:  # noqa: PLR0911 - one a node
        match node:
            case tree.OrOperation():
                return any_of([self.build(part, scope) for part in node.operands])
            case tree.AndOperation():
                return all_of([self.build(part, scope) for part in node.operands])
            case tree.UnknownOperation() if scope.lists_values:
                return self._build_values(node, scope)
            case tree.UnknownOperation():
                return self._build_words(node, scope)
            case tree.BaseGroup() | tree.Plus():
                check_sign(node)
                return self.build(node.children[0], scope)
            case tree.Not() | tree.Prohibit():
                return self._negate(node, scope)
            case tree.SearchField():
                return self._build_field(node, scope)
            case _:
                return self._build_leaf(node, scope)

    def _build_words(self, node: tree.UnknownOperation, scope: Scope) -> Query:
        """Join what stands side by side: with AND, which binds tighter than a written OR."""
        alternatives: list[list[Query]] = [[]]
        for child in node.operands:
            parts = child.operands if isinstance(child, tree.OrOperation) else [child]
            for index, part in enumerate(parts):
                if index:  # luqum lets OR bind tighter than the unwritten AND: put that right
                    alternatives.append([])
                alternatives[-1].append(self.build(part, scope))
        return any_of([all_of(parts) for parts in alternatives])

    def _build_values(self, node: tree.UnknownOperation, scope: Scope) -> Query:
        """Join values side by side: any of them, but all that carry a sign."""
        signed: list[Query] = []
        offered: list[Query] = []
        for child in node.operands:
            has_sign = isinstance(child, tree.Not | tree.Prohibit | tree.Plus)
            (signed if has_sign else offered).append(self.build(child, scope))
        return all_of([any_of(offered), *signed] if offered else signed)

    def _negate(self, node: tree.Unary, scope: Scope) -> Query:
        child = node.children[0]
        if scope.takes_minus and isinstance(node, tree.Prohibit) and isinstance(child, tree.Word):
            return read_value(Written(f"-{child.value}", node.pos), scope, self._now)
        check_sign(node)
        part = self.build(child, scope)
        return part.part if isinstance(part, Not) else Not(part)

    def _build_field(self, node: tree.SearchField, scope: Scope) -> Query:
        if str(node).strip() == "*:*":
            return Everything()
        if scope.name:
            raise QueryError(
                f"a second field name, `{node.name}`, after `{scope.name}`",
                position=node.pos,
                remedy="put text that contains a colon in quotes",
            )
        return self.build(node.expr, find_scope(node.name, node.pos))

    def _build_leaf(self, node: tree.Item, scope: Scope) -> Query:
        match node:
            case tree.Word(value="*") if not scope.name:
                return Everything()
            case tree.Word():
                check_operators(node)
                return read_value(read_word(node), scope, self._now)
            case tree.Phrase():
                return read_value(read_quoted(node), scope, self._now)
            case tree.Proximity(term=tree.Phrase()):
                return read_near(read_quoted(node.term), read_gap(node), scope)
            case tree.Range() | tree.From() | tree.To():
                return self._build_range(node, scope)
        raise unsupported(node)

    def _build_range(self, node: tree.Item, scope: Scope) -> Query:
        low = high = None
        with_low = with_high = True
        match node:
            case tree.Range():
                low, high = read_end(node.low), read_end(node.high)
                with_low, with_high = node.include_low, node.include_high
            case tree.From():
                low, with_low = read_end(node.a), node.include
            case tree.To():
                high, with_high = read_end(node.a), node.include
        return read_bounds((low, high), (with_low, with_high), scope, node.pos, self._now)
