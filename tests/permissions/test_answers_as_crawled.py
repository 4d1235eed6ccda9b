"""Answers as the sources' own readers give them: our message is named as their interface does."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from crawlers.platforms.hacker_news import read_hit
from crawlers.platforms.mastodon import read_status
from pipelines.copies.judging import is_answer
from search.answering import names_of
from search.mention import Mention
from search.permissions.answers import find_answers
from search.permissions.asking import draft, sent
from search.permissions.events import Step
from search.permissions.keeping import Permissions
from search.permissions.replying.judgement import Verdict
from search.stores.embedded import EmbeddedStore
from tests.permissions.inventing import DAY, NOW, event
from tests.permissions.test_asking import ASKING, CONFIG

OURS = "https://social.example/@storm/117648036724736002"


def status(number: int, text: str, answers: int | None = None) -> dict[str, Any]:
    ann = "https://social.example/users/ann"
    return {
        "id": str(number), "uri": f"{ann}/statuses/{number}",
        "url": f"https://social.example/@ann/{number}", "content": f"<p>{text}</p>",
        "created_at": (NOW + DAY).isoformat() if answers else (NOW - DAY).isoformat(),
        "in_reply_to_id": str(answers) if answers else None, "visibility": "public",
        "account": {"acct": "ann", "username": "ann", "uri": ann,
                    "url": "https://social.example/@ann", "display_name": "Ann"},
        "media_attachments": [], "tags": [], "language": "sv",
        "mentions": [{"acct": "storm", "username": "storm", "url": "https://social.example/@storm"}],
    }  # fmt: skip


def read(one: dict[str, Any], instance: str = "social.example") -> Mention:
    return read_status(one, "mastodon", instance)


@pytest.mark.parametrize(
    ("instance", "expected"),
    [("social.example", Verdict.GRANT), ("elsewhere.example", Verdict.REVIEW)],
)
def test_a_yes_on_mastodon_is_found_and_on_another_instance_left_to_a_person(
    tmp_path: Path, instance: str, expected: Verdict
) -> None:
    """Each instance numbers posts by itself: what another one calls ours is not known."""
    post = read(status(1, "Min nya favorit: Storm!"))
    with EmbeddedStore(tmp_path / "mentions.db") as store:
        store.put([post])
        Permissions(store).record(event(Step.QUEUE, mention=post.id))
        made, _ = draft(store, CONFIG, post.id, NOW)
        sent(store, post.id, OURS, "Ida", NOW)
        number = 117648036724736002 if instance == "social.example" else 9
        store.put([read(status(3, f"Ja! {made.token} @storm", number), instance)])

        (answer,) = find_answers(store, ASKING)

    assert expected is answer.judgement.verdict


def test_an_answer_is_no_copy_of_what_it_answers_as_mastodon_names_it() -> None:
    post, answer = read(status(1, "Storm tastes good")), read(status(3, "Storm tastes good", 1))

    assert is_answer(answer, post)
    assert not is_answer(read(status(4, "Storm tastes good", 2)), post)


def test_hacker_news_names_what_is_answered_by_its_number() -> None:
    hit = {"objectID": "8", "comment_text": "Yes", "author": "ann", "parent_id": 7,
           "created_at_i": int(dt.datetime(2026, 1, 1, tzinfo=dt.UTC).timestamp())}  # fmt: skip

    answer = read_hit(hit, "hackernews")

    assert answer.reply_to in names_of("https://news.ycombinator.com/item?id=7")


@pytest.mark.parametrize(
    "address",
    ["https://a.example/@storm/7", "https://a.example/@storm@b.example/7",
     "https://a.example/web/@storm/7", "https://a.example/users/storm/statuses/7",
     "https://a.example/web/statuses/7", "https://a.example/statuses/7/"],
)  # fmt: skip
def test_every_address_of_a_status_has_the_same_name(address: str) -> None:
    assert (address, "https://a.example/statuses/7") == names_of(address)


@pytest.mark.parametrize("address", ["https://a.example/blog/7", "7", "", "https://x.y/@a/b/7"])
def test_other_addresses_have_no_other_name(address: str) -> None:
    assert (address,) == names_of(address)
