"""`sayso export granted --assets`: the files of what may be used, and which cannot be had."""

import datetime as dt
import functools
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import click

from crawlers.assets import fetch_assets
from search.config import Config
from search.errors import SaysoError
from search.permissions.keeping import Permissions
from search.permissions.lists.granted_item import GrantedItem
from search.permissions.lists.granting import LeftOut, judge_all
from search.stores.base import Store
from search.vocabulary import Basis
from search.web.creator.originals import uploads_folder

INCOMPLETE: Final = 3


def fetch_and_report(
    store: Store, config: Config, items: Sequence[GrantedItem], folder: Path
) -> None:
    """Fill the folder, and say on standard error what is in it, and what is not and why."""
    permissions = Permissions(store)
    report = fetch_assets(
        items,
        folder,
        config,
        refuse_now=functools.partial(refuse_now, store, permissions),
        uploads=_handed_in(permissions, config, items),
    )
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


def refuse_now(store: Store, permissions: Permissions, item: GrantedItem) -> str | None:
    """
    Say why an item may not be used any more, by the ledger and the mention as they are now.

    ``None``: it may, and rests on the very entry that it was exported for. What cannot be decided
    is refused.
    """
    try:
        stored = store.fetch([item.stored.id]).get(item.stored.id)
        if stored is None:
            return "its mention is gone"
        (judged,) = judge_all(permissions, [stored], item.use, dt.datetime.now(dt.UTC))
    except SaysoError as error:
        return f"whether it may be used cannot be decided: {error}"
    if isinstance(judged, LeftOut):
        return "; ".join(reason.sentence for reason in judged.reasons)
    if judged.evidence != item.evidence:
        return "it may be used, but as something else says since: export again"
    return None


def _handed_in(
    permissions: Permissions, config: Config, items: Sequence[GrantedItem]
) -> dict[str, list[Path]]:
    """
    Name the files that authors handed over with the grant that items rest on, by mention.

    Also where that has been withdrawn since: what was handed over is not fetched elsewhere then.
    """
    folder = uploads_folder(config)
    found: dict[str, list[Path]] = {}
    for item in items:
        grants = permissions.standing(item.stored.id).grants
        if item.basis is Basis.GRANT and grants and (files := grants[-1].event.evidence.files):
            found[item.stored.id] = [folder / item.stored.id / name for name in files]
    return found
