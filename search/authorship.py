"""Whether two mentions that say the same are by different people, as far as their sources tell."""

from collections.abc import Sequence
from typing import Final

from search.likeness import is_passed_on
from search.mention import Author, Kind, Mention
from search.words import fold_value, folded_words

NOBODY: Final = frozenset(
    {
        *("anonymous", "anon", "guest", "user", "customer", "a customer", "unknown", "n a"),
        *("a google user", "amazon customer", "kindle customer", "verified buyer", "reviewer"),
        *("anonym", "kund", "gast", "okand", "en kund", "anonymous user", "verified customer"),
        *("anoniem", "klant", "een klant", "onbekend", "gast", "kunde", "ein kunde", "unbekannt"),
        *("anonymer kunde", "en kunde", "ukendt", "ukjent", "anonyme", "client", "un client"),
        *("utilisateur", "anonimo", "cliente", "un cliente", "usuario", "deleted", "consumer"),
    }
)
"""What stands, folded, where a source gives no name: many people have it."""

_OWN_WORDS: Final = frozenset({Kind.POST, Kind.COMMENT})


def repeats_another(mention: Mention, first: Mention) -> bool:
    """
    Whether of two mentions with the same text one may be no words of its author's own.

    Articles are syndicated, posts shared with a button or passed on as ``RT @name``, and reviews
    told about in posts: none of these counts.
    """
    if mention.kind is first.kind is Kind.REVIEW:
        return is_by_another(mention, first)
    if not {mention.kind, first.kind} <= _OWN_WORDS or set(mention.links) & set(first.links):
        return False
    passed_on = is_passed_on(mention.text) or is_passed_on(first.text)
    return not passed_on and is_by_another(mention, first)


def is_by_another(one: Mention, other: Mention) -> bool:
    """Whether both have an author who is known, and not the same; *Eva L.* may be *Eva Lind*."""
    if one.author is None or other.author is None:
        return False
    if _place(one) == _place(other) and one.author.id and other.author.id:
        return one.author.id != other.author.id
    if fold_value(one.author.name) == fold_value(other.author.name):
        return False
    names = name_words(one.author), name_words(other.author)
    return all(names) and not _may_be_one(*names)


def name_words(author: Author) -> Sequence[str]:
    """Split a name into folded words; none where it is no name, such as *Anonymous*."""
    found = folded_words(author.name)
    return () if " ".join(found) in NOBODY else found


def _place(mention: Mention) -> tuple[str, str | None]:
    return mention.source, mention.site


def _may_be_one(name: Sequence[str], other: Sequence[str]) -> bool:
    """Whether every word that both have is the same, or the first letter of the other."""
    pairs = zip(name, other, strict=False)
    return all(a == b or (min(len(a), len(b)) == 1 and a[0] == b[0]) for a, b in pairs)
