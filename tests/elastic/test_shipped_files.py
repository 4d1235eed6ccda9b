"""The compose file, roles and policy that operators copy: well-formed, pinned, safe by default."""

import json
import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]  # its types are not among our tools

from tests.test_docs import parse_command

DOCS = Path(__file__).parents[2] / "docs"
TEXT = (DOCS / "compose.elasticsearch.yaml").read_text("utf-8")
SERVICES: dict[str, Any] = yaml.safe_load(TEXT)["services"]
BASE: dict[str, Any] = yaml.safe_load((DOCS / "compose.yaml").read_text("utf-8"))["services"]
ROLES = sorted((DOCS / "elasticsearch").glob("role-*.json"))


def test_images_are_official_and_pinned() -> None:
    images = {about["image"] for about in SERVICES.values() if "image" in about} - {"sayso"}

    assert images
    for image in images:
        assert re.fullmatch(r"docker\.elastic\.co/\w+/\w+:9\.\d+\.\d+", image)


def test_no_password_is_written_down_and_each_is_asked_for() -> None:
    asked = set(re.findall(r"\$\{(\w+_PASSWORD):\?", TEXT))

    assert {
        "ELASTIC_PASSWORD",
        "KIBANA_PASSWORD",
        "SAYSO_PASSWORD",
        "KIBANA_KEY_PASSWORD",
    } == asked
    assert "changeme" not in TEXT
    for name in asked:
        made = name.removesuffix("_PASSWORD")
        assert made in TEXT.split("for name in ", 1)[1].split(";", 1)[0].split()
    for service in SERVICES.values():
        for name, value in service.get("environment", {}).items():
            assert "PASSWORD" not in name or str(value).startswith("${"), name


def test_what_others_wait_for_has_a_health_check() -> None:
    for service in SERVICES.values():
        for name, about in service.get("depends_on", {}).items():
            waited_for = SERVICES.get(name) or BASE[name]
            if about["condition"] == "service_healthy":
                assert "healthcheck" in waited_for, name
            else:
                assert "service_completed_successfully" == about["condition"]
                assert "restart" not in waited_for, name


def test_nothing_is_reachable_from_other_machines() -> None:
    ports = [port for about in SERVICES.values() for port in about.get("ports", [])]

    assert ["127.0.0.1:5601:5601"] == ports


def test_schedule_and_workers_write_to_the_cluster() -> None:
    for name in ("schedule", "worker"):
        assert name in BASE
        environment = SERVICES[name]["environment"]
        assert "http://elasticsearch:9200" == environment["SAYSO_STORE"]
        assert "sayso" == environment["SAYSO_ELASTICSEARCH_USER"]


@pytest.mark.parametrize("name", ["store-init", "kibana-install"])
def test_commands_are_accepted(name: str) -> None:
    parse_command(shlex.join(SERVICES[name]["command"]))


def test_the_script_of_users_is_one_and_sends_what_is_there() -> None:
    (script,) = SERVICES["elasticsearch-users"]["command"]
    script = script.replace("$$", "$")

    checked = subprocess.run(["bash", "-n"], input=script, text=True, check=False)
    assert 0 == checked.returncode
    for file in re.findall(r"@/roles/(\S+)", script):
        assert (DOCS / "elasticsearch" / file).exists()


@pytest.mark.parametrize("path", ROLES, ids=lambda path: path.stem)
def test_roles_are_json_and_concern_our_indices_alone(path: Path) -> None:
    role = json.loads(path.read_text("utf-8"))

    assert {"cluster", "indices", "applications"} >= set(role)
    for about in role.get("indices", []):
        assert all(name.startswith("sayso-") for name in about["names"])
        assert "all" not in about["privileges"]


def test_whoever_writes_cannot_change_indices() -> None:
    (writer,) = json.loads((DOCS / "elasticsearch" / "role-writer.json").read_text())["indices"]

    assert {"read", "index", "delete", "maintenance", "view_index_metadata"} == {
        *writer["privileges"]
    }


def test_the_policy_deletes_nothing() -> None:
    policy = json.loads((DOCS / "elasticsearch" / "ilm-policy.json").read_text("utf-8"))["policy"]

    assert {"hot", "warm"} == set(policy["phases"])
