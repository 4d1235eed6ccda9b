"""Texts and what others make of them: edits that leave a copy, and what only looks like one."""
# ruff: noqa: RUF001 - agencies write an en dash

import itertools
import random
import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parent
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_FILLERS: dict[str, str] = {
    "en": "window paper river yellow often seven under garden slowly bread never people",
    "sv": "fönster papper flod gul ofta sju under trädgård sakta bröd aldrig folk",
    "nl": "venster papier rivier geel vaak zeven onder tuin langzaam brood nooit mensen",
}
_MORE = {
    "en": "More on this in the coming days.",
    "sv": "Mer om detta under de kommande dagarna.",
    "nl": "Meer hierover in de komende dagen.",
}


class Text(NamedTuple):
    """One text of ours."""

    language: str
    text: str


def bases() -> list[Text]:
    """All texts, none of them a copy of another."""
    lines = (FOLDER / "bases.tsv").read_text("utf-8").splitlines()
    return [Text(*line.split("\t")) for line in lines]


def articles() -> list[Text]:
    """Longer ones, each of three texts of one language."""
    return [
        Text(language, "\n\n".join(base.text for base in some))
        for language in _FILLERS
        for some in zip(
            *[(base for base in bases() if base.language == language)] * 3, strict=False
        )
    ]


def _entities(base: Text) -> str:
    return base.text.replace("'", "&#39;").replace(" and ", " &amp; and ").replace("ö", "&ouml;")


def _sentence_removed(base: Text) -> str | None:
    parts = _SENTENCE.split(base.text)
    return " ".join(parts[:1] + parts[2:]) if len(parts) > 2 else None


def _truncated(base: Text) -> str:
    some = base.text.split()
    return " ".join(some[: round(0.6 * len(some))]) + "…"


def _changed(share: float) -> Callable[[Text], str]:
    def change(base: Text) -> str:
        dice = random.Random(f"{base.text}/{share}")  # noqa: S311 - the same every time
        some = base.text.split()
        for at in dice.sample(range(len(some)), max(1, round(share * len(some)))):
            some[at] = dice.choice(_FILLERS[base.language].split())
        return " ".join(some)

    return change


def _mistyped(base: Text) -> str:
    longest = max(base.text.split(), key=len)
    return base.text.replace(longest, longest[:2] + longest[3] + longest[2] + longest[4:], 1)


COPIES: dict[str, Callable[[Text], str | None]] = {
    "exact": lambda base: base.text,
    "capitals": lambda base: base.text.upper(),
    "punctuation and white space": lambda base: re.sub(r"[,.:]", " –", base.text).replace(
        " ", "  "
    ),
    "entities": _entities,
    "byline": lambda base: f"By Alice Marlow\n\n{base.text}",
    "read more": lambda base: f"{base.text} Read more at https://news.example/a?utm_source=x",
    "agency": lambda base: f"SALTMERE (Wire) – {base.text}",
    "headline in front": lambda base: f"What we know so far\n\n{base.text}",
    "cut at 60 %": _truncated,
    "a sentence removed": _sentence_removed,
    "a sentence added": lambda base: f"{base.text} {_MORE[base.language]}",
    "5 % of words changed": _changed(0.05),
    "10 % of words changed": _changed(0.1),
    "20 % of words changed": _changed(0.2),
    "a typing mistake": _mistyped,
    "emoji": lambda base: f"☕ {base.text} 🙌🏽🔥",
    "links and hashtags": lambda base: (
        f"{base.text} https://a.example/?utm_medium=b #coffee #news"
    ),
    "passed on": lambda base: f"RT @anna: {base.text}",
}
"""What becomes of a text and stays a copy; ``None`` where the edit is not possible."""

OTHERS: dict[str, Callable[[], Iterator[tuple[str, str]]]] = {
    "a reply that quotes in lines": lambda: (
        (base.text, f"> {base.text}\n\nI was there on the same day and it was quite different.")
        for base in bases()
    ),
    "a quote with a comment": lambda: (
        (base.text, f"This is exactly what I have been saying for years: “{base.text}”")
        for base in bases()
    ),
    "passed on behind a comment": lambda: (
        (
            base.text,
            f"Could not agree more, and it is time somebody said so. RT @anna: {base.text}",
        )
        for base in bases()
    ),
    "two comments on one quote": lambda: (
        (
            f"“{base.text}” Could not agree more, and it is time somebody said so.",
            f"“{base.text}” Who writes this? I went there and found nothing of the kind.",
        )
        for base in bases()
    ),
    "a form with other facts": lambda: (
        pair for form in templates("names") for pair in itertools.combinations(form, 2)
    ),
    "a form with other words": lambda: (
        pair for form in templates("words") for pair in itertools.combinations(form, 2)
    ),
    "other texts": lambda: itertools.combinations([base.text for base in bases()], 2),
    "stock phrases": lambda: ((line, line) for line in stock()),
}
"""Pairs of texts that are no copies of each other; other texts include translations."""


def _both(first: str, second: str) -> Callable[[Text], str]:
    return lambda base: first + base.text + second


def templates(name: str) -> list[list[str]]:
    """Forms, filled in several times with ``names`` and numbers, or with ordinary ``words``."""
    forms = tomllib.loads((FOLDER / "templates.toml").read_text("utf-8"))[name]
    return [[form["text"].format(*facts) for facts in form["facts"]] for form in forms]


def stock() -> list[str]:
    """Phrases that people write without knowing of each other."""
    return (FOLDER / "stock.txt").read_text("utf-8").splitlines()
