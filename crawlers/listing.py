"""`sayso sources`: what each source needs and allows."""

import dataclasses

import click
from rich.console import Console
from rich.table import Table

from crawlers.planning import sources
from search.showing.printing import print_json


def show_sources(*, as_json: bool) -> None:
    """Print every source's declaration: a table on a terminal, lines in a pipe, or JSON."""
    console = Console()
    declared = {name: spider.declaration for name, spider in sources().items()}
    if as_json:
        for name, said in declared.items():
            print_json({"source": name, **dataclasses.asdict(said)})
        return
    table = Table(box=None, pad_edge=False)
    for heading in ("source", "needs", "contact", "keeps", "cadence", "terms"):
        table.add_column(heading, overflow="fold")
    for name, said in declared.items():
        keeps = f"{said.keeps_days} d" if said.keeps_days else "no limit"
        needs = _needs(said.address, said.key, required=said.key_required)
        row = (name, needs, said.contact, keeps, said.cadence, said.terms)
        if console.is_terminal:
            table.add_row(*row)
        else:
            click.echo("\t".join(row))
    if console.is_terminal:
        console.print(table)


def _needs(address: str | None, key: str | None, *, required: bool) -> str:
    needs = [] if address else ["an address"]
    if key:
        needs.append(f"{key}{'' if required else ' (optional)'}")
    return ", ".join(needs) or "nothing"
