"""
The disclosure stage: whether an author says that somebody paid for a mention, and how clearly.

A signal, never a verdict. The terms are those of `disclosure_terms.toml`, by language and country;
``und`` is looked through for the hashtags of all. What they are worth depends on where they
stand: clear is only what regulators recommend, at the very start of a text; later in it, or among
hashtags, the same words are ambiguous. One ordinary word in running text is nothing: *Anzeige*
may be a police report, *reklam* a nuisance, *ad* the beginning of *ad hoc*. So a single word
counts as a hashtag, in brackets, or as a label: at the start, with something that ends it. What is
denied or asked (*not an ad*, *reklam?*) is nothing either. Titles are looked through like texts.
"""

import dataclasses
import functools
import itertools
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import regex

from pipelines.context import Context
from pipelines.hashtags import ADDRESS
from search.mention import Disclosed, Disclosure, Mention, Place
from search.vocabulary import UNKNOWN

FOLD: Final = 125
"""Characters that apps show before "more": a term behind them is not at the start."""

READ_CHARACTERS: Final = 5_000
"""How much of a text is looked through."""

_TERMS: Final = Path(__file__).with_name("disclosure_terms.toml")
_FLAGS: Final = regex.IGNORECASE | regex.V1
_ORDER: Final = (Disclosed.CLEAR, Disclosed.AMBIGUOUS, Disclosed.WEAK, Disclosed.NONE)
_LEAD: Final = regex.compile(
    r"(?:[\s\p{P}\p{Extended_Pictographic}\p{Emoji_Modifier}\uFE0F\u200D--[#@]])*", regex.V1
)
_LABEL_ENDS: Final = (
    r"(?=\s*(?:$|[\n:|/\\\-\u2013\u2014)\]}*\u2022\u00b7~+&\u201d\u00bb\"]"
    r"|[.\u2026!](?![\s\S]{0,80}\b{words}\b)|[#@]|\p{Extended_Pictographic}))"
)
"""What ends a label; no full stop where the word comes again (*Werbung! Nur Werbung!*)."""

_NAMES: Final = {
    "{brand}": r"[\"'\u201c\u201d\u00ab]?(?:[@#]\w|(?-i:\p{Lu}))[\w&.'\u2019\-]*",
    "{handle}": r"[@#]\w[\w&.'\u2019\-]*",
}
_DENIED: Final = regex.compile(
    r"(?:\b(?:not|no|never|inte|ej|ingen|inget|niet|geen|nicht|keine?|ikke|ingen|pas|aucune?|ei)"
    r"|n['\u2019]t)\s+(?:(?:an?|any|en|ett|et|een|eine?|une?|de la|de|una?)\s+)?$",
    regex.IGNORECASE,
)
_BEFORE: Final = 24
"""Characters before a term that may deny it."""

_MOST_PLACES: Final = 8
"""How often a term is looked at; all that counts is whether it is at the start, or denied."""

_HASHTAG_RUN: Final = regex.compile(r"(?:#\w+[\s,]*){3,}", regex.V1)


def tag_disclosure(mention: Mention, context: Context) -> Mention:
    """Set the disclosure from the text, or from what the source itself marks."""
    is_known = mention.language not in {None, UNKNOWN}
    language = mention.language if is_known else mention.declared_language or mention.language
    parts = (mention.title or "", mention.text[:READ_CHARACTERS])
    each = [find_disclosure(part, language, context.jurisdiction) for part in parts]
    found = min(each, key=lambda found: _ORDER.index(found.level))
    if found.level is Disclosed.NONE and mention.marked_as_paid:
        found = Disclosure(level=Disclosed.PLATFORM, method="platform")
    return dataclasses.replace(mention, disclosure=found)


def find_disclosure(
    text: str, language: str | None, jurisdiction: str | None = None
) -> Disclosure:
    """
    Look for the clearest disclosure in a text.

    ``jurisdiction`` is a country (``FI``), where the language is spoken in more than one.
    """
    plain = _without_addresses(unicodedata.normalize("NFKC", text))
    best: Disclosure | None = None
    for terms in _terms_for(language, jurisdiction):
        for found in terms.find(plain):
            if best is None or _ORDER.index(found.level) < _ORDER.index(best.level):
                best = found
    if best is not None:
        return best
    looked_for = language if language in _known_terms() else None
    return Disclosure(level=Disclosed.NONE, language=looked_for, method=_method())


def _without_addresses(text: str) -> str:
    """Empty addresses, in which no author says anything, and end a line where one stood."""
    if "://" not in text and "www." not in text.lower():
        return text
    return str(ADDRESS.sub(lambda found: "\n".ljust(len(found[0])), text))


@dataclasses.dataclass(frozen=True, slots=True)
class _Term:
    """One term, and the forms in which it counts."""

    strength: Disclosed
    pattern: "regex.Pattern[str]"


@dataclasses.dataclass(frozen=True, slots=True)
class _Terms:
    """The terms of one language in one country, the longest first."""

    language: str
    jurisdiction: str
    terms: tuple[_Term, ...]

    def find(self, text: str) -> Iterator[Disclosure]:
        """Hand out each match with what it is worth where it stands."""
        lead = _LEAD.match(text)
        start = lead.end() if lead else 0
        runs = [run.span() for run in _HASHTAG_RUN.finditer(text)] if "#" in text else []
        for term in self.terms:
            for found in itertools.islice(term.pattern.finditer(text), _MOST_PLACES):
                if _is_denied(text, found):
                    continue
                place = _place(text, found, start, runs)
                yield Disclosure(
                    level=_worth(term.strength, place),
                    term=found.group().strip(),
                    place=place,
                    language=self.language,
                    jurisdiction=self.jurisdiction,
                    method=_method(),
                )
                break


def _is_denied(text: str, found: "regex.Match[str]") -> bool:
    before = text[max(0, found.start() - _BEFORE) : found.start()]
    return _DENIED.search(before) is not None or text[found.end() :].lstrip(" ")[:1] == "?"


def _place(
    text: str, found: "regex.Match[str]", start: int, runs: Sequence[tuple[int, int]]
) -> Place:
    begins = found.start()
    if begins <= start and found.end() <= FOLD:
        return Place.START
    if text[begins] != "#":
        return Place.TEXT
    buried = any(low <= begins < high for low, high in runs)
    return Place.HASHTAGS if buried else Place.HASHTAG


def _worth(strength: Disclosed, place: Place) -> Disclosed:
    if strength is Disclosed.CLEAR and place is not Place.START:
        return Disclosed.AMBIGUOUS
    return strength


def _terms_for(language: str | None, jurisdiction: str | None) -> Sequence[_Terms]:
    known = _known_terms()
    if language in {None, UNKNOWN}:
        return _hashtags_of_all()
    countries = known.get(language or "", {})
    if not countries:
        return _hashtags_of_all()
    return (countries.get(jurisdiction or "", next(iter(countries.values()))),)


@functools.cache
def _listed() -> Mapping[str, Any]:
    return tomllib.loads(_TERMS.read_text("utf-8"))


@functools.cache
def _method() -> str:
    return f"terms/{_listed()['version']}"


@functools.cache
def _known_terms() -> Mapping[str, Mapping[str, _Terms]]:
    return {
        language: {
            country: _Terms(language, country, _compile(lists, _forms))
            for country, lists in countries.items()
        }
        for language, countries in _listed().items()
        if language != "version"
    }


@functools.cache
def _hashtags_of_all() -> tuple[_Terms, ...]:
    """Return the hashtags of all languages, for a text whose language is not known."""
    return tuple(
        _Terms(language, country, _compile(lists, _hashtag))
        for language, countries in _listed().items()
        if language != "version"
        for country, lists in list(countries.items())[:1]
    )


def _compile(lists: Mapping[str, Sequence[str]], forms: Any) -> tuple[_Term, ...]:
    strengths = {
        "strong": Disclosed.CLEAR,
        "ambiguous": Disclosed.AMBIGUOUS,
        "weak": Disclosed.WEAK,
    }
    terms = [(name, word) for name in strengths for word in lists[name]]
    terms.sort(key=lambda term: -len(term[1]))
    return tuple(
        _Term(strengths[name], regex.compile(pattern, _FLAGS))
        for name, word in terms
        if (pattern := forms(word)) is not None
    )


def _forms(term: str) -> str:
    """Write the forms in which a term counts as a pattern."""
    hashtag = _hashtag(term)
    if term.startswith("#"):
        return str(hashtag)
    words = _words(term)
    label = _LABEL_ENDS.replace("{words}", words)
    if len(term.split()) == 1:
        forms = [
            rf"(?<=^{_LEAD.pattern}){words}\b{label}",
            rf"(?<=[(\[]\s*){words}(?=\s*[)\]])",
        ]
    elif len(term.split()) == 2 and term.endswith("{brand}"):
        forms = [rf"(?<=^{_LEAD.pattern}){words}"]  # an ordinary noun before a name, elsewhere
    else:
        forms = [rf"\b{words}" if term.endswith("}") else rf"\b{words}\b"]
    return "|".join([*forms, *([hashtag] if hashtag else [])])


def _words(term: str) -> str:
    """Let any white space stand between words, and a name for ``{brand}`` and ``{handle}``."""
    return r"\s+".join(_NAMES.get(word) or regex.escape(word) for word in term.split())


def _hashtag(term: str) -> str | None:
    """Write a term as a hashtag, joined; ``None`` for one that cannot be."""
    bare = term.removeprefix("#")
    if "{" in bare or "/" in bare:
        return None
    return rf"#{regex.escape(bare.replace(' ', '').replace('-', ''))}\b(?!-\w)"
