"""Making a store on a cluster that others use too."""

import pytest

from search.errors import StoreError, StoreNotFound, StoreReadOnly, StoreVersion
from search.query import Everything
from search.stores.elastic import layout
from search.stores.elastic.store import ElasticStore, init
from tests.elasticsearch_node import ask
from tests.stores.inventing import make_mentions


def parts(location: str) -> tuple[str, str]:
    url, _, prefix = location.partition("?prefix=")
    return url, prefix


def test_everything_is_made_once_and_then_left_alone(elastic_location: str) -> None:
    said = list(init(elastic_location, shards=2))
    _, prefix = parts(elastic_location)

    assert f"index {prefix}-mentions-000001: made" in said
    assert f"index template {prefix}-mentions: written" in said
    assert [] == list(init(elastic_location, shards=None))


def test_shards_are_as_asked_for_and_stay_so(elastic_location: str) -> None:
    url, prefix = parts(elastic_location)
    list(init(elastic_location, shards=2))
    list(init(elastic_location, shards=None))
    with ElasticStore(elastic_location) as store:
        store.roll_over()

    settings = ask("GET", f"{url}/{prefix}-mentions-*/_settings")
    counts = [about["settings"]["index"]["number_of_shards"] for about in settings.values()]
    assert ["2", "2"] == counts


def test_an_index_of_somebody_else_is_never_changed(elastic_location: str) -> None:
    url, prefix = parts(elastic_location)
    foreign = f"{url}/{prefix}-notes"
    ask("PUT", foreign, {"mappings": {"properties": {"theirs": {"type": "keyword"}}}})
    before = ask("GET", f"{foreign}/_mapping")

    with pytest.raises(StoreError, match=rf"the index {prefix}-notes is there, but not Sayso's"):
        list(init(elastic_location, shards=None))
    assert before == ask("GET", f"{foreign}/_mapping")


def test_a_template_of_somebody_else_is_never_changed(elastic_location: str) -> None:
    url, prefix = parts(elastic_location)
    theirs = {"index_patterns": [f"{prefix}-mentions-0*"], "priority": 1}
    ask("PUT", f"{url}/_index_template/{prefix}-mentions", theirs)

    with pytest.raises(StoreError, match="is there, but not Sayso's"):
        list(init(elastic_location, shards=None))


def test_fields_that_an_index_does_not_know_yet_are_added_and_filled(
    elastic_location: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    design = layout.mentions_mapping()
    with monkeypatch.context() as older:
        shorter = {**design, "properties": {**design["properties"]}}
        del shorter["properties"]["title"]
        older.setattr(layout, "mentions_mapping", lambda: shorter)
        with ElasticStore(elastic_location) as store:
            store.put(make_mentions(3))
    with pytest.raises(
        StoreVersion, match="has other fields than this version: `sayso store init`"
    ):
        ElasticStore(elastic_location)

    said = list(init(elastic_location, shards=None))

    assert any("fields added: title, title.keyword" in line for line in said)
    with ElasticStore(elastic_location) as store:
        assert 3 == store.rebuild()
        assert [] == store.check()


def test_a_field_that_is_another_one_there_is_said(elastic_location: str) -> None:
    url, prefix = parts(elastic_location)
    list(init(elastic_location, shards=None))
    index = f"{url}/{prefix}-mentions-000001"
    mapping = ask("GET", f"{index}/_mapping")[f"{prefix}-mentions-000001"]["mappings"]
    mapping["properties"]["title"] = {"type": "keyword"}
    aliases = ask("GET", f"{index}/_alias")[f"{prefix}-mentions-000001"]["aliases"]
    ask("DELETE", index)
    ask("PUT", index, {"aliases": aliases, "mappings": mapping})

    said = list(init(elastic_location, shards=None))

    assert any("title" in line and "copy into a new store" in line for line in said)


def test_an_index_of_a_newer_version_is_not_touched(elastic_location: str) -> None:
    url, prefix = parts(elastic_location)
    list(init(elastic_location, shards=None))
    meta = {"_meta": {"sayso": {"version": layout.VERSION + 1}}}
    ask("PUT", f"{url}/{prefix}-mentions-000001/_mapping", meta)

    with pytest.raises(StoreVersion, match="newer version"):
        ElasticStore(elastic_location)


def test_a_document_that_somebody_changed_is_found_and_made_anew(elastic_location: str) -> None:
    url, prefix = parts(elastic_location)
    with ElasticStore(elastic_location) as store:
        store.put(make_mentions(2))
        (first, _) = store.iterate(Everything())
        place = f"{url}/{prefix}-mentions-000001/_update/{first.id}?refresh=true"
        ask("POST", place, {"doc": {"text": "something else"}})

        assert [
            f"The document of the mention {first.id} differs from its record."
        ] == store.check()
        store.rebuild()
        assert [] == store.check()


def test_a_store_that_is_not_there_is_not_made_to_be_read(elastic_location: str) -> None:
    with pytest.raises(StoreNotFound, match="`sayso store init` makes it"):
        ElasticStore(elastic_location, create=False)
    with pytest.raises(StoreNotFound):
        ElasticStore(elastic_location, read_only=True)


def test_a_store_opened_to_be_read_is_not_written(location: str) -> None:
    with ElasticStore(location, read_only=True) as store:
        with pytest.raises(StoreReadOnly):
            store.put(make_mentions(1))
        with pytest.raises(StoreReadOnly):
            store.save_cursor("a", {})
        assert 0 == store.search(Everything()).total
