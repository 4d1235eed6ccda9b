"""A batch as a list: a row for each mention, a message for whoever may be asked."""

import datetime as dt
import hashlib
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from search.config import Config
from search.errors import ConfigError, SaysoError
from search.export import ExportError, Format
from search.mention import Author
from search.permissions.asking import sent
from search.permissions.batches import NoBatch
from search.permissions.drafts import kept_draft
from search.permissions.events import Step
from search.permissions.keeping import Permissions
from search.permissions.leaving_alone import leave_alone
from search.permissions.ledger import LedgerDamaged
from search.permissions.lists.columns import ABOUT, COLUMNS, FILLED_IN
from search.permissions.lists.export_log import (
    ExportRefused,
    exports,
    exports_with,
    take_allowance,
)
from search.permissions.lists.exporting import export_requests
from search.permissions.lists.outcomes import Outcome
from search.permissions.lists.sheet import _can_be_opened
from search.stores.base import Store
from search.tags import RightsSignal
from search.vocabulary import Effect, Hold
from tests.permissions.inventing import DAY, NOW, event, post
from tests.permissions.lists.listing import (
    author,
    batch_of,
    export,
    posts,
    rows_of,
)
from tests.permissions.test_asking import CONFIG
from tests.stores.conftest import store

__all__ = ["store"]

GOOGLE = (
    "Google Maps: nobody may be asked: reviews of Google Maps may be neither stored nor reused"
)


def test_each_mention_has_a_row_with_all_that_its_request_needs(
    store: Store, tmp_path: Path
) -> None:
    mentions = posts(2, harvested_at=NOW - 10 * DAY)
    number = batch_of(store, mentions)

    first, second = rows_of(export(store, number, tmp_path / "list.ndjson"))

    draft = kept_draft(store, mentions[0].id)
    assert draft is not None
    said = "public reply, by hand"
    assert {
        "number": 1, "batch": number, "mention": mentions[0].id, "platform": "mastodon",
        "link": "https://s.example/1", "content_id": "1", "author": "ann1", "excerpt":
        "Storm tastes good 1", "message": draft.text, "limit": 500, "counted_as": "mastodon",
        "language": "en", "token": draft.token, "respond_by": "2026-12-12", "contact": said,
        "permission": "queued", "profile": "https://s.example/@ann1",
        "delete_by": "2026-12-18", "terms_version": "2026-01", "expires": "2026-12-28",
    }.items() <= first.items()  # fmt: skip
    assert first["characters"] < len(first["message"])  # a link counts 23
    assert "channels=website" in first["scope"]
    assert (2, mentions[1].id) == (second["number"], second["mention"])
    assert first["token"] != second["token"]


@pytest.mark.parametrize("form", ["xlsx", "csv", "ndjson"])
def test_whoever_may_not_be_asked_has_a_row_with_the_reason_and_nothing_else_of_theirs(
    kept: Store, tmp_path: Path, form: str
) -> None:
    held, declined, place, shy, fine = (
        post(1, author=author(1)), post(2, author=author(2)),
        post(3, author=author(3), source="google_places"),
        post(4, author=author(4), rights_signals=(RightsSignal(
            name="#nobot", raw="#nobot", found_in="profile", effects=(Effect.NO_CONTACT,)),)),
        post(5, author=author(5)),
    )  # fmt: skip
    number = batch_of(kept, [held, declined, place, shy, fine])
    permissions = Permissions(kept)
    permissions.record(event(Step.HOLD, mention=held.id, hold=Hold.DISPUTED))
    for step in (Step.SEND, Step.DECLINE):
        permissions.record(event(step, mention=declined.id))

    rows = rows_of(export(kept, number, tmp_path / f"list.{form}"))

    assert [
        "it is on hold: disputed",
        "it is declined: only what is queued is asked for",
        GOOGLE,
        "its author asks not to be contacted",
        None,
    ] == [row.get("left_out") for row in rows]
    for row in rows[:4]:
        assert not {"message", "author", "profile", "excerpt", "respond_by"} & row.keys()
    assert {"message", "author", "profile", "excerpt"} <= rows[4].keys()


def test_a_row_of_who_is_to_be_left_alone_does_not_even_lead_to_them(
    kept: Store, tmp_path: Path
) -> None:
    signal = RightsSignal(name="#nobot", raw="#nobot", found_in="profile",
                          effects=(Effect.NO_CONTACT,))  # fmt: skip
    held, shy, listed, both, declined = (
        post(each, author=author(each), url=f"https://s.example/@ann{each}/77",
             source_id=f"ann{each}", rights_signals=(signal,) if each == 2 else ())
        for each in range(1, 6)
    )  # fmt: skip
    number = batch_of(kept, [held, shy, listed, both, declined])
    permissions = Permissions(kept)
    permissions.record(event(Step.HOLD, mention=held.id, hold=Hold.DO_NOT_CONTACT))
    for mention in (both, declined):
        for step in (Step.SEND, Step.DECLINE):
            permissions.record(event(step, mention=mention.id))
    for mention in (listed, both):
        leave_alone(kept, CONFIG, mention, NOW, reason="said so")

    rows = rows_of(export(kept, number, tmp_path / "list.ndjson"))

    assert [
        "it is on hold: dnc",
        "its author asks not to be contacted",
        "its author is on the suppression list: nobody contacts them",
        "it is declined: only what is queued is asked for",
        "it is declined: only what is queued is asked for",
    ] == [row["left_out"] for row in rows]
    named = [f"ann{number}" in str(row) for number, row in enumerate(rows, 1)]
    assert [False, False, False, False, True] == named
    assert [held.id, shy.id] == [row["mention"] for row in rows[:2]]
    assert (declined.url, "ann5") == (rows[4]["link"], rows[4]["content_id"])


def test_a_mention_that_is_gone_or_too_long_to_ask_keeps_its_row(
    kept: Store, tmp_path: Path
) -> None:
    long = post(1, source="tiktok", author=author(1))
    number = batch_of(kept, [long], mentions=[long.id, "f" * 32])
    asking = CONFIG.asking
    assert asking is not None
    wordy = Config(asking=asking.model_copy(update={"brand": "Storm " * 20}))

    first, second = rows_of(export(kept, number, tmp_path / "list.csv", config=wordy))

    assert "150 are allowed in a public reply" in first["left_out"]
    assert ("f" * 32, "it is not stored any more") == (second["mention"], second["left_out"])


def test_what_was_sent_already_keeps_its_token_so_that_answers_can_be_filled_in(
    kept: Store, tmp_path: Path
) -> None:
    (mention,) = posts(1)
    number = batch_of(kept, [mention])
    (before,) = rows_of(export(kept, number, tmp_path / "list.ndjson"))
    sent(kept, mention.id, "https://s.example/us/1", "Ida", NOW)

    (row,) = rows_of(export(kept, number, tmp_path / "list.ndjson"))

    assert before["token"] == row["token"]
    assert "it is requested: only what is queued is asked for" == row["left_out"]


def test_a_text_that_may_not_be_quoted_is_not(kept: Store, tmp_path: Path) -> None:
    signal = RightsSignal(name="robots", raw="nosnippet", found_in="header",
                          effects=(Effect.NO_QUOTING,))  # fmt: skip
    long = post(2, text="Storm " * 100, author=author(2))
    number = batch_of(kept, [post(1, rights_signals=(signal,), author=author(1)), long])

    first, second = rows_of(export(kept, number, tmp_path / "list.ndjson"))

    assert "excerpt" not in first
    assert 300 == len(second["excerpt"])
    assert second["excerpt"].endswith("…")


def test_a_workbook_can_be_worked_with(kept: Store, tmp_path: Path) -> None:
    formula = '=HYPERLINK("https://evil.example")'
    evil = post(2, text=formula, author=Author(name="ann", id="2", url="javascript:alert(1)"))
    number = batch_of(kept, [*posts(1), evil], skipped={"e" * 32: "asked before"})

    book: Any = openpyxl.load_workbook(export(kept, number, tmp_path / "list.xlsx"))
    sheet = book["requests"]

    places = {str(cell.value): cell for cell in sheet[1]}
    rows = {name: sheet.cell(2, cell.column) for name, cell in places.items()}
    second = {name: sheet.cell(3, cell.column) for name, cell in places.items()}
    assert [column.name for column in COLUMNS] == list(places)
    assert "F2" == sheet.freeze_panes
    assert "https://s.example/1" == rows["link"].hyperlink.target
    assert "https://s.example/@ann1" == rows["profile"].hyperlink.target
    assert second["profile"].hyperlink is None
    assert ("s", formula) == (second["excerpt"].data_type, second["excerpt"].value)
    assert dt.date(2026, 12, 12) == rows["respond_by"].value.date()
    assert rows["message"].alignment.wrap_text
    for column in FILLED_IN:
        assert "00FFF2CC" == rows[column.name].fill.start_color.rgb
    rules = {str(rule.sqref): rule for rule in sheet.data_validations.dataValidation}
    letter = places["outcome"].column_letter
    assert f'"{",".join(Outcome)}"' == rules[f"{letter}2:{letter}3"].formula1
    assert {"list", "date"} == {rule.type for rule in rules.values() if rule.showErrorMessage}
    about: dict[str, str] = dict(book["about"].values)
    assert about["Purpose"].startswith("to ask each author for permission")
    assert about["Controller"].startswith("Storm")
    assert about["Expires"].startswith("2026-12-28")
    assert "1 mentions that the search found as well" == about["Not in the batch"]


def test_a_csv_and_a_line_say_on_each_row_what_a_workbook_says_on_its_second_sheet(
    kept: Store, tmp_path: Path
) -> None:
    number = batch_of(kept, posts(1))

    for name in ("list.csv", "list.ndjson"):
        (row,) = rows_of(export(kept, number, tmp_path / name))
        assert {column.name for column in ABOUT} <= row.keys()
        assert "Storm" == row["controller"]


def test_a_formula_is_no_formula_in_csv(kept: Store, tmp_path: Path) -> None:
    number = batch_of(kept, [post(1, text="=1+1", author=author(1))])

    (row,) = rows_of(export(kept, number, tmp_path / "list.csv"))

    assert "'=1+1" == row["excerpt"]


def test_of_a_platform_that_caps_exports_only_identifiers_leave_unless_asked_for(
    kept: Store, tmp_path: Path
) -> None:
    mentions = [post(1, source="x", author=author(1)),
                post(2, source="import", url="https://www.twitter.com/ann/2", author=author(2)),
                post(3, author=author(3))]  # fmt: skip
    number = batch_of(kept, mentions)

    bare = rows_of(export(kept, number, tmp_path / "list.ndjson"))
    full = rows_of(export(kept, number, tmp_path / "list.ndjson", with_capped=True))

    content = {"author", "profile", "excerpt"}
    assert [set(), set(), content] == [content & row.keys() for row in bare]
    assert [content] * 3 == [content & row.keys() for row in full]
    assert {"x/2026-11-28": {"by": {"Ida": 2}}} == given(kept)


def given(store: Store) -> dict[str, object]:
    found = store.notes.under("exported/")
    return {key.removeprefix("exported/"): note.value for key, note in found.items()}


def test_row_501_of_x_in_a_day_is_refused_with_the_whole_list(kept: Store, tmp_path: Path) -> None:
    day = NOW.date()
    kept.notes.write(f"exported/x/{day}", {"by": {"Ida": 499, "Bo": 500}}, None)
    number = batch_of(kept, [post(each, source="x", author=author(each)) for each in (1, 2)])
    one = batch_of(kept, [post(3, source="x", author=author(3))])
    path = tmp_path / "list.xlsx"

    with pytest.raises(ExportRefused, match=r"at most 500 rows .* Ida has got 499 today"):
        export(kept, number, path, with_capped=True)

    assert not path.exists()
    assert ([], [tmp_path / "mentions.db"]) == (list(exports(kept)), leftovers(tmp_path))
    assert path == export(kept, one, path, with_capped=True)
    with pytest.raises(ExportRefused, match="Ida has got 500 today"):
        export(kept, one, path, with_capped=True)
    export(kept, one, path)  # identifiers only
    export(kept, number, path, with_capped=True, now=NOW + DAY)
    assert {"by": {"Ida": 500, "Bo": 500}} == given(kept)[f"x/{day}"]


def test_two_lists_at_once_do_not_count_past_each_other(kept: Store) -> None:
    read = kept.notes.read

    def overtaken(key: str) -> object:
        note = read(key)
        kept.notes.read = read  # type: ignore[method-assign]  # once is enough
        take_allowance(kept, {"x": 300}, "Ida", NOW)
        return note

    kept.notes.read = overtaken  # type: ignore[method-assign,assignment]  # another is faster
    with pytest.raises(ExportRefused, match="Ida has got 300 today, this list has 201 more"):
        take_allowance(kept, {"x": 201}, "Ida", NOW)
    take_allowance(kept, {"x": 200}, "Ida", NOW)

    assert {"x/2026-11-28": {"by": {"Ida": 500}}} == given(kept)


def leftovers(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if not path.name.startswith("mentions.db-")
                  and path.is_file())  # fmt: skip


def test_nothing_is_written_when_the_ledger_was_changed(kept: Store, tmp_path: Path) -> None:
    number = batch_of(kept, posts(2))
    key, note = next(iter(kept.notes.under("ledger/").items()))
    event = {**note.value["event"], "by": "nobody"}
    kept.notes.write(key, {**note.value, "event": event}, note.version)

    with pytest.raises(LedgerDamaged, match="what happened was changed"):
        export(kept, number, tmp_path / "list.csv")

    assert not (tmp_path / "list.csv").exists()


def test_what_cannot_be_exported_says_why_and_leaves_no_file(kept: Store, tmp_path: Path) -> None:
    number = batch_of(kept, posts(1))
    path = tmp_path / "list.csv"

    with pytest.raises(NoBatch, match="there are 1 to 1"):
        export(kept, 7, path)
    with pytest.raises(ConfigError, match="asking"):
        export(kept, number, path, config=Config())
    with pytest.raises(ExportError, match="there is no folder"):
        export(kept, number, tmp_path / "nowhere" / "list.csv")
    with pytest.raises(SaysoError, match="allowed: xlsx, csv, ndjson"):
        export_requests(kept, CONFIG, number, path, Format.PARQUET, by="Ida", now=NOW)

    assert [tmp_path / "mentions.db"] == leftovers(tmp_path)


def test_every_list_is_in_the_log_with_its_hash(store: Store, tmp_path: Path) -> None:
    mentions = posts(3)
    number = batch_of(store, mentions)
    other = batch_of(store, [post(9)])
    path = export(store, number, tmp_path / "list.csv")
    export(store, other, tmp_path / "other.ndjson", by="Bo", now=NOW + DAY)

    first, second = exports(store)

    assert (1, "Ida", "requests", number) == (first.number, first.by, first.kind, first.batch)
    assert ("list.csv", NOW, NOW.date() + 30 * DAY) == (first.file, first.at, first.expires)
    assert hashlib.sha256(path.read_bytes()).hexdigest() == first.sha256
    assert tuple(mention.id for mention in mentions) == first.mentions
    assert "author" in first.columns
    assert (2, "Bo") == (second.number, second.by)
    assert [first] == list(exports_with(store, [mentions[2].id]))


def test_only_addresses_of_the_web_become_links() -> None:
    opened = ["https://a.example/ä?b=c#d", "http://a.example"]
    closed = [
        "javascript:alert(1)", "file:///etc/passwd", "https://", "https://a b", "mailto:a@b",
        "https://[", f"https://a.example/{'x' * 2_000}", "\\\\host\\share", "", "=1",
    ]  # fmt: skip

    assert opened == [each for each in (*opened, *closed) if _can_be_opened(each)]


def test_a_draft_shares_what_was_read_once(kept: Store, tmp_path: Path) -> None:
    number = batch_of(kept, posts(3))
    reads: list[str] = []
    read = kept.notes.under

    def counting(prefix: str, **more: object) -> object:
        reads.append(f"{prefix}{more.get('after', '')}")
        return read(prefix, **more)  # type: ignore[arg-type]  # as it was called

    kept.notes.under = counting  # type: ignore[method-assign,assignment]  # to see what is read
    export(kept, number, tmp_path / "list.csv")

    # once to verify, once to add up; afterwards only what is new
    assert 2 == reads.count("ledger/ledger/000000000000") + reads.count("ledger/")
