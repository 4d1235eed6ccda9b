"""
Mentions as tables for notebooks: Arrow, pandas, polars, with a column for each field.

Several values are lists, instants are in UTC to the microsecond, whole numbers stay whole, and
what is unknown is null.
"""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from search.errors import SaysoError
from search.export_columns import Column, choose_columns
from search.fields import Field, FieldKind
from search.mention import StoredMention
from search.stores.numbers import clamped

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa

ROWS = 5_000
"""Mentions turned into Arrow at once."""


def to_arrow(
    mentions: Iterable[StoredMention], columns: Sequence[str] | None = None
) -> "pa.Table":
    """
    Make an Arrow table of mentions, such as ``store.iterate(parse("since:30d"))``.

    ``columns`` are paths or short names of fields; ``None``: ``id`` and all of them. A name that
    is no field raises `ExportError`.
    """
    import pyarrow as pa  # noqa: PLC0415 - 0.2 s and 50 MB that only tables need

    chosen = choose_columns(columns)
    tables = list(arrow_tables(mentions, chosen))
    return pa.concat_tables(tables) if tables else arrow_schema(chosen).empty_table()


def to_pandas(
    mentions: Iterable[StoredMention], columns: Sequence[str] | None = None
) -> "pd.DataFrame":
    """Make a pandas frame of mentions, on Arrow types, so that unknown stays unknown."""
    try:
        import pandas as pd  # noqa: PLC0415 - a choice of whoever has it
    except ImportError as error:
        raise SaysoError("pandas is not installed: pip install pandas") from error
    return to_arrow(mentions, columns).to_pandas(types_mapper=pd.ArrowDtype)


def to_polars(
    mentions: Iterable[StoredMention], columns: Sequence[str] | None = None
) -> "pl.DataFrame":
    """Make a polars frame of mentions."""
    try:
        import polars as pl  # noqa: PLC0415 - a choice of whoever has it
    except ImportError as error:
        raise SaysoError("polars is not installed: pip install polars") from error
    frame = pl.from_arrow(to_arrow(mentions, columns))
    assert isinstance(frame, pl.DataFrame)  # noqa: S101 - what a table becomes
    return frame


def arrow_schema(columns: Sequence[Column]) -> "pa.Schema":
    """Return the names and types of columns."""
    import pyarrow as pa  # noqa: PLC0415 - see `to_arrow`

    return pa.schema([(column.name, _arrow_type(column.field)) for column in columns])


def arrow_tables(
    mentions: Iterable[StoredMention], columns: Sequence[Column]
) -> "Iterator[pa.Table]":
    """Turn mentions into tables of at most `ROWS` rows, one after another."""
    import pyarrow as pa  # noqa: PLC0415 - see `to_arrow`

    schema = arrow_schema(columns)
    remaining = iter(mentions)
    while group := list(itertools.islice(remaining, ROWS)):
        arrays = [
            pa.array([_storable(column.read(stored)) for stored in group], field.type)
            for column, field in zip(columns, schema, strict=True)
        ]
        yield pa.Table.from_arrays(arrays, schema=schema)


def _storable(value: Any) -> Any:
    """Replace what UTF-8 or 64 bits cannot hold; Arrow refuses a whole column for one of them."""
    if isinstance(value, tuple):
        return [_storable(one) for one in value]
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    return clamped(value) if type(value) is int else value


def _arrow_type(field: Field) -> Any:
    import pyarrow as pa  # noqa: PLC0415 - see `to_arrow`

    types = {
        FieldKind.NUMBER: pa.int64() if field.integer else pa.float64(),
        FieldKind.DATE: pa.timestamp("us", tz="UTC"),
        FieldKind.FLAG: pa.bool_(),
    }
    leaf = types.get(field.kind, pa.string())
    return pa.list_(leaf) if field.many else leaf
