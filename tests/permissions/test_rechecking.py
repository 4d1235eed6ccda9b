"""Originals are looked at over real HTTP: gone is gone, and blocked or broken is neither."""

import datetime as dt
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scrapy.http import HtmlResponse

from crawlers.rechecking import _can_be_asked, read_age, read_answer, without_walls
from search.errors import ConfigError
from search.mention import Mention
from search.permissions.events import Event, Step
from search.permissions.keeping import Permissions
from search.permissions.originals import Seen, Sight, record_sights, to_recheck
from search.stores.base import Store
from search.stores.embedded import EmbeddedStore
from search.vocabulary import Basis, Permission, SourceState
from tests.crawling import run_sayso, write_config
from tests.permissions.inventing import DAY, NOW, WEBSITE, event
from tests.serving import Reply, Routes, serve

SHOP = "https://shop.example/"
POST = "https://social.example/@ann/1"


def post(url: str, number: int = 1) -> Mention:
    return Mention(source="mastodon", source_id=str(number), url=url, text=f"Storm {number}")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Open an empty store."""
    with EmbeddedStore(tmp_path / "sayso.db") as store:
        yield store


def grant(store: Store, mention: Mention, *, place: str | None = None) -> None:
    store.put([mention])
    permissions = Permissions(store)
    for step in (Step.QUEUE, Step.SEND, Step.GRANT):
        permissions.record(event(step, mention=mention.id))
    if place:
        permissions.record(event(Step.PLACE, mention=mention.id, place=place))


def state_of(store: Store, mention: Mention) -> SourceState:
    return Permissions(store).standing(mention.id).source_state


def see(store: Store, mention: Mention, seen: Seen, at: dt.datetime = NOW) -> list[str]:
    sight = Sight(mention=mention.id, url=mention.url, seen=seen, why="-")
    (done,) = record_sights(store, Permissions(store), [sight], at)
    return [*done.take_down, *(["new"] if done.is_new else [])]


@pytest.mark.parametrize(
    ("status", "landed", "body", "expected"),
    [
        (200, POST, b"hello", Seen.LIVE),
        (200, "http://www.social.example/@ann/1/?lang=sv", b"hello", Seen.LIVE),
        (200, "https://social.example/%40ann/1", b"hello", Seen.LIVE),
        (200, "https://social.example/users/ann/1", b"hello", Seen.UNCLEAR),
        (200, "https://social.example/@ann", b"a profile", Seen.UNCLEAR),
        (200, "https://social.example/@ann/12", b"another post", Seen.UNCLEAR),
        (200, "https://parked.example/@ann/1", b"buy this name", Seen.UNCLEAR),
        (200, "https://social.example:8443/@ann/1", b"another service", Seen.UNCLEAR),
        (200, "https://social.example/", b"welcome", Seen.UNCLEAR),
        (200, "https://social.example/accounts/login/?next=/@ann/1", b"", Seen.PRIVATE),
        (404, POST, b"", Seen.GONE),
        (410, POST, b"", Seen.GONE),
        (401, POST, b"", Seen.PRIVATE),
        (403, POST, b"", Seen.PRIVATE),
        (403, POST, b"<title>Captcha</title>", Seen.BLOCKED),
        (451, POST, b"", Seen.WITHHELD),
        (429, POST, b"", Seen.UNREACHABLE),
        (500, POST, b"", Seen.UNREACHABLE),
        (503, POST, b"", Seen.UNREACHABLE),
    ],
)
def test_an_answer_means_this(status: int, landed: str, body: bytes, expected: Seen) -> None:
    assert expected is read_answer(POST, HtmlResponse(landed, status=status, body=body))[0]


@pytest.mark.parametrize(
    ("landed", "expected"),
    [
        ("https://blog.example/?p=12&utm_source=x", Seen.LIVE),
        ("https://blog.example/?p=12", Seen.LIVE),
        ("https://blog.example/?p=13&utm_source=x", Seen.UNCLEAR),
        ("https://blog.example/", Seen.UNCLEAR),
    ],
)
def test_a_parameter_that_names_the_post_must_stay(landed: str, expected: Seen) -> None:
    asked = "https://blog.example/?p=12&utm_source=x"

    assert expected is read_answer(asked, HtmlResponse(landed, body=b"hello"))[0]


def test_a_post_about_logins_is_no_login() -> None:
    address = "https://forum.example/login/1"

    assert Seen.LIVE is read_answer(address, HtmlResponse(address, body=b"how to log in"))[0]


def test_a_site_that_turns_everybody_away_has_not_made_every_post_private() -> None:
    answers = {
        "https://a.example/1": (Seen.PRIVATE, "HTTP 403"),
        "https://a.example/2": (Seen.PRIVATE, "HTTP 403"),
        "https://b.example/1": (Seen.PRIVATE, "HTTP 403"),
        "https://b.example/2": (Seen.GONE, "HTTP 404"),
        "https://c.example/1": (Seen.PRIVATE, "HTTP 403"),
    }

    seen = {url: kind for url, (kind, _) in without_walls(answers)}

    assert [Seen.BLOCKED, Seen.BLOCKED, Seen.PRIVATE, Seen.GONE, Seen.PRIVATE] == [*seen.values()]


@given(st.text(max_size=40), st.sampled_from(["", "http://", "https://", "https://["]))
def test_no_address_is_too_odd(text: str, begin: str) -> None:
    assert _can_be_asked(begin + text) in {True, False}


@pytest.mark.parametrize("seen", [Seen.REFUSED, Seen.BLOCKED, Seen.UNREACHABLE, Seen.UNCLEAR])
def test_what_says_nothing_of_the_original_is_not_recorded(store: Store, seen: Seen) -> None:
    mention = post(POST)
    grant(store, mention, place=SHOP)

    assert [] == see(store, mention, seen)
    assert SourceState.UNKNOWN is state_of(store, mention)
    before = NOW + DAY
    assert [mention.id] == [
        each.id for each in to_recheck(store, Permissions(store), before=before - 2 * DAY)
    ]


def test_gone_stops_any_new_use_and_live_again_lifts_it(store: Store) -> None:
    mention = post(POST)
    grant(store, mention, place=SHOP)
    permissions = Permissions(store, clock=lambda: NOW)

    def usable() -> bool:
        return permissions.decide(store.get(mention.id), WEBSITE).is_usable

    seen = [see(store, mention, each) for each in (Seen.LIVE, Seen.GONE, Seen.GONE)]
    while_gone = usable()
    lifted = see(store, mention, Seen.LIVE)

    assert [["new"], [SHOP, "new"], [SHOP]] == seen
    assert (False, ["new"], True) == (while_gone, lifted, usable())


def test_what_a_person_knows_better_stays(store: Store) -> None:
    mention = post(POST)
    grant(store, mention)
    deleted = SourceState.DELETED_BY_AUTHOR
    Permissions(store).record(event(Step.SOURCE, mention=mention.id, source_state=deleted))

    assert [] == see(store, mention, Seen.GONE)
    assert deleted is state_of(store, mention)


FIRM = (SourceState.EDITED, SourceState.DELETED_BY_AUTHOR, SourceState.REMOVED_BY_PLATFORM,
        SourceState.ACCOUNT_DELETED)  # fmt: skip


@pytest.mark.parametrize("known", FIRM)
@pytest.mark.parametrize("between", [(), (Seen.PRIVATE,), (Seen.GONE, Seen.WITHHELD)])
def test_a_page_that_is_there_takes_nothing_back_that_a_person_knows(
    store: Store, known: SourceState, between: tuple[Seen, ...]
) -> None:
    mention = post(POST)
    grant(store, mention)
    permissions = Permissions(store, clock=lambda: NOW)
    permissions.record(event(Step.SOURCE, mention=mention.id, source_state=known))

    for seen in (*between, Seen.LIVE, Seen.LIVE):
        see(store, mention, seen)

    assert known is state_of(store, mention)
    assert not permissions.decide(store.get(mention.id), WEBSITE).is_usable
    permissions.record(event(Step.SOURCE, mention=mention.id, source_state=SourceState.LIVE))
    assert [] == see(store, mention, Seen.LIVE)
    assert permissions.decide(store.get(mention.id), WEBSITE).is_usable


def test_what_is_asked_for_allowed_or_in_use_is_looked_at(store: Store) -> None:
    mentions = [post(f"https://social.example/@ann/{n}", n) for n in range(6)]
    grant(store, mentions[0])
    store.put(mentions)
    permissions = Permissions(store)

    def record(number: int, step: Step, **fields: object) -> None:
        made: Event = event(step, mention=mentions[number].id, **fields)  # type: ignore[arg-type]  # a test's short form
        permissions.record(made)

    record(1, Step.QUEUE)
    record(1, Step.SEND)
    record(2, Step.PLACE, place=SHOP)
    record(3, Step.BASIS, basis=Basis.OPEN_LICENCE, licence="CC-BY-4.0",
           evidence=permissions.standing(mentions[0].id).grants[0].event.evidence)  # fmt: skip
    record(4, Step.QUEUE)
    see(store, mentions[0], Seen.LIVE, NOW)

    def due(**asked: object) -> list[int]:
        found = to_recheck(store, permissions, **asked)  # type: ignore[arg-type]  # a test's short form
        return sorted(int(each.mention.source_id) for each in found)

    assert [0, 1, 2, 3] == due()
    assert [1, 2, 3] == due(before=NOW - DAY)
    assert [0, 1, 2, 3] == due(before=NOW)
    assert [2] == due(among={mentions[2].id, mentions[5].id})


ROBOTS = "User-agent: *\nDisallow: /closed\n"


def pages() -> Routes:
    return {
        "/robots.txt": Reply(ROBOTS.encode(), "text/plain"),
        "/live": "still here",
        "/gone": Reply(b"", status=410),
        "/moved": Reply(status=302, headers={"Location": "/live"}),
        "/hidden": Reply(status=302, headers={"Location": "/login?next=/hidden"}),
        "/login": "please log in",
        "/closed/1": "not for programs",
        "/broken": Reply(status=500, headers={"Retry-After": "0"}),
    }


def test_originals_are_asked_as_a_crawl_asks(tmp_path: Path) -> None:
    config = write_config(tmp_path)

    def recheck(*arguments: str) -> subprocess.CompletedProcess[str]:
        return run_sayso("--config", str(config), "permissions", "recheck", *arguments)

    with serve(pages()) as site:
        names = ("live", "gone", "moved", "hidden", "closed/1", "broken", "live#again")
        mentions = [post(f"{site.address}/{name}", n) for n, name in enumerate(names)]
        mentions.append(post("mailto:ann@social.example", 99))
        with EmbeddedStore(tmp_path / "sayso.db") as store:
            for mention in mentions:
                grant(store, mention, place=SHOP)
        first = recheck("--json")
        asked = site.paths()
        again = recheck("--older-than", "7d")

    said = {line["url"].removeprefix(site.address): line
            for line in map(json.loads, first.stdout.splitlines())}  # fmt: skip
    assert 3 == first.returncode, first.stderr
    assert {
        "/live": "live", "/gone": "gone", "/moved": "unclear", "/hidden": "private",
        "/closed/1": "refused", "/broken": "unreachable", "/live#again": "live",
        "mailto:ann@social.example": "unreachable",
    } == {url: line["seen"] for url, line in said.items()}  # fmt: skip
    assert "robots.txt: the site disallows this address" == said["/closed/1"]["why"]
    assert "/closed/1" not in asked
    assert [SHOP] == said["/gone"]["take_down"]
    assert [] == said["/broken"]["take_down"]
    with EmbeddedStore(tmp_path / "sayso.db") as store:
        assert [SourceState.LIVE, SourceState.GONE, SourceState.UNKNOWN, SourceState.PRIVATE,
                SourceState.UNKNOWN, SourceState.UNKNOWN] == [
            state_of(store, each) for each in mentions[:6]]  # fmt: skip
        assert Permission.GRANTED is Permissions(store).standing(mentions[1].id).permission
    assert "1 refused, 2 unreachable, 1 unclear" == again.stdout.splitlines()[-1]


def test_a_time_that_is_none_is_said() -> None:
    assert 7 * DAY == read_age("7d")
    assert read_age(None) is None
    with pytest.raises(ConfigError, match="--older-than: 'soon'"):
        read_age("soon")
