"""The commands that keep Sayso going: runs, schedule, worker, quarantine, alerts."""

import sys
from pathlib import Path
from typing import Any

import click

from crawlers.cli_session import JSON, PORT, Session

INCOMPLETE = 3


@click.command("_run", hidden=True)
@click.option("--folder", required=True, type=click.Path(path_type=Path))
@click.argument("id")
@click.pass_obj
def run_child(session: Session, /, id: str, folder: Path) -> None:  # noqa: A002 - as click names it
    """Carry out a queued run: what the process of a run does."""
    from crawlers.logs import set_up_logs
    from crawlers.running.child_run import carry_out

    set_up_logs()
    sys.exit(carry_out(session.store_location(), id, folder))


@click.group(invoke_without_command=True)
@click.option("--state", "states", multiple=True, help="Only these: running, failed… Repeatable.")
@click.option("--source", help="Only runs of this source.")
@click.option("-n", "--limit", default=20, show_default=True, type=click.IntRange(1, 10_000))
@JSON
@click.pass_context
def runs(context: click.Context, /, **asked: Any) -> None:
    """List the latest runs, and what came of them."""
    if context.invoked_subcommand is None:
        from crawlers.running.listing import show_runs

        with context.obj.store() as store:
            show_runs(store, **asked)


@runs.command("show")
@click.argument("id")
@JSON
@click.pass_obj
def runs_show(session: Session, /, id: str, *, as_json: bool) -> None:  # noqa: A002 - as above
    """Show one run with everything it counted; the first digits of ID are enough."""
    from crawlers.running.listing import show_run

    with session.store() as store:
        show_run(store, id, as_json=as_json)


@click.group(invoke_without_command=True)
@PORT
@click.pass_context
def schedule(context: click.Context, /, *, port: int | None) -> None:
    """Crawl what is due, for as long as the machine runs; one schedules, others wait."""
    if context.invoked_subcommand is None:
        from crawlers.scheduling.commands import keep_scheduling

        keep_scheduling(context.obj.config_file().load, port=port)


@schedule.command("list")
@JSON
@click.pass_obj
def schedule_list(session: Session, /, *, as_json: bool) -> None:
    """List what is due when, and how the last runs ended."""
    from crawlers.scheduling.listing import show_schedules

    with session.store(create=True) as store:
        show_schedules(store, session.config(), as_json=as_json)


@schedule.command("run")
@click.argument("name")
@JSON
@click.pass_obj
def schedule_run(session: Session, /, name: str, *, as_json: bool) -> None:
    """Carry out one schedule here and now; NAME as `sayso schedule list` shows it."""
    from crawlers.scheduling.commands import run_schedule_now

    sys.exit(run_schedule_now(session.config(), name, as_json=as_json))


@click.command()
@click.option("--queue", help="redis://host:6379/0; default: SAYSO_QUEUE, or that of sayso.toml.")
@PORT
@click.pass_obj
def worker(session: Session, /, *, queue: str | None, port: int | None) -> None:
    """Carry out runs that a scheduler offers through a queue; it needs no other configuration."""
    from crawlers.scheduling.commands import keep_working

    keep_working(session.config(), queue, port=port)


IDS = click.argument("ids", nargs=-1, metavar="[ID]...")


@click.group()
def quarantine() -> None:
    """Look after mentions that could not be kept."""


@quarantine.command("list")
@JSON
@click.pass_obj
def quarantine_list(session: Session, /, *, as_json: bool) -> None:
    """List what could not be kept, and why; oldest first."""
    from search.showing.quarantine import show_quarantine

    with session.store() as store:
        show_quarantine(store, as_json=as_json)


@quarantine.command("show")
@click.argument("id")
@JSON
@click.pass_obj
def quarantine_show(session: Session, /, id: str, *, as_json: bool) -> None:  # noqa: A002 - as above
    """Show everything known of one entry; the first digits of ID are enough."""
    from search.showing.quarantine import find_quarantined, show_quarantined

    with session.store() as store:
        (entry,) = find_quarantined(store, [id])
        show_quarantined(entry, as_json=as_json)


@quarantine.command("retry")
@IDS
@click.option("--brand", "brands", multiple=True, help="As of `sayso crawl`. Repeatable.")
@click.option("--keep-unmatched", is_flag=True, help="Keep what is about no brand (imports).")
@JSON
@click.pass_obj
def quarantine_retry(session: Session, /, ids: tuple[str, ...], **asked: Any) -> None:
    """Try those named, or all, once more; what fails again stays."""
    from pipelines.retrying import retry_and_report

    sys.exit(retry_and_report(session.config(), ids, **asked))


@quarantine.command("drop")
@IDS
@click.option("--all", "everything", is_flag=True, help="Everything in quarantine.")
@click.pass_obj
def quarantine_drop(session: Session, /, ids: tuple[str, ...], *, everything: bool) -> None:
    """Give those named up for good."""
    from search.showing.quarantine import drop_quarantined

    with session.store() as store:
        drop_quarantined(store, ids, everything=everything)


@click.group()
def alerts() -> None:
    """Look after the alerts of sayso.toml."""


@alerts.command("list")
@JSON
@click.pass_obj
def alerts_list(session: Session, /, *, as_json: bool) -> None:
    """List the alerts, and each message that could not be sent."""
    from search.showing.alerting import show_alerts

    with session.store(create=True) as store:
        show_alerts(store, session.config(), as_json=as_json)


@alerts.command("test")
@click.pass_obj
def alerts_test(session: Session) -> None:
    """Send a test message to every channel; exit code 3 when one does not take it."""
    from search.showing.alerting import test_channels

    sys.exit(0 if test_channels(session.config()) else INCOMPLETE)


OPERATIONS = (run_child, runs, schedule, worker, quarantine, alerts)
