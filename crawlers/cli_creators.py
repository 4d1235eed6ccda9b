"""The commands for authors' own pages."""

import click

from crawlers.cli_session import Session


@click.group()
def creators() -> None:
    """Let authors answer requests on a page of their own."""


@creators.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8712, show_default=True, type=click.IntRange(0, 65_535))
@click.option(
    "--behind-proxy", is_flag=True, help="A proxy with TLS stands in front: allow any --host."
)
@click.option(
    "--trust",
    "trusted",
    metavar="ADDRESS",
    multiple=True,
    help="A proxy that says where visitors come from, or its network; by default this machine.",
)
@click.pass_obj
def creators_serve(
    session: Session, /, *, host: str, port: int, behind_proxy: bool, trusted: tuple[str, ...]
) -> None:
    """
    Serve the pages behind the links in requests, until Ctrl-C.

    A link is all that is needed to answer, so it must travel through TLS: put a proxy in front
    that serves `[asking] page_url`, as docs/creators-page.md shows.
    """
    from search.web.creator.serving import LOOPBACK, serve

    with session.store() as store:
        serve(
            store,
            session.config(),
            host=host,
            port=port,
            behind_proxy=behind_proxy,
            trusted=trusted or LOOPBACK,
            on_ready=lambda address: click.echo(f"authors' pages on {address}"),
        )
