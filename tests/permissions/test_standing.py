"""The transitions of rights.md §1.3: each that is listed, and that no other is possible."""

import contextlib
import dataclasses
import datetime as dt
import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.permissions.events import NOTHING, Event, Evidence, Step
from search.permissions.scope import AiUse, Channel, Modification, Use
from search.permissions.standing import NEW, IllegalTransition, Standing
from search.permissions.transitions import after, apply
from search.permissions.usable import usable
from search.vocabulary import Basis, Hold, Permission, SourceState
from tests.permissions.inventing import DAY, GRANTED, NOW, PROOF, SCOPE, WEBSITE, event, post

LATER = NOW + 15 * DAY
TO: dict[Permission, tuple[Event, ...]] = {
    Permission.NOT_REQUESTED: (),
    Permission.QUEUED: GRANTED[:1],
    Permission.REQUESTED: GRANTED[:2],
    Permission.GRANTED: GRANTED,
    Permission.DECLINED: (*GRANTED[:2], event(Step.DECLINE)),
    Permission.NO_RESPONSE: (*GRANTED[:2], event(Step.NO_RESPONSE, LATER)),
    Permission.EXPIRED: (*GRANTED, event(Step.EXPIRE, NOW + 366 * DAY)),
    Permission.REVOKED: (*GRANTED, event(Step.REVOKE)),
}
LISTED = {
    (Permission.NOT_REQUESTED, Step.QUEUE): Permission.QUEUED,
    (Permission.QUEUED, Step.SEND): Permission.REQUESTED,
    (Permission.REQUESTED, Step.GRANT): Permission.GRANTED,
    (Permission.REQUESTED, Step.DECLINE): Permission.DECLINED,
    (Permission.REQUESTED, Step.NO_RESPONSE): Permission.NO_RESPONSE,
    (Permission.NO_RESPONSE, Step.REMIND): Permission.REQUESTED,
    (Permission.NO_RESPONSE, Step.GRANT): Permission.GRANTED,
    (Permission.NO_RESPONSE, Step.DECLINE): Permission.DECLINED,
    (Permission.DECLINED, Step.GRANT): Permission.GRANTED,
    (Permission.GRANTED, Step.GRANT): Permission.GRANTED,
    (Permission.GRANTED, Step.EXPIRE): Permission.EXPIRED,
    (Permission.GRANTED, Step.REVOKE): Permission.REVOKED,
    (Permission.EXPIRED, Step.QUEUE): Permission.QUEUED,
}
LIFECYCLE = (
    Step.QUEUE, Step.SEND, Step.GRANT, Step.DECLINE, Step.NO_RESPONSE, Step.REMIND, Step.EXPIRE,
    Step.REVOKE,
)  # fmt: skip
AT = {Step.EXPIRE: NOW + 366 * DAY, Step.NO_RESPONSE: LATER, Step.REMIND: LATER}


@pytest.mark.parametrize(("permission", "step"), [*itertools.product(Permission, LIFECYCLE)])
def test_only_what_is_listed_can_happen(permission: Permission, step: Step) -> None:
    standing = after(TO[permission])
    at = NOW + 366 * DAY if permission is Permission.EXPIRED else AT.get(step, NOW)
    assert permission is standing.permission

    if (permission, step) in LISTED:
        assert LISTED[permission, step] is apply(standing, event(step, at)).permission
    else:
        with pytest.raises(
            IllegalTransition, match=f"{step} cannot follow on {permission}; allowed now: "
        ):
            apply(standing, event(step, at))


@pytest.mark.parametrize("permission", [Permission.DECLINED, Permission.REVOKED])
def test_who_said_no_is_asked_again_only_after_coming_to_us(permission: Permission) -> None:
    standing = after(TO[permission])

    asked = apply(standing, event(Step.QUEUE, inbound="https://social.example/@ann/9"))

    assert Permission.QUEUED is asked.permission


@pytest.mark.parametrize(
    ("permission", "wrong", "problem"),
    [
        (Permission.NOT_REQUESTED, event(Step.QUEUE, scope=None), "needs a scope"),
        (Permission.QUEUED, event(Step.SEND, evidence=NOTHING), "what was sent is needed"),
        (Permission.REQUESTED, event(Step.GRANT, evidence=NOTHING), "a grant needs evidence"),
        (Permission.REQUESTED,
         event(Step.GRANT, evidence=dataclasses.replace(PROOF, terms_version=None)), "evidence"),
        (Permission.REQUESTED,
         event(Step.GRANT, evidence=dataclasses.replace(PROOF, confirmed_by=None)), "evidence"),
        (Permission.REQUESTED, event(Step.NO_RESPONSE, NOW + 13 * DAY), "answer may come until"),
        (Permission.NO_RESPONSE, event(Step.REMIND, NOW + 6 * DAY), "7 days after the request"),
        (Permission.GRANTED, event(Step.EXPIRE, NOW + 364 * DAY), "the day included"),
        (Permission.GRANTED, event(Step.HOLD), "a hold needs its reason"),
        (Permission.GRANTED, event(Step.RELEASE, hold=Hold.DISPUTED), "does not hold it"),
        (Permission.GRANTED, event(Step.TAKE_DOWN, place="x"), "it is not at 'x'"),
        (Permission.GRANTED, event(Step.PLACE), "where it was put"),
        (Permission.GRANTED, event(Step.SOURCE), "what became of it"),
        (Permission.GRANTED, event(Step.BASIS, basis=Basis.GRANT, evidence=PROOF), "use grant"),
        (Permission.GRANTED, event(Step.BASIS, basis=Basis.OWNED), "needs evidence"),
        (Permission.GRANTED, event(Step.BASIS, basis=Basis.CONTRACT, evidence=PROOF), "a scope"),
        (Permission.GRANTED, event(Step.BASIS, basis=Basis.OPEN_LICENCE, evidence=PROOF), "SPDX"),
    ],
)  # fmt: skip
def test_what_lacks_something_is_refused(
    permission: Permission, wrong: Event, problem: str
) -> None:
    with pytest.raises(IllegalTransition, match=problem):
        apply(after(TO[permission]), wrong)


@pytest.mark.parametrize(
    ("licence", "problem"),
    [
        ("CC-BY-nc-4.0", "'CC-BY-nc-4.0' is not known, did you mean CC-BY-NC-4.0"),
        ("cc0-1.0", "did you mean CC0-1.0"),
        ("cc-by-3.0-nl", "did you mean CC-BY-3.0-NL"),
        ("licenseref-PDM-1.0", "did you mean LicenseRef-PDM-1.0"),
        ("CC-BY-banana", "'CC-BY-banana' is not known; allowed: those of Creative Commons"),
        ("MIT", "'MIT' is not known; allowed"),
        ("LicenseRef-CC-BY", "is not known; allowed"),
        ("", "such as CC-BY-4.0"),
    ],
)
def test_a_licence_that_nobody_knows_is_not_recorded(licence: str, problem: str) -> None:
    basis = event(Step.BASIS, basis=Basis.OPEN_LICENCE, licence=licence, evidence=PROOF)

    with pytest.raises(IllegalTransition, match=problem):
        apply(after([]), basis)


@pytest.mark.parametrize(
    "licence", ["CC-BY-4.0", "CC-BY-NC-SA-3.0-NL", "CC0-1.0", "LicenseRef-PDM-1.0"]
)
def test_a_licence_that_is_known_is_recorded(licence: str) -> None:
    basis = event(Step.BASIS, basis=Basis.OPEN_LICENCE, licence=licence, evidence=PROOF)

    assert licence == after([basis]).licence


@pytest.mark.parametrize("hold", [Hold.DO_NOT_CONTACT, Hold.MINOR_SUSPECTED, Hold.NOT_REUSABLE])
def test_nobody_is_asked_who_must_not_be(hold: Hold) -> None:
    with pytest.raises(IllegalTransition, match="do not ask"):
        apply(after([event(Step.HOLD, hold=hold)]), event(Step.QUEUE))


def test_one_reminder_is_enough() -> None:
    reminded = after([*TO[Permission.NO_RESPONSE], event(Step.REMIND, LATER)])
    silent = apply(reminded, event(Step.NO_RESPONSE, LATER + 15 * DAY))

    with pytest.raises(IllegalTransition, match="one reminder is enough"):
        apply(silent, event(Step.REMIND, LATER + 30 * DAY))


def test_a_changed_scope_is_another_version_of_the_grant() -> None:
    wider = dataclasses.replace(SCOPE, paid_ads=True)

    standing = after([*GRANTED, event(Step.GRANT, scope=wider)])

    assert [(1, SCOPE), (2, wider)] == [(each.version, each.scope) for each in standing.grants]
    assert wider == standing.scope


def test_a_withdrawn_grant_leaves_another_basis_alone() -> None:
    owned = event(Step.BASIS, basis=Basis.OWNED, evidence=PROOF)

    standing = after([*GRANTED, owned, event(Step.REVOKE)])

    assert (Permission.REVOKED, Basis.OWNED) == (standing.permission, standing.basis)


SCOPES = st.sampled_from(
    [None, SCOPE, dataclasses.replace(SCOPE, paid_ads=True, territories=("WORLD",))]
)
EVENTS = st.builds(
    Event,
    step=st.sampled_from(Step),
    mention=st.just("0" * 32),
    at=st.integers(-400, 800).map(lambda days: NOW + days * DAY),
    by=st.just("Ida"),
    scope=SCOPES,
    evidence=st.sampled_from(
        [NOTHING, PROOF, Evidence(text="yes"), dataclasses.replace(PROOF, confirmed_by=None)]
    ),
    basis=st.sampled_from([None, *Basis]),
    licence=st.sampled_from([None, "CC-BY-4.0", "CC-BY-NC-4.0", "LicenseRef-ARR"]),
    hold=st.sampled_from([None, *Hold]),
    source_state=st.sampled_from([None, *SourceState]),
    place=st.sampled_from([None, "site", "shop"]),
    inbound=st.sampled_from([None, "https://x.example/1"]),
    reason=st.sampled_from([None, "because"]),
)
USES = st.builds(
    Use,
    channel=st.sampled_from(list(Channel)),
    territory=st.sampled_from(["SE", "DE", "WORLD"]),
    paid_ads=st.booleans(),
    modification=st.sampled_from(Modification),
    ai_use=st.sampled_from(AiUse),
)


def possible(events: list[Event]) -> tuple[Standing, list[Event]]:
    """Let happen what can."""
    standing, happened = NEW, []
    for each in events:
        try:
            standing = apply(standing, each)
        except IllegalTransition:
            continue
        happened.append(each)
    return standing, happened


@given(st.lists(EVENTS, max_size=30), USES, st.integers(-400, 800))
@settings(max_examples=1_000)
def test_nothing_is_ever_usable_without_a_basis_that_somebody_has_shown(
    events: list[Event], use: Use, days: int
) -> None:
    standing, happened = possible(events)
    at = NOW + days * DAY

    if not usable(post(), standing, use, at).is_usable:
        return
    assert standing.basis is not Basis.NONE
    assert not standing.holds
    shown = [
        each
        for each in happened
        if each.evidence.confirmed_by and each.step in {Step.GRANT, Step.BASIS}
    ]
    assert shown
    if standing.basis is Basis.GRANT:
        assert standing.permission is Permission.GRANTED
        assert shown[-1].evidence.shows_a_grant
        assert happened.index(shown[-1]) > max(
            (n for n, each in enumerate(happened) if each.step is Step.REVOKE), default=-1
        )
        scope = standing.grants[-1].scope
        assert scope.valid_from <= at.date() <= scope.valid_until
        assert scope.paid_ads or not use.paid_ads


@given(st.lists(EVENTS, max_size=20))
@settings(max_examples=200)
def test_the_same_events_give_the_same_standing_again(events: list[Event]) -> None:
    standing, happened = possible(events)

    assert standing == after(happened)


@given(st.lists(EVENTS, max_size=15), EVENTS)
@settings(max_examples=300)
def test_what_is_refused_changes_nothing(events: list[Event], one: Event) -> None:
    standing, _ = possible(events)
    before = dataclasses.asdict(standing)

    with contextlib.suppress(IllegalTransition):
        apply(standing, one)
    assert before == dataclasses.asdict(standing)


def test_who_is_not_asked_may_not_be_used() -> None:
    decision = usable(post(), NEW, WEBSITE, NOW)

    assert [("no_basis", "nobody has asked the author")] == [
        (reason.code, reason.sentence) for reason in decision.reasons
    ]


def test_expiry_is_by_the_day_even_where_nobody_recorded_it() -> None:
    standing = after(GRANTED)

    assert usable(post(), standing, WEBSITE, NOW + 365 * DAY).is_usable
    assert not usable(post(), standing, WEBSITE, NOW + 366 * DAY).is_usable
    assert not usable(post(), standing, WEBSITE, NOW - dt.timedelta(hours=13)).is_usable
