"""What the pages look like to browsers, to strangers and to programs that open links."""

import dataclasses
import logging
import re
import string
from pathlib import Path
from typing import Any

import pytest

from search.mention import Media
from search.permissions.events import Step
from search.permissions.keeping import Permissions
from search.permissions.scope import AiUse, Attribution, Modification, Remuneration, Sublicence
from search.stores.base import Store
from search.vocabulary import MediaKind
from search.web.creator import app
from search.web.creator.guard import TRIES, Tries
from search.web.creator.pages import say_scope
from search.web.creator.texts import all_texts, choose
from tests.creators.test_links import everything
from tests.creators.visiting import NOW, POST, SCOPE, YES, asked, config, multipart, serving
from tests.permissions.inventing import PROOF, event
from tests.stores.conftest import store

__all__ = ["store"]

embedded = pytest.mark.parametrize("store", ["embedded"], indirect=True)
UNKNOWN = "A" * 22
STYLE = Path(app.__file__).with_name("style.css")


def test_to_open_a_link_changes_nothing(store: Store, tmp_path: Path) -> None:
    asks = config(tmp_path)
    secret = asked(store, asks)
    before = everything(store)
    with serving(store, asks) as client:
        for path in ("", "/withdraw", "/terms", "?answer=yes&made_it=1", "?again=1"):
            for method in ("GET", "HEAD"):
                client.get(f"/r/{secret}{path}", method)
        Permissions(store).record(event(Step.GRANT, NOW, mention=POST.id, evidence=PROOF))
        granted = everything(store)
        assert 200 == client.get(f"/r/{secret}/withdraw").status

    assert before != granted
    assert granted == everything(store)
    assert [] == list((tmp_path / "sayso.db.uploads").iterdir())


@embedded
def test_every_answer_forbids_all_that_is_not_needed(store: Store, tmp_path: Path) -> None:
    asks = config(tmp_path)
    secret = asked(store, asks)
    with serving(store, asks) as client:
        answers = [
            client.get(f"/r/{secret}"),
            client.get("/r/style.css"),
            client.get(f"/r/{UNKNOWN}"),
            client.get("/"),
            client.get("/docs"),
            client.get("/openapi.json"),
            client.get(f"/r/{secret}", "DELETE"),
            client.post(f"/r/{secret}", b"", "text/plain"),
            client.answer(secret, YES),
        ]

    assert [200, 200, 404, 404, 404, 404, 405, 400, 303] == [each.status for each in answers]
    for answer in answers:
        assert (
            "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; "
            "base-uri 'none'"
        ) == answer.headers["content-security-policy"]
        assert "no-referrer" == answer.headers["referrer-policy"]
        assert "noindex" in answer.headers["x-robots-tag"]
        assert "no-store" == answer.headers["cache-control"]
        assert "camera=(), " in answer.headers["permissions-policy"]
        assert "*" not in answer.headers["permissions-policy"]
        assert "set-cookie" not in answer.headers
        assert "server" not in answer.headers


@embedded
def test_a_page_has_no_script_and_nothing_from_elsewhere(store: Store, tmp_path: Path) -> None:
    asks = config(tmp_path)
    secret = asked(store, asks)
    with serving(store, asks) as client:
        page = client.get(f"/r/{secret}").text

    assert ["/r/style.css"] == re.findall(r'<link rel="stylesheet" href="([^"]+)"', page)
    assert None is re.search(r"<(script|img|iframe|video|audio|object|style)|src=| on\w+=", page)
    assert "https://cdn.example/1.jpg" in page


@embedded
def test_what_strangers_wrote_is_only_text(store: Store, tmp_path: Path) -> None:
    asks = config(tmp_path)
    media = (
        Media(url="javascript:alert(1)", kind=MediaKind.IMAGE, description="<script>"),
        Media(url="https://[bad/", kind=MediaKind.IMAGE),
    )
    hostile = dataclasses.replace(
        POST, text="<script>alert(1)</script>{{ 7*7 }}{brand}" + "x" * 50_000, media=media,
        title='"><img src=x>',
    )  # fmt: skip
    secret = asked(store, asks, hostile)
    with serving(store, asks) as client:
        page = client.get(f"/r/{secret}").text

    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{ 7*7 }}{brand}" in page
    assert "<script" not in page
    assert "<img" not in page
    assert 'href="javascript:' not in page
    assert "javascript:alert(1)" in page


@embedded
def test_over_unknown_and_malformed_links_look_the_same(store: Store, tmp_path: Path) -> None:
    asks = config(tmp_path)
    secret = asked(store, asks)
    permissions = Permissions(store)
    permissions.record(event(Step.DECLINE, NOW, mention=POST.id))
    permissions.record(event(Step.QUEUE, NOW, mention=POST.id, scope=SCOPE, inbound="hello"))
    with serving(store, asks) as client:
        paths = (secret, UNKNOWN, "x", "%00", "%ff%fe", "..%2f..", f"{secret}x", "ledger%2f")
        answers = [client.get(f"/r/{path}") for path in paths]
        posted = client.post(f"/r/{secret}", *multipart(YES))

    assert {404} == {each.status for each in [*answers, posted]}
    assert 1 == len({each.text for each in [*answers, posted]})


@embedded
@pytest.mark.parametrize(
    ("query", "accepted", "language"),
    [
        ("", "", "sv"),
        ("?lang=nl", "", "nl"),
        ("?lang=xx", "nl", "sv"),
        ("?lang=../../etc", "", "sv"),
    ],
)
def test_a_page_is_in_the_language_of_its_message_or_as_wanted(
    store: Store, tmp_path: Path, query: str, accepted: str, language: str
) -> None:
    asks = config(tmp_path)
    secret = asked(store, asks, dataclasses.replace(POST, language="sv"))
    with serving(store, asks) as client:
        page = client.get(f"/r/{secret}{query}", Accept_Language=accepted).text

    assert f'<html lang="{language}">' in page


@pytest.mark.parametrize(
    ("accepted", "code"),
    [
        ("sv-SE,sv;q=0.9,en;q=0.8", "sv"),
        ("de, nl;q=0.5", "nl"),
        ("en;q=0.1, nl;q=0.2", "nl"),
        ("nl;q=0", "en"),
        ("*", "en"),
        (";q=,,,=;" + "x," * 9_999, "en"),
    ],
)
def test_a_browser_s_languages_are_read_as_the_standard_says(accepted: str, code: str) -> None:
    assert code == choose(None, accepted=accepted).code


def test_every_language_says_the_same_things_with_the_same_values() -> None:
    places = {
        code: {
            name: {field for _, field, _, _ in string.Formatter().parse(text) if field}
            for name, text in texts.texts.items()
        }
        for code, texts in all_texts().items()
    }

    assert ["en", "nl", "sv"] == sorted(places)
    assert places["en"] == places["sv"] == places["nl"]


@pytest.mark.parametrize("code", ["en", "nl", "sv"])
@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("modification", list(Modification)),
        ("ai_use", list(AiUse)),
        ("sublicence", list(Sublicence)),
        ("attribution", list(Attribution)),
        ("remuneration", list(Remuneration)),
        ("paid_ads", [True, False]),
        ("exclusivity", [True, False]),
        ("territories", [("WORLD",), ("SE", "NL")]),
    ],
)
def test_every_use_has_words_of_its_own(code: str, name: str, values: list[Any]) -> None:
    texts = all_texts()[code]
    said = {
        str(list(say_scope(dataclasses.replace(SCOPE, **{name: value}), texts, "Ann")))
        for value in values
    }

    assert len(values) == len(said)


@embedded
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 303),
        ({"Origin": "null"}, 303),
        ({"Origin": "null", "Sec_Fetch_Site": "same-origin"}, 303),
        ({"Origin": "https://ask.example"}, 303),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null", "Sec_Fetch_Site": "cross-site"}, 403),
        ({"Sec_Fetch_Site": "same-site"}, 403),
    ],
)
def test_a_form_on_another_site_is_refused(
    store: Store, tmp_path: Path, headers: dict[str, str], status: int
) -> None:
    asks = config(tmp_path)
    secret = asked(store, asks)
    with serving(store, asks) as client:
        answered = client.answer(secret, {"answer": "no"}, **headers)

    assert status == answered.status
    assert (status == 303) == ("decline" in everything(store))


@embedded
def test_who_tries_wrong_links_has_to_wait_and_nobody_else(store: Store, tmp_path: Path) -> None:
    asks = config(tmp_path)
    secret = asked(store, asks)
    with serving(store, asks) as client:
        statuses = [client.get(f"/r/{UNKNOWN}").status for _ in range(TRIES)]
        wrong = client.get(f"/r/{UNKNOWN}")
        right = client.get(f"/r/{secret}")

    assert [404] * TRIES == statuses
    assert (429, True) == (wrong.status, "wrong addresses" in wrong.text)
    assert 200 == right.status


def test_tries_come_back_and_a_household_counts_as_one() -> None:
    now = [0.0]
    tries = Tries(lambda: now[0])
    for host in range(TRIES):
        tries.count(f"2001:db8::{host:x}")

    assert not tries.may_try("2001:db8::ffff")
    assert tries.may_try("2001:db8:0:1::1")
    assert tries.may_try("192.0.2.1")
    now[0] += 3
    assert tries.may_try("2001:db8::1")


def test_the_memory_of_tries_is_bounded() -> None:
    tries = Tries()
    for number in range(10_500):
        tries.count(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}")

    assert 10_000 == len(tries._spent)  # noqa: SLF001 - what is measured


@embedded
def test_no_log_holds_a_secret(
    store: Store, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    asks = config(tmp_path)
    secret = asked(store, asks)
    with caplog.at_level(logging.INFO), serving(store, asks) as client:
        client.get(f"/r/{secret}")
        client.answer(secret, {**YES, "adult": ""})
        client.answer(secret, YES, b"no picture at all, but long enough")
        client.answer(secret, YES)
        client.withdraw(secret, never="1")

    assert secret not in caplog.text


@embedded
def test_a_store_that_fails_is_a_clear_page(store: Store, tmp_path: Path) -> None:
    asks = config(tmp_path)
    secret = asked(store, asks)
    note = store.notes.read("ledger/000000000001")
    assert note is not None
    store.notes.delete("ledger/000000000001", note.version)
    with serving(store, asks) as client:
        page = client.get(f"/r/{secret}")

    assert (503, True) == (page.status, "Nothing was recorded" in page.text)
    assert "no-store" == page.headers["cache-control"]


@embedded
def test_pages_lie_where_page_url_says(store: Store, tmp_path: Path) -> None:
    asks = config(tmp_path)
    secret = asked(store, asks)
    elsewhere = config(tmp_path, page_url="https://storm.example/may/we")
    with serving(store, elsewhere) as client:
        page = client.get(f"/may/we/{secret}")
        there = client.get("/may/we/style.css").status
        gone = client.get(f"/r/{secret}").status

    assert (200, 200, 404) == (page.status, there, gone)
    assert f'action="/may/we/{secret}?lang=en"' in page.text


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("ink", "paper"),
    [("ink", "paper"), ("quiet", "paper"), ("link", "paper"), ("bad", "paper"), ("ink", "soft")],
)
def test_words_stand_out_enough(scheme: str, ink: str, paper: str) -> None:
    """WCAG 2.2, 1.4.3: 4.5 to 1."""
    schemes = re.findall(r":root \{([^}]+)\}", STYLE.read_text("utf-8"))
    colours = dict(re.findall(r"--(\w+): #(\w+)", schemes[scheme == "dark"]))
    light, dark = sorted((luminance(colours[each]) for each in (ink, paper)), reverse=True)

    assert (light + 0.05) / (dark + 0.05) >= 4.5


def luminance(colour: str) -> float:
    """Compute the relative luminance of a colour as WCAG defines it."""
    whole = colour if len(colour) == 6 else "".join(sign * 2 for sign in colour)
    parts = [int(whole[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
