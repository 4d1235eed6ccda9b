"""Small readers that sources share: counters, dates, languages, addresses and HTML to text."""

import datetime as dt
import email.utils
import html
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urljoin, urlsplit, urlunsplit

from bs4 import BeautifulSoup
from bs4.element import NavigableString, PageElement, Tag
from w3lib.url import safe_url_string

from search.errors import LayoutChanged

_SCALES = {"K": 1_000, "M": 1_000_000, "MN": 1_000_000, "B": 1_000_000_000}
_COUNT = re.compile(r"(?P<number>\d[\d.,\s'\u2019]*)(?P<scale>K|MN?|B)?\+?\Z")

_DAY_ONLY = re.compile(r"(?P<year>\d{4})(?:-(?P<month>\d\d))?\Z")
_MIDNIGHT = re.compile(r"[T ]24:00(:00)?")
_ZONES = {"BST": "+0100", "CET": "+0100", "CEST": "+0200", "EET": "+0200", "EEST": "+0300"}
_ZONE_WORD = re.compile(r"\s*(?:UTC|GMT)\Z", re.IGNORECASE)

_PARAGRAPHS = frozenset({
    "address", "article", "aside", "blockquote", "body", "dd", "details", "div", "dl", "dt",
    "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6",
    "header", "hr", "main", "nav", "ol", "p", "pre", "section", "summary", "table", "ul",
})  # fmt: skip
_LINES = frozenset({"br", "caption", "li", "option", "tr"})
_CELLS = frozenset({"td", "th"})
_HIDDEN = frozenset(
    {"head", "iframe", "math", "noscript", "script", "select", "style", "svg", "template", "title"}
)
_INSTRUCTION = re.compile(r"<\?[^>]*>?")

_TRACKING = re.compile(
    r"(utm_.*|at_campaign|at_medium|fbclid|gclid|dclid|msclkid|twclid|yclid|igshid|mc_[ce]id"
    r"|_hs(enc|mi)|mkt_tok|ref_src|cmpid|ns_(campaign|source|mchannel|fee|linkname))\Z",
    re.IGNORECASE,
)
_PORTS = {"http": 80, "https": 443}
_LONG_CODES = {
    "ara": "ar", "ces": "cs", "chi": "zh", "cze": "cs", "dan": "da", "deu": "de", "dut": "nl",
    "eng": "en", "est": "et", "fin": "fi", "fra": "fr", "fre": "fr", "ger": "de", "ita": "it",
    "jpn": "ja", "kor": "ko", "nld": "nl", "nno": "nn", "nob": "nb", "nor": "no", "pol": "pl",
    "por": "pt", "rus": "ru", "spa": "es", "swe": "sv", "tur": "tr", "ukr": "uk", "zho": "zh",
}  # fmt: skip


def read_count(value: object) -> int | None:
    """
    Read a public counter such as ``7``, ``"1,234"`` or ``"1.2K"``.

    A counter that is missing, negative or unreadable is unknown, not zero.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        return value if value >= 0 else None
    found = _COUNT.match(value.strip().upper()) if isinstance(value, str) else None
    if found is None:
        return None
    number = re.sub(r"[\s'\u2019]", "", found["number"]).rstrip(".,")
    scale = _SCALES.get(found["scale"] or "")
    try:
        return int(re.sub("[.,]", "", number)) if scale is None else _scaled(number, scale)
    except ValueError:
        return None


def _scaled(number: str, scale: int) -> int:
    """Multiply out; before ``K`` or ``M`` a comma or full stop is a decimal one."""
    return round(float(number.replace(",", ".")) * scale)


def read_time(value: object) -> dt.datetime | None:
    """
    Read an instant: seconds or milliseconds since 1970, ISO 8601, RFC 822 and their misspellings.

    A time without a zone is taken as UTC. ``None`` for what is not a time, and for the zero
    values that programs write where they know none.
    """
    try:
        moment = _read_epoch(value) if isinstance(value, (int, float)) else _read_text_time(value)
        moment = moment and moment.replace(tzinfo=moment.tzinfo or dt.UTC).astimezone(dt.UTC)
    except (ValueError, OverflowError, OSError, IndexError, TypeError):
        return None
    known = moment and 1900 <= moment.year < 2200 and moment.timestamp() != 0
    return moment if known else None


def _read_epoch(number: float) -> dt.datetime | None:
    if isinstance(number, bool):
        return None
    seconds = number / 1000 if abs(number) >= 1e11 else number
    return dt.datetime.fromtimestamp(seconds, tz=dt.UTC)


def _read_text_time(value: object) -> dt.datetime | None:
    if not isinstance(value, str):
        return None
    text = " ".join(value.split())
    if re.fullmatch(r"\d{9,13}(\.\d+)?", text):
        return _read_epoch(float(text))
    if partial := _DAY_ONLY.match(text):
        return dt.datetime(int(partial["year"]), int(partial["month"] or 1), 1, tzinfo=dt.UTC)
    if re.match(r"\d{4}-?\d\d-?\d\d", text):
        return _read_iso(text)
    return _read_mail_date(text)


def _read_mail_date(text: str) -> dt.datetime:
    """Read RFC 822, also with European zone names, with ``Sept`` and without a time of day."""
    text = re.sub(r"\bSept\b", "Sep", text)
    text = re.sub(r"\b[A-Z]{3,4}\Z", lambda zone: _ZONES.get(zone[0], zone[0]), text)
    return email.utils.parsedate_to_datetime(text if ":" in text else f"{text} 00:00:00")


def _read_iso(text: str) -> dt.datetime:
    """Read ISO 8601 with what `datetime.fromisoformat` refuses: ``24:00``, ``UTC``, odd spaces."""
    days = dt.timedelta(days=bool(_MIDNIGHT.search(text)))
    text = _MIDNIGHT.sub("T00:00", _ZONE_WORD.sub("Z", text))
    text = re.sub(r"(?<=[\d])\s+(?=[+-]\d\d)", "", text)
    return dt.datetime.fromisoformat(text) + days


def read_language(code: object) -> str | None:
    """Read the ISO 639-1 code at the front of a language tag: ``en-GB`` gives ``en``."""
    if not isinstance(code, str):
        return None
    first = re.split("[-_]", code.strip().lower(), maxsplit=1)[0]
    first = _LONG_CODES.get(first, first)
    return first if re.fullmatch("[a-z]{2}", first) else None


def plain_text(markup: str | None) -> str:
    """
    Turn an HTML fragment into text.

    Blocks are separated by a blank line and ``<br>`` breaks the line. What stands side by side
    inside a line stays joined: the parts of a link that Mastodon hides make one whole address.
    """
    if not markup:
        return ""
    markup = markup.replace("\x00", "")
    if "<" not in markup:
        return _tidy(_squeeze(html.unescape(markup)))
    soup = BeautifulSoup(_INSTRUCTION.sub("", markup), "lxml")
    return _tidy("".join(_pieces(soup)))


def _pieces(root: Tag) -> Iterator[str]:
    """Text and breaks in document order; not recursive, since a stranger chose the nesting."""
    waiting: list[PageElement | str] = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Tag):
            if node.name not in _HIDDEN:
                around = _break(node.name)
                waiting += [around, *reversed(node.contents), around]
        elif type(node) is NavigableString:
            yield _squeeze(node)
        elif type(node) is str:
            yield node


def _break(name: str) -> str:
    if name in _PARAGRAPHS:
        return "\n\n"
    if name in _LINES:
        # The mark is set before and after an element; an empty <br> must still break once.
        return "\x1e"
    return "\t" if name in _CELLS else ""


def _squeeze(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def _tidy(text: str) -> str:
    text = text.replace("\x1e\x1e", "\n").replace("\x1e", "\n")
    text = re.sub(r"[ \t]+", " ", text)
    return re.sub(r"\n{3,}", "\n\n", re.sub(r" ?\n ?", "\n", text)).strip()


def canonical_url(url: str) -> str:
    """
    Write one address one way: no fragment, no tracking parameters, no default port.

    Parameters keep their order, since some sites read it. What is no web address stays as it is.
    """
    try:
        parts = urlsplit(safe_url_string(url.strip()))
        port = parts.port
    except ValueError:
        return url.strip()
    if parts.scheme not in _PORTS or not parts.hostname:
        return url.strip()
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    if port not in (None, _PORTS[parts.scheme]):
        host = f"{host}:{port}"
    return urlunsplit((parts.scheme, host, parts.path or "/", _untracked(parts.query), ""))


def _untracked(query: str) -> str:
    pairs = query.split("&")
    return "&".join(pair for pair in pairs if not _TRACKING.match(pair.partition("=")[0]))


def site_of(url: str) -> str | None:
    """Read the host of an address, without ``www.``; ``None`` when it has none."""
    try:
        host = urlsplit(url.strip()).hostname
    except ValueError:
        return None
    return host.removeprefix("www.") or None if host else None


def web_address(value: object, base: str = "") -> str | None:
    """Complete a link and return it if it leads to a web page; never ``javascript:`` and such."""
    if not isinstance(value, str) or not value.strip():
        return None
    try:
        url = urljoin(base, value.strip())
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in _PORTS and parts.hostname else None


def links_of(markup: str | None, *, but: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """List the web addresses a fragment links to, each once, leaving out links of some classes."""
    if not markup or "<a" not in markup.lower():
        return ()
    soup = BeautifulSoup(_INSTRUCTION.sub("", markup), "lxml")
    links = (
        str(link["href"])
        for link in soup.find_all("a", href=re.compile("^https?://", re.IGNORECASE))
        if but.isdisjoint(link.get_attribute_list("class"))
    )
    return tuple(dict.fromkeys(links))


def read_json(body: bytes, source: str) -> Any:
    """Read an interface's answer; `LayoutChanged` when it is not JSON."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise LayoutChanged(source, f"the answer is not JSON: {error}") from error


def once(names: Iterable[str]) -> tuple[str, ...]:
    """Put names in lower case and leave out repetitions, as hashtags and handles are kept."""
    return tuple(dict.fromkeys(name.casefold() for name in names if name))
