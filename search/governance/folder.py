"""
The folder of drafts: written, looked at again, and never written over what a person has changed.

The head of each file names the hash of the facts it was made of, and of its own body: so it is
known later whether the configuration has changed since, and whether somebody has.
"""

import dataclasses
import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from search.errors import SaysoError
from search.governance.rendering import DISCLAIMER, Draft, Drafts

_HEAD: Final = re.compile(
    r"> \*\*[^\n]+\n\n<!-- facts ([0-9a-f]{16}), body ([0-9a-f]{16}) -->\n\n"
)
_KEY: Final = "draft"
REQUIRED: Final = (
    "legitimate-interest-assessment.md",
    "record-of-processing.md",
    "record-of-processing.json",
    "dpia-screening.md",
)
"""Files that belong there in any case; of those for the public one language is enough."""

PUBLIC: Final = ("privacy-notice", "reviews-statement")


class DraftChanged(SaysoError):
    """A draft that a person has changed, which is not written over."""


@dataclasses.dataclass(frozen=True, slots=True)
class Found:
    """One draft as it lies there."""

    facts: str | None
    """The hash of what it was made of; ``None``: it has no head of ours."""

    is_changed: bool
    """Whether somebody has changed it since."""


def write(drafts: Drafts, folder: Path, *, force: bool = False) -> list[Path]:
    """
    Write all drafts and return their paths.

    `DraftChanged` names those that a person has changed, unless ``force``; nothing is written
    then.
    """
    targets = {folder / draft.name: draft for draft in drafts.files}
    try:
        changed = [path for path in targets if path.exists() and read(path).is_changed]
        if changed and not force:
            names = ", ".join(path.name for path in changed)
            raise DraftChanged(
                f"{folder}: changed by hand since: {names}; give another folder, or --force to "
                "write over them"
            )
        folder.mkdir(parents=True, exist_ok=True)
        for path, draft in targets.items():
            path.write_text(_with_head(draft, drafts), "utf-8")
    except OSError as error:
        raise SaysoError(f"{folder}: {error.strerror}") from error
    return list(targets)


def check(folder: Path, facts: str) -> Iterator[str]:
    """Say what is missing in a folder, or made of another configuration; nothing: all is well."""
    for name in REQUIRED:
        if not (folder / name).is_file():
            yield f"{name} is missing"
    for name in PUBLIC:
        if not any(folder.glob(f"{name}.*.md")):
            yield f"{name} is missing"
    for path in _drafts_in(folder):
        found = read(path)
        if found.facts is None:
            yield f"{path.name} does not say what it was made of"
        elif found.facts != facts:
            by_hand = ", and was changed by hand" if found.is_changed else ""
            yield f"{path.name} is out of date: the configuration has changed since{by_hand}"


def read(path: Path) -> Found:
    """Read the head of a draft."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SaysoError(f"{path}: {error}") from error
    if path.suffix == ".json":
        return _read_json(text)
    head = _HEAD.match(text)
    if head is None:
        return Found(None, is_changed=True)
    return Found(head[1], is_changed=_hash(text[head.end() :]) != head[2])


def _read_json(text: str) -> Found:
    try:
        plain = json.loads(text)
        head = plain.pop(_KEY)
        body = json.dumps(plain, ensure_ascii=False, sort_keys=True)
        return Found(str(head["facts"]), is_changed=_hash(body) != head["body"])
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return Found(None, is_changed=True)


def _drafts_in(folder: Path) -> Iterator[Path]:
    yield from (folder / name for name in REQUIRED if (folder / name).is_file())
    for name in PUBLIC:
        yield from sorted(folder.glob(f"{name}.*.md"))


def _with_head(draft: Draft, drafts: Drafts) -> str:
    language = draft.name.split(".")[-2] if draft.name.count(".") > 1 else "en"
    said = DISCLAIMER[language]
    if draft.name.endswith(".json"):
        plain = json.loads(draft.body)
        body = _hash(json.dumps(plain, ensure_ascii=False, sort_keys=True))
        head = {"note": said, "made_on": drafts.made_on.isoformat(), "facts": drafts.facts}
        whole = {_KEY: head | {"body": body}, **plain}
        return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"
    return (
        f"> **{said}.** {drafts.made_on.isoformat()}\n\n"
        f"<!-- facts {drafts.facts}, body {_hash(draft.body)} -->\n\n{draft.body}"
    )


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
