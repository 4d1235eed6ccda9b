"""Where the key and the list's file are, and that a store is used with one key alone."""

import json
import os
import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]  # its types are not among our tools
from click.testing import CliRunner

from crawlers.base import Plan
from crawlers.cli import sayso
from crawlers.cli_session import Session
from crawlers.running.pool import Pool
from crawlers.running.work import pack, unpack
from search.config import Config, load
from search.people.keys import find_or_make_key
from search.people.suppression import Reach, SuppressionError, Suppressions
from search.stores.embedded import EmbeddedStore
from search.stores.opening import open_store
from search.web.creator.originals import uploads_folder
from tests.people.inventing import EVA, NOW, wrote

LIST = "sayso.suppressed.ndjson"
KEY = "sayso.people.key"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make the folder of a configuration, and stand in another."""
    folder, elsewhere = tmp_path / "etc", tmp_path / "elsewhere"
    folder.mkdir()
    elsewhere.mkdir()
    (folder / "sayso.toml").write_text('store = "s.db"\n[[brands]]\nname = "b"\nquery = "b"\n')
    monkeypatch.chdir(elsewhere)
    return folder


def suppress(store: EmbeddedStore, config: Config, reach: Reach = Reach.ALL) -> Suppressions:
    listed = Suppressions.open(store, config)
    listed.add(wrote(1), reach, reason="asked us", now=NOW)
    return listed


def run_of(config: Config) -> Any:
    plan = Plan(
        source="mastodon",
        brands=config.brands,
        address="https://m.example",
        since=None,
        options={},
    )
    return SimpleNamespace(id="r1", work=json.loads(json.dumps(pack(plan, config))))


def test_the_process_of_a_run_sees_the_list_beside_the_configuration(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = load(Path("../etc/sayso.toml"))
    with EmbeddedStore(place / "s.db") as store:
        suppress(store, config)
    began: list[list[str]] = []
    monkeypatch.setattr(subprocess, "Popen", lambda said, **_: began.append(said))
    with EmbeddedStore(place / "restored.db") as store:
        Pool(store.runs, "r.db", 1, folder=config.folder).start_one("r1")
        (said,) = began
        folder = Path(said[said.index("--folder") + 1])
        _, theirs = unpack(run_of(config), config.store_location, folder)

        assert folder.is_absolute()
        assert folder.samefile(place)
        assert str(place) not in json.dumps(run_of(config).work)
        assert Suppressions.open(store, theirs).covers(wrote(2), Reach.COLLECT)
        assert Path(theirs.store_location).samefile(place / "s.db")


def test_a_store_named_by_hand_moves_nothing_else(place: Path) -> None:
    session = Session(place / "sayso.toml", "other.db")
    config = session.config()

    assert place == config.folder
    assert (place.parent / "elsewhere" / "other.db") == Path(config.store_location)
    assert (place.parent / "elsewhere" / "other.db.uploads") == uploads_folder(config)
    assert "https://es.example:9200" == (
        Session(place / "sayso.toml", "https://es.example:9200").config().store_location
    )


def test_the_environment_says_where_key_and_list_are(
    place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    volume = tmp_path / "volume"
    volume.mkdir()
    monkeypatch.setenv("SAYSO_PEOPLE_FOLDER", str(volume))
    config = load(place / "sayso.toml")
    with open_store(config.store_location) as store:
        Suppressions.open(store, config).add(wrote(1), Reach.ALL, reason="r", now=NOW)

    assert {KEY, LIST} <= {each.name for each in volume.iterdir()}
    assert {"sayso.toml"} == {e.name for e in place.iterdir() if e.name.startswith("sayso.")}


def test_the_containers_keep_key_and_list_in_the_volume() -> None:
    composed = yaml.safe_load(Path("docs/compose.yaml").read_text("utf-8"))
    for name in ("schedule", "worker"):
        service = composed["services"][name]
        assert "/store" == service["environment"]["SAYSO_PEOPLE_FOLDER"]
        assert "store:/store" in service["volumes"]


def unwritable(folder: Path) -> Config:
    """Make a folder where neither the key nor the list can be written, whoever runs this."""
    folder.mkdir()
    (folder / "sayso.people.lock").mkdir()
    return Config(folder=folder)


def test_a_folder_that_cannot_be_written_is_said_and_the_list_holds_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    config = unwritable(tmp_path / "etc")
    with EmbeddedStore(tmp_path / "s.db") as store:
        with pytest.raises(SuppressionError, match=r"sayso\.people\.lock: cannot be written"):
            find_or_make_key(config, store.notes)
        monkeypatch.setenv("SAYSO_PEOPLE_KEY", "k" * 64)
        listed = suppress(store, config)
        assert listed.covers(wrote(2), Reach.COLLECT)
        assert "SAYSO_PEOPLE_FOLDER" in (listed.not_in_file or "")
        caplog.clear()

        again = Suppressions.open(store, config)
        assert again.covers(wrote(2), Reach.COLLECT)
        assert ["suppression list not in its file"] == [each.message for each in caplog.records]

        (config.folder / "sayso.people.lock").rmdir()
        assert Suppressions.open(store, config).not_in_file is None
    assert (config.folder / LIST).read_text().count("\n") == len(again)


def test_the_command_says_that_the_file_lacks_it(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (place / "sayso.people.lock").mkdir()
    monkeypatch.setenv("SAYSO_PEOPLE_KEY", "k" * 64)
    who = ["--author", "eva@social.example", "--source", "mastodon"]
    config = ["--config", str(place / "sayso.toml"), "suppress"]

    done = CliRunner().invoke(sayso, [*config, "add", *who])
    checked = CliRunner().invoke(sayso, [*config, "check", *who])

    assert (0, 0) == (done.exit_code, checked.exit_code)
    assert "not in the list's file" in done.stderr


def test_a_second_key_is_neither_made_nor_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = Config(folder=tmp_path / "one"), Config(folder=tmp_path / "other")
    for config in (one, other):
        config.folder.mkdir()
    with EmbeddedStore(tmp_path / "s.db") as store:
        made = find_or_make_key(one, store.notes)
        assert made == find_or_make_key(one, store.notes)

        with pytest.raises(SuppressionError, match=made.fingerprint):
            suppress(store, other, Reach.CONTACT)
        assert [] == [each.name for each in other.folder.glob("*.key")]
        assert 0 == len(Suppressions.open(store, one))
        monkeypatch.setenv("SAYSO_PEOPLE_KEY", "k" * 64)
        with pytest.raises(SuppressionError, match=made.fingerprint):
            suppress(store, one)
        assert (made.secret in os.environb.values(), 0) == (
            False,
            len(Suppressions.open(store, one)),
        )


def test_the_key_of_a_list_made_before_keys_were_noted_counts(tmp_path: Path) -> None:
    one, other = Config(folder=tmp_path / "one"), Config(folder=tmp_path / "other")
    for config in (one, other):
        config.folder.mkdir()
    with EmbeddedStore(tmp_path / "s.db") as store:
        listed = suppress(store, one)
        noted = store.notes.read("people-key")
        assert noted is not None
        assert store.notes.delete("people-key", noted.version)

        with pytest.raises(SuppressionError, match="is used with the key"):
            find_or_make_key(other, store.notes)
        assert listed.covers(wrote(1, EVA), Reach.COLLECT)
