"""
How fast each stage tags mentions, and what its first mention costs in time and memory.

The mentions are those of `benchmarks/importing.py`: seven posts and two reviews for each article.
The first mention of a stage loads its models: that is measured in a process of its own.

    python -m benchmarks.stages [mentions]     # by default 5000
"""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

from benchmarks.importing import BRANDS, write_mentions
from pipelines.context import Context
from pipelines.importing import read_document
from pipelines.stages import STAGES
from search.matcher import Matcher
from search.mention import Mention
from search.parsing import parse


def main() -> None:
    """Measure and print, or be the process that loads one stage."""
    if len(sys.argv) > 2:
        load(sys.argv[2])
        return
    mentions = invented(int(sys.argv[1]) if len(sys.argv) > 1 else 5_000)
    context = make_context()
    total = 0.0
    for stage in STAGES:
        for mention in mentions[:50]:
            stage.run(mention, context)
        started = time.perf_counter()
        mentions = [stage.run(mention, context) for mention in mentions]
        seconds = time.perf_counter() - started
        total += seconds
        child = subprocess.run(
            [sys.executable, "-m", "benchmarks.stages", "load", stage.name],
            capture_output=True,
            text=True,
            check=True,
        )
        print(f"{stage.name:12}{len(mentions) / seconds:10,.0f}/s   first: {child.stdout.strip()}")
    print(f"{'all':12}{len(mentions) / total:10,.0f}/s")


def load(name: str) -> None:
    """Tag one mention with one stage, and print what that took."""
    (mention,) = invented(1)
    context = make_context()
    names = [stage.name for stage in STAGES]
    *earlier, stage = STAGES[: names.index(name) + 1]
    for each in earlier:
        mention = each.run(mention, context)
    before = memory()
    started = time.perf_counter()
    stage.run(mention, context)
    seconds = time.perf_counter() - started
    print(f"{seconds:.2f} s, {memory() - before:,.0f} MB")


def memory() -> float:
    """Return the memory of this process, in MB."""
    return psutil.Process().memory_info().rss / 2**20


def invented(count: int) -> list[Mention]:
    """Invent mentions, the same ones every time."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "mentions.ndjson"
        write_mentions(path, count)
        with path.open(encoding="utf-8") as lines:
            return [read_document(json.loads(line)) for line in lines]


def make_context() -> Context:
    """Look for two brands, as an import would."""
    matcher = Matcher({name: parse(query) for name, query in BRANDS.items()})
    return Context(matcher=matcher, keep_unmatched=True)


if __name__ == "__main__":
    main()
