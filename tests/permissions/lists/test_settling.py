"""What an import settles before it records a row: terms, links, times, and who is left alone."""

import dataclasses
import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.config import Config
from search.errors import StoreError
from search.people.suppression import Reach, Suppressions
from search.permissions.asking import draft, due_after, sent
from search.permissions.drafts import Draft
from search.permissions.events import Event, Step
from search.permissions.keeping import Permissions
from search.permissions.leaving_alone import leave_alone
from search.permissions.ledger import LedgerDamaged
from search.permissions.lists import importing
from search.permissions.lists.filled import Filled, hide_links
from search.permissions.lists.importing import Report, import_outcomes
from search.permissions.lists.outcomes import Outcome
from search.permissions.standing import IllegalTransition, Standing
from search.stores.base import Store
from search.vocabulary import Hold
from tests.permissions.inventing import DAY, NOW, event, post
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
)
from tests.permissions.test_asking import ASKING

PAGE = "https://ask.example/r"
SENT = {"outcome": "sent", "message_link": OURS}


@dataclasses.dataclass
class Desk:
    """A store, its configuration, and a list."""

    store: Store
    folder: Path
    config: Config

    def list_of(self, count: int, **fields: Any) -> list[dict[str, Any]]:
        number = batch_of(self.store, posts(count, **fields))
        return rows_of(export(self.store, number, self.folder / "list.ndjson", config=self.config))

    def take_in(self, *rows: dict[str, Any], **options: Any) -> Report:
        path = save(rows, self.folder / "filled.ndjson")
        whole = {"by": "Bo", "now": NOW + DAY, **options}
        return import_outcomes(self.store, self.config, path, **whole)

    def asking(self, **fields: Any) -> None:
        assert self.config.asking is not None
        asking = self.config.asking.model_copy(update=fields)
        self.config = self.config.model_copy(update={"asking": asking})

    def is_left_alone(self, number: int = 1) -> bool:
        suppressions = Suppressions.open(self.store, self.config)
        return suppressions.covers(posts(number)[-1], Reach.CONTACT)

    def steps(self, number: int = 1) -> list[str]:
        history = Permissions(self.store).history(posts(number)[-1].id)
        return [str(entry.step) for entry in history][1:]


@pytest.fixture
def desk(kept: Store, tmp_path: Path) -> Desk:
    return Desk(kept, tmp_path, Config(asking=ASKING, folder=tmp_path))


@pytest.mark.parametrize("dry_run", [True, False])
def test_terms_that_were_changed_are_an_error_of_their_rows_which_are_not_begun(
    desk: Desk, *, dry_run: bool
) -> None:
    (desk.folder / "terms").mkdir()
    terms = desk.folder / "terms" / "2026-01.en.md"
    terms.write_text("terms one")
    desk.asking(terms=str(terms.parent))
    first, second, third = desk.list_of(3)
    desk.take_in({**third, **SENT})  # and so the terms are in use
    terms.write_text("terms two")

    report = desk.take_in(
        {**first, **YES}, {**second, **SENT, "message_link": f"{OURS}2"}, dry_run=dry_run
    )

    assert ["error", "applied"] == [change.fate for change in report.changes]
    assert "2026-01.en.md was changed after it was used" in str(report.changes[0].problem)
    assert ([], [] if dry_run else ["send"]) == (desk.steps(1), desk.steps(2))


@pytest.mark.parametrize("dry_run", [True, False])
def test_a_request_whose_terms_are_no_more_those_in_use_is_not_recorded(
    desk: Desk, *, dry_run: bool
) -> None:
    (desk.folder / "terms").mkdir()
    (desk.folder / "terms" / "2026-01.en.md").write_text("terms one")
    desk.asking(terms=str(desk.folder / "terms"))
    (row,) = desk.list_of(1)
    said = {"sha256": "0" * 64, "since_at": NOW.isoformat()}
    desk.store.notes.write("terms/2026-01/en", said, None)

    (change,) = desk.take_in({**row, **SENT}, dry_run=dry_run).changes

    assert ("error", []) == (change.fate, desk.steps())
    assert "was changed after it was used" in str(change.problem)


@pytest.mark.parametrize(
    "failure", [StoreError("m.db", "the disk is full"), LedgerDamaged("gone")]
)
def test_a_store_that_fails_ends_the_import_with_what_was_done_so_far(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, failure: Exception
) -> None:
    first, second, third = desk.list_of(3)
    record = Permissions.record

    def failing(self: Permissions, happened: Event) -> Standing:
        if (happened.step, happened.mention) == (Step.GRANT, second["mention"]):
            raise failure
        return record(self, happened)

    with monkeypatch.context() as broken:
        broken.setattr(Permissions, "record", failing)
        rows = [{**row, **YES, "message_link": f"{OURS}{n}"} for n, row in
                enumerate([first, second, third])]  # fmt: skip
        report = desk.take_in(*rows)
    again = desk.take_in(*rows)

    assert not report.is_whole
    assert ["applied", "error"] == [change.fate for change in report.changes]
    assert str(report.changes[1].problem).startswith(
        f"{failure}; of this row was recorded: send; "
    )
    assert "1 rows behind this one were not looked at" in str(report.changes[1].problem)
    assert ["unchanged", "applied", "applied"] == [change.fate for change in again.changes]
    assert ("grant",) == again.changes[1].steps


def test_never_that_was_cut_short_is_finished_by_the_next_import(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    (row,) = desk.list_of(1)

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    for name in ("leave_alone", "_Run._apply"):
        with monkeypatch.context() as broken:
            broken.setattr(f"{importing.__name__}.{name}", killed)
            with pytest.raises(KeyboardInterrupt):
                desk.take_in({**row, "outcome": "never"})
        assert [] == desk.steps()
    assert desk.is_left_alone()

    (change,) = desk.take_in({**row, "outcome": "never"}).changes

    assert ("applied", ["hold"]) == (change.fate, desk.steps())


@pytest.mark.parametrize("dry_run", [True, False])
def test_never_is_unchanged_only_where_ledger_and_suppression_list_both_have_it(
    desk: Desk, *, dry_run: bool
) -> None:
    rows = desk.list_of(3)
    for held in posts(2):
        Permissions(desk.store).record(event(Step.HOLD, mention=held.id, hold=Hold.DO_NOT_CONTACT))
    for listed in posts(3)[1:]:
        leave_alone(desk.store, desk.config, listed, NOW, reason="said so")

    report = desk.take_in(*({**row, "outcome": "never"} for row in rows), dry_run=dry_run)

    assert [("applied", ()), ("unchanged", ()), ("applied", ("hold",))] == [
        (change.fate, change.steps) for change in report.changes
    ]
    assert "the suppression list alone did not have its author" in str(report.changes[0].note)
    assert (not dry_run) == desk.is_left_alone()


def test_never_twice_is_the_same_as_once(desk: Desk) -> None:
    rows = [{**row, "outcome": "never"} for row in desk.list_of(2)]

    reports = [desk.take_in(*rows), desk.take_in(*rows)]

    assert [(2, 0), (0, 2)] == [
        (report.counts["applied"], report.counts["unchanged"]) for report in reports
    ]


def test_the_suppression_list_is_read_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = desk.list_of(4)
    opened = []
    open_one = Suppressions.open

    def counting(store: Store, config: Config) -> Suppressions:
        opened.append(1)
        return open_one(store, config)

    monkeypatch.setattr(Suppressions, "open", counting)
    desk.take_in(*({**row, "outcome": "never"} for row in rows))

    assert [1] == opened


def test_a_never_by_nobody_who_is_named_is_unchanged_the_second_time(desk: Desk) -> None:
    (row,) = desk.list_of(1, author=None)

    fates = [desk.take_in({**row, "outcome": "never"}).changes[0].fate for _ in range(2)]

    assert ["applied", "unchanged"] == fates


def everything_in(store: Store) -> str:
    """All that the ledger holds, as text."""
    return json.dumps([note.value for note in store.notes.under("ledger/").values()])


def test_a_reply_that_quotes_our_message_leaves_the_link_in_it_out(desk: Desk) -> None:
    desk.asking(page_url=PAGE)
    first, second = desk.list_of(2)
    secret, other = (row["answer_link"].rpartition("/")[2] for row in (first, second))
    quoted = (
        f"> {first['message']}\n> again: {PAGE}/{secret[:9]}=\n> {secret[9:]}\n"
        f"and {second['answer_link']}\nYes!"
    )
    answer = {
        **YES, "reply_text": quoted, "checked_by": f"Ida {secret}",
        "message_link": f"{OURS}?q={secret}", "reply_link": f"{THEIRS}#{first['answer_link']}",
    }  # fmt: skip

    (change,) = desk.take_in({**first, **answer}).changes
    (again,) = desk.take_in({**first, **answer}).changes

    assert ("applied", "unchanged") == (change.fate, again.fate)
    kept = everything_in(desk.store)
    parts = (secret, other, secret[:9], secret[9:])
    assert [] == [part for part in parts if part in kept]
    grant = standing(desk.store, posts(1)[0]).grants[0].event.evidence
    assert f"again: {PAGE}/…\nand {PAGE}/[hidden]\nYes!" in str(grant.text)
    assert (f"{THEIRS}#{PAGE}/…", f"{OURS}?q=…") == (
        grant.url, standing(desk.store, posts(1)[0]).sent[0].evidence.url,
    )  # fmt: skip


@pytest.mark.parametrize("column", ["message_link", "reply_link"])
@pytest.mark.parametrize("spelled", ["{}", "HTTPS://Ask.Example./r/x?y", "https://ask.example/r"])
def test_the_page_where_the_author_answers_is_no_place_where_others_see_something(
    desk: Desk, column: str, spelled: str
) -> None:
    desk.asking(page_url=PAGE)
    (row,) = desk.list_of(1)

    report = desk.take_in({**row, **YES, column: spelled.format(row["answer_link"])})

    (change,) = report.changes
    assert ("error", column, []) == (change.fate, change.column, desk.steps())
    assert "the page where the author answers" in str(change.problem)
    assert row["answer_link"] not in repr(report)


def test_a_neighbour_of_that_page_is_an_address_as_any_other(desk: Desk) -> None:
    desk.asking(page_url=PAGE)
    (row,) = desk.list_of(1)

    (change,) = desk.take_in({**row, **YES, "reply_link": "https://ask.example/replies/1"}).changes

    assert "applied" == change.fate


SECRET = "Ab-_0123456789abcdefgh"  # noqa: S105 - of no link


@given(
    st.text(alphabet=f"{SECRET} \n>=x/"), st.text(), st.sampled_from(["", "\n> ", "=\r\n", " "])
)
def test_whatever_stands_around_a_secret_it_is_gone(before: str, behind: str, wrap: str) -> None:
    said = f"{before} {PAGE}/{SECRET[:10]}{wrap}{SECRET[10:]} {behind}"
    row = Filled(
        batch=1, mention="0" * 32, token=None, outcome=Outcome.YES, at=None, message=None,
        scope=None, message_link=None, reply_link=None, reply_text=said, terms_version=None,
        checked_by=None,
    )  # fmt: skip

    hidden = hide_links(row, SECRET, PAGE)

    assert SECRET not in "".join(sign for sign in str(hidden.reply_text) if sign not in "> =\r\n")


@pytest.mark.parametrize("outcome", ["sent", "yes", "no", "never", "no_answer"])
def test_a_list_under_other_terms_than_the_request_that_waits_contradicts_it(
    desk: Desk, outcome: str
) -> None:
    (row,) = desk.list_of(1)
    desk.asking(terms_version="2026-02")
    draft(desk.store, desk.config, row["mention"], NOW)

    (change,) = desk.take_in({**row, **YES, "outcome": outcome}).changes

    assert ("conflict", []) == (change.fate, desk.steps())
    assert "the row says terms 2026-01, the request that waits quotes 2026-02" in str(
        change.problem
    )


def test_a_message_that_was_sent_late_is_waited_for_two_weeks(desk: Desk) -> None:
    (row,) = desk.list_of(1)
    assert "2026" not in row["message"]

    desk.take_in({**row, **SENT}, now=NOW + 20 * DAY)

    after = standing(desk.store, posts(1)[0])
    assert (NOW + 20 * DAY, NOW + 34 * DAY) == (after.sent_at, after.due_at)


def dated(desk: Desk) -> dict[str, Any]:
    """Make a row whose message names the last day, as long messages do."""
    (row,) = desk.list_of(1, source="website")
    assert "No reply by 12 December 2026 means no" in row["message"]
    return row


@pytest.mark.parametrize("outcome", ["sent", "no_answer"])
def test_a_message_that_names_its_last_day_is_not_sent_after_it(desk: Desk, outcome: str) -> None:
    row = {**dated(desk), **SENT, "outcome": outcome}

    (late,) = desk.take_in(row, now=NOW + 20 * DAY).changes
    (in_time,) = desk.take_in({**row, "date": "2026-12-12"}, now=NOW + 20 * DAY).changes

    assert ("conflict", "applied") == (late.fate, in_time.fate)
    assert str(late.problem).startswith(
        "its time to answer was over: the message says 2026-12-12, and it was sent on 2026-12-18; "
        "compose it anew, and send that. If it was sent before, say when in date"
    )
    mention = posts(1, source="website")[0]
    end = dt.datetime(2026, 12, 12, 23, 59, 59, tzinfo=dt.UTC)
    assert end == standing(desk.store, mention).due_at


def test_an_answer_that_came_after_the_last_day_is_heard_all_the_same(desk: Desk) -> None:
    (change,) = desk.take_in({**dated(desk), **YES}, now=NOW + 20 * DAY).changes

    assert ("send", "grant") == change.steps


def test_a_command_too_says_that_the_last_day_is_over_unless_it_names_another(desk: Desk) -> None:
    mention = dated(desk)["mention"]

    with pytest.raises(IllegalTransition, match="its time to answer was over"):
        sent(desk.store, mention, OURS, "Ida", NOW + 20 * DAY)
    after = sent(desk.store, mention, OURS, "Ida", NOW + 20 * DAY, NOW + 30 * DAY)

    assert NOW + 30 * DAY == after.due_at


@pytest.mark.parametrize(
    ("text", "is_dated"),
    [
        ("No reply by 12 December 2026 means no", True),
        ("by December 12,\n2026", True),
        ("vor dem 12.12.2026", True),
        ("2026-12-12", True),
        ("2026年12月12日", True),
        ("until 12 December", False),
        ("for 12 months, terms https://a.example/2026/12/12", False),
        ("112 things of 20261", False),
    ],
)
def test_a_day_is_told_from_other_numbers_in_any_language(text: str, *, is_dated: bool) -> None:
    day = dt.date(2026, 12, 12)
    made = Draft(token="", text=text, terms_version="1", respond_by=day, content="")

    due_at = due_after(made, text, NOW + 3 * DAY)

    end = dt.datetime(2026, 12, 12, 23, 59, 59, tzinfo=dt.UTC)
    assert (end if is_dated else NOW + 17 * DAY) == due_at


@pytest.mark.parametrize(
    ("outcome", "fate", "steps"),
    [
        ("sent", "conflict", ["send"]),
        ("no_answer", "conflict", ["send"]),
        ("yes", "conflict", ["send"]),
        ("no", "applied", ["send", "decline"]),
        ("never", "applied", ["send", "decline", "hold"]),
    ],
)
def test_a_link_that_comes_too_late_is_said_but_never_holds_up_a_no(
    desk: Desk, outcome: str, fate: str, steps: list[str]
) -> None:
    number = batch_of(desk.store, [post(1, source="website", author=author(1), language="en")])
    path = export(desk.store, number, desk.folder / "list.ndjson", config=desk.config)
    (row,) = filled(path, {1: {"outcome": "sent"}})
    desk.take_in(row)

    (change,) = desk.take_in({**row, **YES, "outcome": outcome}).changes

    said = "recorded as sent without"
    mention = posts(1, source="website")[0].id
    recorded = [str(each.step) for each in Permissions(desk.store).history(mention)][1:]
    assert (fate, steps) == (change.fate, recorded)
    assert said in str(change.problem or change.note)
