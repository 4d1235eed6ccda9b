"""Files fetched over real HTTP, by a process of its own."""

import hashlib
import subprocess
import threading
from pathlib import Path

import filelock
import pytest

from crawlers.assets import fetch_assets
from search.assets.manifest import AssetsError, check_manifest
from search.config import Config
from search.rights.images import read_image_rights
from tests.assets.fetching import fetch, start
from tests.assets.inventing import MP4, item
from tests.rights.files import packet, save
from tests.serving import Asked, Reply, Routes, serve

PNG = Reply(save("PNG"), "image/png")
RESERVED = packet("<dc:rights>© Quay. All rights reserved.</dc:rights>")


@pytest.fixture
def slow() -> threading.Event:
    return threading.Event()


def site(address: str, never: threading.Event) -> Routes:
    """A site with files, and with everything that a server can do instead of sending one."""

    def trickle(_: Asked) -> Reply:
        never.wait(10)
        return PNG

    return {
        "/robots.txt": "User-agent: *\nDisallow: /private/",
        "/a.jpg": Reply(save("JPEG"), "image/jpeg"),
        "/film": Reply(MP4, "video/mp4"),
        "/octets.png": Reply(save("PNG"), "application/octet-stream"),
        "/moved.png": Reply(status=302, headers={"Location": f"{address}/octets.png"}),
        "/private/b.png": PNG,
        "/to-private.png": Reply(status=302, headers={"Location": f"{address}/private/b.png"}),
        "/inside.png": Reply(status=302, headers={"Location": "http://169.254.169.254/x.png"}),
        "/platform.png": Reply(status=302, headers={"Location": "https://i.ytimg.com/x.png"}),
        "/error.jpg": Reply(b"<html>Sorry, log in</html>", "text/html"),
        "/lie.jpg": Reply(b"<html>Sorry, log in</html>", "image/jpeg"),
        "/drawing.svg": Reply(b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml"),
        "/large.png": Reply(save("PNG") + b"\x00" * 300_000, "image/png"),
        "/slow.png": trickle,
        "/noarchive.png": Reply(save("PNG"), "image/png", headers={"X-Robots-Tag": "noarchive"}),
        "/reserved.jpg": Reply(save("JPEG", xmp=RESERVED), "image/jpeg"),
        "/plain.png": PNG,
    }


def test_only_whole_and_allowed_files_are_kept_and_each_other_has_its_reason(
    tmp_path: Path, slow: threading.Event
) -> None:
    upload = tmp_path / "original.jpg"
    upload.write_bytes(save("JPEG", xmp=packet(attributes='photoshop:Credit="Mine"')))
    names = [
        "a.jpg", "film", "moved.png", "gone.png", "private/b.png", "to-private.png", "inside.png",
        "platform.png", "error.jpg", "lie.jpg", "drawing.svg", "large.png", "slow.png",
        "noarchive.png", "reserved.jpg", "missing.png",
    ]  # fmt: skip
    with serve(lambda address: site(address, slow)) as served:
        addresses = [f"{served.address}/{name}" for name in names]
        came = fetch(
            tmp_path,
            [*addresses, "http://10.0.0.1/x.png", "file:///etc/passwd", "https://i.redd.it/x"],
            licensed=[f"{served.address}/{name}" for name in
                      ("plain.png", "noarchive.png", "reserved.jpg")],
            uploads={item(3).stored.id: str(upload)},
            largest_mb=0.2,
            timeout_seconds=0.5,
        )  # fmt: skip
        slow.set()
    folder = tmp_path / "assets"

    assert {
        "b.png": "robots.txt: the site disallows this address",
        "to-private.png": "robots.txt: the site disallows this address",
        "error.jpg": "the server sent text/html, which is no media",
        "missing.png": "HTTP 404",
        "large.png": "larger than 0.2 MB",
        "slow.png": "it took longer than 0.5 seconds",
    }.items() <= came.reasons.items()
    for name, part in (
        ("inside.png", "no public address"), ("x.png", "no public address"),
        ("passwd", "only http and https"), ("platform.png", "YouTube: audio"), ("x", "Reddit"),
        ("lie.jpg", "no picture, film"), ("drawing.svg", "no picture, film"),
        ("noarchive.png", "no copy: noarch"),
        ("reserved.jpg", "the file itself states"),
    ):  # fmt: skip
        assert part in came.reasons[name], name
    sources = [(one.source_url or "upload").rpartition("/")[2] for one in came.manifest.files]
    assert sorted(
        ["a.jpg", "film", "moved.png", "upload", "noarchive.png", "reserved.jpg", "plain.png"]
    ) == sorted(sources)
    assert [] == check_manifest(folder)
    assert "/private/b.png" not in served.paths()
    assert "/gone.png" not in served.paths()  # its author handed it in
    expected = {*(one.path for one in came.manifest.files), "manifest.json", "SHA256SUMS",
                *(one.sidecar for one in came.manifest.files if one.sidecar)}  # fmt: skip
    assert expected == {path.name for path in folder.iterdir() if path.name != ".lock"}


def test_files_carry_their_notice_and_are_fetched_once(tmp_path: Path) -> None:
    jpeg = save("JPEG")
    routes: Routes = {"/a.jpg": Reply(jpeg, "image/jpeg"), "/film": Reply(MP4, "video/mp4")}
    with serve(routes) as served:
        addresses = [f"{served.address}/a.jpg", f"{served.address}/film"]
        came = fetch(tmp_path, addresses)
        folder = tmp_path / "assets"
        by_type = {one.content_type: one for one in came.manifest.files}
        picture, film = by_type["image/jpeg"], by_type["video/mp4"]
        written = (folder / picture.path).read_bytes()
        (folder / picture.path).write_bytes(b"damaged")
        again = fetch(tmp_path, addresses)

    assert (f"{item(0).stored.id}-1.jpg", "yes", None) == (
        picture.path, picture.embedded, picture.sidecar,
    )  # fmt: skip
    assert hashlib.sha256(jpeg).hexdigest() == picture.fetched_sha256
    assert "Photo: Ann Ö" == getattr(read_image_rights(written).credit, "text", None)
    assert ("sidecar", f"{item(1).stored.id}-1.xmp") == (film.embedded, film.sidecar)
    assert MP4 == (folder / film.path).read_bytes()
    assert b"12 3f0a55aa" in (folder / (film.sidecar or "")).read_bytes()
    assert [(2, 0), (1, 1)] == [(one.fetched, one.kept) for one in (came, again)]
    assert ["/a.jpg", "/a.jpg", "/film"] == sorted(
        path for path in served.paths() if path != "/robots.txt"
    )
    assert came.manifest.files == again.manifest.files
    checked = subprocess.run(
        ["sha256sum", "-c", "--strict", "SHA256SUMS"], cwd=folder, capture_output=True, check=False
    )
    assert (0, 3) == (checked.returncode, checked.stdout.count(b": OK"))


def test_a_folder_that_cannot_be_written_to_ends_the_run_with_its_reason(tmp_path: Path) -> None:
    (tmp_path / "assets" / f"{item(0).stored.id}-1.png").mkdir(parents=True)
    with serve({"/a.png": PNG}) as served:
        done = start(tmp_path, [f"{served.address}/a.png"])

    assert 1 == done.returncode
    assert "AssetsError" in done.stderr
    assert f"{item(0).stored.id}-1.png: Is a directory" in done.stderr


def test_a_folder_is_filled_by_one_run_at_a_time(tmp_path: Path) -> None:
    with (
        filelock.FileLock(tmp_path / ".lock"),
        pytest.raises(AssetsError, match="is being filled by another run"),
    ):
        fetch_assets([], tmp_path, Config(), refuse_now=lambda _: None)

    assert () == fetch_assets([], tmp_path, Config(), refuse_now=lambda _: None).manifest.files


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "assets").write_text("mine")

    with pytest.raises(AssetsError, match="assets: File exists"):
        fetch_assets([], tmp_path / "assets", Config(), refuse_now=lambda _: None)
