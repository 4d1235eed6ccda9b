"""What is kept of mentions beside them: drafts, links, answers, files, messages, exports."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from search.notes import Note, Notes, all_under
from search.stores.base import Store
from search.web.creator.originals import Originals

DRAFTS: Final = "drafts/"
LINKS: Final = "links/"
EXPORTS: Final = "exports/"
ALERTS: Final = "alerts/"
OF_ONE: Final = ("answers/", "originals/", "warned/")
"""Notes of one mention: its id follows, and perhaps ``/`` and more."""

_ERASED: Final = "(erased)"


def drop_leftovers(store: Store, ids: Sequence[str], uploads: Path | None = None) -> Counter[str]:
    """
    Delete what is kept of mentions beside them; count it. Call it before they are removed.

    ``uploads`` is the folder with what authors handed over; ``None``: nobody could.
    """
    counts: Counter[str] = Counter()
    for name in ids:
        counts["drafts"] += _delete(store.notes, DRAFTS + name)
        counts["answers"] += _drop_notes_of(store.notes, name)
        if uploads is not None:
            counts["originals"] += _drop_originals(store.notes, uploads, name)
    for key, note in list(all_under(store.notes, LINKS)):
        if named_in(note.value, ids):
            counts["links"] += _without(store.notes, key, note, ids)
    counts["messages"] += drop_messages(store, ids)
    return counts


def drop_messages(store: Store, ids: Sequence[str]) -> int:
    """Empty messages of alerts that wait and show one of these mentions; return how many."""
    alerts = [key for key, _ in all_under(store.notes, ALERTS)]
    if not alerts or not ids:
        return 0
    addresses = [stored.mention.url for stored in store.fetch(ids).values()]
    return sum(_silence(store.notes, key, frozenset(ids), addresses) for key in alerts)


def exports_naming(notes: Notes, ids: Sequence[str]) -> dict[str, list[str]]:
    """Return which exports went out with which of these mentions."""
    return {
        key: named
        for key, note in all_under(notes, EXPORTS)
        if (named := named_in(note.value, ids))
    }


def named_in(value: Mapping[str, Any], ids: Iterable[str]) -> list[str]:
    """Return which of these a note names, as ``mention`` or among ``mentions``."""
    many = value.get("mentions")
    told = set(map(str, many)) if isinstance(many, list) else set()
    told.add(str(value.get("mention")))
    return [name for name in ids if name in told]


def _drop_notes_of(notes: Notes, name: str) -> int:
    """Delete the notes of one mention; return how many answers of its author were among them."""
    answers = 0
    for prefix in OF_ONE:
        for key in [key for key, _ in all_under(notes, prefix + name)]:
            if key.removeprefix(prefix).partition("/")[0] == name and _delete(notes, key):
                answers += prefix == OF_ONE[0]
    return answers


def _drop_originals(notes: Notes, uploads: Path, name: str) -> int:
    """Delete what its author handed over, here; what lies elsewhere stays known."""
    count = sum(1 for _ in (uploads / name).glob("*"))
    Originals(notes, uploads, name).forget()
    return count


def _delete(notes: Notes, key: str) -> bool:
    while note := notes.read(key):
        if notes.delete(key, note.version):
            return True
    return False


def _without(notes: Notes, key: str, note: Note | None, ids: Sequence[str]) -> bool:
    """Take mentions out of a link; one that is left without any is deleted."""
    while note is not None:
        many = [each for each in note.value.get("mentions") or () if each not in set(ids)]
        if not many:
            return _delete(notes, key)
        value = {name: each for name, each in note.value.items() if name != "mention"}
        if notes.write(key, {**value, "mentions": many}, note.version) is not None:
            return True
        note = notes.read(key)
    return False


def _silence(notes: Notes, key: str, ids: Collection[str], addresses: Sequence[str]) -> int:
    """Empty messages of an alert that wait to be sent and show one of these mentions."""
    while note := notes.read(key):
        value, count = _silenced(note.value, ids, addresses)
        if not count or notes.write(key, value, note.version) is not None:
            return count
    return 0


def _silenced(
    value: Mapping[str, Any], ids: Collection[str], addresses: Sequence[str]
) -> tuple[dict[str, Any], int]:
    def shows(names: Iterable[str], text: str) -> bool:
        # What older versions wrote has no ids: there only a link tells.
        return any(name in ids for name in names) or any(each in text for each in addresses)

    count = 0
    deliveries = []
    for each in value.get("deliveries") or ():
        body = each.get("body") or ""
        hit = body not in {"", _ERASED} and shows(each.get("mentions") or (), body)
        count += hit
        deliveries.append({**each, "body": _ERASED, "mentions": []} if hit else each)
    made = {**value, "deliveries": deliveries}
    collected = value.get("collected")
    if isinstance(collected, Mapping):
        examples = list(collected.get("examples") or ())
        names = [*(collected.get("mentions") or ()), *[""] * len(examples)]
        left = [
            (example, name)
            for example, name in zip(examples, names, strict=False)
            if not shows([name], example)
        ]
        count += len(examples) - len(left)
        made["collected"] = {
            **collected,
            "examples": [example for example, _ in left],
            "mentions": [name for _, name in left],
        }
    return made, count
