"""
What a folder of assets holds, under which permission, and until when: ``manifest.json``.

``SHA256SUMS`` beside it is what ``sha256sum -c`` reads. Both are replaced whole, so that they hold
true at every moment of a run; a file that a later run no longer hands out stays where it is and is
listed as superseded, since only the reader knows where it is in use.
"""

import dataclasses
import datetime as dt
import enum
import hashlib
import json
import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pydantic

from search.errors import SaysoError
from search.permissions.scope import Scope, Use
from search.rights.notice import RightsNotice
from search.vocabulary import Basis

MANIFEST: Final = "manifest.json"
SUMS: Final = "SHA256SUMS"
_NAME: Final = re.compile(r"[0-9a-f]{32}-[0-9]{1,4}\.[a-z0-9]{1,5}")
_LARGEST: Final = 256 * 1024 * 1024
_STEP: Final = 1024 * 1024


class AssetsError(SaysoError):
    """A folder of assets that cannot be read or written; the message names it and says why."""


class Embedded(enum.StrEnum):
    """Where the notice of a file stands."""

    YES = "yes"
    SIDECAR = "sidecar"


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class AssetFile:
    """One file, as delivered."""

    path: str
    """Its name in the folder: the mention's id, the number of the attachment, the ending."""

    sidecar: str | None
    """The file beside it that holds its notice; ``None``: the notice is in it."""

    mention: str
    number: int
    permalink: str
    source_url: str | None
    """Where it was fetched; ``None``: its author handed it in."""

    content_type: str
    """By its bytes, whatever the server said."""

    size: int
    sha256: str
    fetched_sha256: str
    """Of the bytes as they were fetched or handed in, before the notice was added."""

    embedded: Embedded
    why_not_embedded: str | None
    names_maker: str | None
    """Whom the file itself names as its maker, if that is another: ask before you use it."""

    credit_line: str | None
    basis: Basis
    licence: str | None
    licence_url: str | None
    scope: Scope | None
    expires: dt.date | None
    """The last day, UTC; ``None`` where nothing ends."""

    terms_version: str | None
    terms_sha256: str | None
    evidence: str
    notice: RightsNotice
    """What was said in the file, as far as it did not say so itself."""


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class NoFile:
    """One item, or one of its attachments, of which there is no file."""

    mention: str
    permalink: str
    url: str | None
    reason: str


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Superseded:
    """
    A file that this run does not hand out: not to be used any more.

    It is of an earlier run and still there; or it came in this one, which has removed it again.
    """

    path: str
    reason: str


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Manifest:
    """Everything about a folder."""

    version: int = 1
    use: Use | None = None
    """What the files were asked for; ``None`` when there was nothing to ask for."""

    decided_at: dt.datetime | None = None
    """When it was decided that they may be used so."""

    written_at: dt.datetime | None = None
    files: tuple[AssetFile, ...] = ()
    without_file: tuple[NoFile, ...] = ()
    superseded: tuple[Superseded, ...] = ()


_READER: Final = pydantic.TypeAdapter(Manifest)


def read_manifest(folder: Path) -> Manifest | None:
    """Read what a folder says it holds; ``None`` where there is no manifest."""
    path = folder / MANIFEST
    try:
        with path.open("rb") as file:
            text = file.read(_LARGEST)
        manifest = _READER.validate_json(text)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise AssetsError(f"{path}: {error.strerror or error}") from error
    except (pydantic.ValidationError, SaysoError) as error:
        raise AssetsError(f"{path} is no manifest of assets: {_first(error)}") from error
    if manifest.version != 1:
        raise AssetsError(f"{path} was written by a newer Sayso (version {manifest.version})")
    if strange := [name for name in _named(manifest) if not _NAME.fullmatch(name)]:
        raise AssetsError(f"{path} names {strange[0]!r}, which is no file of this folder")
    return manifest


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Replace the manifest and the sums."""
    text = json.dumps(_READER.dump_python(manifest, mode="json"), ensure_ascii=False, indent=2)
    write_whole(folder / MANIFEST, f"{text}\n".encode("utf-8", "replace"))
    sums = {one.path: one.sha256 for one in manifest.files}
    for one in manifest.files:
        if one.sidecar is not None:
            sums[one.sidecar] = sha256_of(folder / one.sidecar)
    lines = "".join(f"{value}  {name}\n" for name, value in sorted(sums.items()))
    write_whole(folder / SUMS, lines.encode())


def write_whole(path: Path, data: bytes) -> None:
    """Write a file that appears only when it is whole; whatever was there is replaced."""
    handle, part = tempfile.mkstemp(prefix=".", suffix=".part", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(part).chmod(0o644)
        Path(part).replace(path)
    except OSError as error:
        Path(part).unlink(missing_ok=True)
        raise AssetsError(f"{path}: {error.strerror or error}") from error


def sha256_of(path: Path) -> str:
    """Hash a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def check_manifest(folder: Path) -> list[str]:
    """Say what in a folder is not as its manifest says; ``[]``: everything is."""
    manifest = read_manifest(folder)
    if manifest is None:
        return [f"{folder} has no {MANIFEST}"]
    known = {*_named(manifest), MANIFEST, SUMS}
    strange = [
        f"{path.name}: not in the manifest"
        for path in sorted(folder.iterdir())
        if path.name not in known and not path.name.startswith(".")
    ]
    return [*_check_files(folder, manifest), *_check_sums(folder, manifest), *strange]


def stale(folder: Path, now: dt.datetime) -> list[str]:
    """Name the files, sidecars included, that must not be used any more; nothing is removed."""
    manifest = read_manifest(folder)
    if manifest is None:
        return []
    today = now.astimezone(dt.UTC).date()
    ended = [one for one in manifest.files if one.expires is not None and one.expires < today]
    names = [name for one in ended for name in (one.path, one.sidecar) if name is not None]
    left = [one.path for one in manifest.superseded if (folder / one.path).exists()]
    return sorted({*names, *left})


def _check_files(folder: Path, manifest: Manifest) -> Iterator[str]:
    for one in manifest.files:
        path = folder / one.path
        if not path.is_file():
            yield f"{one.path}: missing"
        elif sha256_of(path) != one.sha256:
            yield f"{one.path}: its bytes are not those that were delivered"
        if one.sidecar is not None and not (folder / one.sidecar).is_file():
            yield f"{one.sidecar}: missing"


def _check_sums(folder: Path, manifest: Manifest) -> Iterator[str]:
    try:
        lines = (folder / SUMS).read_text("utf-8").splitlines()
    except (OSError, ValueError):
        yield f"{SUMS}: missing or unreadable"
        return
    told = dict(line.split("  ", 1)[::-1] for line in lines if "  " in line)
    for one in manifest.files:
        if told.get(one.path) != one.sha256:
            yield f"{SUMS}: says something else of {one.path} than the manifest"
        beside = folder / one.sidecar if one.sidecar is not None else None
        if beside is not None and beside.is_file() and told.get(beside.name) != sha256_of(beside):
            yield f"{beside.name}: its bytes are not those that were delivered"


def _named(manifest: Manifest) -> Iterator[str]:
    for one in manifest.files:
        yield from (name for name in (one.path, one.sidecar) if name is not None)
    yield from (one.path for one in manifest.superseded)


def _first(error: Exception) -> str:
    if isinstance(error, pydantic.ValidationError):
        one = error.errors()[0]
        return f"{'.'.join(map(str, one['loc']))}: {one['msg']}"
    return str(error)
