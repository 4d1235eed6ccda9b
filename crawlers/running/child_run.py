"""What the process of one run does: claim it, carry it out, write down how it ended."""

import logging
import time
from pathlib import Path

from crawlers.progress import worst_exit
from crawlers.running.processes import this_process
from crawlers.running.work import unpack
from crawlers.runs import run_plans
from search.errors import ConfigError, StoreBusy
from search.rhythm import read_duration
from search.run_log import Run, RunState
from search.stores.opening import open_store

NOT_DONE = 1
GIVE_UP_SECONDS = 600
"""How long a busy store is asked for the run; then another process may."""

log = logging.getLogger(__name__)


def carry_out(store_location: str, run_id: str, folder: Path) -> int:
    """
    Carry out a queued run and return the exit code; nothing is done if another has it.

    ``folder`` is that of this machine's configuration, where the suppression list is.
    """
    claimed = _claim(store_location, run_id)
    if claimed is None:
        return 0
    try:
        plan, config = unpack(claimed, store_location, folder)
    except ConfigError as error:
        with open_store(store_location) as store:
            store.runs.end(claimed, RunState.FAILED, problem=str(error))
        log.error("run cannot be carried out", extra={"run": run_id, "problem": str(error)})  # noqa: TRY400 - the log is of events, not of traces
        return NOT_DONE
    longest = read_duration(config.runs.longest).total_seconds()
    return worst_exit(run_plans([plan], config, claimed=claimed, longest_seconds=longest))


def _claim(store_location: str, run_id: str) -> Run | None:
    """Claim it, and wait for a store that is busy for as long as delivery would."""
    with open_store(store_location, create=False) as store:
        give_up_at = time.monotonic() + GIVE_UP_SECONDS
        while True:
            try:
                return store.runs.claim(run_id, this_process())
            except StoreBusy:
                if time.monotonic() > give_up_at:
                    raise
