"""`sayso export granted`: what may be used now, in a file, and why the rest may not."""

import datetime as dt
import tempfile
from pathlib import Path
from typing import Any

import click

from search.permissions.commands import me
from search.permissions.ledger import read_noted
from search.permissions.lists.granted_export import FORMATS, Asked, export_granted
from search.permissions.lists.granted_item import GrantedItem
from search.permissions.lists.granting import LeftOut
from search.permissions.reading import read_use
from search.showing.exporting import STANDARD_OUTPUT, choose_format, copy_out
from search.showing.printing import print_json
from search.stores.base import Store


def export_and_report(  # noqa: PLR0913 - the options of one command
    store: Store,
    query: str,
    *,
    use: str,
    kind: str | None,
    out: Path | None,
    language: str,
    place: str | None,
    by: str | None,
    expected: str,
    explain: bool,
    as_json: bool,
) -> tuple[GrantedItem, ...]:
    """Write the file, say on standard error what was left out, and return what is in it."""
    form = choose_format(kind, out, FORMATS)
    path = out or Path(f"granted.{form}")
    asked = Asked(query=query, use=read_use(use), by=by or me(), language=language, place=place,
                  expected=read_noted(expected))  # fmt: skip
    aside = path == STANDARD_OUTPUT
    telling = _teller(explain=explain, as_json=as_json, aside=aside)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "granted" if aside else path
        written = export_granted(
            store, asked, file, form,
            now=dt.datetime.now(dt.UTC), shown_name=str(path) if aside else None, tell=telling,
        )  # fmt: skip
        if aside:
            copy_out(file)
    if left_out := sum(written.left_out.values()):
        counts = ", ".join(f"{count:,} {code}" for code, count in written.left_out.items())
        click.echo(f"{left_out:,} not usable: {counts}", err=True)
    if aside:
        if written.statement is not None:
            click.echo(written.statement, err=True)
    elif as_json:
        said = {"file": str(path), "export": written.number, "items": len(written.items)}
        print_json(said | {"left_out": written.left_out})
    else:
        click.echo(f"{len(written.items):,} items written to {path} (export {written.number})")
    return written.items


def _teller(*, explain: bool, as_json: bool, aside: bool) -> Any:
    """Return what says why a mention was left out, where somebody wants to know."""

    def as_line(left_out: LeftOut) -> None:
        why = "; ".join(f"{reason.code}: {reason.sentence}" for reason in left_out.reasons)
        click.echo(f"{left_out.stored.id}: {why}", err=aside)

    def as_document(left_out: LeftOut) -> None:
        reasons = [{"code": each.code, "sentence": each.sentence} for each in left_out.reasons]
        print_json({"id": left_out.stored.id, "usable": False, "reasons": reasons})

    if as_json and not aside:
        return as_document
    return as_line if explain else lambda _: None
