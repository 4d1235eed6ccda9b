"""`sayso suppress`, `erase` and `access`, as somebody uses them who answers a person's letter."""

import html
import json
import shutil
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from crawlers.cli import sayso
from search.codec import to_plain
from search.errors import SaysoError
from search.mention import Author
from search.people.erasing import Erasure
from search.people.names import names_of
from search.permissions.events import Step
from search.query import Everything
from search.stores.base import Quarantined
from search.stores.embedded import EmbeddedStore
from search.vocabulary import Hold
from tests.people.inventing import BO, EVA, NOW, RARE, went_through, wrote


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a folder with a store that holds what two people wrote."""
    monkeypatch.chdir(tmp_path)
    with EmbeddedStore(tmp_path / "sayso.db") as store:
        store.put([wrote(1), wrote(2), wrote(3, BO, text="of the third")])
        went_through(store, wrote(1).id, Step.QUEUE, Step.SEND, Step.GRANT)
        went_through(store, wrote(1).id, Step.PLACE, place="https://shop.example/")
        failed = Quarantined(wrote(9).id, "mastodon", "towards", "bad", to_plain(wrote(9)), NOW)
        store.quarantine([failed])
    return tmp_path


def run(*arguments: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(sayso, arguments, input=typed)


def held(folder: Path) -> set[str]:
    with EmbeddedStore(folder / "sayso.db") as store:
        return {each.id for each in store.iterate(Everything())}


def test_an_author_is_erased_at_their_word_and_once_only(folder: Path) -> None:
    shown = run("erase", "--author", EVA.name, "--dry-run", "--json")
    assert {"erased": False, "mentions": 2, "quarantined": 1, "ledger_entries": 3} == {
        name: value for name, value in json.loads(shown.output).items()
        if name in {"erased", "mentions", "quarantined", "ledger_entries"}
    }  # fmt: skip
    refused = run("erase", "--author", EVA.name, typed="n\n")
    assert (1, 3) == (refused.exit_code, len(held(folder)))
    assert not (folder / "sayso.suppressed.ndjson").exists()

    done = run("erase", "--author", f"@{EVA.name}", typed="y\n")

    assert 0 == done.exit_code
    assert "2 mentions, 1 entries of quarantine" in done.output
    assert "take it down: https://shop.example/" in done.output
    assert {wrote(3).id} == held(folder)
    assert not [f for f in folder.rglob("*") if f.is_file() and RARE.encode() in f.read_bytes()]
    again = run("erase", "--author", EVA.name, "--yes")
    assert (0, "erased: nothing is left\n") == (again.exit_code, again.output)
    check = run("suppress", "check", "--author", EVA.name)
    assert (0, "mastodon: contact and collect\n") == (check.exit_code, check.output)


@pytest.mark.usefixtures("folder")
def test_what_a_crawl_brought_in_the_same_moment_goes_too() -> None:
    erase, late = Erasure.erase, [wrote(7)]

    def crawled_meanwhile(self: Erasure, ids: Sequence[str]) -> None:
        erase(self, ids)
        while late:
            self._store.put([late.pop()])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Erasure, "erase", crawled_meanwhile)
        done = run("erase", "--author", EVA.name, "--yes", "--json")

    assert 3 == json.loads(done.output)["mentions"]


@pytest.mark.usefixtures("folder")
def test_evidence_of_use_is_kept_on_request() -> None:
    done = run(
        "erase", "--author", str(EVA.url), "--yes", "--keep-evidence", "2029-12-31", "--json"
    )

    receipt = json.loads(done.output)
    assert ({wrote(1).id: "2029-12-31"}, 0) == (receipt["kept_until"], receipt["ledger_entries"])
    wrong = run("erase", "--author", EVA.name, "--yes", "--keep-evidence", "soon")
    assert isinstance(wrong.exception, SaysoError)
    assert "no day such as" in str(wrong.exception)


def test_after_an_older_copy_was_restored_they_are_erased_again(folder: Path) -> None:
    shutil.copy(folder / "sayso.db", folder / "backup.db")
    run("erase", "--author", EVA.name, "--yes")
    shutil.rmtree(folder / "sayso.db.index")
    shutil.copy(folder / "backup.db", folder / "sayso.db")
    assert 3 == len(held(folder))

    done = run("erase", "--again", "--yes", "--json")

    receipt = json.loads(done.output)
    assert (2, 1, 3) == tuple(receipt[n] for n in ("mentions", "quarantined", "ledger_entries"))
    assert {wrote(3).id} == held(folder)


def test_who_is_meant_must_be_said(folder: Path) -> None:
    for said in (["erase"], ["erase", "--author", "x", "--again"]):
        assert 2 == run(*said).exit_code
    nobody = run("erase", "--author", "nobody", "--yes")
    assert "the store holds nothing by 'nobody'" in str(nobody.exception)
    at = run("erase", "--author", "nobody", "--source", "hackernews", "--yes")
    assert "2 names on the suppression list" in at.output
    assert 3 == len(held(folder))


def test_the_list_by_hand(folder: Path) -> None:
    add = run(
        "suppress", "add", "--author", EVA.name, "--reach", "contact", "--reason", "a letter"
    )
    assert "3 entries are new" in add.output
    assert 0 == run("suppress", "check", "--author", EVA.name, "--source", "mastodon").exit_code
    assert 1 == run("suppress", "check", "--author", BO.name).exit_code
    listed = [json.loads(line) for line in run("suppress", "list", "--json").output.splitlines()]
    assert [("contact", "mastodon", "a letter")] * 3 == [
        (each["scope"], each["source"], each["reason"]) for each in listed
    ]
    assert "eva" not in run("suppress", "list").output.lower()
    unknown = run("suppress", "add", "--author", "somebody")
    assert "--source says where" in str(unknown.exception)
    byline = run("suppress", "add", "--author", "Anna Berg", "--source", "website")
    assert "tells nobody from others" in str(byline.exception)
    assert 3 == len(held(folder))
    gone = run("suppress", "remove", "--author", EVA.name, "--reason", "wrote to us")
    assert "1 entries withdrawn" in gone.output


def test_a_file_of_authors_is_taken_in(folder: Path) -> None:
    (folder / "list.txt").write_text("@ann@a.example\n\n bo@b.example \nann@a.example\n")

    taken = run("suppress", "import", "list.txt", "--source", "mastodon", "--reach", "collect")
    again = run("suppress", "import", "list.txt", "--source", "mastodon", "--reach", "collect")

    assert (True, True) == ("5 entries" in taken.output, "0 entries" in again.output)
    assert 0 == run("suppress", "check", "--author", "Bo@B.example").exit_code


def gathered(folder: Path, author: str = EVA.name) -> tuple[dict[str, Any], str]:
    done = run("access", "--author", author, "-o", "out")
    assert 0 == done.exit_code, done.output
    return (
        json.loads((folder / "out" / "access.json").read_text("utf-8")),
        (folder / "out" / "access.html").read_text("utf-8"),
    )


def test_all_that_is_held_of_somebody_is_written_for_them_alone(folder: Path) -> None:
    with EmbeddedStore(folder / "sayso.db") as store:
        store.notes.write("drafts/" + wrote(2).id, {"text": "May we?"}, None)
        store.notes.write(f"answers/{wrote(2).id}/00000002", {"text": "Yes, said Eva"}, None)
        store.notes.write("exports/7", {"mentions": [wrote(2).id], "recipient": "Agency"}, None)

    uploads = folder / "sayso.db.uploads" / wrote(1).id
    uploads.mkdir(parents=True)
    (uploads / "0a1b").write_bytes(b"a picture")

    made, page = gathered(folder)

    assert {wrote(1).id, wrote(2).id} == {each["id"] for each in made["mentions"]}
    assert [wrote(9).id] == [each["id"] for each in made["quarantine"]]
    by_id = {each["id"]: each for each in made["mentions"]}
    steps = [entry["event"]["step"] for entry in by_id[wrote(1).id]["history"]]
    assert ["queue", "send", "grant", "place"] == steps
    assert "May we?" == by_id[wrote(2).id]["draft"]["text"]
    assert [{"text": "Yes, said Eva"}] == by_id[wrote(2).id]["answers"]
    assert ["0a1b"] == by_id[wrote(1).id]["files"]
    assert {("in use", "https://shop.example/"), ("export", "Agency")} == {
        (each["kind"], each["where"]) for each in made["recipients"]
    }
    assert {"may be asked": True, "may be collected": True} == made["suppression"]
    for said in (
        RARE,
        "#YesStorm-7F3K",
        "May we?",
        "Yes, said Eva",
        "0a1b",
        "Agency",
        "shop.example",
        wrote(9).url,
    ):
        assert said in page
    assert "of the third" not in page + json.dumps(made)
    for name in ("access.json", "access.html"):
        assert 0o600 == stat.S_IMODE((folder / "out" / name).stat().st_mode)


def test_foreign_text_is_shown_on_the_page_and_never_obeyed(folder: Path) -> None:
    attack = "<script>alert(1)</script>{{ 7 * 7 }}\" onload='x'\udcff"
    eve = Author(name="<b>eve</b>", id="https://e.example/<i>")
    with EmbeddedStore(folder / "sayso.db") as store:
        store.put([wrote(5, eve, text=attack, title=attack, hashtags=(attack,))])

    made, page = gathered(folder, "<b>eve</b>")

    assert 1 == len(made["mentions"])
    for tag in ("<script>", "<b>eve", "<i>", " onload='x'"):
        assert tag not in page
    assert html.escape("{{ 7 * 7 }}") in page


def test_access_says_that_somebody_is_suppressed(folder: Path) -> None:
    run("suppress", "add", "--author", EVA.name, "--reach", "contact")

    made, _ = gathered(folder)

    assert {"may be asked": False, "may be collected": True} == made["suppression"]
    assert len(names_of(wrote(1))) == len(made["about"]["names"])


def test_what_is_on_hold_is_kept_and_said_until_it_is_to_go_all_the_same(folder: Path) -> None:
    with EmbeddedStore(folder / "sayso.db") as store:
        went_through(store, wrote(2).id, Step.HOLD, hold=Hold.LEGAL_HOLD)

    done = run("erase", "--author", EVA.name, "--yes")
    assert f"stays, legal_hold: {wrote(2).id} (--despite-hold erases it, too)" in done.output
    assert {wrote(2).id, wrote(3).id} == held(folder)

    assert 0 == run("erase", "--author", EVA.name, "--yes", "--despite-hold").exit_code
    assert {wrote(3).id} == held(folder)


@pytest.mark.parametrize("option", [("--keep-evidence", "2030-01-01"), ("--suppress", "contact")])
def test_what_has_no_meaning_for_all_again_is_refused(
    folder: Path, option: tuple[str, str]
) -> None:
    done = run("erase", "--again", "--yes", *option)

    assert (2, True) == (done.exit_code, "not with --again" in done.stderr)
    assert 3 == len(held(folder))


@pytest.mark.usefixtures("folder")
def test_a_dry_run_writes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> int:
        raise AssertionError

    monkeypatch.setattr(EmbeddedStore, "remove", refuse)
    assert 0 == run("erase", "--author", EVA.name, "--dry-run").exit_code


@pytest.mark.usefixtures("folder")
def test_an_empty_list_says_so_and_a_log_without_lists_too() -> None:
    assert "nobody is on the list\n" == run("suppress", "list").output
    assert "" == run("suppress", "list", "--json").output
    assert "no list was handed out yet\n" == run("export", "log").output

    run("export", "granted", "--use", "website")
    logged = run("export", "log").output
    assert " rows: granted.csv" in logged
