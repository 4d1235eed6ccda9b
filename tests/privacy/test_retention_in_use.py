"""`sayso retention`, and what the scheduler does by itself."""

import dataclasses
import datetime as dt
import json
import logging
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from crawlers.cli import sayso
from crawlers.scheduling.sweeper import Sweeper
from search.config import validate
from search.errors import ConfigError
from search.mention import State
from search.query import Everything
from search.stores.embedded import EmbeddedStore
from tests.permissions.inventing import DAY
from tests.privacy.aging import keep, seen

RULES = "[privacy.retention]\nmentions_days = 90\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Make a folder with a store that holds an old mention and a new one."""
    now = dt.datetime.now(dt.UTC)
    with EmbeddedStore(tmp_path / "sayso.db") as store:
        for number, days in ((1, 100), (2, 1)):
            state = State(first_seen_at=now - days * DAY)
            aged = seen(number, 0)
            mention = dataclasses.replace(aged.mention, harvested_at=now)
            keep(store, dataclasses.replace(aged, mention=mention, state=state))
    return tmp_path


def numbers(folder: Path) -> list[str]:
    with EmbeddedStore(folder / "sayso.db") as store:
        return [each.mention.source_id for each in store.iterate(Everything())]


def run(folder: Path, *options: str, text: str = RULES) -> Result:
    (folder / "sayso.toml").write_text(text, "utf-8")
    return CliRunner().invoke(
        sayso, ["--config", str(folder / "sayso.toml"), "retention", *options]
    )


def test_without_rules_nothing_goes(folder: Path) -> None:
    said = run(folder, "--apply", text="").output

    assert "no [privacy.retention] in sayso.toml: nothing is ever deleted\n" == said
    assert 2 == len(numbers(folder))


def test_it_shows_first_and_deletes_when_told_to(folder: Path) -> None:
    shown = run(folder).output
    as_json = json.loads(run(folder, "--dry-run", "--json").output)
    before = numbers(folder)
    applied = run(folder, "--apply").output

    assert "mentions_days: 1, the oldest seen 20" in shown
    assert shown.endswith("nothing was deleted; --apply does so\n")
    assert ("mentions_days", 1, False) == tuple(
        as_json[key] for key in ("rule", "count", "deleted")
    )
    assert 2 == len(before)
    assert applied.endswith("1 deleted\n")
    assert ["2"] == numbers(folder)
    assert "nothing is kept for too long\n" == run(folder, "--apply").output
    assert 2 == run(folder, "--apply", "--dry-run").exit_code


def test_the_scheduler_applies_it_by_itself_and_outlives_a_failure(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    tables = {"store": "sayso.db", "privacy": {"retention": {"mentions_days": 90}}}
    (folder / "bad.db").write_text("no store" * 1_000)
    sweeper = Sweeper()

    sweeper.begin(validate({"store": "sayso.db", "folder": folder}, "here"))
    sweeper.wait(60)
    untouched = numbers(folder)
    sweeper.begin(validate({**tables, "store": "bad.db", "folder": folder}, "here"))
    sweeper.wait(60)
    sweeper.begin(validate({**tables, "folder": folder}, "here"))
    sweeper.wait(60)

    assert 2 == len(untouched)
    assert ["2"] == numbers(folder)
    said = [record for record in caplog.records if "retention" in record.message]
    assert ["retention not applied", "retention applied"] == [each.message for each in said]
    assert {"mentions_days": 1} == vars(said[1])["deleted"]


@pytest.mark.parametrize(
    ("table", "problem"),
    [
        ({"retention": {"mentions_days": 0}}, "privacy.retention.mentions_days = 0"),
        ({"retention": {"mention_days": 9}}, "privacy.retention.mention_days: there is no such"),
        ({"retention": {"sources": {"feed": 10**9}}}, "privacy.retention.sources.feed"),
        ({"country": "Sweden"}, "privacy.country = 'Sweden'"),
        ({"email": "me"}, "privacy.email = 'me'"),
        ({"evidence_years": 0}, "privacy.evidence_years = 0"),
    ],
)
def test_a_mistake_is_named(table: dict[str, object], problem: str) -> None:
    with pytest.raises(ConfigError, match=problem.replace(".", r"\.")):
        validate({"privacy": table}, "here")
