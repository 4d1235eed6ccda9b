"""The log: one event, one line, whatever is in it, and never the words of a mention."""

import contextlib
import dataclasses
import datetime as dt
import io
import json
import logging
import ssl
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.logs import LEVELS, OURS, LineHandler, set_up_logs
from pipelines.stages import StageFailed
from search.errors import ConfigError, StoreBusy, StoreCorrupt
from search.mention import Mention
from tests.crawling import process_environment

STRANGER = "words of a stranger"
MENTION = Mention(source="blog", source_id="1", url="https://a.example/1", text=STRANGER)
OURS_ONE = logging.getLogger("crawlers.schedule")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _as_before(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv("SAYSO_LOG", raising=False)
    root = logging.getLogger()
    before = root.level
    yield
    for one in [one for one in root.handlers if isinstance(one, LineHandler)]:
        root.removeHandler(one)
    root.setLevel(before)
    for name in OURS:
        logging.getLogger(name).setLevel(logging.NOTSET)
    logging.captureWarnings(capture=False)


@pytest.fixture
def pipe() -> io.StringIO:
    stream = io.StringIO()
    set_up_logs(stream)
    return stream


@pytest.fixture
def terminal() -> Terminal:
    stream = Terminal()
    set_up_logs(stream)
    return stream


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def only(stream: io.StringIO) -> dict[str, Any]:
    (line,) = lines(stream)
    return line


def raised(error: BaseException) -> BaseException:
    try:
        raise error
    except type(error) as caught:
        return caught


def test_in_a_pipe_an_event_is_one_json_object(pipe: io.StringIO) -> None:
    before = dt.datetime.now(dt.UTC)
    OURS_ONE.info("run finished", extra={"source": "feed", "new": 3, "address": None})

    line = only(pipe)
    at = dt.datetime.fromisoformat(line.pop("at"))
    assert {
        "level": "info", "logger": "crawlers.schedule", "event": "run finished",
        "source": "feed", "new": 3, "address": None,
    } == line  # fmt: skip
    assert dt.timedelta(0) == at.utcoffset()
    assert abs(at - before) < dt.timedelta(seconds=5)


def test_in_a_terminal_an_event_is_a_line_to_read(terminal: Terminal) -> None:
    OURS_ONE.warning("run failed", extra={"source": "feed", "why": "HTTP 500", "tries": 2})

    line = terminal.getvalue()
    at, rest = line.split(" ", 1)
    assert 'warning run failed source=feed why="HTTP 500" tries=2\n' == rest
    assert time.strptime(at, "%H:%M:%S")


@pytest.mark.parametrize("level", LEVELS)
def test_the_environment_says_from_which_level_on(
    monkeypatch: pytest.MonkeyPatch, level: str
) -> None:
    monkeypatch.setenv("SAYSO_LOG", level.upper())
    stream = io.StringIO()
    set_up_logs(stream)
    for name in LEVELS:
        OURS_ONE.log(getattr(logging, name.upper()), name)

    assert list(LEVELS[LEVELS.index(level) :]) == [line["event"] for line in lines(stream)]


def test_without_it_details_are_left_out(pipe: io.StringIO) -> None:
    OURS_ONE.debug("detail")
    OURS_ONE.info("event")

    assert ["event"] == [line["event"] for line in lines(pipe)]


@pytest.mark.parametrize("level", ["loud", "10", "critical", " "])
def test_a_level_that_does_not_exist_is_refused_with_those_there_are(
    monkeypatch: pytest.MonkeyPatch, level: str
) -> None:
    monkeypatch.setenv("SAYSO_LOG", level)

    with pytest.raises(ConfigError, match=r"SAYSO_LOG = .*: allowed: debug, info, warning, error"):
        set_up_logs(io.StringIO())


@pytest.mark.parametrize(
    "name", ["scrapy.core.engine", "twisted", "apscheduler.scheduler", "rq.worker", "urllib3"]
)
def test_other_libraries_are_heard_from_warnings_on_whatever_they_set_themselves(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("SAYSO_LOG", "debug")
    stream = io.StringIO()
    set_up_logs(stream)
    library = logging.getLogger(name)
    monkeypatch.setattr(library, "level", logging.DEBUG)
    monkeypatch.setattr(library, "_cache", {})
    library.info("chatter")
    library.warning("trouble")

    assert ["trouble"] == [line["event"] for line in lines(stream)]


@pytest.mark.parametrize("name", ["rdflib.term", "trafilatura.core", "extruct"])
def test_what_reads_pages_does_not_quote_them(pipe: io.StringIO, name: str) -> None:
    logging.getLogger(name).error("%s does not look like a valid URI", STRANGER)

    assert [] == lines(pipe)


def test_of_what_another_library_says_the_first_line_counts(pipe: io.StringIO) -> None:
    logging.getLogger("rq.worker").error(
        "job 1: exception raised\nTraceback\n%s",
        STRANGER,
        extra={"item": MENTION, "text": STRANGER},
    )

    line = only(pipe)
    assert "job 1: exception raised" == line["event"]
    assert STRANGER not in pipe.getvalue()


@contextlib.contextmanager
def unheard_by_pytest() -> Iterator[None]:
    """Keep half characters from pytest, which cannot send them between its processes."""
    root = logging.getLogger()
    kept, root.handlers[:] = root.handlers[:], []
    try:
        yield
    finally:
        root.handlers[:] = kept


@pytest.mark.parametrize("make", [io.StringIO, Terminal])
@given(text=st.text() | st.sampled_from(["a\nb", "a\r\nb", "\x1b[2J", "\u2028", "\x85", "\ud800"]))
def test_no_text_makes_a_second_line_or_steers_a_terminal(
    make: type[io.StringIO], text: str
) -> None:
    stream = make()
    with unheard_by_pytest():
        set_up_logs(stream)
        OURS_ONE.info("found %s", text, extra={"value": text, "many": {text: [text]}})

    written = stream.getvalue()
    assert 1 == len(written.splitlines())
    assert "".join(sign for sign in written if not sign.isprintable()) == "\n"


class Mute:
    def __str__(self) -> str:
        raise RuntimeError("no words")


class Endless:
    def __str__(self) -> str:
        return str(self)


def nested(depth: int) -> list[Any]:
    return [nested(depth - 1)] if depth else []


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (float("nan"), "nan"),
        (float("-inf"), "-inf"),
        (Path("/a"), "/a"),
        (dt.date(2026, 1, 31), "2026-01-31"),
        (b"ab", "(bytes)"),
        ({1: {2}}, {"1": [2]}),
        ((1, None, True), [1, None, True]),
        (iter([STRANGER]), "(list_iterator)"),
        (KeyError(STRANGER), "KeyError"),
        (MENTION, f"Mention {MENTION.id}"),
        ([MENTION], [f"Mention {MENTION.id}"]),
        (nested(99), [[[[["(list)"]]]]]),
        ("x" * 5_000, "x" * 4_000 + "…"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_an_odd_value_becomes_one_that_json_knows(
    pipe: io.StringIO, value: object, written: object
) -> None:
    OURS_ONE.info("event", extra={"value": value})

    assert written == only(pipe)["value"]


@pytest.mark.parametrize("make", [io.StringIO, Terminal])
@pytest.mark.parametrize("value", [Mute(), Endless(), 10**5_000], ids=["mute", "endless", "huge"])
def test_what_cannot_be_written_is_said_and_breaks_nothing(
    make: type[io.StringIO], value: object, capsys: pytest.CaptureFixture[str]
) -> None:
    stream = make()
    set_up_logs(stream)
    OURS_ONE.info("event", extra={"value": value})
    OURS_ONE.info("next")

    written = stream.getvalue().splitlines()
    assert 2 == len(written)
    assert "an event could not be written" in written[0]
    assert "" == capsys.readouterr().err


def test_values_that_do_not_fit_the_words_are_left_out(pipe: io.StringIO) -> None:
    (handler,) = (one for one in logging.getLogger().handlers if isinstance(one, LineHandler))
    handler.emit(OURS_ONE.makeRecord("crawlers", 20, "", 0, "%d of %d", ("one",), None))

    assert "%d of %d" == only(pipe)["event"]


def test_a_value_does_not_take_the_place_of_what_every_line_has(pipe: io.StringIO) -> None:
    OURS_ONE.info("event", extra={"level": "forged", "at": "forged"})

    line = only(pipe)
    assert ("info", "forged", "forged") == (line["level"], line["level_"], line["at_"])


def test_an_error_is_told_by_type_and_place(pipe: io.StringIO) -> None:
    try:
        found = dict[str, str]()["nothing"]
        OURS_ONE.info(found)
    except KeyError:
        OURS_ONE.exception("run failed")

    error = only(pipe)["error"]
    assert "KeyError" == error["type"]
    assert (
        'in test_an_error_is_told_by_type_and_place\n    found = dict[str, str]()["nothing"]'
        in (error["traceback"])
    )


@pytest.mark.parametrize(
    "error",
    [
        ValueError(STRANGER),
        StageFailed("language", ValueError(STRANGER)),
        StoreCorrupt("sayso.db", STRANGER),
        ExceptionGroup(STRANGER, [ValueError(STRANGER)]),
        UnicodeDecodeError("utf-8", STRANGER.encode(), 0, 1, STRANGER),
    ],
    ids=lambda error: type(error).__name__,
)
@pytest.mark.parametrize("make", [io.StringIO, Terminal])
def test_an_error_s_own_words_stay_out_for_they_may_be_a_mention_s(
    make: type[io.StringIO], error: Exception
) -> None:
    stream = make()
    set_up_logs(stream)
    outer = RuntimeError("outer")
    outer.__cause__ = raised(error)
    error.add_note(STRANGER)
    OURS_ONE.error("run failed", exc_info=raised(outer), extra={"problem": error})

    assert STRANGER not in stream.getvalue()
    assert type(error).__name__ in stream.getvalue()


class ClientError(OSError):
    """As HTTP clients have: it quotes the address, and so its key."""


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (StoreBusy("sayso.db", "try again"), True),
        (ConfigError("SAYSO_QUEUE is no queue"), True),
        (ConnectionRefusedError(111, "Connection refused"), True),
        (ssl.SSLError(1, "handshake"), True),
        (ClientError("https://hooks.example/key"), False),
    ],
    ids=lambda value: type(value).__name__,
)
def test_an_error_of_settings_store_or_machine_says_why(
    pipe: io.StringIO, error: Exception, *, told: bool
) -> None:
    OURS_ONE.error("run failed", exc_info=raised(error))

    assert told == (str(error) in only(pipe)["error"]["traceback"])


def test_a_chain_that_bites_its_tail_ends(pipe: io.StringIO) -> None:
    first, second = ValueError(), TypeError()
    first.__cause__, second.__cause__ = second, first
    OURS_ONE.error("run failed", exc_info=first)

    assert "TypeError\n\nValueError" == only(pipe)["error"]["traceback"]


def test_in_a_terminal_an_error_is_in_the_same_line(terminal: Terminal) -> None:
    OURS_ONE.error("run failed", exc_info=raised(StoreBusy("sayso.db", "try again")))

    (line,) = terminal.getvalue().splitlines()
    assert 'run failed error="search.errors.StoreBusy: sayso.db: try again (' in line
    assert "test_logs.py:" in line


def test_a_warning_of_python_is_an_event_too(pipe: io.StringIO) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        warnings.warn("soon gone", DeprecationWarning, stacklevel=1)

    line = only(pipe)
    assert ("warning", "py.warnings") == (line["level"], line["logger"])
    assert line["event"].endswith("DeprecationWarning: soon gone")


def test_set_up_twice_every_event_is_written_once(pipe: io.StringIO) -> None:
    later = io.StringIO()
    set_up_logs(later)
    OURS_ONE.info("event")

    assert (0, 1) == (len(lines(pipe)), len(lines(later)))


def test_a_reader_that_has_gone_away_stops_nothing(
    pipe: io.StringIO, capsys: pytest.CaptureFixture[str]
) -> None:
    pipe.close()
    OURS_ONE.info("event")

    assert "" == capsys.readouterr().err


def test_a_process_logs_to_standard_error_as_json() -> None:
    program = (
        "import logging; from crawlers.logs import set_up_logs; set_up_logs();"
        "logging.getLogger('crawlers').info('begun', extra={'port': 9464})"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=Path(__file__).parent.parent, capture_output=True, text=True, check=True,
        env=process_environment(),
    )  # fmt: skip

    assert "" == done.stdout
    assert {"event": "begun", "port": 9464}.items() <= json.loads(done.stderr).items()


def test_every_dataclass_is_named_not_written_out(pipe: io.StringIO) -> None:
    @dataclasses.dataclass
    class Page:
        mentions: list[Mention]

    OURS_ONE.info("event", extra={"page": Page([MENTION])})

    assert "Page" == only(pipe)["page"]
