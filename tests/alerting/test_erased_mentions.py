"""What waits to be sent shows nothing of a mention that is erased, with a link or without."""

import pytest

from search.alerting.memory import key_of, remembered
from search.mention import Author
from search.people.leftovers import drop_leftovers
from search.retention.sweeping import sweep
from tests.alerting.recording import Channel, dead_url
from tests.alerting.staging import DAY, MINUTE, Stage, configure, make_tea, on_mentions
from tests.privacy.aging import rules

BARE = make_tea(
    1, source="import", url="import:import/1", text="my secret tea", author=Author(name="Eva Lind")
)
OTHER = make_tea(2)


@pytest.fixture
def waiting(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """Let a message about one mention, and one about another, wait for a channel that is dead."""
    monkeypatch.setenv("SAYSO_CHANNEL_TEAM", dead_url())
    for mention in (None, BARE, OTHER):
        stage.pass_time(MINUTE)
        stage.store.put([mention] if mention else [])
        stage.evaluate(configure(on_mentions()))
    assert ["secret" in body for body in bodies(stage)] == [True, False]
    return stage


def bodies(stage: Stage) -> list[str]:
    return [each.body for each in remembered(stage.store.notes)["tea"].deliveries]


def test_a_message_without_a_link_is_emptied(waiting: Stage) -> None:
    assert 1 == drop_leftovers(waiting.store, [BARE.id])["messages"]
    assert ["(erased)", f"forum:\n{OTHER.text}\n{OTHER.url}"] == bodies(waiting)
    assert 0 == drop_leftovers(waiting.store, [BARE.id])["messages"]


def test_a_message_of_an_older_version_is_told_by_its_link(waiting: Stage) -> None:
    note = waiting.store.notes.read(key_of("tea"))
    assert note is not None
    older = [{k: v for k, v in d.items() if k != "mentions"} for d in note.value["deliveries"]]
    waiting.store.notes.write(key_of("tea"), {**note.value, "deliveries": older}, note.version)

    assert 1 == drop_leftovers(waiting.store, [OTHER.id])["messages"]
    assert "(erased)" == bodies(waiting)[1]


def test_what_a_digest_collects_goes_and_the_rest_of_it_stays(stage: Stage) -> None:
    config = configure(on_mentions(digest="1d"))
    stage.evaluate(config)
    for mention in (BARE, OTHER):
        stage.store.put([mention])
        stage.evaluate_later(config)
    collected = remembered(stage.store.notes)["tea"].collected
    assert collected is not None
    assert (BARE.id, OTHER.id) == collected.mentions

    assert 1 == drop_leftovers(stage.store, [BARE.id])["messages"]

    left = remembered(stage.store.notes)["tea"].collected
    assert left is not None
    assert ((OTHER.id,), 1) == (left.mentions, len(left.examples))
    assert "secret" not in left.examples[0]


def test_a_digest_from_an_older_version_keeps_ids_and_examples_together(stage: Stage) -> None:
    config = configure(on_mentions(digest="1d"))
    stage.evaluate(config)
    stage.store.put([OTHER])
    stage.evaluate_later(config)
    note = stage.store.notes.read(key_of("tea"))
    assert note is not None
    older = {k: v for k, v in note.value["collected"].items() if k != "mentions"}
    stage.store.notes.write(key_of("tea"), {**note.value, "collected": older}, note.version)
    stage.store.put([BARE])
    stage.evaluate_later(config)

    drop_leftovers(stage.store, [BARE.id])
    left = remembered(stage.store.notes)["tea"].collected
    assert left is not None
    assert (("",), [True]) == (left.mentions, [OTHER.url in each for each in left.examples])


def test_what_retention_deletes_is_not_sent_either(waiting: Stage) -> None:
    sweep(waiting.store, rules(mentions_days=90), waiting.now + 100 * DAY)

    assert ["(erased)", "(erased)"] == bodies(waiting)


def test_what_was_sent_names_no_mention(stage: Stage, team: Channel) -> None:
    stage.evaluate(configure(on_mentions()))
    stage.store.put([OTHER])
    stage.evaluate_later(configure(on_mentions()))
    (sent,) = remembered(stage.store.notes)["tea"].deliveries

    assert 1 == len(team.sent)
    assert ("", ()) == (sent.body, sent.mentions)
