"""`sayso stats`: how many mentions have which value."""

from collections.abc import Mapping, Sequence

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from search.errors import QueryError
from search.fields import FieldKind, fields, resolve
from search.parsing import parse
from search.showing.hinting import hints, short_name
from search.showing.printing import print_json
from search.spelling import closest
from search.stores.base import Bar, Bucket, Interval, Page, Store

UNKNOWN = "not known"
"""How a missing value is called; it is a value of its own, never the nearest one."""

BAR_WIDTH = 40
GAP = 4
MOST_ROWS = 12
"""Values of one field that a terminal shows; the rest are added up."""

_LABELS = {Interval.HOUR: "%Y-%m-%d %H:%M", Interval.MONTH: "%Y-%m"}


def show_stats(
    store: Store, query: str, *, by: str, timeline: str | None, as_json: bool = False
) -> None:
    """Print counts by the comma-separated fields of ``by``, and a timeline if asked."""
    asked = parse(query)
    interval = Interval(timeline) if timeline else None
    names = [name.strip() for name in by.split(",") if name.strip()]
    paths = {facet_path(name): name for name in names}
    page = store.search(asked, limit=0, facets=list(paths), timeline=interval)
    console = Console()
    if as_json:
        print_json(counts_json(page))
    elif console.is_terminal:
        show_counts(console, page, paths, interval)
    else:
        print_counts(page, paths)
    if page.incomplete:
        click.echo(f"INCOMPLETE: {page.incomplete}", err=as_json or not console.is_terminal)
    if not page.total:
        for hint in hints(store, asked):
            click.echo(hint, err=as_json or not console.is_terminal)


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
        "incomplete": page.incomplete,
    }


def show_counts(
    console: Console, page: Page, names: Mapping[str, str], interval: Interval | None = None
) -> None:
    """Print facets side by side, as many as fit, and the timeline below them."""
    console.print(f"[bold]{page.total:,}[/] mentions")
    tables = [
        _table(names.get(path) or short_name(path), buckets)
        for path, buckets in page.facets.items()
    ]
    for number, row in enumerate(_rows(console, tables)):
        grid = Table.grid(padding=(0, GAP))
        grid.add_row(*row)
        console.print(*([""] if number else []), grid, sep="\n")
    _show_timeline(console, page.timeline, interval)


def _rows(console: Console, tables: Sequence[Table]) -> list[list[Table]]:
    rows: list[list[Table]] = []
    left = 0
    for table in tables:
        width = console.measure(table).maximum + GAP
        if not rows or width > left:
            rows.append([])
            left = console.width + GAP
        rows[-1].append(table)
        left -= width
    return rows


def _table(name: str, buckets: Sequence[Bucket]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column(name, overflow="fold")
    table.add_column("", justify="right", no_wrap=True)
    for bucket in buckets[:MOST_ROWS]:
        label = Text(UNKNOWN, style="dim") if bucket.value is None else Text(bucket.value)
        table.add_row(label, f"{bucket.count:,}")
    if rest := buckets[MOST_ROWS:]:
        table.add_row("[dim]…[/]", f"{sum(bucket.count for bucket in rest):,}")
    return table


def _show_timeline(console: Console, bars: Sequence[Bar], interval: Interval | None) -> None:
    form = _LABELS.get(interval or Interval.DAY, "%Y-%m-%d")
    highest = max((bar.count for bar in bars), default=0)
    for bar in bars:
        width = round(BAR_WIDTH * bar.count / highest) if highest else 0
        line = f"{bar.start_at.strftime(form)}  {bar.count:>7,}  [cyan]{'█' * width}[/]"
        console.print(line, highlight=False)


def print_counts(page: Page, names: Mapping[str, str]) -> None:
    """Print counts for a pipe: field, value and count between tabs."""
    click.echo(f"total\t\t{page.total}")
    for path, buckets in page.facets.items():
        name = names.get(path) or short_name(path)
        for bucket in buckets:
            value = " ".join((bucket.value or "").split())
            click.echo(f"{name}\t{value}\t{bucket.count}")
    for bar in page.timeline:
        click.echo(f"timeline\t{bar.start_at.isoformat()}\t{bar.count}")
