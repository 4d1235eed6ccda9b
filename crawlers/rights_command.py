"""
`sayso rights`: every signal about rights in a file or at an address, and what it means.

It reads as a crawl does, but keeps nothing and refuses nothing: whoever asks wants to know why
something would be refused.
"""

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import click
from scrapy.http import HtmlResponse, Response, TextResponse

from crawlers.charsets import page_text
from crawlers.fetching_once import Fetched, fetch
from crawlers.platforms.article import find_article
from crawlers.platforms.markup import parse_page
from crawlers.platforms.rights import read_page_rights, read_pictures, read_stated_pictures
from crawlers.platforms.schema_org import read_nodes
from crawlers.preferences import preferences
from crawlers.reservations import signals
from crawlers.robots import product_token
from search.config import Config
from search.errors import SaysoError
from search.mention import Credit, Licence, Media, RightsSignal
from search.rights.images import ImageRights, read_image_rights
from search.rights.strictness import normalise
from search.showing.printing import print_json

LARGEST: Final = 256 * 1024 * 1024
_ENDINGS: Final = frozenset({".html", ".htm", ".xhtml"})
_BEGINNING: Final = 1024


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class RightsReport:
    """What one file or address says."""

    source: str
    kind: str
    """``page``, ``JPEG``, ``PNG``, ``WebP`` or ``TIFF``."""

    refusal: str | None = None
    """Why a crawl would not keep the page; ``None`` when it would."""

    licence: Licence | None = None
    credit: Credit | None = None
    signals: tuple[RightsSignal, ...] = ()
    pictures: tuple[Media, ...] = ()
    """Those of a page that state a licence or a credit."""

    image: ImageRights | None = None
    """What else an image file says, such as releases; ``None`` for a page."""


def show_rights(source: str, config: Config, *, as_json: bool) -> None:
    """Say what a file or an address says; `SaysoError` when it cannot be read."""
    agent = product_token(config.user_agent)
    if source.startswith(("http://", "https://")):
        report = explain_response(source, fetch(source, config), agent)
    else:
        report = explain_file(Path(source), agent)
    if as_json:
        print_json(dataclasses.asdict(report))
    else:
        click.echo("\n".join(_lines(report)))


def explain_file(path: Path, agent: str = "sayso") -> RightsReport:
    """Read a file as what its first bytes say it is."""
    try:
        with path.open("rb") as file:
            body = file.read(LARGEST)
    except OSError as error:
        raise SaysoError(f"{path}: {error.strerror or error}") from error
    is_page = path.suffix.lower() in _ENDINGS or body[:_BEGINNING].lstrip().startswith(b"<")
    kind = HtmlResponse if is_page else Response
    response = kind(path.absolute().as_uri(), body=body)
    return explain_response(str(path), Fetched(response), agent)


def explain_response(source: str, fetched: Fetched, agent: str) -> RightsReport:
    """Read a page or an image with its headers."""
    response = fetched.response
    assert response is not None  # noqa: S101 - `fetch` raises otherwise
    image = read_image_rights(response.body)
    wanted = preferences(response, agent)
    if image.kind is not None:
        return RightsReport(
            source=source,
            kind=image.kind,
            licence=image.licence,
            credit=image.credit,
            signals=(*image.signals, *wanted),
            image=image,
        )
    if not isinstance(response, TextResponse):
        raise SaysoError(f"{source}: this is neither a page nor a JPEG, PNG, WebP or TIFF image")
    return _explain_page(source, fetched, response, wanted, agent)


def _explain_page(
    source: str,
    fetched: Fetched,
    response: TextResponse,
    wanted: tuple[RightsSignal, ...],
    agent: str,
) -> RightsReport:
    html = page_text(response)
    page = parse_page(html, response.url)
    nodes = [found.node for found in read_nodes(html, response.url, attributes=False)]
    header = response.headers.get("Link")
    link = header.decode("latin-1") if header else None
    rights = read_page_rights(page, html, nodes, find_article(nodes), link)
    pictures = [*read_pictures(page), *read_stated_pictures(page, nodes)]
    return RightsReport(
        source=source,
        kind="page",
        refusal=signals(response, fetched.rules, agent).refusal,
        licence=normalise(rights.licence),
        credit=rights.credit,
        signals=tuple(dict.fromkeys([*rights.signals, *wanted])),
        pictures=tuple(
            dataclasses.replace(one, licence=normalise(one.licence))
            for one in pictures
            if one.licence or one.credit
        ),
    )


def _lines(report: RightsReport) -> Iterator[str]:
    yield f"{report.source}: {report.kind}"
    if report.refusal:
        yield f"refused: a crawl keeps nothing of it, for it says {report.refusal}"
    yield from _licence_lines(report.licence, "licence")
    yield from _named(report.credit, "credit")
    for one in report.signals:
        effects = ", ".join(one.effects) or "no effect"
        yield f"signal: {one.name} = {one.raw} ({one.found_in}): {effects}"
    yield from _named(report.image, "image", but=("kind", "licence", "credit", "signals"))
    for picture in report.pictures:
        yield f"picture: {picture.url}"
        yield from (f"  {line}" for line in _licence_lines(picture.licence, "licence"))
        yield from (f"  {line}" for line in _named(picture.credit, "credit"))


def _licence_lines(licence: Licence | None, name: str) -> Iterator[str]:
    if licence is None:
        yield f"{name}: none stated; that allows nothing"
        return
    known = licence.id or "not recognised, so treated as all rights reserved"
    yield f"{name}: {known} ({licence.confidence}; {licence.found_in}: {licence.raw})"


def _named(part: Any, name: str, but: tuple[str, ...] = ()) -> Iterator[str]:
    for member in dataclasses.fields(part) if part is not None else ():
        value = getattr(part, member.name)
        if value and member.name not in but:
            shown = "; ".join(map(_shown, value)) if isinstance(value, tuple) else value
            yield f"{name} {member.name.replace('_', ' ')}: {shown}"


def _shown(value: Any) -> str:
    if not dataclasses.is_dataclass(value):
        return str(value)
    parts = (getattr(value, member.name) for member in dataclasses.fields(value))
    return ", ".join(part for part in parts if part)
