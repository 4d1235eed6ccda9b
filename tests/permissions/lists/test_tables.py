"""Lists as programs save them, and files that are no lists."""

import contextlib
import datetime as dt
import io
import json
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.export import Format
from search.permissions.lists.columns import READ
from search.permissions.lists.exporting import _write_csv, _write_ndjson
from search.permissions.lists.sheet import write_list
from search.permissions.lists.tables import BadList, Line, read_lines
from tests.permissions.lists.listing import cells_of, save

NEEDED = {"batch": "1", "mention": "a" * 32, "token": "#Yes-2", "outcome": "no"}
SAID = {**NEEDED, "reply_text": 'Nej, tack; "aldrig", = usch\né', "note": "?", "Mine": "x"}
EXPECTED = {name: value for name, value in SAID.items() if name in READ}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_csv_is_read_as_any_program_saves_it(
    tmp_path: Path, encoding: str, delimiter: str
) -> None:
    names = reversed(list(SAID))
    row = {f" {name.upper().replace('_', ' ')}": SAID[name] for name in names}

    path = save([row], tmp_path / "list.csv", encoding=encoding, delimiter=delimiter)

    assert [EXPECTED] == cells_of(path)


def test_a_workbook_may_have_other_sheets_blank_rows_and_days(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].append(["Notes", "of mine"])
    sheet = book.create_sheet("Copy of requests")
    sheet.append([])
    sheet.append([*NEEDED, "date", "Checked by", 7])
    sheet.append([])
    sheet.append([*NEEDED.values(), dt.datetime(2026, 11, 28), True])  # noqa: DTZ001 - as Excel has them
    book.save(tmp_path / "list.xlsx")

    (line,) = read_lines(tmp_path / "list.xlsx")

    assert 4 == line.row
    assert "true" == line.cells["checked_by"]
    assert {**NEEDED, "date": dt.datetime(2026, 11, 28)}.items() <= line.cells.items()  # noqa: DTZ001 - the same


def test_rows_have_the_numbers_that_people_see(tmp_path: Path) -> None:
    text = 'sep=;|batch;mention;token;outcome;reply_text|1;a;b;no;"two|lines"||;;;;|1;c;d;no;x|'
    text = text.replace("|", "\r\n")
    (tmp_path / "list.csv").write_bytes(text.encode())

    assert [3, 7] == [line.row for line in read_lines(tmp_path / "list.csv")]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "there is no column batch, mention, token, outcome"),
        (b"a,b\n1,2\n", "columns of it were taken out"),
        (b"batch,mention,token\n1,2,3\n", "there is no column outcome"),
        (b"batch,mention,token,outcome,Token\n1,2,3,4,5\n", "the column token stands twice"),
        (b'batch,mention,token,outcome\n1,2,3,"no\n', "not readable as csv"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "not a text file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old or encrypted workbook"),
        (b"PK\x03\x04", "a workbook that cannot be read"),
        (b"batch,mention,token,outcome\n" + b"x" * 1_000_001, "more than 1,000,000 characters"),
        (b"batch,mention,token,outcome\n" + b"1,2,3,4\n" * 100_001, "more than 100,000 rows"),
        (b'{"batch": 1}\n' + b"\n" * 100_000, "more than 100,000 rows"),
    ],
)
def test_what_is_no_list_says_so(tmp_path: Path, content: bytes, problem: str) -> None:
    path = tmp_path / "list.xlsx"
    path.write_bytes(content)

    with pytest.raises(BadList, match=r"list\.xlsx: ") as caught:
        list(read_lines(path))

    assert problem in str(caught.value)


def test_a_file_that_is_not_there_or_too_large_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "large.csv").open("wb") as file:
        file.truncate(64_000_001)

    with pytest.raises(BadList, match="there is no such file"):
        list(read_lines(tmp_path / "none.csv"))
    with pytest.raises(BadList, match="there is no such file"):
        list(read_lines(tmp_path))
    with pytest.raises(BadList, match="larger than 64 MB"):
        list(read_lines(tmp_path / "large.csv"))


@pytest.mark.parametrize(
    ("raw", "fault"),
    [
        ("{", "not JSON"), ('["a"]', "not a JSON object"), ("[" * 100_000, "nested too deeply"),
        ('{"note": [1]}', "a list or object"), ("1", "not a JSON object"),
    ],
)  # fmt: skip
def test_a_line_that_is_no_row_is_one_bad_row(tmp_path: Path, raw: str, fault: str) -> None:
    path = tmp_path / "list.ndjson"
    path.write_text(f"{json.dumps(NEEDED)}\n{raw}\n{json.dumps(NEEDED)}\n")

    lines = list(read_lines(path))

    assert [None, 2, None] == [line.fault and line.row for line in lines]
    assert fault in str(lines[1].fault)


def test_a_row_that_was_torn_is_bad_and_one_that_was_cut_is_not(tmp_path: Path) -> None:
    text = "batch,mention,token,outcome,note\n1,a,b,no,well, well\n1,a,b,no\n1,a,b,no,,,\n"
    (tmp_path / "list.csv").write_text(text)

    faults = [line.fault for line in read_lines(tmp_path / "list.csv")]

    assert ["it has more cells than headings", None, None] == faults


def test_a_workbook_that_unpacks_to_too_much_is_refused_unread(tmp_path: Path) -> None:
    path = as_excel_saves(NEEDED, tmp_path / "list.xlsx", spare="0" * 300_000_001)

    with pytest.raises(BadList, match="more than 300 MB, unpacked"):
        list(read_lines(path))

    assert path.stat().st_size < 1_000_000


STRINGS = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
OVERRIDE = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{STRINGS}"/>'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def as_excel_saves(row: dict[str, str], path: Path, **replaced: str) -> Path:
    """Save a workbook whose texts stand in a part of their own, and replace parts of it."""
    texts = [*row, *row.values()]
    strings = "".join(f"<si><t>{text}</t></si>" for text in texts)
    cells = [f'<c t="s"><v>{number}</v></c>' for number in range(len(texts))]
    half = len(row)
    rows = f"<row>{''.join(cells[:half])}</row><row>{''.join(cells[half:])}</row>"
    with zipfile.ZipFile(save([row], path.with_name("whole.xlsx"))) as old:
        parts = {name: old.read(name).decode() for name in old.namelist()}
    types = parts["[Content_Types].xml"].replace("</Types>", f"{OVERRIDE}</Types>")
    parts |= {
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{strings}</sst>',
        "xl/worksheets/sheet1.xml":
            f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>',
        "[Content_Types].xml": types,
    } | replaced  # fmt: skip
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, text in parts.items():
            new.writestr(name, text)
    return path


def test_texts_of_a_workbook_may_stand_in_a_part_of_their_own(tmp_path: Path) -> None:
    path = as_excel_saves(NEEDED, tmp_path / "list.xlsx")

    assert [NEEDED] == cells_of(path)


@pytest.mark.parametrize(
    "part",
    ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml", "xl/styles.xml"],
)
def test_a_workbook_with_entities_is_refused_or_read_without_them(
    tmp_path: Path, part: str
) -> None:
    secret = tmp_path / "secret"
    secret.write_text("SECRET")
    with zipfile.ZipFile(as_excel_saves(NEEDED, tmp_path / "list.xlsx")) as archive:
        text = archive.read(part).decode().rpartition("?>")[2]
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    names = f'<!ENTITY l0 "lol">{levels}<!ENTITY s SYSTEM "{secret.as_uri()}">'
    evil = f"<!DOCTYPE x [{names}]>{text.replace('a' * 32, '&l9;&s;').replace('Sheet', '&s;S')}"
    path = as_excel_saves(NEEDED, tmp_path / "evil.xlsx", **{part: evil})

    said = ""
    with contextlib.suppress(BadList):
        said = str(list(read_lines(path)))

    assert "SECRET" not in said
    assert "lollol" not in said


def test_a_sheet_that_claims_a_million_rows_and_columns_is_refused_soon(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].append(list(NEEDED))
    book.worksheets[0].cell(100_002, 16_384).value = "x"
    book.save(tmp_path / "list.xlsx")

    with pytest.raises(BadList, match="more than 100,000 rows"):
        list(read_lines(tmp_path / "list.xlsx"))


SIGNS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30) | st.lists(
    st.sampled_from(["_x0041_", "_x005F_", "x0041_", "_", "'", "=", "+1", "@ann", '"', ",", "\n"])
).map("".join)
ROWS = st.lists(
    st.fixed_dictionaries(dict.fromkeys(sorted(READ), st.none() | SIGNS)), min_size=1, max_size=5
)


def written(row: dict[str, Any], form: Format) -> dict[str, Any]:
    """Return what is left of a row: blank is empty; XML and csv forbid some signs."""
    left = {}
    for name, value in row.items():
        text = None if value is None else value
        if text is not None and form is not Format.NDJSON:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        left[name] = text if text and text.strip() else None
    return left


@settings(max_examples=60, deadline=None)
@given(rows=ROWS, form=st.sampled_from([Format.CSV, Format.NDJSON, Format.XLSX]))
def test_any_row_comes_back_as_it_was_written(rows: list[dict[str, Any]], form: Format) -> None:
    if form is Format.XLSX:  # what XML forbids is taken out when it is written
        keep = str.maketrans("", "", "".join(map(chr, range(32))) + "\ufffe\uffff")
        rows = [{name: value and value.translate(keep) for name, value in row.items()}
                for row in rows]  # fmt: skip
    if form is Format.CSV:
        rows = [{name: value and value.replace("\x00", "") for name, value in row.items()}
                for row in rows]  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"list.{form}"
        if form is Format.XLSX:
            write_list(rows, path, list)
        else:
            (_write_csv if form is Format.CSV else _write_ndjson)(rows, path)
        found = cells_of(path)

    plain = [written(row, form) for row in rows]
    assert [row for row in plain if any(row.values())] == [
        {name: value.replace("\r\n", "\n").replace("\r", "\n")
         if isinstance(value, str) and form is not Format.NDJSON else value
         for name, value in row.items()} for row in found if any(row.values())
    ]  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(
    head=st.sampled_from(
        [b"", b"PK\x03\x04", b"{", b"\xff\xfe", b"batch,mention,token,outcome\n"]
    ),
    rest=st.binary(max_size=300),
)
def test_any_bytes_give_rows_or_a_clear_error(head: bytes, rest: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list"
        path.write_bytes(head + rest)
        with contextlib.suppress(BadList):
            assert all(isinstance(line, Line) for line in read_lines(path))


def parts_of_a_book() -> dict[str, bytes]:
    with tempfile.TemporaryDirectory() as folder:
        path = save([NEEDED], Path(folder) / "list.xlsx")
        with zipfile.ZipFile(path) as archive:
            return {name: archive.read(name) for name in archive.namelist()}


PARTS = parts_of_a_book()


@settings(max_examples=150, deadline=None)
@given(chosen=st.data())
def test_any_damage_to_a_workbook_gives_rows_or_a_clear_error(chosen: st.DataObject) -> None:
    name = chosen.draw(st.sampled_from(sorted(PARTS)))
    at = chosen.draw(st.integers(0, len(PARTS[name])))
    length = chosen.draw(st.integers(0, 40))
    put = chosen.draw(st.binary(max_size=20) | st.sampled_from([b"<", b"-1", b'"', b"9" * 20]))
    damaged = PARTS[name][:at] + put + PARTS[name][at + length :]
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as archive:
        for each, content in PARTS.items():
            archive.writestr(each, damaged if each == name else content)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list.xlsx"
        path.write_bytes(raw.getvalue())
        with contextlib.suppress(BadList):
            assert all(isinstance(line, Line) for line in read_lines(path))
