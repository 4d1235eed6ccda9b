"""`sayso export granted --assets`: the files of what may be used, and which cannot be had."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import click

from crawlers.assets import fetch_assets
from search.config import Config
from search.permissions.keeping import Permissions
from search.permissions.lists.granted_item import GrantedItem
from search.stores.base import Store
from search.vocabulary import Basis
from search.web.creator.originals import uploads_folder

INCOMPLETE: Final = 3


def fetch_and_report(
    store: Store, config: Config, items: Sequence[GrantedItem], folder: Path
) -> None:
    """Fill the folder, and say on standard error what is in it, and what is not and why."""
    uploads = _handed_in(Permissions(store), config, items)
    report = fetch_assets(items, folder, config, uploads=uploads)
    for missing in report.manifest.without_file:
        click.echo(f"no file of {missing.permalink}: {missing.reason}", err=True)
    for old in report.manifest.superseded:
        click.echo(f"not to be used any more: {folder / old.path}: {old.reason}", err=True)
    click.echo(
        f"{len(report.manifest.files):,} files in {folder}, {report.fetched:,} of them new; "
        "manifest.json says what goes with each",
        err=True,
    )
    if report.manifest.without_file:
        sys.exit(INCOMPLETE)


def _handed_in(
    permissions: Permissions, config: Config, items: Sequence[GrantedItem]
) -> dict[str, list[Path]]:
    """Name the files that authors handed over with the grant in force, by mention."""
    folder = uploads_folder(config)
    found: dict[str, list[Path]] = {}
    for item in items:
        standing = permissions.standing(item.stored.id)
        if standing.basis is Basis.GRANT and (files := standing.grants[-1].event.evidence.files):
            found[item.stored.id] = [folder / item.stored.id / name for name in files]
    return found
