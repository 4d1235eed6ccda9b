"""The ``[[alerts]]`` tables of `sayso.toml`: what to watch, when to speak up, and where."""

import collections
import datetime as dt
import enum
import json
import re
from collections.abc import Collection, Sequence

import pydantic

from search.errors import QueryError
from search.parsing import parse
from search.rhythm import read_duration
from search.strict import Strict

LONGEST_NAME = 100
"""Characters of an alert's name."""

SHORTEST = dt.timedelta(minutes=1)
"""Alerts are looked at about once a minute."""

_CHANNEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,49}", re.ASCII)


class Trigger(enum.StrEnum):
    """What sets an alert off."""

    MENTION = "mention"
    THRESHOLD = "threshold"
    SPIKE = "spike"
    SOURCE = "source"
    PERMISSION = "permission"


class Alert(Strict):
    """One thing to be told about; which keys belong to which ``on`` is checked."""

    name: str = pydantic.Field(min_length=1, max_length=LONGEST_NAME)
    """Unique: what was sent is remembered under it."""

    on: Trigger
    """What sets it off."""

    brand: str | None = None
    """The name of a brand to watch; instead of ``query``."""

    query: str | None = pydantic.Field(default=None, min_length=1)
    """What a mention must match; instead of ``brand``."""

    count: pydantic.PositiveInt | None = None
    """Threshold: so many mentions, or more."""

    within: str | None = None
    """Threshold: found in so long a time, such as ``1h``."""

    deviations: float = pydantic.Field(default=3.0, gt=0, allow_inf_nan=False)
    """Spike: so many standard deviations above the mean of the 7 days before."""

    at_least: pydantic.PositiveInt = 10
    """Spike: fewer mentions in 24 hours are none, however unusual."""

    sources: tuple[str, ...] = ()
    """Source: names of those to watch; empty: all."""

    channels: tuple[str, ...]
    """Where to send it: for ``team`` the environment variable ``SAYSO_CHANNEL_TEAM`` says."""

    digest: str | None = None
    """Collect and send once in so long a time, such as ``1d``; ``None``: at once."""

    @pydantic.field_validator("query")
    @classmethod
    def _must_parse(cls, text: str | None) -> str | None:
        if text is not None:
            try:
                parse(text)
            except QueryError as error:
                raise ValueError(f"{error}\n{error.pointer}".rstrip()) from error
        return text

    @pydantic.field_validator("within", "digest")
    @classmethod
    def _must_be_a_duration(cls, text: str | None) -> str | None:
        if text is not None and read_duration(text) < SHORTEST:
            raise ValueError(f"{text!r} is too short; allowed: at least 1m")
        return text

    @pydantic.field_validator("channels")
    @classmethod
    def _must_be_names(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        if not names:
            raise ValueError("name at least one channel")
        if not all(map(_CHANNEL.fullmatch, names)):  # an address, perhaps, with a secret in it
            raise ValueError(
                "a channel is a short name, such as 'team'; its address belongs into the "
                "environment (SAYSO_CHANNEL_TEAM)"
            )
        for name, times in collections.Counter(map(str.lower, names)).items():
            if times > 1:
                raise ValueError(f"the channel {name!r} stands twice")
        return names

    @pydantic.model_validator(mode="after")
    def _keys_must_belong(self) -> "Alert":
        for key, owner in _OWNERS.items():
            if key in self.model_fields_set and owner is not self.on:
                raise ValueError(
                    f"{key} = {getattr(self, key)!r} does not belong to on = {str(self.on)!r}, "
                    f"only to on = {str(owner)!r}"
                )
        self._check_subject()
        if self.on is Trigger.THRESHOLD and (self.count is None or self.within is None):
            raise ValueError("on = 'threshold' needs count and within")
        return self

    def _check_subject(self) -> None:
        given = [key for key in ("brand", "query") if getattr(self, key) is not None]
        if self.on in _WITHOUT_SUBJECT and given:
            watched = _WITHOUT_SUBJECT[self.on]
            raise ValueError(
                f"{given[0]} does not belong to on = {str(self.on)!r}: it watches {watched}"
            )
        if self.on not in _WITHOUT_SUBJECT and len(given) != 1:
            found = " and ".join(given) or "neither"
            raise ValueError(f"on = {str(self.on)!r} needs brand or query; found: {found}")

    @property
    def window(self) -> dt.timedelta:
        """``within``, where there is one; else nothing."""
        return read_duration(self.within) if self.within else dt.timedelta(0)

    @property
    def period(self) -> dt.timedelta | None:
        """``digest`` as a duration."""
        return read_duration(self.digest) if self.digest else None

    @property
    def identity(self) -> str:
        """What it watches, apart from where and how often it is sent: equal for the same watch."""
        kept = self.model_dump(mode="json", exclude={"name", "channels", "digest"})
        return json.dumps(kept, sort_keys=True)


_WITHOUT_SUBJECT = {Trigger.SOURCE: "sources", Trigger.PERMISSION: "all permissions"}
_OWNERS = {
    "count": Trigger.THRESHOLD,
    "within": Trigger.THRESHOLD,
    "deviations": Trigger.SPIKE,
    "at_least": Trigger.SPIKE,
    "sources": Trigger.SOURCE,
}


def check_agreement(alerts: Sequence[Alert], brands: Collection[str]) -> None:
    """Refuse, with `ValueError`, a name that stands twice and a brand that there is not."""
    for name, times in collections.Counter(alert.name for alert in alerts).items():
        if times > 1:
            raise ValueError(f"alerts: the name {name!r} stands twice")
    for alert in alerts:
        if alert.brand is not None and alert.brand not in brands:
            raise ValueError(
                f"alerts: {alert.name!r} names the brand {alert.brand!r}; allowed: {list(brands)}"
            )
