"""The demo keeps its hands off files that are not its own."""

from pathlib import Path

import pytest

from crawlers.demo.command import WRITTEN_BY, prepare
from search.errors import ConfigError


def test_beginning_afresh_removes_the_demo_s_store_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "sayso.toml").write_text(f"{WRITTEN_BY}: a small web")
    for name in ("sayso.db", "sayso.db-wal", "letters.txt"):
        (tmp_path / name).write_text("x")
    prepare(tmp_path, fresh=True)

    assert ["letters.txt", "sayso.toml"] == sorted(path.name for path in tmp_path.iterdir())


@pytest.mark.parametrize("fresh", [False, True])
def test_a_folder_of_somebody_s_own_is_refused_untouched(tmp_path: Path, *, fresh: bool) -> None:
    for name in ("sayso.toml", "sayso.db"):
        (tmp_path / name).write_text("mine")

    with pytest.raises(ConfigError, match="another --folder"):
        prepare(tmp_path, fresh=fresh)
    assert ["mine", "mine"] == [path.read_text() for path in tmp_path.iterdir()]


def test_a_folder_without_a_demo_loses_nothing(tmp_path: Path) -> None:
    (tmp_path / "sayso.db").write_text("mine")
    prepare(tmp_path, fresh=True)

    assert (tmp_path / "sayso.db").read_text() == "mine"
