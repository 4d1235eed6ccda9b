"""When something is to go: by which rule, from when on, and what never goes."""

import dataclasses
import datetime as dt
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.mention import State
from search.permissions.events import Event, Evidence, Step
from search.permissions.ledger import Entry, to_plain
from search.permissions.scope import Scope
from search.permissions.standing import IllegalTransition, Standing
from search.permissions.transitions import after, apply
from search.permissions.usable import usable
from search.retention.rules import UNASKED, Case, Rules, case_of, due, evidence_due
from search.vocabulary import Basis, Hold, Permission, SourceState
from tests.permissions.inventing import DAY, GRANTED, NOW, PROOF, SCOPE, WEBSITE, event
from tests.privacy.aging import ALL, ago, rules, seen

PROVEN = Evidence(url="https://s.example/c.pdf", confirmed_by="Ida")


def found(
    number_of_days: float,
    said: Rules,
    case: Case = UNASKED,
    now: dt.datetime = NOW,
    read_days_ago: float | None = None,
) -> str | None:
    """Return the rule by which a mention seen so many days ago goes now; ``None``: it stays."""
    told = due(seen(1, number_of_days, read_days_ago=read_days_ago), case, said, now)
    return told.rule if told is not None and told.at <= now else None


def test_without_a_rule_nothing_goes() -> None:
    assert found(10_000, rules()) is None
    assert found(10_000, rules({"mastodon": 30})) is None
    assert found(10_000, rules({"mastodon": 30}, declined_days=7)) is None


def test_days_count_from_the_first_sight_and_to_read_it_again_changes_nothing() -> None:
    said = rules(mentions_days=90)

    assert found(89.9, said) is None
    assert "mentions_days" == found(90, said)
    assert "mentions_days" == found(90, said, read_days_ago=1)


def test_the_source_of_a_rule_of_its_own_has_that_one() -> None:
    said = rules(mentions_days=90, sources={"mastodon": 120})

    assert found(100, said) is None
    assert "sources.mastodon" == found(120, said)


def test_a_limit_of_the_source_counts_from_the_last_reading_and_only_shortens() -> None:
    said = rules({"mastodon": 30}, mentions_days=90)

    assert "limit of the source" == found(30, said)
    assert found(60, said, read_days_ago=29) is None
    assert "mentions_days" == found(90, said, read_days_ago=29)
    assert "sources.mastodon" == found(
        20, rules({"mastodon": 30}, sources={"mastodon": 20}), read_days_ago=20
    )
    assert "limit of the source" == found(30, rules({"mastodon": 30}, sources={"mastodon": 300}))


def test_what_is_of_unknown_age_counts_as_too_old() -> None:
    unknown = dataclasses.replace(seen(1, 0), state=State())

    assert due(unknown, UNASKED, rules(mentions_days=90), NOW) is not None
    assert due(unknown, UNASKED, rules(mentions_days=90), NOW).at < NOW  # type: ignore[union-attr]


def case(*events: Event, days_ago: float = 0) -> Case:
    """Add up events, of which the last was written so many days ago."""
    return Case(standing=after(events), since=ago(days_ago))


QUEUED, SENT = event(Step.QUEUE), event(Step.SEND, at=ago(100))
DECLINED = (QUEUED, SENT, event(Step.DECLINE))
ENDED = Scope(
    channels=("website",),
    territories=("SE",),
    valid_from=ago(400).date(),
    valid_until=ago(50).date(),
)
SHORT = (QUEUED, SENT, event(Step.GRANT, scope=ENDED))


@pytest.mark.parametrize(
    ("events", "days_ago", "rule"),
    [
        ((QUEUED,), 29, None),
        ((QUEUED,), 30, "queued_days"),
        ((QUEUED, event(Step.SEND, at=ago(13))), 300, None),  # the time for an answer runs
        ((QUEUED, event(Step.SEND, at=ago(43))), 43, None),
        ((QUEUED, event(Step.SEND, at=ago(45))), 45, "requested_days"),
        (DECLINED, 6, None),
        (DECLINED, 7, "declined_days"),
        ((QUEUED, SENT, event(Step.NO_RESPONSE)), 7, "declined_days"),
        ((*GRANTED, event(Step.REVOKE)), 7, "declined_days"),
        ((*GRANTED, event(Step.REVOKE)), 6, None),
        (GRANTED, 5_000, None),
        (SHORT, 5_000, None),  # ended 50 days ago, and 60 are given
        ((*GRANTED, event(Step.PLACE, place="https://b.example/"), event(Step.REVOKE)), 50, None),
    ],
)
def test_each_state_has_its_rule_and_its_beginning(
    events: tuple[Event, ...], days_ago: float, rule: str | None
) -> None:
    assert rule == found(5_000, rules(**ALL), case(*events, days_ago=days_ago))


def test_a_limit_of_the_source_does_not_end_the_time_for_an_answer() -> None:
    said = rules({"mastodon": 30}, **ALL)
    waits = case(QUEUED, event(Step.SEND, at=ago(13)), days_ago=13)

    assert found(60, said, waits) is None
    assert "limit of the source" == found(60, said, waits, now=NOW + 2 * DAY)


def test_a_yes_from_the_author_s_page_is_waited_for() -> None:
    no = history(*DECLINED)
    answered = dataclasses.replace(case(*DECLINED, days_ago=99), is_answered=True)

    assert found(999, rules(**ALL), answered) is None
    assert [] == list(evidence_due(answered, no, rules(**ALL), NOW))


def test_what_a_grant_allowed_goes_so_long_after_its_end_recorded_or_not() -> None:
    said = rules(**ALL)
    expired = (*SHORT, event(Step.EXPIRE))

    assert found(900, said, case(*SHORT), now=NOW + 9 * DAY) is None
    assert "granted_extra_days" == found(900, said, case(*SHORT), now=NOW + 11 * DAY)
    assert "granted_extra_days" == found(900, said, case(*expired), now=NOW + 11 * DAY)
    assert found(900, rules(mentions_days=1), case(*expired), now=NOW + 999 * DAY) is None


@pytest.mark.parametrize("hold", [Hold.LEGAL_HOLD, Hold.DISPUTED])
@pytest.mark.parametrize("events", [(), DECLINED, SHORT, (QUEUED,)])
def test_what_is_argued_about_stays(hold: Hold, events: tuple[Event, ...]) -> None:
    held = case(*events, event(Step.HOLD, hold=hold), days_ago=9_999)

    assert found(9_999, rules(**ALL), held, now=NOW + 9_999 * DAY) is None
    assert [] == list(evidence_due(held, history(*events), rules(**ALL), NOW + 9_999 * DAY))


@pytest.mark.parametrize("basis", [Basis.OPEN_LICENCE, Basis.OWNED, Basis.PUBLIC_DOMAIN])
def test_what_may_be_used_without_asking_stays(basis: Basis) -> None:
    step = event(Step.BASIS, basis=basis, licence="CC-BY-4.0", evidence=PROVEN)

    assert found(9_999, rules(**ALL), case(step, days_ago=9_999)) is None
    assert found(9_999, rules(**ALL), case(*DECLINED, step, days_ago=9_999)) is None
    assert found(9_999, rules(**ALL), case(QUEUED, SENT, step, days_ago=9_999)) is None


def test_a_contract_keeps_until_it_ends() -> None:
    def under(scope: Scope) -> Case:
        return case(event(Step.BASIS, basis=Basis.CONTRACT, scope=scope, evidence=PROVEN))

    no = (*DECLINED, event(Step.BASIS, basis=Basis.CONTRACT, scope=SCOPE, evidence=PROVEN))
    assert found(9_999, rules(**ALL), under(SCOPE)) is None
    assert found(9_999, rules(**ALL), case(*no, days_ago=99)) is None
    assert found(9_999, rules(**ALL), under(ENDED)) is None
    assert "granted_extra_days" == found(9_999, rules(**ALL), under(ENDED), now=NOW + 11 * DAY)


@pytest.mark.parametrize(
    "state",
    [
        State(first_seen_at=ago(999), permission=Permission.GRANTED),
        State(first_seen_at=ago(999), basis=Basis.CONTRACT),
        State(first_seen_at=ago(999), holds=(Hold.LEGAL_HOLD,)),
    ],
)
def test_a_document_that_claims_more_than_the_ledger_is_looked_at_first(state: State) -> None:
    claimed = dataclasses.replace(seen(1, 999), state=state)

    assert due(claimed, UNASKED, rules(**ALL), NOW) is None


def history(*events: Event, days_ago: float = 0) -> list[Entry]:
    """Write events as entries, all so many days ago."""
    return [
        Entry(
            number=number,
            before="",
            mention=each.mention,
            written_at=ago(days_ago).isoformat(),
            event_hash="",
            event=to_plain(each),
        )
        for number, each in enumerate(events, start=1)
    ]


def test_evidence_of_a_no_goes_with_it_and_of_a_yes_years_later_the_latest_first() -> None:
    said = rules(**ALL)
    no = history(*DECLINED, event(Step.SOURCE, source_state=SourceState.LIVE))
    yes = history(*SHORT, event(Step.EXPIRE))
    refused, expired = (
        case_of(after(DECLINED), no),
        case_of(after((*SHORT, event(Step.EXPIRE))), yes),
    )

    assert [] == list(evidence_due(refused, no, said, NOW + 6 * DAY))
    assert [3, 2, 1] == list(evidence_due(refused, no, said, NOW + 7 * DAY))
    assert [] == list(evidence_due(expired, yes, said, NOW + 3 * 365 * DAY))
    assert [4, 3, 2, 1] == list(evidence_due(expired, yes, said, NOW + 3 * 366 * DAY))
    assert [] == list(evidence_due(expired, yes, rules(declined_days=1), NOW + 9_999 * DAY))
    granted = case_of(after(GRANTED), history(*GRANTED))
    assert [] == list(evidence_due(granted, history(*GRANTED), said, NOW + 9_999 * DAY))


SCOPES = [SCOPE, ENDED]
EVENT = st.builds(
    lambda step, at, fields, scope, hold, basis: event(
        step,
        at=NOW + at * DAY,
        **{
            "scope": scope, "hold": hold, "basis": basis, "licence": "CC-BY-4.0",
            "evidence": PROOF, "reason": "why", "place": "https://b.example/",
            "source_state": SourceState.LIVE, "inbound": "m1", **fields,
        },
    ),
    st.sampled_from([step for step in Step if step is not Step.TAKE_DOWN]),
    st.integers(-800, 800),
    st.just({}),
    st.sampled_from(SCOPES),
    st.sampled_from([Hold.LEGAL_HOLD, Hold.DISPUTED, Hold.MUSIC_THIRD_PARTY]),
    st.sampled_from([basis for basis in Basis if basis is not Basis.GRANT]),
)  # fmt: skip


def possible(events: list[Event]) -> tuple[Standing, list[Event]]:
    """Leave out what cannot happen."""
    standing, happened = Standing(), []
    for each in events:
        try:
            standing = apply(standing, each)
        except IllegalTransition:
            continue
        happened.append(each)
    return standing, happened


@settings(max_examples=300)
@given(
    events=st.lists(EVENT, max_size=12),
    days=st.fixed_dictionaries({name: st.none() | st.integers(1, 400) for name in ALL}),
    age=st.integers(0, 4_000),
    limit=st.none() | st.integers(1, 60),
    later=st.integers(-900, 4_000),
)
def test_nothing_in_force_or_on_legal_hold_ever_goes(
    events: list[Event], days: dict[str, Any], age: int, limit: int | None, later: int
) -> None:
    standing, happened = possible(events)
    now = NOW + later * DAY
    said = rules({} if limit is None else {"mastodon": limit}, **days)
    entries = history(*happened, days_ago=age)
    stored = seen(1, age)

    told = due(stored, case_of(standing, entries), said, now)

    gone = told is not None and told.at <= now
    gone = gone or bool(list(evidence_due(case_of(standing, entries), entries, said, now)))
    free = dataclasses.replace(standing, holds=frozenset())
    against = {reason.code for reason in usable(stored.mention, free, WEBSITE, now).reasons}
    in_force = not {"no_basis", "expired", "evidence"} & against
    held = [each for each in happened if each.step in {Step.HOLD, Step.RELEASE}]
    held = [each for each in held if each.hold is Hold.LEGAL_HOLD]
    on_hold = bool(held) and held[-1].step is Step.HOLD
    assert not (gone and in_force)
    assert not (gone and on_hold)
