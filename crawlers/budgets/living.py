"""Which processes of this machine still run."""

import functools
import os
from pathlib import Path

import psutil

UNHEARD_SECONDS = 60.0
"""A process that cannot be seen from here, in another container, counts as alive for so long."""

SAME_SECONDS = 1.0
"""By how much the birth of the same process may differ between two looks."""

Identity = tuple[int, float, str]
"""Process id, seconds between the machine's start and its own, and where the id is valid."""


def _read_boot() -> str:
    """Name this start of the machine; elsewhere than on Linux there is no name for it."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    except OSError:
        return "unknown"


def _read_space() -> str:
    """Name the container whose process ids these are; ``""`` where there are no containers."""
    try:
        return str(Path("/proc/self/ns/pid").stat().st_ino)
    except OSError:
        return ""


BOOT = _read_boot()
SPACE = _read_space()


def identity() -> Identity:
    """Return what tells this process from every other, past and present."""
    return _identity_of(os.getpid())


@functools.lru_cache(maxsize=1)
def _identity_of(pid: int) -> Identity:
    return pid, _born(pid), SPACE


def _born(pid: int) -> float:
    """Say when a process began, counted from the machine's start: no clock can change that."""
    return psutil.Process(pid).create_time() - psutil.boot_time()


def is_alive(process: Identity, unheard: float) -> bool:
    """Say whether a process still runs, which was last heard of so many seconds ago."""
    pid, born, space = process
    if space != SPACE:
        return unheard < UNHEARD_SECONDS
    try:
        return abs(_born(pid) - born) < SAME_SECONDS
    except psutil.NoSuchProcess:
        return False
    except psutil.Error:
        return True
