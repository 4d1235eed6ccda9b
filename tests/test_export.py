"""Exports: every format holds what was stored, in types that programs and people can use."""

import csv
import dataclasses
import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.importing import read_document
from search import export_xlsx
from search.export import ExportError, Format, export_mentions
from search.export_formats import neutralise, restore
from search.export_xlsx import CUT_MARK, LONGEST_CELL
from search.fields import fields
from search.frames import ROWS
from search.mention import (
    Author,
    Confidence,
    Engagement,
    Feeling,
    Kind,
    Licence,
    Media,
    MediaKind,
    Mention,
    Permission,
    Rating,
    Sentiment,
    State,
    StoredMention,
    Subject,
)

NOON = dt.datetime(2026, 1, 31, 12, 0, 0, 250_000, tzinfo=dt.UTC)
FULL = Mention(
    source="blog",
    source_id="https://a.example/1",
    url="https://a.example/1",
    text='He said "god fika",\nand left.',
    kind=Kind.REVIEW,
    title="=1+1",
    site="a.example",
    published_at=NOON,
    edited_at=NOON,
    harvested_at=NOON,
    author=Author(name="ann", id="7", display_name="Ann", url="u", followers=12, automated=False),
    engagement=Engagement(likes=3, replies=0),
    rating=Rating(stars=4.5, value=9, worst=1, best=9.4),
    subject=Subject(name="Cup", brand="Storm", rating_average=4.25, rating_count=8),
    media=(
        Media(url="https://a.example/1.jpg", kind=MediaKind.IMAGE, description="En kopp"),
        Media(
            url="https://a.example/2.mp4",
            kind=MediaKind.VIDEO,
            licence=Licence(
                id="CC0-1.0",
                raw="cc0",
                found_in="api",
                version="1.0",
                confidence=Confidence.AUTHORITATIVE,
            ),
        ),
    ),
    hashtags=("fika", "åäö"),
    handles=("bo@social.example",),
    links=("https://b.example/",),
    reply_to="https://a.example/0",
    declared_language="sv",
    licence=Licence(id=None, raw="Ask me", found_in="link rel=license"),
    brands=("Storm",),
    language="sv",
    sentiment=Sentiment(label=Feeling.POSITIVE, value=0.75, method="stars"),
)
BARE = Mention(source="blog", source_id="2", url="u", text="")
STATE = State(permission=Permission.GRANTED, first_seen_at=NOON)
ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=40)


def stored(*mentions: Mention) -> list[StoredMention]:
    return [StoredMention(mention=mention, state=STATE) for mention in mentions]


def with_text(text: str) -> list[StoredMention]:
    return stored(dataclasses.replace(BARE, text=text))


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def read_sheet(path: Path) -> list[dict[str, Any]]:
    headings, *rows = openpyxl.load_workbook(path)["mentions"].iter_rows(values_only=True)
    return [dict(zip(map(str, headings), row, strict=True)) for row in rows]


@pytest.mark.parametrize("form", Format)
def test_counts_what_it_wrote(form: Format, tmp_path: Path) -> None:
    path = tmp_path / f"out.{form}"

    assert export_mentions(iter(stored(FULL, BARE)), path, form) == 2
    assert [found.name for found in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("form", Format)
def test_an_export_of_nothing_is_a_whole_file(form: Format, tmp_path: Path) -> None:
    path = tmp_path / "out"

    assert export_mentions([], path, form) == 0
    assert path.is_file()


def test_the_columns_are_the_fields_of_the_document(tmp_path: Path) -> None:
    expected = ["id", *fields()]
    export_mentions(stored(FULL), tmp_path / "a.csv", Format.CSV)
    export_mentions(stored(FULL), tmp_path / "a.xlsx", Format.XLSX)
    export_mentions(stored(FULL), tmp_path / "a.parquet", Format.PARQUET)

    assert list(read_csv(tmp_path / "a.csv")[0]) == expected
    assert list(read_sheet(tmp_path / "a.xlsx")[0]) == expected
    assert pq.read_schema(tmp_path / "a.parquet").names == expected


def test_csv_spells_values_for_people_and_programs(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    export_mentions(stored(FULL), path, Format.CSV)
    (row,) = read_csv(path)

    assert row["id"] == FULL.id
    assert row["text"] == FULL.text
    assert row["title"] == "'=1+1"
    assert row["published_at"] == "2026-01-31T12:00:00.250000+00:00"
    assert row["author.automated"] == "false"
    assert row["engagement.replies"] == "0"
    assert row["engagement.views"] == ""
    assert row["rating.stars"] == "4.5"
    assert row["hashtags"] == "fika | åäö"
    assert row["media.kind"] == "image | video"
    assert row["sentiment.label"] == "positive"
    assert row["permission"] == "granted"


def test_csv_is_what_excel_and_rfc_4180_expect(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    export_mentions(with_text('å "b", c\nd'), path, Format.CSV, ["text", "source_id"])

    assert path.read_bytes() == (b'\xef\xbb\xbftext,source_id\r\n"\xc3\xa5 ""b"", c\nd",2\r\n')


@pytest.mark.parametrize("start", [*"=+-@\t\r\n", "＝", "＋", "－", "＠", "'=", "''+"])  # noqa: RUF001 - what is tested
def test_csv_never_starts_a_formula(start: str, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    text = f"{start}1+1|' /C calc'!A0"
    export_mentions(with_text(text), path, Format.CSV)

    assert read_csv(path)[0]["text"] == f"'{text}"
    assert restore(neutralise(text)) == text


@settings(deadline=None)
@given(ANY_TEXT)
def test_neutralising_can_be_undone(text: str) -> None:
    assert restore(neutralise(text)) == text


def test_a_negative_number_is_no_formula(tmp_path: Path) -> None:
    sad = Sentiment(label=Feeling.NEGATIVE, value=-0.5, method="vader")
    path = tmp_path / "a.csv"
    export_mentions(stored(dataclasses.replace(BARE, sentiment=sad)), path, Format.CSV)

    assert read_csv(path)[0]["sentiment.value"] == "-0.5"


def test_xlsx_holds_real_dates_numbers_and_flags(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    export_mentions(stored(FULL), path, Format.XLSX)
    (row,) = read_sheet(path)

    assert row["published_at"] == NOON.replace(tzinfo=None)
    assert (row["engagement.likes"], row["rating.stars"]) == (3, 4.5)
    assert row["author.automated"] is False
    assert row["engagement.views"] is None
    assert row["hashtags"] == "fika | åäö"


@pytest.mark.parametrize("text", ["=1+1", "#N/A", "#REF!", "=HYPERLINK(1)", "+1", "'=1"])
def test_xlsx_text_stays_text(text: str, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    export_mentions(with_text(text), path, Format.XLSX, ["text"])
    cell = openpyxl.load_workbook(path)["mentions"]["A2"]

    assert (cell.value, cell.data_type) == (text, "s")


def test_xlsx_is_laid_out_for_reading(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    export_mentions(stored(FULL, BARE), path, Format.XLSX, ["id", "text", "published_at"])
    sheet = openpyxl.load_workbook(path)["mentions"]

    assert [True, True, True] == [cell.font.bold for cell in sheet[1]]
    assert ("A2", "A1:C3") == (sheet.freeze_panes, sheet.auto_filter.ref)
    assert [None, True] == [sheet[place].alignment.wrap_text for place in ("A2", "B2")]
    assert [20, 60, 19] == [sheet.column_dimensions[name].width for name in "ABC"]


def test_xlsx_cuts_a_text_longer_than_a_cell_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    export_mentions(with_text("😍" * 20_000), path, Format.XLSX, ["text"])
    (row,) = read_sheet(path)

    assert row["text"].endswith(CUT_MARK)
    assert len(row["text"].encode("utf-16-le")) // 2 in {LONGEST_CELL - 1, LONGEST_CELL}


@pytest.mark.parametrize(
    ("text", "shown"),
    [("a\x00b\x0bc\ud800d\ufffe", "abcd"), ("a\nb\tc", "a\nb\tc"), ("_x0041_", "_x005F_x0041_")],
)
def test_xlsx_leaves_out_what_xml_forbids(text: str, shown: str, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    export_mentions(with_text(text), path, Format.XLSX, ["text"])

    assert read_sheet(path) == [{"text": shown}]


def test_xlsx_writes_days_that_excel_does_not_know_as_text(tmp_path: Path) -> None:
    old = dataclasses.replace(BARE, published_at=dt.datetime(1850, 5, 1, tzinfo=dt.UTC))
    path = tmp_path / "a.xlsx"
    export_mentions(stored(old), path, Format.XLSX, ["published_at"])

    assert read_sheet(path) == [{"published_at": "1850-05-01T00:00:00+00:00"}]


def test_xlsx_refuses_more_than_a_sheet_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_xlsx, "LARGEST_SHEET", 3)
    path = tmp_path / "a.xlsx"

    assert export_mentions(stored(BARE, BARE), path, Format.XLSX) == 2
    with pytest.raises(ExportError, match="a sheet holds 2 mentions and there are more: narrow"):
        export_mentions(stored(FULL, BARE, BARE), path, Format.XLSX)

    assert len(read_sheet(path)) == 2


def test_parquet_columns_have_types(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    export_mentions(stored(FULL), path, Format.PARQUET)
    types = {field.name: str(field.type) for field in pq.read_schema(path)}

    assert types["published_at"] == "timestamp[us, tz=UTC]"
    assert types["engagement.likes"] == "int64"
    assert types["rating.stars"] == "double"
    assert types["author.automated"] == "bool"
    assert types["hashtags"].startswith("list<")
    assert types["text"] == "string"


def test_parquet_keeps_values_and_tells_unknown_from_nought(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    export_mentions(stored(FULL, BARE), path, Format.PARQUET)
    full, bare = pq.read_table(path).to_pylist()

    assert full["published_at"] == NOON
    assert full["hashtags"] == ["fika", "åäö"]
    assert (full["engagement.replies"], full["engagement.views"]) == (0, None)
    assert full["media.kind"] == ["image", "video"]
    assert full["permission"] == "granted"
    assert (bare["hashtags"], bare["rating.stars"], bare["text"]) == ([], None, "")


def test_parquet_writes_in_groups(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    many = (one for one in stored(BARE) * (ROWS + 1))
    export_mentions(many, path, Format.PARQUET, ["id"])
    groups = pq.ParquetFile(path).metadata

    assert [groups.row_group(n).num_rows for n in range(groups.num_row_groups)] == [ROWS, 1]


def test_ndjson_holds_whole_documents_and_our_own_state(tmp_path: Path) -> None:
    path = tmp_path / "a.ndjson"
    export_mentions(stored(FULL), path, Format.NDJSON)
    document = json.loads(path.read_bytes())

    assert document["id"] == FULL.id
    assert document["permission"] == "granted"
    assert document["first_seen_at"] == document["published_at"]  # written alike
    assert dt.datetime.fromisoformat(document["first_seen_at"]) == NOON
    assert document["media"][1]["licence"]["id"] == "CC0-1.0"
    assert document["author"]["automated"] is False


def test_ndjson_with_columns_is_flat(tmp_path: Path) -> None:
    path = tmp_path / "a.ndjson"
    export_mentions(stored(FULL), path, Format.NDJSON, ["author", "hashtags", "published_at"])

    assert json.loads(path.read_bytes()) == {
        "author.name": "ann",
        "hashtags": ["fika", "åäö"],
        "published_at": NOON.isoformat(),
    }


def test_ndjson_is_read_back_without_loss(tmp_path: Path) -> None:
    path = tmp_path / "a.ndjson"
    bare = dataclasses.replace(BARE, harvested_at=NOON)
    export_mentions(stored(FULL, bare), path, Format.NDJSON)
    lines = path.read_text("utf-8").splitlines()

    assert [read_document(json.loads(line)) for line in lines] == [FULL, bare]


@settings(deadline=None)
@given(text=ANY_TEXT, tags=st.lists(ANY_TEXT, max_size=3))
def test_no_text_breaks_a_format(
    text: str, tags: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("any") / "out"
    odd = stored(dataclasses.replace(BARE, text=text, title=text, hashtags=tuple(tags)))
    for form in Format:
        assert export_mentions(odd, path, form) == 1


def test_short_names_choose_columns_in_the_order_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    export_mentions(stored(FULL), path, Format.CSV, ["likes", "id", "author.name", "likes"])

    assert read_csv(path) == [{"engagement.likes": "3", "id": FULL.id, "author.name": "ann"}]


def test_an_unknown_column_is_answered_with_a_near_one(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    with pytest.raises(ExportError, match=r"no column `autor\.name`, did you mean `author\.name`"):
        export_mentions([], path, Format.CSV, ["autor.name"])

    assert not path.exists()


def test_a_folder_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=r"there is no folder .*nowhere"):
        export_mentions([], tmp_path / "nowhere" / "a.csv", Format.CSV)


def test_a_folder_is_not_replaced_by_a_file(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="is not a file that could be replaced"):
        export_mentions([], tmp_path, Format.CSV)


def test_a_file_in_place_of_a_folder_is_explained(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(ExportError, match="there is no folder"):
        export_mentions([], tmp_path / "file" / "a.csv", Format.CSV)


@pytest.mark.parametrize("form", Format)
@pytest.mark.parametrize("stop", [KeyboardInterrupt, OSError(28, "No space left on device")])
def test_an_export_that_fails_leaves_the_old_file(
    form: Format, stop: BaseException | type[BaseException], tmp_path: Path
) -> None:
    def failing() -> Iterator[StoredMention]:
        yield from stored(FULL)
        raise stop

    path = tmp_path / "out"
    path.write_text("the old one")
    with pytest.raises((KeyboardInterrupt, ExportError)):
        export_mentions(failing(), path, form)

    assert path.read_text() == "the old one"
    assert list(tmp_path.iterdir()) == [path]
