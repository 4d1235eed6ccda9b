"""
How an author is named where content is shown: one line of plain text, ready to print.

Under an open licence it is title, author, source, licence and changes (rights.md R1.17; CC BY 4.0,
3(a)(1)); otherwise the name that was asked for, or the handle as people know it: ``@anna on
Mastodon``. Names and titles come from strangers: none can become a second line, a tag of HTML, or
the end of a quotation.
"""

import dataclasses
import enum
import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from search.mention import Mention
from search.permissions.scope import Attribution, Modification, Scope
from search.permissions.standing import Standing
from search.permissions.wording.particulars import LONGEST_ADDRESS, LONGEST_NAME, plain
from search.permissions.wording.platforms import UNKNOWN_PLATFORM, known_platforms
from search.rights.canonical import Canonical, canonical
from search.rights.spdx import MARK, ZERO
from search.vocabulary import Basis

LONGEST_TITLE: Final = 200
"""Characters; what is longer is cut, and says so with ``…``."""

SHARE_ALIKE: Final = "adaptations must be shared alike, under the same licence"
NOT_DEMANDED: Final = "no credit is demanded; this line is a proposal"

_TAG: Final = re.compile(r"<[A-Za-z/!?][^<>]{0,1000}>")
_TAG_BEGINS: Final = re.compile(r"<(?=[A-Za-z/!?])")
_NO_TAG: Final = "\N{SINGLE LEFT-POINTING ANGLE QUOTATION MARK}"
_ADDRESS: Final = re.compile(r"(?:\b[a-z][a-z0-9+.-]{0,20}://|\bwww\.)\S*", re.IGNORECASE)
_OWN_SITE: Final = frozenset({"feed", "website", "reviews"})
"""Sources that are no platform: what they find stands on a site of its own."""


class Demand(enum.StrEnum):
    """Whether credit has to be given."""

    REQUIRED = "required"
    PROPOSED = "proposed"
    NONE = "none"


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class CreditLine:
    """How to name an author."""

    text: str | None
    """``None``: nobody is to be named, or where credit is required nobody knows whom."""

    demand: Demand
    notes: tuple[str, ...] = ()
    """What else the licence asks of whoever uses the content."""

    @property
    def is_missing(self) -> bool:
        """Whether somebody has to be named, and it is not known who."""
        return self.demand is Demand.REQUIRED and self.text is None


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class _Words:
    by: str
    on: str
    public_domain: str
    changes: Mapping[Modification, str]


LANGUAGES: Final[Mapping[str, _Words]] = {
    "en": _Words(
        by="by",
        on="on",
        public_domain="public domain",
        changes={
            Modification.RESIZE_CROP: "resized or cropped",
            Modification.CAPTION_OVERLAY: "caption added",
            Modification.EDIT_TRANSLATE: "edited or translated",
            Modification.FULL: "modified",
        },
    ),
    "sv": _Words(
        by="av",
        on="på",
        public_domain="public domain",
        changes={
            Modification.RESIZE_CROP: "ändrad storlek eller beskuren",
            Modification.CAPTION_OVERLAY: "text tillagd",
            Modification.EDIT_TRANSLATE: "redigerad eller översatt",
            Modification.FULL: "bearbetad",
        },
    ),
    "nl": _Words(
        by="door",
        on="op",
        public_domain="publiek domein",
        changes={
            Modification.RESIZE_CROP: "formaat aangepast of bijgesneden",
            Modification.CAPTION_OVERLAY: "tekst toegevoegd",
            Modification.EDIT_TRANSLATE: "bewerkt of vertaald",
            Modification.FULL: "aangepast",
        },
    ),
}
"""The languages of credit lines, by ISO 639-1 code, with their words."""


def credit_line(
    mention: Mention,
    standing: Standing,
    modification: Modification = Modification.NONE,
    language: str = "en",
) -> CreditLine:
    """
    Say how to name the author of a mention that is used on its present basis.

    Whoever waives credit or wants to stay anonymous is not named, under no basis: also not under
    an open licence (CC BY 4.0, 3(a)(3)), whose event then has a scope that says so.
    """
    scope = standing.scope or standing.contract
    words = LANGUAGES[language]
    if standing.basis is Basis.OWNED or (scope and scope.attribution is not Attribution.REQUIRED):
        return CreditLine(text=None, demand=Demand.NONE, notes=_notes(standing))
    if standing.basis in {Basis.OPEN_LICENCE, Basis.PUBLIC_DOMAIN}:
        return _licensed(mention, standing, scope, modification, words)
    asked = _asked_for(mention, scope)
    return CreditLine(text=asked or _known_as(mention, words), demand=Demand.REQUIRED)


def _licensed(
    mention: Mention,
    standing: Standing,
    scope: Scope | None,
    modification: Modification,
    words: _Words,
) -> CreditLine:
    licence = canonical(standing.licence)
    name = _asked_for(mention, scope, short=True) or _name(mention) or _site(mention)
    free = standing.basis is Basis.PUBLIC_DOMAIN or standing.licence in {ZERO.id, MARK.id}
    demand = Demand.PROPOSED if free else Demand.REQUIRED
    notes = (*_notes(standing), *((NOT_DEMANDED,) if free else ()))
    if name is None or (licence is None and standing.basis is Basis.OPEN_LICENCE):
        return CreditLine(text=None, demand=demand, notes=notes)
    credit = mention.credit
    url = (credit.url if credit else None) or (mention.author.url if mention.author else None)
    title = one_line(mention.title, LONGEST_TITLE)
    parts = (
        f'"{title.replace(chr(34), chr(39))}" {words.by} {_linked(name, url)}'
        if title
        else _linked(name, url),
        _checked(mention.url),
        _of_licence(licence, words),
        one_line(credit.notice, LONGEST_NAME) if credit else None,
        words.changes.get(modification),
    )
    return CreditLine(text=", ".join(filter(None, parts)), demand=demand, notes=notes)


def _of_licence(licence: Canonical | None, words: _Words) -> str:
    return _linked(licence.name, licence.url) if licence else words.public_domain


def _notes(standing: Standing) -> tuple[str, ...]:
    alike = standing.basis is Basis.OPEN_LICENCE and "SA" in (standing.licence or "").split("-")
    return (SHARE_ALIKE,) if alike else ()


def _asked_for(mention: Mention, scope: Scope | None, *, short: bool = False) -> str | None:
    """Return how the author asked to be named; ``short``: a name before a whole line."""
    credit = mention.credit
    said = [scope.credit_line if scope else None]
    if credit is not None:
        said += [credit.name, credit.text] if short else [credit.text, credit.name]
    return next(filter(None, (one_line(each, LONGEST_NAME) for each in said)), None)


def _known_as(mention: Mention, words: _Words) -> str | None:
    """Name an author as readers find him: ``@anna on Mastodon``, ``Anna on shop.example``."""
    name, site = _name(mention), _site(mention)
    where = _platform_title(mention) or site
    if name is None:
        return site
    return f"{name} {words.on} {where}" if where else name


def _name(mention: Mention) -> str | None:
    name = one_line(mention.author.name, LONGEST_NAME) if mention.author else None
    platform = known_platforms().get(mention.source)
    prefix = platform.handle_prefix if platform else ""
    if name is None or " " in name or name.startswith(prefix or name):
        return name
    return f"{prefix}{name}"


def _platform_title(mention: Mention) -> str | None:
    if mention.source in _OWN_SITE or mention.source == UNKNOWN_PLATFORM:
        return None
    platform = known_platforms().get(mention.source)
    return platform.title if platform else None


def _site(mention: Mention) -> str | None:
    """Return the host of what stands on a site of its own; on a platform that names nobody."""
    if _platform_title(mention) is not None:
        return None
    return one_line(mention.site, LONGEST_NAME) or _host(mention.url)


def _linked(name: str, url: str | None) -> str:
    checked = _checked(url)
    return f"{name} ({checked})" if checked else name


def _checked(url: str | None) -> str | None:
    """Return an address that is safe to print; ``None`` for any other."""
    hostile = set(url or "") & set("<>\"'`\\") or plain(url or "") != url or " " in (url or "")
    return url if _host(url) and not hostile and len(url or "") <= LONGEST_ADDRESS else None


def _host(url: str | None) -> str | None:
    try:
        parts = urlsplit(url or "")
        host = parts.hostname
    except ValueError:
        return None
    return host if parts.scheme in {"http", "https"} else None


def one_line(text: str | None, longest: int) -> str | None:
    """
    Make one line of a stranger's text, without tags and addresses; ``None``: nothing is left.

    What is longer than ``longest`` characters ends with ``…``.
    """
    begins = plain((text or "")[: 4 * longest])
    bare = _TAG_BEGINS.sub(_NO_TAG, _TAG.sub(" ", begins))
    line = " ".join(_ADDRESS.sub(" ", bare).split()).strip(" ,;|")
    return (line if len(line) <= longest else f"{line[: longest - 1]}…") or None
