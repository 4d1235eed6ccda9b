"""Authors and what they wrote, for tests."""

import datetime as dt
from typing import Any

from search.mention import Author, Mention
from search.permissions.events import Event, Step
from search.permissions.keeping import Permissions
from search.stores.base import Store
from tests.permissions.inventing import event
from tests.stores.inventing import make_mention

NOW = dt.datetime(2026, 11, 28, 12, tzinfo=dt.UTC)
RARE = "zwischenmenschenfreund"
EVA = Author(
    name="eva@social.example",
    id="https://social.example/users/eva",
    url="https://social.example/@eva",
    display_name="Eva",
)
BO = Author(name="bo@social.example", id="https://social.example/users/bo")


def wrote(number: int, author: Author | None = EVA, **fields: Any) -> Mention:
    """Invent a post of somebody on Mastodon."""
    said = {"source": "mastodon", "author": author, "text": f"{RARE} number {number} coffee"}
    return make_mention(number, **said | fields)


def went_through(store: Store, mention: str, *steps: Step, **more: Any) -> None:
    """Record steps of a mention."""
    for step in steps:
        happened: Event = event(step, NOW, mention, **(more if step is steps[-1] else {}))
        Permissions(store).record(happened)
