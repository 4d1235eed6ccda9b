"""What a clear answer changes, recorded with everything that shows it (rights.md §1.4)."""

import datetime as dt
from collections.abc import Callable, Iterator

from search.config import Config
from search.permissions.answers import Answer
from search.permissions.events import Event, Evidence, Step
from search.permissions.keeping import Permissions
from search.permissions.leaving_alone import leave_alone
from search.permissions.replying.asked import fingerprint
from search.permissions.replying.judgement import Verdict
from search.permissions.standing import Standing
from search.permissions.terms_in_use import with_terms
from search.stores.base import Store
from search.vocabulary import Hold, Permission

BY_ITSELF = "auto"
"""Who confirms what no person has looked at."""


def apply_answer(  # noqa: PLR0913, PLR0917 - what is recorded, by whom, when, as who knows what
    store: Store,
    answer: Answer,
    by: str,
    now: dt.datetime,
    config: Config | None = None,
    permissions: Permissions | None = None,
) -> Standing | None:
    """
    Record what a clear answer says; ``None`` when there is nothing in it to record.

    With a ``config`` that names a folder of terms, those that a yes accepts must be unchanged, and
    who wants no more contact is suppressed. `IllegalTransition` when something else was recorded
    since the answer was judged.
    """
    if config is not None and answer.judgement.verdict is Verdict.NEVER_CONTACT:
        # First: who repeats this after a crash finds the reply unread, and the author left alone.
        leave_alone(store, config, answer.mention.mention, now, reason="said so in a reply")
    permissions = permissions or Permissions(store)
    name = answer.mention.id
    judged_at = answer.permission
    standing: Standing | None = None
    for step, hold in _steps(answer.judgement.verdict, judged_at):
        evidence = evidence_of(answer, by, now)
        if step is Step.GRANT:
            sent = permissions.standing(name).sent
            language = answer.mention.mention.language
            evidence = with_terms(evidence, store.notes, config, sent, language, now)
        event = Event(step=step, mention=name, at=now, by=by, evidence=evidence, hold=hold)
        # Of the first alone: what follows on it finds what it has changed.
        only_if = _stands_at(judged_at) if standing is None else _always
        standing = permissions.record(event, only_if)
    return standing


def _stands_at(permission: Permission) -> Callable[[Standing], bool]:
    return lambda standing: standing.permission is permission


def _always(_: Standing) -> bool:
    return True


def _steps(verdict: Verdict, permission: Permission) -> Iterator[tuple[Step, Hold | None]]:
    is_granted = permission is Permission.GRANTED
    is_open = permission in {Permission.REQUESTED, Permission.NO_RESPONSE}
    match verdict:
        case Verdict.GRANT if is_open:
            yield Step.GRANT, None
        case Verdict.DECLINE | Verdict.WITHDRAW | Verdict.NEVER_CONTACT:
            if is_granted:
                yield Step.REVOKE, None
            elif is_open:
                yield Step.DECLINE, None
    if verdict is Verdict.NEVER_CONTACT:
        yield Step.HOLD, Hold.DO_NOT_CONTACT


def evidence_of(answer: Answer, by: str, now: dt.datetime) -> Evidence:
    """Collect what shows an answer: who said what, when, to which request and content."""
    reply, author = answer.reply.mention, answer.reply.mention.author
    return Evidence(
        text=reply.text,
        url=reply.url,
        author_id=author.id if author else None,
        handle=author.name if author else None,
        display_name=author.display_name if author else None,
        account_url=author.url if author else None,
        said_at=reply.published_at,
        received_at=reply.harvested_at or now,
        message=reply.reply_to,
        message_sha256=answer.message_sha256,
        content=fingerprint(answer.mention.mention),
        terms_version=answer.terms_version,
        method=BY_ITSELF if by == BY_ITSELF else "manual",
        language=reply.language,
        confirmed_by=by,
    )
