"""Scopes and uses as people type them: ``channels=website,instagram; months=12``."""

import dataclasses
import datetime as dt
import enum
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

from search.permissions.scope import (
    WORLD,
    AiUse,
    Attribution,
    BadScope,
    Channel,
    Modification,
    Remuneration,
    Scope,
    Sublicence,
    Use,
    check_channel,
    fold_context,
)
from search.spelling import closest

MONTHS: Final = 12
"""How long a permission lasts, if nothing is said (rights.md R1.14)."""

MOST_MONTHS: Final = 120
PLATFORMS: Final = (
    "instagram", "facebook", "threads", "x", "tiktok", "youtube", "mastodon", "bluesky",
    "linkedin", "pinterest", "reddit",
)  # fmt: skip
"""Names that stand for ``organic_social:NAME``."""

_Enum = TypeVar("_Enum", bound=enum.StrEnum)


def read_scope(text: str, today: dt.date, *, is_recorded: bool = False) -> Scope:
    """
    Read a scope that begins today; it lasts 12 months, in the world, if nothing is said.

    Nothing else is allowed but what is named: no paid ads, no changes, no use by learning
    programs. Names alone are channels: ``website,instagram``. `BadScope` names what is wrong, and
    what is allowed. ``is_recorded``: it was said long ago, perhaps under other limits.
    """
    if text.strip() and "=" not in text:
        text = f"channels={text}"
    given = _pairs(text, {*_SCOPE, "channels", "territories", "months", "until"})
    if "channels" not in given:
        raise BadScope(f"channels= is missing: {', '.join(Channel)}, or {', '.join(PLATFORMS)}")
    if "months" in given and "until" in given:
        raise BadScope("months and until say the same: give one of them")
    until = _day("until", given["until"]) if "until" in given else _end(today, given)
    if not is_recorded:
        _check_end(today, until)
    return Scope(
        channels=tuple(dict.fromkeys(_channel(each) for each in _list(given["channels"]))),
        territories=_list(given.get("territories", WORLD)),
        valid_from=today,
        valid_until=until,
        **{name: _SCOPE[name](name, value) for name, value in given.items() if name in _SCOPE},
    )


def read_use(text: str) -> Use:
    """Read one use; a name alone is its channel: ``website``, ``channel=tv; territory=SE``."""
    if "=" not in text:
        text = f"channel={text}"
    given = _pairs(text, {*_USE, "channel"})
    if "channel" not in given:
        raise BadScope(f"channel= is missing: {', '.join(Channel)}, or {', '.join(PLATFORMS)}")
    return Use(
        channel=_channel(given.pop("channel")),
        **{name: _USE[name](name, value) for name, value in given.items()},
    )


def write_scope(scope: Scope) -> str:
    """Write a scope as `read_scope` reads it, with the day it ends."""
    said = {
        "channels": ",".join(scope.channels),
        "territories": ",".join(scope.territories),
        "until": scope.valid_until.isoformat(),
    }
    for member in dataclasses.fields(Scope):
        value = getattr(scope, member.name)
        if member.name in _SCOPE and value != member.default:
            said[member.name] = _written(value)
    return "; ".join(f"{name}={value}" for name, value in said.items())


def write_use(use: Use) -> str:
    """Write a use as `read_use` reads it."""
    said = {"channel": use.channel, "territory": use.territory}
    for member in dataclasses.fields(Use):
        value = getattr(use, member.name)
        if member.name not in said and value != member.default:
            said[member.name] = _written(value)
    return "; ".join(f"{name}={value}" for name, value in said.items())


def _written(value: Any) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case tuple():
            return ",".join(value)
        case _:
            return str(value)


def _pairs(text: str, allowed: set[str]) -> dict[str, str]:
    given: dict[str, str] = {}
    for part in filter(None, (each.strip() for each in text.split(";"))):
        name, equals, value = (each.strip() for each in part.partition("="))
        name = name.lower().replace("-", "_")
        if not equals or not value:
            raise BadScope(f"{part!r}: a key, = and a value are needed, such as months=12")
        if name not in allowed:
            guess = closest(name, allowed)
            raise BadScope(f"{name!r} is no key{guess}; allowed: {', '.join(sorted(allowed))}")
        if name in given:
            raise BadScope(f"{name} stands twice")
        given[name] = value
    return given


def _list(value: str) -> tuple[str, ...]:
    return tuple(filter(None, (each.strip() for each in value.split(","))))


def _channel(name: str) -> str:
    name = name.strip().lower()
    channel = f"{Channel.ORGANIC_SOCIAL}:{name}" if name in PLATFORMS else name
    check_channel(channel)
    return channel


def _end(today: dt.date, given: Mapping[str, str]) -> dt.date:
    text = given.get("months", str(MONTHS))
    if not text.isdecimal() or len(text) > 4 or not 1 <= int(text) <= MOST_MONTHS:
        raise BadScope(f"months {text!r}: allowed: 1 to {MOST_MONTHS}")
    return _after(today, int(text))


def _check_end(today: dt.date, until: dt.date) -> None:
    """Refuse what lasts as good as for ever, however it was written."""
    if until > (latest := _after(today, MOST_MONTHS)):
        raise BadScope(
            f"until {until}: allowed: {today} to {latest}, which is {MOST_MONTHS} months; "
            "nothing lasts for ever"
        )


def _after(today: dt.date, months: int) -> dt.date:
    month = today.month - 1 + months
    year, month = today.year + month // 12, month % 12 + 1
    last = (dt.date(year + month // 12, month % 12 + 1, 1) - dt.timedelta(days=1)).day
    return dt.date(year, month, min(today.day, last))


def _day(name: str, value: str) -> dt.date:
    try:
        return dt.date.fromisoformat(value)
    except ValueError:
        raise BadScope(f"{name} {value!r} is no day such as 2027-11-28") from None


def _yes(name: str, value: str) -> bool:
    if value.lower() not in {"yes", "no"}:
        raise BadScope(f"{name} {value!r}: allowed: yes, no")
    return value.lower() == "yes"


def _number(name: str, value: str) -> int:
    if not value.isdecimal() or len(value) > 4:
        raise BadScope(f"{name} {value!r} is no number of days")
    return int(value)


def _one_of(allowed: type[_Enum]) -> Callable[[str, str], _Enum]:
    def read(name: str, value: str) -> _Enum:
        try:
            return allowed(value.lower())
        except ValueError:
            raise BadScope(f"{name} {value!r}: allowed: {', '.join(allowed)}") from None

    return read


_SCOPE: Final[Mapping[str, Callable[[str, str], Any]]] = {
    "paid_ads": _yes,
    "modification": _one_of(Modification),
    "ai_use": _one_of(AiUse),
    "sublicence": _one_of(Sublicence),
    "exclusivity": _yes,
    "attribution": _one_of(Attribution),
    "credit_line": lambda _, value: value,
    "remuneration": _one_of(Remuneration),
    "excluded_contexts": lambda _, value: tuple(dict.fromkeys(map(fold_context, _list(value)))),
    "takedown_days": _number,
}
_USE: Final[Mapping[str, Callable[[str, str], Any]]] = {
    "territory": lambda _, value: value.upper(),
    "paid_ads": _yes,
    "modification": _one_of(Modification),
    "ai_use": _one_of(AiUse),
    "by": _one_of(Sublicence),
    "context": lambda _, value: fold_context(value),
}
