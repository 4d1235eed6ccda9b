"""`sayso crawl`: plan, run, report."""

from collections.abc import Sequence

import click
from rich.console import Console

from crawlers.planning import plan_crawl
from crawlers.progress import live_progress, report_json, show_reports, summary, worst_exit
from crawlers.running.reports import RunReport
from crawlers.runs import run_plans
from pipelines.transformers.models import Models
from search.config import Config
from search.showing.printing import print_json
from search.stores.opening import open_store


def crawl_and_report(  # noqa: PLR0913 - one per option of the command
    config: Config,
    *,
    brands: Sequence[str] = (),
    chosen: Sequence[str] = (),
    since: str | None = None,
    browser: bool = False,
    verbose: bool = False,
    as_json: bool = False,
) -> int:
    """Crawl as asked, show it, and return the exit code."""
    plans = plan_crawl(config, brands=brands, chosen=chosen, since=since, browser=browser)
    open_store(config.store_location).close()  # an unusable store is said before any site is asked
    Models.open(config)  # and a model that does not work; the crawls use what is loaded here
    with live_progress(Console(stderr=True, quiet=as_json)) as on_progress:
        reports = run_plans(plans, config, on_progress=on_progress, verbose=verbose)
    show_crawl(reports, config, as_json=as_json)
    return worst_exit(reports)


def show_crawl(reports: Sequence[RunReport], config: Config, *, as_json: bool) -> None:
    """Say what the runs of a crawl brought, and where that is kept."""
    if as_json:
        for report in reports:
            print_json(report_json(report))
        return
    show_reports(Console(), reports)
    click.echo(summary(reports))
    if any(report.new for report in reports):
        click.echo(f"kept in {config.store_location}; look: sayso search '*'")
