"""
What a worker needs to carry out a run, as JSON in the run log: a worker is told no more than that.

Secrets are not in it: the worker takes a source's key from its own environment.
"""

import datetime as dt
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from crawlers.base import Plan
from crawlers.planning import find_source
from search.config import Brand, Config, validate
from search.environment import secret
from search.errors import ConfigError
from search.run_log import Run
from search.stores.elastic.address import is_address

_NOT_FOR_WORKERS = {"sources", "alerts", "store", "queue"}


def pack(plan: Plan, config: Config) -> dict[str, Any]:
    """Put a plan, and what of the configuration concerns its run, into JSON values."""
    return {
        "plan": {
            "source": plan.source,
            "brands": [brand.model_dump() for brand in plan.brands],
            "address": plan.address,
            "since": plan.since and plan.since.isoformat(),
            "options": dict(plan.options),
        },
        "config": json.loads(_absolute(config).model_dump_json(exclude=_NOT_FOR_WORKERS)),
    }


def _absolute(config: Config) -> Config:
    """Say where models are without the file that a relative path is relative to."""
    moved = tuple(
        each.model_copy(update={"path": str(config.folder_of(each))})
        for each in config.transformers
    )
    return config.model_copy(update={"transformers": moved})


def unpack(run: Run, store: str, folder: Path) -> tuple[Plan, Config]:
    """
    Return what `pack` was given, for a run whose mentions go into this store.

    ``folder`` is that of the configuration of the machine that carries it out: there the key of
    the suppression list and its file are. Work of a newer version of Sayso raises `ConfigError`.
    """
    store = store if is_address(store) else str(Path(store).absolute())
    config = validate({**run.work["config"], "store": store, "folder": folder}, f"run {run.id}")
    try:
        return _plan(run.work["plan"]), config
    except (LookupError, TypeError, ValueError) as error:
        raise ConfigError(f"run {run.id} was planned by another version: {error}") from error


def _plan(said: Mapping[str, Any]) -> Plan:
    key = find_source(said["source"]).declaration.key
    return Plan(
        source=said["source"],
        brands=tuple(Brand(**brand) for brand in said["brands"]),
        address=said["address"],
        since=dt.datetime.fromisoformat(said["since"]) if said["since"] else None,
        options=said["options"],
        key=secret(key) if key else None,
    )


def config_of_run(run: Run) -> Config:
    """Return the configuration a run is carried out with, apart from the store."""
    return validate(dict(run.work.get("config", {})), f"run {run.id}")
