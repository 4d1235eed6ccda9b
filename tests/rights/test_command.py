"""`sayso rights` as a user meets it."""

import json
from pathlib import Path

import pytest

from tests.crawling import run_sayso, write_config
from tests.rights.files import packet, save
from tests.serving import Reply, Routes, serve
from tests.test_cli import say

BY = "https://creativecommons.org/licenses/by/4.0/"
PAGE = f"""<html><head><meta name="robots" content="noarchive"><link rel="license" href="{BY}">
</head><body><p>Ferry <a property="cc:attributionName" href="/ida">Ida</a></p></body></html>"""


def test_signals_of_a_page_are_explained(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "ferry.html").write_text(PAGE)

    assert say(tmp_path, capsys, "rights", "ferry.html") == (
        0,
        (
            "ferry.html: page\n"
            f"licence: CC-BY-4.0 (scraped; link rel=license: {BY})\n"
            "credit name: Ida\n"
            "signal: robots = noarchive (meta robots): no_archive\n"
        ),
        "",
    )


def test_an_image_s_signals_are_explained(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    xmp = packet(
        "<plus:DataMining>DMI-PROHIBITED-AIMLTRAINING</plus:DataMining><plus:Licensor><rdf:Seq>"
        '<rdf:li plus:LicensorName="Quay" plus:LicensorEmail="a@q.example"/></rdf:Seq>'
        "</plus:Licensor><plus:ModelReleaseStatus>MR-NON</plus:ModelReleaseStatus>"
    )
    (tmp_path / "p.jpg").write_bytes(save("JPEG", xmp=xmp))

    code, out, _ = say(tmp_path, capsys, "rights", "p.jpg")

    assert code == 0
    assert out.splitlines() == [
        "p.jpg: JPEG",
        "licence: none stated; that allows nothing",
        (
            "signal: datamining = DMI-PROHIBITED-AIMLTRAINING (XMP plus:DataMining): "
            "no_generative_ai, no_training"
        ),
        "signal: modelrelease = MR-NON (XMP plus:ModelReleaseStatus): no effect",
        "image licensors: Quay, a@q.example",
        "image model release: MR-NON",
    ]


def test_json_holds_everything(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "ferry.html").write_text(PAGE)

    _, out, _ = say(tmp_path, capsys, "rights", "ferry.html", "--json")
    told = json.loads(out)

    assert ("page", "CC-BY-4.0", "4.0", "scraped") == (
        told["kind"],
        told["licence"]["id"],
        told["licence"]["version"],
        told["licence"]["confidence"],
    )
    assert [["no_archive"]] == [one["effects"] for one in told["signals"]]


def test_why_a_page_is_refused_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "x.html").write_text(PAGE.replace("noarchive", "noai"))

    _, out, _ = say(tmp_path, capsys, "rights", "x.html")

    assert "refused: a crawl keeps nothing of it, for it says noai" in out.splitlines()


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("none.html", None, "none.html: No such file or directory"),
        ("a.bin", b"\x00\x01", "neither a page nor a JPEG, PNG, WebP or TIFF image"),
        ("a.gif", b"GIF89a", "neither a page nor a JPEG, PNG, WebP or TIFF image"),
    ],
)
def test_what_cannot_be_read_is_an_error_in_a_sentence(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    name: str,
    content: bytes | None,
    problem: str,
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)

    code, out, err = say(tmp_path, capsys, "rights", name)

    assert (1, "") == (code, out)
    assert problem in err


def test_an_address_is_fetched_as_a_crawl_does(tmp_path: Path) -> None:
    routes: Routes = {
        "/robots.txt": "User-agent: *\nContent-Usage: train-ai=n\nDisallow: /private",
        "/.well-known/tdmrep.json": '[{"location": "/", "tdm-reservation": 1}]',
        "/story": Reply(PAGE.encode(), headers={"Content-Signal": "ai-input=no"}),
    }
    config = str(write_config(tmp_path))
    with serve(routes) as site:
        told = run_sayso("--config", config, "rights", f"{site.address}/story", "--json")
        refused = run_sayso("--config", config, "rights", f"{site.address}/private")
        gone = run_sayso("--config", config, "rights", f"{site.address}/gone")

    report = json.loads(told.stdout)
    assert ("tdm-reservation", "CC-BY-4.0") == (report["refusal"], report["licence"]["id"])
    assert ["header Content-Signal", "meta robots", "robots.txt"] == sorted(
        one["found_in"] for one in report["signals"]
    )
    assert (1, True) == (refused.returncode, "robots.txt" in refused.stderr)
    assert (1, True) == (gone.returncode, "HTTP 404" in gone.stderr)
    assert "/private" not in site.paths()
