"""What people filled into a list: recorded whole, once, and only where nothing contradicts."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from search.permissions.asking import sent
from search.permissions.drafts import kept_draft
from search.permissions.events import Evidence, Step
from search.permissions.keeping import Permissions
from search.permissions.ledger import LedgerDamaged
from search.permissions.lists.importing import Change
from search.stores.base import Store
from search.vocabulary import Hold, Permission
from tests.permissions.inventing import DAY, NOW, PROOF, event, post
from tests.permissions.lists.listing import (
    OURS,
    THEIRS,
    YES,
    author,
    batch_of,
    export,
    filled,
    posts,
    rows_of,
    save,
    standing,
    take_in,
)
from tests.stores.conftest import store

__all__ = ["store"]

SENT = {"outcome": "sent", "message_link": OURS}


def answered(store: Store, folder: Path, form: str, *answers: dict[str, Any]) -> Path:
    """Make a batch of as many mentions, and its list with these answers."""
    number = batch_of(store, posts(len(answers)))
    path = export(store, number, folder / f"list.{form}")
    return save(filled(path, dict(enumerate(answers, 1))), folder / f"filled.{form}")


def only(store: Store, folder: Path, **answer: Any) -> Change:
    """Import a list of one row with this answer, and return what became of it."""
    (change,) = take_in(store, answered(store, folder, "ndjson", answer)).changes
    return change


@pytest.mark.parametrize("form", ["xlsx", "csv", "ndjson"])
def test_each_outcome_is_recorded_with_its_evidence(
    kept: Store, tmp_path: Path, form: str
) -> None:
    path = answered(
        kept, tmp_path, form,
        {**SENT, "date": "2026-11-28"}, YES, {**SENT, "outcome": "no", "reply_text": "No"},
        {**SENT, "outcome": "NEVER", "reply_text": "Never!"}, {"outcome": "never"},
        {**SENT, "outcome": "No answer"}, {},
    )  # fmt: skip
    mentions = posts(7)
    draft = kept_draft(kept, mentions[1].id)

    report = take_in(kept, path)

    assert {"applied": 6, "unchanged": 0, "empty": 1, "conflict": 0, "error": 0} == report.counts
    assert report.is_whole
    assert [
        ("send",), ("send", "grant"), ("send", "decline"), ("send", "decline", "hold"), ("hold",),
        ("send",),
    ] == [change.steps for change in report.changes]  # fmt: skip
    standings = [standing(kept, mention) for mention in mentions]
    assert ["requested", "granted", "declined", "declined", "queued", "requested", "queued"] == [
        each.permission for each in standings
    ]
    assert [3, 4] == [
        number for number, each in enumerate(standings) if Hold.DO_NOT_CONTACT in each.holds
    ]
    request, grant = standings[1].sent[0], standings[1].grants[0].event
    assert draft is not None
    assert (draft.text, OURS, draft.token) == (
        request.evidence.text, request.evidence.url, request.token)  # fmt: skip
    assert grant.evidence == Evidence(
        text="Yes, gladly", url=THEIRS, terms_version="2026-01", confirmed_by="Ida"
    )
    assert ("Bo", NOW + DAY) == (grant.by, grant.at)
    assert dt.datetime(2026, 11, 28, 23, 59, 59, tzinfo=dt.UTC) == standings[0].sent[0].at
    assert kept_draft(kept, mentions[0].id) is None


def test_twice_is_the_same_as_once(store: Store, tmp_path: Path) -> None:
    path = answered(store, tmp_path, "csv", SENT, YES, {**SENT, "outcome": "no"},
                    {**SENT, "outcome": "never"})  # fmt: skip
    take_in(store, path)
    entries = Permissions(store).ledger.entries
    before = len(list(entries()))

    again = take_in(store, path, now=NOW + 2 * DAY)

    assert before == len(list(entries()))
    assert (4, 0) == (again.counts["unchanged"], again.counts["applied"])
    assert again.is_whole


def test_a_list_grows_with_what_becomes_known(kept: Store, tmp_path: Path) -> None:
    path = answered(kept, tmp_path, "ndjson", SENT)
    steps = []
    for day, answer in enumerate([{}, {"outcome": "no_answer"}, YES, {"outcome": "revoked"},
                                  {"outcome": "never"}], 1):  # fmt: skip
        save(filled(path, {1: answer}), path)
        (change,) = take_in(kept, path, now=NOW + day * DAY).changes
        steps.append(change.steps)

    assert [("send",), (), ("grant",), ("revoke",), ("hold",)] == steps
    assert Permission.REVOKED is standing(kept, posts(1)[0]).permission


def test_never_takes_back_what_was_granted(kept: Store, tmp_path: Path) -> None:
    path = answered(kept, tmp_path, "ndjson", YES)
    take_in(kept, path)
    save(filled(path, {1: {"outcome": "never"}}), path)

    (change,) = take_in(kept, path).changes

    assert ("revoke", "hold") == change.steps


@pytest.mark.parametrize(
    ("answer", "column", "problem"),
    [
        ({"outcome": "maybe"}, "outcome", "allowed: sent, yes, no, never, revoked, no_answer"),
        ({"outcome": None, "reply_text": "Yes"}, "outcome", "reply_text is filled in"),
        ({**SENT, "message_link": None}, "message_link", "An address is needed"),
        ({**SENT, "message_link": "javascript:1"}, "message_link", "begins with https://"),
        ({**SENT, "message_link": "https://a b"}, "message_link", "begins with https://"),
        ({**SENT, "message_link": "https://["}, "message_link", "begins with https://"),
        ({**YES, "reply_text": None, "reply_link": None}, "reply_text", "a yes needs the reply"),
        ({**YES, "checked_by": " "}, "checked_by", "who has read the reply"),
        ({**YES, "reply_text": "x" * 40_000}, "reply_text", "longer than 32,767"),
        ({**YES, "reply_text": "\ud83d"}, "reply_text", "half a character"),
        ({**SENT, "date": "soon"}, "date", "2026-11-28, or 28.11.2026"),
        ({**SENT, "date": "03/04/2026"}, "date", "day or month first"),
        ({**SENT, "date": "2027-01-01"}, "date", "not after 2026-11-29"),
        ({**SENT, "date": "1931-01-01"}, "date", "from 2000 on"),
        ({**SENT, "date": "31.11.2026"}, "date", "2026-11-28, or 28.11.2026"),
        ({**SENT, "date": "2026-11-20"}, "date", "follows on was on 2026-11-28 12:00"),
        ({**SENT, "batch": "9"}, "batch", "there is no batch 9"),
        ({**SENT, "batch": "one"}, "batch", "no number of a batch"),
        ({**SENT, "mention": "1.2E+31"}, "mention", "no id of a mention"),
        ({**SENT, "message": "Hi, may we?"}, "message", "must hold https://storm.example/terms"),
    ],
)
def test_a_wrong_cell_is_named_and_nothing_of_its_row_is_recorded(
    kept: Store, tmp_path: Path, answer: dict[str, Any], column: str, problem: str
) -> None:
    change = only(kept, tmp_path, **answer)

    assert ("error", column) == (change.fate, change.column)
    assert problem in str(change.problem)
    assert 1 == len(Permissions(kept).history(posts(1)[0].id))


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ({**SENT, "token": "#YesStorm-AAAAA"}, "the token is not that of the request"),
        ({**SENT, "token": None}, "the token is not that of the request"),
        ({**SENT, "scope": "channels=tv"}, "the scope is not what was asked for: channels=web"),
        ({**SENT, "mention": "f" * 32}, "the mention is not in batch 1"),
        ({"outcome": "revoked", "message_link": OURS}, "it is requested, which revoked contra"),
    ],
)
def test_a_row_that_was_mixed_up_changes_nothing(
    kept: Store, tmp_path: Path, answer: dict[str, Any], problem: str
) -> None:
    change = only(kept, tmp_path, **answer)

    assert "conflict" == change.fate
    assert problem in str(change.problem)
    assert 1 == len(Permissions(kept).history(posts(1)[0].id))


@pytest.mark.parametrize(
    ("steps", "answer", "problem"),
    [
        ((Step.DECLINE,), YES, "it is declined, which yes contradicts"),
        ((Step.GRANT,), {**SENT, "outcome": "no"}, "it is granted, which no contradicts"),
        ((Step.GRANT,), YES, "it is granted already, and shown by something else"),
        ((Step.GRANT, Step.REVOKE), YES, "it is revoked, which yes contradicts"),
        (
            (),
            {**SENT, "message_link": "https://s.example/us/2"},
            f"the request was sent as {OURS}",
        ),
        ((Step.DECLINE,), {"outcome": "no_answer"}, "it is declined, which no_answer"),
        ((), {**YES, "terms_version": "2025-12"}, "the request quotes 2026-01"),
    ],
)
def test_what_others_recorded_meanwhile_stands(
    kept: Store, tmp_path: Path, steps: tuple[Step, ...], answer: dict[str, Any], problem: str
) -> None:
    path = answered(kept, tmp_path, "ndjson", answer)
    (mention,) = posts(1)
    sent(kept, mention.id, OURS, "Ida", NOW)
    for step in steps:
        Permissions(kept).record(event(step, mention=mention.id))
    before = Permissions(kept).history(mention.id)

    report = take_in(kept, path)

    assert not report.is_whole
    assert problem in str(report.changes[0].problem)
    assert before == Permissions(kept).history(mention.id)


def test_a_yes_that_is_recorded_already_by_the_same_reply_is_unchanged(
    kept: Store, tmp_path: Path
) -> None:
    path = answered(kept, tmp_path, "ndjson", {**YES, "reply_text": None})
    (mention,) = posts(1)
    sent(kept, mention.id, OURS, "Ida", NOW)
    evidence = Evidence(text=PROOF.text, url=THEIRS, terms_version="2026-01", confirmed_by="Bo")
    Permissions(kept).record(event(Step.GRANT, mention=mention.id, evidence=evidence))

    (change,) = take_in(kept, path).changes

    assert "unchanged" == change.fate


def test_a_message_that_was_changed_is_kept_as_it_was_sent(kept: Store, tmp_path: Path) -> None:
    path = answered(kept, tmp_path, "xlsx", SENT)
    (row,) = rows_of(path)
    said = f"Dear Ann! {row['message']}"
    save([{**row, "message": said}], path)

    (change,) = take_in(kept, path).changes

    assert ("applied", "not the composed text was sent; kept as it stands") == (
        change.fate, change.note)  # fmt: skip
    assert said == standing(kept, posts(1)[0]).sent[0].evidence.text


def test_line_ends_and_quotation_marks_of_a_spreadsheet_are_no_change(
    kept: Store, tmp_path: Path
) -> None:
    path = answered(kept, tmp_path, "ndjson", SENT)
    (row,) = rows_of(path)
    save([{**row, "message": f"{row['message'].replace(' ', chr(13) + chr(10), 1)}\n"}], path)

    (change,) = take_in(kept, path).changes

    assert ("applied", None) == (change.fate, change.note)
    draft_text = row["message"]
    assert draft_text == standing(kept, posts(1)[0]).sent[0].evidence.text


def test_what_a_csv_puts_before_a_message_is_no_change_in_a_workbook_made_of_it(
    kept: Store, tmp_path: Path
) -> None:
    number = batch_of(kept, posts(1))
    export(kept, number, tmp_path / "list.csv")
    ((key, note),) = kept.notes.under("drafts/").items()  # as a template of one's own may begin
    kept.notes.write(key, {**note.value, "text": "@ann1, may we?"}, note.version)
    (row,) = rows_of(tmp_path / "list.csv")
    path = save([{**row, **SENT, "message": "'@ann1, may we?"}], tmp_path / "list.xlsx")

    (change,) = take_in(kept, path).changes

    assert ("applied", None) == (change.fate, change.note)
    assert "@ann1, may we?" == standing(kept, posts(1)[0]).sent[0].evidence.text


def test_what_nobody_can_open_needs_no_address(kept: Store, tmp_path: Path) -> None:
    number = batch_of(kept, [post(1, source="hackernews", author=author(1), language="en")])
    path = export(kept, number, tmp_path / "list.ndjson")
    save(filled(path, {1: {"outcome": "sent"}}), path)

    (change,) = take_in(kept, path).changes

    assert (("send",), None) == (change.steps, change.problem)


def test_one_mention_has_one_row(kept: Store, tmp_path: Path) -> None:
    path = answered(kept, tmp_path, "ndjson", SENT)
    save(rows_of(path) * 2, path)

    first, second = take_in(kept, path).changes

    assert ("applied", "conflict") == (first.fate, second.fate)
    assert "row 1 is about the same mention" == second.problem


def test_bad_rows_do_not_stop_good_ones(kept: Store, tmp_path: Path) -> None:
    path = answered(kept, tmp_path, "csv", {"outcome": "maybe"}, SENT, {**SENT, "token": "#No-2"})

    report = take_in(kept, path)

    assert ["error", "applied", "conflict"] == [change.fate for change in report.changes]
    assert [2, 3, 4] == [change.row for change in report.changes]
    assert Permission.REQUESTED is standing(kept, posts(2)[1]).permission


def test_a_dry_run_says_the_same_and_records_nothing(kept: Store, tmp_path: Path) -> None:
    path = answered(kept, tmp_path, "csv", YES, {"outcome": "maybe"}, {**SENT, "token": "#No-2"})
    before = list(Permissions(kept).ledger.entries())

    dry = take_in(kept, path, dry_run=True)

    assert before == list(Permissions(kept).ledger.entries())
    assert kept_draft(kept, posts(1)[0].id) is not None
    assert dry == take_in(kept, path)


def test_nothing_is_recorded_in_a_ledger_that_was_changed(kept: Store, tmp_path: Path) -> None:
    path = answered(kept, tmp_path, "csv", YES)
    key, note = next(iter(kept.notes.under("ledger/").items()))
    changed = {**note.value["event"], "by": "nobody"}
    kept.notes.write(key, {**note.value, "event": changed}, note.version)

    with pytest.raises(LedgerDamaged):
        take_in(kept, path)

    assert kept_draft(kept, posts(1)[0].id) is not None


def test_a_grant_on_hold_is_recorded_and_said_to_be_on_hold(kept: Store, tmp_path: Path) -> None:
    path = answered(kept, tmp_path, "csv", YES)
    (mention,) = posts(1)
    Permissions(kept).record(event(Step.HOLD, mention=mention.id, hold=Hold.DISPUTED))

    (change,) = take_in(kept, path).changes

    assert ("applied", "it is on hold: disputed") == (change.fate, change.note)


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("2026-11-28T15:30:00+01:00", "2026-11-28T14:30:00+00:00"),
        ("2026-11-28 14:30", "2026-11-28T14:30:00+00:00"),
        ("28.11.2026", "2026-11-28T23:59:59+00:00"),
        ("28/11/2026", "2026-11-28T23:59:59+00:00"),
        ("28-11-2026", "2026-11-28T23:59:59+00:00"),
        ("46354", "2026-11-28T23:59:59+00:00"),
        (46354.5, "2026-11-28T12:00:00+00:00"),
        ("2026-11-30", "2026-11-29T12:00:00+00:00"),
        ("2026-11-27", "2026-11-28T12:00:00+00:00"),
        (None, "2026-11-29T12:00:00+00:00"),
    ],
)
def test_days_are_read_as_spreadsheets_write_them(
    kept: Store, tmp_path: Path, date: object, expected: str
) -> None:
    only(kept, tmp_path, **SENT, date=date)

    assert expected == standing(kept, posts(1)[0]).sent[0].at.isoformat()
