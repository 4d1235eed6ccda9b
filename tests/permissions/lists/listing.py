"""Batches, and lists filled in as people do it, for tests."""

import csv
import dataclasses
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl

from search.export import Format
from search.mention import Author, Mention
from search.permissions.batches import keep_batch
from search.permissions.events import Step
from search.permissions.keeping import Permissions
from search.permissions.lists.exporting import export_requests
from search.permissions.lists.importing import Report, import_outcomes
from search.permissions.lists.tables import read_lines
from search.permissions.standing import Standing
from search.stores.base import Store
from tests.permissions.inventing import DAY, NOW, SCOPE, event, post
from tests.permissions.test_asking import CONFIG

OURS = "https://s.example/us/1"
THEIRS = "https://s.example/ann/reply"
YES = {
    "outcome": "yes", "message_link": OURS, "reply_text": "Yes, gladly", "reply_link": THEIRS,
    "checked_by": "Ida",
}  # fmt: skip


def posts(count: int, **fields: object) -> list[Mention]:
    """Make posts of as many authors."""
    return [
        post(number, **{"author": author(number), "language": "en", **fields})
        for number in range(1, count + 1)
    ]


def author(number: int) -> Author:
    return Author(name=f"ann{number}", id=f"did:{number}", url=f"https://s.example/@ann{number}")


def batch_of(store: Store, asked: Sequence[Mention], **kept: Any) -> int:
    """Keep and queue mentions, and make a batch of them."""
    store.put(asked)
    permissions = Permissions(store)
    for mention in asked:
        permissions.record(event(Step.QUEUE, mention=mention.id))
    whole = {"made_at": NOW, "by": "Ida", "query": "storm", "scope": SCOPE, "skipped": {},
             "mentions": [mention.id for mention in asked], **kept}  # fmt: skip
    return keep_batch(store, **whole).number


def export(store: Store, number: int, path: Path, **options: Any) -> Path:
    """Write a list; its format is that of its name."""
    form = Format(path.suffix.removeprefix("."))
    whole = {"by": "Ida", "now": NOW, **options}
    export_requests(store, options.pop("config", CONFIG), number, path, form,
                    **{key: value for key, value in whole.items() if key != "config"})  # fmt: skip
    return path


def rows_of(path: Path) -> list[dict[str, Any]]:
    """Read a list of any format without Sayso: the cells that hold something."""
    if path.suffix == ".ndjson":
        rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    elif path.suffix == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    else:
        heads, *cells = openpyxl.load_workbook(path).worksheets[0].values
        rows = [dict(zip(heads, row, strict=True)) for row in cells]
    return [{name: value for name, value in row.items() if value not in {None, ""}}
            for row in rows]  # fmt: skip


def save(rows: Iterable[Mapping[str, Any]], path: Path, **how: Any) -> Path:
    """Save rows as a program with its own ideas would."""
    rows = list(rows)
    names = list(dict.fromkeys(name for row in rows for name in row))
    if path.suffix == ".ndjson":
        path.write_text("\n".join(json.dumps(row) for row in rows), "utf-8")
    elif path.suffix == ".csv":
        out = io.StringIO(newline="")
        writer = csv.DictWriter(out, names, delimiter=how.get("delimiter", ","))
        writer.writeheader()
        writer.writerows(rows)
        path.write_bytes(out.getvalue().encode(how.get("encoding", "utf-8")))
    else:
        book = openpyxl.Workbook()
        book.worksheets[0].append(names)
        for row in rows:
            book.worksheets[0].append([row.get(name) for name in names])
        book.save(path)
    return path


def filled(path: Path, answers: Mapping[int, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Fill in rows of a list, by their number."""
    return [{**row, **answers.get(int(row["number"]), {})} for row in rows_of(path)]


def take_in(store: Store, path: Path, **options: Any) -> Report:
    """Import a list a day later."""
    return import_outcomes(store, CONFIG, path, **{"by": "Bo", "now": NOW + DAY, **options})


def standing(store: Store, mention: Mention) -> Standing:
    return Permissions(store).standing(mention.id)


def cells_of(path: Path) -> list[dict[str, Any]]:
    """Read a list as Sayso does."""
    lines = list(read_lines(path))
    assert [None] * len(lines) == [line.fault for line in lines]
    return [dict(line.cells) for line in lines]


def with_fields(mention: Mention, **fields: Any) -> Mention:
    return dataclasses.replace(mention, **fields)
