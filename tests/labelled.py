"""Texts that people labelled, for measuring; other people's words, so not in the repository."""

import csv
import os
from pathlib import Path

from tests.requiring import require


def labelled_sets() -> Path:
    """Return the folder of all sets, or skip the test."""
    beside = Path(__file__).parent.parent.parent / "shared" / "recordings"
    folder = Path(os.environ.get("SAYSO_RECORDINGS", beside)).parent / "sentiment"
    require("recordings", present=folder.is_dir(), why="there is no folder of labelled texts")
    return folder


def labelled(name: str) -> list[dict[str, str]]:
    """Read one set, as rows of text, label, lang and more, or skip the test."""
    folder = labelled_sets() / name
    require("recordings", present=folder.is_dir(), why=f"there is no set {name} of labelled texts")
    rows: list[dict[str, str]] = []
    for path in sorted(folder.glob("*.tsv")):
        with path.open(encoding="utf-8", newline="") as file:
            rows += csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
    return rows
