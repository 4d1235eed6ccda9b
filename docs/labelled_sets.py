"""Labelled texts kept beside the repository: other people's words are no part of it."""

import csv
from pathlib import Path
from typing import NamedTuple

DOCS = Path(__file__).parent
SETS = DOCS.parent.parent / "shared" / "sentiment"


class Row(NamedTuple):
    """One labelled text."""

    text: str
    label: str
    language: str


def read(folder: Path, name: str) -> list[Row]:
    """Read all files of a set; none where it is not there."""
    rows: list[Row] = []
    for path in sorted((folder / name).glob("*.tsv")):
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
            rows += [Row(line["text"], line["label"], line["lang"]) for line in reader]
    return rows
