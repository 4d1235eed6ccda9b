"""
What the ledger of permissions costs: ``python -m benchmarks.permissions 100000 [STORE]``.

Records that many steps beside as many bare notes (the baseline), then verifies the chain, adds it
up anew as a new process would, and decides about 10,000 mentions.
"""

import datetime as dt
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from search.mention import Mention
from search.permissions.events import Event, Evidence, Step
from search.permissions.keeping import Permissions
from search.permissions.scope import Scope, Use
from search.stores.base import Store
from search.stores.opening import open_store

NOW = dt.datetime(2026, 11, 28, 12, tzinfo=dt.UTC)
SCOPE = Scope(
    channels=("website",), territories=("WORLD",), valid_from=NOW.date(),
    valid_until=dt.date(2027, 11, 28),
)  # fmt: skip
SENT = Evidence(text="May we show it?", url="https://social.example/us/1")
PROOF = Evidence(text="Yes! #YesStorm-7F3K", terms_version="2026-01", confirmed_by="Ida")
DECIDED = 10_000


def main() -> None:
    """Measure and print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory() as folder:
        location = sys.argv[2] if len(sys.argv) > 2 else str(Path(folder) / "mentions.db")
        with open_store(location) as store:
            measure(store, count)


def measure(store: Store, count: int) -> None:
    """Do it all on one store."""
    mentions = [post(n) for n in range(count // 3)]
    for start in range(0, len(mentions), 1_000):
        store.put(mentions[start : start + 1_000])
    base = timed("bare notes", count, lambda: [write(store, n) for n in range(count)])
    permissions = Permissions(store)
    ours = timed("steps", count, lambda: [grant(permissions, each.id) for each in mentions])
    print(f"ratio {base / ours:.2f}")
    timed("verified", count, lambda: list(permissions.ledger.verify()))
    timed("added up", count, lambda: Permissions(store).standings())
    some = list(store.fetch([each.id for each in mentions[:DECIDED]]).values())
    use = Use(channel="website")
    timed("decided", len(some), lambda: permissions.decide_all(some, use))


def post(number: int) -> Mention:
    """Make one mention."""
    url = f"https://social.example/{number}"
    return Mention(source="bench", source_id=str(number), url=url, text=f"Storm {number}")


def write(store: Store, number: int) -> None:
    """Write what a ledger entry takes, without a chain."""
    store.notes.write(f"bench/{number:012d}", {"text": "x" * 400}, None)


def grant(permissions: Permissions, mention: str) -> None:
    """Record the three steps to a grant."""
    for step, scope, evidence in (
        (Step.QUEUE, SCOPE, Evidence()), (Step.SEND, None, SENT), (Step.GRANT, None, PROOF),
    ):  # fmt: skip
        permissions.record(
            Event(step=step, mention=mention, at=NOW, by="Ida", scope=scope, evidence=evidence)
        )


def timed(what: str, count: int, do: Callable[[], object]) -> float:
    """Print how many a second, and return the seconds."""
    started = time.perf_counter()
    do()
    seconds = time.perf_counter() - started
    print(f"{what}: {count / seconds:,.0f}/s ({seconds:.1f} s)", flush=True)
    return seconds


if __name__ == "__main__":
    main()
