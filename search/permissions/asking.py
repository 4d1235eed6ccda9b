"""
The message that asks one author, composed for somebody to send, and kept until that was done.

A draft holds the word that means yes to this request and to no other; composing again gives the
same word. What was sent is kept in the ledger, word for word, when a person says that it was.
"""

import dataclasses
import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from search.config import Config
from search.config_tables import Asking
from search.errors import ConfigError
from search.mention import Mention
from search.permissions.events import Event, Evidence, Step
from search.permissions.keeping import Permissions
from search.permissions.replying.asked import fingerprint
from search.permissions.standing import BEFORE_MEANS_NO, IllegalTransition, Standing
from search.permissions.wording.composing import Composed, Situation, compose
from search.permissions.wording.particulars import Particulars
from search.permissions.wording.shelf import Shelf, read_shelf, shipped
from search.permissions.wording.tokens import new_request_token
from search.stores.base import Store
from search.vocabulary import Effect, Permission

_PREFIX: Final = "drafts/"


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """One composed request that nobody has said to have sent yet."""

    token: str
    """The word that means yes."""

    text: str
    terms_version: str
    respond_by: dt.date
    content: str
    """The fingerprint of the content that is asked for."""


def asking_of(config: Config) -> Asking:
    """Return who asks, or raise `ConfigError`."""
    if config.asking is None:
        raise ConfigError("who asks is not said: add an [asking] table to sayso.toml")
    return config.asking


def draft(  # noqa: PLR0913 - the last two are only for who composes many
    store: Store,
    config: Config,
    prefix: str,
    now: dt.datetime,
    *,
    permissions: Permissions | None = None,
    shelf: Shelf | None = None,
) -> tuple[Draft, Composed]:
    """
    Compose the request for a queued mention, and keep it until it was sent.

    Who composes many hands in what was read once: ``permissions``, and the ``shelf`` of templates.
    Raises `IllegalTransition` when the mention is not queued, or its author asks to be left
    alone; `ContactRefused` and `TooLong` as composing does.
    """
    asking = asking_of(config)
    stored = store.get(prefix)
    standing = (permissions or Permissions(store)).standing(stored.id)
    _check(stored.mention, standing)
    kept = store.notes.read(_PREFIX + stored.id)
    token = kept.value["token"] if kept else new_request_token(asking.brand)
    respond_by = (now + BEFORE_MEANS_NO).date()
    particulars = _particulars(stored.mention, standing, asking, token, respond_by)
    composed = compose(
        particulars, _situation(stored.mention, asking), shelf=shelf or shelf_of(config)
    )
    made = Draft(
        token=token,
        text=composed.text,
        terms_version=asking.terms_version,
        respond_by=respond_by,
        content=fingerprint(stored.mention),
    )
    plain = _to_plain(made)
    if kept is None or kept.value != plain:
        # Who was faster has the same token: nothing is lost.
        store.notes.write(_PREFIX + stored.id, plain, kept.version if kept else None)
    return made, composed


def kept_draft(store: Store, mention: str) -> Draft | None:
    """Return the draft of a mention, by its whole id; ``None`` when none waits to be sent."""
    note = store.notes.read(_PREFIX + mention)
    return None if note is None else _from_plain(note.value)


def has_draft(store: Store, prefix: str) -> bool:
    """Whether a request was composed for a mention, and not said to be sent."""
    return store.notes.read(_PREFIX + store.get(prefix).id) is not None


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

    ``url``: ``None`` for what nobody can open, such as an e-mail. ``due_at``: until when an answer
    is waited for; ``None``: as the draft says. ``text``: what was sent, where that is not the
    draft, word for word.
    """
    stored = store.get(prefix)
    key = _PREFIX + stored.id
    note = store.notes.read(key)
    if note is None:
        raise IllegalTransition("no request was composed for it: `sayso permissions compose`")
    made = _from_plain(note.value)
    last = dt.datetime.combine(made.respond_by, dt.time(23, 59, 59), tzinfo=dt.UTC)
    standing = (permissions or Permissions(store)).record(
        Event(
            step=Step.SEND,
            mention=stored.id,
            at=now,
            by=by,
            evidence=Evidence(text=text or made.text, url=url, terms_version=made.terms_version),
            token=made.token,
            content=made.content,
            due_at=due_at or last,
        )
    )
    store.notes.delete(key, note.version)
    return standing


def _check(mention: Mention, standing: Standing) -> None:
    if standing.permission is not Permission.QUEUED:
        raise IllegalTransition(
            f"it is {standing.permission.replace('_', ' ')}: only what is queued is asked for"
        )
    if any(Effect.NO_CONTACT in signal.effects for signal in mention.rights_signals):
        raise IllegalTransition("its author asks not to be contacted")


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


def shelf_of(config: Config) -> Shelf:
    """Read the templates that the configuration names, or those of Sayso."""
    folder = config.asking.templates if config.asking else None
    return shipped() if folder is None else read_shelf(config.folder / Path(folder))


def _to_plain(made: Draft) -> dict[str, Any]:
    return {**dataclasses.asdict(made), "respond_by": made.respond_by.isoformat()}


def _from_plain(value: Mapping[str, Any]) -> Draft:
    return Draft(**{**value, "respond_by": dt.date.fromisoformat(value["respond_by"])})
