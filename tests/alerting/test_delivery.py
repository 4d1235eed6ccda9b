"""Sending: never twice, again when a channel was dead, and nobody waits for long."""

import concurrent.futures
import logging
import time

import pytest

from search.alerting import channels, delivery
from search.alerting.delivery import LOST_AFTER, PAUSES
from search.alerting.evaluation import evaluate
from search.alerting.memory import DeliveryState, remembered
from tests.alerting.processes import start
from tests.alerting.recording import Channel, dead_url
from tests.alerting.staging import (
    DAY,
    MINUTE,
    Stage,
    configure,
    everything_noted,
    make_tea,
    make_teas,
    on_mentions,
    states,
)

TEA = configure(on_mentions())
BOTH = configure(on_mentions(channels=["mail", "team"]))
SENT, WAITING = DeliveryState.SENT, DeliveryState.WAITING
FAILED, UNKNOWN = DeliveryState.FAILED, DeliveryState.UNKNOWN


@pytest.fixture
def noticed(stage: Stage, team: Channel) -> Stage:
    """Keep one mention that has not been noticed yet."""
    del team
    stage.evaluate(TEA)
    stage.pass_time(MINUTE)
    stage.store.put([make_tea(1)])
    return stage


def test_threads_at_once_send_once(noticed: Stage, team: Channel) -> None:
    for number in range(2, 10):
        noticed.pass_time(MINUTE)
        noticed.store.put([make_tea(number)])
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            rounds = [pool.submit(noticed.evaluate, TEA) for _ in range(16)]
        assert [None] * 16 == [each.exception() for each in rounds]

    assert ["2 new mentions of tea", *["1 new mention of tea"] * 7] == team.titles


def test_processes_at_once_send_once(noticed: Stage, team: Channel) -> None:
    others = [start(noticed.path, noticed.now, rounds=5) for _ in range(4)]
    for other in others:
        assert other.stdout is not None
        other.stdout.readline()
    for other in others:
        assert other.stdin is not None
        other.stdin.write("\n")
        other.stdin.flush()
    for other in others:
        other.communicate()

    assert [0] * 4 == [other.returncode for other in others]
    assert ["1 new mention of tea"] == team.titles
    assert [SENT] == states(noticed.store)


def test_a_process_killed_while_sending_leaves_it_unknown_and_it_is_never_sent_again(
    noticed: Stage, team: Channel
) -> None:
    team.hangs = True
    other = start(noticed.path, noticed.now)
    assert other.stdin is not None
    other.stdin.write("\n")
    other.stdin.flush()
    assert team.reached.wait(20)
    other.kill()
    other.communicate()
    team.hangs = False
    noticed.evaluate_later(TEA)
    assert [DeliveryState.SENDING] == states(noticed.store)

    noticed.evaluate_later(TEA, LOST_AFTER)
    for _ in range(10):
        noticed.evaluate_later(TEA, DAY)

    assert [UNKNOWN] == states(noticed.store)
    assert 1 == team.asked


def test_a_process_that_dies_before_it_claims_leaves_the_message_for_the_next(
    noticed: Stage, team: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr("search.alerting.evaluation.deliver", lambda *_: [])
        noticed.evaluate(TEA)
    noticed.restart()
    noticed.evaluate_later(TEA)

    assert ["1 new mention of tea"] == team.titles


@pytest.mark.parametrize("ill", ["dead", "500", "hangs", "unset", "unknown"])
def test_an_ill_channel_is_tried_again_until_it_is_well(
    noticed: Stage, team: Channel, monkeypatch: pytest.MonkeyPatch, ill: str
) -> None:
    with monkeypatch.context() as patched:
        team.status = 500 if ill == "500" else 200
        team.hangs = ill == "hangs"
        urls = {"dead": dead_url(), "unset": "", "unknown": "nonsense://127.0.0.1/"}
        patched.setenv("SAYSO_CHANNEL_TEAM", urls.get(ill, team.url))
        ((_, tried),) = noticed.evaluate(TEA)
        assert [] == noticed.evaluate(TEA)  # not before its time
    team.status, team.hangs = 200, False
    noticed.evaluate_later(TEA, PAUSES[0])

    assert (WAITING, 1) == (tried.state, tried.tries)
    assert ["1 new mention of tea"] == team.titles
    assert [SENT] == states(noticed.store)


def test_a_message_is_given_up_after_the_last_try_and_listed(
    noticed: Stage, team: Channel
) -> None:
    team.status = 500
    noticed.evaluate(TEA)
    for pause in PAUSES:
        noticed.evaluate_later(TEA, pause)
    for _ in range(5):
        noticed.evaluate_later(TEA, DAY)

    assert len(PAUSES) + 1 == team.asked
    assert [FAILED] == states(noticed.store)
    assert "Tea number 1" not in everything_noted(noticed.store)


def test_a_dead_channel_holds_up_the_others_for_one_timeout_at_most(
    stage: Stage, team: Channel, mail: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channels, "SECONDS", 15)
    mail.hangs = True
    alerts = [on_mentions(name=f"tea {n}", channels=["mail", "team"]) for n in range(5)]
    config = configure(*alerts)
    stage.evaluate(config)
    stage.store.put([make_tea(1)])
    began = time.monotonic()
    stage.evaluate_later(config)
    took = time.monotonic() - began

    assert 5 == len(team.sent)
    assert 1 == mail.asked
    assert took < 5

    mail.hangs = False
    stage.evaluate_later(config)
    assert (5, 5) == (len(team.sent), len(mail.sent))


def test_a_channel_that_hangs_for_ever_is_left_to_itself(
    team: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    team.hangs = True
    monkeypatch.setenv("SAYSO_CHANNEL_TEAM", team.url.replace("rto=2", "rto=60"))

    problem = channels.send("team", "title", "body", seconds=0.3)

    assert "the channel 'team' gave no answer within 0.3 seconds" == problem


def test_many_waiting_messages_are_bounded(
    stage: Stage, team: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "MOST_WAITING", 5)
    team.status = 500
    stage.evaluate(TEA)
    for number in range(8):
        stage.pass_time(MINUTE)
        stage.store.put([make_tea(number)])
        stage.evaluate(TEA)
    team.status = 200
    for _ in range(3):
        stage.evaluate_later(TEA, DAY)

    counted = [states(stage.store).count(state) for state in (SENT, WAITING, FAILED)]
    assert [5, 0, 3] == counted
    assert 5 == len(team.sent)


def test_what_was_sent_long_ago_is_forgotten(
    stage: Stage, team: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "KEPT_SENT", 4)
    stage.evaluate(TEA)
    for number in range(9):
        stage.pass_time(10 * MINUTE)
        stage.store.put([make_tea(number)])
        stage.evaluate(TEA)
    stage.evaluate_later(TEA, DAY)

    assert 9 == len(team.sent)
    assert [SENT] * 4 == states(stage.store)


def test_no_address_and_no_mention_is_ever_logged_or_noted(
    noticed: Stage,
    team: Channel,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    team.status = 500
    noticed.evaluate(TEA)
    monkeypatch.setenv("SAYSO_CHANNEL_TEAM", dead_url())
    noticed.evaluate_later(TEA, PAUSES[0])
    monkeypatch.setenv("SAYSO_CHANNEL_TEAM", "nonsense://s3cret")
    noticed.evaluate_later(TEA, PAUSES[1])
    monkeypatch.setenv("SAYSO_CHANNEL_TEAM", team.url)
    team.status = 200
    noticed.evaluate_later(TEA, PAUSES[2])

    said = [(record.name, record.message, record.__dict__) for record in caplog.records]
    events = [(name, message) for name, message, _ in said if name.startswith("search.")]
    assert [(delivery.__name__, "alert not sent")] * 3 + [
        (delivery.__name__, "alert sent")
    ] == events
    assert "s3cret" not in str(said)
    assert "Tea number" not in str(said)
    assert "s3cret" not in everything_noted(noticed.store)


def test_one_alert_s_trouble_leaves_the_others_their_turn(stage: Stage, team: Channel) -> None:
    config = configure(on_mentions(name="broken"), on_mentions())
    stage.evaluate(config)
    note = stage.store.notes.read("alerts/broken")
    assert note is not None
    stage.store.notes.write("alerts/broken", {"identity": 3}, note.version)
    stage.store.put([make_tea(1)])
    stage.evaluate_later(config)

    assert ["1 new mention of tea"] == team.titles


def test_a_digest_is_sent_once_in_a_period_and_never_empty(stage: Stage, team: Channel) -> None:
    config = configure(on_mentions(digest="1d"))
    counts = []
    stage.evaluate(config)
    for step in range(12):
        stage.evaluate_later(config, DAY / 4)
        counts.append(len(team.sent))
        if step < 5:
            stage.store.put(make_teas(2, first=10 * step))

    assert [0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 2] == counts
    assert [
        "4 new mentions of tea since 2026-03-02 00:00 UTC",
        "6 new mentions of tea since 2026-03-02 12:00 UTC",
    ] == team.titles


def test_a_digest_survives_a_restart_and_lists_what_happened(stage: Stage, team: Channel) -> None:
    threshold = {"on": "threshold", "count": 2, "within": "1h", "digest": "1d"}
    config = configure(on_mentions(**threshold))
    stage.evaluate(config)
    for number in range(3):
        stage.store.put(make_teas(2, first=10 * number))
        stage.evaluate_later(config, MINUTE)
        stage.evaluate_later(config, 2 * 60 * MINUTE)
        stage.restart()
    stage.evaluate_later(config, DAY)

    ((title, body),) = team.sent
    assert "tea: 3 alerts since 2026-03-01 12:01 UTC" == title
    assert 3 == body.count("2 mentions of tea within 1h")


def test_what_was_collected_is_sent_when_digests_are_switched_off(
    stage: Stage, team: Channel
) -> None:
    stage.evaluate(configure(on_mentions(digest="1d")))
    stage.store.put([make_tea(1)])
    stage.evaluate_later(configure(on_mentions(digest="1d")))
    stage.evaluate_later(TEA)

    assert ["1 new mention of tea since 2026-03-01 12:01 UTC"] == team.titles


def test_every_channel_gets_its_message(stage: Stage, team: Channel, mail: Channel) -> None:
    stage.evaluate(BOTH)
    stage.store.put([make_tea(1)])
    attempts = evaluate(stage.store, BOTH, now=stage.now + MINUTE)

    assert team.sent == mail.sent
    assert ["1/mail", "1/team"] == [attempt.delivery.id for attempt in attempts]
    assert 1 == remembered(stage.store.notes)["tea"].raised
