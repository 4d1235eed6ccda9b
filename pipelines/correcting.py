"""
What a person says of a mention, which stays whatever a crawl or a model says later.

It is kept in place of what was found out, with ``person`` as the method; `sayso train` learns from
it. Taking it back leaves the tag as it is until it is found out anew.
"""

import dataclasses
from enum import StrEnum
from typing import Final, TypeVar

import click

from search.errors import SaysoError
from search.mention import Feeling, Intent, Mention, Purpose, Sentiment
from search.stores.base import Store
from search.tags import PERSON

WITHDRAWN: Final = f"{PERSON}-withdrawn"
_Enum = TypeVar("_Enum", bound=StrEnum)
_VALUES: Final = {Feeling.POSITIVE: 1.0, Feeling.NEUTRAL: 0.0, Feeling.NEGATIVE: -1.0}


def correct(
    store: Store, prefix: str, *, sentiment: Feeling | None = None, intent: Purpose | None = None
) -> Mention:
    """Say how a mention's author feels or what it is written for; return it as it is now."""
    mention = store.get(prefix).mention
    if sentiment is not None:
        before = mention.sentiment
        said = Sentiment(
            label=sentiment,
            value=_VALUES[sentiment],
            method=PERSON,
            text_value=None if before is None else before.text_value,
            text_method=None if before is None else before.text_method,
        )
        mention = dataclasses.replace(mention, sentiment=said)
    if intent is not None:
        mention = dataclasses.replace(mention, intent=Intent(label=intent, method=PERSON))
    store.put([mention])
    return store.get(mention.id).mention


def take_back(store: Store, prefix: str) -> Mention:
    """Take back what a person said of one mention, so that it can be found out anew."""
    mention = store.get(prefix).mention
    if mention.sentiment is not None and mention.sentiment.method == PERSON:
        sentiment = dataclasses.replace(mention.sentiment, method=WITHDRAWN)
        mention = dataclasses.replace(mention, sentiment=sentiment)
    if mention.intent is not None and mention.intent.method == PERSON:
        intent = dataclasses.replace(mention.intent, method=WITHDRAWN)
        mention = dataclasses.replace(mention, intent=intent)
    store.put([mention])
    return store.get(mention.id).mention


class BadCorrection(SaysoError):
    """What a person said cannot be kept; the message says why, and what is allowed."""


def correct_and_report(
    store: Store, prefix: str, *, sentiment: str | None, intent: str | None, withdraw: bool
) -> None:
    """Carry out `sayso correct`."""
    if withdraw == (sentiment is not None or intent is not None):
        raise BadCorrection("say what it is: --sentiment, --intent, or --withdraw alone")
    if withdraw:
        mention = take_back(store, prefix)
        click.echo(f"{mention.id}: taken back; `sayso retag` finds it out anew")
        return
    feeling = None if sentiment is None else _choice("--sentiment", sentiment, Feeling)
    purpose = None if intent is None else _choice("--intent", intent, Purpose)
    mention = correct(store, prefix, sentiment=feeling, intent=purpose)
    click.echo(f"{mention.id}: {', '.join(filter(None, (feeling, purpose)))}, as you say")


def _choice(option: str, value: str, allowed: type[_Enum]) -> _Enum:
    try:
        return allowed(value.strip().lower())
    except ValueError:
        raise BadCorrection(f"{option} {value!r}: allowed: {', '.join(allowed)}") from None
