"""
Pages that need JavaScript: what Scrapy and Playwright are told so that readers never notice.

The browser reaches the web through a proxy of ours (`crawlers/browser_proxy.py`), since only there
every connection can be judged: a redirect, a script's request and a name that changes its address
included. Pictures, fonts and films are not loaded, few pages are open at once, and a page is
closed whatever happens to it.
"""

import importlib.util
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from search.errors import ConfigError

if TYPE_CHECKING:
    from playwright.async_api import Request as BrowserRequest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
"""What a system's own browser is called."""

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--proxy-bypass-list=<-loopback>",
)
"""The last three keep everything inside the proxy. Chromium cannot use its sandbox as root."""

UNSEEN = frozenset({"image", "font", "media", "imageset", "texttrack", "beacon", "ping"})
"""What is not loaded: readers look at text."""

PAGES = 4
"""Open at once."""


def find_browser() -> Path | None:
    """Find the system's Chromium, or else Playwright's own; ``None`` when there is neither."""
    for name in NAMES:
        if found := shutil.which(name):
            return Path(found)
    return _own_browser() if _has_packages() else None


def settings() -> dict[str, Any]:
    """
    Return the Scrapy settings for a crawl in which some pages are rendered.

    Raises `ConfigError` that says what to install when a package or a browser is missing.
    """
    if not _has_packages():
        raise ConfigError("browser = true needs more packages: pip install 'sayso[browser]'")
    found = find_browser()
    if found is None:
        raise ConfigError(
            "browser = true needs a browser: apt install chromium, or playwright install chromium"
        )
    handler = "crawlers.browser_handler.BrowserHandler"
    return {
        "DOWNLOAD_HANDLERS": {"http": handler, "https": handler},
        "PLAYWRIGHT_BROWSER_TYPE": "chromium",
        "PLAYWRIGHT_LAUNCH_OPTIONS": {
            "executable_path": str(found),
            "headless": True,
            "args": list(ARGUMENTS),
            "timeout": 30_000,
        },
        "PLAYWRIGHT_CONTEXTS": {
            "default": {"service_workers": "block", "accept_downloads": False}
        },
        "PLAYWRIGHT_MAX_CONTEXTS": 1,
        "PLAYWRIGHT_MAX_PAGES_PER_CONTEXT": PAGES,
        "PLAYWRIGHT_ABORT_REQUEST": "crawlers.browser.is_unseen",
    }


def page_meta() -> dict[str, Any]:
    """Return what the ``meta`` of a request says for its page to be rendered."""
    return {"playwright": True, "playwright_page_goto_kwargs": {"wait_until": "domcontentloaded"}}


def is_unseen(request: "BrowserRequest") -> bool:
    """Whether something a page asks for is nothing to read."""
    return request.resource_type in UNSEEN


def _has_packages() -> bool:
    return all(map(importlib.util.find_spec, ("playwright", "scrapy_playwright")))


def _own_browser() -> Path | None:
    """Ask Playwright where its Chromium would be, and look whether it is."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - an optional extra

    with sync_playwright() as playwright:
        found = Path(playwright.chromium.executable_path)
    return found if found.exists() else None
