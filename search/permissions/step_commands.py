"""`sayso permissions grant`, `hold` and so on: one step of one mention, recorded."""

import dataclasses
import datetime as dt
import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from search.config import Config
from search.errors import SaysoError
from search.mention import Author, Mention, StoredMention
from search.permissions.asking import has_draft
from search.permissions.commands import me, summary
from search.permissions.events import Event, Evidence, Step
from search.permissions.form_answers import STATEMENTS, confirm_form
from search.permissions.keeping import Permissions
from search.permissions.naming import find_in_ledger, find_mention
from search.permissions.reading import read_scope
from search.permissions.replying.asked import fingerprint
from search.permissions.request_commands import record_sent
from search.permissions.requesting.single import queue_one
from search.permissions.terms_in_use import with_terms
from search.permissions.transitions import apply
from search.stores.base import Store
from search.vocabulary import Basis, Hold, SourceState


class BadEvidence(SaysoError):
    """Evidence that cannot be kept; the message says why."""


def record(
    store: Store, prefix: str, step: Step, *, config: Config | None = None, **said: Any
) -> None:
    """Record one step of one mention, and say how we stand now."""
    if said.pop("form", False):
        record_form(store, prefix, config, said)
        return
    if step is Step.SEND and has_draft(store, prefix):
        _record_draft(store, prefix, **said)
        return
    if step is Step.TAKE_DOWN:
        _record_takedown(store, prefix, **said)
        return
    stored = find_mention(store, prefix)
    permissions = Permissions(store)
    event = _on_terms(store, config, stored, permissions, _event(stored.id, step, **said))
    if step is Step.QUEUE and config is not None:
        standing = queue_one(store, config, stored, event, event.at)
    else:
        standing = permissions.record(event)
    click.echo(f"{stored.id}: {summary(standing)}")


def record_form(store: Store, prefix: str, config: Config | None, said: dict[str, Any]) -> None:
    """Record the yes that was said on a mention's page; it says all else by itself."""
    by = said.pop("by", None) or me()
    if given := [name for name, value in said.items() if value]:
        raise BadEvidence(f"the page says {given[0].replace('_', ' ')} itself; allowed is --by")
    now = dt.datetime.now(dt.UTC)
    standing = confirm_form(store, prefix, config or Config(), by, now)
    click.echo(f"{find_mention(store, prefix).id}: {summary(standing)}")


def _on_terms(
    store: Store,
    config: Config | None,
    stored: StoredMention,
    permissions: Permissions,
    event: Event,
) -> Event:
    """Let evidence name the terms it rests on; without any, a yes accepts the request's."""
    standing, language = permissions.standing(stored.id), stored.mention.language
    evidence = event.evidence
    is_heard = event.step is Step.RELEASE and event.hold is Hold.MUSIC_THIRD_PARTY
    is_first = event.step is Step.GRANT and not standing.content.accepted
    if event.step is Step.SEND or is_first or is_heard:
        event = dataclasses.replace(event, content=fingerprint(stored.mention))
    if event.step is Step.GRANT and evidence.terms_version is None and standing.sent:
        quoted = standing.sent[0].evidence.terms_version
        evidence = dataclasses.replace(evidence, terms_version=quoted)
    if event.step is Step.GRANT:
        evidence = _by_its_author(evidence, stored.mention, event.at)
    event = dataclasses.replace(event, evidence=evidence)
    apply(standing, event)  # terms are not kept as used for what is refused
    evidence = with_terms(evidence, store.notes, config, standing.sent, language, event.at)
    return dataclasses.replace(event, evidence=evidence)


def _by_its_author(evidence: Evidence, mention: Mention, at: dt.datetime) -> Evidence:
    """Let a yes that somebody records by hand say whose it is, of what, and when we saw it."""
    author = mention.author or Author(name="")
    if author.id and evidence.author_id not in {None, author.id}:
        raise BadEvidence(
            f"--author-id {evidence.author_id} did not write it: its author is {author.id} "
            f"({author.name}), and nobody else can allow its use"
        )
    return dataclasses.replace(
        evidence,
        handle=author.name or None,
        display_name=author.display_name,
        account_url=author.url,
        method="manual",
        received_at=at,
        content=fingerprint(mention),
    )


def _record_takedown(store: Store, prefix: str, **said: Any) -> None:
    """Record that it is gone from a place, also where the mention itself is erased by now."""
    permissions = Permissions(store)
    is_id = not prefix.startswith(("#", "http://", "https://"))
    found = find_in_ledger(permissions, prefix) if is_id else find_mention(store, prefix).id
    standing = permissions.record(_event(found, Step.TAKE_DOWN, **said))
    click.echo(f"{found}: {summary(standing)}")


def _record_draft(
    store: Store,
    prefix: str,
    *,
    url: str | None,
    by: str | None,
    due: str | None,
    **more: Any,
) -> None:
    """Record that the draft was sent; what it says already cannot be said once more."""
    if url is None:
        raise BadEvidence("where the request was posted is needed: --url")
    if given := [name for name, value in more.items() if value]:
        raise BadEvidence(
            f"the composed request says what was sent, so {given[0].replace('_', ' ')} is not "
            "taken; allowed are --url, --due and --by"
        )
    record_sent(store, prefix, url, by or me(), None if due is None else _end_of(due))


def _event(  # noqa: PLR0913 - an event is all of this
    mention: str,
    step: Step,
    *,
    by: str | None = None,
    scope: str | None = None,
    hold: str | None = None,
    basis: str | None = None,
    source_state: str | None = None,
    due: str | None = None,
    **rest: Any,
) -> Event:
    now = dt.datetime.now(dt.UTC)
    evidence = _evidence(rest, by or me())
    return Event(
        step=step,
        mention=mention,
        at=now,
        by=by or me(),
        scope=None if scope is None else read_scope(scope, now.date()),
        evidence=evidence,
        hold=None if hold is None else Hold(hold),
        basis=None if basis is None else Basis(basis),
        source_state=None if source_state is None else SourceState(source_state),
        due_at=None if due is None else _end_of(due),
        **{name: value for name, value in rest.items() if value is not None},
    )


def _evidence(rest: dict[str, Any], me: str) -> Evidence:
    """Take what is evidence out of what was said; a file is kept by its hash."""
    file: Path | None = rest.pop("file", None)
    names = ("text", "url", "terms_version", "author_id")
    said = {name: rest.pop(name) for name in names if rest.get(name) is not None}
    said |= {"statements": _checked(rest.pop("statements", None) or ())}
    for name in names:
        rest.pop(name, None)
    if file is not None:
        said["sha256"] = _digest(file)
    shown = any(said.get(name) for name in ("text", "url", "sha256"))
    return Evidence(**said, confirmed_by=me if shown else None)


def _checked(statements: Iterable[str]) -> tuple[str, ...]:
    """Return statements once each; `BadEvidence` for what is none."""
    given = tuple(dict.fromkeys(statements))
    if strange := [each for each in given if each not in STATEMENTS]:
        raise BadEvidence(f"--statement {strange[0]!r}: allowed: {', '.join(STATEMENTS)}")
    return given


def _digest(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest()
    except OSError as error:
        raise BadEvidence(f"{file}: {error.strerror}") from error


def _end_of(day: str) -> dt.datetime:
    try:
        date = dt.date.fromisoformat(day)
    except ValueError:
        raise BadEvidence(f"{day!r} is no day such as 2027-11-28") from None
    return dt.datetime.combine(date, dt.time(23, 59, 59), tzinfo=dt.UTC)
