"""`sayso transformers list`: each model, loaded and tried, with what a user should know of it."""

from typing import Any, Final

import click

from pipelines.transformers.models import Entry, Models
from search.config import Config
from search.showing.printing import print_json

NO_LICENCE: Final = "its README.md states none: what you may use it for is for you to find out"
NONE: Final = "no models: add a [[transformers]] table to sayso.toml (docs/transformers.md)"


def show_transformers(config: Config, *, as_json: bool) -> None:
    """Print what each table loads; `ConfigError` when one does not work."""
    models = Models.open(config)
    for entry in models.entries if models else ():
        if as_json:
            print_json(_plain(entry))
            continue
        for line in _lines(entry):
            click.echo(line)
    if models is None and not as_json:
        click.echo(NONE)


def _lines(entry: Entry) -> list[str]:
    settings, folder = entry.settings, entry.model.folder
    fits = " ".join((*settings.languages, *settings.kinds))
    return [
        "\t".join((entry.model.method, f"use = {settings.use}", fits)),
        f"  file: {folder.model}, {folder.megabytes:,.1f} MB",
        f"  memory: {entry.model.memory_mb:,.0f} MB more once loaded, of {settings.memory_mb:,}",
        f"  labels: {', '.join(folder.labels)}",
        f"  licence: {folder.licence or NO_LICENCE}",
    ]


def _plain(entry: Entry) -> dict[str, Any]:
    settings, folder = entry.settings, entry.model.folder
    return {
        "method": entry.model.method,
        "use": settings.use,
        "languages": settings.languages,
        "kinds": settings.kinds,
        "file": str(folder.model),
        "megabytes": round(folder.megabytes, 1),
        "memory_mb": round(entry.model.memory_mb),
        "labels": folder.labels,
        "licence": folder.licence,
    }
