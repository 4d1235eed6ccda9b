"""
How fast `sayso import` is with all tags, and whether its memory grows with the file.

Invented mentions (English, Swedish and Dutch posts, reviews and articles, fixed seed) go through
the real `import_file` into a real embedded store, on one process. The floor beside it reads the
same lines as JSON and inserts them into a plain SQLite table, with one index and nothing else.

    python benchmarks/importing.py [mentions …]     # by default 10000 50000 100000
"""

import argparse
import json
import random
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from pipelines.context import Context
from pipelines.importing import import_file
from search.matcher import Matcher
from search.parsing import parse
from search.stores.embedded import EmbeddedStore

BRANDS = {
    "Storm": '"storm coffee" OR "storm kaffe" OR "storm koffie" OR #stormcoffee',
    "Ivar": "ivar AND (chair OR stol OR stoel)",
}
SENTENCES = {
    "en": (
        "The storm coffee at the corner was great this morning!",
        "Queue out of the door again, but the barista stayed friendly.",
        "I paid far too much for a lukewarm latte and a dry bun.",
        "Does anybody know whether they still roast their own beans?",
        "Honestly the worst service I have had in a long time :(",
    ),
    "sv": (
        "Köpte storm kaffe i går och det smakade riktigt gott.",
        "Kön var lång som vanligt men personalen var trevlig.",
        "Alldeles för dyrt för en ljummen latte, tycker jag.",
        "Vet någon om de fortfarande rostar bönorna själva?",
        "Jag satt vid fönstret hela förmiddagen och läste.",
    ),
    "nl": (
        "Vanochtend weer een storm koffie gehaald, heerlijk gewoon!",
        "Het was erg druk, maar we werden vriendelijk geholpen.",
        "Veel te duur voor een lauwe latte, vind ik eerlijk gezegd.",
        "Weet iemand of ze de bonen nog steeds zelf branden?",
        "We zaten lekker buiten en bleven de hele middag.",
    ),
}


def write_mentions(path: Path, count: int) -> None:
    """Write so many documents, one a line: seven posts and two reviews for each article."""
    chance = random.Random(20_261_122)  # noqa: S311 - it only has to be the same every time
    with path.open("w", encoding="utf-8") as file:
        for number in range(count):
            file.write(json.dumps(_document(chance, number), ensure_ascii=False) + "\n")


def _document(chance: random.Random, number: int) -> dict[str, object]:
    language = chance.choice(tuple(SENTENCES))
    kind = chance.choices(("post", "review", "article"), (7, 2, 1))[0]
    length = {"post": 3, "review": 4, "article": 40}[kind]
    text = " ".join(chance.choices(SENTENCES[language], k=length))
    document: dict[str, object] = {
        "source": "bench",
        "source_id": str(number),
        "url": f"https://bench.example/{number}",
        "kind": kind,
        "text": f"{text} #{language}{number % 500} @person{number % 900}",
        "published_at": f"2026-{number % 12 + 1:02}-{number % 28 + 1:02}T12:00:00Z",
        "author": {"name": f"person{number % 5_000}"},
        "engagement": {"likes": number % 300},
    }
    if kind == "review":
        stars = number % 5 + 1
        document["rating"] = {"stars": stars, "value": stars}
    return document


def take_in(path: Path, folder: Path) -> float:
    """Import with all tags; seconds."""
    matcher = Matcher({name: parse(query) for name, query in BRANDS.items()})
    context = Context(matcher=matcher, languages=("en", "sv", "nl"), keep_unmatched=True)
    start = time.perf_counter()
    with EmbeddedStore(folder / "bench.db") as store:
        report = import_file(path, store, context)
    assert report.bad == 0
    return time.perf_counter() - start


def insert_plainly(path: Path, folder: Path) -> float:
    """Read the lines as JSON and insert them, nothing else; seconds."""
    start = time.perf_counter()
    with sqlite3.connect(folder / "floor.db") as record:
        record.execute("PRAGMA journal_mode = WAL")
        record.execute("CREATE TABLE mentions (id TEXT PRIMARY KEY, document TEXT)")
        with path.open(encoding="utf-8") as file:
            record.executemany("INSERT INTO mentions VALUES (?, ?)", _rows(file))
    record.close()
    return time.perf_counter() - start


def _rows(lines: Iterator[str]) -> Iterator[tuple[str, str]]:
    for line in lines:
        yield json.loads(line)["source_id"], line


def measure(way: str, path: Path) -> tuple[float, float]:
    """Run one way in a process of its own; seconds and peak memory in MB."""
    command = [sys.executable, __file__, "--way", way, "--file", str(path)]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    seconds, memory = printed.split()
    return float(seconds), float(memory)


def compare(count: int, runs: int) -> None:
    """Print one line: medians of several alternating runs."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "mentions.ndjson")
        write_mentions(path, count)
        ways = {"import": [], "floor": []}  # type: dict[str, list[tuple[float, float]]]
        for _ in range(runs):
            for way, measured in ways.items():
                measured.append(measure(way, path))
    seconds = {way: statistics.median(run[0] for run in found) for way, found in ways.items()}
    memory = {way: max(run[1] for run in found) for way, found in ways.items()}
    print(
        f"{count:>9,} mentions: import {count / seconds['import']:>7,.0f}/s, "
        f"peak {memory['import']:>5,.0f} MB; "
        f"plain JSON to SQLite {count / seconds['floor']:>8,.0f}/s, {memory['floor']:>4,.0f} MB"
    )


def main() -> None:
    """Compare at each size, or run one way for the parent process."""
    parser = argparse.ArgumentParser(description=__doc__.strip().splitlines()[0])
    parser.add_argument("mentions", nargs="*", type=int, default=[10_000, 50_000, 100_000])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--way", choices=["import", "floor"], help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.way:
        ways = {"import": take_in, "floor": insert_plainly}
        with tempfile.TemporaryDirectory() as folder:
            seconds = ways[asked.way](asked.file, Path(folder))
        print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
        return
    for count in asked.mentions:
        compare(count, asked.runs)


if __name__ == "__main__":
    main()
