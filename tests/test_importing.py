"""Imports: good lines become mentions, bad ones are named, and nothing is lost."""

import csv
import dataclasses
import datetime as dt
import gzip
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines import importing
from pipelines.context import Context
from pipelines.import_columns import SYNONYMS, Columns
from pipelines.import_lines import LONGEST_LINE
from pipelines.import_records import Bad, Good, ImportedFile
from pipelines.importing import ImportReport, import_file, read_document
from pipelines.stages import StageFailed
from search.errors import ImportFileError, StoreBusy
from search.export import Format, export_mentions
from search.fields import fields
from search.matcher import Matcher
from search.mention import Author, Engagement, Kind, Media, MediaKind, Mention, Rating
from search.parsing import parse
from search.query import Everything
from search.stores.base import Outcome
from search.stores.embedded import EmbeddedStore
from tests.test_export import FULL

WORKBOOK = b"PK\x03\x04\x14\0\0\0\x08\0xl/workbook.xml"
HALF_PAST = dt.datetime(2026, 1, 31, 10, 30, tzinfo=dt.UTC)
KEEP = Context(keep_unmatched=True)
LINE = {"source": "blog", "source_id": "1", "url": "https://a.example/1", "text": "storm"}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[EmbeddedStore]:
    with EmbeddedStore(tmp_path / "store.db") as opened:
        yield opened


def ndjson(path: Path, *documents: object) -> Path:
    path.write_text("".join(json.dumps(document) + "\n" for document in documents), "utf-8")
    return path


def records(content: bytes, path: Path) -> list[Good | Bad]:
    path.write_bytes(content)
    with ImportedFile(path) as file:
        return list(file.records())


def mentions_of(content: str, path: Path) -> list[Mention]:
    found = records(content.encode(), path)
    return [read_document(one.values) for one in found if isinstance(one, Good)]


def held(store: EmbeddedStore) -> list[Mention]:
    return [stored.mention for stored in store.iterate(Everything())]


def counts(report: ImportReport) -> tuple[int, int, int, int]:
    kept = report.outcomes
    return kept[Outcome.NEW], kept[Outcome.CHANGED], kept[Outcome.UNCHANGED], report.bad


def test_takes_in_each_line_and_says_what_became_of_it(
    store: EmbeddedStore, tmp_path: Path
) -> None:
    first = ndjson(tmp_path / "a.ndjson", LINE, {**LINE, "source_id": "2"})
    second = ndjson(
        tmp_path / "b.ndjson",
        LINE,
        {**LINE, "source_id": "2", "text": "calm"},
        {**LINE, "text": 5},
    )

    assert counts(import_file(first, store, KEEP)) == (2, 0, 0, 0)
    assert counts(import_file(second, store, KEEP)) == (0, 1, 1, 1)
    assert sorted(mention.text for mention in held(store)) == ["calm", "storm"]


def test_an_export_is_imported_without_loss(store: EmbeddedStore, tmp_path: Path) -> None:
    exported = tmp_path / "first.ndjson"
    with EmbeddedStore(tmp_path / "other.db") as other:
        source = dataclasses.replace(FULL, language="en", text="He said nothing at all and left.")
        import_file(ndjson(tmp_path / "seed.ndjson", _plain(source)), other, KEEP)
        export_mentions(other.iterate(Everything()), exported, Format.NDJSON)
        report = import_file(exported, store, KEEP)

        assert counts(report) == (1, 0, 0, 0)
        assert held(store) == held(other)
        assert held(store)[0].media == FULL.media


def _plain(mention: Mention) -> dict[str, Any]:
    from search.codec import to_plain  # noqa: PLC0415 - only here

    return to_plain(mention)


def test_every_mention_is_tagged(store: EmbeddedStore, tmp_path: Path) -> None:
    text = "The storm coffee was wonderful and the waiter very friendly #fika"
    path = ndjson(tmp_path / "a.ndjson", {**LINE, "text": text})
    matcher = Matcher({"Storm": parse("storm")})
    import_file(path, store, Context(matcher=matcher, keep_unmatched=True))
    (mention,) = held(store)

    assert (mention.brands, mention.language, mention.hashtags) == (("Storm",), "en", ("fika",))
    assert mention.sentiment is not None
    assert mention.harvested_at is not None


def test_mentions_of_no_brand_are_kept_or_dropped_as_asked(
    store: EmbeddedStore, tmp_path: Path
) -> None:
    path = ndjson(tmp_path / "a.ndjson", LINE)
    calm = Context(matcher=Matcher({"Calm": parse("calm")}))
    dropping = import_file(path, store, calm)
    keeping = import_file(path, store, dataclasses.replace(calm, keep_unmatched=True))

    assert (counts(dropping), dict(dropping.dropped)) == ((0, 0, 0, 0), {"no brand matched": 1})
    assert counts(keeping) == (1, 0, 0, 0)


def test_bad_lines_are_named_kept_and_do_not_stop_the_rest(
    store: EmbeddedStore, tmp_path: Path
) -> None:
    path = tmp_path / "a.ndjson"
    lines = [
        json.dumps(LINE),
        "{not json",
        "",
        '["a list"]',
        json.dumps({**LINE, "txt": "x"}),
        json.dumps({"source_id": "9", "url": "u"}),
        "[" * 100_000,
        json.dumps({**LINE, "source_id": "7"}),
    ]
    path.write_text("\n".join(lines))
    report = import_file(path, store, KEEP)
    assert report.rejects is not None
    rejected = [json.loads(line) for line in report.rejects.read_text().splitlines()]

    assert counts(report) == (2, 0, 0, 5)
    assert [(bad.line, bad.raw) for bad in report.examples] == [
        (number, lines[number - 1]) for number in (2, 4, 5, 6, 7)
    ]
    assert rejected == [dataclasses.asdict(bad) for bad in report.examples]
    assert [bad.reason.split(":")[0] for bad in report.examples] == [
        "not JSON",
        "not a JSON object",
        "txt",
        "text",
        "nested too deeply",
    ]


def test_a_report_shows_some_bad_lines_and_counts_all(
    store: EmbeddedStore, tmp_path: Path
) -> None:
    path = tmp_path / "a.ndjson"
    path.write_text(json.dumps(LINE) + "\n" + "{\n" * 50)
    report = import_file(path, store, KEEP)
    assert report.rejects is not None

    assert (report.rejected, len(report.examples)) == (50, importing.EXAMPLES)
    assert len(report.rejects.read_text().splitlines()) == 50


def test_without_bad_lines_no_file_appears_beside(store: EmbeddedStore, tmp_path: Path) -> None:
    report = import_file(ndjson(tmp_path / "a.ndjson", LINE), store, KEEP)

    assert (report.rejects, report.bad) == (None, 0)
    assert not list(tmp_path.glob("*.rejected*"))


def test_rejected_lines_that_cannot_be_written_down_are_still_counted(
    store: EmbeddedStore, tmp_path: Path
) -> None:
    path = ndjson(tmp_path / "a.ndjson", {})
    (tmp_path / "a.ndjson.rejected.ndjson").mkdir()
    report = import_file(path, store, KEEP)

    assert (report.rejected, report.rejects) == (1, None)
    assert "rejected lines are only counted" in report.notes[0]


def test_a_stage_that_breaks_quarantines_the_mention_and_goes_on(
    store: EmbeddedStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaking(mention: Mention, _: Context) -> Mention:
        if mention.source_id == "1":
            raise StageFailed("language", ZeroDivisionError("by nought"))
        return mention

    monkeypatch.setattr(importing, "enrich", breaking)
    path = ndjson(tmp_path / "a.ndjson", LINE, {**LINE, "source_id": "2"})
    report = import_file(path, store, KEEP)
    (entry,) = store.quarantined()

    assert counts(report) == (1, 0, 0, 1)
    assert (entry.stage, entry.mention["source_id"]) == ("language", "1")
    assert "by nought" in entry.error


def test_a_busy_store_is_asked_again(
    store: EmbeddedStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter([StoreBusy("x", "locked"), StoreBusy("x", "locked")])
    put = store.put

    def sometimes_busy(mentions: list[Mention]) -> list[Outcome]:
        for error in answers:
            raise error
        return put(mentions)

    monkeypatch.setattr(store, "put", sometimes_busy)
    monkeypatch.setattr(importing, "BUSY_SECONDS", 0)

    assert counts(import_file(ndjson(tmp_path / "a.ndjson", LINE), store, KEEP)) == (1, 0, 0, 0)


def test_reports_progress_after_each_batch(
    store: EmbeddedStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "BATCH", 2)
    path = ndjson(tmp_path / "a.ndjson", *({**LINE, "source_id": str(n)} for n in range(5)))
    seen: list[tuple[int, float]] = []
    import_file(
        path,
        store,
        KEEP,
        on_progress=lambda r, share: seen.append((r.outcomes[Outcome.NEW], share)),
    )

    assert [count for count, _ in seen] == [2, 4, 5]
    assert seen[-1][1] == 1


def test_long_texts_make_small_batches(
    store: EmbeddedStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "BATCH_CHARACTERS", 100)
    path = ndjson(tmp_path / "a.ndjson", *({**LINE, "source_id": str(n)} for n in range(6)))
    seen: list[int] = []
    import_file(path, store, KEEP, on_progress=lambda r, _: seen.append(r.outcomes[Outcome.NEW]))

    assert seen == [2, 4, 6]


@pytest.mark.parametrize(
    ("document", "source_id", "url"),
    [
        ({"text": "t", "url": "https://a.example/1"}, "https://a.example/1", "https://a.example/1"),
        ({"text": "t", "source_id": "https://a.example/1"}, "https://a.example/1", "https://a.example/1"),
        ({"text": "t", "source_id": "17"}, "17", "import:import/17"),
    ],
)  # fmt: skip
def test_one_of_address_and_identifier_gives_the_other(
    document: dict[str, str], source_id: str, url: str
) -> None:
    mention = read_document(document)

    assert (mention.source, mention.source_id, mention.url) == ("import", source_id, url)


@pytest.mark.parametrize(
    "document",
    [{"text": "t"}, {"text": "t", "url": ""}, {"text": "t", "url": "u", "source_id": " "}],
)
def test_a_mention_that_cannot_be_told_from_others_is_refused(document: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="source_id"):
        read_document(document)


def test_our_own_state_in_a_file_is_left_aside() -> None:
    own = {"id": "x", "permission": "granted", "first_seen_at": "2026-01-01T00:00:00Z"}

    assert read_document({**LINE, **own}).text == "storm"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_reads_csv_however_it_was_saved(
    delimiter: str, encoding: str, ending: str, tmp_path: Path
) -> None:
    rows = [
        ("text", "url", "likes"),
        ('Gott kaffe, ja; tack | på "fik"', "u1", "3"),
        ("å", "u2", ""),
    ]
    written = io.StringIO()
    csv.writer(written, delimiter=delimiter, lineterminator=ending).writerows(rows)
    found = records(written.getvalue().encode(encoding), tmp_path / "a.csv")

    assert [dict(one.values) for one in found if isinstance(one, Good)] == [
        {"text": rows[1][0], "url": "u1", "engagement": {"likes": 3}},
        {"text": "å", "url": "u2"},
    ]


def test_a_guessed_encoding_is_said_aloud(store: EmbeddedStore, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"text,url\nplain,u1\nk\xe5ffe,u2\n\xc3\xa5,u3\n\x93quoted\x94,u4\n")
    report = import_file(path, store, KEEP)

    assert report.notes == ("2 lines, the first is 3, were read as Windows-1252",)
    assert {mention.text for mention in held(store)} == {"plain", "kåffe", "å", "“quoted”"}


def test_excels_own_line_about_the_separator_is_understood(tmp_path: Path) -> None:
    found = mentions_of("sep=;\ntext;url\nja, tack;u1\n", tmp_path / "a.csv")

    assert [mention.text for mention in found] == ["ja, tack"]


@pytest.mark.parametrize("name", ["a.ndjson.gz", "a.csv.gz", "misnamed.csv"])
def test_reads_what_is_packed_whatever_it_is_called(name: str, tmp_path: Path) -> None:
    content = b"text,url\nhej,u1\n" if "csv" in name else json.dumps(LINE).encode()
    found = records(gzip.compress(content), tmp_path / name)

    assert [type(one) for one in found] == [Good]


@pytest.mark.parametrize("cut", [3, 40, -4])
def test_a_packed_file_that_breaks_off_keeps_what_came_before(cut: int, tmp_path: Path) -> None:
    lines = b"".join(json.dumps({**LINE, "text": "x" * n}).encode() + b"\n" for n in range(2_000))
    *good, last = records(gzip.compress(lines)[:cut], tmp_path / "a.ndjson.gz")

    assert isinstance(last, Bad)
    assert last.reason.startswith("the rest of the file cannot be read")
    assert (len(good) > 1_000) == (cut == -4)


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("a.csv.gz", b"\x1f\x8b", "the rest of the file cannot be read"),
        ("a.csv", b"title,url\n", "no column holds the text (text, content"),
        ("a.csv", b"text,likes\n", "no column tells mentions apart (url, link"),
        ("a.csv", b"", "no column holds the text"),
        ("a.json", b'[{"text": "x"}]', "a JSON array; one document a line is needed"),
        ("a.csv", WORKBOOK, "a workbook: save it as csv"),
        ("a.csv", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0", "a workbook: save it as csv"),
        ("a.csv.gz", gzip.compress(WORKBOOK, mtime=0), "a workbook: save it as csv"),
        ("a.csv", b"PK\x03\x04\x14\0\0\0\x08\0mentions.csv", "a zip archive: unpack it"),
        ("a.csv", b"SQLite format 3\0\x10\0", "a SQLite database, not a text file"),
        ("a.ndjson", b"\x7fELF\x02\x01\x01\0\0", "not a text file"),
        ("a.csv", b"te\x1b[2Jxt,url\n", "no column holds the text"),
    ],
)
def test_a_file_that_is_no_table_of_mentions_is_refused(
    name: str, content: bytes, problem: str, tmp_path: Path
) -> None:
    with pytest.raises(ImportFileError) as refused:
        records(content, tmp_path / name)

    assert str(refused.value).startswith(f"{tmp_path / name}: {problem}")


def test_headings_in_a_message_are_short_and_printable() -> None:
    headings = ["a\x1b[2J", "b" * 100, *map(str, range(30))]
    problem = Columns(headings).problem() or ""

    assert problem.isprintable()
    assert "a\\x1b[2J" in problem
    assert f"{'b' * 39}…," in problem
    assert problem.endswith("17 and 12 more")


@pytest.mark.parametrize("name", ["missing.csv", "."])
def test_a_file_that_cannot_be_opened_is_named(
    name: str, store: EmbeddedStore, tmp_path: Path
) -> None:
    with pytest.raises(ImportFileError, match=r"No such file|Is a directory"):
        import_file(tmp_path / name, store, KEEP)


def test_an_empty_ndjson_file_holds_no_mentions(store: EmbeddedStore, tmp_path: Path) -> None:
    assert counts(import_file(ndjson(tmp_path / "a.ndjson"), store, KEEP)) == (0, 0, 0, 0)


@pytest.mark.parametrize("heading", [name for names in SYNONYMS.values() for name in names])
def test_every_synonym_means_one_field(heading: str) -> None:
    path = next(path for path, names in SYNONYMS.items() if heading in names)

    assert path in fields()
    assert Columns([heading.replace("_", " ").title()]).known == (path,)


@pytest.mark.parametrize(
    "heading", ["author.name", "Author Name", "author_name", "AUTHOR", "User-Name"]
)
def test_headings_may_be_spelt_in_many_ways(heading: str) -> None:
    assert Columns([heading]).known == ("author.name",)


def test_the_path_itself_outranks_a_synonym_and_the_rest_is_said(
    store: EmbeddedStore, tmp_path: Path
) -> None:
    path = tmp_path / "a.csv"
    path.write_text("content,text,url,link,mood\nsecond,first,u1,u2,good\n")
    report = import_file(path, store, KEEP)

    assert [mention.text for mention in held(store)] == ["first"]
    assert report.notes == ("columns not read: content, link, mood",)


@pytest.mark.parametrize(
    ("heading", "cell", "expected"),
    [
        ("date", "2026-01-31", {"published_at": dt.datetime(2026, 1, 31, tzinfo=dt.UTC)}),
        ("date", "2026/01/31 10:30", {"published_at": HALF_PAST}),
        (
            "date",
            "2026-01-31T12:00:00+02:00",
            {"published_at": dt.datetime(2026, 1, 31, 10, tzinfo=dt.UTC)},
        ),
        ("date", "2026-01-31 10:30 UTC", {"published_at": HALF_PAST}),
        ("date", "1769855400", {"published_at": HALF_PAST}),
        ("date", "1769855400000", {"published_at": HALF_PAST}),
        ("date", "Sat, 31 Jan 2026 10:30:00 +0000", {"published_at": HALF_PAST}),
        ("likes", "1 200", {"engagement": Engagement(likes=1200)}),
        ("likes", "12.0", {"engagement": Engagement(likes=12)}),
        ("stars", "4,5", {"rating": Rating(stars=4.5, value=4.5)}),
        ("rating.stars", "4", {"rating": Rating(stars=4, value=4)}),
        ("hashtags", "#Fika, #kaffe å", {"hashtags": ("Fika", "kaffe", "å")}),
        ("handles", "@ann@social.example @bo", {"handles": ("ann@social.example", "bo")}),
        (
            "links",
            "https://a.example/ | https://b.example/",
            {"links": ("https://a.example/", "https://b.example/")},
        ),
        ("kind", "Review", {"kind": Kind.REVIEW}),
        ("username", "ann", {"author": Author(name="ann")}),
        (
            "author.url",
            "https://a.example/ann",
            {"author": Author(name="https://a.example/ann", url="https://a.example/ann")},
        ),
        ("followers", "7", {}),
        ("subject.url", "https://a.example/cup", {}),
        ("language", "sv", {"declared_language": "sv"}),
        (
            "media.url",
            "a.mp4 | b",
            {
                "media": (
                    Media(url="a.mp4", kind=MediaKind.VIDEO),
                    Media(url="b", kind=MediaKind.IMAGE),
                )
            },
        ),
        ("permission", "granted", {}),
        ("sentiment", "positive", {}),
        ("title", "'=1+1", {"title": "=1+1"}),
    ],
)
def test_reads_cells_as_people_write_them(
    heading: str, cell: str, expected: dict[str, Any], tmp_path: Path
) -> None:
    written = io.StringIO()
    csv.writer(written).writerows([("text", "url", heading), ("t", "u", cell)])
    (mention,) = mentions_of(written.getvalue(), tmp_path / "a.csv")
    plain = Mention(
        source="import", source_id="u", url="u", text="t", harvested_at=mention.harvested_at
    )

    assert mention == dataclasses.replace(plain, **expected)


@pytest.mark.parametrize(
    ("heading", "cell", "complaint"),
    [
        ("date", "03/04/2026", "published_at: '03/04/2026' is not an instant such as"),
        ("date", "yesterday", "published_at: 'yesterday' is not an instant"),
        ("likes", "many", "engagement.likes: 'many' is not a whole number such as 1200"),
        ("likes", "1,5", "engagement.likes: '1,5' is not a whole number"),
        ("likes", "nan", "engagement.likes: 'nan' is not a whole number"),
        ("likes", "1e999", "engagement.likes: '1e999' is not a whole number"),
        ("stars", "good", "rating.value: 'good' is not a number such as 4.5"),
        ("stars", "7", "rating 7.0 is not between 1 and 5"),
        ("author.automated", "perhaps", "author.automated: 'perhaps' is not true or false"),
        ("rating.best", "5", "rating: a scale without a value"),
        ("kind", "poem", "kind: 'poem' is not allowed"),
    ],
)
def test_a_cell_that_cannot_be_read_is_named(
    heading: str, cell: str, complaint: str, store: EmbeddedStore, tmp_path: Path
) -> None:
    path = tmp_path / "a.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([("text", "url", heading), ("t", "u", cell), ("t", "v", "")])
    report = import_file(path, store, KEEP)

    assert counts(report) == (1, 0, 0, 1)
    assert report.examples[0].reason.startswith(complaint)
    assert report.examples[0].line == 2


def test_one_stray_quotation_mark_costs_one_line(tmp_path: Path) -> None:
    rows = 'text,url\nfirst,u1\n"stray,u2\nthird,u3\n"a\nquoted ""one""",u4\n"x"y,u5\nlast,u6\n'
    found = records(rows.encode(), tmp_path / "a.csv")

    assert [(one.line, one.raw) for one in found if isinstance(one, Bad)] == [
        (3, '"stray,u2\n'),
        (7, '"x"y,u5\n'),
    ]
    assert [one.values["text"] for one in found if isinstance(one, Good)] == [
        "first",
        "third",
        'a\nquoted "one"',
        "last",
    ]


def test_a_row_with_more_cells_than_headings_is_refused(tmp_path: Path) -> None:
    found = records(b"text,url\nshort\nlong,u,x\n,\n\nok,u\n", tmp_path / "a.csv")

    assert [type(one) for one in found] == [Good, Bad, Good]
    assert isinstance(found[1], Bad)
    assert found[1].reason == "3 cells, but 2 headings"


def test_a_cell_may_be_longer_than_pythons_usual_limit(tmp_path: Path) -> None:
    (found,) = records(b"text,url\n" + b"x" * 200_000 + b",u\n", tmp_path / "a.csv")

    assert isinstance(found, Good)
    assert len(found.values["text"]) == 200_000


@pytest.mark.parametrize("head", ["", "text,url\nt,u\n"])
def test_an_endless_line_is_passed_over(head: str, tmp_path: Path) -> None:
    first = head or json.dumps(LINE) + "\n"
    after = "t,v\n" if head else json.dumps(LINE) + "\n"
    content = first + "x" * (LONGEST_LINE + 10) + "\n" + after
    good, bad, rest = records(content.encode(), tmp_path / ("a.csv" if head else "a.ndjson"))

    assert (type(good), type(rest)) == (Good, Good)
    assert isinstance(bad, Bad)
    assert bad.reason == "the line is too long to be a mention"
    assert rest.line == bad.line + 1


def test_a_csv_export_comes_back(store: EmbeddedStore, tmp_path: Path) -> None:
    exported = tmp_path / "a.csv"
    seed = ndjson(tmp_path / "seed.ndjson", _plain(dataclasses.replace(FULL, licence=None)))
    with EmbeddedStore(tmp_path / "other.db") as other:
        import_file(seed, other, KEEP)
        export_mentions(other.iterate(Everything()), exported, Format.CSV)
        (before,) = held(other)
    report = import_file(exported, store, KEEP)
    (after,) = held(store)

    assert (counts(report), report.notes) == ((1, 0, 0, 0), ())
    assert dataclasses.replace(after, media=()) == dataclasses.replace(before, media=())
    assert [(one.url, one.kind) for one in after.media] == [
        (one.url, one.kind) for one in before.media
    ]


SOUP = st.lists(
    st.sampled_from(
        [b'{"text":', b'"a"', b"}", b"\n", b"\r", b'"', b",", b";", b"text", b"url", b"\x00",
         b"\xff\xfe", b"\x1f\x8b", b"\xef\xbb\xbf", b"\\ud800", b"1e999", b"[", b"sep=;", b"\xe5"]
    )
).map(b"".join)  # fmt: skip


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=200) | SOUP, name=st.sampled_from(["a.ndjson", "a.csv", "a"]))
def test_no_bytes_break_the_reader(content: bytes, name: str, tmp_path: Path) -> None:
    try:
        found = records(content, tmp_path / name)
    except ImportFileError as refused:
        found = []
        assert str(tmp_path) in str(refused)  # noqa: PT017 - most bytes are no table
    for one in found:
        assert one.line >= 1


@settings(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30
)
@given(rows=st.lists(st.lists(st.text(max_size=12), min_size=5, max_size=5), max_size=5))
def test_no_cell_breaks_an_import(
    rows: list[list[str]], store: EmbeddedStore, tmp_path: Path
) -> None:
    path = tmp_path / "a.csv"
    with path.open("w", encoding="utf-8", errors="surrogateescape", newline="") as file:
        csv.writer(file).writerows([("text", "url", "date", "likes", "stars"), *rows])
    report = import_file(path, store, KEEP)
    given_rows = sum(any(cell.strip() for cell in row) for row in rows)

    assert sum(report.outcomes.values()) + report.bad == given_rows


ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=12)
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ANY_TEXT | st.just(10**30),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(ANY_TEXT, inner, max_size=2),
    max_leaves=4,
)
TOP = sorted({path.partition(".")[0] for path in fields()} | {"id", "odd"})


@settings(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60
)
@given(
    documents=st.lists(
        st.dictionaries(st.sampled_from(TOP), ANY_JSON, max_size=3)
        | st.fixed_dictionaries(
            {"text": ANY_TEXT, "url": ANY_TEXT, "title": ANY_TEXT, "hashtags": st.lists(ANY_TEXT)}
        ),
        max_size=4,
    )
)
def test_no_document_breaks_an_import(
    documents: list[dict[str, Any]], store: EmbeddedStore, tmp_path: Path
) -> None:
    report = import_file(ndjson(tmp_path / "a.ndjson", *documents), store, KEEP)

    assert sum(report.outcomes.values()) + report.bad == len(documents)
    assert report.quarantined == 0


def test_the_documentation_lists_every_synonym() -> None:
    page = (Path(__file__).parent.parent / "docs" / "import-and-export.md").read_text("utf-8")
    listed = {
        path: tuple(name.strip("`") for name in names.split(", "))
        for path, names in re.findall(r"^\| `([\w.]+)` \| (`.*`) \|$", page, re.MULTILINE)
    }

    assert listed == dict(SYNONYMS)
