"""Whom a handle, an identifier or an address means, and everything a store holds by them."""

import dataclasses
from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import urlsplit

from search.errors import SaysoError
from search.mention import Mention, StoredMention
from search.people.names import Name, names_from, names_in, names_of
from search.query import And, Or, Query, Term
from search.stores.base import Sort, Store
from search.words import fold_value

_FIELDS: Final = ("author.id", "author.url", "author.name")
_ROUNDS: Final = 4
"""So often a name found leads to others: an account that was renamed has several."""

_LISTED: Final = 10


class NoSuchAuthor(SaysoError):
    """Nobody in the store is called so; the message says what else to give."""


class SeveralAuthors(SaysoError):
    """More than one author is called so; the message names them."""


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """What a person has typed."""

    author: str
    """A handle, an identifier or an address."""

    source: str | None = None
    site: str | None = None
    """The host, where a source reads many sites and knows authors by no more than names."""

    def names(self, source: str, site: str | None) -> tuple[Name, ...]:
        """Return what it means for a mention of this source and site; nothing: not this one."""
        if self.source not in {None, source} or self.site not in {None, site}:
            return ()
        return names_from(self.author, source, site)


@dataclasses.dataclass(slots=True)
class Person:
    """One author, as far as a store knows."""

    label: str
    """For people: source, name and address."""

    names: set[Name]
    strongest: set[Name]
    """Those that tell this author even from one who has the same handle now."""

    raw: set[tuple[str, str, str]]
    """Source, field and value as written, by which the store finds them."""

    mentions: set[str] = dataclasses.field(default_factory=set)
    quarantined: set[str] = dataclasses.field(default_factory=set)
    unsure: set[str] = dataclasses.field(default_factory=set)
    """
    Whole ids of what is signed with no more than a name that others with another id have, too.

    Nobody can tell whose it is, so it is not among the rest, nor is that name.
    """

    @property
    def ids(self) -> list[str]:
        """Whole ids of everything that is theirs, in an order that stays."""
        return sorted(self.mentions | self.quarantined)

    def wrote(self, names: tuple[Name, ...]) -> bool:
        """Whether the author with these names, the strongest first, is this one."""
        return bool(names) and names[0] in self.names

    def join(self, other: "Person") -> None:
        """Take in what is the same author's."""
        self.names |= other.names
        self.strongest |= other.strongest
        self.raw |= other.raw
        self.mentions |= other.mentions
        self.quarantined |= other.quarantined


def find_person(store: Store, wanted: Wanted) -> Person:
    """
    Return the one author who is meant, with all that is theirs.

    Raises `NoSuchAuthor` and `SeveralAuthors`.
    """
    people = _grouped([*_stored(store, wanted), *_quarantined(store, wanted)])
    if not people:
        raise NoSuchAuthor(
            f"the store holds nothing by {wanted.author!r}: give the handle, the identifier or "
            "the profile's address as `sayso show ID` writes it"
        )
    if len(people) > 1:
        shown = "\n".join(f"  {each.label}" for each in people[:_LISTED])
        more = f"\n  and {len(people) - _LISTED:,} more" if len(people) > _LISTED else ""
        raise SeveralAuthors(
            f"{len(people):,} authors are called {wanted.author!r}: give one's address or "
            f"identifier, --source or --site\n{shown}{more}"
        )
    (person,) = people
    complete(store, person)
    return person


def complete(store: Store, person: Person) -> None:
    """Find all that is a person's, under whatever name, also in quarantine."""
    for _ in range(_ROUNDS):
        before = len(person.names)
        others: list[tuple[Name, ...]] = []
        bare: dict[str, Name] = {}
        for stored in written_under(store, person.raw):
            names = names_of(stored.mention)
            if not person.wrote(names):
                others.append(names)
            elif names[0].kind == "name":
                bare[stored.id] = names[0]
            else:
                person.join(_person(stored.mention, names))
        if len(person.names) == before:
            break
    waiting = {entry.id: names_in(entry.mention) for entry in store.quarantined()}
    shared = _shared(person, [*others, *waiting.values()])
    person.names -= shared
    person.unsure |= {each for each, name in bare.items() if name in shared}
    person.unsure |= {each for each, names in waiting.items() if names and names[0] in shared}
    person.mentions = (person.mentions | bare.keys()) - person.unsure
    person.quarantined |= {each for each, names in waiting.items() if person.wrote(names)}
    person.quarantined -= person.unsure


def _shared(person: Person, others: Iterable[tuple[Name, ...]]) -> set[Name]:
    """Return which names of a person are those of somebody with another identifier, too."""
    shared: set[Name] = set()
    for names in others:
        is_known = any(name.kind != "name" and name in person.names for name in names)
        if names and names[0].kind == "id" and not is_known:
            shared |= {name for name in names if name.kind == "name"}
    return shared & person.names


def written_under(store: Store, raw: Iterable[tuple[str, str, str]]) -> Iterator[StoredMention]:
    """Hand out what a store holds under names of a source."""
    by_source: dict[str, list[Query]] = {}
    for source, field, value in sorted(raw):
        by_source.setdefault(source, []).append(Term(field, fold_value(value)))
    for source, terms in by_source.items():
        query = And((Term("source", fold_value(source)), _any(terms)))
        yield from store.iterate(query, sort=Sort.FOUND)


def _stored(store: Store, wanted: Wanted) -> Iterator[Person]:
    terms = [
        Term(field, fold_value(spelling))
        for spelling in _spellings(wanted.author)
        for field in _FIELDS
    ]
    query: Query = _any(terms)
    if wanted.source is not None:
        query = And((Term("source", fold_value(wanted.source)), query))
    for stored in store.iterate(query, sort=Sort.FOUND):
        mention = stored.mention
        names = names_of(mention)
        if set(names) & set(wanted.names(mention.source, mention.site)):
            yield _person(mention, names)


def _quarantined(store: Store, wanted: Wanted) -> Iterator[Person]:
    for entry in store.quarantined():
        names = names_in(entry.mention)
        site = entry.mention.get("site")
        asked = wanted.names(str(entry.mention.get("source")), site or None)
        if set(names) & set(asked):
            label = f"{entry.source}: {entry.mention['author'].get('name')} (in quarantine)"
            yield Person(label, set(names), {names[0]}, set(), quarantined={entry.id})


def _person(mention: Mention, names: tuple[Name, ...]) -> Person:
    author = mention.author
    assert author is not None  # noqa: S101 - who has names has an author
    parts = {"author.id": author.id, "author.url": author.url, "author.name": author.name}
    shown = (author.name, author.id, author.url, mention.site)
    label = f"{mention.source}: {'  '.join(dict.fromkeys(filter(None, shown)))}"
    raw = {(mention.source, field, value) for field, value in parts.items() if value}
    return Person(label, set(names), {names[0]}, raw, mentions={mention.id})


def _grouped(found: Iterable[Person]) -> list[Person]:
    """Put together whom their strongest names tell to be one: an id, or else an address."""
    people: dict[Name, Person] = {}
    for person in found:
        (strongest,) = person.strongest
        if strongest in people:
            people[strongest].join(person)
        else:
            people[strongest] = person
    for name, person in list(people.items()):
        others = [each for each in people.values() if each is not person and name in each.names]
        if others:  # known elsewhere by something better
            others[0].join(people.pop(name))
    return list(people.values())


def _any(terms: list[Query] | list[Term]) -> Query:
    unique = tuple(dict.fromkeys(terms))
    return Or(unique) if len(unique) > 1 else unique[0]


def _spellings(text: str) -> Iterator[str]:
    """Write a handle without its ``@``, and an address in each way it may be kept."""
    text = text.strip()
    yield text
    yield text.removeprefix("@")
    if "://" not in text:
        return
    try:
        parts = urlsplit(text)
    except ValueError:
        return
    host = parts.netloc.removeprefix("www.")
    path = parts.path.rstrip("/")
    for scheme in ("https", "http"):
        for www in ("", "www."):
            for end in ("", "/"):
                query = f"?{parts.query}" if parts.query else ""
                yield f"{scheme}://{www}{host}{path}{end}{query}"
