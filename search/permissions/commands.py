"""`sayso permissions …` on one mention or all: what happened, what holds, and recording it."""

import dataclasses
import datetime as dt
import getpass
import hashlib
import sys
from pathlib import Path
from typing import Any, Final

import click

from search.config import Config
from search.errors import SaysoError
from search.mention import StoredMention
from search.people.keys import find_or_make_key
from search.permissions.asking import has_draft
from search.permissions.author_marks import marks_of
from search.permissions.events import Event, Evidence, Step
from search.permissions.form_answers import confirm_form
from search.permissions.keeping import Permissions
from search.permissions.ledger import Entry
from search.permissions.naming import find_mention
from search.permissions.reading import read_scope, read_use, write_scope
from search.permissions.replying.asked import fingerprint
from search.permissions.request_commands import record_sent
from search.permissions.scope import Scope
from search.permissions.standing import Standing, apply
from search.permissions.terms_in_use import with_terms
from search.showing.printing import print_json
from search.stores.base import Store
from search.vocabulary import Basis, Hold, SourceState

NOT_USABLE: Final = 1
"""The exit code of a use that is not allowed, and of a ledger that is not whole."""


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
    stored = find_mention(store, prefix)
    permissions = Permissions(store)
    event = _on_terms(store, config, stored, permissions, _event(stored.id, step, **said))
    if step is Step.QUEUE and config is not None:
        marks = marks_of(find_or_make_key(config), stored.mention)
        event = dataclasses.replace(event, author=marks)
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
    if event.step is Step.SEND or (event.step is Step.GRANT and not standing.content.accepted):
        event = dataclasses.replace(event, content=fingerprint(stored.mention))
    if event.step is Step.GRANT and evidence.terms_version is None and standing.sent:
        quoted = standing.sent[0].evidence.terms_version
        evidence = dataclasses.replace(evidence, terms_version=quoted)
        event = dataclasses.replace(event, evidence=evidence)
    apply(standing, event)  # terms are not kept as used for what is refused
    evidence = with_terms(evidence, store.notes, config, standing.sent, language, event.at)
    return dataclasses.replace(event, evidence=evidence)


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
    said |= {"statements": tuple(rest.pop("statements", None) or ())}
    for name in names:
        rest.pop(name, None)
    if file is not None:
        said["sha256"] = _digest(file)
    shown = any(said.get(name) for name in ("text", "url", "sha256"))
    return Evidence(**said, confirmed_by=me if shown else None)


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


def me() -> str:
    """Name whoever is logged in here."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


def show(store: Store, prefix: str, *, as_json: bool = False) -> None:
    """Show how we stand to one mention, and everything that happened."""
    stored = find_mention(store, prefix)
    permissions = Permissions(store)
    standing, history = permissions.standing(stored.id), permissions.history(stored.id)
    if as_json:
        print_json(
            {
                "id": stored.id,
                **_facts(standing),
                "history": [dataclasses.asdict(entry) for entry in history],
            }
        )
        return
    click.echo(f"{stored.id}  {stored.mention.url}")
    for name, value in _facts(standing).items():
        if value not in (None, [], ""):
            shown = ", ".join(value) if isinstance(value, list) else value
            click.echo(f"  {name.replace('_', ' ')}: {shown}")
    for entry in history:
        click.echo(f"  {_line(entry)}")


def _facts(standing: Standing) -> dict[str, Any]:
    return {
        "permission": str(standing.permission),
        "basis": str(standing.basis),
        "licence": standing.licence,
        "scope": _scope(standing.scope),
        "asked_for": _scope(standing.asked.scope if standing.asked else None),
        "answer_until": standing.due_at.isoformat() if standing.due_at else None,
        "source": str(standing.source_state),
        "holds": sorted(map(str, standing.holds)),
        "in_use_at": list(standing.placements),
    }


def _scope(scope: Scope | None) -> str | None:
    return None if scope is None else write_scope(scope)


def _line(entry: Entry) -> str:
    event = entry.read()
    if event is None:
        reason = (entry.erased or {}).get("reason", "")
        return f"{entry.number}  {entry.written_at[:19]}  erased: {reason}"
    said = [f"{event.step} by {event.by}"]
    said += [
        f"{name} {value}"
        for name in ("hold", "basis", "licence", "source_state", "place", "inbound", "reason")
        if (value := getattr(event, name)) is not None
    ]
    said += [
        f"{name} {value}"
        for name in ("url", "text", "sha256", "terms_version")
        if (value := getattr(event.evidence, name)) is not None
    ]
    return f"{entry.number}  {event.at:%Y-%m-%d %H:%M}  " + "; ".join(said)


def summary(standing: Standing) -> str:
    """Say how we stand, on one line."""
    said = [str(standing.permission).replace("_", " ")]
    if standing.basis is not Basis.NONE:
        said.append(f"basis {standing.basis}")
    if standing.scope is not None:
        said.append(f"until {standing.scope.valid_until}")
    if standing.due_at is not None:
        said.append(f"answer until {standing.due_at:%Y-%m-%d}")
    if standing.holds:
        said.append(f"on hold: {', '.join(sorted(standing.holds))}")
    return "; ".join(said)


def check_use(store: Store, prefix: str, text: str, *, as_json: bool = False) -> None:
    """Say whether one mention may be used so now, and why not."""
    use = read_use(text)
    stored = find_mention(store, prefix)
    decision = Permissions(store).decide(stored, use)
    reasons = [dataclasses.asdict(reason) for reason in decision.reasons]
    if as_json:
        print_json({"id": stored.id, "usable": decision.is_usable, "reasons": reasons})
    else:
        click.echo(f"{stored.id}: {'yes' if decision.is_usable else 'no'}")
        for reason in decision.reasons:
            click.echo(f"  {reason.code}: {reason.sentence}")
    if not decision.is_usable:
        sys.exit(NOT_USABLE)


def verify(store: Store, *, expected: int = 0) -> None:
    """Check the ledger, and let documents say what it says."""
    permissions = Permissions(store)
    problems = list(permissions.ledger.verify(expected=expected))
    for problem in problems:
        click.echo(problem)
    if problems:
        click.echo(f"the ledger is not whole: {len(problems)} problems")
        sys.exit(NOT_USABLE)
    mended = permissions.repair()
    entries = permissions.last_number
    click.echo(f"the ledger is whole: {entries:,} entries; write this number down")
    if mended:
        click.echo(f"{mended:,} documents said something else and say it no more")
