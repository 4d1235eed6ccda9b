"""The `reviews` source on recorded shop and recipe pages, and on schema.org's examples."""

from collections import Counter

import pytest

from search.mention import Mention
from tests.crawling import crawl
from tests.recorded.origin import read_origin
from tests.serving import Reply, Routes, serve

pytestmark = pytest.mark.recorded


def expected_reviews(expected: dict[str, object]) -> int:
    """Add up the syntaxes: no recorded page says the same review in two of them."""
    json_ld = expected.get("jsonld")
    assert isinstance(json_ld, dict)
    others = (expected.get(f"{syntax}_Review", 0) for syntax in ("microdata", "rdfa"))
    return sum([json_ld.get("Review", 0), *others])


def page_of(mention: Mention) -> str:
    return mention.url.partition("#")[0].rpartition("/")[2]


@pytest.fixture(scope="module")
def mentions(tmp_path_factory: pytest.TempPathFactory) -> list[Mention]:
    origin = read_origin("schema_org_reviews")

    def routes(address: str) -> Routes:
        listed = "".join(f"<url><loc>{address}/{name}</loc></url>" for name in origin)
        replies = {
            f"/{name}": Reply(page.body, content_type="text/html") for name, page in origin.items()
        }
        return {"/sitemap.xml": f"<urlset>{listed}</urlset>", **replies}

    with serve(routes) as site:
        found = crawl(tmp_path_factory.mktemp("reviews"), f"reviews={site.address}/sitemap.xml")
    assert found.report["state"] == "finished", found.report
    assert found.report["unreadable"] == {}
    return found.mentions


def test_every_review_is_found(mentions: list[Mention]) -> None:
    origin = read_origin("schema_org_reviews")
    expected = {name: expected_reviews(page.expected) for name, page in origin.items()}
    found = Counter(map(page_of, mentions))

    assert {name: count for name, count in expected.items() if count} == found


def test_every_review_has_its_author_and_subject(mentions: list[Mention]) -> None:
    origin = read_origin("schema_org_reviews")
    authors = {
        name: {m.author.name for m in mentions if m.author and page_of(m) == name}
        for name in origin
    }
    stated = [
        (name, page.expected["jsonld"][key])
        for name, page in origin.items()
        for key in ("first_review_author", "last_review_author")
        if key in page.expected["jsonld"]
    ]

    assert all(author in authors[name] for name, author in stated)
    assert all(mention.subject and mention.subject.name for mention in mentions)


def test_every_review_has_a_rating_within_one_to_five_stars(mentions: list[Mention]) -> None:
    assert all(mention.rating and 1 <= mention.rating.stars <= 5 for mention in mentions)


def test_the_same_example_in_three_syntaxes_gives_the_same_reviews(
    mentions: list[Mention],
) -> None:
    for example in ("eg-0010", "eg-0462"):
        said = {
            syntax: {
                (m.author and m.author.name, m.title, " ".join(m.text.split()), m.rating)
                for m in mentions
                if page_of(m) == f"schemaorg_{example}_{syntax}.html"
            }
            for syntax in ("json", "microdata", "rdfa")
        }

        assert said["json"] == said["microdata"] == said["rdfa"]
