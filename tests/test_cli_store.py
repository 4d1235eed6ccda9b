"""`sayso store …` and `sayso kibana` as a user meets them, on a file and on Elasticsearch."""

import base64
import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from search.stores.opening import open_store
from tests.crawling import run_sayso
from tests.kibana.importing import result
from tests.kibana.kibana_server import kibana, success
from tests.stores.inventing import make_mentions


def say(
    folder: Path, *arguments: str, code: int = 0, environment: Mapping[str, str] | None = None
) -> tuple[str, str]:
    done = run_sayso(*arguments, cwd=folder, environment=environment)
    assert code == done.returncode, done.stdout + done.stderr
    return done.stdout, done.stderr


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    with open_store(tmp_path / "sayso.db") as store:
        store.put(make_mentions(12))
        store.save_cursor("feed/Storm", {"since": 1})
    return tmp_path


def test_a_store_moves_to_elasticsearch_and_is_used_there(
    filled: Path, elastic_location: str
) -> None:
    prefix = elastic_location.rpartition("=")[2]
    made, _ = say(filled, "--store", elastic_location, "store", "init", "--shards", "2")
    assert f"index {prefix}-mentions-000001: made" in made
    again, _ = say(filled, "--store", elastic_location, "store", "init")
    assert f"{elastic_location}: nothing to do\n" == again

    said, _ = say(filled, "store", "copy", "sayso.db", elastic_location)
    assert said.startswith("copied and compared: 12 mentions (checksum ")
    assert "1 cursors" in said
    (filled / "sayso.toml").write_text(f'store = "{elastic_location}"\n')

    found, _ = say(filled, "search", "coffee", "-n", "3")
    assert 3 == len(found.splitlines())
    counted, _ = say(filled, "stats", "--json", "--timeline", "day")
    assert (12, None) == (json.loads(counted)["total"], json.loads(counted)["incomplete"])
    assert "sound: 12 mentions\n" == say(filled, "store", "check")[0]
    grown, _ = say(filled, "store", "grow")
    assert f"new mentions go into {prefix}-mentions-000002\n" == grown
    assert "12 mentions indexed\n" == say(filled, "store", "rebuild")[0]
    exported, _ = say(filled, "export", "mentions", "-o", "out.ndjson")
    assert "12 mentions written" in exported


def test_what_was_exported_is_imported_into_elasticsearch(
    filled: Path, empty_location: str
) -> None:
    say(filled, "export", "mentions", "-o", "out.ndjson")

    said, _ = say(filled, "--store", empty_location, "import", "out.ndjson")

    assert "12 new, 0 changed, 0 unchanged\n" == said


def test_copying_says_what_it_holds_as_json(filled: Path) -> None:
    said, _ = say(filled, "store", "copy", "sayso.db", "other.db", "--json")

    assert (12, 1) == (json.loads(said)["mentions"], json.loads(said)["cursors"])
    assert "sound: 12" in say(filled, "--store", "other.db", "store", "check")[0]


def test_a_copy_of_what_is_not_there_makes_nothing(tmp_path: Path) -> None:
    _, errors = say(tmp_path, "store", "copy", "absent.db", "other.db", code=1)

    assert "absent.db" in errors
    assert [] == list(tmp_path.iterdir())


def test_a_file_is_made_and_does_not_grow_by_indices(tmp_path: Path) -> None:
    assert "sayso.db: made\n" == say(tmp_path, "store", "init")[0]
    assert "sayso.db: nothing to do\n" == say(tmp_path, "store", "init")[0]
    assert (
        "--shards is for a store on Elasticsearch"
        in say(tmp_path, "store", "init", "--shards", "2", code=1)[1]
    )
    assert "cannot grow by another" in say(tmp_path, "store", "grow", code=1)[1]


def test_a_cluster_that_is_not_there_is_said_in_a_sentence(tmp_path: Path) -> None:
    _, errors = say(tmp_path, "--store", "http://127.0.0.1:9", "search", "tea", code=1)

    assert errors.startswith("http://127.0.0.1:9: Elasticsearch does not answer")
    assert 1 == len(errors.splitlines())


def test_objects_for_kibana_are_written_for_the_indices_of_the_store(tmp_path: Path) -> None:
    store = ("--store", "http://127.0.0.1:9?prefix=acme")

    said, _ = say(tmp_path, *store, "kibana", "-o", "k.ndjson")
    piped, _ = say(tmp_path, *store, "kibana")

    assert "saved objects written to k.ndjson" in said
    assert piped == (tmp_path / "k.ndjson").read_text("utf-8")
    assert "acme-mentions" == json.loads(piped.splitlines()[0])["attributes"]["title"]


def test_a_file_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    _, errors = say(tmp_path, "kibana", "-o", "absent/k.ndjson", code=1)

    assert "absent/k.ndjson: No such file or directory" in errors
    assert [] == list(tmp_path.iterdir())


def test_objects_are_imported_into_kibana_with_a_key_of_the_environment(tmp_path: Path) -> None:
    results = [result(number, overwrite=number == 3) for number in range(10)]
    with kibana(success(*results)) as server:
        asked = ("kibana", "install", "--url", server.address, "--space", "brand")
        said, _ = say(tmp_path, *asked, environment={"SAYSO_KIBANA_API_KEY": "c2VjcmV0"})
    (posted,) = server.posted

    assert "ApiKey c2VjcmV0" == posted.headers["authorization"]
    assert posted.path.startswith("/s/brand/")
    assert "overwritten: dashboard Title 3" in said.splitlines()
    assert 9 == said.count("new: ")
    assert "c2VjcmV0" not in said


def test_objects_are_imported_as_a_user_of_the_environment(tmp_path: Path) -> None:
    user = {"SAYSO_KIBANA_USER": "eva", "SAYSO_KIBANA_PASSWORD": "p@ss/w"}
    with kibana(success(*(result(number) for number in range(10)))) as server:
        say(tmp_path, "kibana", "install", "--url", server.address, environment=user)

    login = base64.b64encode(b"eva:p@ss/w").decode()
    assert [f"Basic {login}"] == [posted.headers["authorization"] for posted in server.posted]
