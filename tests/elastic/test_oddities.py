"""What clusters that others use too may look like, and what a careful writer makes of it."""

import datetime as dt
import json
import sys
from collections.abc import Callable

import pytest

from search.errors import (
    ConfigError,
    StoreBusy,
    StoreError,
    StoreNotFound,
    StoreReadOnly,
    StoreVersion,
)
from search.frames import to_arrow
from search.mention import Engagement, State, StoredMention
from search.query import Everything
from search.run_log import Run, RunOverlap
from search.stores.base import Outcome
from search.stores.elastic import layout
from search.stores.elastic.store import ElasticStore, init
from search.stores.opening import init_store
from tests.elastic.faulty_proxy import Asked, FaultyProxy
from tests.elasticsearch_node import ask
from tests.stores.inventing import make_mention, make_mentions

RUN = Run(id="0123456789ab", key="feed a", source="feed")


def parts(location: str) -> tuple[str, str]:
    url, _, prefix = location.partition("?prefix=")
    return url, prefix


def when(
    path: str, method: str, fault: Callable[[Asked], None], times: int = 1
) -> Callable[[Asked], None]:
    """Do it to the first so many requests of this kind."""
    left = [times]

    def only_then(asked: Asked) -> None:
        if path in asked.path and asked.method == method and left[0]:
            left[0] -= 1
            fault(asked)

    return only_then


def lose_answer(asked: Asked) -> None:
    asked.forward()
    asked.drop()


def test_a_document_that_could_not_be_read_is_not_taken_for_one_that_is_not_there(
    behind_proxy: ElasticStore, proxy: FaultyProxy
) -> None:
    behind_proxy.put(make_mentions(3))
    behind_proxy.roll_over()

    def fail(asked: Asked) -> None:
        _, body = asked.forward()
        answer = json.loads(body)
        for each in answer["docs"]:
            if each["_index"].endswith("-000001"):
                each.clear()
                each["error"] = {"type": "es_rejected_execution_exception", "reason": "full"}
        asked.answer(200, json.dumps(answer).encode())

    proxy.fault = when("/_mget", "POST", fault=fail)
    with pytest.raises(StoreBusy, match="es_rejected_execution_exception"):
        behind_proxy.put(make_mentions(3))

    assert [Outcome.UNCHANGED] * 3 == behind_proxy.put(make_mentions(3))
    assert [] == behind_proxy.check()


def test_a_closed_index_is_said_and_nothing_is_kept_again(elastic_location: str) -> None:
    url, prefix = parts(elastic_location)
    with ElasticStore(elastic_location) as store:
        store.put(make_mentions(3))
        store.roll_over()
        ask("POST", f"{url}/{prefix}-mentions-000001/_close")

        with pytest.raises(StoreError, match="closed"):
            ElasticStore(elastic_location)
        with pytest.raises(StoreError, match="closed"):
            store.put(make_mentions(3))
        ask("POST", f"{url}/{prefix}-mentions-000001/_open")
        assert [Outcome.UNCHANGED] * 3 == store.put(make_mentions(3))
        assert 0 == store.quarantine_size()


@pytest.mark.parametrize(
    "kind", ["index_closed_exception", "illegal_argument_exception", "pipeline_missing"]
)
def test_what_is_wrong_with_the_index_is_no_fault_of_the_documents(
    behind_proxy: ElasticStore, proxy: FaultyProxy, kind: str
) -> None:
    proxy.fault = lambda asked: (
        asked.fail_items(400, kind, lambda _: True) if asked.is_bulk else None
    )

    with pytest.raises(StoreError, match=kind) as caught:
        behind_proxy.put(make_mentions(2))
    assert not isinstance(caught.value, StoreBusy)
    proxy.fault = lambda _: None
    assert 0 == behind_proxy.quarantine_size()


def test_a_proxy_that_takes_less_gets_less_at_once(
    behind_proxy: ElasticStore, proxy: FaultyProxy
) -> None:
    proxy.fault = lambda asked: (
        asked.refuse(413) if asked.is_bulk and len(asked.body) > 60_000 else None
    )
    mentions = [make_mention(number, text=f"{number} " * 2_000) for number in range(12)]

    outcomes = behind_proxy.put([*mentions, make_mention(99, text="long " * 20_000)])

    assert [*[Outcome.NEW] * 12, Outcome.QUARANTINED] == outcomes
    (entry,) = behind_proxy.quarantined()
    assert "too large" in entry.error
    assert "only 10,000 characters are kept" in entry.error


def test_the_next_index_of_somebody_else_is_left_alone(elastic_location: str) -> None:
    url, prefix = parts(elastic_location)
    list(init(elastic_location, shards=None))
    foreign = f"{url}/{prefix}-mentions-000002"
    ask("DELETE", f"{url}/_index_template/{prefix}-mentions")
    ask("PUT", foreign, {"mappings": {"properties": {"theirs": {"type": "keyword"}}}})
    before = ask("GET", foreign)

    with ElasticStore(elastic_location) as store:
        with pytest.raises(StoreError, match="is there, but not Sayso's"):
            store.roll_over()
        store.put(make_mentions(2))
    assert before == ask("GET", foreign)


def test_a_template_of_somebody_else_in_front_of_ours_changes_nothing(
    elastic_location: str,
) -> None:
    url, prefix = parts(elastic_location)
    theirs = {
        "index_patterns": [f"{prefix}-*"],
        "priority": 900,
        "template": {"mappings": {"properties": {"text": {"type": "long"}}}},
    }
    ask("PUT", f"{url}/_index_template/{prefix}-theirs", theirs)

    with ElasticStore(elastic_location) as store:
        store.put(make_mentions(2))
        assert [] == store.check()


def test_an_older_sayso_marks_nothing_of_a_newer_one_as_its_own(elastic_location: str) -> None:
    url, prefix = parts(elastic_location)
    list(init(elastic_location, shards=None))
    newer = {"_meta": {"sayso": {"version": layout.VERSION + 1}}}
    ask("PUT", f"{url}/{prefix}-notes/_mapping", newer)

    with pytest.raises(StoreVersion, match="newer version"):
        list(init(elastic_location, shards=None))
    found = ask("GET", f"{url}/{prefix}-notes/_mapping")[f"{prefix}-notes"]
    assert newer["_meta"] == found["mappings"]["_meta"]


def test_aliases_that_were_lost_are_brought_back(elastic_location: str) -> None:
    url, prefix = parts(elastic_location)
    with ElasticStore(elastic_location) as store:
        store.put(make_mentions(2))
    ask("DELETE", f"{url}/{prefix}-mentions-000001/_alias/*")
    with pytest.raises(StoreNotFound, match="store init"):
        ElasticStore(elastic_location, create=False)

    said = list(init(elastic_location, shards=None))

    assert any("brought back" in line for line in said)
    with ElasticStore(elastic_location, create=False) as store:
        assert 2 == store.search(Everything()).total
        assert [Outcome.NEW] == store.put([make_mention(7)])


def test_small_indices_that_are_missing_are_said_and_made(elastic_location: str) -> None:
    url, prefix = parts(elastic_location)
    with ElasticStore(elastic_location) as store:
        ask("DELETE", f"{url}/{prefix}-notes,{prefix}-runs,{prefix}-cursors")

        assert 3 == len([line for line in store.check() if "it is missing" in line])
        for look in (lambda: store.notes.read("a"), lambda: store.cursor("a"), store.runs.recent):
            with pytest.raises(StoreNotFound, match="`sayso store init` makes what is missing"):
                look()
        list(init(elastic_location, shards=None))
        assert [] == store.check()
        assert store.notes.read("a") is None


def test_whoever_only_reads_cannot_write_runs_or_notes(location: str) -> None:
    with ElasticStore(location, read_only=True) as store:
        with pytest.raises(StoreReadOnly):
            store.runs.queue(RUN)
        with pytest.raises(StoreReadOnly):
            store.notes.write("a", {}, None)


def test_to_forget_is_an_error_when_nobody_can_write(
    behind_proxy: ElasticStore, proxy: FaultyProxy
) -> None:
    """By this a supervisor knows that a run does not beat because it cannot."""
    proxy.fault = lambda asked: asked.refuse(403) if asked.method == "PUT" else None

    with pytest.raises(StoreError):
        behind_proxy.runs.forget(dt.datetime(2000, 1, 1, tzinfo=dt.UTC))


def test_a_run_that_somebody_else_has_written_down_for_us_is_ours(
    behind_proxy: ElasticStore, proxy: FaultyProxy, store: ElasticStore
) -> None:
    def be_overtaken(_: Asked) -> None:
        with pytest.raises(RunOverlap, match="already queued"):
            store.runs.queue(Run(id="ba9876543210", key=RUN.key, source="feed"))

    proxy.fault = when("-runs/_create/", "PUT", be_overtaken)

    assert RUN.id == behind_proxy.runs.queue(RUN).id
    assert [RUN.id] == [run.id for run in store.runs.recent()]


def test_what_was_written_before_the_store_was_given_up_is_still_said_to_be_new(
    proxy: FaultyProxy, location: str
) -> None:
    with ElasticStore(f"{proxy.url}?{location.partition('?')[2]}", patience=0.2) as store:
        with pytest.raises(StoreBusy):
            write_and_lose(store, proxy)
        proxy.fault = lambda _: None

        assert [Outcome.NEW] * 3 == store.put(make_mentions(3))
        assert [Outcome.UNCHANGED] * 3 == store.put(make_mentions(3))


def write_and_lose(store: ElasticStore, proxy: FaultyProxy) -> None:
    """Lose the answer to the write, and then every answer to looking what became of it."""
    seen: list[str] = []

    def fault(asked: Asked) -> None:
        if asked.is_bulk:
            seen.append("bulk")
            lose_answer(asked)
        elif "/_mget" in asked.path and seen:
            asked.drop()

    proxy.fault = fault
    store.put(make_mentions(3))


def test_a_deletion_whose_answer_was_lost_is_ours(
    behind_proxy: ElasticStore, proxy: FaultyProxy
) -> None:
    version = behind_proxy.notes.write("a", {}, None)
    assert version is not None
    proxy.fault = when("-notes/", "DELETE", lose_answer)

    assert behind_proxy.notes.delete("a", version)


@pytest.mark.parametrize("version", [0, -1])
def test_a_version_that_never_was_is_refused(store: ElasticStore, version: int) -> None:
    store.notes.write("a", {}, None)

    assert store.notes.write("a", {"n": 1}, version) is None
    assert not store.notes.delete("a", version)


def test_a_walk_goes_on_when_its_point_in_time_is_gone(
    behind_proxy: ElasticStore, proxy: FaultyProxy
) -> None:
    behind_proxy.put(make_mentions(1_200))
    walk = behind_proxy.iterate(Everything())
    visited = [next(walk).id for _ in range(400)]

    def forget(asked: Asked) -> None:
        error = {"type": "search_phase_execution_exception", "reason": "all shards failed"}
        asked.answer(404, json.dumps({"error": error, "status": 404}).encode())

    proxy.fault = when("/_search", "POST", forget)
    visited += [each.id for each in walk]

    assert [make_mention(number).id for number in reversed(range(1_200))] == visited


def test_a_mention_that_somebody_damaged_is_written_anew(elastic_location: str) -> None:
    url, prefix = parts(elastic_location)
    with ElasticStore(elastic_location) as store:
        store.put(make_mentions(3))
        for number, content in enumerate([{"hash": "xyz"}, {"record": "{"}]):
            place = (
                f"{url}/{prefix}-mentions-000001/_update/{make_mention(number).id}?refresh=true"
            )
            ask("POST", place, {"doc": {"sayso": {"content": [content]}}})

        assert 2 == len(store.check())
        assert 1 == store.rebuild()
        assert [Outcome.CHANGED] * 2 == store.put(make_mentions(2))
        assert [] == store.check()


def test_a_mention_that_comes_twice_is_taken_over_once(store: ElasticStore) -> None:
    stored = StoredMention(
        mention=make_mention(1), state=State(first_seen_at=dt.datetime.now(dt.UTC))
    )

    assert [Outcome.NEW, Outcome.UNCHANGED] == store.adopt([stored, stored])


@pytest.mark.parametrize("key", ["c2Vj\ncmV0", "sécret"])
def test_a_key_that_is_none_is_said_without_showing_it(
    location: str, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    monkeypatch.setenv("SAYSO_ELASTICSEARCH_API_KEY", key)

    with pytest.raises(ConfigError, match="API_KEY holds letters that no key has") as caught:
        ElasticStore(location)
    assert key not in str(caught.value)


def test_certificates_that_are_not_there_are_said(
    location: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAYSO_ELASTICSEARCH_CA", "/absent.pem")

    with pytest.raises(ConfigError, match=r"SAYSO_ELASTICSEARCH_CA names /absent\.pem"):
        ElasticStore(location)


def test_what_is_not_installed_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "search.stores.elastic.store", None)

    with pytest.raises(ConfigError, match=r"pip install 'sayso\[elasticsearch\]'"):
        list(init_store("http://127.0.0.1:9"))


def test_numbers_beyond_64_bits_fit_into_a_table() -> None:
    huge = make_mention(1, engagement=Engagement(likes=2**70))

    (likes,) = to_arrow([StoredMention(mention=huge, state=State())], ["likes"])[
        "engagement.likes"
    ]
    assert 2**63 - 1 == likes.as_py()


def test_an_answer_of_a_gateway_is_no_reason_to_stop(
    behind_proxy: ElasticStore, proxy: FaultyProxy
) -> None:
    proxy.fault = when("/_mget", "POST", lambda asked: asked.answer(503, b"<html>down</html>"), 2)

    assert [Outcome.NEW] == behind_proxy.put(make_mentions(1))


def test_what_was_changed_between_looking_and_writing_is_looked_at_again(
    behind_proxy: ElasticStore, proxy: FaultyProxy, store: ElasticStore
) -> None:
    """Brands only grow: had the second writer not noticed the first, one would be gone."""
    store.put([make_mention(1, brands=("a",))])
    other = make_mention(1, brands=("b",))

    def overtake(_: Asked) -> None:
        store.put([other])

    proxy.fault = when("/_bulk", "POST", overtake)

    behind_proxy.put([make_mention(1, brands=("c",))])

    assert {"a", "b", "c"} == {*store.get(make_mention(1).id).mention.brands}
