"""Health and metrics over real HTTP: right, prompt, and silent about who asks."""

import dataclasses
import datetime as dt
import http.client
import json
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from prometheus_client import REGISTRY
from prometheus_client.parser import text_string_to_metric_families

from crawlers.metrics import Figures
from crawlers.monitoring import Monitor
from search.errors import ConfigError, StoreBusy
from search.run_log import Run, RunState
from search.stores.base import Quarantined
from search.stores.embedded import EmbeddedStore

SOURCES = ("feed", "mastodon")
FORGED = "/x-y-z?who=me"


@dataclasses.dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: str


@dataclasses.dataclass
class State:
    """What `/healthz` is to say."""

    said: Mapping[str, object] = dataclasses.field(default_factory=lambda: {"status": "ok"})
    error: Exception | None = None

    def health(self) -> Mapping[str, object]:
        if self.error is not None:
            raise self.error
        return self.said


@pytest.fixture
def store(tmp_path: Path) -> Iterator[EmbeddedStore]:
    with EmbeddedStore(tmp_path / "sayso.db") as opened:
        yield opened


@pytest.fixture
def state() -> State:
    return State()


@pytest.fixture
def figures(store: EmbeddedStore) -> Figures:
    return Figures(store, SOURCES, patience=0.5)


@pytest.fixture
def monitor(state: State, figures: Figures) -> Iterator[Monitor]:
    with Monitor(state.health, figures, port=0) as opened:
        yield opened


def ask(monitor: Monitor, path: str, method: str = "GET") -> Answer:
    connection = http.client.HTTPConnection("127.0.0.1", monitor.port, timeout=10)
    try:
        connection.request(method, path, headers={"X-Who": "a-stranger"})
        answer = connection.getresponse()
        return Answer(answer.status, dict(answer.headers.items()), answer.read().decode())
    finally:
        connection.close()


def samples(monitor: Monitor) -> dict[str, float]:
    """Read every sample as Prometheus does, under ``name{value,value}``, by label."""
    answer = ask(monitor, "/metrics")
    assert answer.status == 200
    found = {}
    for family in text_string_to_metric_families(answer.body):
        for sample in family.samples:
            labels = ",".join(value for _, value in sorted(sample.labels.items()))
            found[sample.name + (f"{{{labels}}}" if labels else "")] = sample.value
    return found


def queue(store: EmbeddedStore, number: int, source: str = "feed") -> Run:
    return store.runs.queue(Run(id=f"{number:012x}", key=f"k{number}", source=source))


def finish(store: EmbeddedStore, run: Run, state: RunState = RunState.FINISHED) -> Run:
    claimed = store.runs.claim(run.id, "w")
    assert claimed is not None
    counts = {"mentions": {"new": 3, "changed": 1, "unchanged": 7}}
    store.runs.end(claimed, state, counts=counts)
    return store.runs.get(run.id)


# -- health


@pytest.mark.parametrize(
    ("status", "code"),
    [("ok", 200), ("waiting", 200), ("failing", 503), ("fine", 503), (None, 503)],
)
def test_health_is_json_with_the_code_that_tells_a_machine(
    monitor: Monitor, state: State, status: str | None, code: int
) -> None:
    state.said = {"status": status, "since": dt.date(2026, 1, 31), "brand": "Å"}

    answer = ask(monitor, "/healthz?verbose")

    assert code == answer.status
    assert "application/json" == answer.headers["Content-Type"]
    assert {"status": status, "since": "2026-01-31", "brand": "Å"} == json.loads(answer.body)


def test_health_that_is_not_known_is_failing(monitor: Monitor, state: State) -> None:
    state.error = StoreBusy("sayso.db", "busy")

    answer = ask(monitor, "/healthz")

    assert (503, {"status": "failing"}) == (answer.status, json.loads(answer.body))


def test_a_defect_in_an_answer_ends_neither_the_monitor_nor_its_silence(
    monitor: Monitor,
    state: State,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    state.error = ZeroDivisionError("by nought")
    with pytest.raises(http.client.RemoteDisconnected):
        ask(monitor, "/healthz")
    state.error = None

    assert 200 == ask(monitor, "/healthz").status
    assert ("", "") == capfd.readouterr()
    assert ["a request could not be answered"] == [record.message for record in caplog.records]


# -- metrics


def test_a_new_process_has_nothing_to_count_yet(monitor: Monitor) -> None:
    assert {
        "sayso_alert_failures_total": 0, "sayso_store_up": 1, "sayso_runs_queued": 0,
        "sayso_runs_running": 0, "sayso_quarantined": 0,
    } == samples(monitor)  # fmt: skip


def test_what_ended_is_counted_by_source_and_state(
    monitor: Monitor, figures: Figures, store: EmbeddedStore
) -> None:
    for number in range(2):
        figures.count_run(finish(store, queue(store, number)))
    figures.count_run(finish(store, queue(store, 2, "mastodon"), RunState.BLOCKED))
    figures.count_alert_failure()

    assert {
        "sayso_runs_total{feed,finished}": 2,
        "sayso_runs_total{mastodon,blocked}": 1,
        "sayso_mentions_total{new,feed}": 6,
        "sayso_mentions_total{changed,feed}": 2,
        "sayso_mentions_total{new,mastodon}": 3,
        "sayso_alert_failures_total": 1,
    }.items() <= samples(monitor).items()
    assert not [name for name in samples(monitor) if "unchanged" in name]


def test_how_it_stands_is_read_from_the_store(monitor: Monitor, store: EmbeddedStore) -> None:
    waiting, running, *_ = (queue(store, number) for number in range(3))
    store.runs.claim(running.id, "w")
    entry = Quarantined(waiting.id, "feed", "match", "bad", {}, dt.datetime.now(dt.UTC))
    store.quarantine([entry])

    found = samples(monitor)

    assert (2, 1, 1) == tuple(
        found[f"sayso_{name}"] for name in ("runs_queued", "runs_running", "quarantined")
    )


def test_the_last_success_is_that_of_the_last_run_that_finished(
    monitor: Monitor, store: EmbeddedStore
) -> None:
    finish(store, queue(store, 1))
    good = finish(store, queue(store, 2))
    finish(store, queue(store, 3), RunState.FAILED)
    finish(store, queue(store, 4, "mastodon"), RunState.BLOCKED)

    found = samples(monitor)

    assert good.finished_at is not None
    name = "sayso_last_success_timestamp_seconds"
    assert good.finished_at.timestamp() == pytest.approx(found[f"{name}{{feed}}"], abs=0.001)
    assert f"{name}{{mastodon}}" not in found


def test_each_family_has_its_name_its_kind_and_its_meaning(
    monitor: Monitor, figures: Figures, store: EmbeddedStore
) -> None:
    figures.count_run(finish(store, queue(store, 1)))

    body = ask(monitor, "/metrics").body

    kinds = {
        family.name: (family.type, bool(family.documentation))
        for family in text_string_to_metric_families(body)
    }
    assert {
        "sayso_runs": ("counter", True),
        "sayso_mentions": ("counter", True),
        "sayso_alert_failures": ("counter", True),
        "sayso_store_up": ("gauge", True),
        "sayso_runs_queued": ("gauge", True),
        "sayso_runs_running": ("gauge", True),
        "sayso_quarantined": ("gauge", True),
        "sayso_last_success_timestamp_seconds": ("gauge", True),
    } == kinds


def test_the_process_s_own_registry_is_left_alone(monitor: Monitor) -> None:
    ask(monitor, "/metrics")

    assert [] == [family.name for family in REGISTRY.collect() if "sayso" in family.name]


def test_a_store_that_hangs_holds_up_no_scrape(
    monitor: Monitor, store: EmbeddedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_go = threading.Event()
    asked = []

    def hang() -> int:
        asked.append(1)
        assert let_go.wait(30)
        return 5

    monkeypatch.setattr(store, "quarantine_size", hang)
    begun = time.monotonic()
    found = [samples(monitor), samples(monitor)]
    seconds = time.monotonic() - begun

    assert [{"sayso_alert_failures_total": 0, "sayso_store_up": 0}] * 2 == found
    assert seconds < 5
    assert [1] == asked
    let_go.set()
    assert 5 == wait_for(monitor, "sayso_quarantined")


def wait_for(monitor: Monitor, name: str) -> float:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if (value := samples(monitor).get(name)) is not None:
            return value
    pytest.fail(f"{name} never came")


def test_a_store_that_refuses_is_down_and_what_was_counted_stays(
    monitor: Monitor, figures: Figures, store: EmbeddedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    figures.count_run(finish(store, queue(store, 1)))

    def refuse() -> int:
        raise StoreBusy("sayso.db", "busy")

    monkeypatch.setattr(store, "quarantine_size", refuse)
    found = samples(monitor)

    assert (0, 1) == (found["sayso_store_up"], found["sayso_runs_total{feed,finished}"])
    assert "sayso_runs_queued" not in found


def test_a_store_that_another_process_writes_to_is_up(
    monitor: Monitor, store: EmbeddedStore
) -> None:
    with EmbeddedStore(store.path) as other, other._connections.transaction():  # noqa: SLF001
        assert 1 == samples(monitor)["sayso_store_up"]


def test_many_scrape_at_once(monitor: Monitor) -> None:
    found: list[float] = []
    threads = [
        threading.Thread(target=lambda: found.append(samples(monitor)["sayso_store_up"]))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [1.0] * 8 == found


# -- HTTP


@pytest.mark.parametrize("path", ["/healthz", "/metrics", "/elsewhere"])
def test_head_is_get_without_the_body(monitor: Monitor, path: str) -> None:
    whole, head = ask(monitor, path), ask(monitor, path, "HEAD")
    sent = send(monitor, f"HEAD {path} HTTP/1.0\r\n\r\n".encode())

    assert (whole.status, b"") == (head.status, sent.partition(b"\r\n\r\n")[2])
    for name in ("Content-Type", "Content-Length"):
        assert whole.headers[name] == head.headers[name]


@pytest.mark.parametrize("path", ["/", FORGED, "/healthz/", "/metrics/../healthz"])
def test_any_other_path_is_not_found(monitor: Monitor, path: str) -> None:
    assert 404 == ask(monitor, path).status


@pytest.mark.parametrize(
    "request_line",
    [
        f"GET {FORGED} HTTP/1.1",
        f"X-Y-Z {FORGED} HTTP/1.1",
        f"POST {FORGED} HTTP/1.1",
        f"GET {FORGED} x-y-z",
        f"GET http://[x-y-z{FORGED} HTTP/1.1",
        f"x-y-z{'a' * 70_000} / HTTP/1.1",
        "x-y-z",
    ],
    ids=lambda line: line[:20],
)
def test_nothing_of_a_request_comes_back_or_is_logged(
    monitor: Monitor,
    request_line: str,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    answer = send(monitor, f"{request_line}\r\nX-Who: x-y-z\r\n\r\n".encode())

    assert answer.startswith((b"HTTP/1.0 4", b"HTTP/1.0 5", b"40", b"41", b"50"))
    assert b"x-y-z" not in answer.lower()
    assert b"python" not in answer.lower()
    assert "x-y-z" not in caplog.text.lower()
    assert ("", "") == capfd.readouterr()


def send(monitor: Monitor, request: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", monitor.port), timeout=10) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        received = b""
        try:
            while part := connection.recv(65_536):
                received += part
        except ConnectionResetError:  # it answers a line too long without reading its end
            pass
        return received


def test_a_client_that_goes_away_is_no_event(
    monitor: Monitor, caplog: pytest.LogCaptureFixture
) -> None:
    with socket.create_connection(("127.0.0.1", monitor.port), timeout=10):
        pass

    assert 200 == ask(monitor, "/healthz").status
    assert "" == caplog.text


# -- where it listens


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "192.0.2.1", "example.org", ""])  # noqa: S104
def test_an_address_that_others_reach_is_refused(
    state: State, figures: Figures, address: str
) -> None:
    with pytest.raises(ConfigError, match="no address of this machine alone"):
        Monitor(state.health, figures, port=0, address=address)


def test_a_port_in_use_is_said(monitor: Monitor, state: State, figures: Figures) -> None:
    taken = f"port {monitor.port} of 127.0.0.1: another program listens there already"
    with pytest.raises(ConfigError, match=taken):
        Monitor(state.health, figures, port=monitor.port)


@pytest.mark.parametrize("port", [65_536, -1])
def test_a_port_that_cannot_be_is_refused(state: State, figures: Figures, port: int) -> None:
    with pytest.raises(ConfigError, match="to 65535"):
        Monitor(state.health, figures, port=port)


def test_localhost_is_this_machine(state: State, figures: Figures) -> None:
    with Monitor(state.health, figures, port=0, address="localhost") as opened:
        assert 200 == ask(opened, "/healthz").status


def test_a_closed_monitor_gives_its_port_back(state: State, figures: Figures) -> None:
    first = Monitor(state.health, figures, port=0)
    first.close()

    with pytest.raises(ConnectionRefusedError):
        ask(first, "/healthz")
    Monitor(state.health, figures, port=first.port).close()
