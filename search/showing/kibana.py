"""`sayso kibana`: dashboards for the mentions of a store on Elasticsearch."""

import contextlib
import os
from pathlib import Path
from urllib.parse import quote

import click

from search.environment import secret
from search.errors import SaysoError
from search.kibana.installing import install
from search.kibana.saved_objects import saved_objects, to_ndjson
from search.stores.elastic.address import DEFAULT_PREFIX, is_address, parse_address

API_KEY = "SAYSO_KIBANA_API_KEY"
USER = "SAYSO_KIBANA_USER"
PASSWORD = "SAYSO_KIBANA_PASSWORD"  # noqa: S105 - the name of a variable


def write_objects(location: str, out: Path | None) -> None:
    """Write the saved objects for a store to a file or to standard output."""
    ndjson = _ndjson(location)
    if out is None:
        click.echo(ndjson, nl=False)
        return
    part = out.with_name(f".{out.name}.{os.getpid()}.part")
    try:
        part.write_bytes(ndjson)
        part.replace(out)
    except OSError as error:
        raise SaysoError(f"{out}: {error.strerror or error}") from error
    finally:
        with contextlib.suppress(OSError):
            part.unlink()
    click.echo(f"{len(ndjson.splitlines()):,} saved objects written to {out}")


def install_objects(location: str, *, url: str, space: str | None) -> None:
    """Import the saved objects into Kibana and print what became of each."""
    where = _with_login(url)
    done = install(where, _ndjson(location), space=space, api_key=secret(API_KEY))
    for verb, imported in (("new", done.created), ("overwritten", done.overwritten)):
        for each in imported:
            click.echo(f"{verb}: {each.kind} {each.title}")


def _with_login(url: str) -> str:
    """Put the user of the environment into an address that names none."""
    user, password = secret(USER), secret(PASSWORD)
    scheme, separator, rest = url.partition("://")
    if not (user and password and separator) or "@" in rest:
        return url
    return f"{scheme}://{quote(user, safe='')}:{quote(password, safe='')}@{rest}"


def _ndjson(location: str) -> bytes:
    """Generate for the store's indices; for a store in a file, for those it may be copied to."""
    prefix = parse_address(location).prefix if is_address(location) else DEFAULT_PREFIX
    return to_ndjson(saved_objects(prefix))
