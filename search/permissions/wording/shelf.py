"""
All templates at hand: those that come with Sayso, and the files of a folder of one's own.

Each template is one TOML file, so that a mistake has a file and a line::

    id = "spring"
    version = 1
    language = "en"
    size = "M"
    purpose = "request"
    text = '''
    Hi {handle}, this is {brand}. …: {url}
    '''

A folder may bring the words of a further language in ``phrases/de.toml``.
"""

import functools
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, TypeVar

import pydantic

from search.permissions.wording.phrases import Phrases
from search.permissions.wording.templates import BadTemplate, Size, Template, mistakes

FALLBACK: Final = "en"
"""The language of a message whose own has no template."""

LARGEST_FILE: Final = 64 * 1024
"""Bytes of one file."""

MOST_FILES: Final = 1_000

_HERE: Final = Path(__file__).parent
_Model = TypeVar("_Model", bound=pydantic.BaseModel)
_Key = tuple[str, int, str, Size]


class Shelf:
    """Templates by id, version, language and size, and the words of their languages."""

    def __init__(self, templates: Iterable[Template], phrases: Mapping[str, Phrases]) -> None:
        self.phrases = phrases
        self._by_key: dict[_Key, Template] = {_key(each): each for each in templates}

    @property
    def templates(self) -> tuple[Template, ...]:
        """All of them, in no order."""
        return tuple(self._by_key.values())

    def get(self, template_id: str, version: int, language: str, size: Size) -> Template:
        """Get the very template a message was made from; raises `BadTemplate` when it is gone."""
        key = (template_id, version, language, size)
        if key not in self._by_key:
            raise BadTemplate(f"no template {template_id} {version} ({language}, {size})")
        return self._by_key[key]

    def choose(self, template_id: str, language: str | None) -> list[Template]:
        """
        Choose the newest version of each size, the largest first, all in one language.

        That of the mention (``None``: not known) or else English. Raises `BadTemplate` when there
        is neither.
        """
        mine = [each for each in self._by_key.values() if each.id == template_id]
        for wanted in ((language or FALLBACK).partition("-")[0], FALLBACK):
            spoken = [each for each in mine if each.language == wanted]
            newest = {each.size: each for each in sorted(spoken, key=lambda each: each.version)}
            if newest:
                return [newest[size] for size in Size if size in newest]
        known = sorted({f"{each.id} ({each.language})" for each in self._by_key.values()})
        raise BadTemplate(
            f"no template {template_id!r} in {language or FALLBACK} or {FALLBACK}; "
            f"there are: {', '.join(known)}"
        )


@functools.cache
def shipped() -> Shelf:
    """Read the templates and words that come with Sayso."""
    phrases = _read_phrases(_HERE / "phrases")
    return Shelf((each for _, each in _read_templates(_HERE / "templates", phrases)), phrases)


def read_shelf(folder: Path) -> Shelf:
    """Read a folder of one's own beside what comes with Sayso; raises `BadTemplate`."""
    if not folder.is_dir():
        raise BadTemplate(f"{folder}: there is no such folder")
    ours = shipped()
    phrases = {**ours.phrases, **_read_phrases(folder / "phrases")}
    places: dict[_Key, Path | str] = dict.fromkeys(map(_key, ours.templates), "Sayso itself")
    templates = list(ours.templates)
    for path, template in _read_templates(folder, phrases):
        if _key(template) in places:
            raise BadTemplate(
                f"{path}: template {template.name} is already in {places[_key(template)]}; "
                "a changed text needs a new version or another id"
            )
        places[_key(template)] = path
        templates.append(template)
    return Shelf(templates, phrases)


def _key(template: Template) -> _Key:
    return template.id, template.version, template.language, template.size


def _read_phrases(folder: Path) -> dict[str, Phrases]:
    return {path.stem: _read(path, Phrases)[0] for path in _files(folder)}


def _read_templates(
    folder: Path, phrases: Mapping[str, Phrases]
) -> Iterator[tuple[Path, Template]]:
    for path in _files(folder):
        template, source = _read(path, Template)
        for where, problem in mistakes(template, phrases.get(template.language)):
            raise _bad(path, _line_of(source, template.text, where), problem)
        yield path, template.model_copy(update={"text": template.text.strip()})


def _files(folder: Path) -> list[Path]:
    paths = sorted(folder.glob("*.toml"))
    if len(paths) > MOST_FILES:
        raise BadTemplate(f"{folder}: {len(paths)} files; allowed: {MOST_FILES}")
    return paths


def _read(path: Path, model: type[_Model]) -> tuple[_Model, str]:
    source = _read_text(path)
    try:
        return model.model_validate(_parse(path, source)), source
    except pydantic.ValidationError as error:
        first = error.errors(include_url=False)[0]
        keys = [str(part) for part in first["loc"] if part != "[key]"]  # of a mapping
        problem = first["msg"].removeprefix("Value error, ")
        raise _bad(path, _line_of_key(source, keys), f"{'.'.join(keys)}: {problem}") from error


def _read_text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
        if len(content) > LARGEST_FILE:
            raise BadTemplate(f"{path}: larger than {LARGEST_FILE} bytes")
        return content.decode("utf-8").removeprefix("\ufeff").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start)
        raise _bad(path, line, f"byte {error.object[error.start]:#04x} is not UTF-8") from error
    except OSError as error:
        raise BadTemplate(f"{path}: {error.strerror or error}") from error


def _parse(path: Path, source: str) -> dict[str, Any]:
    try:
        return tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r" \(at line (\d+), column \d+\)$", str(error))
        problem = str(error)[: found.start()] if found else str(error)
        raise _bad(path, int(found[1]) - 1 if found else None, problem) from error
    except ValueError as error:  # a number of thousands of digits
        raise _bad(path, None, str(error)) from error
    except RecursionError as error:
        raise BadTemplate(f"{path}: nested too deeply") from error


def _line_of_key(source: str, keys: list[str]) -> int | None:
    """Find the line of a key, from 0; ``None`` when the key is not there."""
    pattern = rf"""^\s*(?:["']?{re.escape(keys[-1])}["']?\s*=|\[{re.escape(keys[-1])}\])"""
    found = re.search(pattern, source, re.MULTILINE) if keys else None
    return source.count("\n", 0, found.end()) if found else None


def _line_of(source: str, text: str, where: int | str) -> int | None:
    """Find a key or a line of the text, from 0; in an escaped text, the line where it begins."""
    at = source.find(text)
    if isinstance(where, str) or at < 0:
        return _line_of_key(source, [where if isinstance(where, str) else "text"])
    return source.count("\n", 0, at) + where


def _bad(path: Path, line: int | None, problem: str) -> BadTemplate:
    return BadTemplate(f"{path}:{line + 1 if line is not None else 1}: {problem}")
