"""The units and the compose file that operators copy: well-formed, hardened, and true."""

import configparser
import json
import re
import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]  # its types are not among our tools

from crawlers.metrics import Figures
from search.run_log import Run, RunState
from search.stores.embedded import EmbeddedStore
from tests.test_docs import parse_command

DOCS = Path(__file__).parent.parent / "docs"
UNITS = ("sayso-schedule.service", "sayso-worker@.service")
PAGE = (DOCS / "operations.md").read_text("utf-8")
HARDENING = {
    "NoNewPrivileges": "yes", "CapabilityBoundingSet": "", "ProtectSystem": "strict",
    "ProtectHome": "yes", "PrivateTmp": "yes", "PrivateDevices": "yes", "UMask": "0077",
}  # fmt: skip


def unit(name: str) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment]  # keys keep their capitals
    parser.read_string((DOCS / name).read_text("utf-8"))
    return parser


def services() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((DOCS / "compose.yaml").read_text("utf-8"))
    return dict(found["services"])


def commands() -> Iterator[Sequence[str]]:
    for name in UNITS:
        program, *rest = shlex.split(unit(name)["Service"]["ExecStart"].replace("%i", "9465"))
        yield [Path(program).name, *rest]
    for service in services().values():
        if service["command"][0] == "sayso":
            yield service["command"]


COMMANDS = sorted({tuple(words) for words in commands()})


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_sayso_command_that_they_start_is_accepted(words: Sequence[str]) -> None:
    assert "sayso" == words[0]

    parse_command(shlex.join(words))


@pytest.mark.parametrize("name", UNITS)
def test_a_unit_stops_starts_again_and_gets_its_secrets_as_described(name: str) -> None:
    service = unit(name)["Service"]

    assert {
        "Restart": "on-failure", "TimeoutStopSec": "15", "KillMode": "mixed",
        "EnvironmentFile": "-/etc/sayso/secrets.env", "WorkingDirectory": "/var/lib/sayso",
    }.items() <= dict(service).items()  # fmt: skip
    assert {"Unit", "Service", "Install"} == set(unit(name).sections())


@pytest.mark.parametrize("name", UNITS)
def test_a_unit_can_do_no_more_than_it_must(name: str) -> None:
    service = unit(name)["Service"]

    assert HARDENING.items() <= dict(service).items()
    assert service["User"] not in {"", "root"}


def test_units_differ_only_in_what_they_are_for() -> None:
    ours, workers = (dict(unit(name)["Service"]) for name in UNITS)

    assert ["ExecStart"] == [key for key in ours if ours[key] != workers[key]]
    assert ours.keys() == workers.keys()


def test_compose_starts_a_queue_a_schedule_and_workers() -> None:
    found = services()

    assert {"redis", "schedule", "worker"} == set(found)
    for name in ("schedule", "worker"):
        service = found[name]
        assert "9464" in service["command"]
        assert f":{service['command'][-1]}/healthz" in service["healthcheck"]["test"][-1]
        assert "redis://redis:6379/0" == service["environment"]["SAYSO_QUEUE"]
        assert "python:3.12-slim" in service["build"]["dockerfile_inline"]
        assert {"store:/store"} <= set(service["volumes"])
        assert (True, ["ALL"]) == (service["read_only"], service["cap_drop"])


def test_the_health_check_of_compose_is_a_program() -> None:
    _, python, option, program = services()["worker"]["healthcheck"]["test"]

    assert ("python", "-c") == (python, option)
    compile(program, "healthcheck", "exec")


def test_compose_copies_only_what_there_is() -> None:
    lines = services()["worker"]["build"]["dockerfile_inline"].splitlines()
    copied = [name for line in lines if line.startswith("COPY ") for name in line.split()[1:-1]]

    assert copied
    assert [] == [name for name in copied if not (DOCS.parent / name).exists()]


def test_every_named_volume_is_declared() -> None:
    declared = yaml.safe_load((DOCS / "compose.yaml").read_text("utf-8"))["volumes"]
    used = {
        place.split(":")[0]
        for service in services().values()
        for place in service["volumes"]
        if not place.startswith(".")
    }

    assert set(declared) == used


def test_the_table_names_every_metric_and_no_other(tmp_path: Path) -> None:
    rows = re.findall(r"^\| `(sayso_\w+)(?:\{([\w,]+)\})?` \| (\w+) ", PAGE, re.MULTILINE)
    written = {name: (tuple(filter(None, labels.split(","))), kind) for name, labels, kind in rows}

    with EmbeddedStore(tmp_path / "sayso.db") as store:
        run = store.runs.queue(Run(id="0" * 12, key="k", source="feed"))
        claimed = store.runs.claim(run.id, "w")
        assert claimed is not None
        store.runs.end(claimed, RunState.FINISHED)
        figures = Figures(store, ["feed"])
        figures.count_run(store.runs.get(run.id))
        told = {
            sample.name: (tuple(sample.labels), family.type)
            for family in figures.collect()
            for sample in family.samples
        }

    assert told == written


def test_the_line_of_log_that_is_shown_is_json() -> None:
    (line,) = re.findall(r"```json\n(.*?)\n```", PAGE, re.DOTALL)

    assert {"at", "level", "logger", "event"} <= json.loads(line).keys()


@pytest.mark.parametrize("name", [*UNITS, "compose.yaml"])
def test_the_page_leads_to_every_file(name: str) -> None:
    assert f"({name})" in PAGE
