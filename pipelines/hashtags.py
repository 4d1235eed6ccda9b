"""The hashtags stage: ``#tags``, ``@handles`` and links that stand in the text, unlisted."""

import dataclasses
import unicodedata
from collections.abc import Iterable, Iterator

import regex

from pipelines.context import Context
from search.mention import Mention

LONGEST_TAG = 100
"""Characters; what is longer is a sentence without spaces, not a tag."""

ADDRESS = regex.compile(r"(?:\w+://|www\.)[^\s<>]+", regex.IGNORECASE)
"""A web address in running text, whose ``#fragment`` and ``/@name`` address nobody."""

LONGEST_LINK = 2_000
"""Characters; what is longer leads nowhere."""

_BEHIND_LINKS = ".,:;!?'\")]}*_\u2026\u201d\u2019"

_HASHES = "#\N{FULLWIDTH NUMBER SIGN}"
_ATS = "@\N{FULLWIDTH COMMERCIAL AT}"

# What stands before the mark is looked at after it, since that is ten times as fast. The joiners
# and middle dots inside a tag are Persian, Catalan and Japanese spelling.
_TAG = regex.compile(
    rf"[{_HASHES}](?<![\w&/=?@{_HASHES}].)(?!\p{{M}})(\w(?:[\w\u200c·・]*\w)?)", regex.DOTALL
)
_NAME = r"(?!\p{M})\w(?:[\w.\-]*\w)?"
_HANDLE = regex.compile(rf"[{_ATS}](?<![\w&/=.\-{_ATS}].)({_NAME}(?:@{_NAME})?)", regex.DOTALL)


def tag_hashtags(mention: Mention, _: Context) -> Mention:
    """Merge what the source lists with what stands in the text: the source's own come first."""
    text = f"{mention.title}\n{mention.text}" if mention.title else mention.text
    hashtags = _once(_spell(tag, _HASHES) for tag in (*mention.hashtags, *find_hashtags(text)))
    handles = _once(_spell(name, _ATS) for name in (*mention.handles, *find_handles(text)))
    handles = _without_short_forms(handles)
    links = tuple(dict.fromkeys((*mention.links, *find_links(text))))
    if (hashtags, handles, links) == (mention.hashtags, mention.handles, mention.links):
        return mention
    return dataclasses.replace(mention, hashtags=hashtags, handles=handles, links=links)


def find_links(text: str) -> Iterator[str]:
    """Find every web address, without the punctuation behind it; one that begins with ``www.``."""
    if "://" not in text and "www." not in text.lower():
        return
    for address in ADDRESS.findall(text):
        if len(address) > LONGEST_LINK:
            continue
        link = _whole(address)
        if link.lower().startswith("www."):
            link = f"https://{link}"
        if regex.match(r"https?://\w", link, regex.IGNORECASE):
            yield link


def _whole(address: str) -> str:
    """Take off what belongs to the sentence: a full stop, or a bracket that was opened before."""
    while address and address[-1] in _BEHIND_LINKS:
        if address[-1] == ")" and address.count("(") >= address.count(")"):
            break
        address = address[:-1]
    return address


def find_hashtags(text: str) -> Iterator[str]:
    """Find every tag with at least one letter, without its ``#``, as written."""
    if any(mark in text for mark in _HASHES):
        for tag in _TAG.findall(without_addresses(text)):
            if len(tag) <= LONGEST_TAG and any(map(str.isalpha, tag)):
                yield tag


def find_handles(text: str) -> Iterator[str]:
    """Find every ``@name`` and ``@name@host``, without the first ``@``, as written."""
    if any(mark in text for mark in _ATS):
        for name in _HANDLE.findall(without_addresses(text)):
            if len(name) <= LONGEST_TAG and any(map(str.isalpha, name)):
                yield name


def without_addresses(text: str) -> str:
    """Replace every web address by a space."""
    return ADDRESS.sub(" ", text) if "://" in text or "www." in text.lower() else text


def _spell(name: str, marks: str) -> str:
    return unicodedata.normalize("NFC", name.strip().lstrip(marks).lower())


def _once(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in names if name))


def _without_short_forms(handles: tuple[str, ...]) -> tuple[str, ...]:
    """Leave ``ann`` out beside ``ann@a.example``: texts shorten what the source lists."""
    full = {name.partition("@")[0] for name in handles if "@" in name}
    return tuple(name for name in handles if "@" in name or name not in full)
