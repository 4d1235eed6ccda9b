"""`sayso show`: one mention with everything known about it."""

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from search.codec import stored_to_plain
from search.fields import fields, read_values
from search.mention import StoredMention
from search.showing.printing import print_json


def show_mention(stored: StoredMention, *, as_json: bool) -> None:
    """Print every field that has a value, ours below the source's."""
    if as_json:
        print_json(stored_to_plain(stored))
        return
    console = Console()
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    rows = [("id", stored.id), *_rows(stored)]
    for name, value in rows:
        if console.is_terminal:
            table.add_row(name, Text(value))
        else:
            click.echo(f"{name}\t{' '.join(value.split())}")
    if console.is_terminal:
        console.print(table)


def _rows(stored: StoredMention) -> list[tuple[str, str]]:
    rows = []
    for field in fields().values():
        values = read_values(stored.state if field.own else stored.mention, field.path)
        if values:
            rows.append((field.path, ", ".join(map(str, values))))
    return rows
