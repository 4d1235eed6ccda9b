"""The columns of an export of what may be used, and what stands beside its rows."""

import dataclasses
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, Final

from search.fields import FieldKind
from search.permissions.lists.granted_item import GrantedItem
from search.permissions.reading import write_scope, write_use
from search.vocabulary import Kind


@dataclasses.dataclass(frozen=True, slots=True)
class GrantedColumn:
    """One column."""

    name: str
    """The heading."""

    read: Callable[[GrantedItem], Any]
    """Returns the value; ``None`` for unknown."""

    kind: FieldKind = FieldKind.KEYWORD
    """`FieldKind.WORDS` is shown wide and wrapped."""

    is_link: bool = False
    """Whether it can be clicked on."""


def _author(item: GrantedItem) -> str | None:
    return item.stored.mention.author.name if item.stored.mention.author else None


COLUMNS: Final = (
    GrantedColumn("id", lambda item: item.stored.id),
    GrantedColumn("url", lambda item: item.stored.mention.url, is_link=True),
    GrantedColumn("platform", lambda item: item.stored.mention.source),
    GrantedColumn("kind", lambda item: item.stored.mention.kind.value),
    GrantedColumn("author", _author),
    GrantedColumn("credit_line", lambda item: item.credit_line, FieldKind.WORDS),
    GrantedColumn("title", lambda item: item.stored.mention.title, FieldKind.WORDS),
    GrantedColumn("text", lambda item: item.stored.mention.text, FieldKind.WORDS),
    GrantedColumn("media", lambda item: tuple(each.url for each in item.stored.mention.media)),
    GrantedColumn("basis", lambda item: item.basis.value),
    GrantedColumn("licence", lambda item: item.licence),
    GrantedColumn("licence_url", lambda item: item.licence_url, is_link=True),
    GrantedColumn("notes", lambda item: item.notes, FieldKind.WORDS),
    GrantedColumn("use", lambda item: write_use(item.use)),
    GrantedColumn("expires", lambda item: item.expires, FieldKind.DATE),
    GrantedColumn("takedown_days", lambda item: item.scope and item.scope.takedown_days,
                  FieldKind.NUMBER),
    GrantedColumn("scope", lambda item: item.scope and write_scope(item.scope)),
    GrantedColumn("terms_version", lambda item: item.terms_version),
    GrantedColumn("terms_sha256", lambda item: item.terms_sha256),
    GrantedColumn("evidence", lambda item: item.evidence),
    GrantedColumn("decided_at", lambda item: item.decided_at, FieldKind.DATE),
)  # fmt: skip
"""In their order. The text is the author's own, and is never edited."""

_STATEMENTS: Final = {
    "en": (
        "These are {count} reviews chosen for publication: a selection, not all reviews, and no "
        "average may be formed of them. Chosen are those that the search {query!r} found and "
        "whose use is allowed. Whether their authors bought what they review was not checked by "
        "us. The site of publication says of {yes} that they did, of {no} that they did not or "
        "that it did not check, and of {silent} nothing. It says of {paid} that something was "
        "given for them, of {unpaid} that nothing was, and of {unknown} nothing."
    ),
    "sv": (
        "Detta är {count} recensioner som valts ut för publicering: ett urval, inte alla "
        "recensioner, och inget medelvärde får bildas av dem. Utvalda är de som sökningen "
        "{query!r} hittade och som får användas. Om författarna har köpt det som de recenserar "
        "har vi inte kontrollerat. Webbplatsen där de publicerades säger om {yes} att de har "
        "det, om {no} att de inte har det eller att det inte kontrollerats, och om {silent} "
        "ingenting. Den säger om {paid} att något gavs för dem, om {unpaid} att inget gavs, och "
        "om {unknown} ingenting."
    ),
    "nl": (
        "Dit zijn {count} beoordelingen die voor publicatie zijn gekozen: een selectie, niet "
        "alle beoordelingen, en er mag geen gemiddelde van worden gemaakt. Gekozen is wat de "
        "zoekopdracht {query!r} vond en gebruikt mag worden. Of de schrijvers hebben gekocht wat "
        "zij beoordelen, is door ons niet gecontroleerd. De site van publicatie zegt van {yes} "
        "dat dit zo is, van {no} dat dit niet zo is of niet is nagegaan, en van {silent} niets. "
        "Zij zegt van {paid} dat er iets voor is gegeven, van {unpaid} dat er niets voor is "
        "gegeven, en van {unknown} niets."
    ),
}


def review_statement(items: Sequence[GrantedItem], query: str, language: str) -> str | None:
    """
    Say what whoever shows reviews has to say of them; ``None`` when there are none among them.

    Whether, how and by whom they were verified, by what rule they were selected, and incentives
    (rights.md R5.2, R5.3; Directive 2005/29/EC, Article 7(6)).
    """
    reviews = [each.stored.mention for each in items if each.stored.mention.kind is Kind.REVIEW]
    if not reviews:
        return None
    verified = Counter(each.verified for each in reviews)
    paid = Counter(each.incentivised for each in reviews)
    return _STATEMENTS[language].format(
        count=len(reviews),
        query=query,
        yes=verified[True],
        no=verified[False],
        silent=verified[None],
        paid=paid[True],
        unpaid=paid[False],
        unknown=paid[None],
    )
