"""
How fast a search is that counts by seven fields and by day, and how fast a store is filled.

Invented mentions (fixed seed) go into a real embedded store; each search returns the newest 20,
the total, seven facets and a daily timeline. The baseline asks the same of one flat SQLite table:
a GROUP BY for each facet and for the timeline, LIKE for words. Both must count the same.

    python benchmarks/searching.py [mentions …] [--runs 20]     # by default 100000 1000000
"""

import argparse
import datetime as dt
import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import accumulate, islice
from pathlib import Path
from typing import Any

from search.mention import Author, Engagement, Feeling, Kind, Mention, Sentiment
from search.query import And, Everything, Near, Phrase, Query, Term
from search.stores.base import Interval
from search.stores.embedded import EmbeddedStore

FACETS = ("source", "kind", "language", "site", "brands", "sentiment.label", "permission")
COLUMNS = ("source", "kind", "language", "site", "brands", "sentiment", "permission")
END = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
BATCH = 1_000

SEARCHES: dict[str, tuple[Query, str | None]] = {
    "everything": (Everything(), "1"),
    "language:sv": (Term("language", "sv"), "language = 'sv'"),
    "word in 9 %": (Phrase("text", ("stormkaffe",)), "text LIKE '% stormkaffe %'"),
    "phrase in 0.4 %": (
        Phrase("text", ("stormkaffe", "w7")),
        "text LIKE '% stormkaffe w7 %'",
    ),
    "near in 3 % and language:sv": (
        And((Term("language", "sv"), Near("text", ("stormkaffe", "w7"), 5))),
        None,  # SQLite alone cannot say it
    ),
}
"""A name, the query, and what it is in SQLite."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("mentions", type=int, nargs="*", default=[100_000, 1_000_000])
    parser.add_argument("--runs", type=int, default=20)
    arguments = parser.parse_args()
    for count in arguments.mentions:
        with tempfile.TemporaryDirectory() as folder:
            _measure(Path(folder), count, arguments.runs)


def _measure(folder: Path, count: int, runs: int) -> None:
    flat = sqlite3.connect(folder / "flat.db")
    flat.execute(f"CREATE TABLE flat ({', '.join(COLUMNS)}, text, published_at)")
    with EmbeddedStore(folder / "mentions.db") as store:
        _fill(store, flat, count)
        for name, (query, where) in SEARCHES.items():
            _compare(store, flat, name, query, where, runs)
    flat.close()


def _fill(store: EmbeddedStore, flat: sqlite3.Connection, count: int) -> None:
    mentions = invent(count)
    seconds = 0.0
    while batch := list(islice(mentions, BATCH)):
        started = time.perf_counter()
        store.put(batch)
        seconds += time.perf_counter() - started
        flat.executemany(
            "INSERT INTO flat VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", map(_flattened, batch)
        )
    started = time.perf_counter()
    store.search(Everything())
    seconds += time.perf_counter() - started
    flat.execute("CREATE INDEX by_time ON flat (published_at)")
    flat.commit()
    counts = store.counts()
    print(
        f"{count:,} mentions: {count / seconds:,.0f}/s until they can be searched; "
        f"record {counts['record_bytes'] / 1e6:,.0f} MB, "
        f"index {counts['index_bytes'] / 1e6:,.0f} MB"
    )


def _compare(  # noqa: PLR0913, PLR0917 - one line of the table
    store: EmbeddedStore,
    flat: sqlite3.Connection,
    name: str,
    query: Query,
    where: str | None,
    runs: int,
) -> None:
    page, ours = _timed(lambda: store.search(query, facets=FACETS, timeline=Interval.DAY), runs)
    line = f"  {name:28} {page.total:>9,} found  {_summary(ours)}"
    if where is not None:
        answers, theirs = _timed(lambda: _ask_flat(flat, where), max(3, runs // 5))
        found = [dict(answer) for answer in answers]
        counted = [
            *({bucket.value: bucket.count for bucket in page.facets[facet]} for facet in FACETS),
            {f"{bar.start_at:%Y-%m-%d}": bar.count for bar in page.timeline if bar.count},
        ]
        if counted != found:
            raise SystemExit(f"{name}: the store and the baseline count differently")
        line += f"   SQLite {_summary(theirs)}"
    print(line, flush=True)


def _timed(ask: Callable[[], Any], runs: int) -> tuple[Any, list[float]]:
    answer = ask()
    seconds = []
    for _ in range(runs):
        started = time.perf_counter()
        ask()
        seconds.append(time.perf_counter() - started)
    return answer, seconds


def _summary(seconds: list[float]) -> str:
    p95 = statistics.quantiles(seconds, n=20, method="inclusive")[-1]
    return f"p50 {statistics.median(seconds) * 1e3:8.1f} ms  p95 {p95 * 1e3:8.1f} ms"


def _ask_flat(flat: sqlite3.Connection, where: str) -> list[list[tuple[Any, int]]]:
    keys = (*COLUMNS, "date(published_at)")
    answers = [
        flat.execute(f"SELECT {key}, count(*) FROM flat WHERE {where} GROUP BY 1").fetchall()  # noqa: S608 - our own
        for key in keys
    ]
    newest = f"SELECT text FROM flat WHERE {where} ORDER BY published_at DESC LIMIT 20"  # noqa: S608 - our own
    flat.execute(newest).fetchall()
    return answers


def _flattened(mention: Mention) -> tuple[str | None, ...]:
    return (
        mention.source,
        mention.kind,
        mention.language,
        mention.site,
        mention.brands[0],
        mention.sentiment.label if mention.sentiment else None,
        "not_requested",
        f" {mention.text} ",
        f"{mention.published_at:%Y-%m-%dT%H:%M:%S}",
    )


def invent(count: int) -> Iterator[Mention]:
    """Invent mentions spread over a year, the same every time."""
    rng = random.Random(20261122)  # noqa: S311 - the same mentions every time
    vocabulary = [f"w{rank}" for rank in range(20_000)]
    likelihood = list(accumulate(1 / (rank + 10) for rank in range(len(vocabulary))))
    for number in range(count):
        words = rng.choices(vocabulary, cum_weights=likelihood, k=rng.randint(8, 45))
        if rng.random() < 0.09:
            words.insert(rng.randrange(len(words)), "stormkaffe")
        yield _mention(rng, number, " ".join(words))


def _mention(rng: random.Random, number: int, text: str) -> Mention:
    label = rng.choice((Feeling.POSITIVE, Feeling.NEUTRAL, Feeling.NEGATIVE, None))
    address = f"https://site{rng.randrange(90)}.example/posts/{number}"
    return Mention(
        source=rng.choice(("mastodon", "feed", "website", "hackernews", "reviews")),
        source_id=address,
        url=address,
        text=text,
        kind=rng.choice(tuple(Kind)),
        site=address.split("/")[2],
        published_at=END - dt.timedelta(seconds=rng.randrange(365 * 86_400)),
        author=Author(name=f"author{rng.randrange(50_000)}"),
        engagement=Engagement(likes=rng.randrange(500)),
        language=rng.choice(("en", "en", "en", "sv", "nl", "und")),
        brands=(rng.choice(("Storm", "Ivar", "Kaffekompaniet")),),
        sentiment=Sentiment(label=label, value=0.5, method="vader") if label else None,
    )


if __name__ == "__main__":
    main()
