"""Another process that does one round of alerts: ``python -m tests.alerting.processes PATH …``."""

import datetime as dt
import subprocess
import sys
from pathlib import Path

from search.alerting.evaluation import evaluate
from search.stores.embedded import EmbeddedStore
from tests.alerting.staging import configure, on_mentions

ROOT = Path(__file__).parents[2]


def start(path: Path, now: dt.datetime, rounds: int = 1) -> subprocess.Popen[str]:
    """Start a process that waits for a line and then does so many rounds."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.alerting.processes", path, now.isoformat(), str(rounds)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def _work(path: Path, now: dt.datetime, rounds: int) -> None:
    config = configure(on_mentions())
    with EmbeddedStore(path) as store:
        print("ready", flush=True)  # noqa: T201 - the parent reads it
        sys.stdin.readline()
        for _ in range(rounds):
            evaluate(store, config, now=now)


if __name__ == "__main__":
    _work(Path(sys.argv[1]), dt.datetime.fromisoformat(sys.argv[2]), int(sys.argv[3]))
