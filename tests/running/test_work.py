"""A worker does exactly what was planned, and is told no secrets."""

import dataclasses
import datetime as dt
import json
from pathlib import Path

import pytest

from crawlers.base import Plan
from crawlers.running.keeping import run_of
from crawlers.running.work import pack, unpack
from search.config import Brand, Config, Limits, SourceConfig, validate
from search.errors import ConfigError

HERE = Path("/etc/sayso")
BRAND = Brand(name="Tea", query='"green tea"')
CONFIG = Config(
    brands=(BRAND, Brand(name="Coffee", query="coffee")),
    sources=(SourceConfig(source="mastodon", addresses=("https://m.example",)),),
    languages=("en",),
    limits=Limits(requests_per_second=3, quotas={"m.example": ("300/5m",)}),
    queue="redis://127.0.0.1/0",
)
PLAN = Plan(
    source="mastodon",
    brands=(BRAND,),
    address="https://m.example",
    since=dt.datetime(2026, 1, 2, tzinfo=dt.UTC),
    options={"browser": False, "max_pages": 7},
    key="a secret",
)


def test_what_was_planned_is_what_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAYSO_MASTODON_TOKEN", "the worker's own")
    run = run_of(PLAN, "schedule", json.loads(json.dumps(pack(PLAN, CONFIG))))

    plan, config = unpack(run, "elsewhere.db", HERE)

    assert plan == dataclasses.replace(PLAN, key="the worker's own")
    assert config == CONFIG.model_copy(
        update={
            "sources": (),
            "queue": None,
            "store": str(Path("elsewhere.db").absolute()),
            "folder": HERE,
        }
    )


def test_a_model_beside_the_configuration_is_found_from_elsewhere(tmp_path: Path) -> None:
    table = {"path": "models/x", "languages": ["en"], "use": "audit", "share": 0.5}
    values = {"transformers": [table], "folder": tmp_path, "languages": ["en"]}
    run = run_of(PLAN, "schedule", json.loads(json.dumps(pack(PLAN, validate(values, "t")))))

    _, config = unpack(run, "elsewhere.db", HERE)

    (model,) = config.transformers
    assert tmp_path / "models/x" == config.folder_of(model)
    assert ("audit", 0.5) == (model.use, model.share)


def test_no_secret_is_written_down() -> None:
    assert "a secret" not in json.dumps(pack(PLAN, CONFIG))


def test_work_that_is_not_understood_is_refused_with_the_key() -> None:
    work = pack(PLAN, CONFIG)
    work["config"]["of_tomorrow"] = 1

    with pytest.raises(ConfigError, match="of_tomorrow: there is no such key"):
        unpack(run_of(PLAN, "schedule", work), "s.db", HERE)


def test_a_plan_of_another_version_is_refused() -> None:
    work = pack(PLAN, CONFIG)
    del work["plan"]["options"]

    with pytest.raises(ConfigError, match="planned by another version: 'options'"):
        unpack(run_of(PLAN, "schedule", work), "s.db", HERE)
