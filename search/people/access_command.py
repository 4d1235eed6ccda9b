"""`sayso access`: what is held of somebody, in a folder for them."""

import datetime as dt
import json
from pathlib import Path

import click

from search.config import Config
from search.errors import SaysoError
from search.people.access import as_page, gather
from search.people.finding import Wanted, find_person
from search.people.keys import write_own
from search.people.suppression import Suppressions
from search.stores.base import Store

_OWN_FOLDER = 0o700


def write_access(store: Store, config: Config, wanted: Wanted, folder: Path) -> None:
    """Write ``access.json`` and ``access.html``, which nobody else on this machine may read."""
    suppressions = Suppressions.open(store, config)
    person = find_person(store, wanted)
    gathered = gather(store, config, suppressions, person, dt.datetime.now(dt.UTC))
    written = json.dumps(gathered, ensure_ascii=False, indent=2, default=str)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=_OWN_FOLDER)
        for name, text in (("access.json", written), ("access.html", as_page(gathered))):
            write_own(folder / name, text.encode("utf-8", "replace"))
    except OSError as error:
        raise SaysoError(f"{folder}: cannot be written ({error.strerror})") from error
    counts = f"{len(gathered['mentions']):,} mentions, {len(gathered['quarantine']):,} unread"
    click.echo(f"{folder}: access.json and access.html about {person.label}: {counts}")
    for name in sorted(person.unsure):
        click.echo(f"not in it, for somebody else has the name and it says no more: {name}")
