"""
What one message is filled with, as plain text that cannot pass for a line or a link of ours.

Handles and names come from strangers: a line break, a character that turns the direction of
reading, or an address in one of them would let its owner write part of our message.
"""

import dataclasses
import datetime as dt
import re
import unicodedata
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from search.errors import SaysoError
from search.permissions.scope import Scope
from search.permissions.wording.phrases import Phrases
from search.permissions.wording.platforms import Platform, known_platforms

LONGEST_NAME: Final = 200
"""Characters of a name or handle; a longer one is refused, never cut."""

LONGEST_ADDRESS: Final = 2_000

SHORTENERS: Final = frozenset(
    """
    bit.ly buff.ly cutt.ly goo.gl is.gd lnkd.in ow.ly rb.gy rebrand.ly s.id short.io shorturl.at
    t.co t.ly tiny.cc tinyurl.com trib.al v.gd
    """.split()  # noqa: SIM905 - one list of words
)
"""Hosts that hide where a link leads."""

_HERE: Final = frozenset({"localhost", "127.0.0.1"})
"""Where the page may be tried without HTTPS; nobody else can open it there."""

_TRACKING: Final = re.compile(r"utm_\w*|fbclid|gclid|dclid|msclkid|mc_[ce]id|igshid|twclid|ttclid")
_INVISIBLE: Final = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\uffa0]")
_JOINER: Final = "\u200d"
_LINK: Final = re.compile(r"://|\bwww\.", re.IGNORECASE)


class BadParticulars(SaysoError):
    """A value that a message must not carry; the message names it and what is allowed."""


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Particulars:
    """What is known of one message; a template that names what is ``None`` is refused."""

    brand: str
    """Who asks."""

    url: str
    """The page with everything, and yes and no: the brand's own, on HTTPS, without tracking."""

    handle: str | None = None
    """The author's; ``None`` where the source shows none, such as a hashtag search."""

    person: str | None = None
    """Who at the brand asks."""

    post_url: str | None = None
    scope: Scope | None = None
    """What is asked for; a request needs it."""

    respond_by: dt.date | None = None
    """The day after which silence means no."""

    token: str | None = None
    """The word that says yes, from `new_request_token`."""

    brand_handle: str | None = None
    """The brand's account on that platform."""

    terms_version: str | None = None
    privacy_url: str | None = None


def values_of(given: Particulars, phrases: Phrases, platform: Platform) -> dict[str, str | None]:
    """Write every value as it stands in a message; raises `BadParticulars`."""
    names = ("brand", "person", "token", "brand_handle", "terms_version")
    values = {name: plain_name(name, getattr(given, name)) for name in names}
    values["handle"] = _handle(given.handle, platform)
    values["url"] = own_address("url", given.url)
    if given.privacy_url is not None:
        values["privacy_url"] = own_address("privacy_url", given.privacy_url)
    if given.post_url is not None:
        values["post_url"] = _address("post_url", given.post_url)
    if given.scope is not None:
        titles = {name: each.title for name, each in known_platforms().items()}
        values["channels"] = phrases.say_channels(given.scope.channels, titles)
        values["months"] = str(months_of(given.scope))
    if given.respond_by is not None:
        values["date"] = phrases.say_date(given.respond_by)
    return values


def months_of(scope: Scope) -> int:
    """
    Count the months a scope lasts, rounded up: never fewer than are then used.

    To the same day of another month is whole months, as people say it.
    """
    start, end = scope.valid_from, scope.valid_until
    months = (end.year - start.year) * 12 + end.month - start.month
    return max(1, months + (end.day > start.day))


def plain(text: str) -> str:
    """
    Make one line of a text: no control, no change of direction, nothing invisible.

    The joiner of emoji stays where it joins something; a lone half of a character goes.
    """
    spaced = "".join(_one_sign(sign) for sign in _INVISIBLE.sub("", text))
    line = " ".join(spaced.split())
    return re.sub(r"(?<![^\s\u200d])\u200d+|\u200d+(?=\s|$)", "", line).strip()


def own_address(name: str, address: str) -> str:
    """Check a link of the brand's own; raises `BadParticulars` for what hides or follows."""
    _address(name, address)
    parts = urlsplit(address)
    host = (parts.hostname or "").removeprefix("www.")
    if parts.scheme != "https" and not (name == "url" and host in _HERE):
        raise BadParticulars(f"{name} {address[:80]!r}: allowed: https:// only")
    if host in SHORTENERS:
        raise BadParticulars(f"{name} {address[:80]!r}: {host} hides where a link leads")
    for key, _ in parse_qsl(f"{parts.query}&{parts.fragment}", keep_blank_values=True):
        if _TRACKING.fullmatch(key.lower()):
            raise BadParticulars(f"{name} {address[:80]!r}: {key} follows people; leave it out")
    return address


def _one_sign(sign: str) -> str:
    category = unicodedata.category(sign)
    if category in {"Cc", "Zs", "Zl", "Zp"}:
        return " "
    return "" if category in {"Cf", "Cs", "Co"} and sign != _JOINER else sign


def plain_name(name: str, value: str | None) -> str | None:
    """Clean a value; ``None`` stays, and what has nothing to show is refused."""
    if value is None:
        return None
    if len(value) > LONGEST_NAME:
        raise BadParticulars(f"{name}: {len(value)} characters; allowed: {LONGEST_NAME}")
    line = plain(value)
    if not line:
        raise BadParticulars(f"{name} {value!r}: there is nothing to read in it")
    if _LINK.search(line):
        raise BadParticulars(f"{name} {line[:80]!r}: an address may not stand here")
    return line


def _handle(handle: str | None, platform: Platform) -> str | None:
    line = plain_name("handle", handle)
    prefix = platform.handle_prefix
    if line is None or not prefix:
        return line
    if " " in line:
        raise BadParticulars(f"handle {line[:80]!r}: {platform.title} has none with spaces")
    return line if line.startswith(prefix) else f"{prefix}{line}"


def _address(name: str, address: str) -> str:
    shown = f"{name} {address[:80]!r}"
    if len(address) > LONGEST_ADDRESS:
        raise BadParticulars(f"{name}: {len(address)} characters; allowed: {LONGEST_ADDRESS}")
    if plain(address) != address or " " in address or _JOINER in address:
        raise BadParticulars(f"{shown}: spaces and invisible characters are not allowed")
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise BadParticulars(f"{shown}: {error}") from error
    if parts.scheme not in {"http", "https"} or not host or parts.username is not None:
        raise BadParticulars(f"{shown}: allowed: a whole https:// address")
    return address
