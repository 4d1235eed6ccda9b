"""`sayso export requests`, `sayso permissions import` and `sayso export log`, as typed."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from crawlers.cli import main
from search.stores.embedded import EmbeddedStore
from tests.permissions.lists.listing import YES, batch_of, filled, posts, save

CONFIG = """
store = "mentions.db"
[asking]
brand = "Storm"
brand_handle = "storm"
person = "Ida"
terms_version = "2026-01"
terms_url = "https://storm.example/terms"
privacy_url = "https://storm.example/privacy"
"""
Sayso = Callable[..., tuple[int, str, str]]


@pytest.fixture
def sayso(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Sayso:
    """Make a folder with a batch of three, and run commands in it: exit code, output, errors."""
    monkeypatch.chdir(tmp_path)
    Path("sayso.toml").write_text(CONFIG)
    with EmbeddedStore(tmp_path / "mentions.db") as store:
        batch_of(store, posts(3))

    def run(*arguments: str) -> tuple[int, str, str]:
        code = 0
        try:
            main(list(arguments))
        except SystemExit as ended:
            code = int(ended.code or 0)
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def test_a_list_goes_out_and_comes_back(sayso: Sayso) -> None:
    assert (
        "3 requests written to requests-1.xlsx" in sayso("export", "requests", "--batch", "1")[1]
    )
    sayso("export", "requests", "--batch", "1", "-o", "list.csv")
    rows = filled(Path("list.csv"), {1: YES, 2: {"outcome": "perhaps"}})
    save(rows, Path("filled.csv"), delimiter=";", encoding="utf-16")

    dry = sayso("permissions", "import", "filled.csv", "--dry-run")[1]
    code, said, _ = sayso("permissions", "import", "filled.csv")
    _, again, _ = sayso("permissions", "import", "filled.csv", "--json")
    _, log, _ = sayso("export", "log")
    _, plain, _ = sayso("export", "log", "--json")

    assert "row 2: applied: send → grant" in dry
    assert "1 would be applied" in dry
    assert 3 == code
    assert "row 3, outcome: error: not known; allowed: sent, yes" in said
    assert "1 applied, 0 unchanged, 1 not filled in, 0 conflicts, 1 errors" in said
    report = json.loads(again)
    assert {"unchanged": 1, "error": 1}.items() <= report["counts"].items()
    assert ("outcome", "perhaps") == (report["rows"][1]["column"], report["rows"][1]["value"])
    assert ["requests-1.xlsx", "list.csv"] == [line.split()[-2] for line in log.splitlines()]
    assert [1, 2] == [json.loads(line)["number"] for line in plain.splitlines()]


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("export", "requests", "--batch", "9"), "there is no batch 9; there are 1 to 1"),
        (("export", "requests", "--batch", "1", "-o", "-"), "name one with --out"),
        (("export", "requests", "--batch", "1", "-o", "a.txt"), "its ending names no format"),
        (("export", "requests", "--batch", "1", "--format", "parquet"), "allowed: xlsx, csv"),
        (("permissions", "import", "none.csv"), "none.csv: there is no such file"),
    ],
)
def test_a_mistake_is_a_sentence(sayso: Sayso, arguments: tuple[str, ...], problem: str) -> None:
    code, _, said = sayso(*arguments)

    assert 1 == code
    assert problem in said
