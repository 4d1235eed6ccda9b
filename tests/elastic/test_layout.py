"""The design of the indices covers every document: nothing in one is silently not searchable."""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from search.fields import fields
from search.mention import Basis, Hold, Mention, Permission, State
from search.stores.elastic import layout
from search.stores.elastic.documents import content, own, whole
from search.stores.outcomes import Encoded
from tests.conformance.documents import DOCUMENTS
from tests.stores.inventing_any import MENTIONS
from tests.stores.test_contract_keeping import FULL

STATE = State(
    permission=Permission.GRANTED,
    basis=Basis.GRANT,
    holds=(Hold.DISPUTED,),
    due_at=dt.datetime(2026, 1, 3, tzinfo=dt.UTC),
    granted_until_at=dt.datetime(2027, 1, 2, tzinfo=dt.UTC),
    first_seen_at=dt.datetime(2026, 1, 2, tzinfo=dt.UTC),
)


def mapped(properties: Mapping[str, Any], begin: str = "") -> Iterator[str]:
    """Name every leaf of a mapping."""
    for name, about in properties.items():
        path = f"{begin}{name}"
        if "properties" in about:
            yield from mapped(about["properties"], f"{path}.")
        else:
            yield path


def sent(part: Any, path: str = "") -> Iterator[str]:
    """Name every leaf of a document."""
    if isinstance(part, Mapping):
        for name, value in part.items():
            yield from sent(value, f"{path}.{name}" if path else name)
    elif isinstance(part, list):
        for value in part:
            yield from sent(value, path)
    elif part is not None:
        yield path


MAPPED = set(mapped(layout.mentions_mapping()["properties"]))


@pytest.mark.parametrize("mention", [FULL, *DOCUMENTS.values()], ids=lambda one: one.source_id)
def test_every_value_that_is_sent_is_mapped(mention: Mention) -> None:
    document = whole(Encoded.of(mention), STATE, order=1, writer="t")

    assert set(sent(document)) <= MAPPED


@settings(
    max_examples=20, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(MENTIONS)
def test_whatever_a_source_says_is_mapped(mention: Mention) -> None:
    document = whole(Encoded.of(mention), STATE, order=1, writer="t")

    assert set(sent(document)) <= MAPPED


def test_every_field_of_the_document_is_there_under_its_own_name() -> None:
    assert set(fields()) <= MAPPED
    assert {layout.name_of(field) for field in fields().values() if field.can_search} <= MAPPED
    assert {layout.facet_of(field) for field in fields().values() if field.can_facet} <= MAPPED


def test_a_full_document_uses_every_mapped_field_but_other_languages() -> None:
    document = whole(Encoded.of(FULL), STATE, order=1, writer="t")
    unused = {path for path in MAPPED - set(sent(document)) if ".stemmed." not in path}

    assert {path for path in unused if not path.startswith(("media.licence", "sayso"))} == {
        "author.followers",
        "author.automated",
        "subject.url",
        "licence.url",
    }


def test_what_a_crawl_writes_never_touches_what_is_ours() -> None:
    """The halves of a document share nothing, so a partial update of one leaves the other."""
    written = set(sent(content(Encoded.of(FULL), writer="t")))
    ours = set(sent(own(STATE)))

    assert not written & ours
    assert not {path for path in written if path.startswith("sayso.own")}


def test_what_became_unknown_is_emptied() -> None:
    fuller = set(whole(Encoded.of(FULL), STATE, order=1, writer="t"))
    bare = content(Encoded.of(DOCUMENTS["plain"]), writer="t")

    assert fuller - set(bare) == set(own(STATE)) - {"sayso"}
    assert bare["title"] is bare["author"] is bare["media"] is None


def test_the_languages_are_those_of_the_built_in_analyzers() -> None:
    stemmed = layout.mentions_mapping()["properties"]["sayso"]["properties"]["content"]
    analyzers = {
        code: about["analyzer"]
        for code, about in stemmed["properties"]["stemmed"]["properties"].items()
    }

    assert layout.STEMMERS == analyzers
