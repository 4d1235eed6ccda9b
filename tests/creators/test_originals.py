"""Originals: what is taken, what is not, and that nothing else stays on disk."""

import contextlib
import hashlib
import resource
import socket
import stat
import time
from pathlib import Path

import psutil
import pytest

from search.assets.kinds import kind_of
from search.config import Config
from search.permissions.form_answers import waiting
from search.permissions.keeping import Permissions
from search.stores.base import Store
from search.web.creator.originals import (
    BadOriginal,
    Originals,
    Part,
    originals_elsewhere,
    prepare,
    uploads_folder,
)
from search.web.creator.tidying import tidy
from tests.creators.visiting import (
    PNG,
    POST,
    YES,
    asked,
    config,
    multipart,
    serving,
)
from tests.stores.conftest import store

__all__ = ["store"]

embedded = pytest.mark.parametrize("store", ["embedded"], indirect=True)


def left(folder: Path) -> list[Path]:
    """List every file below the folder of originals."""
    return [path for path in (folder / "sayso.db.uploads").rglob("*") if path.is_file()]


@embedded
def test_an_original_is_called_by_its_hash_and_only_its_owner_reads_it(
    store: Store, tmp_path: Path
) -> None:
    asks = config(tmp_path)
    secret = asked(store, asks)
    jpeg = b"\xff\xd8\xff\xe0" + b"j" * 300_000
    with serving(store, asks) as client:
        assert 303 == client.answer(secret, YES, PNG, jpeg).status

    digests = {hashlib.sha256(each).hexdigest() for each in (PNG, jpeg)}
    answer = waiting(store, Permissions(store), POST.id)
    assert answer is not None
    assert digests == {path.name for path in left(tmp_path)} == set(answer.evidence.files)
    assert {0o600} == {stat.S_IMODE(path.stat().st_mode) for path in left(tmp_path)}
    assert {POST.id} == {path.parent.name for path in left(tmp_path)}
    assert 0o700 == stat.S_IMODE((tmp_path / "sayso.db.uploads").stat().st_mode)


@embedded
@pytest.mark.parametrize(
    ("file", "status", "said"),
    [
        (b"<svg onload=alert(1)>" * 9, 415, "no picture, film or sound"),
        (b"MZ\x90\x00" + b"x" * 99, 415, "no picture, film or sound"),
        (b"\xff", 415, "no picture, film or sound"),
        (PNG + b"x" * 1_000_000, 413, "more than 1 MB"),
        (PNG + b"x" * 60_000_000, 413, "more than 1 MB"),
    ],
    ids=["svg", "program", "too short", "too large", "far too large"],
)
def test_what_is_not_taken_is_said_and_leaves_nothing(
    store: Store, tmp_path: Path, file: bytes, status: int, said: str
) -> None:
    asks = config(tmp_path, upload_mb=1)
    secret = asked(store, asks)
    with serving(store, asks) as client:
        page = client.answer(secret, {**YES, "credit": "Ann of Storm"}, PNG, file)
        assert (status, True) == (page.status, said in page.text)
        assert 'value="Ann of Storm"' in page.text
        assert [] == left(tmp_path)
        assert 303 == client.answer(secret, YES, PNG).status


@embedded
def test_all_files_of_a_link_together_have_one_limit(store: Store, tmp_path: Path) -> None:
    asks = config(tmp_path, upload_mb=1)
    secret = asked(store, asks)
    half = PNG + b"x" * 400_000
    with serving(store, asks) as client:
        three = client.answer(secret, YES, half, half + b"y", half + b"z")
        eleven = client.answer(secret, YES, *[PNG] * 11)
        two = client.answer(secret, YES, half, half + b"y")

    assert (413, 413, 303) == (three.status, eleven.status, two.status)
    assert "more than 10 files" in eleven.text
    assert 2 == len(left(tmp_path))


@embedded
def test_files_of_a_no_are_not_kept(store: Store, tmp_path: Path) -> None:
    asks = config(tmp_path)
    secret = asked(store, asks)
    with serving(store, asks) as client:
        assert 303 == client.answer(secret, {"answer": "no"}, PNG).status

    assert [] == left(tmp_path)


@embedded
def test_an_upload_that_breaks_off_leaves_nothing_and_records_nothing(
    store: Store, tmp_path: Path
) -> None:
    asks = config(tmp_path)
    secret = asked(store, asks)
    body, kind = multipart(YES, PNG + b"x" * 3_000_000)
    with serving(store, asks) as client:
        head = (
            f"POST /r/{secret} HTTP/1.1\r\nHost: x\r\nContent-Type: {kind}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        ).encode()
        with socket.create_connection(("127.0.0.1", client.port)) as connection:
            connection.sendall(head + body[:2_000_000])
            until(lambda: [path for path in left(tmp_path) if path.stat().st_size > 1_000_000])
        until(lambda: not left(tmp_path))
        cut = client.post(f"/r/{secret}", body[:1_000_000], kind)

    assert 400 == cut.status
    assert [] == left(tmp_path)
    assert None is waiting(store, Permissions(store), POST.id)


def until(condition: object) -> None:
    """Wait for something that another thread does, ten seconds at most."""
    end = time.monotonic() + 10
    while not condition():  # type: ignore[operator]  # a function without arguments
        assert time.monotonic() < end
        time.sleep(0.005)


@embedded
def test_a_full_disk_is_a_clear_page(store: Store, tmp_path: Path) -> None:
    asks = config(tmp_path)
    secret = asked(store, asks)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    with serving(store, asks) as client:
        resource.setrlimit(resource.RLIMIT_FSIZE, (8_000_000, before[1]))
        try:
            page = client.answer(secret, YES, PNG + b"x" * 9_000_000)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)

        assert (507, True) == (page.status, "no room for the file" in page.text)
        assert [] == left(tmp_path)
        assert 303 == client.answer(secret, YES).status


@embedded
def test_a_large_original_is_never_in_memory(store: Store, tmp_path: Path) -> None:
    asks = config(tmp_path)
    secret = asked(store, asks)
    _, kind = multipart({})
    boundary = kind.partition("boundary=")[2]
    size = 60_000_000
    with serving(store, asks) as client:
        page = client.get(f"/r/{secret}").text
        shown = page.partition('name="shown" value="')[2][:64]
        whole, _ = multipart({**YES, "shown": shown}, PNG)
        old = whole.split(b"\r\n", 1)[0][2:]
        start, _, end = whole.replace(old, boundary.encode()).rpartition(PNG)
        head = (
            f"POST /r/{secret} HTTP/1.1\r\nHost: x\r\nContent-Type: {kind}\r\n"
            f"Content-Length: {len(start) + size + len(end)}\r\n\r\n"
        ).encode()
        process = psutil.Process()
        before = process.memory_info().rss
        with socket.create_connection(("127.0.0.1", client.port)) as connection:
            connection.sendall(head + start + PNG)
            piece, sent_bytes, most = b"x" * 1_000_000, len(PNG), 0
            while sent_bytes < size:
                rest = piece[: size - sent_bytes]
                connection.sendall(rest)
                sent_bytes += len(rest)
                most = max(most, process.memory_info().rss - before)
            connection.sendall(end)
            answer = connection.recv(100)

    assert b"303" in answer
    assert most < 15_000_000
    assert [size] == [path.stat().st_size for path in left(tmp_path)]


def test_parts_that_a_killed_process_left_are_removed_at_the_start(tmp_path: Path) -> None:
    asks = config(tmp_path)
    folder = uploads_folder(asks)
    prepare(folder)
    (folder / ".part-x").write_bytes(b"half")
    (folder / POST.id).mkdir()
    (folder / POST.id / ("0" * 64)).write_bytes(b"whole")

    prepare(folder)

    assert ["0" * 64] == [path.name for path in left(tmp_path)]


@pytest.mark.parametrize(
    ("head", "is_taken"),
    [
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", True),
        (b"RIFF\x00\x00\x00\x00ACONanih", False),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00", True),
        (b"\x00\x00\x00\x18ftypXAVC\x00\x00\x00\x00", True),
        (b"\x1aE\xdf\xa3" + bytes(40) + b"webm", True),
        (b"FORM\x00\x00\x00\x00AIFF", True),
        (b"ID3\x04" + bytes(12), True),
        (b"\xff\xfa" + bytes(12), True),
        (b"%PDF-1.7" + bytes(8), False),
        (b"PK\x03\x04" + bytes(12), False),
        (b"", False),
    ],
)
def test_an_original_is_taken_if_assets_can_be_made_of_it(
    tmp_path: Path,
    head: bytes,
    is_taken: bool,  # noqa: FBT001 - what is expected
) -> None:
    part = Part(tmp_path)
    part.write(head)
    with contextlib.nullcontext() if is_taken else pytest.raises(BadOriginal):
        part.finish()
    part.drop()

    assert is_taken is (kind_of(head) is not None)


def test_where_originals_are_kept_can_be_said(tmp_path: Path) -> None:
    assert tmp_path / "originals" == uploads_folder(config(tmp_path, uploads="originals"))


@pytest.mark.parametrize(
    ("location", "name"),
    [
        ("http://127.0.0.1:9200", "sayso@127.0.0.1-9200.uploads"),
        ("http://127.0.0.1:9200?prefix=other", "other@127.0.0.1-9200.uploads"),
        ("https://es.example/a/b", "sayso@es.example-443-a-b.uploads"),
        ("https://[::1]:9201", "sayso@--1-9201.uploads"),
        ("https://es.example/../../x", "sayso@es.example-443-..-..-x.uploads"),
    ],
)
def test_stores_on_clusters_have_folders_of_their_own(
    tmp_path: Path, location: str, name: str
) -> None:
    assert tmp_path / name == uploads_folder(Config(store=location, folder=tmp_path))


@embedded
def test_a_file_that_cannot_be_kept_takes_the_others_with_it(store: Store, tmp_path: Path) -> None:
    asks = config(tmp_path)
    secret = asked(store, asks)
    second = PNG + b"2"
    blocked = tmp_path / "sayso.db.uploads" / POST.id / hashlib.sha256(second).hexdigest()
    with serving(store, asks) as client:
        blocked.mkdir(parents=True)
        failed = client.answer(secret, YES, PNG, second)
        assert (503, []) == (failed.status, left(tmp_path))
        assert None is waiting(store, Permissions(store), POST.id)
        blocked.rmdir()
        assert 303 == client.answer(secret, YES, PNG, second).status

    assert 2 == len(left(tmp_path))


@embedded
def test_originals_that_no_answer_names_are_removed_at_the_start(
    store: Store, tmp_path: Path
) -> None:
    asks = config(tmp_path)
    folder = uploads_folder(asks)
    secret = asked(store, asks)
    with serving(store, asks) as client:
        client.answer(secret, YES, PNG)
    named = [path.name for path in left(tmp_path)]
    Originals(store.notes, folder, POST.id).expect(["a" * 64])
    (folder / POST.id / ("a" * 64)).write_bytes(b"its process was killed")
    (folder / POST.id / ("b" * 64)).write_bytes(b"of another store in this folder")

    tidy(store, folder)

    assert {*named, "b" * 64} == {path.name for path in left(tmp_path)}
    note = store.notes.read(f"uploads/{POST.id}")
    assert note is not None
    assert [named] == [each["files"] for each in note.value["places"]]


@embedded
def test_a_second_process_leaves_alone_what_the_first_is_at_work_on(
    store: Store, tmp_path: Path
) -> None:
    folder = uploads_folder(config(tmp_path))
    prepare(folder)
    part = Part(folder)
    part.write(PNG)
    Originals(store.notes, folder, POST.id).expect([part.finish()])

    tidy(store, folder)
    assert 1 == len(left(tmp_path))
    kept = part.keep(folder / POST.id)
    tidy(store, folder)
    assert [kept] == left(tmp_path)

    part.drop()
    tidy(store, folder)
    assert [] == left(tmp_path)


@embedded
def test_the_store_knows_on_which_machine_originals_lie(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asks = config(tmp_path)
    folder, elsewhere = uploads_folder(asks), tmp_path / "elsewhere"
    secret = asked(store, asks)
    monkeypatch.setattr("socket.gethostname", lambda: "web1")
    with serving(store, asks) as client:
        client.answer(secret, YES, PNG, PNG + b"2")
        here = originals_elsewhere(store.notes, POST.id, folder)
        monkeypatch.setattr("socket.gethostname", lambda: "web2")
        there = originals_elsewhere(store.notes, POST.id, elsewhere)
        moved = originals_elsewhere(store.notes, POST.id, folder)
        monkeypatch.setattr("socket.gethostname", lambda: "web1")
        client.withdraw(secret)
        gone = originals_elsewhere(store.notes, POST.id, elsewhere)

    assert [] == here
    assert [f"web1:{folder.resolve()}/{POST.id} (2 files)"] == there
    assert [] == moved
    assert [] == gone
    assert None is store.notes.read(f"uploads/{POST.id}")
