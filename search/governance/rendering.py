"""From facts to drafts: the same facts give the same files, and every blank is told."""

import dataclasses
import datetime as dt
import functools
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import jinja2

from search.governance.facts import Facts, digest
from search.governance.markdown import escape, escape_all
from search.governance.record import record, to_json

LANGUAGES: Final = ("en", "sv", "nl")
"""Those that the texts for the public come in; assessments and records are in English."""

DISCLAIMER: Final = {
    "en": "Draft, made from configuration; not legal advice",
    "sv": "Utkast, gjort av konfigurationen; ingen juridisk rådgivning",
    "nl": "Concept, gemaakt uit de configuratie; geen juridisch advies",
}
_NONE: Final = {"en": "none", "sv": "ingen", "nl": "geen"}
_FOLDER: Final = Path(__file__).parent
_PUBLIC: Final = ("privacy-notice", "reviews-statement")
_INTERNAL: Final = ("legitimate-interest-assessment", "record-of-processing", "dpia-screening")


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """One file as it is written."""

    name: str
    """Of the file."""

    body: str
    """Without its head."""


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Drafts:
    """All files, what they are made of, and what is missing."""

    facts: str
    """The hash of facts and templates."""

    made_on: dt.date
    files: tuple[Draft, ...]
    blanks: Mapping[str, str]
    """By key of `sayso.toml`, the question that it answers."""

    open_judgements: int
    """How many questions only a person can answer."""


def draft_all(facts: Facts, languages: Sequence[str], made_on: dt.date) -> Drafts:
    """Write every draft, those for the public in each of these languages."""
    names = [(name, language) for name in _PUBLIC for language in dict.fromkeys(languages)]
    names += [(name, "en") for name in _INTERNAL]
    pages = [_Page(facts, language) for _, language in names]
    files = [
        Draft(name=_file_name(name, language), body=page.render(f"{name}.{language}.md.j2"))
        for (name, language), page in zip(names, pages, strict=True)
    ]
    files.append(Draft(name="record-of-processing.json", body=to_json(record(facts))))
    asked = {key for page in pages for key in page.blanks}
    return Drafts(
        facts=facts_digest(facts),
        made_on=made_on,
        files=tuple(files),
        blanks={key: _questions()[key]["en"] for key in sorted(asked)},
        open_judgements=sum(page.judgements for page in pages),
    )


def facts_digest(facts: Facts) -> str:
    """Return the hash that the drafts of these facts carry."""
    return digest(facts, _templates())


class _Page:
    """One page in one language, which notes what it could not say."""

    def __init__(self, facts: Facts, language: str) -> None:
        self._facts = facts
        self._language = language
        self.blanks: set[str] = set()
        self.judgements = 0

    def render(self, template: str) -> str:
        facts = escape_all(self._facts)
        reviews = [source for source in facts["sources"] if source["has_reviews"]]
        return (
            _environment()
            .get_template(template)
            .render(
                facts=facts,
                say=self._say,
                blank=self._blank,
                judge=self._judge,
                rules=self._rules(),
                has_reviews=bool(reviews),
                review_hosts=", ".join(host for each in reviews for host in each["hosts"])
                or self._blank_if(reviews),
                record=self._record(),
            )
        )

    def _say(self, key: str) -> str:
        value = _at(self._facts, key)
        if not value:
            return self._blank(key)
        if isinstance(value, str):
            return _NONE[self._language] if value == "none" else escape(value)
        return "; ".join(escape(each if isinstance(each, str) else each["name"]) for each in value)

    def _blank(self, key: str) -> str:
        self.blanks.add(key)
        return f"**[…]: {_questions()[key][self._language]}**"

    def _blank_if(self, needed: Sequence[Any]) -> str:
        return self._blank("sources") if needed else ""

    def _judge(self, question: str) -> str:
        self.judgements += 1
        return f"**[…]: {question}**"

    def _rules(self) -> list[str]:
        said = rules(self._facts, self._language)
        general = self._facts["retention"] and self._facts["retention"]["mentions_days"]
        return said if general else [self._blank("privacy.retention"), *said]

    def _record(self) -> list[tuple[str, list[str]]]:
        if self._language != "en":
            return []
        return [
            (part.title, [escape(line) for line in part.lines] or [self._blank(part.key)])
            for part in record(self._facts)
        ]


def rules(facts: Facts, language: str) -> list[str]:
    """Say for how long things are kept, a sentence each; nothing without rules."""
    retention = facts["retention"]
    if retention is None:
        return []
    words = tomllib.loads((_FOLDER / "rules.toml").read_text("utf-8"))[language]
    years = facts["privacy"]["evidence_years"]
    said = []
    for rule in ("mentions_days", "queued_days", "requested_days", "declined_days",
                 "granted_extra_days"):  # fmt: skip
        if retention[rule] is not None:
            said.append(words[rule].format(days=retention[rule], years=years))
        if rule == "mentions_days":
            said += [
                words["source"].format(source=escape(source["title"]), days=source["kept_days"])
                for source in facts["sources"]
                if source["kept_days"] not in {None, retention[rule]}
            ]
    return [*said, words["kept"]]


def _at(facts: Facts, key: str) -> Any:
    value: Any = facts
    for step in key.split("."):
        value = value[step]
    return value


def _file_name(name: str, language: str) -> str:
    return f"{name}.{language}.md" if name in _PUBLIC else f"{name}.md"


@functools.cache
def _questions() -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads((_FOLDER / "questions.toml").read_text("utf-8"))


@functools.cache
def _templates() -> Mapping[str, str]:
    files = [*sorted((_FOLDER / "templates").glob("*.j2")), *sorted(_FOLDER.glob("*.toml"))]
    return {file.name: file.read_text("utf-8") for file in files}


@functools.cache
def _environment() -> jinja2.Environment:
    # Markdown, not HTML: values are escaped for Markdown before they get here.
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(_FOLDER / "templates", encoding="utf-8"),
        undefined=jinja2.StrictUndefined,
        autoescape=False,  # noqa: S701
        keep_trailing_newline=True,
        trim_blocks=False,
    )
