"""The example notebook runs, on a file and on Elasticsearch; frames hold what they promise."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from search.export_columns import ExportError
from search.frames import ROWS, to_arrow, to_pandas, to_polars
from search.mention import State, StoredMention
from search.query import Everything
from search.stores.base import Sort
from search.stores.opening import open_store
from tests.conformance.documents import DOCUMENTS
from tests.crawling import process_environment
from tests.stores.inventing import make_mention
from tests.stores.test_contract_keeping import FULL

ROOT = Path(__file__).parent.parent
RUN = "from nbclient.cli import main; main()"
STORED = [StoredMention(mention=each, state=State()) for each in (FULL, *DOCUMENTS.values())]


def run_notebook(folder: Path, location: str) -> dict[str, Any]:
    shutil.copy(ROOT / "docs" / "notebook.ipynb", folder)
    done = subprocess.run(
        [sys.executable, "-c", RUN, "--inplace", "--timeout=120", "notebook.ipynb"],
        cwd=folder,
        env=process_environment({"SAYSO_STORE": location, "JUPYTER_PLATFORM_DIRS": "1"}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    executed: dict[str, Any] = json.loads((folder / "notebook.ipynb").read_text("utf-8"))
    return executed


@pytest.mark.parametrize("kind", ["embedded", "elastic"])
def test_the_notebook_runs(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    location = str(tmp_path / "sayso.db")
    if kind == "elastic":
        location = request.getfixturevalue("empty_location")
    with open_store(location) as store:
        store.put([FULL, *DOCUMENTS.values()])

    notebook = run_notebook(tmp_path, location)

    outputs = json.dumps([cell.get("outputs", []) for cell in notebook["cells"]])
    assert f"({len(STORED)}," in outputs.replace("\\n", "")
    assert "Espresso House Grinder" in outputs
    assert "TimestampType(timestamp[us, tz=UTC])" in outputs


def test_the_notebook_in_the_documentation_holds_no_output_of_anybody() -> None:
    notebook = json.loads((ROOT / "docs" / "notebook.ipynb").read_text("utf-8"))
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]

    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)


def test_a_table_has_every_field_with_its_type_and_value() -> None:
    table = to_arrow(STORED)
    row = table.slice(0, 1).to_pylist()[0]

    assert table.num_rows == len(STORED)
    assert pa.timestamp("us", tz="UTC") == table.schema.field("published_at").type
    assert pa.list_(pa.string()) == table.schema.field("hashtags").type
    assert pa.int64() == table.schema.field("engagement.likes").type
    assert (FULL.id, FULL.published_at, ["kaffe", "fika"], 0, None) == (
        *(row["id"], row["published_at"], row["hashtags"]),
        *(row["engagement.likes"], row["author.followers"]),
    )


@pytest.mark.parametrize("frame", [to_pandas, to_polars])
def test_frames_keep_whole_numbers_and_the_unknown(frame: Callable[..., Any]) -> None:
    made = frame(STORED, ["likes", "stars", "title"])
    likes = [None if str(value) == "<NA>" else value for value in made["engagement.likes"]]

    assert ["engagement.likes", "rating.stars", "title"] == list(made.columns)
    assert [each.mention.engagement.likes for each in STORED] == likes


def test_no_mentions_are_an_empty_table_with_columns() -> None:
    assert (0, ["id", "text"]) == (
        to_arrow([], ["id", "text"]).num_rows,
        to_arrow([], ["id", "text"]).column_names,
    )


def test_more_than_one_part_is_one_table() -> None:
    many = (StoredMention(mention=make_mention(n), state=State()) for n in range(ROWS + 3))

    assert ROWS + 3 == to_arrow(many, ["id"]).num_rows


def test_a_column_that_is_no_field_is_said() -> None:
    with pytest.raises(ExportError, match="there is no column `titel`, did you mean `title`"):
        to_arrow([], ["titel"])


def test_what_is_missing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "polars", None)

    with pytest.raises(Exception, match="polars is not installed: pip install polars"):
        to_polars([])


def test_a_search_gives_dataclasses(tmp_path: Path) -> None:
    with open_store(tmp_path / "m.db") as store:
        store.put([FULL])
        (found,) = store.iterate(Everything(), sort=Sort.FOUND)

    assert FULL == found.mention
    assert os.environ.get("SAYSO_STORE") is None
