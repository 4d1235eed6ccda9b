"""Labelled replies, written before the rules, and others written after: none grants by mistake."""

import collections
from collections.abc import Set as AbstractSet
from pathlib import Path

import pytest

from search.permissions.replying.judgement import Verdict
from search.permissions.replying.judging import judge
from tests.permissions.replies.confusion import judged, table
from tests.permissions.replies.situations import Case, cases, of

PAGE = Path(__file__).parents[3] / "docs" / "replies.md"
BOTH = ["cases", "held_out"]
BINDING = {Verdict.GRANT, Verdict.DECLINE, Verdict.NEVER_CONTACT, Verdict.WITHDRAW}


def wrong(
    name: str, labels: AbstractSet[Verdict], verdicts: AbstractSet[Verdict]
) -> list[tuple[Verdict, Case]]:
    found = [(judge(*of(case)).verdict, case) for case in cases(name)]
    return [
        (verdict, case) for verdict, case in found if case.label in labels and verdict in verdicts
    ]


def test_there_are_enough_cases_in_each_language() -> None:
    found = collections.Counter(case.language for case in cases())

    assert found.keys() == {"en", "sv", "nl"}
    assert min(found.values()) >= 150


@pytest.mark.parametrize("name", BOTH)
def test_every_label_is_a_verdict(name: str) -> None:
    assert {case.label for case in cases(name)} == set(Verdict)


@pytest.mark.parametrize("name", BOTH)
def test_nothing_is_granted_that_nobody_granted(name: str) -> None:
    assert wrong(name, set(Verdict) - {Verdict.GRANT}, {Verdict.GRANT}) == []


@pytest.mark.parametrize("name", BOTH)
def test_no_yes_is_taken_for_a_no(name: str) -> None:
    assert wrong(name, {Verdict.GRANT}, BINDING - {Verdict.GRANT}) == []


@pytest.mark.parametrize("name", BOTH)
def test_what_needs_a_person_binds_nobody(name: str) -> None:
    assert wrong(name, {Verdict.REVIEW, Verdict.UNRELATED}, BINDING) == []


@pytest.mark.parametrize("name", BOTH)
def test_no_no_gets_lost(name: str) -> None:
    negative = BINDING - {Verdict.GRANT}

    assert wrong(name, negative, {Verdict.UNRELATED}) == []


def test_most_of_what_is_clear_needs_no_person() -> None:
    found = judged(cases())
    for label in BINDING:
        total = sum(count for (meant, _), count in found.items() if meant == label)

        assert found[label, label] / total > 0.8, label


def test_the_page_says_what_the_cases_give() -> None:
    assert table() in PAGE.read_text("utf-8"), table()
