"""Alerts on mentions: none skipped, none twice."""

import datetime as dt
import random
import re

from search.alerting.new_mentions import OVERLAP
from search.config import Brand
from tests.alerting.recording import Channel
from tests.alerting.staging import (
    DAY,
    HOUR,
    MINUTE,
    Stage,
    configure,
    make_tea,
    make_teas,
    on_mentions,
)

TEA = configure(on_mentions())


def alerted(channel: Channel) -> int:
    return sum(int(title.split()[0].replace(",", "")) for title in channel.titles)


def test_what_was_there_before_never_alerts(stage: Stage, team: Channel) -> None:
    stage.store.put(make_teas(3))
    stage.evaluate_later(TEA)
    stage.evaluate_later(TEA)

    assert [] == team.sent


def test_a_new_mention_alerts_once_with_its_author_and_link(stage: Stage, team: Channel) -> None:
    stage.evaluate(TEA)
    stage.pass_time(MINUTE)
    stage.store.put([make_tea(1), make_tea(2, text="coffee")])
    for _ in range(20):
        stage.evaluate_later(TEA)

    title, body = "1 new mention of tea", "forum:\nTea number 1\nhttps://forum.example/tea/1"
    assert [(title, body)] == team.sent


def test_a_changed_mention_is_not_new(stage: Stage, team: Channel) -> None:
    stage.evaluate(TEA)
    stage.store.put([make_tea(1)])
    stage.evaluate_later(TEA)
    stage.store.put([make_tea(1, text="Green tea")])
    stage.evaluate_later(TEA)
    stage.store.put([make_tea(1, text="Coffee")])
    stage.evaluate_later(TEA)
    stage.store.put([make_tea(1, text="Tea again")])
    stage.evaluate_later(TEA)

    assert 1 == alerted(team)


def test_one_that_stopped_to_match_for_a_moment_is_not_new(stage: Stage, team: Channel) -> None:
    stage.evaluate(TEA)
    for number, text in enumerate(["Tea", "Coffee", "Tea"], start=1):
        stage.store.put([make_tea(0, text=text), make_tea(number)])
        stage.evaluate_later(TEA)

    assert 4 == alerted(team)


def test_a_thousand_at_once_are_one_message(stage: Stage, team: Channel) -> None:
    stage.evaluate(TEA)
    stage.pass_time(MINUTE)
    stage.store.put(make_teas(1_000))
    for _ in range(8):
        stage.evaluate_later(TEA)

    ((title, body),) = team.sent
    assert "1,000 new mentions of tea" == title
    assert 5 == body.count("https://")
    assert body.endswith("and 995 more")


def test_nothing_is_skipped_while_no_process_was_there(stage: Stage, team: Channel) -> None:
    stage.evaluate(TEA)
    for day in range(3):
        stage.pass_time(DAY)
        stage.store.put([make_tea(day)])
    stage.restart()
    stage.evaluate_later(TEA, DAY)

    assert ["3 new mentions of tea"] == team.titles


def test_each_of_many_alerts_once_whatever_the_rhythm(stage: Stage, team: Channel) -> None:
    chance = random.Random(7)  # noqa: S311 - a test
    stage.evaluate(TEA)
    put = 0
    for _ in range(60):
        stage.pass_time(dt.timedelta(seconds=chance.choice([0, 1, 50, 400, 4000])))
        if chance.random() < 0.6:
            count = chance.randrange(1, 4)
            stage.store.put(make_teas(count, first=put))
            put += count
        if chance.random() < 0.6:
            stage.evaluate(TEA)
        if chance.random() < 0.1:
            stage.restart()
    stage.evaluate_later(TEA, DAY)

    assert put == alerted(team)


def test_one_that_becomes_visible_late_is_neither_skipped_nor_repeated(
    stage: Stage, team: Channel
) -> None:
    stage.evaluate(TEA)
    stage.pass_time(HOUR)
    stage.store.put([make_tea(1)])
    stage.evaluate(TEA)
    stage.evaluate_later(TEA, MINUTE)
    noticed_at, stage.now = stage.now, stage.now - OVERLAP / 2  # another machine's clock
    stage.store.put([make_tea(2)])
    stage.now = noticed_at
    for _ in range(10):
        stage.evaluate_later(TEA)

    assert 2 == alerted(team)


def test_a_clock_that_is_ahead_hides_nothing(stage: Stage, team: Channel) -> None:
    stage.evaluate(TEA)
    now = stage.now
    stage.now = now + 2 * DAY
    stage.store.put([make_tea(1)])
    stage.now = now
    for number in range(2, 12):
        stage.evaluate_later(TEA, 2 * MINUTE)
        stage.store.put([make_tea(number)])
    stage.evaluate_later(TEA)

    assert 11 == alerted(team)


def test_another_query_begins_a_new_watch(stage: Stage, team: Channel) -> None:
    stage.evaluate(TEA)
    stage.pass_time(DAY)
    stage.store.put([make_tea(1, text="coffee")])
    stage.evaluate_later(TEA)
    coffee = configure(on_mentions(query="coffee"))
    stage.evaluate_later(coffee)
    stage.store.put([make_tea(2, text="coffee")])
    stage.evaluate_later(coffee)

    assert ["1 new mention of coffee"] == team.titles


def test_a_brand_is_watched_by_its_query_and_by_what_sources_know(
    stage: Stage, team: Channel
) -> None:
    brands = (Brand(name="Espresso House", query='"espresso house"'),)
    config = configure(on_mentions(query=None, brand="Espresso House"), brands=brands)
    stage.evaluate(config)
    stage.store.put(
        [
            make_tea(1, text="At Espresso House now"),
            make_tea(2, text="A review", brands=("Espresso House",)),
            make_tea(3, text="Espresso at my house"),
        ]
    )
    stage.evaluate_later(config)

    assert ["2 new mentions of Espresso House"] == team.titles


def test_nothing_new_writes_nothing(stage: Stage, team: Channel) -> None:
    stage.evaluate(TEA)
    stage.store.put(make_teas(200))
    for _ in range(8):
        stage.evaluate_later(TEA)
    before = stage.store.notes.under("")
    for _ in range(5):
        stage.evaluate_later(TEA)

    assert before == stage.store.notes.under("")
    assert not re.search(r"[0-9a-f]{16}", str(before))  # no ids are kept for ever
    assert 200 == alerted(team)


def test_an_alert_gone_for_a_day_begins_anew_and_for_an_hour_goes_on(
    stage: Stage, team: Channel
) -> None:
    without = configure()
    stage.evaluate(TEA)
    stage.evaluate_later(without)
    stage.store.put([make_tea(1)])
    stage.evaluate_later(without, HOUR)
    stage.evaluate_later(TEA)
    stage.evaluate_later(without)
    stage.store.put([make_tea(2)])
    stage.evaluate_later(without, DAY + MINUTE)

    assert {} == stage.store.notes.under("")
    stage.evaluate_later(TEA)
    assert 1 == alerted(team)
