"""
The key of the keyed hashes: with it a name can be looked for in a list, without it nobody can.

A plain hash of a handle is no protection, for handles can be guessed one after another (EDPB
Guidelines 01/2025 on pseudonymisation). The key is never in the store, and never in a log.
"""

import contextlib
import dataclasses
import hashlib
import hmac
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import filelock

from search.config import Config
from search.environment import secret
from search.errors import SaysoError, StoreReadOnly
from search.notes import Notes
from search.people.names import Name

VARIABLE: Final = "SAYSO_PEOPLE_KEY"
FOLDER_VARIABLE: Final = "SAYSO_PEOPLE_FOLDER"
"""Where the key and the list's file are, instead of beside the configuration."""

NOTE: Final = "people-key"
"""The note with the fingerprint of the one key that a store is used with."""

LIST_HEAD: Final = "suppression"
"""The note that changes with the suppression list; says the fingerprint as well."""

FILE_NAME: Final = "sayso.people.key"
LOCK_NAME: Final = "sayso.people.lock"
_SHORTEST: Final = 32
_BYTES: Final = 32
_CONSTANT: Final = b"sayso suppression list"
_OWN_MODE: Final = 0o600


class SuppressionError(SaysoError):
    """
    The suppression list or its key cannot be used; the message says why.

    Nothing is collected then: that nobody could be looked up does not mean that nobody is on it.
    """


@dataclasses.dataclass(frozen=True, slots=True)
class Key:
    """A secret that makes hashes."""

    secret: bytes = dataclasses.field(repr=False)
    _begun: hmac.HMAC = dataclasses.field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        begun = hmac.new(self.secret, digestmod=hashlib.sha256)
        object.__setattr__(self, "_begun", begun)

    @property
    def fingerprint(self) -> str:
        """What tells this key from others, and nothing about it; 16 hexadecimal digits."""
        return hmac.digest(self.secret, _CONSTANT, hashlib.sha256).hex()[:16]

    def digest(self, name: Name) -> bytes:
        """Return HMAC-SHA256 over source, kind and value, with 0x1F between them."""
        made = self._begun.copy()
        made.update("\x1f".join(name).encode("utf-8", "replace"))
        return made.digest()


def find_key(config: Config) -> Key | None:
    """
    Return the key of the environment, or else of the file beside the configuration.

    ``None``: there is none yet. `SuppressionError` when it is unreadable or too short.
    """
    if (said := secret(VARIABLE)) is not None:
        return _key(said, VARIABLE)
    file = people_folder(config) / FILE_NAME
    try:
        return _key(file.read_text("ascii"), str(file))
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise SuppressionError(f"{file}: the key cannot be read ({error})") from error


def people_folder(config: Config) -> Path:
    """Return where key and list are: beside the configuration, unless the environment says so."""
    return config.folder / Path(os.environ.get(FOLDER_VARIABLE) or "").expanduser()


def find_or_make_key(config: Config, notes: Notes) -> Key:
    """
    Return the key, made now if there is none: 32 random bytes in a file only we may read.

    The store notes its fingerprint. `SuppressionError` where that is another's, or where the key
    is missing: what two keys made in one store, nobody could look up.
    """
    if (found := find_key(config)) is not None:
        _claim(notes, found, config)
        return found
    if (noted := _noted(notes)) is not None:
        raise SuppressionError(
            f"{_places(config)} have no key, but this store is used with the key {noted}: bring "
            f"that one here, or set {VARIABLE}; no other is made"
        )
    with people_lock(config):
        if (found := find_key(config)) is None:
            file = people_folder(config) / FILE_NAME
            found = _make(file)
            with contextlib.ExitStack() as failing:
                failing.callback(file.unlink, missing_ok=True)  # nothing was made with it
                _claim(notes, found, config)
                failing.pop_all()
    _claim(notes, found, config)
    return found


def throw_away_key() -> Key:
    """Make a key for comparing within one process, where there is no other and none is to be."""
    return Key(secrets.token_bytes(_BYTES))


@contextlib.contextmanager
def people_lock(config: Config) -> Iterator[None]:
    """Let no other process change the key or the list's file meanwhile."""
    file = people_folder(config) / LOCK_NAME
    lock = filelock.FileLock(file, timeout=30, mode=_OWN_MODE)
    try:
        lock.acquire()
    except filelock.Timeout:
        raise SuppressionError(f"{file}: another process has held it for 30 s") from None
    except OSError as error:
        raise SuppressionError(
            f"{file}: cannot be written ({error.strerror}); {FOLDER_VARIABLE} can name another "
            "folder for the key and the list"
        ) from error
    try:
        yield
    finally:
        lock.release()


def _noted(notes: Notes) -> str | None:
    """Return the fingerprint of the key that a store is used with; ``None``: none so far."""
    for place, field in ((NOTE, "fingerprint"), (LIST_HEAD, "key")):
        if (note := notes.read(place)) is not None:
            return str(note.value[field])
    return None


def _claim(notes: Notes, key: Key, config: Config) -> None:
    """Note that a store is used with this key, if with none so far."""
    noted = _noted(notes)
    if noted is None:
        with contextlib.suppress(StoreReadOnly):  # whoever writes to it does so
            notes.write(NOTE, {"fingerprint": key.fingerprint}, None)
            noted = _noted(notes)
    if noted not in {None, key.fingerprint}:
        raise SuppressionError(
            f"this store is used with the key {noted}, but {_places(config)} say "
            f"{key.fingerprint}: every machine needs the same"
        )


def _places(config: Config) -> str:
    return f"{VARIABLE} and {people_folder(config) / FILE_NAME}"


def _make(file: Path) -> Key:
    text = secrets.token_hex(_BYTES)
    try:
        write_own(file, f"{text}\n".encode())
    except OSError as error:
        raise SuppressionError(f"{file}: the key cannot be written ({error})") from error
    return _key(text, str(file))


def write_own(file: Path, content: bytes) -> None:
    """Write a file that only its owner may read: after a crash it is whole or not there."""
    fresh = file.with_name(f"{file.name}.new")
    fresh.unlink(missing_ok=True)
    opened = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWN_MODE)
    with os.fdopen(opened, "wb") as writing:
        writing.write(content)
        writing.flush()
        os.fsync(writing.fileno())
    fresh.replace(file)
    sync_folder(file.parent)


def sync_folder(folder: Path) -> None:
    """Bring the names in a folder to the disk, where the system can do so."""
    with contextlib.suppress(OSError):  # Windows opens no folder
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)


def _key(text: str, where: str) -> Key:
    text = text.strip()
    if len(text) < _SHORTEST:
        problem = f"the key has {len(text)} characters; {_SHORTEST} or more are needed"
        raise SuppressionError(f"{where}: {problem}, such as `openssl rand -hex 32` writes")
    return Key(text.encode())
