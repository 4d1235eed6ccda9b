"""What `sayso permissions replies` shows of the answers that were given on authors' pages."""

import datetime as dt
from typing import Any

import click

from search.config import Config
from search.errors import SaysoError
from search.permissions.form_answers import FormAnswer, all_waiting, confirm
from search.permissions.keeping import Permissions
from search.permissions.reading import write_scope
from search.showing.printing import print_json
from search.stores.base import Store

_DOUBTS = {
    "content_changed": "the post was changed since we asked: ask again",
    "terms_changed": "the terms were changed since we asked: ask again",
    "hold": "the mention was on hold: see why, and release it first",
    "public_link": "the link stood in a public message: anybody may have answered",
    "paid_ads": "it is for paid advertising",
    "author_unknown": "the author is known by name at most, not by id",
}


def show_forms(store: Store, config: Config, *, apply: bool, by: str, as_json: bool) -> int:
    """
    Show every yes that waits, and record those without any doubt if ``apply``.

    Returns how many are left for a person, who records one by ``sayso permissions grant --form``.
    """
    permissions = Permissions(store)
    left = 0
    for answer in list(all_waiting(store, permissions)):
        problem = _record(store, permissions, answer, config, by) if apply else ""
        left += problem is not None
        _say(answer, recorded=problem is None, as_json=as_json)
        if problem:
            click.echo(problem, err=True)
    return left


def _record(
    store: Store, permissions: Permissions, answer: FormAnswer, config: Config, by: str
) -> str | None:
    """Record a yes without any doubt; ``None`` when that was done, else why not, if it is news."""
    if answer.doubts:
        return ""
    try:
        confirm(store, permissions, answer, config, by, dt.datetime.now(dt.UTC))
    except SaysoError as error:
        return str(error)
    return None


def _say(answer: FormAnswer, *, recorded: bool, as_json: bool) -> None:
    if as_json:
        print_json(_plain(answer) | {"recorded": recorded})
        return
    fate = "recorded" if recorded else "not recorded"
    click.echo(f"{answer.mention}  yes on its page ({fate})  {answer.at:%Y-%m-%d %H:%M}")
    click.echo(f"  {write_scope(answer.scope)}")
    for file in answer.evidence.files:
        click.echo(f"  original: {file}")
    for doubt in answer.doubts:
        click.echo(f"  {doubt}: {_DOUBTS[doubt]}")
    if not recorded:
        click.echo(f"  sayso permissions grant {answer.mention[:8]} --form")


def _plain(answer: FormAnswer) -> dict[str, Any]:
    return {
        "mention": answer.mention,
        "verdict": "grant",
        "method": "form",
        "at": answer.at.isoformat(),
        "scope": write_scope(answer.scope),
        "files": list(answer.evidence.files),
        "reasons": [{"code": each, "sentence": _DOUBTS[each]} for each in answer.doubts],
    }
