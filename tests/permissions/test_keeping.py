"""Recording on both stores: who is second is told, documents follow, crawls change nothing."""

import dataclasses
from concurrent.futures import ThreadPoolExecutor

import pytest

from search.mention import StoredMention
from search.parsing import parse
from search.permissions.events import Step
from search.permissions.keeping import Permissions, advance, ending
from search.permissions.ledger import Noted
from search.permissions.standing import IllegalTransition
from search.stores.base import Store
from search.vocabulary import Basis, Hold, Permission
from tests.permissions.inventing import DAY, NOW, SCOPE, WEBSITE, event, post
from tests.stores.conftest import store

__all__ = ["store"]


@pytest.fixture
def permissions(store: Store) -> Permissions:
    store.put([post(n) for n in range(1, 4)])
    return Permissions(store, clock=lambda: NOW)


def grant(permissions: Permissions, mention: str) -> None:
    for step in (Step.QUEUE, Step.SEND, Step.GRANT):
        permissions.record(event(step, mention=mention))


def test_documents_say_what_the_ledger_says(store: Store, permissions: Permissions) -> None:
    name = post(1).id
    permissions.record(event(Step.QUEUE, mention=name))
    permissions.record(event(Step.SEND, mention=name))
    waiting = store.get(name).state
    permissions.record(event(Step.GRANT, mention=name))
    permissions.record(event(Step.HOLD, mention=name, hold=Hold.MUSIC_THIRD_PARTY))

    state = store.get(name).state
    assert (Permission.REQUESTED, NOW + 14 * DAY) == (waiting.permission, waiting.due_at)
    assert (Permission.GRANTED, Basis.GRANT) == (state.permission, state.basis)
    assert ((Hold.MUSIC_THIRD_PARTY,), None) == (state.holds, state.due_at)
    assert state.granted_until_at is not None
    assert SCOPE.valid_until == state.granted_until_at.date()
    for query in ("permission:granted", "basis:grant", "holds:music_third_party",
                  "granted_until_at:[2027-11-01 TO 2027-12-01]"):  # fmt: skip
        assert [name] == [each.id for each in store.search(parse(query)).mentions], query


def test_a_crawl_changes_nothing_of_it(store: Store, permissions: Permissions) -> None:
    grant(permissions, post(1).id)
    before = store.get(post(1).id).state

    store.put([post(1, text="Storm tastes better now")])

    assert before == store.get(post(1).id).state
    assert permissions.decide(store.get(post(1).id), WEBSITE).is_usable


def test_documents_that_say_something_else_are_not_believed_and_mended(
    store: Store, permissions: Permissions
) -> None:
    stored = store.get(post(2).id)
    forged = dataclasses.replace(stored.state, permission=Permission.GRANTED, basis=Basis.GRANT)
    permissions.record(event(Step.QUEUE, mention=stored.id))
    assert store.change_state(stored.id, store.get(stored.id).state, forged)

    decision = permissions.decide(StoredMention(mention=stored.mention, state=forged), WEBSITE)

    assert not decision.is_usable
    assert 1 == permissions.repair()
    assert Permission.QUEUED is store.get(stored.id).state.permission
    assert 0 == permissions.repair()


def test_two_who_grant_and_revoke_at_once_agree_in_the_end(store: Store) -> None:
    name = post(1).id
    store.put([post(1)])
    grant(Permissions(store, clock=lambda: NOW), name)
    others = [Permissions(store, clock=lambda: NOW) for _ in range(4)]

    def revoke(one: Permissions) -> str:
        try:
            return one.record(event(Step.REVOKE, mention=name)).permission
        except IllegalTransition as error:
            return str(error)

    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(revoke, others))

    assert 1 == told.count("revoked")
    assert 3 == sum("revoke cannot follow on revoked" in each for each in told)
    assert Permission.REVOKED is store.get(name).state.permission
    assert [] == list(others[0].ledger.verify(Noted(4)))


def test_many_who_record_at_once_lose_nothing(store: Store) -> None:
    store.put([post(n) for n in range(12)])

    def queue(n: int) -> None:
        Permissions(store, clock=lambda: NOW).record(event(Step.QUEUE, mention=post(n).id))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(queue, range(12)))

    permissions = Permissions(store)
    assert 12 == len(permissions.standings())
    assert 12 == store.search(parse("permission:queued")).total
    assert [] == list(permissions.ledger.verify(Noted(12)))


def test_what_is_refused_leaves_no_trace(store: Store, permissions: Permissions) -> None:
    with pytest.raises(IllegalTransition):
        permissions.record(event(Step.GRANT, mention=post(1).id))

    assert [] == list(permissions.ledger.entries())
    assert Permission.NOT_REQUESTED is store.get(post(1).id).state.permission


def test_history_is_that_of_one_mention(permissions: Permissions) -> None:
    grant(permissions, post(1).id)
    permissions.record(event(Step.HOLD, mention=post(2).id, hold=Hold.DISPUTED))

    steps = [entry.read() for entry in permissions.history(post(1).id)]

    assert [Step.QUEUE, Step.SEND, Step.GRANT] == [each.step for each in steps if each]


def test_events_of_mentions_that_are_not_here_are_kept(store: Store) -> None:
    permissions = Permissions(store, clock=lambda: NOW)

    permissions.record(event(Step.HOLD, mention="f" * 32, hold=Hold.DISPUTED))

    assert {Hold.DISPUTED} == Permissions(store).standing("f" * 32).holds


def test_what_ends_soon_is_found(permissions: Permissions) -> None:
    grant(permissions, post(1).id)

    standings = permissions.standings()

    assert [] == list(ending(standings, SCOPE.valid_until - DAY))
    assert [(post(1).id, SCOPE.valid_until)] == list(ending(standings, SCOPE.valid_until))


def test_time_ends_grants_and_waiting_once(store: Store, permissions: Permissions) -> None:
    grant(permissions, post(1).id)
    for step in (Step.QUEUE, Step.SEND):
        permissions.record(event(step, mention=post(2).id))

    before = list(advance(permissions, NOW + 14 * DAY))
    unanswered = list(advance(permissions, NOW + 15 * DAY))
    ended = list(advance(permissions, NOW + 366 * DAY))
    again = list(advance(permissions, NOW + 400 * DAY))

    assert ([], []) == (before, again)
    assert [(post(2).id, Permission.NO_RESPONSE)] == [(a, b.permission) for a, b in unanswered]
    assert [(post(1).id, Permission.EXPIRED)] == [(a, b.permission) for a, b in ended]
    assert Permission.EXPIRED is store.get(post(1).id).state.permission
    assert not permissions.decide(store.get(post(1).id), WEBSITE).is_usable
