"""`sayso train` and `sayso models`: learning from the user's own, and which version judges."""

import dataclasses
import datetime as dt
import importlib.util
import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.table import Table

from pipelines.feelings.learned import (
    SHIPPED,
    NoSuchModel,
    read_versions,
    shipped,
    shipped_names,
    use,
)
from pipelines.lessons import from_csv, from_store
from search.config import Config
from search.errors import ConfigError
from search.notes import Notes
from search.showing.printing import print_json
from search.stores.opening import open_store

if TYPE_CHECKING:
    from pipelines.training import Trained

NOTHING_LEARNT = 3
"""The exit code when there was too little to learn from."""

NEEDS_EXTRA = "learning needs scikit-learn: pip install 'sayso[train]'"


def train_and_report(config: Config, tables: Sequence[Path] = (), *, as_json: bool = False) -> int:
    """Learn from what is stored and from tables, say what came of it; return the exit code."""
    if importlib.util.find_spec("sklearn") is None:
        raise ConfigError(NEEDS_EXTRA)
    from pipelines.training import train  # noqa: PLC0415 - needs the extra

    learnt = seen = used = 0
    # What cannot be read is said before a store is made and before anything is kept.
    labelled = [lesson for table in tables for lesson in from_csv(table, config.languages)]
    with open_store(config.store_location, create=bool(tables)) as store:
        lessons = itertools.chain(labelled, from_store(store))
        for result in train(lessons, store.notes, dt.datetime.now(dt.UTC)):
            seen, learnt = seen + 1, learnt + (result.version is not None)
            used += result.is_used
            _say(result, as_json=as_json)
    if not seen and not as_json:
        click.echo("nothing to learn from: no stars, no corrections (`sayso correct`), no --csv")
    if used and not as_json:
        click.echo("`sayso retag` judges anew what is stored")
    return 0 if learnt else NOTHING_LEARNT


def _say(result: "Trained", *, as_json: bool) -> None:
    if as_json:
        print_json(dataclasses.asdict(result))
    else:
        click.echo("\n".join(_sentences(result)))


def _sentences(result: "Trained") -> Iterator[str]:
    counts = ", ".join(f"{count:,} {label}" for label, count in sorted(result.counts.items()))
    if result.refused is not None:
        yield f"{result.name}: not learnt: {result.refused}; there are {counts}"
        return
    verdict = "used from now on" if result.is_used else "kept, but not used: it is no better"
    yield f"{result.name}/{result.version}: {verdict}"
    yield f"  learnt from {counts}"
    yield (
        f"  macro-F1 {result.macro_f1:.3f} on texts it had not seen, "
        f"{result.macro_f1_without:.3f} without it"
    )
    if result.polar is not None and result.polar_without is not None:
        yield (
            f"  {100 * result.polar:.1f} % of positive and negative texts on the right side, "
            f"{100 * result.polar_without:.1f} % without it"
        )


def show_models(config: Config, *, as_json: bool = False) -> None:
    """List the models that come with Sayso and those trained here, and say which judge."""
    with open_store(config.store_location, create=False) as store:
        rows = list(_rows(store.notes))
    if as_json:
        for row in rows:
            print_json(row)
        return
    table = Table("Model", "Used", "Made", "Texts", "Macro-F1", box=None)
    for row in rows:
        used = "yes" if row["used"] else ""
        texts = f"{row['texts']:,}"
        table.add_row(row["name"], used, row["made_at"] or "", texts, f"{row['macro_f1']:.3f}")
    Console(soft_wrap=True).print(table)


def _rows(notes: Notes) -> Iterator[dict[str, Any]]:
    trained = read_versions(notes)
    for name in sorted({*shipped_names(), *trained}):
        used = trained.get(name, {}).get("used")
        if (judge := shipped(name)) is not None:
            about = judge.model.manifest
            row = _row(f"{name}/{SHIPPED}", None, about["rows"], about["macro_f1"])
            yield {**row, "used": used is None}
        for version in trained.get(name, {}).get("versions", ()):
            number = version["version"]
            texts = sum(version["texts"].values())
            made_at, score = version["made_at"], version["macro_f1"]
            yield {**_row(f"{name}/{number}", made_at, texts, score), "used": number == used}


def _row(name: str, made_at: str | None, texts: int, macro_f1: float) -> dict[str, Any]:
    return {"name": name, "made_at": made_at, "texts": texts, "macro_f1": macro_f1}


def use_model(config: Config, wanted: str) -> None:
    """Let a version judge from now on: ``sv-review/2``, or ``sv-review/shipped``."""
    name, _, version = wanted.partition("/")
    if version != SHIPPED and not version.isdecimal():
        raise NoSuchModel(f"{wanted!r} names no version; allowed: NAME/NUMBER, NAME/{SHIPPED}")
    with open_store(config.store_location, create=False) as store:
        use(store.notes, name, None if version == SHIPPED else int(version))
    click.echo(f"{wanted} judges from now on; `sayso retag` judges anew what is stored")
