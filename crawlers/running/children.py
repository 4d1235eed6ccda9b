"""
A process for each run: started, watched, and ended when it must be.

A reactor cannot start twice, and what goes wrong in a run (memory, a page that hangs a parser)
must end that run alone.
"""

import contextlib
import subprocess
import sys
import time
from pathlib import Path

import psutil

STOP_SECONDS = 7.0
"""How long a run that is asked to stop may take to store what it has."""


class Child:
    """The process that carries out one run; it claims the run itself."""

    def __init__(self, run_id: str, store: str, folder: Path) -> None:
        self.run_id = run_id
        self._asked_at: float | None = None
        self._process = subprocess.Popen(  # noqa: S603 - our own program
            _command(run_id, store, folder),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            start_new_session=True,  # a Ctrl-C at the scheduler is its own to pass on
        )

    @property
    def exit_code(self) -> int | None:
        """How it ended; ``None`` while it runs."""
        return self._process.poll()

    def ask_to_stop(self) -> None:
        """Let it end its requests, store what it has and stop."""
        self._asked_at = time.monotonic()
        with contextlib.suppress(ProcessLookupError):
            self._process.terminate()

    @property
    def is_overdue(self) -> bool:
        """Whether it was asked to stop and did not in time."""
        return self._asked_at is not None and time.monotonic() - self._asked_at > STOP_SECONDS

    def kill(self) -> None:
        """End it and all it started, now."""
        kill_tree(self._process.pid)
        self._process.wait()


def _command(run_id: str, store: str, folder: Path) -> list[str]:
    """Name the folder, too: the run log, which other machines share, cannot say it."""
    at = ["--folder", str(folder.absolute())]
    return [sys.executable, "-m", "crawlers.cli", "--store", store, "_run", *at, "--", run_id]


def kill_tree(pid: int) -> None:
    """End a process and all it started (browsers, readers of articles), now."""
    try:
        process = psutil.Process(pid)
        family = [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return
    for member in family:
        with contextlib.suppress(psutil.Error):
            member.kill()


def memory_of(pid: int) -> int:
    """Sum up the memory of a process and all it started, in bytes; 0 when it is gone."""
    try:
        process = psutil.Process(pid)
        family = [process, *process.children(recursive=True)]
    except psutil.Error:
        return 0
    return sum(map(_own_memory, family))


def _own_memory(process: psutil.Process) -> int:
    """Count what is a process's own, so that pages shared with its parent count once."""
    with contextlib.suppress(psutil.Error):
        memory = process.memory_info()
        return int(memory.rss - getattr(memory, "shared", 0))
    return 0
