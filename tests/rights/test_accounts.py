"""What a Mastodon account says about the use of its posts."""

from typing import Any

import pytest

from crawlers.platforms.mastodon import read_status, refusal
from search.mention import RightsSignal
from search.vocabulary import Effect


def status(**account: Any) -> dict[str, Any]:
    return {
        "id": "1",
        "uri": "https://coffee.example/users/ada/statuses/1",
        "url": "https://coffee.example/@ada/1",
        "visibility": "public",
        "created_at": "2026-11-01T10:00:00.000Z",
        "content": "<p>Storm Coffee</p>",
        "account": {
            "acct": "ada",
            "url": "https://coffee.example/@ada",
            "note": "",
            "indexable": True,
            **account,
        },
    }


@pytest.mark.parametrize("note", ["<p>Cups. #NoAI</p>", "#noai", "#nobot", "nosearch"])
def test_a_profile_that_forbids_analysis_is_left_out(note: str) -> None:
    assert refusal(status(note=note)) == "author's profile asks bots to stay away"


@pytest.mark.parametrize("note", ["#noaioli", "no ai here", "#noarchive", ""])
def test_a_profile_that_does_not_is_read(note: str) -> None:
    assert refusal(status(note=note)) is None


@pytest.mark.parametrize(
    ("account", "expected"),
    [
        (
            {"note": "<p>Tea. #NoArchive</p>"},
            (
                RightsSignal(
                    name="profile",
                    raw="#NoArchive",
                    found_in="account note",
                    effects=(Effect.NO_ARCHIVE,),
                ),
            ),
        ),
        (
            {"discoverable": False},
            (RightsSignal(name="discoverable", raw="false", found_in="account"),),
        ),
        ({"discoverable": None}, ()),
        ({"discoverable": True, "locked": True}, ()),
    ],
)
def test_the_rest_travels_with_the_post(
    account: dict[str, Any], expected: tuple[RightsSignal, ...]
) -> None:
    assert expected == read_status(status(**account), "mastodon", "a.example").rights_signals
