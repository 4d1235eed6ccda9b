"""Terms are files with a version; what was used never changes, and is shown when it is lost."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.config import Config
from search.permissions.answers import find_answers
from search.permissions.asking import draft, sent
from search.permissions.events import Step
from search.permissions.keeping import Permissions
from search.permissions.recording_answers import apply_answer
from search.permissions.standing import IllegalTransition
from search.permissions.step_commands import record
from search.permissions.terms import LARGEST_FILE, BadTerms, find_terms, is_version
from search.permissions.terms_in_use import all_used, archived
from search.permissions.terms_report import report_terms
from search.stores.base import Store
from search.stores.embedded import EmbeddedStore
from search.vocabulary import Permission
from tests.crawling import run_sayso
from tests.permissions.inventing import DAY, NOW, event
from tests.permissions.test_asking import ASKING, OURS, POST, reply
from tests.stores.conftest import store as both

__all__ = ["both"]

ENGLISH, SWEDISH = "# Terms\r\nYours stays yours.\n", "# Villkor\nDitt är ditt.\n"

TOML = """
[asking]
brand = "Storm"
brand_handle = "storm"
terms_version = "v1"
terms = "terms"
terms_url = "https://storm.example/terms"
privacy_url = "https://storm.example/privacy"
"""


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Open an empty store."""
    with EmbeddedStore(tmp_path / "mentions.db") as store:
        yield store


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Make a folder with two languages of one version, and one of the next."""
    folder = tmp_path / "terms"
    folder.mkdir()
    (folder / "2026-01.en.md").write_bytes(ENGLISH.encode())
    (folder / "2026-01.sv.md").write_bytes(SWEDISH.encode())
    (folder / "2027-01.nl.md").write_bytes(b"# Voorwaarden\n")
    return folder


@pytest.fixture
def config(folder: Path) -> Config:
    return Config(asking=ASKING.model_copy(update={"terms": "terms"}), folder=folder.parent)


def ask(store: Store, config: Config) -> str:
    store.put([POST])
    Permissions(store).record(event(Step.QUEUE, mention=POST.id))
    made, _ = draft(store, config, POST.id, NOW)
    sent(store, POST.id, OURS, "Ida", NOW)
    return made.token


@pytest.mark.parametrize(
    ("version", "language", "expected"),
    [
        ("2026-01", "sv", "2026-01.sv.md"),
        ("2026-01", "sv-FI", "2026-01.sv.md"),
        ("2026-01", "fi", "2026-01.en.md"),
        ("2026-01", None, "2026-01.en.md"),
        ("2027-01", "sv", "2027-01.nl.md"),
    ],
)
def test_terms_are_found_in_the_language_else_in_english_else_in_any(
    config: Config, version: str, language: str | None, expected: str
) -> None:
    found = find_terms(config, version, language)

    assert found is not None
    assert expected == found.name
    assert digest(found.text) == found.sha256


def test_the_hash_is_that_of_the_bytes_line_ends_included(config: Config, folder: Path) -> None:
    found = find_terms(config, "2026-01", "en")

    assert found is not None
    assert hashlib.sha256((folder / "2026-01.en.md").read_bytes()).hexdigest() == found.sha256


def test_without_a_folder_there_are_none_and_a_version_that_is_not_there_is_said(
    config: Config, folder: Path
) -> None:
    assert find_terms(Config(asking=ASKING), "2026-01", "en") is None
    assert find_terms(Config(), "2026-01", "en") is None
    with pytest.raises(BadTerms, match=r"no terms of version '2025'; there are: 2026-01, 2027-01"):
        find_terms(config, "2025", "en")
    with pytest.raises(BadTerms, match="no terms of version"):
        find_terms(config, "../terms/2026-01", "en")
    gone = config.model_copy(update={"folder": folder / "elsewhere"})
    with pytest.raises(
        BadTerms, match="No such file or directory; `sayso permissions terms init`"
    ):
        find_terms(gone, "2026-01", "en")


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"abc\xff", "byte 4 is no UTF-8"),
        (b" \n\t", "it is empty"),
        (b"x" * (LARGEST_FILE + 1), "larger than 256 KiB"),
    ],
)
def test_a_file_that_is_no_text_is_named(
    config: Config, folder: Path, body: bytes, problem: str
) -> None:
    (folder / "2026-01.en.md").write_bytes(body)

    with pytest.raises(BadTerms, match=f"2026-01.en.md: {problem}"):
        find_terms(config, "2026-01", "en")


@given(st.text(max_size=80))
def test_a_version_never_leads_out_of_the_folder(version: str) -> None:
    if is_version(version):
        assert "/" not in version
        assert not version.startswith(".")


def test_request_and_grant_name_the_hash_and_the_text_is_kept(both: Store, config: Config) -> None:
    store = both
    token = ask(store, config)
    store.put([reply(f"Ja! {token} @storm")])
    (answer,) = find_answers(store, ASKING)
    standing = apply_answer(store, answer, "Ida", NOW + 2 * DAY, config)

    assert standing is not None
    asked, accepted = standing.sent[0].evidence, standing.grants[0].event.evidence
    assert (digest(SWEDISH), digest(SWEDISH)) == (asked.terms_sha256, accepted.terms_sha256)
    copy = archived(store.notes, digest(SWEDISH))
    assert copy is not None
    assert (SWEDISH, "2026-01.sv.md") == (copy.text, copy.name)
    ((key, used),) = all_used(store.notes).items()
    assert (("2026-01", "sv"), NOW) == (key, used.since_at)
    by_name = {(each.version, each.language): each for each in report_terms(store.notes, config)}
    swedish, english = by_name["2026-01", "sv"], by_name["2026-01", "en"]
    assert (1, 1, ()) == (swedish.requests, swedish.grants, swedish.problems)
    assert (0, 0, ()) == (english.requests, english.grants, english.problems)


def test_a_composed_request_does_not_freeze_the_terms_but_a_sent_one_does(
    store: Store, config: Config, folder: Path
) -> None:
    store.put([POST])
    Permissions(store).record(event(Step.QUEUE, mention=POST.id))
    draft(store, config, POST.id, NOW)
    (folder / "2026-01.sv.md").write_text("# Villkor, rättade\n", "utf-8")
    made, _ = draft(store, config, POST.id, NOW)
    sent(store, POST.id, OURS, "Ida", NOW)
    (folder / "2026-01.sv.md").write_text("# Andra villkor\n", "utf-8")

    assert digest("# Villkor, rättade\n") == made.terms_sha256
    with pytest.raises(BadTerms, match="changed after it was used") as raised:
        record(store, POST.id, Step.GRANT, config=config, text="Ja!", by="Ida")
    for text in ("# Villkor, rättade\n", "# Andra villkor\n"):
        assert digest(text) in str(raised.value)
    assert "give the changed terms a new version" in str(raised.value)
    assert Permission.REQUESTED is Permissions(store).standing(POST.id).permission
    (problem,) = [each.problems for each in report_terms(store.notes, config) if each.problems]
    assert "changed after it was used" in problem[0]


def test_changed_terms_are_refused_when_somebody_else_is_asked(
    store: Store, config: Config, folder: Path
) -> None:
    ask(store, config)
    (folder / "2026-01.sv.md").write_text("# Andra villkor\n", "utf-8")
    other = reply("Storm är gott", number=7, reply_to=None)
    store.put([other])
    Permissions(store).record(event(Step.QUEUE, mention=other.id))

    with pytest.raises(BadTerms, match="changed after it was used"):
        draft(store, config, other.id, NOW)


def test_a_used_version_whose_file_is_gone_is_an_error_that_says_how_to_bring_it_back(
    store: Store, config: Config, folder: Path
) -> None:
    ask(store, config)
    (folder / "2026-01.sv.md").unlink()

    with pytest.raises(BadTerms, match=r"2026-01.sv.md is gone; grants rest on it: put it back"):
        record(store, POST.id, Step.GRANT, config=config, text="Ja!", by="Ida")
    (gone,) = [each for each in report_terms(store.notes, config) if each.problems]
    assert ("sv", None, ("the file is gone, and grants rest on it",)) == (
        gone.language,
        gone.sha256,
        gone.problems,
    )


def test_a_withdrawal_is_recorded_whatever_became_of_the_terms(
    store: Store, config: Config, folder: Path
) -> None:
    ask(store, config)
    record(store, POST.id, Step.GRANT, config=config, text="Ja!", by="Ida")
    for path in folder.iterdir():
        path.unlink()

    record(store, POST.id, Step.REVOKE, config=config, text="Ta bort den", by="Ida")

    assert Permission.REVOKED is Permissions(store).standing(POST.id).permission


def test_a_grant_accepts_by_default_what_the_request_quoted(store: Store, config: Config) -> None:
    ask(store, config)

    record(store, POST.id, Step.GRANT, config=config, text="Ja!", by="Ida")

    evidence = Permissions(store).standing(POST.id).grants[0].event.evidence
    assert ("2026-01", digest(SWEDISH)) == (evidence.terms_version, evidence.terms_sha256)


def test_what_is_refused_does_not_make_terms_used(store: Store, config: Config) -> None:
    store.put([POST])

    with pytest.raises(IllegalTransition):
        record(store, POST.id, Step.GRANT, config=config, text="Ja!", terms_version="2026-01")

    assert {} == all_used(store.notes)


def test_grants_on_a_version_that_is_nowhere_are_named(store: Store, config: Config) -> None:
    store.put([POST])
    for step in (Step.QUEUE, Step.SEND, Step.GRANT):
        Permissions(store).record(event(step, mention=POST.id))
    elsewhere = config.asking and config.asking.model_copy(update={"terms_version": "2027-01"})
    for path in (config.folder / "terms").glob("2026*"):
        path.unlink()

    reports = list(report_terms(store.notes, config.model_copy(update={"asking": elsewhere})))

    assert ("2026-01", None) == (reports[-1].version, reports[-1].language)
    assert ("there is no file of this version, and 1 grants accept it",) == reports[-1].problems


def test_an_archived_copy_that_was_changed_is_not_believed(store: Store, config: Config) -> None:
    ask(store, config)
    key = f"terms_text/{digest(SWEDISH)}"
    note = store.notes.read(key)
    assert note is not None
    store.notes.write(key, {**note.value, "text": "Allt är vårt.\n"}, note.version)

    with pytest.raises(BadTerms, match=r"the archived copy of 2026-01.sv.md was changed"):
        archived(store.notes, digest(SWEDISH))
    (wrong,) = [each for each in report_terms(store.notes, config) if each.problems]
    assert "sv" == wrong.language


def test_the_drafts_are_used_as_any_terms_are_from_the_command_line(tmp_path: Path) -> None:
    def permissions(*arguments: str, code: int = 0) -> str:
        done = run_sayso("permissions", *arguments, cwd=tmp_path)
        assert code == done.returncode, done.stderr
        return done.stdout

    (tmp_path / "sayso.toml").write_text(TOML, "utf-8")
    line = {"source": "mastodon", "source_id": "1", "url": "https://s.example/1", "text": "Storm"}
    (tmp_path / "a.ndjson").write_text(json.dumps(line) + "\n", "utf-8")
    assert 0 == run_sayso("import", "a.ndjson", cwd=tmp_path).returncode
    english = tmp_path / "terms" / "v1.en.md"
    permissions("terms", "init")
    text = english.read_bytes().decode().removeprefix("<!-- draft -->\n")
    english.write_bytes(text.encode())

    again = permissions("terms", "init")
    listed = permissions("terms", code=1)
    shown = permissions("terms", "show", "v1")

    assert "v1.en.md is there, and stays as it is" in again
    assert text == english.read_bytes().decode() == shown
    assert 2 == listed.count("its first line still says that it is a draft")
    assert {"v1.en.md", "v1.nl.md", "v1.sv.md"} == {p.name for p in english.parent.iterdir()}
