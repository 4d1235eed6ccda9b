"""A reply that somebody read elsewhere and hands in is judged as a crawled one."""

import dataclasses

import pytest

from search.permissions.handed_in import HeardReply, hear_reply
from search.permissions.keeping import Permissions
from search.permissions.recording_answers import apply_answer
from search.permissions.replying.judgement import Verdict
from search.permissions.standing import IllegalTransition
from search.stores.base import Store
from search.vocabulary import Hold, Permission
from tests.one_store import store
from tests.permissions.inventing import DAY, NOW
from tests.permissions.test_asking import ANN, ASKING, POST, asked

__all__ = ["store"]


def heard(text: str, **fields: object) -> HeardReply:
    return HeardReply(text=text, at=NOW + DAY, **fields)  # type: ignore[arg-type]  # a short form


def test_a_clear_yes_of_the_authors_own_account_is_a_grant(store: Store) -> None:
    token = asked(store)

    answer = hear_reply(store, ASKING, POST.url, heard(f"Ja! {token} @storm", same_author=True))
    standing = apply_answer(store, answer, "Ida", NOW + 2 * DAY)

    assert Verdict.GRANT is answer.judgement.verdict
    assert standing is not None
    assert Permission.GRANTED is standing.permission
    evidence = standing.grants[0].event.evidence
    assert (f"Ja! {token} @storm", "did:ann", "Ida") == (
        evidence.text,
        evidence.author_id,
        evidence.confirmed_by,
    )


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("Ja! {token} @storm", {}),
        ("Ja! {token} @storm", {"author_id": "did:bo"}),
        ("Ja, om ni betalar {token}", {"same_author": True}),
    ],
)
def test_nothing_is_granted_without_knowing_who_said_it_or_under_conditions(
    store: Store, text: str, fields: dict[str, object]
) -> None:
    token = asked(store)

    answer = hear_reply(store, ASKING, token, heard(text.replace("{token}", token), **fields))
    apply_answer(store, answer, "Ida", NOW + 2 * DAY)

    assert Verdict.GRANT is not answer.judgement.verdict
    assert Permission.REQUESTED is Permissions(store).standing(POST.id).permission


def test_a_no_for_good_is_heard_at_once(store: Store) -> None:
    asked(store)

    said = heard("Sluta skriva till mig", same_author=True)
    standing = apply_answer(store, hear_reply(store, ASKING, POST.id, said), "Ida", NOW + 2 * DAY)

    assert standing is not None
    assert (Permission.DECLINED, frozenset({Hold.DO_NOT_CONTACT})) == (
        standing.permission,
        standing.holds,
    )


def test_what_was_not_asked_cannot_be_answered(store: Store) -> None:
    store.put([POST, dataclasses.replace(POST, source_id="2", author=ANN)])

    with pytest.raises(IllegalTransition, match="nothing was sent"):
        hear_reply(store, ASKING, POST.id, heard("Ja!"))
