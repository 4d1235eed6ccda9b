"""`sayso demo`: the main job from beginning to end, on a small web of our own."""

import functools
import json
import shutil
import time
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from crawlers.browser import find_browser
from crawlers.demo.web import DemoWeb, demo_web
from crawlers.demo.world import BRAND_NAME, BRAND_QUERY
from crawlers.planning import plan_crawl
from crawlers.progress import UNFINISHED, live_progress, show_reports, summary, worst_exit
from crawlers.running.reports import RunReport
from crawlers.runs import run_plans
from search.config import FILE_NAME, load
from search.errors import ConfigError
from search.export import Format, export_mentions
from search.parsing import parse
from search.query import Everything
from search.showing.counting import facet_path, print_counts, show_counts
from search.showing.searching import print_page, show_page
from search.stores.base import Store
from search.stores.opening import open_store

FACETS = ("source", "language", "sentiment", "permission", "licence")
STOPPED = 130
SAMPLE = "sentiment:negative (service OR kaffe OR koffie OR coffee)"

WRITTEN_BY = "# Written by `sayso demo`"

CONFIG = """# Written by `sayso demo`: a small web of fictional sites on this machine.
store = "sayso.db"
languages = ["en", "sv", "nl"]

[[brands]]
name = {name}
query = {query}

{sources}
[limits]
requests_per_second = 500.0
concurrent_requests = 16
allow_private = ["127.0.0.1"]
quotas = {{ "127.0.0.1" = [] }}
"""

NEXT = """\
[bold]Now for your own brand:[/]

  sayso init                                                  [dim]# write sayso.toml[/]
  sayso crawl --brand 'espresso house OR #espressohouse' --since 30d
  sayso search 'sentiment:negative since:7d'
"""


def demo_sources(web: DemoWeb, *, browser: bool = False) -> str:
    """Return the ``[[sources]]`` that crawl every site of the demo web."""
    wanted = [*web.sources, *(web.browser_sources if browser else ())]
    return "".join(
        f"[[sources]]\nsource = {json.dumps(name)}\naddresses = [{json.dumps(address)}]\n"
        f"browser = {str(needs_browser).lower()}\n\n"
        for name, address, needs_browser in wanted
    )


def run_demo(folder: Path, *, fresh: bool) -> int:
    """Crawl the demo web into ``folder``, show what comes of it, return the exit code."""
    console = Console()
    say = functools.partial(console.print, soft_wrap=True)
    prepare(folder, fresh=fresh)
    begun = time.monotonic()
    browser = find_browser()
    with demo_web() as web:
        say(f"A small web of fictional sites: {', '.join(web.addresses)}")
        say(f'Looking for the coffee brand "{BRAND_NAME}" in it\n')
        config_path = _write_config(folder, web, browser=browser is not None)
        reports = _crawl(console, config_path)
    show_reports(console, reports)
    if worst_exit(reports) == STOPPED:
        say("\nStopped: what was found is kept, and `sayso demo` goes on from there.")
        return STOPPED
    if browser is None:
        say(
            "  one shop page is left out: its reviews need a browser "
            "(pip install 'sayso\\[browser]', and apt install chromium or playwright install "
            "chromium)"
        )
    with open_store(folder / "sayso.db") as store:
        _show(console, store, reports, folder)
    say(f"[dim]{time.monotonic() - begun:.0f} s[/]\n")
    say(NEXT)
    return worst_exit(reports)


def prepare(folder: Path, *, fresh: bool) -> None:
    """
    Make the folder, and with ``fresh`` remove an earlier demo's store from it, nothing else.

    A folder whose ``sayso.toml`` the demo did not write is somebody's own: `ConfigError`.
    """
    config = folder / FILE_NAME
    if config.exists() and not config.read_text("utf-8", "replace").startswith(WRITTEN_BY):
        raise ConfigError(f"{config} is not the demo's; choose another --folder")
    folder.mkdir(parents=True, exist_ok=True)
    if fresh and config.exists():
        shutil.rmtree(folder / "sayso.db.index", ignore_errors=True)
        for ending in ("", "-wal", "-shm"):
            (folder / f"sayso.db{ending}").unlink(missing_ok=True)


def _write_config(folder: Path, web: DemoWeb, *, browser: bool) -> Path:
    path = folder / "sayso.toml"
    text = CONFIG.format(
        name=json.dumps(BRAND_NAME),
        query="'''" + BRAND_QUERY + "'''",
        sources=demo_sources(web, browser=browser),
    )
    path.write_text(text, encoding="utf-8")
    return path


def _crawl(console: Console, config_path: Path) -> list[RunReport]:
    config = load(config_path)
    with live_progress(console) as on_progress:
        return run_plans(plan_crawl(config), config, on_progress=on_progress)


def _show(console: Console, store: Store, reports: Sequence[RunReport], folder: Path) -> None:
    say = functools.partial(console.print, soft_wrap=True)
    names = {facet_path(name): name for name in FACETS}
    page = store.search(Everything(), limit=0, facets=list(names))
    new = sum(report.new for report in reports)
    if not new and not any(report.state in UNFINISHED for report in reports):
        say(f"\n[bold]Nothing new:[/] all {page.total:,} mentions were known already.")
        return
    known = f" ({page.total:,} in all)" if page.total != new else ""
    say(f"\n[bold]{summary(reports)}[/]{known}\n")
    if console.is_terminal:
        show_counts(console, page, names)
    else:
        print_counts(page, names)
    _show_sample(console, store)
    path = folder / "mentions.csv"
    export_mentions(store.iterate(Everything()), path, Format.CSV)
    say(f"All of them as a table: {path}", markup=False)
    say(f"Look further: sayso --config {folder}/sayso.toml search 'stars:<=2'\n", markup=False)


def _show_sample(console: Console, store: Store) -> None:
    query = parse(SAMPLE)
    found = store.search(query, limit=3)
    line = f"\n[bold]sayso search '{SAMPLE}'[/]: {found.total:,}, the first of them:\n"
    console.print(line, soft_wrap=True)
    if console.is_terminal:
        show_page(console, found, query)
    else:
        print_page(found, query)
