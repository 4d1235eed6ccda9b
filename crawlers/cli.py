"""`sayso …`: the one command line. A command is a few lines; what it does lives elsewhere."""

import importlib.util
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

HIDDEN = (
    "another distribution hides Sayso's package `{}`: install Sayso into an environment of its "
    "own (pipx, or `make demo`)"
)

try:
    from crawlers import cli_licences, cli_lists, cli_terms
    from crawlers.cli_creators import creators
    from crawlers.cli_export import export
    from crawlers.cli_operations import OPERATIONS
    from crawlers.cli_people import PEOPLE
    from crawlers.cli_permissions import permissions
    from crawlers.cli_privacy import PRIVACY
    from crawlers.cli_session import JSON, QUERY, Session
    from crawlers.cli_store import kibana, store_group
    from crawlers.cli_tags import TAGS
    from crawlers.query_command import QueryCommand
    from search.errors import QueryError, SaysoError
except ImportError:
    sys.exit(HIDDEN.format("search"))

NOT_FOUND, USAGE, INCOMPLETE = 1, 2, 3

EXTENDING = (cli_licences, cli_lists, cli_terms)
"""Their commands have joined the groups `permissions` and `export` by now."""


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--config", type=click.Path(path_type=Path), help="Another file than ./sayso.toml.")
@click.option("--store", envvar="SAYSO_STORE", help="Another store than the configuration names.")
@click.version_option(package_name="sayso", prog_name="sayso")
@click.pass_context
def sayso(context: click.Context, config: Path | None, store: str | None) -> None:
    """
    Listen to the public web for what people say about a brand.

    Exit codes: 0 done; 1 an error that is explained; 2 wrong usage; 3 done in part (a source was
    blocked or failed, a line could not be imported); 130 stopped by Ctrl-C.
    """
    context.obj = Session(config, store)


@sayso.command()
def init() -> None:
    """Write a commented sayso.toml into this folder."""
    from crawlers.starting import write_config

    path = write_config(Path())
    click.echo(f"wrote {path}: name your brand in it, then run `sayso crawl`")


@sayso.command()
@click.option("--brand", "brands", multiple=True, help="A brand's name, or a query. Repeatable.")
@click.option("--source", "chosen", multiple=True, help="NAME or NAME=ADDRESS. Repeatable.")
@click.option("--since", help="Nothing older: 30d, 12h, 2026-01-31.")
@click.option("--browser", is_flag=True, help="Render pages in a browser first.")
@click.option("-v", "--verbose", is_flag=True, help="Scrapy's log on standard error.")
@JSON
@click.pass_obj
def crawl(session: Session, /, *, verbose: bool, as_json: bool, **asked: Any) -> None:
    """Look for brands at sources and keep what is found."""
    from crawlers.crawling import crawl_and_report

    sys.exit(crawl_and_report(session.config(), verbose=verbose, as_json=as_json, **asked))


@sayso.command(cls=QueryCommand)
@QUERY
@click.option("-n", "--limit", default=20, show_default=True, type=click.IntRange(1, 10_000))
@click.option("--sort", default="newest", help="newest, oldest, found, likes, stars, fewest_stars")
@click.option("--after", help="Continue where a page ended: the mark it printed.")
@click.option("--explain", is_flag=True, help="Show how the query is read, and what matched.")
@click.option("--fold", is_flag=True, help="Leave copies out; show with each first how many.")
@JSON
@click.pass_obj
def search(session: Session, /, query: str, **asked: Any) -> None:
    """Find stored mentions; QUERY as in docs/query-language.md, all of them without one."""
    from search.showing.searching import show_search

    with session.store() as store:
        show_search(store, query, **asked)


@sayso.command(cls=QueryCommand)
@QUERY
@click.option("--by", default="source,language,sentiment,permission", show_default=True)
@click.option("--timeline", type=click.Choice(["hour", "day", "week", "month"]))
@JSON
@click.pass_obj
def stats(session: Session, /, query: str, **asked: Any) -> None:
    """Count mentions by the values of fields."""
    from search.showing.counting import show_stats

    with session.store() as store:
        show_stats(store, query, **asked)


@sayso.command(cls=QueryCommand)
@QUERY
@click.option("-n", "--limit", default=20, show_default=True, type=click.IntRange(1, 1_000))
@JSON
@click.pass_obj
def topics(session: Session, /, query: str, **asked: Any) -> None:
    """Show the words that the mentions of a search have more than all others."""
    from search.showing.topics import show_topics

    with session.store() as store:
        show_topics(store, query, **asked)


@sayso.command(cls=QueryCommand)
@QUERY
@click.option(
    "-n",
    "--limit",
    default=20,
    show_default=True,
    type=click.IntRange(1, 1_000),
    help="Findings of each kind.",
)
@JSON
@click.pass_obj
def authenticity(session: Session, /, query: str, **asked: Any) -> None:
    """
    Show what speaks against the mentions of a search being free opinions; none is a verdict.

    The same text by different authors, bursts of reviews, accounts that wrote many in one day, and
    how many mentions have each signal. Read are the newest 20,000.
    """
    from search.showing.authenticity import show_authenticity

    with session.store() as store:
        show_authenticity(store, query, **asked)


@sayso.command()
@click.argument("id")
@JSON
@click.pass_obj
def show(session: Session, /, id: str, *, as_json: bool) -> None:  # noqa: A002 - the argument's name
    """Show one mention with everything known about it; the first digits of ID are enough."""
    from search.showing.one import show_mention

    with session.store() as store:
        show_mention(store.get(id), as_json=as_json)


@sayso.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--only-brands", is_flag=True, help="Leave out what is about no brand.")
@JSON
@click.pass_obj
def import_(session: Session, /, file: Path, **asked: Any) -> None:
    """Take in mentions from FILE (ndjson or csv, also .gz), tagged like crawled ones."""
    from pipelines.taking_in import import_and_report

    sys.exit(import_and_report(session.config(), file, **asked))


@sayso.command()
@JSON
def sources(*, as_json: bool) -> None:
    """List the sources, what each needs and allows."""
    from crawlers.listing import show_sources

    show_sources(as_json=as_json)


@sayso.command()
@click.argument("source", metavar="FILE_OR_URL")
@JSON
@click.pass_obj
def rights(session: Session, /, source: str, *, as_json: bool) -> None:
    """
    Show what a page or an image says about its rights, and what each signal means.

    FILE_OR_URL is a page, JPEG, PNG, WebP or TIFF: a file, or an address, which is fetched as a
    crawl does (robots.txt, pace) and not kept.
    """
    from crawlers.rights_command import show_rights

    show_rights(source, session.config(), as_json=as_json)


@sayso.group()
def brand() -> None:
    """Work on what to listen for."""


@brand.command("test", cls=QueryCommand)
@click.argument("query")
@click.argument("text")
@JSON
def brand_test(query: str, text: str, *, as_json: bool) -> None:
    """Show whether TEXT is about QUERY, and which part matched where."""
    from pipelines.trying import mention_of
    from search.showing.explaining import show_test

    sys.exit(0 if show_test(query, mention_of(text), as_json=as_json) else NOT_FOUND)


@sayso.command()
@click.option("--folder", type=click.Path(path_type=Path), default="demo", show_default=True)
@click.option("--fresh", is_flag=True, help="Begin again with an empty store.")
def demo(folder: Path, *, fresh: bool) -> None:
    """Crawl a small web of fictional sites on this machine and show what comes of it."""
    from crawlers.demo.command import run_demo

    sys.exit(run_demo(folder, fresh=fresh))


for operation in (
    *OPERATIONS, *TAGS, *PEOPLE, *PRIVACY, creators, export, permissions, store_group, kibana,
):  # fmt: skip
    sayso.add_command(operation)


def main(arguments: list[str] | None = None) -> None:
    """Run a command; an error is a sentence on standard error, never a traceback."""

    def run() -> None:
        _check_packages()
        sayso.main(arguments, prog_name="sayso", standalone_mode=False)

    _guarded(run)


def _check_packages() -> None:
    """Say so if another distribution put a package of one of our common names before ours."""
    ours = Path(__file__).parent.parent
    for name, member in (("crawlers", "cli"), ("pipelines", "stages"), ("search", "mention")):
        found = importlib.util.find_spec(f"{name}.{member}")
        if found is None or found.origin is None or ours not in Path(found.origin).parents:
            raise SaysoError(HIDDEN.format(name))


def _guarded(command: Callable[[], Any]) -> None:
    try:
        command()
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
    except QueryError as error:
        click.echo(f"{error.pointer}\n{error}".lstrip("\n"), err=True)
        sys.exit(NOT_FOUND)
    except SaysoError as error:
        click.echo(str(error), err=True)
        sys.exit(NOT_FOUND)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except Exception as error:  # the outermost frame: one of two such places
        if os.environ.get("SAYSO_DEBUG"):
            raise
        fault = f"{type(error).__name__}: {error}"
        click.echo(f"a defect of Sayso's: {fault} (SAYSO_DEBUG=1 shows where)", err=True)
        sys.exit(NOT_FOUND)


if __name__ == "__main__":
    main()
