"""Pages that exist only after their scripts ran, in a real Chromium behind our proxy."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from crawlers import browser
from crawlers.addresses import AllowedHosts
from crawlers.browser_proxy import GuardProxy
from search.errors import ConfigError
from tests.crawling import crawl
from tests.requiring import browser as require_browser
from tests.serving import Reply, Routes, Site, serve

REVIEWS = b"""[{"@type": "Review", "author": "Ilse", "reviewBody": "Rendered, and still warm."},
{"@type": "Review", "author": "Jonte", "reviewBody": "I had to wait for it."}]"""

SHOP = """<html><head><title>Mug</title></head><body><h1>Mug</h1><img src="/big.png">
<script>
fetch("/reviews.json").then(answer => answer.json()).then(reviews => {
  const node = document.createElement("script");
  node.type = "application/ld+json";
  const product = {"@type": "Product", name: "Kettle Lane Mug", review: reviews};
  node.textContent = JSON.stringify(product);
  document.head.append(node);
  document.body.append("Reviews by " + reviews.map(review => review.author).join(" and "));
  window.open("/popup");
  fetch("INWARD").catch(() => document.body.append("refused"));
});
</script></body></html>"""


def shop(address: str) -> Routes:
    inward = address.replace("127.0.0.1", "localhost") + "/secret"
    return {
        "/mug": SHOP.replace("INWARD", inward),
        "/reviews.json": Reply(REVIEWS, content_type="application/json"),
        "/big.png": Reply(b"", content_type="image/png"),
        "/hidden": Reply(status=302, headers={"Location": inward}),
        "/endless": "<script>while (true) {}</script>",
        "/secret": "<p>secret</p>",
    }


@pytest.mark.browser
def test_reviews_written_by_a_script_are_read(tmp_path: Path) -> None:
    require_browser()
    with serve(shop) as site:
        found = crawl(tmp_path, f"reviews={site.address}/mug", options={"browser": True})

    assert {mention.author and mention.author.name for mention in found.mentions} == {
        "Ilse",
        "Jonte",
    }
    assert "/secret" not in site.paths()
    assert "/big.png" not in site.paths()
    assert "Sayso/" in next(a for a in site.asked if a.path == "/mug").headers["user-agent"]


@pytest.mark.browser
def test_a_redirect_inside_the_browser_does_not_reach_a_private_name(tmp_path: Path) -> None:
    require_browser()
    with serve(shop) as site:
        found = crawl(tmp_path, f"website={site.address}/hidden", options={"browser": True})

    assert "/secret" not in site.paths()
    assert "localhost has no public address" in found.report["problem"]


@pytest.mark.parametrize(
    ("missing", "advice"),
    [
        ("_has_packages", r"pip install 'sayso\[browser\]'"),
        ("find_browser", "apt install chromium"),
    ],
)
def test_what_is_missing_is_said_with_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, missing: str, advice: str
) -> None:
    monkeypatch.setattr(browser, missing, lambda: None)

    with pytest.raises(ConfigError, match=advice):
        browser.settings()


@contextlib.asynccontextmanager
async def through_proxy(*allowed: str) -> AsyncIterator[tuple[GuardProxy, str, int]]:
    proxy = GuardProxy(AllowedHosts(allowed))
    await proxy.start()
    host, _, port = proxy.address.removeprefix("http://").partition(":")
    try:
        yield proxy, host, int(port)
    finally:
        await proxy.close()


async def ask(site: Site, request: str, *allowed: str) -> bytes:
    """Send a request through the proxy; ``PLACE`` in it is the site's host and port."""
    place = site.address.removeprefix("http://")
    async with through_proxy(*allowed) as (_, host, port):
        reader, writer = await asyncio.open_connection(host, port)
        writer.write(request.replace("PLACE", place).encode())
        answer = await asyncio.wait_for(reader.read(), 10)
        writer.close()
        await writer.wait_closed()
        return answer


GET = "GET http://PLACE/story?x=1 HTTP/1.1\r\nHost: PLACE\r\nProxy-Connection: keep-alive\r\n\r\n"
TUNNEL = (
    "CONNECT PLACE HTTP/1.1\r\nHost: PLACE\r\n\r\n"
    "GET /story?x=1 HTTP/1.1\r\nHost: PLACE\r\nConnection: close\r\n\r\n"
)


@pytest.mark.parametrize("request_text", [GET, TUNNEL], ids=["plain", "tunnel"])
def test_the_proxy_passes_on_what_is_allowed(request_text: str) -> None:
    with serve({"/story?x=1": "a story"}) as site:
        answer = asyncio.run(ask(site, request_text, "127.0.0.1"))

    assert answer.endswith(b"a story")
    assert "proxy-connection" not in site.asked[0].headers


@pytest.mark.parametrize("request_text", [GET, TUNNEL], ids=["plain", "tunnel"])
@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "127.1", "0x7f.0.0.1"])
def test_the_proxy_refuses_what_is_private(request_text: str, name: str) -> None:
    with serve({"/story?x=1": "a story"}) as site:
        place = site.address.removeprefix("http://").replace("127.0.0.1", name)
        answer = asyncio.run(ask(site, request_text.replace("PLACE", place)))

    assert answer.startswith(b"HTTP/1.1 403")
    assert site.asked == []


@pytest.mark.parametrize(
    "request_text",
    [
        "GET / HTTP/1.1\r\n\r\n",
        "nonsense\r\n\r\n",
        "CONNECT \r\n\r\n",
        "GET http://[ HTTP/1.1\r\n\r\n",
    ],
)
def test_the_proxy_survives_nonsense(request_text: str) -> None:
    with serve({}) as site:
        answer = asyncio.run(ask(site, request_text, "127.0.0.1"))

    assert answer.startswith(b"HTTP/1.1 502")
