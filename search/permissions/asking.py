"""
The message that asks one author, composed for somebody to send, and kept until that was done.

Composing again gives the same word and the same link. What was sent is kept in the ledger, word
for word but for the secret of the link, when a person says that it was.
"""

import dataclasses
import datetime as dt
import re
from typing import Final

from search.config import Config
from search.config_tables import Asking
from search.errors import ConfigError
from search.mention import Mention
from search.people.suppression import Reach
from search.permissions.at_hand import AtHand
from search.permissions.drafts import (
    Draft,
    drop_draft,
    keep_draft,
    kept_draft,
    note_of_draft,
    read_draft,
)
from search.permissions.events import Event, Step
from search.permissions.keeping import Permissions
from search.permissions.links import Link, forget_link, keep_link, secret_of
from search.permissions.naming import find_mention
from search.permissions.replying.asked import fingerprint
from search.permissions.scope import Scope
from search.permissions.standing import (
    BEFORE_MEANS_NO,
    FORBID_CONTACT,
    NEW,
    IllegalTransition,
    Standing,
)
from search.permissions.terms_in_use import checked_terms, keep_used
from search.permissions.wording.composing import Composed, Situation, compose
from search.permissions.wording.particulars import Particulars
from search.permissions.wording.tokens import digest_of, new_link_token, new_request_token
from search.stores.base import Store
from search.vocabulary import Effect, Permission

_ADDRESS: Final = re.compile(r"https?://\S+")
_WITHIN: Final = 30
"""Characters between the day and the year of one date, as languages write them."""


class SentTooLate(IllegalTransition):
    """A message that names a last day for an answer, and was sent after it."""


def asking_of(config: Config) -> Asking:
    """Return who asks, or raise `ConfigError`."""
    if config.asking is None:
        raise ConfigError("who asks is not said: add an [asking] table to sayso.toml")
    return config.asking


def draft(
    store: Store, config: Config, prefix: str, now: dt.datetime, *, at_hand: AtHand | None = None
) -> tuple[Draft, Composed]:
    """
    Compose the request for a queued mention, and keep it until it was sent.

    Who composes many hands in what is ``at_hand``. Raises `IllegalTransition` when the mention is
    not queued, or its author asks to be left alone; `ContactRefused` and `TooLong` as composing
    does.
    """
    asking = asking_of(config)
    at_hand = at_hand or AtHand.of(store, config)
    stored = find_mention(store, prefix, at_hand.permissions)
    standing = at_hand.permissions.standing(stored.id)
    _check(stored.mention, standing, at_hand)
    while True:
        note = note_of_draft(store, stored.id)
        before = read_draft(note.value) if note else None
        token = before.token if before else new_request_token(asking.brand)
        secret = link_secret(store, config, stored.id, token)
        made, composed = _compose(store, config, stored.mention, standing, token, now, at_hand)
        if keep_draft(store, stored.id, made.without(secret), note):
            break  # else somebody was faster: again, with that token
    if before and before.link and before.link != made.link:
        forget_link(store, before.link)
    if secret is not None:
        keep_link(store, secret, _link(stored.id, standing, made, composed, now))
    return made, composed


def _compose(  # noqa: PLR0913, PLR0917 - a draft is made of all of it
    store: Store,
    config: Config,
    mention: Mention,
    standing: Standing,
    token: str,
    now: dt.datetime,
    at_hand: AtHand,
) -> tuple[Draft, Composed]:
    asking = asking_of(config)
    secret = link_secret(store, config, mention.id, token)
    respond_by = (now + BEFORE_MEANS_NO).date()
    particulars = _particulars(mention, standing, asking, token, respond_by)
    if secret is not None:
        particulars = dataclasses.replace(particulars, url=f"{asking.page_url}/{secret}")
    composed = compose(particulars, _situation(mention, asking), shelf=at_hand.shelf)
    terms = checked_terms(store.notes, config, asking.terms_version, composed.language)
    made = Draft(
        token=token,
        text=composed.text,
        terms_version=asking.terms_version,
        respond_by=respond_by,
        content=fingerprint(mention),
        sha256=composed.sha256,
        link=digest_of(secret) if secret else None,
        terms_sha256=terms.sha256 if terms else None,
        template=(
            f"{composed.template_id} {composed.template_version} "
            f"({composed.language}, {composed.size})"
        ),
        language=composed.language,
        channel=composed.way,
    )
    return made, composed


def link_secret(store: Store, config: Config, mention: str, token: str) -> str | None:
    """Return the secret of the link of one request; ``None`` where there is no creator's page."""
    asking = config.asking
    return secret_of(store, config, mention, token) if asking and asking.page_url else None


def link_address(store: Store, config: Config, mention: str, token: str) -> str | None:
    """Return the whole address under which one request can be answered, ``None`` as above."""
    secret = link_secret(store, config, mention, token)
    return f"{asking_of(config).page_url}/{secret}" if secret else None


def check_composing(
    config: Config, mention: Mention, scope: Scope, now: dt.datetime, at_hand: AtHand
) -> None:
    """
    Compose the request that would be made, to see whether it can be; nothing is kept.

    Raises `ContactRefused`, `TooLong`, `BadTemplate` or `BadParticulars`, as composing does.
    """
    asking = asking_of(config)
    asked = Event(step=Step.QUEUE, mention=mention.id, at=now, by="", scope=scope)
    standing = dataclasses.replace(NEW, asked=asked)
    token = new_request_token(asking.brand)
    respond_by = (now + BEFORE_MEANS_NO).date()
    particulars = _particulars(mention, standing, asking, token, respond_by)
    if asking.page_url:  # as long as a real one, which would need a key
        particulars = dataclasses.replace(particulars, url=f"{asking.page_url}/{new_link_token()}")
    compose(particulars, _situation(mention, asking), shelf=at_hand.shelf)


def has_draft(store: Store, prefix: str) -> bool:
    """Whether a request was composed for a mention, and not said to be sent."""
    return kept_draft(store, find_mention(store, prefix).id) is not None


def sent(  # noqa: PLR0913, PLR0917 - who sent what, where, when, until when
    store: Store,
    prefix: str,
    url: str | None,
    by: str,
    now: dt.datetime,
    due_at: dt.datetime | None = None,
    *,
    text: str | None = None,
    permissions: Permissions | None = None,
) -> Standing:
    """
    Record that the draft of a mention was sent, and where it can be seen.

    ``url``: ``None`` for what nobody can open, such as an e-mail, and where only an answer through
    its link shows that it was sent. ``due_at``: until when an answer is waited for; ``None``: as
    `due_after` says. ``text``: what was sent, where that is not the draft, word for word.
    """
    permissions = permissions or Permissions(store)
    stored = find_mention(store, prefix, permissions)
    note = note_of_draft(store, stored.id)
    if note is None:
        raise IllegalTransition("no request was composed for it: `sayso permissions compose`")
    made = read_draft(note.value)
    due_at = due_at or due_after(made, text or made.text, now)
    if made.terms_sha256 is not None:
        keep_used(store.notes, made.terms_sha256, now)
    standing = permissions.record(
        Event(
            step=Step.SEND,
            mention=stored.id,
            at=now,
            by=by,
            evidence=made.as_sent(url, text),
            token=made.token,
            content=made.content,
            due_at=due_at,
        )
    )
    drop_draft(store, stored.id, note)
    return standing


def due_after(made: Draft, text: str, sent_at: dt.datetime) -> dt.datetime:
    """
    Return until when an answer is waited for: 14 days after sending at least.

    A ``text`` that names the last day keeps to it, for so the author was told; `IllegalTransition`
    where that day was over before it was sent.
    """
    end = _end_of(made.respond_by)
    if not _names(text, made.respond_by):
        return max(end, sent_at + BEFORE_MEANS_NO)
    if sent_at > end:
        raise SentTooLate(
            f"its time to answer was over: the message says {made.respond_by}, and it was sent on "
            f"{sent_at:%Y-%m-%d}; compose it anew, and send that"
        )
    return end


def _names(text: str, day: dt.date) -> bool:
    """Whether a text names a day, in whatever language: its number and the year side by side."""
    parts = [rf"(?<!\d)0?{day.day}(?!\d)", rf"(?<!\d){day.year}(?!\d)"]
    ways = (f".{{0,{_WITHIN}}}".join(each) for each in (parts, parts[::-1]))
    plain = _ADDRESS.sub(" ", text)
    return any(re.search(way, plain, re.DOTALL) for way in ways)


def _link(
    mention: str, standing: Standing, made: Draft, composed: Composed, now: dt.datetime
) -> Link:
    if standing.asked is None or standing.asked.scope is None:
        raise IllegalTransition("a request needs a scope: channels, territories, dates")
    return Link(
        mention=mention,
        token=made.token,
        scope=standing.asked.scope,
        terms_version=made.terms_version,
        terms_sha256=made.terms_sha256,
        language=composed.language,
        way=composed.way,
        made_at=now,
        expires_at=_end_of(made.respond_by),
    )


def _check(mention: Mention, standing: Standing, at_hand: AtHand) -> None:
    if standing.permission is not Permission.QUEUED:
        raise IllegalTransition(
            f"it is {standing.permission.replace('_', ' ')}: only what is queued is asked for"
        )
    if blocking := standing.holds & FORBID_CONTACT:
        raise IllegalTransition(f"it is on hold ({', '.join(sorted(blocking))}): do not ask")
    if any(Effect.NO_CONTACT in signal.effects for signal in mention.rights_signals):
        raise IllegalTransition("its author asks not to be contacted")
    if at_hand.suppressions.covers(mention, Reach.CONTACT):
        raise IllegalTransition("its author is on the suppression list: nobody contacts them")


def _end_of(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(23, 59, 59), tzinfo=dt.UTC)


def _particulars(
    mention: Mention, standing: Standing, asking: Asking, token: str, respond_by: dt.date
) -> Particulars:
    return Particulars(
        brand=asking.brand,
        url=asking.terms_url,
        handle=mention.author.name if mention.author else None,
        person=asking.person,
        post_url=mention.url,
        scope=standing.asked.scope if standing.asked else None,
        respond_by=respond_by,
        token=token,
        brand_handle=f"@{asking.brand_handle}",
        terms_version=asking.terms_version,
        privacy_url=asking.privacy_url,
    )


def _situation(mention: Mention, asking: Asking) -> Situation:
    ours = asking.brand_handle.lower()
    return Situation(
        platform=mention.source,
        language=mention.language,
        # On Mastodon handles have a host behind them.
        they_mentioned=any(ours in {each, each.partition("@")[0]} for each in mention.handles),
    )
