"""The people on the demo web's instance, and whether they agreed to be found."""

import dataclasses
import unicodedata
from collections.abc import Mapping
from typing import Any

from crawlers.demo.documents import LANGUAGES, NOW
from crawlers.demo.writing import Writer

REMOTE = "kaffetorget.example"
"""Another instance, whose posts are also shown here."""

_UNWILLING: tuple[tuple[str, str, Mapping[str, Any], str], ...] = (
    ("en", "quietreader", {"indexable": False}, "author not opted in"),
    ("en", "nobotsplease", {"note": "Tea, boats. #nobot"}, "profile asks bots to stay away"),
    ("sv", "bara_vanner", {"indexable": None}, "author not opted in"),
    ("sv", "utan_index", {"noindex": True}, "profile asks not to be indexed"),
    ("nl", "liever_niet", {"indexable": False}, "author not opted in"),
    ("nl", "geen_index", {"note": "Fietsen en thee. #noindex"}, "profile asks not to be indexed"),
)
_CAFES = {"en": "coffee", "sv": "kaffe", "nl": "koffie"}


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Account:
    """One person."""

    number: int
    username: str
    display_name: str
    language: str
    host: str | None = None
    """The instance it lives on; ``None``: this one."""

    note: str = ""
    indexable: bool | None = True
    """``None``: the instance does not say."""

    noindex: bool = False
    bot: bool = False
    refused: str | None = None
    """Why its posts must be left out; ``None``: it agreed to be found."""

    def base(self, address: str) -> str:
        """Return the address of the instance it lives on."""
        return f"https://{self.host}" if self.host else address

    def uri(self, address: str) -> str:
        """Return what identifies it throughout the fediverse."""
        return f"{self.base(address)}/users/{self.username}"

    @property
    def acct(self) -> str:
        """Its name as this instance shows it."""
        return f"{self.username}@{self.host}" if self.host else self.username

    def shown(self, address: str) -> dict[str, Any]:
        """Return it as the interface does."""
        avatar = f"{address}/media/{self.username}.png"
        optional = {} if self.indexable is None else {"indexable": self.indexable}
        return {
            "id": str(self.number),
            "username": self.username,
            "acct": self.acct,
            "display_name": self.display_name,
            "locked": False,
            "bot": self.bot,
            "discoverable": True,
            **optional,
            "group": False,
            "created_at": "2022-11-05T00:00:00.000Z",
            "note": f"<p>{self.note}</p>" if self.note else "",
            "url": f"{self.base(address)}/@{self.username}",
            "uri": self.uri(address),
            "avatar": avatar,
            "avatar_static": avatar,
            "header": avatar,
            "header_static": avatar,
            "followers_count": self.number * 37 % 900,
            "following_count": self.number * 53 % 400,
            "statuses_count": self.number * 71 % 3_000,
            "last_status_at": f"{NOW:%Y-%m-%d}",
            "hide_collections": False,
            "noindex": self.noindex,
            "emojis": [],
            "roles": [],
            "fields": [],
        }


def brand_account() -> Account:
    """Return the brand's own account, which people address."""
    return Account(number=1, username="stormcoffee", display_name="Storm", language="en")


def residents() -> list[Account]:
    """Return everybody who posts: ten people a language, and some who do not want to be found."""
    people = [
        account for language in LANGUAGES for account in _speakers(Writer(language, "accounts"))
    ]
    unwilling = [
        dataclasses.replace(
            Account(number=900 + n, username=username, display_name=username, language=language),
            refused=refused,
            **changes,
        )
        for n, (language, username, changes, refused) in enumerate(_UNWILLING)
    ]
    return [*people, *unwilling]


def _speakers(writer: Writer) -> list[Account]:
    first = 100 * (LANGUAGES.index(writer.language) + 1)
    names = [writer.card("slots.name") for _ in range(10)]
    return [
        Account(
            number=first + n,
            username=_handle(name),
            display_name=name,
            language=writer.language,
            host=REMOTE if n % 4 == 3 else None,
            note=f"{_CAFES[writer.language]}, {writer.card('slots.town')}",
            bot=n == 9,
        )
        for n, name in enumerate(names)
    ]


def _handle(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return plain.lower().replace(" ", "_")
