"""
The columns of an imported csv: which field each heading means, and how its cells are read.

Headings are the document's paths, as exports write them, or the names other programs use.
"""

import datetime as dt
import email.utils
import mimetypes
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from search.export_formats import SEPARATOR, restore
from search.fields import ALIASES, Field, FieldKind, fields
from search.mention import MediaKind, Rating

SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "text": ("content", "body", "message", "post", "tweet", "full_text", "review", "review_text",
             "comment", "caption"),
    "title": ("headline", "post_title", "review_title"),
    "url": ("link", "permalink", "post_url", "web_address"),
    "source_id": ("post_id", "tweet_id", "review_id", "comment_id", "external_id", "guid", "id"),
    "source": ("network", "platform", "channel"),
    "published_at": ("date", "created_at", "created", "published", "posted_at", "timestamp",
                     "datetime", "date_published", "publish_date", "review_date"),
    "author.name": ("username", "user_name", "user", "screen_name", "byline", "reviewer"),
    "author.reviews": ("num_reviews", "author_reviews", "author_review_count",
                       "reviewer_review_count"),
    "author.followers": ("followers", "follower_count", "followers_count"),
    "engagement.likes": ("like_count", "favourites", "favorites", "favorite_count", "reactions"),
    "engagement.replies": ("reply_count", "comments", "comment_count"),
    "engagement.reposts": ("shares", "share_count", "retweets", "retweet_count", "boosts"),
    "engagement.views": ("view_count", "impressions"),
    "rating.value": ("rating", "stars", "star_rating"),
    "subject.name": ("product_name", "place"),
    "subject.description": ("product_description",),
    "verified": ("verified_purchase", "verified_buyer", "is_verified", "verified_review",
                 "is_verified_buyer", "is_verified_purchase", "steam_purchase"),
    "incentivised": ("incentivized", "is_incentivised", "is_incentivized", "received_for_free"),
    "hashtags": ("tags",),
    "handles": ("mentions",),
    "licence.raw": ("licence", "license"),
    "declared_language": ("lang", "language", "language_code"),
}  # fmt: skip
"""Names that other programs give a field; the first heading that means a field is read."""

NOT_TAKEN = (
    *(path for path, field in fields().items() if field.own),
    "copy_of",
    *(
        path
        for path in fields()
        if path.startswith(
            (
                "authenticity.",
                "sentiment.",
                "second_opinion.",
                "disclosure.",
                "intent.",
                "language_",
                "rights_signals.",
                "towards.",
            )
        )
    ),
)
"""
Our own state, which an import never writes, what the stages find out anew, and signals: a row does
not tell which of their parts belong together.
"""

LONGEST_SHOWN, MOST_SHOWN = 40, 20
"""Characters of a heading, and headings, that a message names."""

_GAP = re.compile(r"[\s_\-]+")
_LIST = re.compile(r"[\s,;|]+")
_NUMBER_GAPS = re.compile(r"[\s\u00a0\u202f']")
_TRUE, _FALSE = {"true", "yes", "y", "1"}, {"false", "no", "n", "0"}


class Columns:
    """What the cells of each row are."""

    def __init__(self, headings: Sequence[str]) -> None:
        meant = [_path(heading) for heading in headings]
        self._paths: list[str | None] = []
        for heading, path in zip(headings, meant, strict=True):
            taken = path in self._paths or (path != _spell(heading) and _is_exact(path, headings))
            self._paths.append(None if taken else path)
        self.known: tuple[str, ...] = tuple(path for path in self._paths if path)
        """The fields that are read."""
        self.unread: tuple[str, ...] = tuple(
            heading.strip() for heading, path in zip(headings, self._paths, strict=True)
            if path is None and heading.strip() and _spell(heading) not in {"id", "language"}
        )  # fmt: skip
        """The headings that mean no field, or one that another column gives."""

    def problem(self) -> str | None:
        """Say what is missing before any row can become a mention."""
        if "text" not in self.known:
            missing = f"no column holds the text ({', '.join(('text', *SYNONYMS['text']))})"
        elif not {"url", "source_id"} & set(self.known):
            wanted = ("url", *SYNONYMS["url"], "source_id", *SYNONYMS["source_id"])
            missing = f"no column tells mentions apart ({', '.join(wanted)})"
        else:
            return None
        return f"{missing}; the headings are: {shown(self.unread + self.known) or 'none'}"

    def read(self, cells: Sequence[str]) -> dict[str, Any]:
        """Read a row into the fields of a document; `ValueError` names the column at fault."""
        if len(cells) > len(self._paths):
            raise ValueError(f"{len(cells)} cells, but {len(self._paths)} headings")
        values = {
            path: _read_cell(path, text)
            for path, cell in zip(self._paths, cells, strict=False)
            if path is not None and path not in NOT_TAKEN and (text := restore(cell).strip())
        }
        return assemble(values)


def shown(headings: Sequence[str]) -> str:
    """Name headings in a message, whatever they hold: short, without control characters."""
    named = ", ".join(map(_shorten, headings[:MOST_SHOWN]))
    more = len(headings) - MOST_SHOWN
    return f"{named} and {more:,} more" if more > 0 else named


def _shorten(heading: str) -> str:
    text = heading if len(heading) <= LONGEST_SHOWN else f"{heading[: LONGEST_SHOWN - 1]}…"
    return "".join(mark if mark.isprintable() else ascii(mark)[1:-1] for mark in text)


def assemble(values: Mapping[str, Any]) -> dict[str, Any]:
    """Nest dotted paths; a part without what it requires gets it from the rest, or is left out."""
    document: dict[str, Any] = {}
    for path, value in values.items():
        if value is None or path.startswith("media."):
            continue
        *parents, leaf = path.split(".")
        part = document
        for parent in parents:
            part = part.setdefault(parent, {})
        part[leaf] = value
    if media := _assemble_media(values):
        document["media"] = media
    return _complete(document)


def _complete(document: dict[str, Any]) -> dict[str, Any]:
    author, rating, licence = (document.get(name) for name in ("author", "rating", "licence"))
    if author and "name" not in author:
        author["name"] = author.get("display_name") or author.get("id") or author.get("url")
        if author["name"] is None:
            del document["author"]
    if "name" not in document.get("subject", {"name": ""}):
        del document["subject"]
    if rating and not {"stars", "value"} <= rating.keys():
        document["rating"] = _complete_rating(rating)
    if licence:
        licence.setdefault("raw", licence.get("url") or licence.get("id"))
        licence.setdefault("found_in", "imported file")
        licence.setdefault("id", None)
    return document


def _complete_rating(rating: Mapping[str, Any]) -> dict[str, Any]:
    value = rating.get("value", rating.get("stars"))
    if value is None:
        raise ValueError("rating: a scale without a value")
    scale = {name: rating[name] for name in ("worst", "best") if name in rating}
    whole = Rating.on_scale(value, **scale)
    return {"stars": whole.stars, "value": whole.value, "worst": whole.worst, "best": whole.best}


def _assemble_media(values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Pair addresses and kinds; descriptions and licences of media cannot be told apart in csv."""
    addresses = values.get("media.url") or ()
    kinds = values.get("media.kind") or ()
    if len(kinds) != len(addresses):
        kinds = [_guess_kind(address) for address in addresses]
    return [{"url": url, "kind": kind} for url, kind in zip(addresses, kinds, strict=True)]


def _guess_kind(address: str) -> str:
    kind = (mimetypes.guess_type(address)[0] or "").partition("/")[0]
    return kind if kind in set(MediaKind) else MediaKind.IMAGE


def _spell(heading: str) -> str:
    return _GAP.sub("_", heading.strip().lower())


def _is_exact(path: str | None, headings: Iterable[str]) -> bool:
    return any(_spell(heading) == path for heading in headings)


def _path(heading: str) -> str | None:
    name = _spell(heading)
    if name == "language":  # the language stage decides, with this as what the source declares
        return "declared_language"
    return name if name in fields() else _SHORT.get(name)


_SHORT = {
    **{path.replace(".", "_"): path for path in fields()},
    **ALIASES,
    **{name: path for path, names in SYNONYMS.items() for name in names},
}


def _read_cell(path: str, text: str) -> Any:
    field = fields()[path]
    if path in {"hashtags", "handles"}:
        return [name.lstrip("#@") for name in _LIST.split(text) if name.strip("#@")]
    if field.many:
        return [_read_value(field, part) for part in text.split(SEPARATOR)]
    return _read_value(field, text)


def _read_value(field: Field, text: str) -> Any:
    if field.kind is FieldKind.NUMBER:
        return _read_number(field, text)
    if field.kind is FieldKind.DATE:
        return _read_instant(field, text)
    if field.kind is FieldKind.FLAG:
        return _read_flag(field, text)
    return text.lower() if field.values else text


def _read_number(field: Field, text: str) -> float:
    plain = _NUMBER_GAPS.sub("", text)
    try:
        number = float(plain.replace(",", "."))
    except ValueError:
        number = None
    if number is None or (field.integer and ("," in plain or number != number // 1)):
        wanted = "a whole number such as 1200" if field.integer else "a number such as 4.5"
        raise ValueError(f"{field.path}: {text[:80]!r} is not {wanted}") from None
    return int(number) if field.integer else number


def _read_instant(field: Field, text: str) -> dt.datetime:
    """
    Read ISO 8601, seconds or milliseconds since 1970, or an e-mail's date; UTC if unsaid.

    ``03/04/2026`` is refused, since only its writer knows whether that is in March.
    """
    try:
        if text.isdecimal() and len(text) in {10, 13}:
            return dt.datetime.fromtimestamp(int(text) / (1000 if len(text) == 13 else 1), dt.UTC)
        instant = _read_iso(text) or email.utils.parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        wanted = "an instant such as 2026-01-31T12:00:00Z or a day such as 2026-01-31"
        raise ValueError(f"{field.path}: {text[:80]!r} is not {wanted}") from None
    return instant if instant.tzinfo else instant.replace(tzinfo=dt.UTC)


def _read_iso(text: str) -> dt.datetime | None:
    text = text.removesuffix(" UTC").replace("/", "-")
    try:
        return dt.datetime.fromisoformat(text)
    except ValueError:
        return None


def _read_flag(field: Field, text: str) -> bool:
    if text.lower() not in _TRUE | _FALSE:
        raise ValueError(f"{field.path}: {text[:80]!r} is not true or false")
    return text.lower() in _TRUE
