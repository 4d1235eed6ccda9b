"""Every source reads its recorded pages the way their ``output.json`` says."""

import dataclasses

import pytest

from search.mention import Mention
from tests.replay import FIXTURES, SPIDERS, Fixture, fixtures

FIELDS = [field.name for field in dataclasses.fields(Mention)]


@pytest.fixture(scope="module", params=fixtures(), ids=str)
def page(request: pytest.FixtureRequest) -> Fixture:
    assert isinstance(request.param, Fixture)
    return request.param


@pytest.mark.parametrize("name", SPIDERS.list())
def test_every_source_has_a_fixture(name: str) -> None:
    assert any((FIXTURES / name).glob("*/meta.json"))


@pytest.mark.parametrize("name", SPIDERS.list())
def test_every_source_says_what_it_needs(name: str) -> None:
    declaration = getattr(SPIDERS.load(name), "declaration", None)

    assert declaration is not None
    assert declaration.title
    assert declaration.terms
    assert declaration.contact.startswith(("by hand", "automated"))


@pytest.mark.parametrize("name", sorted(path.name for path in FIXTURES.iterdir()))
def test_every_fixture_belongs_to_a_source(name: str) -> None:
    assert name in SPIDERS.list()


def test_finds_every_mention(page: Fixture) -> None:
    expected = [mention["source_id"] for mention in page.expected["mentions"]]

    assert expected == [mention["source_id"] for mention in page.replay()["mentions"]]


@pytest.mark.parametrize("field", FIELDS)
def test_reads_field(page: Fixture, field: str) -> None:
    expected = [mention.get(field) for mention in page.expected["mentions"]]

    assert expected == [mention.get(field) for mention in page.replay()["mentions"]]


@pytest.mark.parametrize("what", ["requests", "next_cursor", "counts"])
def test_follows_and_remembers(page: Fixture, what: str) -> None:
    assert page.expected[what] == page.replay()[what]
