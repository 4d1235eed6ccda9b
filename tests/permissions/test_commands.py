"""`sayso permissions`, as a newcomer uses it."""

import hashlib
import json
from pathlib import Path

import pytest

from tests.crawling import run_sayso
from tests.permissions.inventing import post


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Make a folder with a store that holds one mention."""
    line = {"source": "mastodon", "source_id": "1", "url": "https://s.example/1",
            "text": "Storm tastes good 1"}  # fmt: skip
    (tmp_path / "a.ndjson").write_text(json.dumps(line) + "\n", "utf-8")
    assert 0 == run_sayso("import", "a.ndjson", cwd=tmp_path).returncode
    return tmp_path


def test_from_found_to_granted_to_withdrawn(folder: Path) -> None:
    name = post(1).id[:8]

    def permissions(*arguments: str) -> str:
        done = run_sayso("permissions", *arguments, cwd=folder)
        assert 0 == done.returncode, done.stderr
        return done.stdout

    (folder / "shot.png").write_bytes(b"a picture of the reply")
    permissions("queue", name, "--scope", "channels=website,instagram; months=12")
    assert "requested; answer until" in permissions("sent", name, "--url", "https://s.example/2")
    granted = permissions("grant", name, "--file", "shot.png", "--terms", "2026-01", "--by", "Ida")
    assert "granted; basis grant; until" in granted
    assert "yes" in permissions("usable", name, "--use", "website")
    permissions("place", name, "https://shop.example/")
    permissions("hold", name, "disputed", "--reason", "a letter")
    refused = run_sayso("permissions", "usable", name, "--use", "website", "--json", cwd=folder)
    permissions("release", name, "disputed", "--reason", "settled")
    permissions("revoke", name, "--text", "please take it down")

    shown = json.loads(permissions("show", name, "--json"))
    assert 1 == refused.returncode
    reasons = json.loads(refused.stdout)["reasons"]
    assert [{"code": "hold", "sentence": "it is on hold: disputed"}] == reasons
    assert ("revoked", "none") == (shown["permission"], shown["basis"])
    assert ["https://shop.example/"] == shown["in_use_at"]
    assert 7 == len(shown["history"])
    evidence = shown["history"][2]["event"]["evidence"]
    assert hashlib.sha256(b"a picture of the reply").hexdigest() == evidence["sha256"]
    assert "Ida" == evidence["confirmed_by"]
    assert "the ledger is whole: 7 entries" in permissions("verify", "--expect", "7")
    assert "nothing has ended" in permissions("update")


@pytest.mark.parametrize(
    ("arguments", "code", "problem"),
    [
        (("grant", "{id}"), 1, "grant cannot follow on not_requested; allowed now: basis, hold"),
        (("queue", "{id}"), 1, "a request needs a scope"),
        (("queue", "{id}", "--scope", "channels=blog"), 1, "channel 'blog': allowed: website"),
        (("hold", "{id}", "moody"), 2, "'moody' is not one of 'not_reusable'"),
        (("usable", "{id}", "--use", "blog"), 1, "channel 'blog'"),
        (("basis", "{id}", "owned"), 1, "a basis needs evidence"),
        (("basis", "{id}", "owned", "--file", "none.pdf"), 1, "none.pdf: No such file"),
        (("show", "ffffffff"), 1, "no mention has an id that begins with"),
        (("verify", "--expect", "3"), 1, ""),
    ],
)
def test_what_cannot_be_is_said_and_leaves_no_trace(
    folder: Path, arguments: tuple[str, ...], code: int, problem: str
) -> None:
    given = [each.replace("{id}", post(1).id[:8]) for each in arguments]

    done = run_sayso("permissions", *given, cwd=folder)

    assert (code, True) == (done.returncode, problem in done.stderr)
    whole = run_sayso("permissions", "verify", cwd=folder)
    assert "the ledger is whole: 0 entries" in whole.stdout
