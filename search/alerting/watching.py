"""What all kinds of alerts are asked, and what they answer."""

import dataclasses
import datetime as dt
from typing import Any

from search.alert_settings import Alert
from search.alerting.memory import Memory
from search.alerting.wording import Event, cut, make_plain
from search.config import Config
from search.errors import StoreBusy
from search.parsing import parse
from search.query import And, Everything, Or, Query, Range, Term
from search.stores.base import Page, Store
from search.words import fold_value

_LONGEST_QUERY = 80


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Watch:
    """One alert to look at, at one moment."""

    alert: Alert
    query: Query
    """What a mention must match."""

    subject: str
    """How people call that."""

    identity: str
    """Changes with anything that makes it another watch."""

    store: Store
    now: dt.datetime

    def search(self, query: Query, **asked: Any) -> Page:
        """Search all mentions; an answer in part, on which no alert may rest, is `StoreBusy`."""
        page = self.store.search(query, **asked)
        if page.incomplete:
            raise StoreBusy("alerts", page.incomplete)
        return page


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """What one look at an alert came to."""

    memory: Memory
    events: tuple[Event, ...] = ()


def watch(alert: Alert, config: Config, store: Store, now: dt.datetime) -> Watch:
    """Find out what an alert watches; ``since:7d`` in its query counts from now."""
    query: Query = Everything()
    subject, text = alert.name, ""
    if alert.brand is not None:
        subject = alert.brand
        (text,) = (brand.query for brand in config.brands if brand.name == alert.brand)
        # Some sources know the brand of a mention although its text does not name it.
        query = Or((parse(text, now=now), Term("brands", fold_value(alert.brand))))
    elif alert.query is not None:
        subject = text = alert.query
        query = parse(text, now=now)
    return Watch(
        alert=alert,
        query=query,
        subject=cut(make_plain(subject), _LONGEST_QUERY),
        identity=f"{alert.identity} {text}",
        store=store,
        now=now,
    )


def between(query: Query, path: str, low: dt.datetime, high: dt.datetime | None = None) -> Query:
    """Narrow a query to an instant and what follows, up to but without another one."""
    return And((query, Range(path, low, high, with_high=False)))
