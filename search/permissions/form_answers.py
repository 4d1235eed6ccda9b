"""
Yes, said on an author's page: kept word for word until a person has looked, or the rules say so.

What is kept cannot be changed unseen, is written once for every state of the ledger, and goes once
the ledger holds it. It is no state of its own: until then the request is simply not answered.
"""

import dataclasses
import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any, Final

import pydantic
import pydantic_core

from search.config import Config
from search.errors import SaysoError
from search.mention import StoredMention
from search.notes import all_under
from search.permissions.events import Event, Evidence, Step
from search.permissions.keeping import Permissions
from search.permissions.ledger import Entry, digest
from search.permissions.naming import find_mention
from search.permissions.replying.asked import fingerprint
from search.permissions.scope import Scope
from search.permissions.standing import Standing
from search.permissions.terms_in_use import with_terms
from search.permissions.wording.platforms import Way
from search.stores.base import Store

STATEMENTS: Final = ("made_it", "adult", "people_agree", "music_mine")
"""What a yes needs (rights.md §1.4); each is a box that nobody has ticked before."""

_PREFIX: Final = "answers/"
_SETTLES: Final = frozenset({Step.QUEUE, Step.GRANT, Step.DECLINE, Step.REVOKE})


class NoFormAnswer(SaysoError):
    """A yes that is not there, or cannot be confirmed; the message says why."""


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class FormAnswer:
    """One yes that was said on the page."""

    mention: str
    token: str
    """The word of the request that it answers."""

    at: dt.datetime
    scope: Scope
    """Exactly what was asked for, with the name under which the author wants to be credited."""

    evidence: Evidence
    """Everything that a grant needs but who checked it."""

    way: str
    """How the link was sent; under ``public_reply`` anybody may have found it."""

    problems: tuple[str, ...] = ()
    """Why it could not be taken as it came: ``content_changed``, ``terms_changed``, ``hold``."""

    @property
    def doubts(self) -> tuple[str, ...]:
        """What only a person can settle; nothing is confirmed in bulk or by itself with one."""
        found = [*self.problems]
        if self.way == Way.PUBLIC_REPLY:
            found.append("public_link")
        if self.scope.paid_ads:
            found.append("paid_ads")
        if self.evidence.author_id is None:
            found.append("author_unknown")
        return tuple(found)


_ANSWERS: Final = pydantic.TypeAdapter(FormAnswer)


def keep_answer(store: Store, permissions: Permissions, answer: FormAnswer) -> bool:
    """Keep a yes; ``False`` when another was kept since anything last happened to the mention."""
    value = _to_plain(answer)
    key = _key(answer.mention, len(permissions.history(answer.mention)))
    note = {"answer": value, "sha256": digest(value)}
    return store.notes.write(key, note, None) is not None


def waiting(
    store: Store, permissions: Permissions, mention: str, token: str | None = None
) -> FormAnswer | None:
    """Return the latest yes to a request that nothing has settled; ``None``: there is none."""
    history = permissions.history(mention)
    settled = max((n for n, each in enumerate(history, 1) if each.step in _SETTLES), default=0)
    return _latest(store, permissions, mention, token, since=settled)[1]


def _latest(
    store: Store, permissions: Permissions, mention: str, token: str | None, *, since: int = 0
) -> tuple[int, FormAnswer | None]:
    """Return the latest yes that is kept, and how much had happened to the mention before it."""
    # One by one, since a cluster lists the latest a little later than it holds them.
    for number in range(len(permissions.history(mention)), since - 1, -1):
        key = _key(mention, number)
        if (note := store.notes.read(key)) is not None:
            answer = _read(key, note.value)
            if token is None or answer.token == token:
                return number, answer
    return 0, None


def overruled(
    store: Store, permissions: Permissions, answer: FormAnswer, *, by_person: bool
) -> str | None:
    """
    Say what was recorded after a yes that it must not overrule; ``None``: nothing.

    A hold that was released since is for a person to judge: it stops what confirms by itself.
    """
    number, latest = _latest(store, permissions, answer.mention, answer.token)
    if latest != answer:
        return "it waits no more: something else was recorded meanwhile"
    held = permissions.standing(answer.mention).holds
    for entry in permissions.history(answer.mention)[number:]:
        event = entry.read()
        is_over = by_person and event is not None and event.hold not in held
        if entry.step in _SETTLES or (entry.step == Step.HOLD and not is_over):
            return _say_overruled(answer, entry)
    if held and not by_person:
        return f"the mention is on hold ({', '.join(sorted(held))})"
    return None


def _say_overruled(answer: FormAnswer, entry: Entry) -> str:
    event = entry.read()
    what = f"hold as {event.hold}" if event and event.hold else str(entry.step)
    advice = "; release it first" if entry.step == Step.HOLD else ""
    return (
        f"the yes was said on {answer.at:%Y-%m-%d %H:%M}, and after it {what} was recorded, on "
        f"{entry.written_at[:16].replace('T', ' ')}: it counts no more{advice}"
    )


def all_waiting(store: Store, permissions: Permissions) -> Iterator[FormAnswer]:
    """Hand out every yes that waits for a person, by mention."""
    seen = ""
    for key, _ in all_under(store.notes, _PREFIX):
        mention = key.removeprefix(_PREFIX).partition("/")[0]
        if mention != seen and (answer := waiting(store, permissions, mention)):
            yield answer
        seen = mention


def settle(store: Store, permissions: Permissions, mention: str) -> None:
    """Forget every yes to a mention: the ledger holds what came of them."""
    for number in range(len(permissions.history(mention)) + 1):
        key = _key(mention, number)
        if (note := store.notes.read(key)) is not None:
            store.notes.delete(key, note.version)


def files_of_answers(store: Store, permissions: Permissions, mention: str) -> set[str]:
    """Return the SHA-256 of every original that a grant or a kept yes to a mention names."""
    history = permissions.history(mention)
    grants = permissions.standing(mention).grants
    found = {file for each in grants for file in each.event.evidence.files}
    for number in range(len(history) + 1):
        if (note := store.notes.read(_key(mention, number))) is not None:
            found.update(note.value["answer"]["evidence"].get("files") or ())
    return found


def confirm(  # noqa: PLR0913, PLR0917 - whose answer, by which terms, who, when, how
    store: Store,
    permissions: Permissions,
    answer: FormAnswer,
    config: Config,
    by: str,
    now: dt.datetime,
    method: str = "form",
    *,
    by_person: bool = False,
) -> Standing:
    """
    Record a yes as a grant; `NoFormAnswer` or `BadTerms` when it cannot be one any more.

    ``by_person``: somebody has looked at this very one.
    """
    if why := overruled(store, permissions, answer, by_person=by_person):
        raise NoFormAnswer(why)
    if changed := _changed(store.fetch([answer.mention]).get(answer.mention), answer, config):
        raise NoFormAnswer(f"{changed}: ask again, nobody has said yes to that")
    if missing := set(STATEMENTS) - set(answer.evidence.statements):
        raise NoFormAnswer(f"it was not confirmed that {', '.join(sorted(missing))}")
    evidence = dataclasses.replace(answer.evidence, confirmed_by=by, method=method)
    sent = permissions.standing(answer.mention).sent
    evidence = with_terms(evidence, store.notes, config, sent, None, now)
    event = Event(
        step=Step.GRANT,
        mention=answer.mention,
        at=now,
        by=by,
        scope=answer.scope,
        evidence=evidence,
    )
    try:
        return permissions.record(
            event,
            lambda _: not overruled(store, permissions, answer, by_person=by_person),
        )
    finally:
        if permissions.standing(answer.mention).grants:
            settle(store, permissions, answer.mention)


def confirm_form(store: Store, prefix: str, config: Config, by: str, now: dt.datetime) -> Standing:
    """Record the yes of a mention's page, which somebody has looked at; named in any way."""
    permissions = Permissions(store)
    stored = find_mention(store, prefix, permissions)
    answer = waiting(store, permissions, stored.id)
    if answer is None:
        _, before = _latest(store, permissions, stored.id, None)
        if before and (why := overruled(store, permissions, before, by_person=True)):
            raise NoFormAnswer(why)
        raise NoFormAnswer("no yes from its page is waiting: `sayso permissions replies`")
    return confirm(store, permissions, answer, config, by, now, by_person=True)


def _key(mention: str, number: int) -> str:
    return f"{_PREFIX}{mention}/{number:08d}"


def _changed(stored: StoredMention | None, answer: FormAnswer, config: Config) -> str | None:
    if stored is None:
        return "the mention is gone"
    if "content_changed" in answer.problems or answer.evidence.content != fingerprint(
        stored.mention
    ):
        return "the post was changed since we asked"
    asking = config.asking
    if "terms_changed" in answer.problems or (
        asking is not None and answer.evidence.terms_version != asking.terms_version
    ):
        return f"the terms are no longer {answer.evidence.terms_version}"
    return None


def _to_plain(answer: FormAnswer) -> dict[str, Any]:
    plain: dict[str, Any] = pydantic_core.from_json(_ANSWERS.dump_json(answer))
    return plain


def _read(key: str, note: Mapping[str, Any]) -> FormAnswer:
    if digest(note["answer"]) != note["sha256"]:
        raise NoFormAnswer(f"the yes under {key} was changed: it shows nothing any more")
    return _ANSWERS.validate_python(note["answer"])
