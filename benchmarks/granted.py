"""
What an export of granted rows costs: ``python -m benchmarks.granted 10000``.

Beside it, in the same process, `export mentions` of the same rows with as many columns (the
baseline): the difference is to verify the ledger, to add it up, to decide, and credit lines.
"""

import datetime as dt
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.permissions import grant
from search.export import Format, export_mentions
from search.mention import Author, Mention
from search.parsing import parse
from search.permissions.keeping import Permissions
from search.permissions.lists.granted_export import FORMATS, Asked, export_granted
from search.permissions.scope import Use
from search.stores.base import Store
from search.stores.embedded import EmbeddedStore

COLUMNS = (
    "id", "url", "source", "kind", "author.name", "author.url", "title", "text", "media.url",
    "licence.id", "licence.url", "permission", "basis", "holds", "granted_until_at", "language",
    "published_at", "harvested_at", "site", "brands", "subject.name",
)  # fmt: skip
"""As many as an export of granted rows has."""


def main() -> None:
    """Measure and print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory() as folder, EmbeddedStore(Path(folder) / "m.db") as store:
        fill(store, count)
        store.search(parse("*"))  # which builds the index, and is none of our business
        permissions = Permissions(store)
        timed("ledger verified", lambda: list(permissions.ledger.verify()))
        timed("ledger added up", permissions.catch_up)
        for form in FORMATS:
            measure(store, Path(folder), form, count)


def fill(store: Store, count: int) -> None:
    """Make that many mentions, each granted."""
    mentions = [post(number) for number in range(count)]
    for start in range(0, count, 1_000):
        store.put(mentions[start : start + 1_000])
    permissions = Permissions(store)
    for mention in mentions:
        grant(permissions, mention.id)


def post(number: int) -> Mention:
    """Make one mention, as long as a post is."""
    return Mention(
        source="bench",
        source_id=str(number),
        url=f"https://social.example/@anna/{number}",
        text=f"Storm is the best coffee in town, number {number}. " * 5,
        author=Author(name=f"anna{number}", url="https://social.example/@anna"),
        site="social.example",
    )


def measure(store: Store, folder: Path, form: Format, count: int) -> None:
    """Export the same rows in both ways."""
    asked = Asked(query="*", use=Use(channel="website"), by="bench")
    base = timed(
        f"{form}: mentions",
        lambda: export_mentions(
            store.iterate(parse("*")), folder / f"base.{form}", form, columns=COLUMNS
        ),
    )
    now = dt.datetime(2026, 12, 1, tzinfo=dt.UTC)
    ours = timed(
        f"{form}: granted",
        lambda: export_granted(store, asked, folder / f"ours.{form}", form, now=now),
    )
    print(f"{form}: {count:,} rows, ratio {ours / base:.2f}")


def timed(what: str, do: Callable[[], object]) -> float:
    """Print the seconds, and return them."""
    started = time.perf_counter()
    do()
    seconds = time.perf_counter() - started
    print(f"{what}: {seconds:.2f} s", flush=True)
    return seconds


if __name__ == "__main__":
    main()
