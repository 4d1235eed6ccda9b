"""What the configured sources say of themselves, for whoever may not import them."""

from collections.abc import Mapping

from crawlers.base import Declaration
from crawlers.planning import find_source, sources, sources_of
from search.config import Config
from search.governance.facts import DeclaredSource, host_of

_REVIEWS = "reviews"


def declared_sources(config: Config) -> tuple[DeclaredSource, ...]:
    """Return the sources of a configuration, each once, with every host it is to ask."""
    hosts: dict[str, list[str]] = {}
    for entry in sources_of(config):
        declaration = find_source(entry.source).declaration
        addresses = entry.addresses or filter(None, [declaration.address])
        found = filter(None, map(host_of, addresses))
        hosts.setdefault(entry.source, []).extend(found)
    return tuple(
        _declared(name, find_source(name).declaration, tuple(dict.fromkeys(asked)))
        for name, asked in hosts.items()
    )


def storage_limits() -> Mapping[str, int]:
    """Return for how many days a source allows content to be kept, by its name."""
    declared = ((name, spider.declaration.keeps_days) for name, spider in sources().items())
    return {name: days for name, days in declared if days is not None}


def _declared(name: str, said: Declaration, hosts: tuple[str, ...]) -> DeclaredSource:
    return DeclaredSource(
        name=name,
        title=said.title,
        hosts=hosts,
        terms=said.terms,
        contact=said.contact,
        keeps_days=said.keeps_days,
        obeys_robots=said.obeys_robots,
        has_reviews=name == _REVIEWS,
    )
