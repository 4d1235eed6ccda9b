"""The budgets of a crawl: in Redis where the queue is there, else those of the machine."""

import contextlib
import logging
import os
import weakref
from pathlib import Path

from scrapy.crawler import Crawler

from crawlers.budgets.base import HostBudgets
from crawlers.budgets.fallback import SteadyBudgets
from crawlers.budgets.local import LocalBudgets
from search.config import Config, load
from search.errors import ConfigError
from search.stores.elastic.address import is_address, parse_address

NOTE = "sayso/notes/budgets of hosts not shared for a while"
"""In the statistics, once a run: the process kept to a budget of its own; why is in the log."""

_log = logging.getLogger(__name__)

_of: "weakref.WeakKeyDictionary[Crawler, HostBudgets]" = weakref.WeakKeyDictionary()


def budgets_of(crawler: Crawler) -> HostBudgets:
    """Return the budgets of a crawl, the same for all its parts; they never fail."""
    if crawler not in _of:

        def note(problem: str) -> None:
            assert crawler.stats is not None  # noqa: S101 - set before any request is made
            if not crawler.stats.get_value(NOTE):
                _log.warning("budgets of hosts cannot be shared: %s", problem)
            crawler.stats.set_value(NOTE, 1)

        _of[crawler] = SteadyBudgets(
            open_budgets(crawler.settings["SAYSO_CONFIG"] or load()), note
        )
    return _of[crawler]


def open_budgets(config: Config) -> HostBudgets:
    """Open what a configuration's processes share, or raise `ConfigError` with what to install."""
    queue = config.queue_url
    if queue is None:
        return LocalBudgets(_place(config))
    try:
        from crawlers.budgets.on_redis import RedisBudgets  # noqa: PLC0415 - an optional extra
    except ImportError:
        raise ConfigError("queue needs more packages: pip install 'sayso[workers]'") from None
    return RedisBudgets(queue)


def _place(config: Config) -> Path:
    """Name the file that all crawls of a machine share, wherever their store is."""
    if not is_address(config.store):
        store = config.folder / config.store
        return store.with_name(f"{store.name}.hosts")
    address = parse_address(config.store)
    state = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
    folder = state / "sayso"
    with contextlib.suppress(OSError):  # without it each process keeps to a budget of its own
        folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{address.host}-{address.port}-{address.prefix}.hosts"
