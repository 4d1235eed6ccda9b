"""`sayso stats`: how many mentions have which value."""

import json
from collections.abc import Sequence

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from search.errors import QueryError
from search.fields import FieldKind, fields, resolve
from search.parsing import parse
from search.spelling import closest
from search.stores.base import Bar, Bucket, Interval, Page, Store

UNKNOWN = "not known"
"""How a missing value is called; it is a value of its own, never the nearest one."""

BAR_WIDTH = 40


def show_stats(
    store: Store, query: str, *, by: str, timeline: str | None, as_json: bool = False
) -> None:
    """Print counts by the comma-separated fields of ``by``, and a timeline if asked."""
    names = [name.strip() for name in by.split(",") if name.strip()]
    paths = {facet_path(name): name for name in names}
    page = store.search(
        parse(query),
        limit=0,
        facets=list(paths),
        timeline=Interval(timeline) if timeline else None,
    )
    console = Console()
    if as_json:
        click.echo(json.dumps(counts_json(page)))
    elif console.is_terminal:
        show_counts(console, page, paths)
    else:
        _print_lines(page)


def facet_path(name: str) -> str:
    """Return the path of a field that can be counted by, or raise `QueryError` with those."""
    field = resolve(name)
    if field is not None and field.can_facet:
        return field.path
    countable = [path for path, field in fields().items() if field.can_facet]
    why = "" if field is None else f" ({field.kind} fields have too many values)"
    if field is not None and field.kind in {FieldKind.NUMBER, FieldKind.DATE}:
        why = " (use a range in the query, or --timeline)"
    raise QueryError(
        f"cannot count by `{name}`{why}{closest(name, countable)}",
        remedy=f"allowed: {', '.join(countable)}",
    )


def counts_json(page: Page) -> dict[str, object]:
    """Turn counts into plain values; a missing value is ``null``."""
    return {
        "total": page.total,
        "facets": {
            path: [{"value": bucket.value, "count": bucket.count} for bucket in buckets]
            for path, buckets in page.facets.items()
        },
        "timeline": [
            {"start_at": bar.start_at.isoformat(), "count": bar.count} for bar in page.timeline
        ],
        "behind": page.behind,
    }


def show_counts(console: Console, page: Page, names: dict[str, str]) -> None:
    """Print facets side by side, and the timeline below them."""
    console.print(f"[bold]{page.total:,}[/] mentions")
    tables = [_table(names.get(path, path), buckets) for path, buckets in page.facets.items()]
    grid = Table.grid(padding=(0, 4))
    grid.add_row(*tables)
    console.print(grid)
    _show_timeline(console, page.timeline)


def _table(name: str, buckets: Sequence[Bucket]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column(name, overflow="ellipsis", max_width=32)
    table.add_column("", justify="right")
    for bucket in buckets[:12]:
        label = Text(UNKNOWN, style="dim") if bucket.value is None else Text(bucket.value)
        table.add_row(label, f"{bucket.count:,}")
    if len(buckets) > 12:
        table.add_row("[dim]…[/]", f"{sum(bucket.count for bucket in buckets[12:]):,}")
    return table


def _show_timeline(console: Console, bars: Sequence[Bar]) -> None:
    highest = max((bar.count for bar in bars), default=0)
    for bar in bars:
        width = round(BAR_WIDTH * bar.count / highest) if highest else 0
        console.print(f"{bar.start_at:%Y-%m-%d %H:%M}  {bar.count:>7,}  [cyan]{'█' * width}[/]")


def _print_lines(page: Page) -> None:
    click.echo(f"total\t\t{page.total}")
    for path, buckets in page.facets.items():
        for bucket in buckets:
            click.echo(f"{path}\t{'' if bucket.value is None else bucket.value}\t{bucket.count}")
    for bar in page.timeline:
        click.echo(f"timeline\t{bar.start_at.isoformat()}\t{bar.count}")
