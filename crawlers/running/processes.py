"""Which process carries something out, and whether it is gone."""

import functools
import os
import socket
from pathlib import Path

import psutil


def _read_boot() -> str:
    """Name this start of the machine; elsewhere than on Linux there is no name for it."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    except OSError:
        return "unknown"


BOOT = _read_boot()


def this_process() -> str:
    """Name this process: place, process id, and when it started, since ids are used again."""
    return _name_of(os.getpid())


@functools.lru_cache(maxsize=1)
def _name_of(pid: int) -> str:
    return f"{_here()}/{pid}/{_started(pid)}"


@functools.cache
def _here() -> str:
    """Name the machine, and on it the container, whose process ids are meant."""
    try:
        space = Path("/proc/self/ns/pid").stat().st_ino
    except OSError:
        return socket.gethostname()
    return f"{socket.gethostname()}#{space}"


def process_id(worker: str | None) -> int | None:
    """Return the id of a process of this machine that still runs; ``None`` for any other."""
    if not is_here(worker):
        return None
    _, pid, started = str(worker).split("/")
    return int(pid) if started == str(_started(int(pid))) else None


def is_here(worker: str | None) -> bool:
    """Whether a process was one of this machine, and of this container."""
    return worker is not None and worker.split("/")[0] == _here()


def is_gone(worker: str | None) -> bool:
    """Whether a process of this machine has ended; ``False`` where that cannot be known."""
    return is_here(worker) and process_id(worker) is None


def _started(pid: int) -> int | None:
    """
    Return a number that no other process of this id has; ``None`` when there is no such process.

    Linux counts from the start of the machine, which the clock does not move.
    """
    if not Path("/proc/self/stat").exists():
        return _started_elsewhere(pid)
    try:
        stat = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace")
    except OSError:
        return None
    state, *numbers = stat.rpartition(")")[2].split()
    return None if state == "Z" else int(numbers[18])  # a zombie does nothing any more


def _started_elsewhere(pid: int) -> int | None:
    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else int(process.create_time())
    except psutil.Error:
        return None
