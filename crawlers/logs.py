"""
The log of commands that run for long: one event, one line, readable or JSON.

An event is words that stand in the code, with values beside them (``extra``). The words of a
mention never get in: a mention is named by its id, an error by its type and place, and what other
libraries say is cut to its first line.
"""

import contextlib
import dataclasses
import datetime as dt
import json
import logging
import math
import os
import sys
import traceback
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, TextIO

from search.errors import (
    ConfigError,
    QueryError,
    StoreBusy,
    StoreNotFound,
    StoreReadOnly,
    StoreVersion,
)

LEVELS: Final = ("debug", "info", "warning", "error")
OURS: Final = frozenset({"crawlers", "pipelines", "search", "sayso", "__main__"})
"""The first part of the names of our loggers."""

READERS: Final = frozenset(
    {"trafilatura", "htmldate", "courlan", "justext", "extruct", "rdflib", "charset_normalizer"}
)
"""They read pages and quote them when they complain, which nobody needs to hear."""

HARMLESS: Final = (
    *(ConfigError, QueryError),
    *(StoreBusy, StoreNotFound, StoreReadOnly, StoreVersion),
)
"""Errors whose message is about settings or the store; others may quote a mention."""

SYSTEM: Final = frozenset({"builtins", "socket", "ssl"})
"""Modules whose `OSError` is the machine's; that of an HTTP client quotes addresses with keys."""

LONGEST_VALUE: Final = 4_000
"""Characters of one value; the journal cuts lines of 48 KB."""

LONGEST_TRACEBACK: Final = 16_000
"""Its end is kept: that is where it went wrong."""

DEEPEST: Final = 5

_KNOWN: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


def set_up_logs(stream: TextIO | None = None) -> None:
    """
    Log to ``stream``, by default standard error, from the level that ``SAYSO_LOG`` names.

    In a terminal a line to read, elsewhere JSON. Other libraries are heard from *warning* on.
    Calling it again replaces what it set up before.
    """
    stream = sys.stderr if stream is None else stream
    level = _level()
    root = logging.getLogger()
    for before in [one for one in root.handlers if isinstance(one, LineHandler)]:
        root.removeHandler(before)
    written = LineHandler(stream)
    written.setFormatter(PersonFormatter() if stream.isatty() else JsonFormatter())
    written.addFilter(is_worth_a_line)
    root.addHandler(written)
    root.setLevel(logging.WARNING)
    for name in OURS:
        logging.getLogger(name).setLevel(level)
    logging.captureWarnings(capture=True)


def is_worth_a_line(record: logging.LogRecord) -> bool:
    """
    Keep other libraries down to warnings, and those that read pages silent.

    A filter, because Scrapy and rq set the levels of their loggers themselves.
    """
    library = record.name.split(".", 1)[0]
    if library in OURS:
        return True
    return record.levelno >= (logging.CRITICAL if library in READERS else logging.WARNING)


class LineHandler(logging.StreamHandler[TextIO]):
    """Writes lines, and never lets a log line break what it tells of."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one event."""
        try:
            super().emit(record)
        except RecursionError:
            self.handleError(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """Say that an event could not be written; without a stream, nobody can be told."""
        if isinstance(sys.exc_info()[1], OSError):
            return
        odd = logging.LogRecord(
            record.name, record.levelno, record.pathname, record.lineno,
            "an event could not be written", None, None,
        )  # fmt: skip
        with contextlib.suppress(OSError, ValueError):
            self.stream.write(self.format(odd) + self.terminator)
            self.flush()


class JsonFormatter(logging.Formatter):
    """One JSON object a line, in ASCII, so that no letter can end the line."""

    def format(self, record: logging.LogRecord) -> str:
        """Write an event down."""
        line: dict[str, Any] = {
            "at": dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": _event(record),
        }
        error = _error(record)
        if error is not None:
            line["error"] = {"type": _type_of(error), "traceback": _traceback(error)}
        return json.dumps(_with_extra(line, record))


class PersonFormatter(logging.Formatter):
    """One line for a person: local time, level, event, values."""

    def format(self, record: logging.LogRecord) -> str:
        """Write an event down."""
        at = dt.datetime.fromtimestamp(record.created).astimezone()
        words = [f"{at:%H:%M:%S}", f"{record.levelname.lower():<7}", _event(record)]
        error = _error(record)
        values = _with_extra({} if error is None else {"error": _place(error)}, record)
        words += [f"{name}={_short(value)}" for name, value in values.items()]
        return "".join(sign if sign.isprintable() else _escaped(sign) for sign in " ".join(words))


def _level() -> int:
    named = os.environ.get("SAYSO_LOG") or "info"
    if named.lower() not in LEVELS:
        raise ConfigError(f"SAYSO_LOG = {named!r}: allowed: {', '.join(LEVELS)}")
    return logging.getLevelNamesMapping()[named.upper()]


def _is_ours(record: logging.LogRecord) -> bool:
    return record.name.split(".", 1)[0] in OURS


def _event(record: logging.LogRecord) -> str:
    try:
        event = record.getMessage()
    except (TypeError, ValueError, KeyError):  # the values do not fit the words
        event = str(record.msg)
    # rq puts whole tracebacks behind its first line, Scrapy whole items.
    return _cut(event if _is_ours(record) else event.partition("\n")[0])


def _with_extra(line: dict[str, Any], record: logging.LogRecord) -> dict[str, Any]:
    """Add the values of our own events; Scrapy's hold mentions and answers."""
    extra = vars(record).items() if _is_ours(record) else ()
    for name, value in extra:
        if name not in _KNOWN:
            line[f"{name}_" if name in line else name] = _plain(value)
    return line


def _plain(value: object, depth: int = 0) -> Any:
    """Turn anything into what JSON knows."""
    plain: Any
    match value:
        case None | bool() | int():
            plain = value
        case float():
            plain = value if math.isfinite(value) else str(value)
        case BaseException():
            plain = _sentence(value)
        case _ if dataclasses.is_dataclass(value):
            # Not written out: it may be a mention, or hold one.
            plain = f"{type(value).__name__} {getattr(value, 'id', '')}".rstrip()
        case Mapping() if depth < DEEPEST:
            plain = {_cut(str(key)): _plain(part, depth + 1) for key, part in value.items()}
        case list() | tuple() | set() | frozenset() if depth < DEEPEST:
            plain = [_plain(part, depth + 1) for part in value]
        case Iterable() if not isinstance(value, str):
            plain = f"({type(value).__name__})"
        case _:
            plain = _cut(str(value))
    return plain


def _error(record: logging.LogRecord) -> BaseException | None:
    return record.exc_info[1] if record.exc_info else None


def _traceback(error: BaseException) -> str:
    """Write out where an error came from, cause first, without words that may be a mention's."""
    parts = [
        "".join([*traceback.format_list(traceback.extract_tb(one.__traceback__)), _sentence(one)])
        for one in reversed(list(_chain(error)))
    ]
    return "\n\n".join(parts)[-LONGEST_TRACEBACK:]


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        hidden = error.__suppress_context__
        error = error.__cause__ or (None if hidden else error.__context__)


def _sentence(error: BaseException) -> str:
    told = isinstance(error, HARMLESS) or (
        isinstance(error, OSError) and type(error).__module__ in SYSTEM
    )
    return _cut(f"{_type_of(error)}: {error}") if told else _type_of(error)


def _place(error: BaseException) -> str:
    """Say in a few words what went wrong where."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" ({frames[-1].filename}:{frames[-1].lineno})" if frames else ""
    return f"{_sentence(error)}{where}"


def _type_of(error: BaseException) -> str:
    kind = type(error)
    return kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"


def _short(value: object) -> str:
    """Write a value so that it is clear where it ends."""
    is_word = isinstance(value, str) and value and not set(value) & set(' ="')
    return str(value) if is_word else json.dumps(value, ensure_ascii=False)


def _escaped(sign: str) -> str:
    return sign.encode("unicode_escape").decode()


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"
