"""Time passes by itself, to the second; each warning once; nobody's reply is passed over."""

import dataclasses
import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from search.alert_settings import Alert
from search.alerting.evaluation import evaluate
from search.alerting.memory import remembered
from search.config import Config
from search.permissions.answers import find_answers
from search.permissions.asking import draft, sent
from search.permissions.duties import Duty, Kind, working_days_after
from search.permissions.events import Evidence, Step
from search.permissions.keeping import Permissions, due_step
from search.permissions.passing import MOST_KEPT, Passing, keep_to_do, kept_to_do
from search.permissions.replying.asked import fingerprint
from search.permissions.replying.judgement import Verdict
from search.permissions.standing import NEW
from search.permissions.transitions import after
from search.stores.base import Store
from search.stores.embedded import EmbeddedStore
from search.vocabulary import Basis, Hold, Permission, SourceState
from tests.crawling import run_sayso
from tests.permissions.inventing import DAY, GRANTED, NOW, SCOPE, WEBSITE, event, post
from tests.permissions.test_asking import ASKING, CONFIG, OURS, POST, reply
from tests.stores.conftest import store as both

__all__ = ["both"]

LAST = SCOPE.valid_until
END = dt.datetime.combine(LAST, dt.time(23, 59, 59), tzinfo=dt.UTC)
SECOND = dt.timedelta(seconds=1)
SHOP = "https://shop.example/"
WORD = "#YesStorm-7F3K"


class Clock:
    """A clock that is set by hand."""

    def __init__(self, now: dt.datetime) -> None:
        self.now = now

    def __call__(self) -> dt.datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Open a store with a few posts."""
    with EmbeddedStore(tmp_path / "mentions.db") as store:
        store.put([post(n) for n in range(1, 4)])
        yield store


def record(
    store: Store,
    *steps: Step,
    mention: str = post(1).id,
    at: dt.datetime = NOW,
    **fields: object,
) -> None:
    for step in steps:
        Permissions(store).record(event(step, at, mention, **fields))


def grant(store: Store, mention: str = post(1).id) -> None:
    record(store, Step.QUEUE, Step.SEND, Step.GRANT, mention=mention)


def look(store: Store, clock: Clock, at: dt.datetime) -> list[Duty]:
    clock.now = at
    return Passing(store, clock).to_do(Config(), at)


@pytest.mark.parametrize(
    ("at", "expected"), [(END, None), (END + SECOND, Step.EXPIRE)], ids=["last second", "next"]
)
def test_a_grant_ends_with_the_last_second_of_its_last_day_in_utc(
    store: Store, at: dt.datetime, expected: Step | None
) -> None:
    grant(store)
    permissions = Permissions(store, clock=lambda: at)
    stored = store.get(post(1).id)
    reasons = [each.code for each in permissions.decide(stored, WEBSITE).reasons]

    assert expected is due_step(permissions.standing(stored.id), at)
    assert ([] if expected is None else ["expired"]) == reasons
    assert END == stored.state.granted_until_at


@pytest.mark.parametrize("hours", [-11, 2, 14])
def test_no_clock_elsewhere_ends_it_sooner_or_later(hours: int) -> None:
    standing = after(GRANTED)
    zone = dt.timezone(dt.timedelta(hours=hours))

    assert due_step(standing, END.astimezone(zone)) is None
    assert Step.EXPIRE is due_step(standing, (END + SECOND).astimezone(zone))


@pytest.mark.parametrize(("late", "expected"), [(0, None), (1, Step.NO_RESPONSE)])
def test_an_answer_counts_until_the_last_second(late: int, expected: Step | None) -> None:
    standing = after([event(Step.QUEUE), event(Step.SEND, due_at=END)])

    assert expected is due_step(standing, END + late * SECOND)


def test_a_round_expires_and_names_the_places_to_take_down_by_when(
    both: Store, clock: Clock
) -> None:
    both.put([post(1)])
    grant(both)
    record(both, Step.PLACE, place=SHOP)
    passing = Passing(both, clock)
    before = passing.pass_by(Config())
    clock.now = END + 3 * DAY
    done = passing.pass_by(Config())
    record(both, Step.TAKE_DOWN, place=SHOP, at=clock.now)
    clock.now += 30 * DAY
    later = passing.pass_by(Config())

    assert ((), ()) == (before.ended, before.to_do)
    assert [(post(1).id, Permission.EXPIRED)] == [(a, b.permission) for a, b in done.ended]
    (duty,) = done.to_do
    assert (Kind.TAKE_DOWN, SHOP, END + 7 * DAY) == (duty.kind, duty.about, duty.deadline)
    assert not duty.is_overdue(END + 7 * DAY)
    assert duty.is_overdue(END + 7 * DAY + SECOND)
    assert ((), ()) == (later.ended, later.to_do)


def test_each_warning_is_given_once_for_each_version_of_a_grant(both: Store, clock: Clock) -> None:
    both.put([post(1)])
    grant(both)

    def warned(days_before: int, passing: Passing) -> list[int]:
        clock.now = END - days_before * DAY
        return [each.days for each in passing.pass_by(Config()).warnings]

    one, other = Passing(both, clock), Passing(both, clock)
    told = [warned(days, each) for days in (31, 30, 29, 8, 7, 6, 0) for each in (one, other)]
    record(both, Step.GRANT, at=END - DAY, scope=SCOPE)

    assert [[], [], [30], [], [], [], [], [], [7], [], [], [], [], []] == told
    assert [7] == warned(1, other)
    assert [] == warned(1, one)


def test_a_contract_is_warned_of_as_a_grant_is(store: Store, clock: Clock) -> None:
    proof = Evidence(sha256="0" * 64, confirmed_by="Ida")
    record(store, Step.BASIS, basis=Basis.CONTRACT, scope=SCOPE, evidence=proof)
    record(store, Step.PLACE, place=SHOP)
    clock.now = END - 5 * DAY

    passing = Passing(store, clock)
    told = [[each.days for each in passing.pass_by(Config()).warnings] for _ in range(2)]
    clock.now = END + DAY
    (duty,) = passing.pass_by(Config()).to_do

    assert [[7], []] == told
    assert (Kind.TAKE_DOWN, END + 7 * DAY) == (duty.kind, duty.deadline)


def ask(store: Store) -> str:
    store.put([POST])
    record(store, Step.QUEUE, mention=POST.id)
    made, _ = draft(store, CONFIG, POST.id, NOW)
    sent(store, POST.id, OURS, "Ida", NOW)
    return made.token


@pytest.mark.parametrize("config", [CONFIG, Config()], ids=["asking", "without an asking table"])
def test_no_answer_is_only_recorded_after_a_look_at_the_replies(
    store: Store, clock: Clock, config: Config
) -> None:
    ask(store)
    late = NOW + 20 * DAY
    store.put([reply("Javisst, gärna!")])
    clock.now = late
    passing = Passing(store, clock)
    left = passing.pass_by(config)
    record(store, Step.DECLINE, mention=POST.id, at=late,
           evidence=Evidence(text="Javisst", url=reply("").url))  # fmt: skip
    read = passing.pass_by(config)

    assert () == left.ended
    assert [(Kind.READ_REPLY, POST.id)] == [(duty.kind, duty.mention) for duty in left.to_do]
    assert "sayso permissions replies" in left.to_do[0].sentence(late)
    assert () == read.to_do


AUTO = Config(
    asking=CONFIG.asking and CONFIG.asking.model_copy(update={"confirm_replies": "auto"})
)


@pytest.mark.parametrize(
    ("text", "config", "permission"),
    [
        ("Ja! {token} @storm", AUTO, Permission.GRANTED),
        ("Ja! {token} @storm", CONFIG, Permission.REQUESTED),
        ("Nej, helst inte", AUTO, Permission.DECLINED),
        ("Javisst, gärna!", AUTO, Permission.REQUESTED),
    ],
)
def test_clear_replies_are_recorded_by_themselves_if_that_is_switched_on(
    store: Store, clock: Clock, text: str, config: Config, permission: Permission
) -> None:
    token = ask(store)
    store.put([reply(text.replace("{token}", token))])

    done = Passing(store, clock).pass_by(config)

    standing = Permissions(store).standing(POST.id)
    assert permission is standing.permission
    assert (permission is not Permission.REQUESTED) == bool(done.answered)
    assert ["auto"] * len(standing.grants) == [
        grant.event.evidence.confirmed_by for grant in standing.grants
    ]


def test_a_yes_for_paid_advertising_is_always_confirmed_by_a_person(
    store: Store, clock: Clock
) -> None:
    store.put([POST])
    paid = dataclasses.replace(SCOPE, paid_ads=True)
    record(store, Step.QUEUE, mention=POST.id, scope=paid)
    sent_as = Evidence(text="May we?", url=OURS, terms_version="2026-01")
    record(store, Step.SEND, mention=POST.id, evidence=sent_as, token=WORD,
           content=fingerprint(POST))  # fmt: skip
    store.put([reply(f"Ja! {WORD} @storm")])

    done = Passing(store, clock).pass_by(AUTO)

    assert () == done.answered
    assert Permission.REQUESTED is Permissions(store).standing(POST.id).permission
    (answer,) = find_answers(store, ASKING)
    assert Verdict.GRANT is answer.judgement.verdict


def test_without_a_reply_no_answer_means_no(store: Store, clock: Clock) -> None:
    ask(store)
    store.put([reply("Storm igen!", reply_to="https://social.example/@bo/9")])
    clock.now = NOW + 20 * DAY

    done = Passing(store, clock).pass_by(CONFIG)

    assert [Permission.NO_RESPONSE] == [standing.permission for _, standing in done.ended]


def test_a_revocation_is_to_be_followed_within_the_days_of_its_scope(
    store: Store, clock: Clock
) -> None:
    for name, days in ((post(1).id, 2), (post(2).id, 30)):
        scope = dataclasses.replace(SCOPE, takedown_days=days)
        record(store, Step.QUEUE, Step.SEND, mention=name)
        record(store, Step.GRANT, mention=name, scope=scope)
        record(store, Step.PLACE, mention=name, place=SHOP)
        record(store, Step.REVOKE, mention=name, at=NOW + DAY)

    due = look(store, clock, NOW + 10 * DAY)

    assert [(post(1).id, NOW + 3 * DAY), (post(2).id, NOW + 31 * DAY)] == [
        (duty.mention, duty.deadline) for duty in due
    ]
    assert [True, False] == ["OVERDUE" in duty.sentence(NOW + 10 * DAY) for duty in due]


def test_what_may_show_a_child_is_gone_within_72_hours(store: Store, clock: Clock) -> None:
    grant(store)
    record(store, Step.PLACE, place=SHOP)
    record(store, Step.HOLD, hold=Hold.MINOR_SUSPECTED, at=NOW)

    (duty,) = look(store, clock, NOW)

    assert (Kind.TAKE_DOWN, NOW + 3 * DAY) == (duty.kind, duty.deadline)


def test_what_is_used_without_any_basis_is_to_be_taken_down_at_once(
    store: Store, clock: Clock
) -> None:
    record(store, Step.PLACE, place=SHOP)

    (duty,) = look(store, clock, NOW)

    assert (None, "nothing allows it") == (duty.deadline, duty.why)
    assert duty.is_overdue(NOW)


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (SourceState.GONE, [Kind.TAKE_DOWN, Kind.ORIGINAL]),
        (SourceState.PRIVATE, [Kind.TAKE_DOWN, Kind.ORIGINAL]),
        (SourceState.UNREACHABLE, []),
        (SourceState.LIVE, []),
    ],
)
def test_an_original_that_is_gone_is_something_to_do_and_one_out_of_reach_is_not(
    store: Store, clock: Clock, state: SourceState, expected: list[Kind]
) -> None:
    grant(store)
    record(store, Step.PLACE, place=SHOP)
    record(store, Step.SOURCE, source_state=state)

    assert sorted(expected) == sorted(duty.kind for duty in look(store, clock, NOW))


def test_holds_are_looked_at_within_five_working_days_from_when_they_began(
    store: Store, clock: Clock
) -> None:
    friday = dt.datetime(2026, 11, 27, 9, tzinfo=dt.UTC)
    record(store, Step.HOLD, hold=Hold.DISPUTED, at=friday - 9 * DAY)
    record(store, Step.RELEASE, hold=Hold.DISPUTED, at=friday - 8 * DAY)
    record(store, Step.HOLD, hold=Hold.DISPUTED, at=friday)
    record(store, Step.HOLD, hold=Hold.DISPUTED, at=friday + 3 * DAY)
    record(store, Step.HOLD, hold=Hold.DO_NOT_CONTACT, at=friday)

    (duty,) = look(store, clock, NOW)

    assert (Kind.REVIEW, "disputed") == (duty.kind, duty.about)
    assert friday + 7 * DAY == duty.deadline == working_days_after(friday, 5)


def test_overdue_places_come_before_everything_else(store: Store, clock: Clock) -> None:
    record(store, Step.HOLD, mention=post(2).id, hold=Hold.DISPUTED, at=NOW - 300 * DAY)
    grant(store)
    record(store, Step.PLACE, place=SHOP)
    record(store, Step.REVOKE)

    due = look(store, clock, NOW + 8 * DAY)

    assert [Kind.TAKE_DOWN, Kind.REVIEW] == [duty.kind for duty in due]


@pytest.mark.parametrize("config", [CONFIG, Config()], ids=["asking", "without an asking table"])
def test_a_reply_that_somebody_has_recorded_is_read(
    store: Store, clock: Clock, config: Config
) -> None:
    ask(store)
    store.put([reply("Javisst, gärna!")])
    record(store, Step.HOLD, mention=POST.id, hold=Hold.IDENTITY_MISMATCH,
           evidence=Evidence(text="Javisst", url=reply("").url))  # fmt: skip
    clock.now = NOW + 20 * DAY

    done = Passing(store, clock).pass_by(config)

    assert [Permission.NO_RESPONSE] == [standing.permission for _, standing in done.ended]


CHANGED = post(1, text="Storm tastes of nothing")


def test_changed_content_is_held_once_and_released_content_is_accepted(
    both: Store, clock: Clock
) -> None:
    both.put([post(1)])
    name = asked_for(both)
    passing = Passing(both, clock)
    unchanged = passing.pass_by(Config()).held
    both.put([CHANGED])
    held = [passing.pass_by(Config()).held for _ in range(2)]
    decision = passing.permissions.decide(both.get(name), WEBSITE)
    record(both, Step.RELEASE, hold=Hold.CONTENT_CHANGED)
    released = passing.pass_by(Config()).held

    assert () == unchanged
    assert [(name,), ()] == held
    assert ["it is on hold: content_changed"] == [each.sentence for each in decision.reasons]
    assert () == released
    assert passing.permissions.decide(both.get(name), WEBSITE).is_usable


def asked_for(store: Store) -> str:
    """Get a grant for the first post as a person at the command line does."""
    from search.permissions.step_commands import record as say  # noqa: PLC0415 - named like ours

    name = post(1).id
    say(store, name, Step.QUEUE, scope="channels=website; territories=SE")
    say(store, name, Step.SEND, url=OURS)
    say(store, name, Step.GRANT, text="Yes", terms_version="2026-01")
    return name


def test_content_that_changes_behind_a_review_is_held_again(store: Store, clock: Clock) -> None:
    name = asked_for(store)
    passing = Passing(store, clock)
    store.put([CHANGED])
    passing.pass_by(Config())
    looked_at = passing.permissions.standing(name)
    store.put([post(1, text="Buy my watches")])
    record(store, Step.RELEASE, hold=Hold.CONTENT_CHANGED)
    again = passing.pass_by(Config()).held
    store.put([CHANGED])
    back = passing.pass_by(Config()).held
    record(store, Step.RELEASE, hold=Hold.CONTENT_CHANGED)
    settled = passing.pass_by(Config()).held

    assert Hold.CONTENT_CHANGED in looked_at.holds
    assert [(name,), (name,), ()] == [again, back, settled]


def test_content_is_not_compared_where_it_is_not_known(store: Store, clock: Clock) -> None:
    record(store, Step.QUEUE, Step.SEND)
    store.put([CHANGED])

    assert () == Passing(store, clock).pass_by(Config()).held


def test_alerts_tell_of_each_thing_once_and_again_when_it_is_overdue(
    store: Store, clock: Clock
) -> None:
    config = Config(alerts=(Alert(name="rights", on="permission", channels=("team",)),))  # type: ignore[arg-type]  # as TOML says it
    grant(store)
    record(store, Step.PLACE, place="https://shop.example/@everyone")
    record(store, Step.REVOKE, at=NOW)
    passing = Passing(store, clock)
    passing.pass_by(config)
    for _ in range(2):
        evaluate(store, config, now=clock.now)
    clock.now = NOW + 8 * DAY
    passing.pass_by(config)
    for _ in range(2):
        evaluate(store, config, now=clock.now)

    first, second = remembered(store.notes)["rights"].deliveries
    assert "permissions: 1 thing to do" == first.title == second.title
    assert "take it down from https://shop.example/@\u2060everyone, until 2026-12-05" in first.body
    assert "OVERDUE" in second.body


def test_of_very_much_to_do_the_most_urgent_is_kept(store: Store) -> None:
    many = [
        Duty(kind=Kind.REVIEW, mention=f"{n:032x}", about="disputed", why="-", deadline=NOW)
        for n in range(MOST_KEPT + 5)
    ]

    keep_to_do(store.notes, many, NOW)

    assert MOST_KEPT == len(kept_to_do(store.notes))


def test_a_permission_that_nobody_began_is_never_due() -> None:
    assert due_step(NEW, NOW + 9999 * DAY) is None


def test_due_exits_with_3_and_says_what_in_json(tmp_path: Path) -> None:
    with EmbeddedStore(tmp_path / "sayso.db") as store:
        mention = post(1)
        store.put([mention])
        Permissions(store).record(event(Step.PLACE, mention=mention.id, place=SHOP))

    due = run_sayso("permissions", "due", "--json", cwd=tmp_path)
    updated = run_sayso("permissions", "update", cwd=tmp_path)

    assert 3 == due.returncode, due.stderr
    (said,) = map(json.loads, due.stdout.splitlines())
    assert ("take_down", SHOP, True) == (said["kind"], said["about"], said["overdue"])
    assert (0, True) == (updated.returncode, "1 things to do" in updated.stdout)
