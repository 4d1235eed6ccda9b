"""`sayso permissions compose`, `sent` and `replies`: asking an author, and what came back."""

import dataclasses
import datetime as dt
import sys
from typing import Any, Final

import click

from search.config import Config
from search.config_tables import Asking
from search.permissions.answers import Answer, as_things_stand, find_answers
from search.permissions.asking import SentTooLate, asking_of, draft, sent
from search.permissions.form_commands import show_forms
from search.permissions.handed_in import HeardReply, hear_reply
from search.permissions.keeping import Permissions
from search.permissions.recording_answers import apply_answer
from search.permissions.replying.judgement import Verdict
from search.permissions.standing import IllegalTransition
from search.showing.printing import print_json
from search.stores.base import Store

FOR_A_PERSON: Final = 3
"""The exit code when a reply has to be read by somebody."""


def compose_and_show(store: Store, config: Config, prefix: str, *, as_json: bool) -> None:
    """Compose the request for a queued mention, for somebody to send."""
    made, composed = draft(store, config, prefix, dt.datetime.now(dt.UTC))
    if as_json:
        print_json({**dataclasses.asdict(made), **dataclasses.asdict(composed)})
        return
    click.echo(composed.text)
    limit = f" of {composed.limit:,}" if composed.limit else ""
    click.echo(
        f"\n{composed.count:,}{limit}, as {composed.platform} counts; to be sent by a person as "
        f"{composed.way.replace('_', ' ')}. {composed.note}",
        err=True,
    )
    if wait := _wait(Permissions(store), asking_of(config)):
        click.echo(wait, err=True)
    if composed.language_wanted != composed.language:
        wanted = composed.language_wanted or "a language that is not known"
        click.echo(f"the mention is in {wanted}, for which there is no template", err=True)


def _wait(permissions: Permissions, asking: Asking) -> str | None:
    """Say how long the account should send nothing more; ``None``: it may go on."""
    hour = dt.timedelta(hours=1)
    now = dt.datetime.now(dt.UTC)
    sent_at = sorted(
        each.at
        for standing in permissions.standings().values()
        for each in standing.sent
        if now - each.at < hour
    )
    if len(sent_at) < asking.caps.per_hour:
        return None
    until = sent_at[-asking.caps.per_hour] + hour
    sent = "1 request was" if len(sent_at) == 1 else f"{len(sent_at)} requests were"
    return f"{sent} sent in the last hour: send this one after {until:%H:%M} UTC"


def record_sent(store: Store, prefix: str, url: str, by: str, due_at: dt.datetime | None) -> None:
    """Record that the composed request was sent."""
    try:
        standing = sent(store, prefix, url, by, dt.datetime.now(dt.UTC), due_at)
    except SentTooLate as late:
        known = "If it was sent in time, say with --due until when an answer counts"
        raise SentTooLate(f"{late}. {known}") from None
    due = f"{standing.due_at:%Y-%m-%d}" if standing.due_at else "never"
    click.echo(f"requested; no answer until {due} means no")


def show_replies(store: Store, config: Config, *, apply: bool, by: str, as_json: bool) -> None:
    """Judge the replies that were crawled; record the clear ones if ``apply``."""
    unread = found = 0
    permissions = Permissions(store)
    asking = asking_of(config)
    for judged in list(find_answers(store, asking, permissions)):
        answer = as_things_stand(permissions, asking, judged)
        if answer is None:
            continue
        found += 1
        is_clear = answer.judgement.verdict is not Verdict.REVIEW
        recorded = apply and is_clear and _record(store, config, answer, by, permissions)
        unread += not is_clear or (apply and not recorded)
        _say(answer, recorded=recorded, as_json=as_json)
    waiting = show_forms(store, config, apply=apply, by=by, as_json=as_json)
    unread += waiting
    if not (found or waiting or as_json):
        click.echo("no answer waits to be read")
    if unread:
        sys.exit(FOR_A_PERSON)


def hear_and_show(  # noqa: PLR0913 - one per option of the command
    store: Store,
    config: Config,
    said: str,
    heard: HeardReply,
    *,
    apply: bool,
    by: str,
    as_json: bool,
) -> None:
    """Judge one reply that somebody hands in; record it if it is clear, and if ``apply``."""
    answer = hear_reply(store, asking_of(config), said, heard)
    is_clear = answer.judgement.verdict is not Verdict.REVIEW
    recorded = apply and is_clear and _record(store, config, answer, by, Permissions(store))
    _say(answer, recorded=recorded, as_json=as_json)
    if not is_clear:
        sys.exit(FOR_A_PERSON)


def _record(
    store: Store, config: Config, answer: Answer, by: str, permissions: Permissions
) -> bool:
    """Record an answer; return whether there was anything in it to record."""
    try:
        now = dt.datetime.now(dt.UTC)
        return apply_answer(store, answer, by, now, config, permissions) is not None
    except IllegalTransition as problem:
        click.echo(f"{answer.mention.id}: {problem}", err=True)
        return False


def _say(answer: Answer, *, recorded: bool, as_json: bool) -> None:
    judgement, reply = answer.judgement, answer.reply.mention
    if as_json:
        print_json(_plain(answer) | {"recorded": recorded})
        return
    fate = "recorded" if recorded else "not recorded"
    leans = f", leans to {judgement.leans}" if judgement.leans else ""
    click.echo(f"{answer.mention.id}  {judgement.verdict}{leans} ({fate})  {reply.url}")
    click.echo(f"  {' '.join(reply.text.split())[:200]}")
    for reason in judgement.reasons:
        click.echo(f"  {reason.code}: {reason.sentence}")


def _plain(answer: Answer) -> dict[str, Any]:
    judgement, reply = answer.judgement, answer.reply
    return {
        "mention": answer.mention.id,
        "reply": reply.id,
        "url": reply.mention.url,
        "text": reply.mention.text,
        "verdict": str(judgement.verdict),
        "leans": judgement.leans and str(judgement.leans),
        "reasons": [dataclasses.asdict(reason) for reason in judgement.reasons],
        "checks": {check.letter: check.met for check in judgement.checks},
        "method": judgement.method,
    }
