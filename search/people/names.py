"""
By which names an author is known again: what the suppression list keeps keyed hashes of.

A handle tells one author from all others of a platform, a byline does not: on sources that read
many sites it counts only where a site gives nothing better, and there for that site alone.
"""

import functools
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

from search.authorship import NOBODY
from search.mention import Mention
from search.words import fold_value, folded_words

MANY_SITES: Final = frozenset({"website", "reviews", "feed", "import"})
"""Sources that read many sites, on which two people may well have one name."""


class Name(NamedTuple):
    """One way to tell an author."""

    source: str
    kind: str
    """``id``, ``url`` or ``name``."""

    value: str
    """In the one form in which it is compared."""


def names_of(mention: Mention) -> tuple[Name, ...]:
    """Return every name of a mention's author; none where nobody is named."""
    author = mention.author
    if author is None:
        return ()
    address = None if author.url == mention.url else author.url
    return tuple(_names(mention.source, mention.site, author.id, address, author.name))


def names_in(plain: Mapping[str, Any]) -> tuple[Name, ...]:
    """Return those of a mention as JSON, which may be one that cannot be read."""
    author = plain.get("author")
    if not isinstance(author, Mapping):
        return ()
    address = None if author.get("url") == plain.get("url") else author.get("url")
    site, source = plain.get("site"), str(plain.get("source"))
    return tuple(_names(source, site, author.get("id"), address, author.get("name")))


def names_from(text: str, source: str, site: str | None = None) -> tuple[Name, ...]:
    """
    Return what somebody may mean who types a handle, an identifier or an address.

    ``site``: the host, where a source reads many and knows an author by no more than a name.
    """
    text = text.strip()
    identifier = Name(source, "id", _clean(text))
    if "://" in text:
        return tuple(dict.fromkeys((identifier, *_names(source, site, None, text, None))))
    handle = text.removeprefix("@")
    return (identifier, *_names(source, site, None, None, handle)) if handle else ()


def _names(source: str, site: Any, number: Any, address: Any, name: Any) -> Iterator[Name]:
    """Take foreign values as they are: what is no text is no name."""
    found = False
    if isinstance(number, str) and (value := _clean(number)):
        found = True
        yield Name(source, "id", value)
    if isinstance(address, str) and (value := _address(address)):
        found = True
        yield Name(source, "url", value)
    if not isinstance(name, str) or not (value := fold_value(_clean(name))) or _is_nobody(name):
        return
    if source not in MANY_SITES:
        yield Name(source, "name", value)
    elif isinstance(site, str) and site and not found:
        yield Name(source, "name", f"{_clean(site).lower()}\x1f{value}")


@functools.lru_cache(maxsize=10_000)
def _is_nobody(name: str) -> bool:
    """Whether many people have it: *Anonymous* is no name, and hides none."""
    return " ".join(folded_words(name)) in NOBODY


def _clean(text: str) -> str:
    """Take off what the tidy stage takes off too: what was stored is the same as what is said."""
    if not text.isprintable():
        text = " ".join("".join(filter(str.isprintable, word)) for word in text.split())
    return " ".join(text.split())


def _address(text: str) -> str:
    """
    Write an address as all its spellings are: without scheme, ``www.``, fragment, end slash.

    ``""`` for the front page of a site, which is everybody's.
    """
    try:
        parts = urlsplit(_clean(text))
        host = (parts.hostname or "").removeprefix("www.")
        port = f":{parts.port}" if parts.port not in {None, 80, 443} else ""
    except ValueError:
        return _clean(text)
    rest = parts.path.rstrip("/") + (f"?{parts.query}" if parts.query else "")
    return f"{host}{port}{rest}" if rest else ""
