"""One request with the longest values that are still usual, and ways to change it."""

import dataclasses
import datetime as dt
from pathlib import Path
from typing import Any

from search.permissions.scope import Scope
from search.permissions.wording.composing import Composed, Situation, compose
from search.permissions.wording.particulars import Particulars

SCOPE = Scope(
    channels=("website", "organic_social:instagram"),
    territories=("SE", "NL"),
    valid_from=dt.date(2026, 12, 1),
    valid_until=dt.date(2027, 11, 30),
)
SAMPLE = Particulars(
    brand="Espresso House",
    url="https://ja.example/w3Qk9ZrT1xYb7Lm2Vn8sPg",
    handle="annaandersson9",
    person="Maria",
    post_url="https://instagram.com/p/C1a2B3c4D5e/",
    scope=SCOPE,
    respond_by=dt.date(2026, 12, 15),
    token="#JaEspressoHouse-7F3KX",  # noqa: S106 - the word in public, not the secret
    brand_handle="@espressohouse",
    terms_version="v1",
    privacy_url="https://ja.example/privacy",
)


def sample(**changes: Any) -> Particulars:
    return dataclasses.replace(SAMPLE, **changes)


def scope(**changes: Any) -> Scope:
    return dataclasses.replace(SCOPE, **changes)


def request(platform: str, language: str | None = "en", **changes: Any) -> Composed:
    """Compose a request from the sample; ``changes`` of the sample."""
    return compose(sample(**changes), Situation(platform=platform, language=language))


OWN = """\
id = "spring"
version = 1
language = "en"
size = "M"
purpose = "request"
allow_reminder = true
text = '''
Hi {handle}, {brand} here.
May we show your post? {url}
'''
"""
"""A template of somebody's own, whose text begins on line 8."""


def write_own(folder: Path, content: str = OWN, name: str = "spring.toml") -> Path:
    path = folder / name
    path.write_text(content, "utf-8")
    return path
