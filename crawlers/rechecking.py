"""
`sayso permissions recheck`: whether originals are still there, asked as politely as every crawl.

A redirect to another path is nothing that a program can judge. What is not answered is never taken
for deleted: a site that is down, that robots.txt closes, or
that turns this program away everywhere has said nothing of one post. Nothing fetched is kept.
"""

import dataclasses
import datetime as dt
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from typing import Any, Final
from urllib.parse import SplitResult, unquote, urlsplit

import click
import scrapy
from scrapy.http import Request, Response
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure

from crawlers.failures import classify
from crawlers.fetching_once import quiet_process
from crawlers.reading import canonical_url, site_of
from crawlers.robots import RobotsRefused
from search.config import Config
from search.errors import ConfigError
from search.mention import StoredMention
from search.parsing import parse
from search.permissions.keeping import Permissions
from search.permissions.originals import Rechecked, Seen, Sight, record_sights, to_recheck
from search.rhythm import read_duration
from search.showing.printing import print_json
from search.stores.base import Store

IN_PART: Final = 3
"""The exit code when an original is not there any more, or could not be seen."""

_MEANINGS: Final = {
    401: Seen.PRIVATE,
    403: Seen.PRIVATE,
    404: Seen.GONE,
    410: Seen.GONE,
    451: Seen.WITHHELD,
}
_LOGIN: Final = frozenset(
    {"login", "log-in", "log_in", "signin", "sign-in", "sign_in", "session", "sessions", "auth",
     "checkpoint", "authenticate"}
)  # fmt: skip
_CHALLENGES: Final = (b"captcha", b"challenge-platform", b"cf-challenge", b"are you a human")
_BEGINNING: Final = 64 * 1024
_TURNED_AWAY: Final = frozenset({Seen.PRIVATE, Seen.BLOCKED})

Answer = tuple[Seen, str]


class _Originals(scrapy.Spider):
    """Ask each address once; robots.txt, pace and guards are those of every crawl."""

    name = "originals"
    reads_pages = False  # nothing of a page is kept, so its reservation forbids nothing here

    def __init__(
        self, addresses: Sequence[str], keep: Callable[[str, Answer], None], **kwargs: Any
    ) -> None:
        super().__init__(name=None, **kwargs)
        self._addresses = addresses
        self._keep = keep

    async def start(self) -> AsyncIterator[Request]:
        """Ask for all of them."""
        for address in self._addresses:
            yield Request(
                address,
                self.read,
                errback=self.explain,
                cb_kwargs={"asked": address},
                meta={"optional": True},
                dont_filter=True,
            )

    def read(self, response: Response, asked: str) -> None:
        """Keep what the answer means."""
        self._keep(asked, read_answer(asked, response))

    def explain(self, failure: Failure) -> None:
        """Keep why there is no answer."""
        request: Request = failure.request  # type: ignore[attr-defined]  # set by Scrapy
        asked = request.cb_kwargs["asked"]
        self._keep(asked, read_failure(asked, failure.value))


def read_answer(asked: str, response: Response) -> Answer:
    """Say what an answer means; a page that is there, but elsewhere, is for a person to judge."""
    landed = urlsplit(response.url)
    if _is_login(landed) and not _is_login(urlsplit(asked)):
        return Seen.PRIVATE, f"it leads to a login: {response.url}"
    said = f"HTTP {response.status}"
    if response.status in {401, 403} and _is_challenge(response):
        return Seen.BLOCKED, f"{said}, a riddle for people"
    if 200 <= response.status < 300:
        return _read_page(urlsplit(asked), landed, response)
    return _MEANINGS.get(response.status, Seen.UNREACHABLE), said


def _read_page(asked: SplitResult, landed: SplitResult, response: Response) -> Answer:
    if not _is_same(asked, landed):
        return Seen.UNCLEAR, f"it leads somewhere else: {response.url}"
    return Seen.LIVE, f"HTTP {response.status}"


def _is_same(asked: SplitResult, landed: SplitResult) -> bool:
    """
    Whether a page is the one that was asked for, written in another way.

    Scheme, ``www.``, a last slash and parameters that came may differ; one that is gone may have
    been what named the post.
    """
    kept = set(urlsplit(canonical_url(asked.geturl())).query.split("&")) - {""}
    return (
        site_of(asked.geturl()) == site_of(landed.geturl())
        and _port(asked) == _port(landed)
        and unquote(asked.path).rstrip("/") == unquote(landed.path).rstrip("/")
        and kept.issubset(landed.query.split("&"))
    )


def _port(address: SplitResult) -> int | None:
    """Return the port where it is none of the web's own."""
    return None if address.port in {80, 443} else address.port


def read_failure(asked: str, error: BaseException | None) -> Answer:
    """Say what a failure means: it is never taken for a deletion unless the site says so."""
    if isinstance(error, HttpError):
        return read_answer(asked, error.response)
    kind = Seen.UNREACHABLE
    if isinstance(error, RobotsRefused) and not error.unreachable:
        kind = Seen.REFUSED
    return kind, classify(error)[1]


def _is_login(address: SplitResult) -> bool:
    return not _LOGIN.isdisjoint(address.path.lower().split("/"))


def _is_challenge(response: Response) -> bool:
    beginning = response.body[:_BEGINNING].lower()
    mitigated = response.headers.get("cf-mitigated") is not None
    return mitigated or any(sign in beginning for sign in _CHALLENGES)


def ask_all(stored: Sequence[StoredMention], config: Config) -> Iterator[Sight]:
    """Look at the originals of mentions. Once in a process."""
    by_address: dict[str, list[str]] = defaultdict(list)
    for each in stored:
        by_address[each.mention.url].append(each.id)
    addresses = [url for url in by_address if _can_be_asked(url)]
    answers: dict[str, Answer] = {}
    if addresses:
        process = quiet_process(config)
        process.crawl(_Originals, addresses=addresses, keep=answers.__setitem__)
        process.start()
    answers = dict(without_walls(answers))
    missing = Seen.UNREACHABLE, "not asked: it is no web address, or the run was stopped"
    for url, names in by_address.items():
        seen, why = answers.get(url, missing)
        yield from (Sight(mention=name, url=url, seen=seen, why=why) for name in names)


def _can_be_asked(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def without_walls(answers: dict[str, Answer]) -> Iterator[tuple[str, Answer]]:
    """
    Take a host that turns away all of several addresses for one that refuses this program.

    Not every post of a site is made private at once; a wall in front of all of them is likelier.
    """
    by_host: dict[str, list[Seen]] = defaultdict(list)
    for url, (seen, _) in answers.items():
        by_host[urlsplit(url).netloc].append(seen)
    walls = {
        host for host, seen in by_host.items() if len(seen) > 1 and _TURNED_AWAY.issuperset(seen)
    }
    for url, (seen, why) in answers.items():
        is_wall = urlsplit(url).netloc in walls
        yield url, (Seen.BLOCKED, f"{why}, as for all of this site") if is_wall else (seen, why)


def recheck(
    store: Store, config: Config, query: str, older_than: dt.timedelta | None, *, as_json: bool
) -> int:
    """Look at originals, record what is new, say what is not well; return the exit code."""
    now = dt.datetime.now(dt.UTC)
    permissions = Permissions(store)
    among = {each.id for each in store.iterate(parse(query))} if query else None
    before = None if older_than is None else now - older_than
    stored = list(to_recheck(store, permissions, among=among, before=before))
    sights = list(ask_all(stored, config))
    done = list(record_sights(store, permissions, sights, dt.datetime.now(dt.UTC)))
    for each in done:
        if as_json:
            print_json(_plain(each))
        else:
            for line in _lines(each):
                click.echo(line)
    if not as_json:
        click.echo(_summary(done))
    return 0 if all(each.sight.seen is Seen.LIVE for each in done) else IN_PART


def read_age(text: str | None) -> dt.timedelta | None:
    """Read how long ago, ``None`` as ``None``; else `ConfigError`."""
    try:
        return None if text is None else read_duration(text)
    except ValueError as error:
        raise ConfigError(f"--older-than: {error}") from error


def _lines(each: Rechecked) -> Iterator[str]:
    sight = each.sight
    if sight.seen is Seen.LIVE and not each.is_new:
        return
    changed = f", was {each.before}" if each.is_new else ""
    if each.is_new and str(each.state) != str(sight.seen):
        changed += f", and {each.state} as was recorded: a person has to look"
    yield f"{sight.mention}  {sight.seen}{changed}: {sight.why}  {sight.url}"
    yield from (f"  take it down: {place}" for place in each.take_down)


def _summary(done: Iterable[Rechecked]) -> str:
    seen = [each.sight.seen for each in done]
    counts = [f"{seen.count(kind):,} {kind}" for kind in Seen if kind in seen]
    return ", ".join(counts) or "nothing is asked for, allowed or in use that is due for a look"


def _plain(each: Rechecked) -> dict[str, Any]:
    return {
        **dataclasses.asdict(each.sight),
        "before": str(each.before),
        "state": str(each.state),
        "recorded": each.is_new,
        "take_down": list(each.take_down),
    }
