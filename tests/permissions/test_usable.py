"""The one decision: no by default, and always why."""

import dataclasses

import pytest

from search.mention import Disclosed, Disclosure, Media
from search.permissions.events import Step
from search.permissions.replying.asked import fingerprint
from search.permissions.scope import AiUse, Modification, Use
from search.permissions.standing import Standing
from search.permissions.transitions import after
from search.permissions.usable import usable
from search.vocabulary import Basis, Hold, MediaKind, Permission, SourceState
from tests.permissions.inventing import GRANTED, NOW, PROOF, SCOPE, WEBSITE, event, post

GRANT = after(GRANTED)
OTHERS = [each for each in Permission if each is not Permission.GRANTED]


def codes(standing: Standing, use: Use = WEBSITE, **fields: object) -> list[str]:
    return [reason.code for reason in usable(post(**fields), standing, use, NOW).reasons]  # type: ignore[arg-type]  # short


def licensed(name: str) -> Standing:
    """As an old ledger may say it: what is no licence is not recorded now."""
    return Standing(basis=Basis.OPEN_LICENCE, licence=name)


def test_what_was_granted_is_usable_so_far() -> None:
    assert [] == codes(GRANT)
    assert ["channel", "paid_ads"] == codes(
        GRANT, Use(channel="tv", territory="SE", paid_ads=True)
    )


@pytest.mark.parametrize("hold", Hold)
def test_any_hold_forbids_any_use(hold: Hold) -> None:
    assert ["hold"] == codes(dataclasses.replace(GRANT, holds=frozenset({hold})))


@pytest.mark.parametrize(
    "permission", [each for each in Permission if each is not Permission.GRANTED]
)
def test_no_other_state_of_a_request_allows_anything(permission: Permission) -> None:
    assert "no_basis" in codes(dataclasses.replace(GRANT, permission=permission))
    assert ["no_basis"] == codes(Standing(permission=permission))


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (SourceState.LIVE, []), (SourceState.UNKNOWN, []), (SourceState.EDITED, ["source"]),
        (SourceState.DELETED_BY_AUTHOR, ["source"]), (SourceState.PRIVATE, ["source"]),
        (SourceState.WITHHELD, ["source"]), (SourceState.UNREACHABLE, ["source"]),
    ],
)  # fmt: skip
def test_what_became_of_the_original_counts(state: SourceState, expected: list[str]) -> None:
    assert expected == codes(dataclasses.replace(GRANT, source_state=state))


@pytest.mark.parametrize(
    ("licence", "use", "expected"),
    [
        ("CC-BY-4.0", WEBSITE, []),
        ("CC-BY-4.0", Use(channel="tv", paid_ads=True, modification=Modification.FULL), []),
        ("CC0-1.0", Use(channel="print", modification=Modification.FULL), []),
        ("CC-BY-SA-3.0-NL", WEBSITE, []),
        ("LicenseRef-PDM-1.0", WEBSITE, []),
        ("CC-BY-NC-4.0", WEBSITE, ["non_commercial"]),
        ("CC-BY-NC-SA-2.0", Use(channel="internal"), []),
        ("CC-BY-ND-4.0", WEBSITE, []),
        ("CC-BY-ND-4.0", Use(channel="website", modification=Modification.RESIZE_CROP),
         ["no_derivatives"]),
        ("CC-BY-NC-ND-4.0", Use(channel="website", modification=Modification.FULL),
         ["non_commercial", "no_derivatives"]),
        ("CC-BY-4.0", Use(channel="website", ai_use=AiUse.TRAINING), ["ai_use"]),
        ("LicenseRef-ARR", WEBSITE, ["licence"]),
        ("LicenseRef-YouTube-Standard", WEBSITE, ["licence"]),
        ("MIT", WEBSITE, ["licence"]),
        ("CC-BY-nc-4.0", WEBSITE, ["licence"]),
        ("cc-by-4.0", WEBSITE, ["licence"]),
        ("CC-BY-banana", WEBSITE, ["licence"]),
        ("CC-BY-", WEBSITE, ["licence"]),
        ("CC0-9.9", WEBSITE, ["licence"]),
        ("LicenseRef-CC-BY", WEBSITE, ["licence"]),
    ],
)  # fmt: skip
def test_open_licences_allow_what_they_say(licence: str, use: Use, expected: list[str]) -> None:
    assert expected == codes(licensed(licence), use)


def test_a_licence_survives_the_deletion_of_nothing_but_an_edit() -> None:
    edited = dataclasses.replace(licensed("CC-BY-4.0"), source_state=SourceState.EDITED)
    gone = dataclasses.replace(edited, source_state=SourceState.DELETED_BY_AUTHOR)

    assert ([], ["source"]) == (codes(edited), codes(gone))


def test_embedding_is_showing_as_it_is_in_a_web_page() -> None:
    embed = after([event(Step.BASIS, basis=Basis.PLATFORM_EMBED, evidence=PROOF),
                   event(Step.SOURCE, source_state=SourceState.LIVE)])  # fmt: skip

    assert [] == codes(embed)
    assert ["embed"] == codes(embed, Use(channel="print"))
    assert ["embed"] == codes(embed, Use(channel="website", paid_ads=True))
    assert ["source"] == codes(dataclasses.replace(embed, source_state=SourceState.UNKNOWN))


def test_a_contract_covers_what_it_says() -> None:
    contract = after([event(Step.BASIS, basis=Basis.CONTRACT, scope=SCOPE, evidence=PROOF)])

    assert ([], ["channel"]) == (
        codes(contract),
        codes(contract, Use(channel="tv", territory="SE")),
    )


def test_what_was_paid_for_or_rewarded_must_say_so_itself() -> None:
    clear = Disclosure(level=Disclosed.CLEAR, method="terms-en/1")
    none = Disclosure(level=Disclosed.NONE, method="terms-en/1")

    assert ["undisclosed"] == codes(GRANT, marked_as_paid=True)
    assert ["undisclosed"] == codes(GRANT, incentivised=True)
    assert ["undisclosed"] == codes(GRANT, marked_as_paid=True, disclosure=none)
    assert [] == codes(GRANT, marked_as_paid=True, disclosure=clear)


def test_every_reason_is_a_sentence() -> None:
    for standing in (
        Standing(),
        licensed("MIT"),
        dataclasses.replace(GRANT, holds=frozenset(Hold)),
    ):
        for reason in usable(post(), standing, Use(channel="tv", paid_ads=True), NOW).reasons:
            assert len(reason.sentence.split()) >= 3


@pytest.mark.parametrize("kind", [MediaKind.VIDEO, MediaKind.AUDIO])
def test_a_film_is_not_usable_before_somebody_has_heard_its_music(kind: MediaKind) -> None:
    film = (Media(url="https://s.example/1.mp4", kind=kind),)
    picture = (Media(url="https://s.example/1.jpg", kind=MediaKind.IMAGE),)
    hold, release = (
        event(step, hold=Hold.MUSIC_THIRD_PARTY) for step in (Step.HOLD, Step.RELEASE)
    )

    assert ["music"] == codes(GRANT, media=film)
    assert [] == codes(GRANT, media=picture)
    assert [] == codes(after([*GRANTED, release]), media=film)
    assert ["hold"] == codes(after([*GRANTED, release, hold]), media=film)


def test_of_what_is_our_own_nobody_has_to_hear_the_music() -> None:
    film = (Media(url="https://s.example/1.mp4", kind=MediaKind.VIDEO),)

    assert [] == codes(Standing(basis=Basis.OWNED), media=film)


def test_another_film_has_to_be_heard_anew() -> None:
    film = (Media(url="https://s.example/1.mp4", kind=MediaKind.VIDEO),)
    other = (Media(url="https://s.example/2.mp4", kind=MediaKind.VIDEO),)
    heard = event(Step.RELEASE, hold=Hold.MUSIC_THIRD_PARTY, content=fingerprint(post(media=film)))
    changed = [
        event(Step.HOLD, hold=Hold.CONTENT_CHANGED, content=fingerprint(post(media=other))),
        event(Step.RELEASE, hold=Hold.CONTENT_CHANGED),
    ]

    assert [] == codes(after([*GRANTED, heard]), media=film)
    assert ["music"] == codes(after([*GRANTED, heard]), media=other)
    assert ["music"] == codes(after([*GRANTED, heard, *changed]), media=other)
