"""What networks and clusters do while mentions are written: nothing lost, nothing twice."""

import dataclasses
import datetime as dt
import json
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from search.alert_settings import Trigger
from search.alerting.watching import watch
from search.config import Alert, Config
from search.errors import StoreBusy, StoreError
from search.mention import Mention
from search.query import Everything
from search.run_log import Run, RunOverlap, RunState
from search.stores.base import Outcome
from search.stores.copying import copy_store
from search.stores.elastic.store import ElasticStore
from search.stores.embedded import EmbeddedStore
from tests.crawling import run_sayso
from tests.elastic.faulty_proxy import Asked, Fault, FaultyProxy, storm
from tests.stores.inventing import make_mention, make_mentions


def kept(store: ElasticStore) -> list[str]:
    return [each.mention.source_id for each in store.iterate(Everything())]


def once(fault: Fault) -> Fault:
    """Do it to the first bulk request alone."""
    done: list[Asked] = []

    def only_once(asked: Asked) -> None:
        if asked.is_bulk and not done:
            done.append(asked)
            fault(asked)

    return only_once


def refuse_bulk(status: int) -> Fault:
    def fault(asked: Asked) -> None:
        if asked.is_bulk:
            asked.refuse(status)

    return fault


def lose_answer(asked: Asked) -> None:
    asked.forward()
    asked.drop()


def lose_half(asked: Asked) -> None:
    half = asked.items()[::2]
    asked.forward(b"\n".join(line for item in half for line in item if line is not None) + b"\n")
    asked.drop()


FAULTS: dict[str, Fault] = {
    "dropped before": Asked.drop,
    "answer lost": lose_answer,
    "dropped in the middle": lose_half,
    "busy": lambda asked: asked.refuse(429),
    "gone": lambda asked: asked.refuse(503),
    "parts busy": lambda asked: asked.fail_items(429, "rejected", lambda n: n % 2 == 0),
    "parts unavailable": lambda asked: asked.fail_items(503, "unavailable", lambda n: n % 3 == 0),
    "overtaken": lambda asked: asked.fail_items(409, "version_conflict", lambda n: n < 5),
    "slow": lambda _: time.sleep(0.5),
}


@pytest.mark.parametrize("name", FAULTS)
def test_one_fault_changes_nothing_of_what_is_kept_or_said(
    behind_proxy: ElasticStore, proxy: FaultyProxy, store: ElasticStore, name: str
) -> None:
    store.put(make_mentions(10))
    again = [*make_mentions(5), *(make_mention(n, text="edited") for n in range(5, 10))]
    proxy.fault = once(FAULTS[name])

    outcomes = behind_proxy.put([*again, *make_mentions(10, first=10)])

    said = [Outcome.UNCHANGED] * 5 + [Outcome.CHANGED] * 5 + [Outcome.NEW] * 10
    assert said == outcomes
    assert [make_mention(n).source_id for n in reversed(range(20))] == kept(behind_proxy)
    assert [] == behind_proxy.check()


@pytest.mark.parametrize("seed", range(2))
def test_a_storm_of_faults_loses_nothing(
    behind_proxy: ElasticStore, proxy: FaultyProxy, seed: int
) -> None:
    proxy.fault = storm(seed)
    outcomes: list[Outcome] = []
    for first in range(0, 400, 40):
        outcomes += patiently(behind_proxy, make_mentions(40, first=first))
    for first in range(0, 400, 40):
        edited = [make_mention(n, text="edited") for n in range(first, first + 40)]
        patiently(behind_proxy, edited)
    proxy.fault = lambda _: None

    assert 400 == outcomes.count(Outcome.NEW)
    assert sorted(make_mention(n).source_id for n in range(400)) == sorted(kept(behind_proxy))
    assert {"edited"} == {each.mention.text for each in behind_proxy.iterate(Everything())}
    assert [] == behind_proxy.check()


def patiently(store: ElasticStore, mentions: Sequence[Mention]) -> list[Outcome]:
    """Do as delivery does."""
    while True:
        try:
            return store.put(mentions)
        except StoreBusy:
            time.sleep(0.1)


def test_what_cannot_be_kept_goes_into_quarantine_and_the_rest_is_kept(
    behind_proxy: ElasticStore, proxy: FaultyProxy
) -> None:
    proxy.fault = once(
        lambda asked: asked.fail_items(400, "document_parsing_exception", lambda n: n == 1)
    )

    outcomes = behind_proxy.put(make_mentions(3))

    assert [Outcome.NEW, Outcome.QUARANTINED, Outcome.NEW] == outcomes
    (entry,) = behind_proxy.quarantined()
    assert (make_mention(1).id, "store") == (entry.id, entry.stage)
    assert "document_parsing_exception" in entry.error
    assert make_mention(1).text == entry.mention["text"]
    assert 2 == len(kept(behind_proxy))


def test_a_cluster_that_stays_busy_is_said_to_be_so(proxy: FaultyProxy, location: str) -> None:
    with ElasticStore(f"{proxy.url}?{location.partition('?')[2]}", patience=0.5) as store:
        proxy.fault = refuse_bulk(429)

        with pytest.raises(StoreBusy, match="told by a test"):
            store.put(make_mentions(1))
        proxy.fault = lambda _: None
        assert [] == kept(store)


def test_a_cluster_that_does_not_know_us_ends_the_crawl_and_quarantines_nothing(
    behind_proxy: ElasticStore, proxy: FaultyProxy
) -> None:
    proxy.fault = refuse_bulk(403)

    with pytest.raises(StoreError, match="SAYSO_ELASTICSEARCH_API_KEY") as caught:
        behind_proxy.put(make_mentions(1))
    assert not isinstance(caught.value, StoreBusy)
    assert 0 == behind_proxy.quarantine_size()


def test_two_writers_of_the_same_mentions_keep_each_once(
    store: ElasticStore, location: str
) -> None:
    first, second = make_mentions(50), [make_mention(n, brands=("b",)) for n in range(50)]
    with ElasticStore(location) as other:
        said = [store.put(first), other.put(second)]

    assert [Outcome.NEW] * 50 == said[0]
    assert 50 == len(kept(store))
    assert [("b",)] * 50 == [each.mention.brands for each in store.iterate(Everything())]


def test_a_note_whose_answer_was_lost_is_ours(
    behind_proxy: ElasticStore, proxy: FaultyProxy
) -> None:
    lost: list[str] = []

    def lose(asked: Asked) -> None:
        if asked.method == "PUT" and "-notes/" in asked.path and not lost:
            lost.append(asked.path)
            lose_answer(asked)

    proxy.fault = lose

    version = behind_proxy.notes.write("lease", {"holder": "me"}, None)

    assert lost
    found = behind_proxy.notes.read("lease")
    assert found is not None
    assert version == found.version


def test_a_run_whose_writer_died_after_its_lock_is_written_down_by_the_next(
    behind_proxy: ElasticStore, proxy: FaultyProxy, store: ElasticStore
) -> None:
    run = Run(id="0123456789ab", key="feed a", source="feed")
    proxy.fault = lambda asked: asked.refuse(400) if "-runs/_create" in asked.path else None
    with pytest.raises(StoreError):
        behind_proxy.runs.queue(run)
    proxy.fault = lambda _: None
    assert [] == store.runs.recent()

    with pytest.raises(RunOverlap, match="already queued"):
        store.runs.queue(dataclasses.replace(run, id="ba9876543210"))

    assert [run.id] == [each.id for each in store.runs.recent()]
    assert store.runs.end(store.runs.get(run.id), RunState.FINISHED)
    store.runs.queue(dataclasses.replace(run, id="ba9876543210"))


def test_large_mentions_are_sent_in_requests_of_bounded_size(
    behind_proxy: ElasticStore, proxy: FaultyProxy
) -> None:
    sizes: list[int] = []
    proxy.fault = lambda asked: sizes.append(len(asked.body)) if asked.is_bulk else None
    mentions = [make_mention(n, text=f"{n} " * 200_000) for n in range(8)]

    behind_proxy.put(mentions)

    assert len(sizes) > 1
    assert max(sizes) < 8_000_000
    assert 8 == len(kept(behind_proxy))


def test_who_may_not_refresh_can_still_read(
    behind_proxy: ElasticStore, proxy: FaultyProxy, store: ElasticStore
) -> None:
    store.put(make_mentions(3))
    assert 3 == store.search(Everything()).total

    proxy.fault = lambda asked: asked.refuse(403) if "_refresh" in asked.path else None

    assert make_mention(1) == behind_proxy.get(make_mention(1).id[:8]).mention
    assert [] == behind_proxy.runs.recent()


def cut_short(asked: Asked) -> None:
    """Answer as a cluster does whose time for the search was up."""
    if "/_search" in asked.path:
        status, body = asked.forward()
        asked.answer(status, body.replace(b'"timed_out":false', b'"timed_out":true'))


def test_an_answer_in_part_is_said_and_nothing_rests_on_it(
    behind_proxy: ElasticStore, proxy: FaultyProxy, store: ElasticStore, tmp_path: Path
) -> None:
    store.put(make_mentions(3))
    store.search(Everything())
    proxy.fault = cut_short

    page = behind_proxy.search(Everything())
    assert "the search ended after 30 s" in (page.incomplete or "")
    location = f"{proxy.url}?{store.location.partition('?')[2]}"
    shown = run_sayso("--store", location, "search", "coffee", cwd=tmp_path)
    assert "INCOMPLETE: the search ended after 30 s" in shown.stderr
    counted = run_sayso("--store", location, "stats", "--json", cwd=tmp_path)
    assert "30 s" in json.loads(counted.stdout)["incomplete"]
    alert = Alert(name="a", on=Trigger.MENTION, query="coffee", channels=("team",))
    watched = watch(alert, Config(alerts=(alert,)), behind_proxy, dt.datetime.now(dt.UTC))
    with pytest.raises(StoreBusy, match="30 s"):
        watched.search(Everything())
    with pytest.raises(StoreError, match="not everything could be read"):
        copy_store(behind_proxy, EmbeddedStore(tmp_path / "copy.db"), name="original")
