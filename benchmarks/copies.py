"""
What finding copies costs a batch of 200 mentions, on stores of several sizes.

The invented posts of `benchmarks/searching.py`, every tenth of them an earlier one with a sentence
more. Filling does not look for copies; the first batch after it does so for all that is kept.
Without sizes it measures texts alone: making their keys, comparing two, and how many candidates
are found of a text that shares so much with another.

    python -m benchmarks.copies [mentions …] [--store http://127.0.0.1:9200?prefix=benchmark]
"""

import argparse
import dataclasses
import datetime as dt
import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from benchmarks.searching import invent
from pipelines.copies.folding import mark_copies
from pipelines.copies.judging import is_copy
from search.likeness import Likeness
from search.mention import Mention
from search.parsing import parse
from search.stores.base import Store
from search.stores.embedded import EmbeddedStore
from search.stores.opening import open_store

BATCH, TURNS = 200, 30


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("mentions", type=int, nargs="*")
    parser.add_argument("--store")
    arguments = parser.parse_args()
    if not arguments.mentions:
        measure_texts()
        return
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(arguments.store or str(Path(folder) / "mentions.db"))
        with store:
            measure(store, sorted(arguments.mentions))


def measure(store: Store, sizes: list[int]) -> None:
    """Fill a store up to each size, and time batches there."""
    mentions = with_copies(invent(sizes[-1] + len(sizes) * BATCH * TURNS))
    kept = 0
    for size in sizes:
        while kept < size and (batch := list(islice(mentions, min(1_000, size - kept)))):
            store.put(batch)
            kept += len(batch)
        started = time.perf_counter()
        store.sharing([])
        followed = time.perf_counter() - started
        marking, putting, copies = [], [], 0
        for _ in range(TURNS):
            batch = list(islice(mentions, BATCH))
            kept += len(batch)
            started = time.perf_counter()
            marked = mark_copies(batch, store)
            marking.append(time.perf_counter() - started)
            started = time.perf_counter()
            store.put(marked)
            putting.append(time.perf_counter() - started)
            copies += sum(1 for each in marked[:BATCH] if each.copy_of)
        print(
            f"{size:>9,} mentions: {said(marking)} to find copies, {said(putting)} to put;"
            f" {copies} copies; {followed:.1f} s to catch up{held(store)}",
            flush=True,
        )
    print(f"{store.search(parse('copy_of:*'), limit=0).total:,} copies are kept")


def with_copies(mentions: Iterator[Mention]) -> Iterator[Mention]:
    """Let every tenth say what one of the thousand before it said, and a little more."""
    dice = random.Random(20261128)  # noqa: S311 - the same every time
    recent: list[Mention] = []
    for number, mention in enumerate(mentions):
        if number % 10 == 9:
            first = dice.choice(recent)
            assert first.published_at is not None
            text = f"{first.text} that is all for now"
            later = first.published_at + dt.timedelta(hours=dice.randrange(1, 72))
            yield dataclasses.replace(mention, text=text, published_at=later)
            continue
        recent = [*recent[-999:], mention]
        yield mention


def measure_texts() -> None:
    """Time keys and comparisons of the posts."""
    texts = [mention.text for mention in invent(5_000)]
    started = time.perf_counter()
    for text in texts:
        assert Likeness(text).keys is not None
    seconds = time.perf_counter() - started
    print(f"keys: {len(texts) / seconds:,.0f} texts/s")
    pairs = [(Likeness(text), Likeness(f"{text} that is all for now")) for text in texts]
    started = time.perf_counter()
    copies = sum(is_copy(*pair) for pair in pairs)
    seconds = time.perf_counter() - started
    print(f"comparisons: {len(pairs) / seconds:,.0f}/s, of new texts; {copies} copies")


def said(seconds: list[float]) -> str:
    """Write the median and the 95th percentile in milliseconds."""
    p95 = statistics.quantiles(seconds, n=20, method="inclusive")[-1]
    return f"{statistics.median(seconds) * 1e3:.0f} / {p95 * 1e3:.0f} ms"


def held(store: Store) -> str:
    """Say how large the record of an embedded store is."""
    if not isinstance(store, EmbeddedStore):
        return ""
    return f"; record {store.counts()['record_bytes'] / 1e6:,.0f} MB"


if __name__ == "__main__":
    main()
