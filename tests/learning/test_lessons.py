"""Tables of labelled texts: what is read, and what is refused."""

import contextlib
import csv
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.lessons import BadLessons, Lesson, from_csv
from search.mention import Feeling

LANGUAGES = ("sv", "en", "nl")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("text,label\nbra,pos\n", "its columns are text, label; needed: text, and sentiment"),
        ("", "its columns are"),
        ("text,sentiment\nbra,fine\n", ":2: sentiment 'fine' is not allowed: positive, neutral"),
        ("text,sentiment\n,pos\n", ":2: text is empty"),
        ("text,stars\nbra,9\n", ":2: stars '9' is no number from 1 to 5"),
        ("text,stars\nbra,five\n", ":2: stars 'five'"),
        ("text,sentiment,language\nbra,pos,swedish\n", ":2: language 'swedish' is none"),
        ("text,sentiment,kind\nbra,pos,tweet\n", ":2: kind 'tweet' is not allowed: review, post"),
        ("text,intent\nbra,rant\n", ":2: intent 'rant' is not allowed"),
        ('text,sentiment\n"bra,pos\n', "unexpected end of data"),
    ],
)
def test_a_bad_table_is_refused_with_line_and_remedy(
    tmp_path: Path, content: str, problem: str
) -> None:
    table = tmp_path / "table.csv"
    table.write_text(content, "utf-8")

    with pytest.raises(BadLessons) as caught:
        list(from_csv(table, LANGUAGES))

    assert problem in str(caught.value)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_tables_of_spreadsheets_are_read(tmp_path: Path, delimiter: str) -> None:
    table = tmp_path / "table.csv"
    rows = [["text", "sentiment", "stars", "kind", "language"],
            ["Så gott, verkligen!", "POS", "", "review", "sv"],
            ["Nja", "", "2,0", "", "SV"], ["Hm", "", "", "", "sv"]]  # fmt: skip
    with table.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows(rows)

    read = list(from_csv(table, LANGUAGES))

    assert [
        Lesson("sv", "review", "Så gott, verkligen!", "positive", is_corrected=True),
        Lesson("sv", "post", "Nja", "negative", is_corrected=True),
    ] == read


@given(st.binary(max_size=400))
@settings(max_examples=80)
def test_any_bytes_are_a_table_or_refused(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    table = tmp_path_factory.mktemp("t") / "t.csv"
    table.write_bytes(b"text,sentiment\n" + content)

    with contextlib.suppress(BadLessons):
        for lesson in from_csv(table, LANGUAGES):
            assert lesson.label in set(Feeling)
