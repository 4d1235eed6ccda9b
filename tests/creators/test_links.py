"""Links: what is kept of them, whom they open for, and when they are over."""

import dataclasses
import datetime as dt
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from search.people.keys import SuppressionError
from search.permissions.asking import draft, sent
from search.permissions.events import Step
from search.permissions.keeping import Permissions
from search.permissions.links import AFTER_THE_END, NoSuchLink, open_link
from search.permissions.wording.tokens import digest_of
from search.stores.base import Store
from search.vocabulary import Permission
from tests.creators.visiting import NOW, POST, SCOPE, SENT_AS, asked, composed, config, queued
from tests.permissions.inventing import DAY, PROOF, event
from tests.stores.conftest import store

__all__ = ["store"]

embedded = pytest.mark.parametrize("store", ["embedded"], indirect=True)


def everything(store: Store) -> str:
    """Write out all that a store keeps of its own, ledger and notes."""
    prefixes = ("ledger/", "drafts/", "links/", "answers/", "terms")
    return json.dumps(
        [[key, note.value] for each in prefixes for key, note in store.notes.under(each).items()]
    )


def test_the_secret_of_a_link_is_kept_nowhere(store: Store, tmp_path: Path) -> None:
    queued(store)
    secret = composed(store, config(tmp_path))
    drafted = everything(store)
    sent(store, POST.id, SENT_AS, "Ida", NOW)

    assert 22 == len(secret)  # 128 bits, six a sign
    assert secret not in drafted
    assert secret not in everything(store)
    assert digest_of(secret) in drafted
    link = open_link(store, secret, NOW)
    assert (POST.id, SCOPE, "2026-01") == (link.mention, link.scope, link.terms_version)


@embedded
def test_what_was_sent_is_kept_by_the_hash_of_the_whole_message(
    store: Store, tmp_path: Path
) -> None:
    queued(store)
    made, message = draft(store, config(tmp_path), POST.id, NOW)
    standing = sent(store, POST.id, SENT_AS, "Ida", NOW)

    kept = standing.sent[0].evidence
    assert kept.text is not None
    assert "https://ask.example/r/…" in kept.text
    assert (message.sha256, made.text) == (kept.sha256, message.text)
    assert message.count > len("https://ask.example/r/")


@embedded
def test_composing_again_gives_the_same_link_which_may_be_posted_already(
    store: Store, tmp_path: Path
) -> None:
    queued(store)
    first, second = (composed(store, config(tmp_path)) for _ in range(2))
    (key,) = store.notes.under("links/")

    assert first == second
    assert POST.id == open_link(store, first, NOW).mention
    assert first not in str(store.notes.under(""))
    assert f"links/{digest_of(first)}" == key


@embedded
def test_another_key_makes_no_second_link_and_the_first_stays(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    queued(store)
    first = composed(store, config(tmp_path))
    monkeypatch.setenv("SAYSO_PEOPLE_KEY", "7" * 64)
    with pytest.raises(SuppressionError, match="is used with the key"):
        composed(store, config(tmp_path))

    assert POST.id == open_link(store, first, NOW).mention


@embedded
def test_without_a_page_messages_name_the_terms_as_before(store: Store, tmp_path: Path) -> None:
    queued(store)
    made, _ = draft(store, config(tmp_path, page_url=None), POST.id, NOW)

    assert "https://storm.example/terms" in made.text
    assert {} == store.notes.under("links/")


@embedded
def test_a_page_that_is_no_more_leaves_no_link(store: Store, tmp_path: Path) -> None:
    queued(store)
    draft(store, config(tmp_path), POST.id, NOW)
    draft(store, config(tmp_path, page_url=None), POST.id, NOW)

    assert {} == store.notes.under("links/")


@embedded
def test_a_link_is_for_one_request_and_not_for_the_next(store: Store, tmp_path: Path) -> None:
    first = asked(store, config(tmp_path))
    permissions = Permissions(store)
    permissions.record(event(Step.DECLINE, mention=POST.id))
    permissions.record(event(Step.QUEUE, mention=POST.id, scope=SCOPE, inbound="hello"))
    second = composed(store, config(tmp_path))
    sent(store, POST.id, SENT_AS, "Ida", NOW)

    assert POST.id == open_link(store, second, NOW).mention
    with pytest.raises(NoSuchLink):
        open_link(store, first, NOW)


@embedded
def test_a_link_ends_with_the_time_to_answer(store: Store, tmp_path: Path) -> None:
    secret = asked(store, config(tmp_path))
    due = Permissions(store).standing(POST.id).due_at
    assert due is not None

    assert POST.id == open_link(store, secret, due).mention
    with pytest.raises(NoSuchLink):
        open_link(store, secret, due + dt.timedelta(seconds=1))


@embedded
def test_after_a_grant_a_link_lives_as_long_as_that(store: Store, tmp_path: Path) -> None:
    secret = asked(store, config(tmp_path))
    Permissions(store).record(event(Step.GRANT, mention=POST.id, evidence=PROOF))
    noon = dt.datetime.combine(SCOPE.valid_until, dt.time(12), tzinfo=dt.UTC)

    assert POST.id == open_link(store, secret, noon + AFTER_THE_END).mention
    with pytest.raises(NoSuchLink):
        open_link(store, secret, noon + AFTER_THE_END + DAY)


@embedded
def test_a_grant_that_was_recorded_for_ever_closes_no_page(store: Store, tmp_path: Path) -> None:
    for_ever = dataclasses.replace(SCOPE, valid_until=dt.date(9999, 12, 31))
    secret = asked(store, config(tmp_path), scope=for_ever)
    Permissions(store).record(event(Step.GRANT, mention=POST.id, evidence=PROOF))

    assert POST.id == open_link(store, secret, NOW).mention


@embedded
def test_a_longer_time_to_answer_is_longer_for_the_link(store: Store, tmp_path: Path) -> None:
    queued(store)
    secret = composed(store, config(tmp_path))
    sent(store, POST.id, SENT_AS, "Ida", NOW, NOW + 60 * DAY)

    assert POST.id == open_link(store, secret, NOW + 59 * DAY).mention


@embedded
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=60) | st.from_regex(r"[A-Za-z0-9_-]{22}", fullmatch=True))
def test_no_other_secret_opens_anything(store: Store, tmp_path: Path, secret: str) -> None:
    if Permission.REQUESTED is not Permissions(store).standing(POST.id).permission:
        asked(store, config(tmp_path))

    with pytest.raises(NoSuchLink, match="there is no such link"):
        open_link(store, secret, NOW)


@pytest.mark.parametrize(
    "address",
    ["http://ask.example/r", "https://ask.example", "https://ask.example/r/", "https://a b/r",
     "https://ask.example/r?x=1", "ftp://ask.example/r", "http://localhost.example/r"],
)  # fmt: skip
def test_a_page_is_on_https_and_has_a_path(tmp_path: Path, address: str) -> None:
    with pytest.raises(ValueError, match="page_url"):
        config(tmp_path, page_url=address)


@embedded
def test_a_page_may_be_tried_on_this_machine(store: Store, tmp_path: Path) -> None:
    queued(store)
    here = config(tmp_path, page_url="http://127.0.0.1:8712/r")

    made, _ = draft(store, here, POST.id, NOW)

    assert "http://127.0.0.1:8712/r/" in made.text
