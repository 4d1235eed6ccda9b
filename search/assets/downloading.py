"""
Which files may be fetched: what the basis allows, what the platform forbids, what a file says.

The rules on platforms stand in `downloading.toml` (rights.md §3). A creator's own upload is no
download, so they do not concern it.
"""

import datetime as dt
import functools
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from search.mention import Media
from search.permissions.lists.granted_item import GrantedItem
from search.permissions.wording.platforms import LONGEST_UNCHECKED, Checked
from search.tags import Licence, RightsSignal
from search.vocabulary import Basis, Effect, MediaKind

_RULES: Final = Path(__file__).with_name("downloading.toml")
_FREE: Final = ("CC0-", "LicenseRef-PDM-", "LicenseRef-USGov")
_OPEN: Final = frozenset({Basis.OPEN_LICENCE, Basis.PUBLIC_DOMAIN})
"""Bases that nobody agreed on with us: what the source asks of programs holds beside them."""

_WITHOUT_FILES: Final = {
    Basis.NONE: "nothing allows its use",
    Basis.PLATFORM_EMBED: "it may be shown through the platform only, never as a file",
}


class Forbidden(Checked):
    """A platform whose files no program may download."""

    title: str
    sources: tuple[str, ...]
    hosts: tuple[str, ...]
    reason: str


@functools.cache
def forbidden_platforms() -> Mapping[str, Forbidden]:
    """Read the rules that come with Sayso, by the platform's name."""
    tables = tomllib.loads(_RULES.read_text("utf-8"))
    return {name: Forbidden.model_validate(table) for name, table in tables.items()}


def refuse_item(item: GrantedItem, today: dt.date) -> str | None:
    """Say why there may be no file of an item at all, uploads included; ``None``: there may."""
    if item.expires is not None and item.expires < today:
        return f"the permission ended on {item.expires}"
    return _WITHOUT_FILES.get(item.basis)


def refuse_download(item: GrantedItem, media: Media) -> str | None:
    """Say why a file may not be downloaded; ``None`` when it may."""
    mention = item.stored.mention
    return (
        refuse_platform(mention.source, mention.url, media.url)
        or refuse_signals(item, mention.rights_signals, media.kind)
        or refuse_licence(item, media.licence)
    )


def refuse_platform(source: str | None, *addresses: str) -> str | None:
    """Say which platform forbids it, by the source's name and the hosts of addresses."""
    names = {name for address in addresses for name in _domains(address)}
    for rule in forbidden_platforms().values():
        if source in rule.sources or not names.isdisjoint(rule.hosts):
            return f"{rule.title}: {rule.reason}; only its author can hand in the file"
    return None


def refuse_signals(
    item: GrantedItem, signals: Iterable[RightsSignal], kind: MediaKind | None = None
) -> str | None:
    """
    Say what the source asks for that forbids a copy; ``None``: nothing, or nothing that counts.

    A grant, a contract and what is owned outweigh signals made for programs (rights.md R2.2).
    """
    if item.basis not in _OPEN:
        return None
    forbidding = {Effect.NO_ARCHIVE, *([Effect.NO_IMAGES] if kind is MediaKind.IMAGE else [])}
    for one in signals:
        if not forbidding.isdisjoint(one.effects):
            return f"the source allows no copy: {one.raw} ({one.found_in})"
    return None


def refuse_licence(item: GrantedItem, stated: Licence | None) -> str | None:
    """Say that a file states another licence than the one it would be used under."""
    if item.basis not in _OPEN or stated is None or stated.id == item.licence:
        return None
    if item.basis is Basis.PUBLIC_DOMAIN and (stated.id or "").startswith(_FREE):
        return None
    known = stated.id or "a licence that is not known"
    return f"the file itself states {known} ({stated.found_in}: {stated.raw})"


def unchecked(today: dt.date) -> list[str]:
    """Name the rules that nobody looked up for more than a year."""
    rules = forbidden_platforms().items()
    return [name for name, rule in rules if today - rule.checked_at > LONGEST_UNCHECKED]


def _domains(address: str) -> Iterator[str]:
    """Yield a host and every domain that it lies in."""
    try:
        host = (urlsplit(address).hostname or "").rstrip(".")
    except ValueError:
        return
    while host:
        yield host
        host = host.partition(".")[2]
