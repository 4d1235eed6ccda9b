"""Reviews as schema.org describes them: what a page says of a product, and what buyers say."""

import dataclasses
import datetime as dt
import hashlib
import re
from collections.abc import Iterable, Sequence
from html import unescape
from urllib.parse import parse_qsl, urlencode, urlsplit

from crawlers.platforms.badges import Badges
from crawlers.platforms.links import PAGE_NUMBER
from crawlers.platforms.markup import Markup, read_canonical
from crawlers.platforms.schema_org import Found, Node, read_nodes
from crawlers.reading import canonical_url, plain_text, read_count, read_time, site_of
from search.mention import Author, Kind, Mention, Rating, Subject

REVIEWS = frozenset({"Review", "UserReview", "CriticReview", "EmployerReview"})
"""Not ``ClaimReview`` and its like, which judge statements and not things."""

NOT_SUBJECTS = REVIEWS | {
    "AggregateRating", "Rating", "Person", "Organization", "WebPage", "WebSite", "ItemPage",
    "BreadcrumbList", "ListItem", "ItemList", "ImageObject", "VideoObject", "Offer",
    "AggregateOffer", "PostalAddress", "Brand", "SearchAction", "QuantitativeValue", "Article",
    "NewsArticle", "BlogPosting", "CollectionPage", "SiteNavigationElement", "WPHeader",
    "WPFooter", "WPSideBar", "NutritionInformation", "HowToStep", "ProfilePage",
}  # fmt: skip
"""Types a page is never about when it carries reviews."""

_MARKERS = re.compile(r"Review[\"'\s/>]|\breviews?[\"']")
_NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?")
_OUT_OF = re.compile(r"(?:/|\bof\b|\bvan\b|\bav\b|\bvon\b|\bsur\b|\bde\b)\s*(\d+(?:[.,]\d+)?)")
_DESCRIPTION = 10_000  # characters that are read; with markup, more than the tidy stage keeps
_IDENTIFIER = re.compile(r"\d{4}|[0-9a-f]{8}", re.IGNORECASE)


@dataclasses.dataclass(frozen=True, slots=True)
class Stated:
    """One review with what it is about."""

    node: Node
    subject: Node | None
    """``None`` when the page does not say."""


def may_have_reviews(html: str) -> bool:
    """Whether it is worth looking for reviews on a page."""
    return _MARKERS.search(html) is not None


def find_reviews(html: str, url: str) -> list[Stated]:
    """
    Find every review on a page, each once.

    A page often says the same in two syntaxes; the first to say it counts, and JSON-LD is read
    first.
    """
    found = read_nodes(html, url)
    subjects = [one.node for one in found if _is_subject(one.node)]
    reviews = [one for one in found if one.node.types & REVIEWS]
    by_syntax: dict[str, set[tuple[str, str]]] = {}
    stated = []
    for review in reviews:
        seen = by_syntax.setdefault(review.node.syntax, set())
        earlier = [known for syntax, known in by_syntax.items() if syntax != review.node.syntax]
        key = _wording(review.node)
        if not any(_is_among(key, known) for known in earlier):
            seen.add(key)
            stated.append(Stated(review.node, _find_subject(review, subjects)))
    return stated


def has_subject(html: str, url: str) -> bool:
    """Whether a page is about one thing that people rate, and no list of such things."""
    rated = [one.node for one in read_nodes(html, url) if _is_subject(one.node)]
    return len({_line(node.text("name")) for node in rated if _is_rated(node)}) == 1


def _is_rated(node: Node) -> bool:
    return any(name in node.raw for name in ("aggregateRating", "review", "reviews"))


def _is_subject(node: Node) -> bool:
    return bool(node.types) and not node.types & NOT_SUBJECTS and node.text("name") is not None


def _wording(review: Node) -> tuple[str, str]:
    author = review.text("author") or ""
    return _folded(author), _folded(review.text("reviewBody", "description") or "")


def _folded(text: str) -> str:
    return re.sub(r"\W+", " ", plain_text(unescape(text))).strip().casefold()


def _is_among(key: tuple[str, str], known: set[tuple[str, str]]) -> bool:
    """Compare by author and words; long words suffice where one syntax names no author."""
    author, body = key
    if key in known:
        return True
    return len(body) > 40 and any(body == other and not (author and by) for by, other in known)


def _find_subject(review: Found, subjects: Sequence[Node]) -> Node | None:
    """Find what is reviewed: named by the review, around it, pointing at it, or alone there."""
    named = next(review.node.nodes("itemReviewed"), None)
    if named is not None and named.text("name"):
        name = named.text("name")
        same = [node for node in subjects if node.text("name") == name]
        return max([named, *same], key=lambda node: len(node.raw))
    around = [node for node in reversed(review.inside) if _is_subject(node)]
    if around:
        return around[0]
    pointing = [node for node in subjects if _points_at(node, review.node)]
    rated = [node for node in subjects if _is_rated(node)]
    return next(iter(pointing or rated or subjects), None)


def _points_at(node: Node, review: Node) -> bool:
    identifier = review.raw.get("@id")
    return identifier is not None and any(
        other.raw.get("@id") == identifier for other in node.nodes("review", "reviews")
    )


def read_review(
    stated: Stated, page: Markup, source: str, own_ids: frozenset[str], badges: Badges
) -> Mention:
    """Turn one review into a mention; ``own_ids`` are the identifiers that stand for one only."""
    node = stated.node
    subject = _read_subject(stated.subject, page)
    title = _line(node.text("name", "headline"))
    body = plain_text(unescape(node.text("reviewBody", "description", "text") or ""))
    address = _own_address(node, page, own_ids)
    home = (subject.url if subject else None) or without_page_number(read_canonical(page))
    return Mention(
        source=source,
        source_id=address or f"{home}#{_digest(node)}",
        url=address or canonical_url(page.url),
        kind=Kind.REVIEW,
        title=title if body else None,
        text=body or title or "",
        site=site_of(page.url),
        published_at=_time(node, "datePublished", "dateCreated"),
        edited_at=_time(node, "dateModified"),
        author=_read_author(node, page),
        rating=read_rating(node, stated.subject),
        subject=subject,
        verified=badges.verified(node.id, body),
        declared_language=page.language,
    )


def _time(node: Node, *names: str) -> dt.datetime | None:
    return next(filter(None, map(read_time, node.texts(*names))), None)


def own_ids(reviews: Iterable[Stated]) -> frozenset[str]:
    """Return the identifiers that only one review on a page has."""
    ids = [value for stated in reviews for value in _ids(stated.node)]
    return frozenset(value for value in ids if ids.count(value) == 1)


def _ids(node: Node) -> list[str]:
    return [value for value in (node.id, node.text("url")) if value]


def _own_address(node: Node, page: Markup, own: frozenset[str]) -> str | None:
    """
    Return the review's own address on this site, the same on whichever page it is listed.

    A fragment counts when it holds a real identifier: ``#review-3`` is a place on the page, and
    tomorrow another review stands there.
    """
    for value in _ids(node):
        address = page.join(value) if value in own else None
        if address is None or site_of(address) != site_of(page.url):
            continue
        base, _, fragment = address.partition("#")
        base = without_page_number(canonical_url(base))
        if _IDENTIFIER.search(fragment):
            return f"{base}#{fragment}"
        if not fragment and base != without_page_number(canonical_url(page.url)):
            return base
    return None


def _digest(node: Node) -> str:
    """Tell reviews apart by who wrote what and when, and those without words by their rating."""
    author, body = _wording(node)
    said = body or (rating.value if (rating := read_rating(node, None)) else None)
    parts = (author, said, node.text("datePublished"), _folded(node.text("name") or ""))
    joined = "\x1f".join(str(part or "") for part in parts).encode("utf-8", "replace")
    return hashlib.blake2b(joined, digest_size=8).hexdigest()


def without_page_number(url: str) -> str:
    """Take ``page=2`` and its like off an address: reviews move between pages as others come."""
    parts = urlsplit(url)
    kept = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if not (PAGE_NUMBER.search(name) and value.isdigit())
    ]
    return parts._replace(query=urlencode(kept)).geturl()


def _read_author(node: Node, page: Markup) -> Author | None:
    for name in node.texts("author", "creator"):
        if not name.startswith(("http", "_:")):
            written = next(node.nodes("author", "creator"), None)
            url = page.join(written.text("url")) if written is not None else None
            return Author(name=_line(name) or name, url=url)
    return None


def _line(text: str | None) -> str | None:
    """Return text of one line, without markup; ``None`` for nothing."""
    return " ".join(plain_text(unescape(text or "")).split()) or None


def _read_subject(node: Node | None, page: Markup) -> Subject | None:
    name = _line(node.text("name")) if node is not None else None
    if node is None or name is None:
        return None
    url = page.join(node.text("url"))
    if url is None or site_of(url) != site_of(page.url):
        url = read_canonical(page)
    total = next(node.nodes("aggregateRating"), None)
    average = _read_scale(total, total) if total is not None else None
    maker = node.text("brand", "manufacturer")
    return Subject(
        name=name,
        url=without_page_number(canonical_url(url)),
        id=node.text(
            "gtin13", "gtin14", "gtin12", "gtin8", "gtin", "isbn", "sku", "productID", "mpn"
        ),
        description=plain_text(unescape((node.text("description") or "")[:_DESCRIPTION])) or None,
        brand=_line(maker) if maker and not maker.startswith("http") else None,
        rating_average=average.stars if average else None,
        rating_count=_read_total(total),
    )


def _read_total(total: Node | None) -> int | None:
    """Read how many rated: ratings if they are counted, else reviews."""
    if total is None:
        return None
    return next(filter(None, map(read_count, total.texts("ratingCount", "reviewCount"))), None)


def read_rating(review: Node, subject: Node | None) -> Rating | None:
    """
    Read what a reviewer gave.

    The scale is the rating's own, else that of the product's average. A value outside its scale
    says nothing certain and gives no rating.
    """
    total = next(subject.nodes("aggregateRating"), None) if subject is not None else None
    aspects = [node for node in review.nodes("reviewRating") if "reviewAspect" in node.raw]
    whole = [node for node in review.nodes("reviewRating") if "reviewAspect" not in node.raw]
    for node in whole or aspects:
        return _read_scale(node, total)
    value = review.text("reviewRating", "ratingValue")
    return _on_scale(value, None, None, total) if value else None


def _read_scale(node: Node, total: Node | None) -> Rating | None:
    value = node.text("ratingValue")
    return _on_scale(value, node.text("worstRating"), node.text("bestRating"), total)


def _on_scale(
    value: str | None, worst: str | None, best: str | None, total: Node | None
) -> Rating | None:
    number = read_number(value)
    if value is None or number is None:
        return None
    out_of = _OUT_OF.search(value)
    stated = read_number(best) or (100.0 if "%" in value else read_number(out_of and out_of[1]))
    lent = read_number(total.text("bestRating")) if total is not None else None
    top = stated or (lent if lent and number <= lent else None)
    top = top or next((usual for usual in (5.0, 10.0, 100.0) if number <= usual), number)
    bottom = read_number(worst)
    if bottom is None:
        bottom = 0.0 if number < 1 or "%" in value else 1.0
    try:
        return Rating.on_scale(number, worst=bottom, best=top)
    except (ValueError, ZeroDivisionError):
        return None


def read_number(text: str | None) -> float | None:
    """Read the first number in a text, with a decimal comma or point."""
    found = _NUMBER.search(text or "")
    return float(found[0].replace(",", ".")) if found else None
