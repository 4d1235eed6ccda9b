"""Everything a store holds of one author, for them to read (GDPR Art. 15; rights.md R4.14)."""

import dataclasses
import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import jinja2

from search.codec import stored_to_plain
from search.config import Config
from search.notes import all_under
from search.people.finding import Person
from search.people.leftovers import DRAFTS, EXPORTS, LINKS, OF_ONE, named_in
from search.people.suppression import Reach, Suppressions
from search.permissions.keeping import Permissions
from search.stores.base import Quarantined, Store
from search.web.creator.originals import uploads_folder

ORIGIN: Final = (
    "All of it was public: it was read without logging in, from the sources and addresses that "
    "each entry names, or brought in by hand from an export (source: import)."
)

TAGS: Final[Mapping[str, str]] = {
    "brands": "Which brands a text is about: a search of words decides.",
    "language": "In which language it is written: told from its words, or what the source says.",
    "sentiment": "How its author seems to feel about it: words and a model of them, or a person.",
    "second_opinion": "The same by another model, on a sample, to see how well the first does.",
    "towards": "How it speaks of each brand that it names: told from the words around the name.",
    "intent": "What it seems to be written for, such as a question: told from its words.",
    "disclosure": "Whether it says that it was paid for: looked for in its words and hashtags.",
    "licence": "Which licence stands with it: as the source or the page says.",
    "rights_signals": "What the source says about its use besides.",
    "authenticity": "What may speak against its being its author's own opinion; no verdict.",
    "copy_of": "Which earlier text says the same: told by comparing their words.",
    "hashtags, handles, emoji": "What stands in the text itself.",
    "permission, basis, holds": "Whether you were asked, what you answered, and what stops use.",
}
"""What each tag says and how it is found, in a sentence (GDPR Art. 15(1)(h))."""


def gather(
    store: Store, config: Config, suppressions: Suppressions, person: Person, now: dt.datetime
) -> dict[str, Any]:
    """Collect it, as JSON can hold it."""
    permissions = Permissions(store)
    acted = permissions.standings()
    stored = store.fetch(person.ids)
    ids = [name for name in person.ids if name in stored]
    return {
        "made_at": now.isoformat(timespec="seconds"),
        "about": {
            "label": person.label,
            "names": [name._asdict() for name in sorted(person.names)],
        },
        "origin": ORIGIN,
        "suppression": {
            "may be asked": not suppressions.reach_of(person.names, Reach.CONTACT),
            "may be collected": not suppressions.reach_of(person.names, Reach.COLLECT),
        },
        "recipients": list(_recipients(store, permissions, ids)),
        "retention": _retention(config),
        "tags": dict(TAGS),
        "mentions": [
            {
                "id": name,
                "mention": stored_to_plain(stored[name]),
                "draft": _draft(store, name),
                "answers": [
                    dict(note.value) for _, note in all_under(store.notes, f"{OF_ONE[0]}{name}/")
                ],
                "files": _files(config, name),
                "history": [dataclasses.asdict(e) for e in permissions.history(name)]
                if name in acted
                else [],
            }
            for name in ids
        ],
        "quarantine": [_plain(e) for e in store.quarantined() if e.id in person.quarantined],
    }


def as_page(gathered: Mapping[str, Any]) -> str:
    """Write it as one page; whatever foreign text holds is shown, never obeyed."""
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    environment.globals |= {"flat": flat, "without": _without}
    template = (Path(__file__).parent / "access.html").read_text("utf-8")
    return environment.from_string(template).render(gathered)


def flat(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Name every known value inside JSON by its path; in no deeper levels than JSON is read."""
    waiting = [(path, value)]
    while waiting:
        path, value = waiting.pop()
        inner: Iterable[tuple[Any, Any]] | None = None
        if isinstance(value, Mapping):
            inner = value.items()
        elif isinstance(value, list | tuple):
            inner = enumerate(value, start=1)
        if inner is not None:
            named = [(f"{path}.{name}" if path else str(name), part) for name, part in inner]
            waiting.extend(reversed(named))
        elif value is not None:
            yield path, value


def _without(values: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in names}


def _draft(store: Store, name: str) -> Any:
    note = store.notes.read(DRAFTS + name)
    return None if note is None else dict(note.value)


def _files(config: Config, name: str) -> list[str]:
    """Name the files that the author handed over, by their SHA-256."""
    folder = uploads_folder(config) / name
    return sorted(file.name for file in folder.iterdir()) if folder.is_dir() else []


def _recipients(
    store: Store, permissions: Permissions, ids: Sequence[str]
) -> Iterator[dict[str, Any]]:
    """Say where it was put and who got it, as far as that was recorded."""
    acted = permissions.standings()
    for name in ids:
        for place in acted[name].placements if name in acted else ():
            yield {"kind": "in use", "where": place, "mentions": [name]}
    for kind, prefix in (("export", EXPORTS), ("link", LINKS)):
        for key, note in all_under(store.notes, prefix):
            if named := named_in(note.value, ids):
                where = note.value.get("recipient") or note.value.get("to") or key
                yield {"kind": kind, "where": where, "mentions": named}


def _retention(config: Config) -> Any:
    """Return the rules that apply, where the configuration has any."""
    rules = getattr(config, "privacy", None)
    return None if rules is None else rules.model_dump(mode="json")


def _plain(entry: Quarantined) -> dict[str, Any]:
    plain = {each.name: getattr(entry, each.name) for each in dataclasses.fields(entry)}
    return {**plain, "at": entry.at.isoformat()}
