"""What every store promises of our own state: it changes only from what it was."""

import dataclasses

from search.parsing import parse
from search.stores.base import Store
from search.vocabulary import Basis, Hold
from tests.stores.test_contract_keeping import FULL


def test_our_own_state_changes_only_from_what_it_was(store: Store) -> None:
    store.put([FULL])
    before = store.get(FULL.id).state
    held = dataclasses.replace(before, holds=(Hold.DISPUTED,), basis=Basis.OWNED)

    assert store.change_state(FULL.id, before, held)
    assert not store.change_state(FULL.id, before, dataclasses.replace(before, holds=()))
    assert not store.change_state("0" * 32, before, held)

    assert (FULL, held) == (store.get(FULL.id).mention, store.get(FULL.id).state)
    assert [FULL.id] == [each.id for each in store.search(parse("holds:disputed")).mentions]
    assert 0 == store.search(parse("basis:none")).total
    assert store.change_state(FULL.id, held, before)
    assert [] == store.check()
