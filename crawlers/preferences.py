"""
What a page or its site wants of later use, without forbidding to keep it (rights.md §2.1, §2.3).

``X-Robots-Tag`` and ``<meta name=robots>`` speak of copies, quotations and pictures, the headers
``Content-Usage`` and ``Content-Signal`` and lines of that name in robots.txt of search and AI.
Such a preference travels with every mention read from the page (rights.md R2.1). What forbids
keeping a page is in `crawlers/reservations.py`.

``/ai.txt`` is not asked for: it would cost one more request for each site, and no text that
defines its format could be found.
"""

import dataclasses
import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlsplit

from scrapy.http import HtmlResponse, Response

from crawlers.metas import read_metas
from search.mention import Mention, RightsSignal
from search.rights.effects import robots_effects, signal, usage_effects

SITE_SIGNALS = "sayso_site_signals"
"""In ``request.meta``: what the site's robots.txt wants of the use of this address."""

USAGE_HEADERS = ("Content-Usage", "Content-Signal")
MANY_RULES = 10_000
LONGEST_RULE = 2_000

_AGENT = re.compile(r"\s*([\w*-]+)\s*:\s*(.*)", re.DOTALL)
_WITH_VALUE = frozenset(
    {"max-snippet", "max-image-preview", "max-video-preview", "unavailable_after"}
)
_AROUND_COLON = re.compile(r"\s*:\s*")
_SPACES = re.compile(r"[\s,]+")
_RULE = re.compile(
    r"\s*(user-agent|content-usage|content-signal|[\w-]+)\s*:\s*(.*)", re.IGNORECASE
)


@dataclasses.dataclass(frozen=True, slots=True)
class UsageRule:
    """One line ``Content-Usage: /path train-ai=n`` of a robots.txt."""

    agents: frozenset[str]
    """Whom its group is for, in lower case; ``*`` is everybody."""

    name: str
    """``content-usage`` or ``content-signal``."""

    path: str
    """Where it holds, with ``*`` and a final ``$``; ``/`` where the line names none."""

    wanted: str
    """The preferences as written."""


def read_usage(robots: str) -> tuple[UsageRule, ...]:
    """Read what a robots.txt says about use; Protego reads the rest of it."""
    if "content-" not in robots.lower():
        return ()
    return tuple(_read_usage(robots.splitlines()))[:MANY_RULES]


def _read_usage(lines: Iterable[str]) -> Iterator[UsageRule]:
    agents, is_open = {"*"}, False
    for line in lines:
        found = _RULE.match(line[:LONGEST_RULE].partition("#")[0])
        if found is None:
            continue
        name, value = found[1].lower(), found[2].strip()
        if name == "user-agent":
            agents = {*(agents if is_open else ()), value.lower()}
            is_open = True
        elif name != "sitemap":  # which belongs to no group
            is_open = False
        if name in {"content-usage", "content-signal"}:
            path, _, wanted = value.partition(" ") if value[:1] in {"/", "*"} else ("/", "", value)
            yield UsageRule(frozenset(agents), name, path, wanted.strip())


def site_signals(rules: Iterable[UsageRule], url: str, agent: str) -> tuple[RightsSignal, ...]:
    """
    Say what a robots.txt wants of one address.

    The group that names us counts, else the one for everybody. Of its rules the longest path
    counts for each name; where several are as long, all count, so that a refusal wins.
    """
    ours = [rule for rule in rules if agent.lower() in rule.agents]
    found: dict[str, list[UsageRule]] = {}
    path = path_of(url)
    for rule in ours or [rule for rule in rules if "*" in rule.agents]:
        if matches(rule.path, path):
            found.setdefault(rule.name, []).append(rule)
    return tuple(_longest(found))


def _longest(found: dict[str, list[UsageRule]]) -> Iterator[RightsSignal]:
    for name, rules in found.items():
        longest = max(len(rule.path) for rule in rules)
        wanted = ", ".join(dict.fromkeys(r.wanted for r in rules if len(r.path) == longest))
        yield signal(name, wanted, "robots.txt", usage_effects(wanted))


def path_of(url: str) -> str:
    """Return what robots.txt compares: path and query of an address."""
    return urlsplit(url)._replace(scheme="", netloc="", fragment="").geturl() or "/"


def matches(pattern: str, path: str) -> bool:
    """Compare with ``*`` and a final ``$`` as in robots.txt, in one pass whatever the pattern."""
    first, *rest = pattern.removesuffix("$").split("*")
    if not path.startswith(first):
        return False
    at = len(first)
    ends = pattern.endswith("$")
    last = (rest.pop() if rest else None) if ends else None
    for piece in rest:
        at = path.find(piece, at)
        if at < 0:
            return False
        at += len(piece)
    if not ends:
        return True
    return at == len(path) if last is None else path.endswith(last) and len(path) - len(last) >= at


def robots_headers(response: Response, agent: str, *, with_values: bool = False) -> Iterator[str]:
    """
    Yield directives for us: ``googlebot: noindex`` speaks to somebody else.

    Those with a value, such as ``max-snippet: 0``, only if asked for: a date holds commas.
    """
    for header in response.headers.getlist("X-Robots-Tag"):
        addressed = "*"
        for part in header.decode("latin-1").split(","):
            named = _AGENT.match(part)
            if named and named[1].lower() not in _WITH_VALUE:
                addressed, part = named[1].lower(), named[2]  # noqa: PLW2901 - the name taken off
            if _AROUND_COLON.split(part.strip().lower())[0] in _WITH_VALUE and not with_values:
                continue
            if addressed in {"*", "robots", agent.lower()}:
                yield part


def split_directives(value: str) -> list[str]:
    """Split directives, each with its value: ``max-image-preview: none`` is not ``none``."""
    return [one for one in _SPACES.split(_AROUND_COLON.sub(":", value.lower())) if one]


def preferences(response: Response, agent: str) -> tuple[RightsSignal, ...]:
    """Return what a page and its site want of the use of what was read from it."""
    found = [*_robots(response, agent)] if isinstance(response, HtmlResponse) else []
    for name in USAGE_HEADERS:
        values = [value.decode("latin-1") for value in response.headers.getlist(name)]
        if wanted := ", ".join(values):
            found.append(signal(name.lower(), wanted, f"header {name}", usage_effects(wanted)))
    asked = response.request.meta if response.request is not None else {}
    return (*found, *asked.get(SITE_SIGNALS, ()))


def _robots(response: Response, agent: str) -> Iterator[RightsSignal]:
    metas = read_metas(response.body, agent)
    headers = robots_headers(response, agent, with_values=True)
    said = [(value, "header X-Robots-Tag") for value in headers]
    said += [(value, "meta robots") for value in metas.get("robots", ())]
    for value, found_in in said:
        for directive in split_directives(value):
            if effects := robots_effects([directive]):
                yield signal("robots", directive, found_in, effects)
    header = response.headers.get("tdm-policy")
    policies = [(header.decode("latin-1"), "header tdm-policy")] if header else []
    policies += [(value, "meta tdm-policy") for value in metas.get("tdm-policy", ())]
    if "0" not in metas.get("tdm-reservation", ()):  # a policy then says nothing
        for policy, found_in in policies:
            yield signal("tdm-policy", policy, found_in)


def with_preferences(yielded: Any, response: Response, agent: str) -> Any:
    """Let a mention take along what its page and site want; anything else stays as it is."""
    if not isinstance(yielded, Mention):
        return yielded
    wanted = preferences(response, agent)
    if not wanted:
        return yielded
    signals = tuple(dict.fromkeys([*yielded.rights_signals, *wanted]))
    return dataclasses.replace(yielded, rights_signals=signals)
