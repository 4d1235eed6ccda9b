"""
Scrapy settings: how politely, how safely, through which stages.

`settings_for` adds what a `Config` says; ``scrapy crawl`` uses the module as it is.
"""

import importlib.util
from typing import Any

from crawlers import politeness
from search.config import Config

BOT_NAME = "sayso"
SPIDER_MODULES = ["crawlers.spiders"]
NEWSPIDER_MODULE = "crawlers.spiders"
TWISTED_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"
ASYNCIO_EVENT_LOOP = "uvloop.Loop" if importlib.util.find_spec("uvloop") else None
"""Where there is one (not on Windows): a loop in C, with which a page costs a little less."""

TWISTED_DNS_RESOLVER = politeness.DNS_RESOLVER
FORCE_CRAWLER_PROCESS = True
USER_AGENT = Config().user_agent

SAYSO_CONFIG = None
"""A `search.config.Config`; ``None``: read ``sayso.toml`` here."""

SAYSO_ALLOW_PRIVATE: list[str] = []
"""Hosts that may have private addresses (`crawlers/politeness.py`)."""

ROBOTSTXT_OBEY = True
AUTOTHROTTLE_ENABLED = False
"""The budget per host is fixed and known, see `settings_for`."""
RETRY_TIMES = 3
RETRY_HTTP_CODES = [429, 500, 502, 503, 504, 522, 524, 408]
REDIRECT_MAX_TIMES = 10
REQUEST_FINGERPRINTER_CLASS = "crawlers.fingerprints.Fingerprints"
DEPTH_LIMIT = 0
URLLENGTH_LIMIT = 0
"""A search for a long phrase has a long address; pages are bounded by count."""
COOKIES_ENABLED = False
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
"""It opens a port through which a crawl can be told what to run."""
HTTPERROR_ALLOW_ALL = False
CONCURRENT_ITEMS = 400
"""Above the batch size of delivery, so that one large page fills a batch."""

DOWNLOADER_STATS = False
"""It writes every request out to count its bytes; `crawlers/pauses.py` counts the answers."""

DOWNLOADER_MIDDLEWARES = politeness.DOWNLOADER_MIDDLEWARES
SPIDER_MIDDLEWARES = {
    "crawlers.failures.Failures": 30,
    "scrapy.spidermiddlewares.depth.DepthMiddleware": None,  # sources know how deep they are
}
ITEM_PIPELINES = {"pipelines.delivery.Delivery": 100}
EXTENSIONS = {"crawlers.bookmarks.Bookmarks": 0}
LOG_LEVEL = "INFO"
LOG_FORMATTER = "crawlers.quiet.QuietFormatter"


def settings_for(config: Config) -> dict[str, Any]:
    """Translate a configuration into Scrapy settings, for use over this module's."""
    limits = config.limits
    return {
        "SAYSO_CONFIG": config,
        "SAYSO_ALLOW_PRIVATE": list(limits.allow_private),
        "USER_AGENT": config.user_agent,
        "DOWNLOAD_DELAY": 1 / limits.requests_per_second,
        "DOWNLOAD_DELAY_JITTER": 0,
        "CONCURRENT_REQUESTS_PER_DOMAIN": limits.concurrent_requests,
        "DOWNLOAD_TIMEOUT": limits.timeout_seconds,
        "DOWNLOAD_MAXSIZE": int(limits.max_response_mb * 1024 * 1024),
        "DOWNLOAD_WARNSIZE": 0,
    }
