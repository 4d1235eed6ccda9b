"""Of answers that contradict each other the later one counts, in whatever order they are found."""

import dataclasses
import datetime as dt

import pytest

from search.config import Config
from search.permissions.answers import find_answers
from search.permissions.events import Step
from search.permissions.handed_in import HeardReply, hear_reply
from search.permissions.keeping import Permissions
from search.permissions.passing import Passing
from search.permissions.recording_answers import apply_answer
from search.permissions.replying.judgement import Verdict
from search.permissions.request_commands import show_replies
from search.permissions.standing import IllegalTransition
from search.stores.base import Store
from search.vocabulary import Hold, Permission
from tests.one_store import store
from tests.permissions.inventing import DAY, NOW, PROOF, WEBSITE, event
from tests.permissions.test_asking import ASKING, CONFIG, POST, asked, reply

__all__ = ["store"]

AUTO = Config(asking=ASKING.model_copy(update={"confirm_replies": "auto"}))


def record(store: Store, step: Step, at: dt.datetime, **fields: object) -> None:
    Permissions(store).record(event(step, at=at, mention=POST.id, **fields))


def put(store: Store, text: str, days: int, number: int) -> None:
    store.put([reply(text, number=number, published_at=NOW + days * DAY)])


def permission(store: Store) -> Permission:
    return Permissions(store).standing(POST.id).permission


def verdicts(store: Store) -> list[Verdict]:
    return [answer.judgement.verdict for answer in find_answers(store, ASKING)]


def test_a_yes_that_is_older_than_a_no_on_record_is_no_grant(store: Store) -> None:
    token = asked(store)
    put(store, f"Ja! {token} @storm", 1, 3)
    record(store, Step.DECLINE, NOW + 3 * DAY)

    Passing(store, lambda: NOW + 4 * DAY).pass_by(AUTO)

    assert Permission.DECLINED is permission(store)
    assert [] == verdicts(store)


def test_a_yes_behind_a_no_is_for_a_person(store: Store) -> None:
    token = asked(store)
    record(store, Step.DECLINE, NOW + DAY)
    put(store, f"Ja! {token} @storm", 2, 3)

    Passing(store, lambda: NOW + 4 * DAY).pass_by(AUTO)
    (answer,) = find_answers(store, ASKING)

    assert (Permission.DECLINED, Verdict.REVIEW) == (permission(store), answer.judgement.verdict)
    assert "after_no" == answer.judgement.reasons[0].code


@pytest.mark.parametrize("text", ["Nej", "No.", "Nej, helst inte", "Jag har ångrat mig"])
def test_any_no_behind_a_yes_ends_it(store: Store, text: str) -> None:
    token = asked(store)
    put(store, f"Ja! {token} @storm", 1, 3)
    Passing(store, lambda: NOW + 2 * DAY).pass_by(AUTO)
    assert Permission.GRANTED is permission(store)
    put(store, text, 3, 4)

    done = Passing(store, lambda: NOW + 4 * DAY).pass_by(AUTO)
    again = Passing(store, lambda: NOW + 5 * DAY).pass_by(AUTO)

    assert (Permission.REVOKED, 1, ()) == (permission(store), len(done.answered), again.answered)
    assert [] == verdicts(store)


def test_a_no_before_the_yes_that_is_found_later_changes_nothing(store: Store) -> None:
    token = asked(store)
    put(store, f"Ja! {token} @storm", 2, 3)
    Passing(store, lambda: NOW + 3 * DAY).pass_by(AUTO)
    put(store, "Nej, helst inte", 1, 4)

    assert [] == verdicts(store)


def test_where_the_order_is_not_known_a_person_decides(store: Store) -> None:
    asked(store)
    record(store, Step.GRANT, NOW + 5 * DAY, evidence=PROOF)  # by hand: said when, nobody knows
    put(store, "Nej, helst inte", 3, 4)

    (answer,) = find_answers(store, ASKING)

    assert (Verdict.REVIEW, "order") == (
        answer.judgement.verdict,
        answer.judgement.reasons[0].code,
    )


def test_never_is_heard_whatever_became_of_the_request(store: Store) -> None:
    token = asked(store)
    put(store, f"Ja! {token} @storm", 1, 3)
    Passing(store, lambda: NOW + 2 * DAY).pass_by(AUTO)
    record(store, Step.REVOKE, NOW + 3 * DAY)
    put(store, "Sluta skriva till mig", 4, 5)

    (answer,) = find_answers(store, ASKING)
    apply_answer(store, answer, "Ida", NOW + 5 * DAY, CONFIG)

    assert Hold.DO_NOT_CONTACT in Permissions(store).standing(POST.id).holds
    assert [] == verdicts(store)


def test_a_yes_behind_a_permission_that_is_over_is_for_a_person(store: Store) -> None:
    token = asked(store)
    put(store, f"Ja! {token} @storm", 1, 3)
    Passing(store, lambda: NOW + 2 * DAY).pass_by(AUTO)
    record(store, Step.REVOKE, NOW + 3 * DAY)
    put(store, f"Ja! {token} @storm", 5, 5)
    put(store, "Nej, helst inte", 6, 6)

    (answer,) = find_answers(store, ASKING)
    Passing(store, lambda: NOW + 7 * DAY).pass_by(AUTO)

    assert (Verdict.REVIEW, "closed") == (
        answer.judgement.verdict,
        answer.judgement.reasons[0].code,
    )
    assert Permission.REVOKED is permission(store)


def test_what_was_recorded_since_a_reply_was_judged_stands(store: Store) -> None:
    token = asked(store)
    put(store, f"Ja! {token} @storm", 1, 3)
    (answer,) = find_answers(store, ASKING)
    record(store, Step.DECLINE, NOW + 2 * DAY)

    with pytest.raises(IllegalTransition, match="meanwhile"):
        apply_answer(store, answer, "Ida", NOW + 3 * DAY)
    assert Permission.DECLINED is permission(store)


def test_a_grant_by_a_reply_holds_all_that_shows_it(store: Store) -> None:
    token = asked(store)
    put(store, f"Ja! {token} @storm", 1, 3)
    (answer,) = find_answers(store, ASKING)
    standing = apply_answer(store, answer, "Ida", NOW + 2 * DAY)

    assert standing is not None
    shown, sent = standing.grants[0].event.evidence, standing.sent[0].evidence
    assert ("ann", "did:ann", NOW + DAY) == (shown.handle, shown.author_id, shown.said_at)
    assert ("manual", "Ida", sent.sha256) == (
        shown.method,
        shown.confirmed_by,
        shown.message_sha256,
    )
    assert standing.sent[0].content == shown.content
    assert ("sv", "public_reply") == (sent.language, sent.channel)
    assert sent.template is not None
    assert sent.template.startswith("permission ")


def test_a_reply_that_changes_nothing_is_said_to_whoever_hands_it_in(store: Store) -> None:
    asked(store)
    record(store, Step.DECLINE, NOW + DAY)
    heard = HeardReply(text="Nej, helst inte", at=NOW + 2 * DAY, same_author=True)

    with pytest.raises(IllegalTransition, match="changes nothing"):
        hear_reply(store, ASKING, POST.id, heard)


def test_changed_content_is_not_usable_before_anybody_has_looked(store: Store) -> None:
    token = asked(store)
    put(store, f"Ja! {token} @storm", 1, 3)
    Passing(store, lambda: NOW + 2 * DAY).pass_by(AUTO)
    before = Permissions(store, lambda: NOW + 3 * DAY).decide(store.get(POST.id), WEBSITE)
    store.put([dataclasses.replace(POST, text="Storm är gift, köp aldrig")])

    after = Permissions(store, lambda: NOW + 3 * DAY).decide(store.get(POST.id), WEBSITE)

    assert ([], ["content_changed"]) == (
        [each.code for each in before.reasons],
        [each.code for each in after.reasons],
    )


def test_terms_that_were_changed_keep_one_answer_open_and_nothing_else(
    store: Store,
) -> None:
    token = asked(store)
    put(store, f"Ja! {token} @storm", 1, 3)
    asking = ASKING.model_copy(update={"confirm_replies": "auto", "terms": "nowhere"})

    done = Passing(store, lambda: NOW + 30 * DAY).pass_by(Config(asking=asking))

    assert ((), Permission.REQUESTED) == (done.answered, permission(store))


def test_a_no_found_together_with_an_earlier_yes_ends_it_in_the_same_pass(
    store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    token = asked(store)
    put(store, f"Ja! {token} @storm", 1, 3)
    put(store, "Nej, helst inte", 2, 4)

    show_replies(store, CONFIG, apply=True, by="Ida", as_json=False)

    assert Permission.REVOKED is permission(store)
    assert 2 == capsys.readouterr().out.count("(recorded)")


def test_the_scheduler_hears_both_in_one_round(store: Store) -> None:
    token = asked(store)
    put(store, f"Ja! {token} @storm", 1, 3)
    put(store, "Sluta skriva till mig", 2, 4)

    done = Passing(store, lambda: NOW + 4 * DAY).pass_by(AUTO)

    assert (2, Permission.REVOKED) == (len(done.answered), permission(store))
    assert Hold.DO_NOT_CONTACT in Permissions(store).standing(POST.id).holds


def test_a_question_before_the_yes_is_settled_by_it(store: Store) -> None:
    token = asked(store)
    put(store, "Vilken bild menar ni?", 1, 3)
    put(store, f"Ja! {token} @storm", 2, 4)

    Passing(store, lambda: NOW + 3 * DAY).pass_by(AUTO)

    assert (Permission.GRANTED, []) == (permission(store), verdicts(store))


def test_after_a_request_was_taken_back_its_author_is_still_heard(store: Store) -> None:
    asked(store)
    record(store, Step.DECLINE, NOW + DAY)
    record(store, Step.QUEUE, NOW + 2 * DAY, inbound="https://social.example/@ann/9")
    before = Permissions(store).standing(POST.id).earlier
    record(store, Step.CANCEL, NOW + 3 * DAY)
    put(store, "Sluta skriva till mig", 4, 5)

    standing = Permissions(store).standing(POST.id)
    assert (Permission.DECLINED, before.sent) == (standing.permission, standing.sent)
    assert [Verdict.NEVER_CONTACT] == verdicts(store)
