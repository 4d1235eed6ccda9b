"""Replies that no person wrote: a doubt anywhere in a yes, words thrown together, odd input."""

import re
import time
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from search.permissions.replying.checking import SHOULD
from search.permissions.replying.judgement import Verdict
from search.permissions.replying.judging import judge
from search.words import words
from tests.permissions.replies.situations import (
    ASKED,
    ASKED_AT,
    MARIA,
    SENT,
    SITUATIONS,
    TOKEN,
    asked,
    reply,
)

LISTS = Path(__file__).parents[3] / "search/permissions/replying/reply_terms.toml"
TERMS = tomllib.loads(LISTS.read_text("utf-8"))
LANGUAGES = ("en", "sv", "nl")
SIGNS = ["\u20ac", "$", "?", "kr", "%", "not", "n't", "NOT", "Inte", "NIET"]


def listed(*kinds: str) -> list[str]:
    return [term for name in LANGUAGES for kind in kinds for term in TERMS[name][kind]]


DOUBTS = [*listed("negation", "condition", "price", "question", "irony"), *SIGNS]
FRIENDLY = [term for term in listed("yes", "friendly") if "maar" not in term.split()]
GAPS = [" ", "  ", "! ", ", ", ". ", "\n", " - "]

clear = st.builds(
    lambda parts, gaps: "".join(part + gap for part, gap in zip(parts, gaps, strict=False)),
    st.tuples(
        st.sampled_from(FRIENDLY),
        st.just(TOKEN),
        st.sampled_from(["@storm", "\u2764\ufe0f", "tack"]),
    ).flatmap(st.permutations),
    st.lists(st.sampled_from(GAPS), min_size=3, max_size=3),
)


@given(clear)
def test_a_clear_yes_is_one(text: str) -> None:
    assert Verdict.GRANT == judge(reply(text), asked()).verdict


@settings(max_examples=1_500)
@given(clear, st.sampled_from(DOUBTS), st.data())
def test_a_doubt_anywhere_in_a_clear_yes_is_no_grant(
    text: str, doubt: str, data: st.DataObject
) -> None:
    where = data.draw(st.integers(0, len(text)))
    gap = data.draw(st.sampled_from(["", " ", "\n", ", "]))
    doubtful = f"{text[:where]}{gap}{doubt}{gap}{text[where:]}"
    assume(gap or not are_friendly_words(doubtful))

    assert judge(reply(doubtful), asked()).verdict != Verdict.GRANT


def are_friendly_words(text: str) -> bool:
    """Whether glueing made another yes: *ok* and *ej* are *okej*."""
    friendly = {word.text for term in FRIENDLY for word in words(term)}
    said = {word.text for word in words(text.replace(TOKEN, "").replace("@storm", ""))}
    return said <= friendly | {"\u2764"} and not set("?$%\u20ac") & set(text)


pieces = st.lists(
    st.sampled_from(
        [
            *FRIENDLY,
            TOKEN,
            TOKEN,
            TOKEN,
            "@storm",
            "\U0001f44d",
            *DOUBTS[::9],
            SENT,
            ">",
            "?",
            "no",
            "\u200b",
        ]
    ),
    max_size=5,
)


@settings(max_examples=1_500)
@given(
    pieces,
    st.sampled_from([" ", "\n", ""]),
    st.lists(st.sampled_from([*SITUATIONS, *ASKED]), max_size=1),
)
def test_every_grant_meets_every_condition(parts: list[str], gap: str, how: list[str]) -> None:
    changes: dict[str, Any] = SITUATIONS.get(how[0], {}) if how else {}
    request = asked(**(ASKED.get(how[0], {}) if how else {}))
    found = reply(gap.join(parts), **changes)
    judgement = judge(found, request)
    if judgement.verdict is not Verdict.GRANT:
        return

    own = found.text.replace(SENT, "")
    said = " ".join(["", *re.findall(r"[^\W_]+", own.casefold()), ""])
    assert [] == [check for check in judgement.checks if not check.met and check.letter != SHOULD]
    assert found.author == MARIA
    assert found.reply_to in request.messages
    assert found.published_at is not None
    assert found.published_at > ASKED_AT
    assert found.edited_at is None
    assert TOKEN in own.split()
    assert [] == [doubt for doubt in DOUBTS if f" {doubt.casefold()} " in said]
    assert not set("?$%\u20ac\u200b") & set(own)
    assert request.content_then == request.content_now
    assert request.terms_quoted == request.terms_current


@given(st.text(), st.text())
def test_any_text_is_judged(text: str, title: str) -> None:
    assert Verdict.GRANT != judge(reply(text, title=title or None), asked()).verdict


@given(st.text(min_size=1))
def test_any_text_beside_the_token_is_judged(text: str) -> None:
    found = judge(reply(f"{TOKEN} {text}"), asked())

    assert found.verdict is not Verdict.GRANT or len(text) < 40


@pytest.mark.parametrize(
    "text",
    [
        "a" * 10**6,
        f"{TOKEN} " * 10**5,
        "> " * 10**6,
        ">\n" * 10**6,
        "no " * 10**6,
        "\u2764\ufe0f\u200d" * 10**5,
        "take " * 10**6,
        "\u0301" * 10**6,
        "@" * 10**6,
        SENT * 2_000,
        " " * 10**6,
        "haal a " * 10**5,
        ". " * 10**6,
    ],
    ids=range(13),
)
def test_hostile_length_costs_little(text: str) -> None:
    judge(reply("warm"), asked())
    started = time.perf_counter()
    verdict = judge(reply(text), asked()).verdict

    assert Verdict.GRANT != verdict
    assert time.perf_counter() - started < 2
