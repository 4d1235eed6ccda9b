"""From a queued mention to the author's answer: a person sends, the rest is recorded."""

import dataclasses
import datetime as dt

import pytest

from search.config import Config
from search.config_tables import Asking
from search.errors import ConfigError
from search.mention import Author, Mention
from search.permissions.answers import find_answers
from search.permissions.asking import _situation, draft, has_draft, sent
from search.permissions.events import Step
from search.permissions.keeping import Permissions
from search.permissions.recording_answers import apply_answer
from search.permissions.replying.judgement import Verdict
from search.permissions.standing import IllegalTransition
from search.permissions.step_commands import BadEvidence, record
from search.stores.base import Store
from search.tags import RightsSignal
from search.vocabulary import Effect, Hold, Permission
from tests.permissions.inventing import DAY, NOW, WEBSITE, event
from tests.stores.conftest import store

__all__ = ["store"]

ASKING = Asking(
    brand="Storm",
    brand_handle="storm",
    person="Ida",
    terms_version="2026-01",
    terms_url="https://storm.example/terms",
    privacy_url="https://storm.example/privacy",
)
CONFIG = Config(asking=ASKING)
ANN = Author(name="ann", id="did:ann")
POST = Mention(
    source="mastodon",
    source_id="1",
    url="https://social.example/@ann/1",
    text="Min nya favorit: Storm!",
    author=ANN,
    language="sv",
)
OURS = "https://social.example/@storm/2"


def reply(text: str, **fields: object) -> Mention:
    number = fields.pop("number", 3)
    whole = {
        "source": "mastodon", "source_id": str(number), "text": text, "author": ANN,
        "url": f"https://social.example/@ann/{number}", "reply_to": OURS, "language": "sv",
        "published_at": NOW + DAY, "handles": ("storm",),
    }  # fmt: skip
    return Mention(**{**whole, **fields})  # type: ignore[arg-type]  # a test's short form


def asked(store: Store) -> str:
    """Ask for the post; return the word that means yes."""
    store.put([POST])
    Permissions(store).record(event(Step.QUEUE, mention=POST.id))
    made, _ = draft(store, CONFIG, POST.id, NOW)
    sent(store, POST.id, OURS, "Ida", NOW)
    return made.token


def test_a_request_is_composed_in_the_authors_language_and_kept_as_sent(store: Store) -> None:
    store.put([POST])
    Permissions(store).record(event(Step.QUEUE, mention=POST.id))

    made, composed = draft(store, CONFIG, POST.id[:8], NOW)
    again, _ = draft(store, CONFIG, POST.id, NOW + DAY)
    standing = sent(store, POST.id, OURS, "Ida", NOW + DAY)

    assert ("sv", "mastodon") == (composed.language, composed.platform)
    assert "https://storm.example/terms" in composed.text
    assert made.token == again.token
    assert (again.text, OURS) == (standing.sent[0].evidence.text, standing.sent[0].evidence.url)
    assert (made.token, "2026-01") == (
        standing.sent[0].token,
        standing.sent[0].evidence.terms_version,
    )
    assert standing.due_at is not None
    assert (NOW + 15 * DAY).date() == standing.due_at.date()
    assert not has_draft(store, POST.id)


def test_only_what_is_queued_is_asked_for_and_nobody_who_does_not_want_it(store: Store) -> None:
    shy = dataclasses.replace(
        POST, source_id="9",
        rights_signals=(RightsSignal(name="#nobot", raw="#nobot", found_in="profile",
                                     effects=(Effect.NO_CONTACT,)),),
    )  # fmt: skip
    store.put([POST, shy])
    Permissions(store).record(event(Step.QUEUE, mention=shy.id))

    with pytest.raises(IllegalTransition, match="it is not requested"):
        draft(store, CONFIG, POST.id, NOW)
    with pytest.raises(IllegalTransition, match="asks not to be contacted"):
        draft(store, CONFIG, shy.id, NOW)
    with pytest.raises(ConfigError, match="add an \\[asking\\] table"):
        draft(store, Config(), POST.id, NOW)
    with pytest.raises(IllegalTransition, match="no request was composed"):
        sent(store, shy.id, OURS, "Ida", NOW)


def test_a_clear_yes_is_proposed_and_granted_when_a_person_applies_it(store: Store) -> None:
    token = asked(store)
    store.put([reply(f"Ja! {token} @storm")])

    (answer,) = find_answers(store, ASKING)
    before = Permissions(store).standing(POST.id).permission
    standing = apply_answer(store, answer, "Ida", NOW + 2 * DAY)

    assert Verdict.GRANT is answer.judgement.verdict
    assert Permission.REQUESTED is before
    assert standing is not None
    evidence = standing.grants[0].event.evidence
    assert (answer.reply.mention.url, "did:ann") == (evidence.url, evidence.author_id)
    assert ("2026-01", "Ida") == (evidence.terms_version, evidence.confirmed_by)
    permissions = Permissions(store, clock=lambda: NOW + 2 * DAY)
    assert permissions.decide(store.get(POST.id), WEBSITE).is_usable
    assert [] == list(find_answers(store, ASKING))


@pytest.mark.parametrize(
    ("text", "fields", "verdict", "permission"),
    [
        ("Nej, helst inte", {}, Verdict.DECLINE, Permission.DECLINED),
        ("Sluta skriva till mig", {}, Verdict.NEVER_CONTACT, Permission.DECLINED),
        ("Javisst, gärna!", {}, Verdict.REVIEW, Permission.REQUESTED),
        ("Ja {token} men bara på Instagram", {}, Verdict.REVIEW, Permission.REQUESTED),
        ("Ja! {token} @storm", {"published_at": NOW - DAY}, Verdict.REVIEW, Permission.REQUESTED),
        ("Ja! {token} @storm", {"author": Author(name="ann", id=None)}, Verdict.REVIEW,
         Permission.REQUESTED),
    ],
)  # fmt: skip
def test_what_is_no_clear_yes_is_no_grant(
    store: Store,
    text: str,
    fields: dict[str, object],
    verdict: Verdict,
    permission: Permission,
) -> None:
    token = asked(store)
    store.put([reply(text.replace("{token}", token), **fields)])

    (answer,) = find_answers(store, ASKING)
    apply_answer(store, answer, "Ida", NOW + 2 * DAY)

    standing = Permissions(store).standing(POST.id)
    assert (verdict, permission) == (answer.judgement.verdict, standing.permission)
    assert (verdict is Verdict.NEVER_CONTACT) == (Hold.DO_NOT_CONTACT in standing.holds)


def test_a_yes_by_another_or_on_changed_content_grants_nothing(store: Store) -> None:
    token = asked(store)
    other = Author(name="bo", id="did:bo")
    store.put([reply(f"Ja! {token} @storm", author=other)])
    by_another = [each.judgement.verdict for each in find_answers(store, ASKING)]
    store.put([dataclasses.replace(POST, text="Något helt annat")])
    store.put([reply(f"Ja! {token} @storm", number=4)])
    on_changed = [
        each.judgement.verdict
        for each in find_answers(store, ASKING)
        if each.reply.mention.author == ANN
    ]

    assert Verdict.GRANT not in by_another
    assert [Verdict.REVIEW] == on_changed


def test_a_withdrawal_takes_a_grant_back(store: Store) -> None:
    token = asked(store)
    store.put([reply(f"Ja! {token} @storm")])
    for answer in list(find_answers(store, ASKING)):
        apply_answer(store, answer, "Ida", NOW + 2 * DAY)
    store.put([reply("Jag har ångrat mig, ta bort bilden", number=5,
                     published_at=NOW + dt.timedelta(days=20))])  # fmt: skip

    (answer,) = find_answers(store, ASKING)
    apply_answer(store, answer, "Ida", NOW + 21 * DAY)

    assert Verdict.WITHDRAW is answer.judgement.verdict
    assert Permission.REVOKED is Permissions(store).standing(POST.id).permission


def test_who_addressed_the_brand_is_known_with_and_without_the_host() -> None:
    for handles in (("storm",), ("storm@social.example",)):
        assert _situation(dataclasses.replace(POST, handles=handles), ASKING).they_mentioned
    assert not _situation(dataclasses.replace(POST, handles=("storms",)), ASKING).they_mentioned


def test_of_a_composed_request_only_where_and_until_when_is_said(store: Store) -> None:
    store.put([POST])
    Permissions(store).record(event(Step.QUEUE, mention=POST.id))
    draft(store, CONFIG, POST.id, NOW)

    with pytest.raises(BadEvidence, match="--url"):
        record(store, POST.id, Step.SEND, url=None, by=None, due=None)
    with pytest.raises(BadEvidence, match="terms version is not taken"):
        record(store, POST.id, Step.SEND, url=OURS, by=None, due=None, terms_version="2")
    record(store, POST.id, Step.SEND, url=OURS, by="Ida", due="2030-01-31", text=None)

    due_at = Permissions(store).standing(POST.id).due_at
    assert due_at is not None
    assert dt.date(2030, 1, 31) == due_at.date()


def test_answers_to_many_requests_are_found_each_with_its_own(store: Store) -> None:
    posts = [
        dataclasses.replace(POST, source_id=f"1{number}", url=f"{POST.url}{number}")
        for number in range(3)
    ]
    store.put(posts)
    tokens = []
    for number, each in enumerate(posts):
        Permissions(store).record(event(Step.QUEUE, mention=each.id))
        made, _ = draft(store, CONFIG, each.id, NOW)
        sent(store, each.id, f"{OURS}{number}", "Ida", NOW)
        tokens.append(made.token)
    store.put([
        reply(f"Ja! {tokens[2]} @storm", number=71, reply_to=f"{OURS}2"),
        reply("Nej, helst inte", number=72, reply_to=f"{OURS}0"),
        reply(f"Ja! {tokens[1]} @storm", number=73, reply_to=f"{OURS}2"),
    ])  # fmt: skip

    found = {
        (answer.mention.mention.source_id, answer.reply.mention.source_id): verdict
        for answer in find_answers(store, ASKING)
        if (verdict := answer.judgement.verdict)
    }

    assert {
        ("10", "72"): Verdict.DECLINE,
        ("11", "73"): Verdict.REVIEW,  # the word of one request under another
        ("12", "71"): Verdict.GRANT,
        ("12", "73"): Verdict.REVIEW,
    } == found


def test_what_was_sent_in_time_and_is_recorded_late_is_helped(store: Store) -> None:
    review = dataclasses.replace(POST, source="website", language="en")
    store.put([review])
    Permissions(store).record(event(Step.QUEUE, mention=review.id))
    long_ago = dt.datetime.now(dt.UTC) - 30 * DAY
    made, _ = draft(store, CONFIG, review.id, long_ago)
    assert f"{made.respond_by:%Y}" in made.text  # a long message names its last day

    with pytest.raises(IllegalTransition, match="say with --due until when an answer counts"):
        record(store, review.id, Step.SEND, url=OURS, by="Ida", due=None)
    record(store, review.id, Step.SEND, url=OURS, by="Ida", due=made.respond_by.isoformat())

    assert Permission.REQUESTED is Permissions(store).standing(review.id).permission
