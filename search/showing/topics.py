"""`sayso topics`: what the mentions of a search talk about."""

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from search.parsing import parse
from search.showing.hinting import hints
from search.showing.printing import print_json
from search.stores.base import Store
from search.topics import Topic, find_topics


def show_topics(store: Store, text: str, *, limit: int, as_json: bool = False) -> None:
    """Print the most telling words and pairs of words, with a mention that holds each."""
    query = parse(text)
    topics = find_topics(store, query, limit=limit)
    console = Console()
    if as_json:
        for topic in topics:
            print_json(_plain(topic))
    elif console.is_terminal:
        console.print(_table(topics))
    else:
        for topic in topics:
            shares = f"{topic.share:.3f}\t{topic.background_share:.3f}"
            words = (topic.term, topic.language, str(topic.mentions), shares, topic.example.id)
            click.echo("\t".join(words))
    if not topics:
        aside = as_json or not console.is_terminal
        click.echo("no word stands out against the other mentions", err=aside)
        for hint in hints(store, query):
            click.echo(hint, err=aside)


def _plain(topic: Topic) -> dict[str, object]:
    return {
        "term": topic.term,
        "language": topic.language,
        "mentions": topic.mentions,
        "share": round(topic.share, 4),
        "background_share": round(topic.background_share, 4),
        "ratio": topic.ratio,
        "example": topic.example.id,
    }


def _table(topics: list[Topic]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("term", "", "mentions", "here", "elsewhere", "for example"):
        table.add_column(heading, overflow="fold")
    for topic in topics:
        text = " ".join(topic.example.mention.text.split())
        table.add_row(
            Text(topic.term, style="bold"),
            topic.language,
            f"{topic.mentions:,}",
            f"{topic.share:.1%}",
            f"{topic.background_share:.1%}",
            Text(f"{topic.example.id[:10]}  {text[:60]}", style="dim"),
        )
    return table
