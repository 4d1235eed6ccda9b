"""The commands on what is found out: retag, correct, train, models, transformers."""

import sys
from pathlib import Path
from typing import Any

import click

from crawlers.cli_session import JSON, QUERY, Session
from crawlers.query_command import QueryCommand


@click.command(cls=QueryCommand)
@QUERY
@JSON
@click.pass_obj
def retag(session: Session, /, query: str, *, as_json: bool) -> None:
    """Find out language, sentiment, intent, brands and so on of what is stored anew."""
    from pipelines.retagging import retag_and_report

    sys.exit(retag_and_report(session.config(), query, as_json=as_json))


@click.command()
@click.argument("id")
@click.option("--sentiment", help="How its author feels: positive, neutral, negative.")
@click.option("--intent", help="What it is written for: question, complaint, praise…")
@click.option("--withdraw", is_flag=True, help="Take back what a person said of it.")
@click.pass_obj
def correct(session: Session, /, id: str, **said: Any) -> None:  # noqa: A002 - the argument's name
    """
    Say what a mention is, for good: no crawl and no model changes it again.

    `sayso train` learns from it. The first digits of ID are enough.
    """
    from pipelines.correcting import correct_and_report

    with session.store() as store:
        correct_and_report(store, id, **said)


@click.command()
@click.option(
    "--csv",
    "tables",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Labelled texts: text, and sentiment, stars or intent. Repeatable.",
)
@JSON
@click.pass_obj
def train(session: Session, /, **asked: Any) -> None:
    """
    Learn how texts feel from stored stars, corrections and tables.

    A model is for one language and one kind of text (review or post). It is measured on texts it
    has not seen, beside what judges without it, and used when it is better.
    """
    from pipelines.training_command import train_and_report

    sys.exit(train_and_report(session.config(), **asked))


@click.group(invoke_without_command=True)
@JSON
@click.pass_context
def models(context: click.Context, /, *, as_json: bool) -> None:
    """List the models that judge texts, shipped and trained here."""
    if context.invoked_subcommand is None:
        from pipelines.training_command import show_models

        show_models(context.obj.config(), as_json=as_json)


@models.command("use")
@click.argument("name")
@click.pass_obj
def models_use(session: Session, /, name: str) -> None:
    """Let another version judge: NAME as `sayso models` lists it."""
    from pipelines.training_command import use_model

    use_model(session.config(), name)


@click.group()
def transformers() -> None:
    """Look after the models of sayso.toml that rate texts."""


@transformers.command("list")
@JSON
@click.pass_obj
def transformers_list(session: Session, /, *, as_json: bool) -> None:
    """Load and try each model, and say what it is: what it costs, its licence."""
    from pipelines.transformers.listing import show_transformers

    show_transformers(session.config(), as_json=as_json)


@transformers.command("audit", cls=QueryCommand)
@QUERY
@JSON
@click.pass_obj
def transformers_audit(session: Session, /, query: str, *, as_json: bool) -> None:
    """Show how often a second opinion is the sentiment that was kept."""
    from search.showing.agreeing import show_agreement

    with session.store() as store:
        show_agreement(store, query, as_json=as_json)


TAGS = (retag, correct, train, models, transformers)
