"""What may be fetched, and what a file then says of its permission."""

import dataclasses
import datetime as dt

import pytest

from search.assets.downloading import (
    forbidden_platforms,
    refuse_download,
    refuse_item,
    refuse_licence,
    refuse_platform,
    unchecked,
)
from search.assets.kinds import kind_of, may_be_media
from search.assets.notices import notice_of
from search.mention import Credit, Licence, RightsSignal
from search.permissions.lists.granted_item import GrantedItem
from search.permissions.scope import AiUse, Attribution
from search.vocabulary import Basis, Effect, MediaKind
from tests.assets.inventing import MP4, NOW, SCOPE, item, media, open_item
from tests.rights.files import save

BY_SA = Licence(id="CC-BY-SA-4.0", raw="by-sa", found_in="text")
CC0 = Licence(id="CC0-1.0", raw="cc0", found_in="text")


@pytest.mark.parametrize(
    ("source", "url", "title"),
    [
        ("youtube", "https://files.example/a.mp4", "YouTube"),
        ("feed", "https://r1.googlevideo.com./v", "YouTube"),
        ("feed", "https://PBS.TWIMG.com/media/x.jpg", "X"),
        ("feed", "https://i.redd.it/x.jpg", "Reddit"),
        ("import", "https://cf-media.sndcdn.com/x.mp3", "SoundCloud"),
        ("import", "https://scontent.cdninstagram.com/x", "Instagram"),
    ],
)
def test_platforms_that_forbid_downloads_are_named(source: str, url: str, title: str) -> None:
    assert (refuse_platform(source, url) or "").startswith(f"{title}: ")


@pytest.mark.parametrize("url", ["https://notx.com/a", "https://x.com.example/", "http://[", ""])
def test_other_hosts_are_not_taken_for_them(url: str) -> None:
    assert None is refuse_platform("mastodon", url)


def test_rules_on_downloads_were_looked_up_within_a_year() -> None:
    assert [] == unchecked(dt.datetime.now(dt.UTC).date())
    assert [*forbidden_platforms()] == unchecked(dt.date(2031, 1, 1))


@pytest.mark.parametrize("basis", [Basis.PLATFORM_EMBED, Basis.NONE])
def test_no_basis_but_a_licence_to_copy_gives_a_file(basis: Basis) -> None:
    assert None is not refuse_item(item(basis=basis), NOW.date())
    assert None is refuse_item(item(), NOW.date())


@pytest.mark.parametrize(
    ("one", "refused"),
    [
        (item(1, mention={"rights_signals": "SIGNALS"}), False),
        (open_item(1, mention={"rights_signals": "SIGNALS"}), True),
        (open_item(1), False),
    ],
)
@pytest.mark.parametrize("effect", [Effect.NO_ARCHIVE, Effect.NO_IMAGES])
def test_signals_bind_an_open_licence_and_no_grant(
    one: GrantedItem,
    refused: bool,  # noqa: FBT001 - a parameter of the test
    effect: Effect,
) -> None:
    mention = one.stored.mention
    if mention.rights_signals:
        said = RightsSignal(name="robots", raw="x", found_in="meta robots", effects=(effect,))
        mention = dataclasses.replace(mention, rights_signals=(said,))
    stored = dataclasses.replace(one.stored, mention=mention)

    why = refuse_download(dataclasses.replace(one, stored=stored), media("https://f.example/a"))
    assert refused == (why is not None)


def test_a_file_s_own_licence_outweighs_that_of_the_page() -> None:
    assert None is not refuse_licence(open_item(), BY_SA)
    assert None is refuse_licence(open_item(), dataclasses.replace(BY_SA, id="CC-BY-4.0"))
    assert None is refuse_licence(item(), BY_SA)
    free = open_item(basis=Basis.PUBLIC_DOMAIN, licence=None)
    assert (None, True) == (refuse_licence(free, CC0), refuse_licence(free, BY_SA) is not None)


def test_a_grant_is_told_in_words_and_fields() -> None:
    notice = notice_of(item())

    assert (
        "By its author's permission: website, organic social:instagram; in SE, NL; from "
        "2026-11-28 until 2027-11-28 (UTC); paid advertising: no; changes: none; AI: none. "
        "Evidence: 12 3f0a55aa."
    ) == notice.usage
    assert ("Ann Ö", "© Ann Ö", "https://s.example/@ann", "DMI-PROHIBITED-AIMLTRAINING", True) == (
        notice.creator, notice.notice, notice.licensor_url, notice.data_mining, notice.marked,
    )  # fmt: skip


def test_an_open_licence_gets_no_conditions_added() -> None:
    notice = notice_of(open_item())
    url = "https://creativecommons.org/licenses/by/4.0/"

    assert (None, None, None, url, url) == (
        notice.data_mining, notice.licensor_name, notice.notice, notice.licence,
        notice.web_statement,
    )  # fmt: skip
    assert f"Licensed under CC-BY-4.0: {url}" == notice.usage
    assert not notice_of(open_item(licence="CC0-1.0")).marked


def test_a_file_s_own_credit_comes_first() -> None:
    attached = media("https://f.example/a", credit=Credit(name="Ida", notice="© Quay"))
    notice = notice_of(item(1, attached), attached)

    assert ("Ida", "© Quay") == (notice.creator, notice.notice)


def test_who_wants_no_name_is_neither_named_nor_linked_to() -> None:
    scope = dataclasses.replace(SCOPE, attribution=Attribution.ANONYMOUS)
    shown = repr(notice_of(item(scope=scope, credit_line=None)))

    assert not any(word in shown for word in ("Ann", "s.example"))


@pytest.mark.parametrize(
    ("ai_use", "key"),
    [
        (AiUse.ANALYSIS, "DMI-PROHIBITED-AIMLTRAINING"),
        (AiUse.TRAINING, "DMI-PROHIBITED-GENAIMLTRAINING"),
        (AiUse.GENERATIVE, None),
    ],
)
def test_what_we_may_do_with_models_is_never_said_to_be_free_for_all(
    ai_use: AiUse, key: str | None
) -> None:
    assert key == notice_of(item(scope=dataclasses.replace(SCOPE, ai_use=ai_use))).data_mining


@pytest.mark.parametrize(
    ("data", "ending"),
    [
        (save("JPEG"), "jpg"), (save("PNG"), "png"), (save("GIF"), "gif"), (save("WEBP"), "webp"),
        (save("TIFF"), "tif"), (MP4, "mp4"), (b"\x00\x00\x00\x20ftypavif", "avif"),
        (b"\x00\x00\x00\x20ftypheic", "heic"), (b"\x00\x00\x00\x20ftypM4A ", "m4a"),
        (b"\x00\x00\x00\x20ftypqt  ", "mov"), (b"\x1aE\xdf\xa3\x01\x42\x82\x84webm", "webm"),
        (b"OggS" + b"\x00" * 24 + b"\x01vorbis", "ogg"), (b"ID3\x04", "mp3"),
        (b"\xff\xfb\x90", "mp3"), (b"RIFF\x00\x00\x00\x00WAVE", "wav"), (b"fLaC", "flac"),
        (b"", None), (b"<html>", None), (b"<svg", None), (b"%PDF-1.7", None),
        (b"PK\x03\x04", None),
        (b"\xff\xfe<\x00h\x00", None), (b"\x00\x00\x00\x20ftypcrx ", None), (b"BM", None),
    ],
)  # fmt: skip
def test_a_file_is_what_its_bytes_say(data: bytes, ending: str | None) -> None:
    kind = kind_of(data)

    assert ending == (kind.ending if kind is not None else None)


def test_a_server_that_speaks_of_something_else_is_believed() -> None:
    good = [
        "image/jpeg",
        "Video/MP4; x=1",
        "audio/ogg",
        "application/octet-stream",
        "",
        "application/ogg",
    ]
    bad = ["text/html", "application/json", "application/octet-streamer", "text/plain"]

    assert (good, []) == (
        [x for x in good if may_be_media(x)],
        [x for x in bad if may_be_media(x)],
    )


def test_sounds_and_films_are_not_bound_by_what_is_said_of_pictures() -> None:
    said = RightsSignal(name="robots", raw="x", found_in="y", effects=(Effect.NO_IMAGES,))
    one = open_item(1, mention={"rights_signals": (said,)})

    assert None is refuse_download(one, media("https://f.example/a", MediaKind.AUDIO))
