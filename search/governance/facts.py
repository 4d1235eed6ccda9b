"""
What a configuration says that the law wants to be known: plain values, and never a secret.

Every draft is made of these facts and nothing else, so that their hash tells whether a draft is
still that of the configuration. Of addresses only the host is taken: what stands behind it may be
a key.
"""

import dataclasses
import hashlib
import json
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from search.config import Config
from search.stores.elastic.address import is_address, parse_address

_FOLDER: Final = Path(__file__).parent
Facts = Mapping[str, Any]
"""JSON: text, numbers, lists and tables; ``None`` or empty: not known."""


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class DeclaredSource:
    """One source that is configured, and what it says of itself."""

    name: str
    title: str
    hosts: tuple[str, ...]
    """Whom it asks; never more of an address than the host."""

    terms: str
    """An address, or a sentence for software that many sites run."""

    contact: str
    """How its authors may be asked."""

    keeps_days: int | None
    """How long the source allows content to be kept; ``None`` without a limit."""

    obeys_robots: bool
    has_reviews: bool = False


def collect(config: Config, sources: Sequence[DeclaredSource]) -> Facts:
    """Collect the facts of a configuration; the same configuration gives the same facts."""
    said = config.privacy
    return {
        "privacy": {
            **said.model_dump(mode="json", exclude={"retention"}),
            "authority": said.authority or _authority(said.country),
        },
        "retention": None if said.retention is None else said.retention.model_dump(mode="json"),
        "brands": [{"name": brand.name, "query": brand.query} for brand in config.brands],
        "sources": [_of_source(source, config) for source in sources],
        "asking": _asking(config),
        "models": [_model(config, number) for number in range(len(config.transformers))],
        "channels": sorted({name for alert in config.alerts for name in alert.channels}),
        "store": _store(config),
        "has_queue": config.queue is not None,
        "languages": list(config.languages),
        "user_agent": config.user_agent,
    }


def digest(facts: Facts, templates: Mapping[str, str]) -> str:
    """Hash what drafts are made of: the facts, and the templates by name; 16 hex digits."""
    canonical = json.dumps([facts, templates], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def host_of(address: str) -> str | None:
    """Return the host of an address, without a name, a password or a path; ``None``: none."""
    try:
        return urlsplit(address).hostname
    except ValueError:
        return None


def _authority(country: str | None) -> str | None:
    known = tomllib.loads((_FOLDER / "authorities.toml").read_text("utf-8"))
    return None if country not in known else ", ".join(known[country])


def _of_source(source: DeclaredSource, config: Config) -> dict[str, Any]:
    retention = config.privacy.retention
    own = None if retention is None else retention.sources.get(source.name)
    general = None if retention is None else retention.mentions_days
    days = [each for each in (own or general, source.keeps_days) if each is not None]
    return {
        **dataclasses.asdict(source),
        "hosts": list(source.hosts),
        # A source's limit only shortens a rule: without one nothing is deleted.
        "kept_days": min(days) if own or general else None,
    }


def _asking(config: Config) -> dict[str, Any] | None:
    asking = config.asking
    if asking is None:
        return None
    return {
        "brand": asking.brand,
        "brand_handle": asking.brand_handle,
        "terms_version": asking.terms_version,
        "terms_url": _without_user(asking.terms_url),
        "privacy_url": _without_user(asking.privacy_url),
    }


def _without_user(url: str) -> str:
    scheme, _, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}://{host.rpartition('@')[2]}{slash}{path}"


def _model(config: Config, number: int) -> dict[str, Any]:
    model = config.transformers[number]
    return {"name": Path(model.path).name, "languages": list(model.languages)}


def _store(config: Config) -> dict[str, Any]:
    if not is_address(config.store):
        return {"is_cluster": False, "host": None, "is_encrypted_on_the_way": None}
    address = parse_address(config.store)
    return {
        "is_cluster": True,
        "host": address.host,
        "is_encrypted_on_the_way": address.scheme == "https",
    }
