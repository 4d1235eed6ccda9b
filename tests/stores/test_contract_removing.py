"""What every store promises of a removal: a mention is gone, and so is all we kept beside it."""

import dataclasses

from search.likeness import Likeness
from search.parsing import parse
from search.query import Everything
from search.stores.base import Outcome, Quarantined, Store
from search.vocabulary import Hold
from tests.stores.inventing import START, make_mention, make_mentions

TEXT = "The handle of this grinder broke off on the second morning and nobody answers my letters"


def kept(store: Store) -> set[str]:
    found = {each.id for each in store.search(Everything(), limit=100).mentions}
    assert found == set(store.fetch([each.id for each in make_mentions(40)]))
    return found


def test_what_is_removed_is_found_no_more(store: Store) -> None:
    mentions = make_mentions(5)
    store.put(mentions)
    assert 5 == store.search(parse("coffee")).total

    assert 2 == store.remove([mentions[1].id, mentions[3].id])
    assert {mentions[at].id for at in (0, 2, 4)} == kept(store)
    assert 3 == store.search(parse("coffee")).total
    assert 3 == sum(1 for _ in store.iterate(Everything()))
    assert [] == store.check()


def test_a_removal_repeated_and_unknown_ids_remove_nothing(store: Store) -> None:
    mentions = make_mentions(3)
    store.put(mentions)

    assert 1 == store.remove([mentions[0].id, mentions[0].id, "0" * 32, "", mentions[1].id[:8]])
    assert 0 == store.remove([mentions[0].id])
    assert 0 == store.remove([])
    assert {mentions[1].id, mentions[2].id} == kept(store)


def test_what_is_put_again_is_new_and_our_own_state_with_it(store: Store) -> None:
    mention = make_mention(1)
    store.put([mention])
    before = store.get(mention.id).state
    store.change_state(mention.id, before, dataclasses.replace(before, holds=(Hold.DISPUTED,)))
    store.remove([mention.id])

    assert [Outcome.NEW] == store.put([mention])
    assert () == store.get(mention.id).state.holds
    assert 0 == store.search(parse("holds:disputed")).total
    assert {mention.id} == kept(store)
    assert [] == store.check()


def test_quarantine_lets_go_of_the_same_ids_and_of_no_others(store: Store) -> None:
    mentions = make_mentions(3)
    store.put(mentions[:1])
    store.quarantine(
        [Quarantined(each.id, "forum", "language", "bad", {}, START) for each in mentions]
    )

    assert 1 == store.remove([mentions[0].id, mentions[1].id])
    assert [mentions[2].id] == [each.id for each in store.quarantined()]


def test_a_removed_mention_is_no_candidate_for_a_copy(store: Store) -> None:
    mentions = [make_mention(number, text=TEXT) for number in range(3)]
    store.put(mentions)
    keys = list(Likeness(TEXT).keys)
    assert 3 == len(store.sharing([keys])[0])

    store.remove([mentions[0].id])

    assert {each.id for each in mentions[1:]} == set(store.sharing([keys])[0])


def test_more_than_one_statement_or_request_can_name_are_removed_at_once(store: Store) -> None:
    mentions = make_mentions(1_203)
    store.put(mentions)

    assert 1_202 == store.remove([each.id for each in mentions[1:]])
    assert {mentions[0].id} == kept(store)


def test_a_rebuild_brings_nothing_back(store: Store) -> None:
    mentions = make_mentions(4)
    store.put(mentions)
    store.remove([mentions[0].id])

    assert 3 == store.rebuild()
    assert {each.id for each in mentions[1:]} == kept(store)
