"""A folder filled without a network: what is kept, replaced, refused and left behind."""

import dataclasses
import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from search.assets.gathering import NOT_REACHED, Gathering
from search.assets.manifest import AssetsError, Manifest, check_manifest, read_manifest, stale
from search.permissions.lists.granted_item import GrantedItem
from search.permissions.scope import Attribution
from search.rights.images import read_image_rights
from tests.assets.inventing import ANN, MP4, NOW, SCOPE, UNTIL, item, media
from tests.rights.files import exif, save

A, B = "https://files.example/a.png", "https://files.example/b.png"


def fill(
    folder: Path,
    *items: GrantedItem,
    came: dict[str, bytes] | None = None,
    uploads: dict[str, list[Path]] | None = None,
    now: dt.datetime = NOW,
    refuse_now: Callable[[GrantedItem], str | None] = lambda _: None,
) -> tuple[list[str | None], Manifest]:
    """Do a run in which the network gives what ``came`` says, and return what was asked of it."""
    folder.mkdir(exist_ok=True)
    gathering = Gathering(folder, now, refuse_now)
    wanted = gathering.plan(items, uploads or {})
    for one in wanted:
        if data := (came or {}).get(one.url or ""):
            gathering.take(one, data)
    return [one.url for one in wanted], gathering.finish()


def test_a_cut_off_run_leaves_true_papers_and_the_next_goes_on(tmp_path: Path) -> None:
    items = item(1, media(A)), item(2, media(B))
    folder = tmp_path / "assets"

    asked, first = fill(folder, *items, came={A: save("PNG")})
    assert [A, B] == asked
    assert [NOT_REACHED] == [one.reason for one in first.without_file]
    assert [] == check_manifest(folder)

    (folder / ".b.png.part").write_bytes(b"half")
    asked, second = fill(folder, *items, came={B: save("PNG")})
    assert [B] == asked
    assert () == second.without_file
    assert not (folder / ".b.png.part").exists()


def test_a_renewed_permission_is_written_into_the_file_that_is_there(tmp_path: Path) -> None:
    folder, later = tmp_path / "assets", dt.date(2028, 11, 28)
    _, first = fill(folder, item(1, media(A)), came={A: save("JPEG")})
    renewed = item(1, media(A), expires=later, scope=dataclasses.replace(SCOPE, valid_until=later))
    asked, second = fill(folder, renewed)
    (old,), (new,) = first.files, second.files

    assert [] == asked
    assert (UNTIL, later) == (old.expires, new.expires)
    assert old.fetched_sha256 == new.fetched_sha256
    assert b"until 2028-11-28" in (folder / new.path).read_bytes()
    assert [] == check_manifest(folder)


def test_a_name_that_must_go_is_fetched_without_and_never_left_in_use(tmp_path: Path) -> None:
    folder = tmp_path / "assets"
    fill(folder, item(1, media(A)), came={A: save("JPEG")})
    unnamed = item(
        1, media(A), credit_line=None,
        scope=dataclasses.replace(SCOPE, attribution=Attribution.ANONYMOUS),
    )  # fmt: skip
    asked, manifest = fill(folder, unnamed)

    assert ([A], ()) == (asked, manifest.files)
    assert [f"{unnamed.stored.id}-1.jpg"] == stale(folder, NOW)

    _, manifest = fill(folder, unnamed, came={A: save("JPEG")})
    data = (folder / manifest.files[0].path).read_bytes()
    assert None is read_image_rights(data).credit
    assert not any(word in data for word in (b"Ann", b"s.example"))


def test_uploads_win_over_what_is_attached(tmp_path: Path) -> None:
    upload, folder = tmp_path / "original", tmp_path / "assets"
    upload.write_bytes(MP4)
    one = item(1, media(A), media(B))
    asked, manifest = fill(folder, one, uploads={one.stored.id: [upload]})
    before = (folder / manifest.files[0].path).stat().st_mtime_ns
    _, again = fill(folder, one, uploads={one.stored.id: [upload]})

    assert [] == asked
    assert [(f"{one.stored.id}-1.mp4", None)] == [
        (made.path, made.source_url) for made in manifest.files
    ]
    assert manifest.files == again.files
    assert before == (folder / again.files[0].path).stat().st_mtime_ns


def test_an_upload_that_is_no_media_or_not_there_is_refused(tmp_path: Path) -> None:
    (tmp_path / "page").write_text("<html>")
    items = item(1), item(2)
    uploads = {
        items[0].stored.id: [tmp_path / "page"],
        items[1].stored.id: [tmp_path / "none"],
    }
    _, manifest = fill(tmp_path / "assets", *items, uploads=uploads)

    assert {
        "the file is no picture, film or sound that Sayso knows, whatever its name says",
        "what its author handed in cannot be read: No such file or directory",
    } == {one.reason for one in manifest.without_file}


def test_what_is_not_handed_out_any_more_stays_and_is_listed_as_stale(tmp_path: Path) -> None:
    folder = tmp_path / "assets"
    _, first = fill(folder, item(1, media(A)), item(2, media(B)), came={A: MP4, B: save("PNG")})
    fill(folder, item(2, media(B)))
    gone = next(one for one in first.files if one.source_url == A)

    assert sorted([gone.path, str(gone.sidecar)]) == stale(folder, NOW)
    assert [] == check_manifest(folder)
    for name in stale(folder, NOW):
        (folder / name).unlink()
    _, manifest = fill(folder, item(2, media(B)))
    assert ([], ()) == (stale(folder, NOW), manifest.superseded)


def test_files_are_stale_from_the_day_after_the_last(tmp_path: Path) -> None:
    folder = tmp_path / "assets"
    _, manifest = fill(folder, item(1, media(A)), came={A: save("PNG")})
    last = dt.datetime(2027, 11, 28, 23, 59, tzinfo=dt.UTC)

    assert [] == stale(folder, last)
    assert [manifest.files[0].path] == stale(folder, last + dt.timedelta(minutes=1))
    _, later = fill(folder, item(1, media(A)), now=last + dt.timedelta(days=1))
    assert ["the permission ended on 2027-11-28"] == [one.reason for one in later.without_file]


REVOKED = "the author has withdrawn the permission"


def revoked_after(times: int, *items: GrantedItem) -> Callable[[GrantedItem], str | None]:
    """Refuse these items from the next time on after so many that any of them was asked for."""
    asked: list[str] = []
    names = {one.stored.id for one in items}

    def refuse_now(one: GrantedItem) -> str | None:
        if one.stored.id not in names:
            return None
        asked.append(one.stored.id)
        return REVOKED if len(asked) > times else None

    return refuse_now


@pytest.mark.parametrize(("times", "asked"), [(0, [B]), (1, [A, B])])
def test_what_was_withdrawn_meanwhile_is_not_delivered(
    tmp_path: Path, times: int, asked: list[str]
) -> None:
    first, folder = item(1, media(A)), tmp_path / "assets"
    wanted, manifest = fill(folder, first, item(2, media(B)), came={A: MP4, B: save("PNG")},
                            refuse_now=revoked_after(times, first))  # fmt: skip

    assert asked == wanted
    assert [B] == [one.source_url for one in manifest.files]
    assert [(first.stored.id, REVOKED)] == [(o.mention, o.reason) for o in manifest.without_file]
    assert () == manifest.superseded
    assert [] == list(folder.glob(f"{first.stored.id}*"))


def test_what_was_withdrawn_after_it_came_is_removed_and_named(tmp_path: Path) -> None:
    first, folder = item(1, media(A)), tmp_path / "assets"
    _, manifest = fill(folder, first, item(2, media(B)), came={A: MP4, B: save("PNG")},
                       refuse_now=revoked_after(2, first))  # fmt: skip

    names = [f"{first.stored.id}-1.{ending}" for ending in ("mp4", "xmp")]
    assert [(name, REVOKED) for name in names] == [
        (one.path, one.reason) for one in manifest.superseded
    ]
    assert [(A, REVOKED)] == [(one.url, one.reason) for one in manifest.without_file]
    assert [] == list(folder.glob(f"{first.stored.id}*"))
    assert ([], []) == (check_manifest(folder), stale(folder, NOW))


def test_a_file_of_an_earlier_run_stays_but_is_listed_as_not_to_be_used(tmp_path: Path) -> None:
    first, folder = item(1, media(A)), tmp_path / "assets"
    fill(folder, first, came={A: save("PNG")})
    _, manifest = fill(folder, first, refuse_now=revoked_after(1, first))

    assert ((), [REVOKED]) == (manifest.files, [one.reason for one in manifest.superseded])
    assert [f"{first.stored.id}-1.png"] == stale(folder, NOW)


def test_a_withdrawn_upload_is_not_fetched_from_the_post_instead(tmp_path: Path) -> None:
    upload, one = tmp_path / "original", item(1, media(A))
    upload.write_bytes(MP4)
    for times in (0, 1, 2):
        asked, manifest = fill(tmp_path / "assets", one, uploads={one.stored.id: [upload]},
                               refuse_now=revoked_after(times, one))  # fmt: skip
        assert ([], ()) == (asked, manifest.files)


def test_an_item_without_attachments_is_listed(tmp_path: Path) -> None:
    assert ["nothing is attached to it"] == [
        one.reason for one in fill(tmp_path / "assets", item(1))[1].without_file
    ]


def test_changes_in_a_folder_are_found(tmp_path: Path) -> None:
    folder = tmp_path / "assets"
    _, manifest = fill(folder, item(1, media(A)), item(2, media(B)), came={A: save("PNG"), B: MP4})
    names = {one.content_type: one for one in manifest.files}
    picture, film = names["image/png"], names["video/mp4"]
    (folder / picture.path).write_bytes(b"other")
    (folder / (film.sidecar or "")).write_bytes(b"other")
    (folder / film.path).unlink()
    (folder / "notes.txt").write_text("mine")

    assert sorted([
        f"{picture.path}: its bytes are not those that were delivered",
        f"{film.sidecar}: its bytes are not those that were delivered",
        f"{film.path}: missing",
        "notes.txt: not in the manifest",
    ]) == sorted(check_manifest(folder))  # fmt: skip


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{", "is no manifest"),
        ('{"version": 2}', "newer Sayso"),
        ('{"superseded": [{"path": "../../etc/passwd", "reason": ""}]}', "no file of this folder"),
        ('{"files": 3}', "is no manifest of assets: files"),
    ],
)
def test_a_manifest_that_is_none_is_refused(tmp_path: Path, text: str, problem: str) -> None:
    (tmp_path / "manifest.json").write_text(text)

    with pytest.raises(AssetsError, match=problem):
        read_manifest(tmp_path)


def test_a_folder_without_a_manifest_is_no_folder_of_assets(tmp_path: Path) -> None:
    assert [f"{tmp_path} has no manifest.json"] == check_manifest(tmp_path)
    assert [] == stale(tmp_path, NOW)


def test_a_file_that_names_another_maker_is_pointed_out_and_stays_so(tmp_path: Path) -> None:
    folder, later = tmp_path / "assets", dt.date(2028, 11, 28)
    by_ida, by_ann = save("JPEG", exif=exif(artist="Ida")), save("JPEG", exif=exif(artist="Ann"))
    ann: dict[str, object] = {"author": dataclasses.replace(ANN, name="Ann", display_name=None)}
    items = item(1, media(A), mention=ann), item(2, media(B), mention=ann)
    _, first = fill(folder, *items, came={A: by_ida, B: by_ann})
    renewed = [
        dataclasses.replace(
            one, expires=later, scope=dataclasses.replace(SCOPE, valid_until=later)
        )
        for one in items
    ]
    asked, second = fill(folder, *renewed)

    assert [] == asked
    for manifest in (first, second):
        assert {A: "Ida", B: None} == {one.source_url: one.names_maker for one in manifest.files}
