"""
Which linear model judges a text: the one trained here on the user's own, else the shipped one.

Models are kept in the store's notes, so that every machine that tags uses the same one. One note
lists the versions of each and says which counts; each version stays, under a note of its own.
"""

import dataclasses
import functools
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, Self

from pipelines.feelings.linear import BadModel, LinearModel
from search.errors import SaysoError
from search.notes import Notes
from search.spelling import closest

_SHIPPED: Final = Path(__file__).parent / "models"
_LIST: Final = "models"
SHIPPED: Final = "shipped"
"""What stands for no version of the user's own."""

Versions = Mapping[str, Mapping[str, Any]]
"""By name, such as ``sv-review``: ``used``, a number or ``None``, and ``versions``, a list."""


class NoSuchModel(SaysoError):
    """A model that is named but not there."""


@dataclasses.dataclass(frozen=True, slots=True)
class Judge:
    """A model with the name that its tags bear."""

    name: str
    model: LinearModel


@dataclasses.dataclass(frozen=True, slots=True)
class Learned:
    """All models that may judge."""

    trained: Mapping[str, Judge] = dataclasses.field(default_factory=dict)
    notes: tuple[str, ...] = ()
    """Why a model is not used that should be, in sentences."""

    @classmethod
    def kept_in(cls, notes: Notes) -> Self:
        """Read the models in use; in place of one that cannot be read the shipped one judges."""
        trained, problems = {}, []
        for name, listed in read_versions(notes).items():
            if (used := listed.get("used")) is None:
                continue
            try:
                model = read_model(notes, name, used)
            except NoSuchModel as error:
                problems.append(str(error))
            else:
                trained[name] = Judge(f"trained-{name}/{used}", model)
        return cls(trained, tuple(problems))

    def find(self, language: str | None, kind: str) -> Judge | None:
        """Return what judges texts of a language and kind; ``None``: their words do."""
        name = f"{language}-{kind}"
        return self.trained.get(name) or shipped(name)


SHIPPED_ONLY: Final = Learned()


@functools.cache
def shipped(name: str) -> Judge | None:
    """Return the model that comes with Sayso, ``None`` where none does."""
    path = _SHIPPED / f"{name}.json"
    if not path.is_file():
        return None
    model = LinearModel.from_plain(json.loads(path.read_text("utf-8")))
    return Judge(f"model-{name}/{model.manifest['version']}", model)


def shipped_names() -> tuple[str, ...]:
    """List the models that come with Sayso."""
    return tuple(sorted(path.stem for path in _SHIPPED.glob("*.json")))


def read_versions(notes: Notes) -> Versions:
    """List what was trained here."""
    note = notes.read(_LIST)
    return {} if note is None else note.value


def read_model(notes: Notes, name: str, version: int) -> LinearModel:
    """Read one version; `NoSuchModel` says why it cannot be used."""
    note = notes.read(_key(name, version))
    if note is None:
        raise NoSuchModel(f"the model {name}/{version} is listed, but not there")
    try:
        return LinearModel.from_plain(note.value)
    except BadModel as error:
        problem = f"the model {name}/{version} cannot be used: {error}"
        remedy = f"`sayso train` makes a new one, `sayso models use {name}/{SHIPPED}` does without"
        raise NoSuchModel(f"{problem}; {remedy}") from None


def keep(notes: Notes, model: LinearModel, *, use: bool) -> int:
    """Keep a new version of a model; return its number."""
    name = f"{model.language}-{model.kind}"
    version = 1 + max((each["version"] for each in _listed(notes, name)["versions"]), default=0)
    while notes.write(_key(name, version), model.to_plain(), None) is None:
        version += 1  # somebody else has just trained one

    def add(listed: dict[str, Any]) -> None:
        listed["versions"] = [
            *listed["versions"], {"version": version, **model.manifest}
        ]  # fmt: skip
        if use:
            listed["used"] = version

    _change(notes, name, add)
    return version


def use(notes: Notes, name: str, version: int | None) -> None:
    """Let a version judge from now on; ``None`` gives that back to what is shipped."""
    known = [each["version"] for each in _listed(notes, name)["versions"]]
    if version is not None and version not in known:
        guess = closest(name, read_versions(notes)) if not known else ""
        versions = ", ".join(map(str, known)) or "none"
        raise NoSuchModel(f"there is no model {name}/{version}{guess}; its versions: {versions}")

    def choose(listed: dict[str, Any]) -> None:
        listed["used"] = version

    _change(notes, name, choose)


def _listed(notes: Notes, name: str) -> dict[str, Any]:
    return dict(read_versions(notes).get(name, {"used": None, "versions": []}))


def _change(notes: Notes, name: str, change: Callable[[dict[str, Any]], None]) -> None:
    """Change what is listed of one model, whoever else changes something at the same time."""
    while True:
        note = notes.read(_LIST)
        everything = {} if note is None else dict(note.value)
        listed = dict(everything.get(name, {"used": None, "versions": []}))
        change(listed)
        everything[name] = listed
        if notes.write(_LIST, everything, None if note is None else note.version) is not None:
            return


def _key(name: str, version: int) -> str:
    return f"models/{name}/{version}"
