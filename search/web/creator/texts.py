"""What the pages say, in each language: from ``texts/sv.toml`` and the like."""

import dataclasses
import functools
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from babel import Locale

from search.permissions.wording.phrases import Phrases
from search.permissions.wording.shelf import shipped

FALLBACK: Final = "en"
_FOLDER: Final = Path(__file__).with_name("texts")
_WISH: Final = re.compile(
    r"([A-Za-z]{1,8})(?:-[A-Za-z0-9]{1,8})*\s*(?:;\s*q=([01](?:\.\d{0,3})?))?"
)
_MOST_WISHES: Final = 20


@dataclasses.dataclass(frozen=True, slots=True)
class Texts:
    """The texts of one language."""

    code: str
    """ISO 639-1."""

    texts: Mapping[str, str]

    def __call__(self, name: str, /, **values: object) -> str:
        """Return a text with values in it, as plain text; `KeyError` for one that is not there."""
        return self.texts[name].format(**values)

    @property
    def phrases(self) -> Phrases:
        """How this language writes days and names channels."""
        return shipped().phrases[self.code]

    def country(self, code: str) -> str:
        """Name a country by its ISO 3166-1 code."""
        return Locale.parse(self.texts["locale"]).territories.get(code) or code


@functools.cache
def all_texts() -> Mapping[str, Texts]:
    """Read every language, English first."""
    read = {
        path.stem: Texts(path.stem, tomllib.loads(path.read_text("utf-8")))
        for path in sorted(_FOLDER.glob("*.toml"))
    }
    return {FALLBACK: read[FALLBACK], **read}


def choose(*wanted: str | None, accepted: str = "") -> Texts:
    """
    Return the first wanted language that there is, else the browser's, else English.

    ``accepted`` is an ``Accept-Language`` header (RFC 9110, 12.5.4).
    """
    known = all_texts()
    for code in (*wanted, *_wishes(accepted)):
        if code is not None and (texts := known.get(code.partition("-")[0].lower())):
            return texts
    return known[FALLBACK]


def _wishes(accepted: str) -> list[str]:
    """Sort the languages of a header by how much they are wanted."""
    found = [_WISH.fullmatch(each.strip()) for each in accepted[:500].split(",")[:_MOST_WISHES]]
    wishes = [(float(each[2] or 1), each[1].lower()) for each in found if each]
    return [code for wish, code in sorted(wishes, key=lambda each: -each[0]) if wish > 0]
