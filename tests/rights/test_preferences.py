"""What a page and its site want of later use travels with the mention."""

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scrapy.http import HtmlResponse, Request

from crawlers.preferences import (
    matches,
    preferences,
    read_usage,
    site_signals,
    with_preferences,
)
from crawlers.reservations import Signals, read_tdmrep, reservation, signals
from search.mention import Mention, RightsSignal
from search.parsing import parse
from search.rights.effects import usage_effects
from search.stores.embedded import EmbeddedStore
from search.vocabulary import Effect
from tests.crawling import crawl
from tests.serving import Reply, serve

URL = "https://news.example/a/story?x=1"
Headers = dict[str, str | list[str]]


def page(head: str = "", headers: Headers | None = None) -> HtmlResponse:
    body = f"<html><head>{head}</head><body>The ferry was late.</body></html>"
    return HtmlResponse(URL, body=body.encode(), headers=headers or {})


def shown(found: tuple[RightsSignal, ...]) -> list[tuple[str, str, str, list[str]]]:
    return [(one.name, one.raw, one.found_in, list(map(str, one.effects))) for one in found]


def meta(content: str, name: str = "robots") -> str:
    return f'<meta name="{name}" content="{content}">'


@pytest.mark.parametrize(
    ("directive", "effect"),
    [
        ("noarchive", "no_archive"),
        ("NoCache", "no_archive"),
        ("nosnippet", "no_quoting"),
        ("max-snippet:0", "no_quoting"),
        ("max-snippet: 0", "no_quoting"),
        ("noimageindex", "no_images"),
        ("max-image-preview:none", "no_images"),
        ("max-image-preview: none", "no_images"),
        ("noimageai", "no_image_ai"),
    ],
)
def test_directives_of_the_page_and_of_its_headers_are_read(directive: str, effect: str) -> None:
    plain = directive.lower().replace(" ", "")

    assert [("robots", plain, "meta robots", [effect])] == shown(
        preferences(page(meta(f"index, {directive}, follow")), "sayso")
    )
    assert [("robots", plain, "header X-Robots-Tag", [effect])] == shown(
        preferences(page(headers={"X-Robots-Tag": f"all, {directive}"}), "sayso")
    )
    assert Signals() == signals(page(meta(directive), {"X-Robots-Tag": directive}))


@pytest.mark.parametrize(
    ("head", "headers"),
    [
        (meta("max-snippet:-1, max-image-preview:large"), {}),
        (meta("noarchive", "googlebot"), {}),
        (f"<!-- {meta('noarchive')} -->", {}),
        (f"<!-- {meta('max-snippet:0')} -->", {}),
        ("", {"X-Robots-Tag": "googlebot: noarchive, nosnippet"}),
        ("", {"X-Robots-Tag": "googlebot: max-snippet: 0"}),
        ("", {"X-Robots-Tag": "unavailable_after: 25 Jun 2030 15:00:00 PST"}),
    ],
)
def test_what_restricts_nobody_or_others_says_nothing(head: str, headers: Headers) -> None:
    assert () == preferences(page(head, headers), "sayso")


def test_what_is_addressed_to_us_counts() -> None:
    found = preferences(
        page(meta("noarchive", "sayso"), {"X-Robots-Tag": "googlebot: all, sayso: nosnippet"}),
        "Sayso",
    )

    assert ["nosnippet", "noarchive"] == [one.raw for one in found]


@pytest.mark.parametrize(
    ("wanted", "effects"),
    [
        ("train-ai=n", [Effect.NO_TRAINING]),
        ("train-ai=y", []),
        ("train-ai=n, search=y", [Effect.NO_TRAINING]),
        ("search=n", [Effect.NO_PUBLIC_SEARCH]),
        ("ai-use=n", [Effect.NO_GENERATIVE_AI]),
        ("search=yes,ai-train=no", [Effect.NO_TRAINING]),
        ("search=yes, ai-input = no", [Effect.NO_GENERATIVE_AI]),
        ("Train-AI=N;x=1", [Effect.NO_TRAINING]),
        ("train-ai=?0", [Effect.NO_TRAINING]),
        ("train-ai=y, train-ai=n", [Effect.NO_TRAINING]),
        ("bots=n, ai-index=n, anything=n", []),
        ("not-train-ai=n", []),
        ("", []),
        ("n", []),
    ],
)
def test_preferences_for_use_are_read_leniently(wanted: str, effects: list[Effect]) -> None:
    assert effects == list(usage_effects(wanted))


@pytest.mark.parametrize("name", ["Content-Usage", "Content-Signal"])
def test_headers_for_use_are_read_together(name: str) -> None:
    found = preferences(page(headers={name: ["train-ai=n", "mystery=n"]}), "sayso")

    assert [(name.lower(), "train-ai=n, mystery=n", f"header {name}", ["no_training"])] == shown(
        found
    )


@pytest.mark.parametrize(
    ("robots", "expected"),
    [
        ("User-agent: *\nContent-Usage: train-ai=n", ["train-ai=n"]),
        ("Content-Usage: train-ai=n", ["train-ai=n"]),
        (
            "User-agent: *\nContent-Usage: / train-ai=n\nContent-Usage: /a/ train-ai=y",
            ["train-ai=y"],
        ),
        ("User-agent: *\nContent-Usage: /b train-ai=n", []),
        ("User-agent: *\nContent-Usage: /*?x=1$ train-ai=n", ["train-ai=n"]),
        ("User-agent: *\nContent-Usage: /a/ x=y\nContent-Usage: /a/ x=n", ["x=y, x=n"]),
        ("User-agent: other\nContent-Usage: train-ai=n", []),
        ("User-agent: other\nUser-agent: SAYSO\nContent-Usage: train-ai=n", ["train-ai=n"]),
        (
            (
                "User-agent: *\nContent-Usage: search=n\n\nUser-agent: sayso\nAllow: /\n"
                "Content-Usage: search=y"
            ),
            ["search=y"],
        ),
        (
            (
                "User-agent: sayso\nContent-Usage: a=n\nUser-agent: x\nAllow: /\n"
                "User-agent: sayso\n"
                "Content-Usage: b=n"
            ),
            ["a=n, b=n"],
        ),
        ("User-agent: *\nSitemap: /s\nContent-Signal: search=yes # note", ["search=yes"]),
        ("Disallow: /\n", []),
    ],
)
def test_rules_for_use_in_robots_txt_are_read(robots: str, expected: list[str]) -> None:
    found = site_signals(read_usage(robots), URL, "Sayso")

    assert expected == [one.raw for one in found]
    assert {"robots.txt"} >= {one.found_in for one in found}


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        ("/", "/a", True),
        ("/a", "/ab", True),
        ("/a$", "/ab", False),
        ("/a$", "/a", True),
        ("/*.pdf$", "/x.pdf", True),
        ("/*.pdf$", "/x.pdf?y", False),
        ("/a*c*e", "/abcde", True),
        ("/a*e*c", "/abcde", False),
        ("*/b", "/a/b", True),
        ("/ab*b$", "/ab", False),
        ("/A", "/a", False),
        ("", "/a", True),
        ("/a*$", "/abc", True),
    ],
)
def test_paths_are_compared_as_in_robots_txt(pattern: str, path: str, *, expected: bool) -> None:
    assert expected == matches(pattern, path)


def test_a_pattern_of_many_stars_is_compared_in_one_pass() -> None:
    """A regular expression took minutes for this."""
    started = time.perf_counter()
    rules = read_tdmrep(b'[{"location": "/%sb", "tdm-reservation": 1}]' % (b"*a" * 30))

    assert reservation(HtmlResponse(f"https://a.example/{'a' * 2_000}"), rules) is None
    assert time.perf_counter() - started < 1


@pytest.mark.parametrize(
    ("head", "headers", "expected"),
    [
        ("", {"tdm-policy": "https://a.example/P.json"}, ["header tdm-policy"]),
        (meta("https://a.example/P.json", "tdm-policy"), {}, ["meta tdm-policy"]),
        (meta("https://a.example/P.json", "tdm-policy") + meta("0", "tdm-reservation"), {}, []),
    ],
)
def test_a_policy_is_a_route_to_its_owner(
    head: str, headers: Headers, expected: list[str]
) -> None:
    found = preferences(page(head, headers), "sayso")

    assert expected == [one.found_in for one in found]
    assert {"https://a.example/P.json"} >= {one.raw for one in found}


def test_only_mentions_take_signals_along_and_each_once() -> None:
    mention = Mention(source="s", source_id="1", url=URL, text="x")
    response = page(meta("noarchive"))
    request = Request(URL)
    once = with_preferences(mention, response, "sayso")

    assert request is with_preferences(request, response, "sayso")
    assert mention is with_preferences(mention, page(), "sayso")
    assert once == with_preferences(once, response, "sayso")
    assert ["noarchive"] == [one.raw for one in once.rights_signals]


STORY = """<p>The Quillbrook kettle was late again, and the whole quay knew it before noon.</p>
<p>Two crates of coffee beans were left standing in the rain, which nobody has forgiven yet.</p>"""


def test_what_a_crawl_reads_keeps_its_site_s_wishes(tmp_path: Path) -> None:
    story = f"<html><head>{meta('noarchive')}</head><article><h1>Late</h1>{STORY}</article></html>"
    routes = {
        "/robots.txt": Reply(
            b"User-agent: *\nContent-Signal: search=yes, ai-train=no", content_type="text/plain"
        ),
        "/story": Reply(story.encode(), headers={"X-Robots-Tag": "nosnippet"}),
        "/old": Reply(status=301, headers={"Location": "/story"}),
    }
    with serve(routes) as site:
        found = crawl(tmp_path, f"website={site.address}/old", brands={"Quillbrook": "quillbrook"})

    assert found.report["new"] == 1, found.report
    (mention,) = found.mentions
    assert [
        ("robots", "header X-Robots-Tag"),
        ("robots", "meta robots"),
        ("content-signal", "robots.txt"),
    ] == [(one.name, one.found_in) for one in mention.rights_signals]
    assert {"no_quoting", "no_archive", "no_training"} == {
        effect for one in mention.rights_signals for effect in one.effects
    }


def test_mentions_are_found_by_what_is_reserved(tmp_path: Path) -> None:
    signal = RightsSignal(
        name="robots", raw="nosnippet", found_in="meta robots", effects=(Effect.NO_QUOTING,)
    )
    reserved = Mention(source="s", source_id="1", url=URL, text="x", rights_signals=(signal,))
    free = Mention(source="s", source_id="2", url=URL, text="x")
    with EmbeddedStore(tmp_path / "s.db") as store:
        store.put([reserved, free])

        assert [reserved] == [one.mention for one in store.iterate(parse("reserved:no_quoting"))]
        assert [free] == [one.mention for one in store.iterate(parse("-reserved:no_quoting"))]
        assert [] == list(store.iterate(parse("reserved:no_archive")))


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "User-agent: *\n",
                "User-agent: sayso\n",
                "Content-Usage: ",
                "/a/ ",
                "train-ai=n",
                "\n",
            ]
        )
        | st.text(max_size=10)
    ).map("".join)
)
def test_no_robots_txt_breaks_the_reader(robots: str) -> None:
    assert isinstance(site_signals(read_usage(robots), URL, "sayso"), tuple)


@settings(deadline=None)
@given(st.text(max_size=200), st.text(st.characters(codec="latin-1"), max_size=60))
def test_no_page_or_header_breaks_the_reader(head: str, header: str) -> None:
    value = header.encode("latin-1")
    names = ("X-Robots-Tag", "Content-Usage", "tdm-policy")
    response = HtmlResponse(
        URL,
        body=f"<head><meta name=robots {head}".encode("utf-8", "replace"),
        headers=dict.fromkeys(names, value),
    )

    assert isinstance(preferences(response, "sayso"), tuple)
