"""
The files of what may be used, fetched as politely as any page and kept with their papers.

Scrapy fetches, with the project's own rules: robots.txt, each host's pace, no private address,
redirects included. What may be fetched at all, and what becomes of it, is decided in
`search/assets/`.
"""

import contextlib
import dataclasses
import datetime as dt
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import filelock
import scrapy
from scrapy.exceptions import DownloadCancelledError, DownloadTimeoutError, IgnoreRequest
from scrapy.http import Request, Response
from twisted.python.failure import Failure

from crawlers.failures import classify
from crawlers.fetching_once import quiet_process
from crawlers.politeness import DOWNLOADER_MIDDLEWARES
from crawlers.preferences import preferences, robots_headers, split_directives
from crawlers.robots import product_token
from search.assets.downloading import refuse_platform, refuse_signals
from search.assets.gathering import Gathering, Wanted
from search.assets.kinds import may_be_media
from search.assets.manifest import AssetsError, Manifest
from search.config import Config
from search.permissions.lists.granted_item import GrantedItem
from search.rights.effects import robots_effects, signal
from search.tags import RightsSignal

LARGEST_MB: Final = 100.0
"""Of one file: films are larger than pages (``limits.max_response_mb``)."""

TIMEOUT_SECONDS: Final = 300.0
"""For one whole file, which takes longer than a page (``limits.timeout_seconds``)."""

AT_ONCE: Final = 4
"""Files on their way at a time, over all hosts: each is held in memory until it is whole."""


@dataclasses.dataclass(frozen=True, slots=True)
class AssetReport:
    """What came of one run over a folder."""

    folder: Path
    manifest: Manifest
    fetched: int
    """Files that came new, uploads included."""

    kept: int
    """Files that were there already."""


class PlatformGuard:
    """The downloader middleware that keeps redirects from leading to a platform that forbids."""

    def process_request(self, request: Request) -> None:
        """Refuse an address, whoever led to it."""
        if why := refuse_platform(None, request.url):
            raise IgnoreRequest(why)


class _Files(scrapy.Spider):
    """Ask for the files that are wanted, and hand on what came of each."""

    name = "assets"
    reads_pages = False  # nothing is mined; what the source says against copies is read below

    def __init__(self, gathering: Gathering, wanted: Iterable[Wanted], **kwargs: Any) -> None:
        super().__init__(name=None, **kwargs)
        self._trouble: list[AssetsError] = kwargs["trouble"]
        self._gathering = gathering
        self._wanted = wanted

    async def start(self) -> AsyncIterator[Request]:
        """Ask for each; two items may have the same file."""
        for one in self._wanted:
            if one.url is None or self._trouble:
                continue
            meta = {"optional": True, "wanted": one}
            try:
                request = Request(
                    one.url, self.keep, errback=self.explain, meta=meta, dont_filter=True
                )
            except ValueError as error:
                self._gathering.refuse(one, f"{one.url} is no address: {error}")
                continue
            yield request

    def keep(self, response: Response) -> None:
        """Keep a file that is one, and that its source lets be copied."""
        wanted: Wanted = response.meta["wanted"]
        declared = (response.headers.get("Content-Type") or b"").decode("latin-1")
        agent = product_token(self.settings["USER_AGENT"])
        kind = wanted.media.kind if wanted.media is not None else None
        if not may_be_media(declared):
            self._gathering.refuse(wanted, f"the server sent {declared[:100]}, which is no media")
        elif why := refuse_signals(wanted.item, _asked(response, agent), kind):
            self._gathering.refuse(wanted, why)
        else:
            self._take(wanted, response.body)

    def _take(self, wanted: Wanted, body: bytes) -> None:
        """Deliver it; a folder that cannot be written to ends the run."""
        if self._trouble:
            return
        try:
            self._gathering.take(wanted, body)
        except AssetsError as error:
            self._trouble.append(error)

    def explain(self, failure: Failure) -> None:
        """Keep why there is no file."""
        request: Request = failure.request  # type: ignore[attr-defined]  # set by Scrapy
        self._gathering.refuse(request.meta["wanted"], self._say(failure.value))

    def _say(self, error: BaseException | None) -> str:
        if isinstance(error, DownloadCancelledError):  # only a size makes Scrapy cancel
            largest = self.settings.getint("DOWNLOAD_MAXSIZE") / (1024 * 1024)
            return f"larger than {largest:.3g} MB"
        if isinstance(error, DownloadTimeoutError):
            seconds = self.settings.getfloat("DOWNLOAD_TIMEOUT")
            return f"it took longer than {seconds:g} seconds"
        return classify(error)[1]


def fetch_assets(  # noqa: PLR0913 - keyword-only beyond the three that are always given
    items: Iterable[GrantedItem],
    folder: Path,
    config: Config,
    *,
    refuse_now: Callable[[GrantedItem], str | None],
    uploads: Mapping[str, Sequence[Path]] | None = None,
    now: dt.datetime | None = None,
    largest_mb: float = LARGEST_MB,
    timeout_seconds: float = TIMEOUT_SECONDS,
) -> AssetReport:
    """
    Fill a folder with the files of items, and write its manifest. Once in a process.

    ``refuse_now`` says why an item may not be used any more, ``None`` while it may: it is asked
    before each file is delivered, and of all at the end. ``uploads`` are files that authors handed
    in, by mention id; they are taken in place of what is attached. A second call with the same
    folder fetches only what is missing or has changed.
    Raises `AssetsError` when the folder cannot be used; what cannot be had is in the manifest.
    """
    with _alone_in(folder):
        gathering = Gathering(folder, now or dt.datetime.now(dt.UTC), refuse_now)
        if wanted := gathering.plan(items, uploads or {}):
            gathering.save()
            _fetch(gathering, wanted, config, largest_mb, timeout_seconds)
        manifest = gathering.finish()
    return AssetReport(folder, manifest, gathering.fetched, gathering.kept)


@contextlib.contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Make the folder, and keep other runs out of it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(folder / ".lock", timeout=0):
            yield
    except filelock.Timeout as error:
        raise AssetsError(f"{folder} is being filled by another run") from error
    except OSError as error:
        raise AssetsError(f"{folder}: {error.strerror or error}") from error


def _fetch(
    gathering: Gathering,
    wanted: list[Wanted],
    config: Config,
    largest_mb: float,
    timeout_seconds: float,
) -> None:
    process = quiet_process(
        config,
        {
            "DOWNLOAD_MAXSIZE": int(largest_mb * 1024 * 1024),
            "DOWNLOAD_TIMEOUT": timeout_seconds,
            "CONCURRENT_REQUESTS": AT_ONCE,
            "DOWNLOADER_MIDDLEWARES": {
                **DOWNLOADER_MIDDLEWARES,
                "crawlers.assets.PlatformGuard": 40,
            },
        },
    )
    trouble: list[AssetsError] = []
    process.crawl(_Files, gathering=gathering, wanted=wanted, trouble=trouble)
    process.start()
    if trouble:
        raise trouble[0]


def _asked(response: Response, agent: str) -> Iterator[RightsSignal]:
    """Yield what headers and robots.txt ask of whoever copies a file."""
    for value in robots_headers(response, agent, with_values=True):
        for directive in split_directives(value):
            if effects := robots_effects([directive]):
                yield signal("robots", directive, "header X-Robots-Tag", effects)
    yield from preferences(response, agent)
