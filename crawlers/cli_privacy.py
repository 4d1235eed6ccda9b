"""The commands on privacy: how long things are kept, and what the law wants written down."""

import datetime as dt
import sys
from pathlib import Path

import click

from crawlers.cli_session import JSON, Session


@click.command()
@click.option("-o", "--out", type=click.Path(path_type=Path), help="The folder to write into.")
@click.option(
    "--language",
    "languages",
    multiple=True,
    default=["en"],
    show_default=True,
    type=click.Choice(["en", "sv", "nl"]),
    help="Of what authors read. Repeatable.",
)
@click.option("--date", "day", type=click.DateTime(["%Y-%m-%d"]), help="Of the drafts: today.")
@click.option("--force", is_flag=True, help="Write over drafts that were changed by hand.")
@click.option(
    "--check",
    "checked",
    type=click.Path(path_type=Path),
    help="Only say whether the drafts in this folder are out of date; exit with 3 if so.",
)
@click.pass_obj
def governance(  # noqa: PLR0913, PLR0917 - one argument for each option
    session: Session,
    /,
    out: Path | None,
    languages: tuple[str, ...],
    day: dt.datetime | None,
    force: bool,  # noqa: FBT001 - click's
    checked: Path | None,
) -> None:
    """
    Draft what the law wants written down, from sayso.toml: to be read and finished by a person.

    A privacy notice for authors, a legitimate-interest assessment, the record of processing, a
    screening for an impact assessment, and a statement on reviews.
    """
    from crawlers.declaring import declared_sources
    from search.showing.governing import check_drafts, write_drafts

    if (out is None) == (checked is None):
        raise click.UsageError("give either -o FOLDER, or --check FOLDER")
    config = session.config()
    sources = declared_sources(config)
    if checked is not None:
        sys.exit(check_drafts(config, sources, checked))
    if out is not None:
        made_on = day.date() if day else dt.datetime.now(dt.UTC).date()
        write_drafts(config, sources, out, languages=languages, made_on=made_on, force=force)


@click.command()
@click.option("--dry-run", is_flag=True, help="Only look, which is what happens without --apply.")
@click.option("--apply", is_flag=True, help="Delete it. What is deleted is gone.")
@JSON
@click.pass_obj
def retention(session: Session, /, *, dry_run: bool, apply: bool, as_json: bool) -> None:
    """
    Show what is kept for longer than [privacy.retention] says, and delete it with --apply.

    What is granted and in force, in use, waited for, or on legal hold stays whatever its age.
    """
    from crawlers.declaring import storage_limits
    from search.showing.retaining import show_retention

    if dry_run and apply:
        raise click.UsageError("give either --dry-run or --apply")
    with session.store() as store:
        show_retention(store, session.config(), storage_limits(), apply=apply, as_json=as_json)


PRIVACY = (governance, retention)
