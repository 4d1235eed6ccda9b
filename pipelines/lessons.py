"""Labelled texts of the user's own: stars and corrections in the store, and tables."""

import csv
import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from pipelines.language import detect
from pipelines.sentiment import from_stars, kind_of_text, readable_text
from search.errors import SaysoError
from search.languages import LANGUAGES
from search.mention import Feeling, Kind, Mention, Purpose, Rating
from search.query import Exists, Or, Term
from search.stores.base import Store
from search.tags import PERSON
from search.vocabulary import UNKNOWN

INTENT: Final = "intent"
"""The kind of a lesson on what a text is written for; of others it is that of the text."""

_LEARNT_FROM: Final = Or(
    (
        Exists("rating.stars"),
        Term("sentiment.method", PERSON),
        Term("intent.method", PERSON),
    )
)
_FEELINGS: Final = {
    **{str(feeling): feeling for feeling in Feeling},
    **{feeling[:3]: feeling for feeling in Feeling},
}
_KINDS: Final = {"review": "review", "post": "post"}
_LABELS: Final = ("sentiment", "stars", "intent")


@dataclasses.dataclass(frozen=True, slots=True)
class Lesson:
    """One text and what it is."""

    language: str
    kind: str
    """``review`` or ``post`` when the label is a feeling, else `INTENT`."""

    text: str
    label: str
    is_corrected: bool
    """Whether a person looked at it for this; else stars say it."""


class BadLessons(SaysoError):
    """A table that nothing can be learnt from; the message says where and why."""


def from_store(store: Store) -> Iterator[Lesson]:
    """Read what stars and people say in a store, the newest first."""
    for stored in store.iterate(_LEARNT_FROM):
        yield from _of(stored.mention)


def _of(mention: Mention) -> Iterator[Lesson]:
    text, language = readable_text(mention), mention.language
    if language is None or language == UNKNOWN or not text.strip():
        return
    kind = kind_of_text(mention.kind)
    feeling = mention.sentiment
    if feeling is not None and feeling.method == PERSON and feeling.label is not None:
        yield Lesson(language, kind, text, feeling.label, is_corrected=True)
    elif mention.rating is not None and (label := from_stars(mention.rating).label) is not None:
        yield Lesson(language, kind, text, label, is_corrected=False)
    if mention.intent is not None and mention.intent.method == PERSON:
        yield Lesson(language, INTENT, text, mention.intent.label, is_corrected=True)


def from_csv(file: Path, languages: tuple[str, ...]) -> Iterator[Lesson]:
    """
    Read a table with the column ``text`` and one or more of ``sentiment``, ``stars``, ``intent``.

    ``language`` and ``kind`` (``post``, which it is without one, or ``review``) may be there; a
    language that is not said is found out among ``languages``. `BadLessons` names the line.
    """
    try:
        with file.open(encoding="utf-8-sig", newline="") as opened:
            head = opened.readline()
            opened.seek(0)
            delimiter = max(",;\t", key=head.count)
            rows = csv.DictReader(opened, delimiter=delimiter, strict=True)
            _check(file, rows.fieldnames or ())
            for row in rows:
                yield from _read(row, f"{file}:{rows.line_num}", languages)
    except OSError as error:
        raise BadLessons(f"{file}: {error.strerror}") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise BadLessons(f"{file}: {error}") from error


def _check(file: Path, columns: Sequence[str]) -> None:
    if "text" not in columns or not set(_LABELS) & set(columns):
        allowed = "text, and sentiment, stars or intent; language and kind may be there"
        raise BadLessons(f"{file}: its columns are {', '.join(columns)}; needed: {allowed}")


def _read(
    row: Mapping[str, str | None], where: str, languages: tuple[str, ...]
) -> Iterator[Lesson]:
    text = (row.get("text") or "").strip()
    if not text:
        raise BadLessons(f"{where}: text is empty")
    language = _language(row, where) or detect(text, languages)
    kind = _choice(row, "kind", _KINDS, where) or kind_of_text(Kind.POST)
    label = _choice(row, "sentiment", _FEELINGS, where) or _stars(row, where)
    purpose = _choice(row, "intent", {str(each): each for each in Purpose}, where)
    if language == UNKNOWN:
        return
    if label is not None:
        yield Lesson(language, kind, text, label, is_corrected=True)
    if purpose is not None:
        yield Lesson(language, INTENT, text, purpose, is_corrected=True)


def _language(row: Mapping[str, str | None], where: str) -> str | None:
    code = (row.get("language") or "").strip().lower() or None
    if code is not None and code not in LANGUAGES:
        raise BadLessons(f"{where}: language {code!r} is none; allowed: {', '.join(LANGUAGES)}")
    return code


def _choice(
    row: Mapping[str, str | None], column: str, allowed: Mapping[str, str], where: str
) -> str | None:
    value = (row.get(column) or "").strip().lower()
    if value and value not in allowed:
        raise BadLessons(f"{where}: {column} {value!r} is not allowed: {', '.join(allowed)}")
    return allowed[value] if value else None


def _stars(row: Mapping[str, str | None], where: str) -> str | None:
    value = (row.get("stars") or "").strip()
    if not value:
        return None
    try:
        return from_stars(Rating.on_scale(float(value.replace(",", ".")))).label
    except ValueError:
        raise BadLessons(f"{where}: stars {value!r} is no number from 1 to 5") from None
