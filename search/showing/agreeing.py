"""`sayso transformers audit`: the sentiments that were kept beside the second opinions."""

import dataclasses

import click
from rich.console import Console
from rich.table import Table

from search.agreement import Agreement, find_agreement
from search.showing.printing import print_json
from search.stores.base import Store

NOTHING = (
    "no mention has a second opinion: set use = 'audit' in a [[transformers]] table; "
    "`sayso retag` asks about what is stored"
)
SEE = "to read those that disagree: sayso search 'sentiment:positive second_opinion:negative'"


def show_agreement(store: Store, text: str, *, as_json: bool = False) -> None:
    """Print one line for each model, language and way of deciding."""
    rows = find_agreement(store, text)
    console = Console()
    if as_json:
        for row in rows:
            print_json(dataclasses.asdict(row))
    elif console.is_terminal and rows:
        console.print(_table(rows))
    else:
        for row in rows:
            click.echo("\t".join(_cells(row)))
    aside = as_json or not console.is_terminal
    click.echo(SEE if rows else NOTHING, err=aside)


def _cells(row: Agreement) -> tuple[str, ...]:
    share = interval = ""
    if row.share is not None and row.low is not None and row.high is not None:
        share = f"{row.share:.1%}"
        interval = f"{row.low:.1%} to {row.high:.1%}"
    return (row.model, row.language, row.decided_by, f"{row.mentions:,}", share, interval)


def _table(rows: list[Agreement]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("model", "language", "decided by", "compared", "agree", "95 %"):
        number = heading in {"compared", "agree"}
        table.add_column(heading, overflow="fold", justify="right" if number else "left")
    for row in rows:
        table.add_row(*_cells(row))
    return table
