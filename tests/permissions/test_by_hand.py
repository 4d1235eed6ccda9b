"""A yes that a person records: whose it is, of what, and nothing that cannot be."""

import dataclasses

import pytest

from search.mention import Author, Mention
from search.permissions.events import Evidence, Step
from search.permissions.keeping import Permissions
from search.permissions.replying.asked import fingerprint
from search.permissions.step_commands import BadEvidence, record
from search.stores.base import Store
from search.vocabulary import Permission
from tests.one_store import store
from tests.permissions.inventing import event
from tests.permissions.test_asking import POST

__all__ = ["store"]

ANN = Author(name="ann", id="did:ann", display_name="Ann", url="https://social.example/@ann")
HERS = dataclasses.replace(POST, author=ANN)


def asked_for(store: Store, mention: Mention) -> None:
    store.put([mention])
    sent = Evidence(text="May we?", terms_version="2026-01")
    Permissions(store).record(event(Step.QUEUE, mention=mention.id))
    Permissions(store).record(event(Step.SEND, mention=mention.id, evidence=sent))


def evidence_of(store: Store, mention: Mention) -> Evidence:
    return Permissions(store).standing(mention.id).grants[-1].event.evidence


def test_a_yes_by_hand_says_who_gave_it_for_what(store: Store) -> None:
    asked_for(store, HERS)

    record(store, HERS.id, Step.GRANT, text="yes", author_id="did:ann", by="Ida",
           statements=("made_it", "adult", "made_it"))  # fmt: skip

    evidence = evidence_of(store, HERS)
    assert Evidence(
        text="yes", author_id="did:ann", confirmed_by="Ida", terms_version="2026-01",
        statements=("made_it", "adult"), handle="ann", display_name="Ann",
        account_url="https://social.example/@ann", method="manual",
        received_at=evidence.received_at, content=fingerprint(HERS),
    ) == evidence  # fmt: skip
    assert evidence.received_at is not None


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ({"author_id": "did:bo"}, "did:bo did not write it: its author is did:ann"),
        ({"statements": ("adult", "nonsense")},
         "'nonsense': allowed: made_it, adult, people_agree, music_mine"),
    ],
)  # fmt: skip
def test_nobody_else_can_say_yes_and_nothing_else_can_be_confirmed(
    store: Store, said: dict[str, object], problem: str
) -> None:
    asked_for(store, HERS)

    with pytest.raises(BadEvidence, match=problem):
        record(store, HERS.id, Step.GRANT, text="yes", **said)  # type: ignore[arg-type]  # a short form

    assert Permission.REQUESTED is Permissions(store).standing(HERS.id).permission


@pytest.mark.parametrize("author", [None, dataclasses.replace(ANN, id=None)])
def test_where_the_author_has_no_id_one_may_be_said(store: Store, author: Author | None) -> None:
    mention = dataclasses.replace(POST, author=author)
    asked_for(store, mention)

    record(store, mention.id, Step.GRANT, text="yes", author_id="did:ann")

    evidence = evidence_of(store, mention)
    assert ("did:ann", author.name if author else None, "manual") == (
        evidence.author_id, evidence.handle, evidence.method,
    )  # fmt: skip
