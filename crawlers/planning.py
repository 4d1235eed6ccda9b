"""From configuration and command line to the runs that follow from them."""

import functools
from collections.abc import Iterator, Sequence

from scrapy.settings import Settings
from scrapy.spiderloader import SpiderLoader

from crawlers.base import Plan, SourceSpider
from search.config import Brand, Config, SourceConfig, read_since
from search.environment import secret
from search.errors import ConfigError
from search.spelling import closest


@functools.cache
def sources() -> dict[str, type[SourceSpider]]:
    """Every built source by name: one file each in ``crawlers/spiders``, no registration."""
    loader = SpiderLoader.from_settings(Settings({"SPIDER_MODULES": ["crawlers.spiders"]}))
    found = {name: loader.load(name) for name in sorted(loader.list())}
    return {name: spider for name, spider in found.items() if issubclass(spider, SourceSpider)}


def find_source(name: str) -> type[SourceSpider]:
    """Return a source's spider, or raise `ConfigError` that names the ones there are."""
    if name not in sources():
        hint = closest(name, sources())
        raise ConfigError(f"there is no source {name!r}{hint}; allowed: {', '.join(sources())}")
    return sources()[name]


def plan_crawl(
    config: Config,
    *,
    brands: Sequence[str] = (),
    chosen: Sequence[str] = (),
    since: str | None = None,
    browser: bool = False,
) -> list[Plan]:
    """
    List the runs of one crawl.

    ``chosen`` holds ``name`` or ``name=address``; without it, the sources of the configuration
    that look for these brands, or, where it names none or does not know a brand, every source
    that needs neither key nor address.
    """
    wanted = config.choose_brands(brands)
    plans = [
        plan
        for entry in _entries(config, wanted, chosen)
        for plan in plans_of(
            entry.model_copy(
                update={"since": since or entry.since, "browser": browser or entry.browser}
            ),
            wanted,
        )
    ]
    if not plans:
        raise ConfigError("nothing to crawl: no source in sayso.toml looks for this brand")
    return list({_identity(plan): plan for plan in plans}.values())


def _entries(config: Config, wanted: Sequence[Brand], chosen: Sequence[str]) -> list[SourceConfig]:
    if chosen:
        return [entry for text in chosen for entry in _chosen(config, text)]
    unknown = any(brand not in config.brands for brand in wanted)
    return keyless_sources() if unknown else sources_of(config)


def sources_of(config: Config) -> list[SourceConfig]:
    """Return the sources of a configuration; where it names none, those that need nothing."""
    return list(config.sources) or keyless_sources()


def keyless_sources() -> list[SourceConfig]:
    """Return every source that needs neither key nor address."""
    return [
        SourceConfig(source=name)
        for name, spider in sources().items()
        if spider.declaration.keyless
    ]


def _chosen(config: Config, text: str) -> list[SourceConfig]:
    name, _, address = text.partition("=")
    find_source(name)
    if address:
        return [SourceConfig(source=name, addresses=(address,))]
    configured = [entry for entry in config.sources if entry.source == name]
    return configured or [SourceConfig(source=name)]


def plans_of(entry: SourceConfig, wanted: Sequence[Brand]) -> Iterator[Plan]:
    """Yield the plans of one entry of the configuration, for those of these brands it names."""
    declaration = find_source(entry.source).declaration
    brands = tuple(brand for brand in wanted if not entry.brands or brand.name in entry.brands)
    key = secret(declaration.key) if declaration.key else None
    if declaration.key_required and key is None:
        raise ConfigError(f"{entry.source} needs a key: set {declaration.key} in the environment")
    if not entry.addresses and declaration.address is None:
        raise ConfigError(
            f"{entry.source} needs an address: --source {entry.source}=https://…, "
            "or `addresses` in sayso.toml"
        )
    for address in entry.addresses or (None,):
        _check_address(entry.source, address)
        for group in [(brand,) for brand in brands] if declaration.per_brand else [brands]:
            if group:
                yield Plan(
                    source=entry.source,
                    brands=group,
                    address=address,
                    since=read_since(entry.since),
                    options={"browser": entry.browser, "max_pages": entry.max_pages},
                    key=key,
                )


def _check_address(source: str, address: str | None) -> None:
    if address is not None and not address.startswith(("http://", "https://")):
        raise ConfigError(
            f"{source}: {address!r} is no web address; allowed: https://… or http://…"
        )


def _identity(plan: Plan) -> tuple[str, str | None, tuple[Brand, ...]]:
    return plan.source, plan.address, plan.brands
