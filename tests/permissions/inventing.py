"""Scopes, events and evidence for tests."""

import datetime as dt

from search.mention import Mention
from search.permissions.events import Event, Evidence, Step
from search.permissions.scope import Scope, Use

NOW = dt.datetime(2026, 11, 28, 12, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
ID = "0" * 32
PROOF = Evidence(
    text="Yes! #YesStorm-7F3K",
    url="https://social.example/@ann/2",
    terms_version="2026-01",
    author_id="did:ann",
    confirmed_by="Ida",
)
SCOPE = Scope(
    channels=("website", "organic_social:instagram"),
    territories=("SE", "NL"),
    valid_from=NOW.date(),
    valid_until=NOW.date() + 365 * DAY,
)
WEBSITE = Use(channel="website", territory="SE")


def event(step: Step, at: dt.datetime = NOW, mention: str = ID, **fields: object) -> Event:
    """Make an event with what it needs, unless something else is said."""
    needed: dict[Step, dict[str, object]] = {
        Step.QUEUE: {"scope": SCOPE},
        Step.SEND: {"evidence": Evidence(text="May we?", url="https://social.example/us/1")},
        Step.GRANT: {"evidence": PROOF},
        Step.RELEASE: {"reason": "looked at"},
    }
    given = {**needed.get(step, {}), **fields}
    return Event(step=step, mention=mention, at=at, by="Ida", **given)  # type: ignore[arg-type]  # a test's short form


GRANTED = (event(Step.QUEUE), event(Step.SEND), event(Step.GRANT))


def post(number: int = 1, **fields: object) -> Mention:
    """Make a post that says little."""
    whole = {"source": "mastodon", "source_id": str(number), "url": f"https://s.example/{number}",
             "text": f"Storm tastes good {number}"}  # fmt: skip
    return Mention(**{**whole, **fields})  # type: ignore[arg-type]  # a test's short form
