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
    whole = permissions("verify", "--expect", "7")
    assert "the ledger is whole: 7 entries; write this down: 7:" in whole
    assert whole == permissions("verify", "--expect", whole.split()[-1])
    other = run_sayso("permissions", "verify", "--expect", f"7:{'0' * 16}", cwd=folder)
    assert (1, True) == (other.returncode, "entry 7 has the hash" in other.stdout)
    export = ("export", "granted", "--use", "website", "--expect", f"7:{'0' * 16}")
    assert "the ledger is not whole: entry 7 has the" in run_sayso(*export, cwd=folder).stderr
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


def test_a_search_becomes_a_batch_that_is_worked_through(tmp_path: Path) -> None:
    lines = [
        {"source": "mastodon", "source_id": str(number), "url": f"https://s.example/{number}",
         "text": f"Storm tastes good {number}", "author": {"name": name, "id": f"did:{name}"},
         "media": [{"url": f"https://s.example/{number}.jpg", "kind": "image"}]}
        for number, name in enumerate(["ann", "bo", "ann"])
    ]  # fmt: skip
    file = tmp_path / "a.ndjson"
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    (tmp_path / "sayso.toml").write_text(
        '[asking]\nbrand = "Storm"\nbrand_handle = "storm"\nperson = "Ida"\nterms_version = "1"\n'
        'terms_url = "https://storm.example/t"\nprivacy_url = "https://storm.example/p"\n'
        "[asking.caps]\nper_hour = 1\n", "utf-8"
    )  # fmt: skip

    def sayso(*arguments: str, code: int = 0) -> str:
        done = run_sayso(*arguments, cwd=tmp_path)
        assert code == done.returncode, done.stderr
        return done.stdout + done.stderr

    sayso("import", "a.ndjson")
    asked = ("permissions", "request", "storm has:image -permission:declined", "--use")
    assert "'billboard': allowed: website" in sayso(*asked, "billboard", code=1)
    assert "2 would be chosen; nothing was recorded" in sayso(*asked, "website", "--dry-run")
    made = sayso(*asked, "channels=website,instagram; months=12")
    assert "batch 1: 2 chosen" in made
    assert "author_open: another request to its author is open" in made
    assert "nobody to ask" in sayso(*asked, "website", code=1)
    (batch,) = map(json.loads, sayso("permissions", "batches", "--json").splitlines())
    assert {"queued": 2} == batch["states"]

    first, second = batch["mentions"]
    sayso("permissions", "compose", first)
    ours = "https://s.example/us/1"
    sayso("permissions", "sent", first, "--url", ours)
    assert "1 request was sent in the last hour" in sayso("permissions", "compose", second)
    sayso("permissions", "reply", ours, "--text", "sure!", "--same-author", code=3)
    said = ("permissions", "reply", ours, "--text", "no thanks", "--same-author")
    assert "(not recorded)" in sayso(*said)
    assert "(recorded)" in sayso(*said, "--apply")
    assert "1 queued, 1 declined" in sayso("permissions", "batches")
