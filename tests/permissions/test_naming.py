"""People say which mention they mean as they can: by id, link, or what they sent."""

import pytest

from search.errors import MentionNotFound
from search.permissions.events import Evidence, Step
from search.permissions.keeping import Permissions
from search.permissions.naming import find_mention
from search.stores.base import Store
from tests.one_store import store
from tests.permissions.inventing import event, post

__all__ = ["store"]

OURS = "https://s.example/us/9"
WORD = "#YesStorm-7F3K"


def asked(store: Store) -> str:
    store.put([post(1), post(2)])
    permissions = Permissions(store)
    permissions.record(event(Step.QUEUE, mention=post(1).id))
    sent = Evidence(text="May we?", url=OURS)
    permissions.record(event(Step.SEND, mention=post(1).id, evidence=sent, token=WORD))
    return post(1).id


@pytest.mark.parametrize("said", [post(1).id, post(1).id[:9], post(1).url, OURS, WORD])
def test_a_mention_is_named_by_what_is_at_hand(store: Store, said: str) -> None:
    assert asked(store) == find_mention(store, said).id


@pytest.mark.parametrize("said", ["#YesStorm-7F3L", "https://s.example/3", "0" * 32, "xyz"])
def test_what_names_none_is_refused(store: Store, said: str) -> None:
    asked(store)

    with pytest.raises(MentionNotFound):
        find_mention(store, said)


def test_an_address_of_several_is_refused(store: Store) -> None:
    store.put([post(1), post(2, url=post(1).url)])

    with pytest.raises(MentionNotFound, match="2 mentions are at"):
        find_mention(store, post(1).url)
