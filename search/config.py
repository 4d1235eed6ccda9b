"""`sayso.toml`, validated: every error names the key, the value and what is allowed."""

import collections
import datetime as dt
import hashlib
import reprlib
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pydantic

from search.alert_settings import Alert, check_agreement
from search.config_tables import LONGEST_NAME, Asking, Brand, Limits, Running, SourceConfig
from search.environment import secret
from search.errors import ConfigError, QueryError
from search.languages import LANGUAGES
from search.parsing import parse
from search.privacy_settings import Privacy
from search.query import Range
from search.stores.elastic.address import is_address, parse_address
from search.strict import Strict
from search.transformer_settings import Transformer, check_languages

__all__ = [
    "Alert", "Brand", "Config", "Limits", "Running", "SourceConfig", "Transformer",
    "load", "validate",
]  # fmt: skip

FILE_NAME = "sayso.toml"
DEFAULT_STORE = "sayso.db"
DEFAULT_LANGUAGES = ("en", "sv", "nl", "de", "da", "nb", "fr", "es", "fi")


class Config(Strict):
    """Everything `sayso.toml` can say."""

    store: str = DEFAULT_STORE
    """A file, relative to this one, or Elasticsearch: ``https://HOST:9200?prefix=sayso``."""

    @pydantic.field_validator("store")
    @classmethod
    def _must_be_a_store(cls, location: str) -> str:
        if is_address(location):
            try:
                parse_address(location)
            except ConfigError as error:
                raise ValueError(str(error).removeprefix("store: ")) from error
        return location

    languages: tuple[str, ...] = DEFAULT_LANGUAGES
    """ISO 639-1 codes the language stage chooses among."""

    @pydantic.field_validator("languages")
    @classmethod
    def _must_be_known(cls, codes: tuple[str, ...]) -> tuple[str, ...]:
        for code in codes:
            if code not in LANGUAGES:
                allowed = ", ".join(sorted(LANGUAGES))
                raise ValueError(f"{code!r} is no language code; allowed: {allowed}")
        return codes

    jurisdiction: str | None = None
    """Whose rules of disclosure count where a language is spoken in several countries: ``FI``."""

    @pydantic.field_validator("jurisdiction")
    @classmethod
    def _must_be_a_country(cls, code: str | None) -> str | None:
        if code is not None and not (len(code) == 2 and code.isascii() and code.isupper()):
            raise ValueError(f"{code!r} is no country; allowed: two capitals, such as SE")
        return code

    user_agent: str = "Sayso/0.1 (+https://github.com/sayso/sayso)"
    """What sites see; keep it stable and say who you are."""

    brands: tuple[Brand, ...] = ()
    """What to listen for."""

    sources: tuple[SourceConfig, ...] = ()
    """What to crawl."""

    alerts: tuple[Alert, ...] = ()
    """When to speak up."""

    transformers: tuple[Transformer, ...] = ()
    """Models of your own for the sentiment; the first that fits a mention is asked."""

    limits: Limits = Limits()
    """How much to ask of a site."""

    runs: Running = Running()
    """How scheduled runs are carried out."""

    asking: Asking | None = None
    """Who asks authors for permission; ``None``: nobody does."""

    privacy: Privacy = Privacy()
    """Who answers for what is kept, why, and for how long."""

    queue: str | None = None
    """``redis://host:6379/0``: runs are carried out by `sayso worker`; ``None``: here."""

    @pydantic.field_validator("queue")
    @classmethod
    def _must_be_a_queue(cls, url: str | None) -> str | None:
        return url if url is None else _queue_without_secret(url)

    folder: Path = pydantic.Field(default=Path(), exclude=True)

    @pydantic.model_validator(mode="after")
    def _must_agree(self) -> "Config":
        names = [brand.name for brand in self.brands]
        for name, times in collections.Counter(names).items():
            if times > 1:
                raise ValueError(f"brands: the name {name!r} stands twice")
        for entry in self.sources:
            for name in entry.brands:
                if name not in names:
                    raise ValueError(
                        f"sources: {entry.source} names the brand {name!r}; allowed: {names}"
                    )
        check_agreement(self.alerts, names)
        check_languages(self.transformers, self.languages)
        return self

    def choose_brands(self, wanted: Sequence[str]) -> tuple[Brand, ...]:
        """
        Return the brands of these names; one that is no name is taken as a query.

        Nothing wanted means all of them; `ConfigError` when there are none.
        """
        if not all(text.strip() for text in wanted):
            raise ConfigError("--brand is empty: give a brand's name or a query")
        known = {brand.name: brand for brand in self.brands}
        chosen = tuple(known.get(text) or _brand_of(text) for text in wanted) or self.brands
        if not chosen:
            raise ConfigError(
                f"no brand to look for: give --brand, or add one to {FILE_NAME} (`sayso init`)"
            )
        return chosen

    @property
    def queue_url(self) -> str | None:
        """The queue, as ``SAYSO_QUEUE`` in the environment says it, which may hold a password."""
        url = secret("SAYSO_QUEUE")
        return self.queue if url is None else checked_queue(url, "SAYSO_QUEUE")

    def folder_of(self, transformer: Transformer) -> Path:
        """Return the directory of a model, absolute; ``~`` is the user's home."""
        return (self.folder / Path(transformer.path).expanduser()).absolute()

    @property
    def store_location(self) -> str:
        """What `open_store` opens: the address of a cluster, or the embedded store's file."""
        return self.store if is_address(self.store) else str(self.folder / self.store)


_QUEUES = ("redis://", "rediss://", "unix://")


def checked_queue(url: str, where: str) -> str:
    """Return a queue's address, or raise `ConfigError`, which does not repeat it."""
    if not url.startswith(_QUEUES):
        raise ConfigError(f"{where} is no queue; allowed: {', '.join(_QUEUES)}…")
    return url


def _queue_without_secret(url: str) -> str:
    if not url.startswith(_QUEUES):
        raise ValueError(f"{url!r} is no queue; allowed: {', '.join(_QUEUES)}…")
    if urlsplit(url).password:
        raise ValueError("a password does not belong here; set SAYSO_QUEUE in the environment")
    return url


def load(path: Path | None = None) -> Config:
    """
    Read a configuration file, by default ``sayso.toml`` here; without one, the defaults.

    A named file that does not exist, bad TOML and bad values raise `ConfigError`.
    """
    file = path or Path(FILE_NAME)
    if not file.exists():
        if path is None:
            return Config()
        raise ConfigError(f"{file}: no such file; `sayso init` writes one")
    try:
        values = tomllib.loads(file.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise ConfigError(f"{file}: {error}") from error
    return validate({**values, "folder": file.parent}, str(file))


def validate(values: Mapping[str, Any], where: str) -> Config:
    """Check values as `sayso.toml` would hold them; ``where`` begins the error message."""
    try:
        return Config.model_validate(values)
    except pydantic.ValidationError as error:
        raise ConfigError(
            "\n".join(f"{where}: {_explain(fault)}" for fault in error.errors())
        ) from None


def _explain(fault: Any) -> str:
    key = _name_of(fault["loc"])
    match fault["type"]:
        case "value_error":
            message = fault["msg"].removeprefix("Value error, ")
            return f"{key}: {message}" if key else str(message)
        case "extra_forbidden":
            return f"{key}: there is no such key"
        case "missing":
            return f"{key} is missing"
        case "tuple_type" if key in _ENTRIES:
            allowed = f"write one [[{key}]] for each"
        case kind:
            allowed = _ALLOWED.get(kind) or fault["msg"].replace("Input should", "must")
    return f"{key} = {reprlib.repr(fault['input'])}: {allowed}"


_ENTRIES = ("brands", "sources", "alerts", "transformers")
_ALLOWED = {
    "tuple_type": 'must be a list: ["…"]',
    "string_type": 'must be text in quotes: "…"',
    "bool_parsing": "must be true or false",
    "bool_type": "must be true or false",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "model_type": "must be a table of keys and values",
}


def _name_of(place: Sequence[str | int]) -> str:
    """Name a key as its author sees it: ``[[sources]] number 2: addresses``."""
    if len(place) > 1 and place[0] in _ENTRIES:
        table, number, *rest = place
        begin = f"[[{table}]] number {int(number) + 1}"
        return f"{begin}: {_name_of(rest)}" if rest else begin
    keys = [str(step) for step in place if isinstance(step, str)]
    numbers = [f" number {step + 1}" for step in place if isinstance(step, int)]
    return ".".join(keys) + "".join(numbers)


def _brand_of(query: str) -> Brand:
    parse(query)  # its own error points at the fault more clearly than a validation error would
    name = query if len(query) <= LONGEST_NAME else f"{query[: LONGEST_NAME - 9]} {_digest(query)}"
    return Brand(name=name, query=query)


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=4).hexdigest()


def read_since(text: str | None) -> dt.datetime | None:
    """Read ``30d`` or ``2026-01-31`` as an instant, ``None`` as ``None``; else `ConfigError`."""
    if text is None:
        return None
    try:
        match parse(f'since:"{text}"'):
            case Range(low=dt.datetime() as low):
                return low
    except QueryError as error:
        raise ConfigError(f"since = {text!r}: {error.problem}: {error.remedy}") from error
    raise ConfigError(f"since = {text!r}: allowed: 30d, 12h, 2026-01-31")
