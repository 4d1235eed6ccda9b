"""What a language says for what is inserted: channels, dates, months, and "we ask once"."""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Final

import pydantic
from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.lists import format_list

from search.permissions.scope import Channel
from search.strict import Strict

_MONTHS: Final = "{months}"


class Phrases(Strict):
    """The words of one language, from ``phrases/sv.toml``."""

    locale: str
    """How lists and dates are written, by CLDR: ``en_GB``."""

    yes: str = pydantic.Field(pattern=r"^[^\W\d_]{1,12}$")
    """How a request's token begins: ``Ja``."""

    months: tuple[str, str]
    """How one month and several are written, each with ``{months}``."""

    asks_once: tuple[str, ...] = pydantic.Field(min_length=1, max_length=200)
    """Wordings that promise to ask no second time."""

    channels: Mapping[Channel, str]

    @pydantic.field_validator("locale")
    @classmethod
    def _must_be_a_locale(cls, locale: str) -> str:
        try:
            Locale.parse(locale)
        except (UnknownLocaleError, ValueError) as error:
            raise ValueError(f"{locale!r} is no locale; allowed: such as en_GB, sv") from error
        return locale

    @pydantic.field_validator("months")
    @classmethod
    def _must_name_months(cls, months: tuple[str, str]) -> tuple[str, str]:
        if not all(_MONTHS in form for form in months):
            raise ValueError("both forms need {months}")
        return months

    @pydantic.field_validator("asks_once")
    @classmethod
    def _must_say_something(cls, wordings: tuple[str, ...]) -> tuple[str, ...]:
        if not all(_plain(wording) for wording in wordings):
            raise ValueError("an empty wording would be in every text")
        return wordings

    @pydantic.field_validator("channels")
    @classmethod
    def _must_name_all(cls, channels: Mapping[Channel, str]) -> Mapping[Channel, str]:
        missing = [channel for channel in Channel if not channels.get(channel)]
        if missing:
            raise ValueError(f"no words for {', '.join(missing)}")
        return channels

    def say_channels(self, channels: Iterable[str], titles: Mapping[str, str]) -> str:
        """List a scope's channels: ``our website and Instagram``; ``titles`` of platforms."""
        return format_list(
            [self._say(channel, titles) for channel in channels], locale=self.locale
        )

    def say_date(self, day: dt.date) -> str:
        """Write a day with the name of its month: ``12 december 2026``."""
        return format_date(day, "long", locale=self.locale)

    def for_months(self, text: str, months: int) -> str:
        """Put the word for months behind their number in the singular where there is one."""
        one, more = self.months
        return text.replace(more, one) if months == 1 else text

    def find_asking_once(self, text: str) -> tuple[int, str] | None:
        """Find where a text says that we ask once: line from 0, and wording; ``None``: nowhere."""
        plain = _plain(text)
        for wording in self.asks_once:
            at = plain.find(_plain(wording))
            if at >= 0:
                words_before = len(plain[:at].split())
                return _line_of_word(text, words_before), wording
        return None

    def _say(self, channel: str, titles: Mapping[str, str]) -> str:
        name, _, platform = channel.partition(":")
        if not platform:
            return self.channels[Channel(name)]
        return titles.get(platform) or platform.replace("_", " ").title()


def _plain(text: str) -> str:
    """Remove what does not change what words say: case, width, kinds of apostrophe and space."""
    folded = unicodedata.normalize("NFKC", text).casefold().replace("\u2019", "'")
    return " ".join(folded.split())


def _line_of_word(text: str, word: int) -> int:
    found = next((f for i, f in enumerate(re.finditer(r"\S+", text)) if i == word), None)
    return text.count("\n", 0, found.start()) if found else 0
