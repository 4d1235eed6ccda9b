"""`sayso search`: mentions as a person reads them, as lines, or as JSON."""

from collections.abc import Mapping, Sequence

import click
from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from search.codec import stored_to_plain
from search.errors import QueryError
from search.fields import SEARCHED_TEXT
from search.highlighting import snippet
from search.matcher import find
from search.mention import Feeling, Mention, StoredMention
from search.parsing import parse
from search.query import Query
from search.showing.explaining import show_reading
from search.showing.folding import copies_of, count_left_out, firsts_of
from search.showing.hinting import hints
from search.showing.printing import print_json
from search.spelling import closest
from search.stores.base import Page, Sort, Store

Copies = Mapping[str, Sequence[str]]
"""The ids of the copies of each mention shown."""

FEELING_STYLES = {Feeling.POSITIVE: "green", Feeling.NEUTRAL: "dim", Feeling.NEGATIVE: "red"}


def show_search(  # noqa: PLR0913 - one per option of the command
    store: Store,
    text: str,
    *,
    limit: int,
    sort: str,
    after: str | None,
    explain: bool,
    fold: bool,
    as_json: bool,
) -> None:
    """Print one page of matches, newest first unless told otherwise."""
    query = parse(text)
    wanted = firsts_of(query) if fold else query
    page = store.search(wanted, limit=limit, sort=read_sort(sort), after=after)
    copies = copies_of(store, page.mentions) if fold else None
    console = Console()
    if explain and not as_json:
        show_reading(console, text, query)
    if as_json:
        for stored in page.mentions:
            more = {"copies": copies[stored.id]} if copies is not None else {}
            print_json(stored_to_plain(stored) | {"snippet": _snippet(query, stored).plain} | more)
    elif console.is_terminal:
        show_page(console, page, query, explain=explain, copies=copies)
    else:
        print_page(page, query, copies=copies)
    aside = as_json or not console.is_terminal
    left_out = count_left_out(store, query) if fold else 0
    _say_what_is_left(page, left_out=left_out, aside=aside)
    if not page.total and not left_out:
        for hint in hints(store, query):
            click.echo(hint, err=aside)


def read_sort(name: str) -> Sort:
    """Read the name of an order, or raise `QueryError` with those there are."""
    try:
        return Sort(name)
    except ValueError:
        raise QueryError(
            f"cannot sort by `{name}`{closest(name, Sort)}", remedy=f"allowed: {', '.join(Sort)}"
        ) from None


def show_page(
    console: Console,
    page: Page,
    query: Query,
    *,
    explain: bool = False,
    copies: Copies | None = None,
) -> None:
    """Print mentions with what matched in them marked, and how many copies each has."""
    for stored in page.mentions:
        mention = stored.mention
        count = len(copies[stored.id]) if copies is not None else 0
        console.print(_headline(mention, count))
        if mention.title:
            console.print(Text(f"  {mention.title}", style="bold"))
        console.print(Padding(_snippet(query, stored), (0, 0, 0, 2), expand=False))
        console.print(Text(f"  {stored.id[:10]}  {mention.url}", style="dim"), soft_wrap=True)
        if explain:
            for span in find(query, mention, stored.state):
                found = _value(mention, span.path)[span.start : span.end]
                place = (f"{span.path} {span.start}-{span.end}", "yellow")
                console.print(Text.assemble("  ", place, f": {found}"))
        console.print()


def print_page(page: Page, query: Query, *, copies: Copies | None = None) -> None:
    """Print mentions for a pipe, one a line, columns between tabs; how many copies in the last."""
    for stored in page.mentions:
        count = "" if copies is None else f"\t{len(copies[stored.id])}"
        click.echo(f"{_line(query, stored)}{count}")


def _headline(mention: Mention, copies: int) -> Text:
    when = f"{mention.published_at:%Y-%m-%d %H:%M}" if mention.published_at else "undated"
    parts = [(when, "cyan"), (mention.source, ""), (mention.site or "", "dim")]
    if mention.author:
        parts.append((mention.author.name, "bold"))
    parts.append((mention.language or "", "dim"))
    if mention.rating:
        parts.append((f"★ {mention.rating.stars:g}", "yellow"))
    if mention.sentiment and mention.sentiment.label:
        parts.append((mention.sentiment.label, FEELING_STYLES[mention.sentiment.label]))
    if mention.licence and mention.licence.id:
        parts.append((mention.licence.id, "magenta"))
    if copies:
        parts.append((f"{copies:,} {'copy' if copies == 1 else 'copies'}", "yellow"))
    return Text("  ").join(Text(text, style=style) for text, style in parts if text)


def _snippet(query: Query, stored: StoredMention) -> Text:
    mention = stored.mention
    spans = [span for span in find(query, mention, stored.state) if span.path == "text"]
    shown = Text()
    for segment in snippet(mention.text, spans, width=240):
        shown.append(" ".join(segment.text.split("\n")), "bold reverse" if segment.hit else "")
    return shown


def _value(mention: Mention, path: str) -> str:
    values = {
        "text": mention.text,
        "title": mention.title,
        "subject.name": mention.subject.name if mention.subject else None,
    }
    assert set(values) == set(SEARCHED_TEXT)  # noqa: S101 - the two must grow together
    return values.get(path) or ""


def _line(query: Query, stored: StoredMention) -> str:
    mention = stored.mention
    columns = (
        stored.id,
        mention.published_at.isoformat() if mention.published_at else "",
        mention.source,
        mention.language or "",
        (mention.sentiment.label if mention.sentiment else None) or "",
        mention.author.name if mention.author else "",
        mention.title or "",
        mention.url,
        _snippet(query, stored).plain,
    )
    return "\t".join(" ".join(column.split()) for column in columns)


def _say_what_is_left(page: Page, *, left_out: int, aside: bool) -> None:
    """Print how much there is; ``aside`` on standard error, so that a pipe holds only mentions."""
    said = [f"{len(page.mentions):,} of {page.total:,}"]
    if left_out:
        said.append(f"found besides and left out as copies: {left_out:,}")
    if page.next:
        said.append(f"more: --after {page.next}")
    if page.behind:
        said.append(f"{page.behind:,} newer ones are still being indexed by another process")
    if page.incomplete:
        said.append(f"INCOMPLETE: {page.incomplete}")
    click.echo("; ".join(said), err=aside)
