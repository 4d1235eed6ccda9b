"""Where an Elasticsearch store is: ``https://host:9200?prefix=sayso``, and who we are there."""

import dataclasses
import re
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, urlsplit, urlunsplit

from search.environment import secret
from search.errors import ConfigError

DEFAULT_PREFIX: Final = "sayso"
API_KEY: Final = "SAYSO_ELASTICSEARCH_API_KEY"
USER: Final = "SAYSO_ELASTICSEARCH_USER"
PASSWORD: Final = "SAYSO_ELASTICSEARCH_PASSWORD"  # noqa: S105 - the name of a variable
CA: Final = "SAYSO_ELASTICSEARCH_CA"

_PREFIX: Final = re.compile("[a-z][a-z0-9_]{0,49}")
_HOST: Final = re.compile(r"[\w-]+(\.[\w-]+)*\.?|[0-9a-f:]+")
_PORTS: Final = {"http": 80, "https": 443}


@dataclasses.dataclass(frozen=True, slots=True)
class Address:
    """One store on one cluster."""

    scheme: str
    host: str
    port: int
    path: str
    """In front of every path of the interface, as behind a reverse proxy; mostly ``""``."""

    prefix: str
    """How the names of its indices begin."""

    def __str__(self) -> str:
        """Write the address as a person does, without secrets."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        query = "" if self.prefix == DEFAULT_PREFIX else f"prefix={self.prefix}"
        return urlunsplit((self.scheme, f"{host}:{self.port}", self.path, query, ""))


def is_address(location: object) -> bool:
    """Whether a store's location names a cluster rather than a file."""
    return isinstance(location, str) and "://" in location


def parse_address(location: str) -> Address:
    """Read a store's address; `ConfigError` says what is wrong with it, but no secret."""
    try:
        parts = urlsplit(location)
    except ValueError:
        raise ConfigError(_allowed(location)) from None
    if "@" in parts.netloc:
        raise ConfigError(
            "store: a name or password does not belong into the address: set"
            f" {API_KEY}, or {USER} and {PASSWORD}, in the environment"
        )
    try:
        port = parts.port or _PORTS.get(parts.scheme, 0)
    except ValueError:
        raise ConfigError(_allowed(location)) from None
    host = parts.hostname or ""
    if parts.scheme not in _PORTS or not _HOST.fullmatch(host) or parts.fragment:
        raise ConfigError(_allowed(location))
    prefix = _prefix_in(parts.query, location)
    return Address(parts.scheme, host, port, parts.path.rstrip("/"), prefix)


def _prefix_in(query: str, location: str) -> str:
    options = parse_qs(query, keep_blank_values=True)
    (prefix,) = options.pop("prefix", [DEFAULT_PREFIX])[-1:]
    if options:
        raise ConfigError(f"store = {location!r}: after the ? only prefix=NAME is allowed")
    if not _PREFIX.fullmatch(prefix):
        raise ConfigError(
            f"store: prefix={prefix!r} cannot begin the name of an index;"
            " allowed: a lower-case letter, then letters, digits and _"
        )
    return prefix


def _allowed(location: str) -> str:
    return (
        f"store = {location!r} is no address of a store; allowed:"
        " a file, or https://HOST:9200, perhaps with ?prefix=NAME"
    )


@dataclasses.dataclass(frozen=True, slots=True)
class Credentials:
    """Who we are to the cluster, from the environment."""

    api_key: str | None
    user: str | None
    password: str | None
    ca_file: str | None
    """Certificates to trust instead of the system's."""

    @classmethod
    def from_environment(cls) -> "Credentials":
        """Read the four variables; `ConfigError` when they do not fit together."""
        found = cls(*map(secret, (API_KEY, USER, PASSWORD, CA)))
        if found.api_key and found.user:
            raise ConfigError(f"set either {API_KEY}, or {USER} and {PASSWORD}, not both")
        for name, value in ((API_KEY, found.api_key), (USER, found.user)):
            if value is not None and not (value.isascii() and value.isprintable()):
                raise ConfigError(f"{name} holds letters that no key has: is a line end in it?")
        if found.ca_file is not None and not Path(found.ca_file).is_file():
            raise ConfigError(f"{CA} names {found.ca_file}: there is no such file")
        if bool(found.user) != bool(found.password):
            raise ConfigError(f"{USER} and {PASSWORD} belong together: one of them is not set")
        return found
