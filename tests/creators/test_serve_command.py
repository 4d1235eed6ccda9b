"""`sayso creators serve`, as a person starts and stops it."""

import contextlib
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from search.errors import ConfigError
from search.permissions.events import Step
from search.permissions.form_answers import NoFormAnswer
from search.permissions.keeping import Permissions
from search.permissions.step_commands import BadEvidence, record
from search.stores.embedded import EmbeddedStore
from search.web.creator.guard import TRIES
from search.web.creator.serving import serve
from tests.crawling import process_environment, run_sayso
from tests.creators.visiting import (
    PRIVATE,
    YES,
    Client,
    asked,
    config,
)

TOML = """
[asking]
brand = "Storm & Co"
brand_handle = "storm"
person = "Ida"
terms_version = "2026-01"
terms_url = "https://storm.example/terms"
privacy_url = "https://storm.example/privacy"
page_url = "https://ask.example/r"
"""


@contextlib.contextmanager
def serving(folder: Path, *options: str) -> Iterator[tuple["subprocess.Popen[str]", Client]]:
    """Start the command; the block has to stop it."""
    with subprocess.Popen(
        [sys.executable, "-m", "crawlers.cli", "creators", "serve", "--port", "0", *options],
        cwd=folder,
        env=process_environment(None),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout is not None
        begun = process.stdout.readline()
        assert "authors' pages on http://127.0.0.1:" in begun, process.stdout.read()
        yield process, Client(int(begun.rpartition(":")[2]))
        process.kill()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Make a folder with a configuration and a mention."""
    (tmp_path / "sayso.toml").write_text(TOML, "utf-8")
    with EmbeddedStore(tmp_path / "sayso.db") as store:
        store.put([PRIVATE])
    return tmp_path


def test_it_serves_until_it_is_ended_and_says_no_secret(folder: Path) -> None:
    with EmbeddedStore(folder / "sayso.db") as store:
        secret = asked(store, config(folder), PRIVATE)

    with serving(folder) as (process, client):
        answered = client.answer(secret, YES)
        missing = client.get("/r/nothing")
        process.send_signal(signal.SIGTERM)
        rest, _ = process.communicate(timeout=20)

    assert (303, 404, 0, "") == (answered.status, missing.status, process.returncode, rest)
    listed = run_sayso("permissions", "replies", "--json", cwd=folder)
    assert 3 == listed.returncode
    assert [] == json.loads(listed.stdout)["reasons"]
    with EmbeddedStore(folder / "sayso.db") as store:
        record(store, PRIVATE.id[:8], Step.GRANT, config=config(folder), form=True, by="Ida")
        granted = Permissions(store).standing(PRIVATE.id).grants[0].event.evidence
    assert ("form", "Ida") == (granted.method, granted.confirmed_by)


def test_ctrl_c_ends_it_as_well(folder: Path) -> None:
    with serving(folder) as (process, _):
        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=20)

    assert (0, "") == (process.returncode, rest)


@pytest.mark.parametrize(
    ("options", "expected"), [((), 404), (("--trust", "10.0.0.0/8"), 429)], ids=["here", "there"]
)
def test_only_a_trusted_proxy_says_where_visitors_come_from(
    folder: Path, options: tuple[str, ...], expected: int
) -> None:
    with serving(folder, *options) as (_, client):
        for number in range(TRIES):
            client.get("/r/nothing", **{"X-Forwarded-For": f"192.0.2.{number}"})
        last = client.get("/r/nothing", **{"X-Forwarded-For": "192.0.2.99"})

    assert expected == last.status


@pytest.mark.parametrize("address", ["*", "proxy.example", "10.0.0.1/8", ""])
def test_a_proxy_is_trusted_by_its_address(tmp_path: Path, address: str) -> None:
    with (
        EmbeddedStore(tmp_path / "sayso.db") as store,
        pytest.raises(ConfigError, match="is no address of a proxy"),
    ):
        serve(
            store,
            config(tmp_path),
            host="127.0.0.1",
            port=0,
            behind_proxy=True,
            trusted=[address],
        )


def test_another_address_needs_a_proxy_in_front(tmp_path: Path) -> None:
    with EmbeddedStore(tmp_path / "sayso.db") as store, pytest.raises(ConfigError) as refused:
        serve(store, config(tmp_path), host="0.0.0.0", port=0, behind_proxy=False)  # noqa: S104 - it is refused

    assert "without TLS" in str(refused.value)
    assert "--behind-proxy" in str(refused.value)


def test_what_the_page_says_cannot_be_said_once_more(folder: Path) -> None:
    with EmbeddedStore(folder / "sayso.db") as store:
        with pytest.raises(BadEvidence, match="the page says text itself"):
            record(store, PRIVATE.id, Step.GRANT, config=config(folder), form=True, text="yes")
        with pytest.raises(NoFormAnswer, match="no yes from its page is waiting"):
            record(store, PRIVATE.id, Step.GRANT, config=config(folder), form=True)
