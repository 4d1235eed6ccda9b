"""Alerts on sources: trouble once, recovery once."""

from collections.abc import Sequence
from typing import Any

import pytest

from search.run_log import RunState
from tests.alerting.recording import Channel
from tests.alerting.staging import DAY, HOUR, Stage, configure

PLACE = "mastodon https://m.example"


def on_source(**keys: Any) -> Any:
    return configure({"name": "sources", "on": "source", "channels": ["team"], **keys})


def play(stage: Stage, ends: Sequence[Any], **keys: Any) -> None:
    stage.evaluate(on_source(**keys))
    for state, *more in ends:
        stage.pass_time(HOUR)
        stage.run(state, **(more[0] if more else {}))
        for _ in range(2):
            stage.evaluate_later(on_source(**keys))


OK = (RunState.FINISHED,)
FAILED = (RunState.FAILED, {"problem": "HTTP 500"})
BLOCKED = (RunState.BLOCKED, {"problem": "HTTP 403"})
CHANGED = (RunState.FINISHED, {"warnings": ("layout changed? stars was given for 98%",)})
CHANGED_WHOLLY = (RunState.FAILED, {"problem": "nothing fits; has the layout changed?"})
STOPPED = (RunState.INTERRUPTED,)


@pytest.mark.parametrize(
    ("ends", "titles"),
    [
        ([OK, OK], []),
        ([OK, FAILED, FAILED, OK, OK], ["failed", "works again"]),
        ([FAILED], ["failed"]),
        ([BLOCKED, FAILED, OK, BLOCKED], ["is blocked", "works again", "is blocked"]),
        ([OK, CHANGED, OK], ["layout changed", "works again"]),
        ([CHANGED_WHOLLY], ["layout changed"]),
        ([FAILED, STOPPED], ["failed"]),
    ],
)
def test_a_source_is_spoken_of_when_it_changes(
    stage: Stage, team: Channel, ends: Sequence[Any], titles: list[str]
) -> None:
    play(stage, ends)

    assert [f"{PLACE}: {title}" for title in titles] == team.titles


def test_the_problem_and_the_run_are_named(stage: Stage, team: Channel) -> None:
    play(stage, [BLOCKED])

    assert "HTTP 403\nRun 000000000001." == team.sent[0][1]


def test_trouble_from_before_is_not_raised_but_new_trouble_is(stage: Stage, team: Channel) -> None:
    stage.run(RunState.FAILED)
    stage.pass_time(HOUR)
    play(stage, [], sources=["mastodon"])
    stage.evaluate_later(on_source(sources=["mastodon"]), HOUR)
    assert [] == team.titles

    play(stage, [FAILED], sources=["mastodon"])
    assert [f"{PLACE}: failed"] == team.titles


def test_other_sources_can_be_left_out(stage: Stage, team: Channel) -> None:
    play(stage, [FAILED], sources=["feed"])

    assert [] == team.titles


def test_one_brand_s_failure_among_others_successes_does_not_flap(
    stage: Stage, team: Channel
) -> None:
    play(stage, [(state, {"brand": brand}) for _ in range(4) for state, brand in TWO_BRANDS])
    assert [f"{PLACE}: is blocked"] == team.titles

    stage.pass_time(DAY + HOUR)
    play(stage, [(RunState.FINISHED, {"brand": "Tea"})])
    assert [f"{PLACE}: is blocked", f"{PLACE}: works again"] == team.titles


TWO_BRANDS = [(RunState.FINISHED, "Tea"), (RunState.BLOCKED, "Coffee")]


def test_trouble_that_was_told_is_not_told_again_after_a_restart(
    stage: Stage, team: Channel
) -> None:
    play(stage, [FAILED])
    stage.restart()
    play(stage, [FAILED, OK])

    assert [f"{PLACE}: failed", f"{PLACE}: works again"] == team.titles
