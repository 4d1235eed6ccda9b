"""
What lists of requests cost: ``python -m benchmarks.lists 10000``.

Exports a batch of that many requests, composing each, as xlsx, csv and ndjson; the baseline is
`sayso export mentions` of the same mentions in the same format. Then imports the list with every
row filled in as a yes; the baseline is recording the same steps without a list.
"""

import datetime as dt
import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import psutil

from benchmarks.permissions import NOW, PROOF, SCOPE, SENT
from search.config import Config
from search.config_tables import Asking
from search.export import Format, export_mentions
from search.mention import Author, Mention
from search.permissions.batches import keep_batch
from search.permissions.events import Event, Step
from search.permissions.keeping import Permissions
from search.permissions.lists.exporting import export_requests
from search.permissions.lists.importing import Report, import_outcomes
from search.stores.base import Store
from search.stores.opening import open_store

CONFIG = Config(
    asking=Asking(
        brand="Storm", brand_handle="storm", person="Ida", terms_version="2026-01",
        terms_url="https://storm.example/terms", privacy_url="https://storm.example/privacy",
    )
)  # fmt: skip
FORMATS = (Format.XLSX, Format.CSV, Format.NDJSON)


def main() -> None:
    """Measure and print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with open_store(str(folder / "mentions.db"), create=True) as store:
            queue(store, count)
            for form in FORMATS:
                export(store, folder, form, count)
            for form in FORMATS:
                fill_in(folder / f"requests.{form}", form)
            take_in(store, folder, count)


def queue(store: Store, count: int) -> None:
    """Keep posts, queue a request for each, and make a batch of them."""
    posts = [post(number) for number in range(count)]
    queue_all(store, posts)
    keep_batch(
        store, made_at=NOW, by="Ida", query="storm", scope=SCOPE,
        mentions=[each.id for each in posts], skipped={},
    )  # fmt: skip


def queue_all(store: Store, posts: list[Mention]) -> Permissions:
    """Keep posts, and queue a request for each."""
    for start in range(0, len(posts), 1_000):
        store.put(posts[start : start + 1_000])
    permissions = Permissions(store)
    for each in posts:
        permissions.record(Event(step=Step.QUEUE, mention=each.id, at=NOW, by="Ida", scope=SCOPE))
    return permissions


def post(number: int) -> Mention:
    """Make one mention."""
    url = f"https://social.example/@ann{number}/{number}"
    author = Author(name=f"ann{number}", id=f"did:{number}", url=url)
    text = f"Storm {number}: what a coffee, and what a place to drink it. " * 4
    return Mention(
        source="mastodon", source_id=str(number), url=url, text=text, author=author,
        language="en",
    )  # fmt: skip


def export(store: Store, folder: Path, form: Format, count: int) -> None:
    """Write both, the second time with all messages composed before."""
    found = list(store.fetch([post(number).id for number in range(count)]).values())
    base = timed(
        f"mentions as {form}", count,
        lambda: export_mentions(found, folder / f"mentions.{form}", form),
    )  # fmt: skip
    path = folder / f"requests.{form}"
    ours = timed(
        f"requests as {form}", count,
        lambda: export_requests(store, CONFIG, 1, path, form, by="Ida", now=NOW),
    )  # fmt: skip
    print(f"ratio {base / ours:.2f}; {path.stat().st_size / 1e6:.1f} MB", flush=True)


def fill_in(path: Path, form: Format) -> None:
    """Answer every row of a list, as people would."""
    if form is Format.XLSX:
        fill_in_book(path)
    elif form is Format.NDJSON:
        rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        lines = (json.dumps({**row, **answers(row["number"])}) for row in rows)
        path.write_text("\n".join(lines), "utf-8")


def fill_in_book(path: Path) -> None:
    """Answer every row of a workbook."""
    book = openpyxl.load_workbook(path)
    sheet = book["requests"]
    places = {cell.value: cell.column for cell in sheet[1]}
    for row in range(2, sheet.max_row + 1):
        for name, value in answers(row - 1).items():
            sheet.cell(row, places[name]).value = value
    book.save(path)


def answers(number: int) -> dict[str, Any]:
    """Say yes."""
    return {
        "outcome": "yes", "date": "2026-11-28", "checked_by": "Ida", "reply_text": "Yes, please!",
        "message_link": f"https://social.example/@storm/{number}",
        "reply_link": f"https://social.example/@ann/r{number}",
    }  # fmt: skip


def take_in(store: Store, folder: Path, count: int) -> None:
    """Import the list twice; then record the same two steps of other mentions without one."""
    import_one(store, folder / "requests.xlsx", count, dry_run=True)
    ours = import_one(store, folder / "requests.xlsx", count)
    import_one(store, folder / "requests.ndjson", count)
    others = [post(count + number) for number in range(count)]
    permissions = queue_all(store, others)
    base = timed("send, grant without a list", count,
                 lambda: [answer(permissions, each.id) for each in others])  # fmt: skip
    print(f"ratio {base / ours:.2f}")


def import_one(store: Store, path: Path, count: int, *, dry_run: bool = False) -> float:
    """Import one file a day later, and print what came of it."""
    reports: list[Report] = []
    later = NOW + dt.timedelta(days=1)
    seconds = timed(
        f"import of {path.suffix}{', dry' if dry_run else ''}", count,
        lambda: reports.append(
            import_outcomes(store, CONFIG, path, by="Ida", now=later, dry_run=dry_run)
        ),
    )  # fmt: skip
    print(reports[0].counts)
    return seconds


def answer(permissions: Permissions, mention: str) -> None:
    """Record the two steps from queued to granted."""
    for step, evidence in ((Step.SEND, SENT), (Step.GRANT, PROOF)):
        permissions.record(Event(step=step, mention=mention, at=NOW, by="Ida", evidence=evidence))


def timed(what: str, count: int, do: Callable[[], object]) -> float:
    """Print how many a second, of which how much was not waiting, and memory; return seconds."""
    started, worked = time.perf_counter(), time.process_time()
    do()
    seconds, busy = time.perf_counter() - started, time.process_time() - worked
    memory = psutil.Process().memory_info().rss / 1e6
    print(f"{what}: {count / seconds:,.0f}/s ({seconds:.1f} s, {busy:.1f} of processor), "
          f"{memory:,.0f} MB", flush=True)  # fmt: skip
    return seconds


if __name__ == "__main__":
    main()
