"""The suppression list: whom it covers, what it holds, and that nothing takes anybody off it."""

import datetime as dt
import json
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.config import Config
from search.mention import Author, Mention
from search.people.keys import find_or_make_key
from search.people.names import Name, names_from, names_in, names_of
from search.people.suppression import Reach, SuppressionError, Suppressions
from search.stores.base import Store
from search.stores.embedded import EmbeddedStore
from tests.stores.conftest import STORES
from tests.stores.inventing import make_mention

NOW = dt.datetime(2026, 11, 28, 12, tzinfo=dt.UTC)
EVA = Author(name="Eva@Social.Example", id="https://social.example/users/eva", url=None)


def by(author: Author | None, source: str = "mastodon", **more: str) -> Mention:
    return make_mention(1, source=source, author=author, **more)


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(folder=tmp_path)


@pytest.fixture(params=STORES)
def any_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """Open an empty store of each kind."""
    with STORES[request.param](request, tmp_path) as opened:
        yield opened


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Open an empty store."""
    with EmbeddedStore(tmp_path / "mentions.db") as opened:
        yield opened


def add(listed: Suppressions, author: Author = EVA, reach: Reach = Reach.ALL) -> int:
    return listed.add(by(author), reach, reason="asked us", now=NOW)


def files(config: Config) -> set[str]:
    return {each.name for each in config.folder.iterdir() if each.name.startswith("sayso.")}


def test_an_empty_list_makes_no_file_and_covers_nobody(store: Store, config: Config) -> None:
    listed = Suppressions.open(store, config)

    assert not listed.covers(by(EVA), Reach.COLLECT)
    assert not listed.refresh()
    assert (0, set()) == (len(listed), files(config))
    assert {} == store.notes.under("suppress")


def test_who_is_on_the_list_is_covered_under_each_name(any_store: Store, config: Config) -> None:
    listed = Suppressions.open(any_store, config)
    author = Author(name="eva", id="7", url="https://www.shop.example/u/eva/")

    assert 3 == listed.add(by(author, "forum"), Reach.ALL, reason="asked us", now=NOW)
    assert 0 == listed.add(by(author, "forum"), Reach.ALL, reason="asked us", now=NOW)

    again = Suppressions.open(any_store, config)
    for name in ("EVA", " eva", "e\u200bva\n"):
        assert again.covers(by(Author(name=name), "forum"), Reach.COLLECT)
    assert again.covers(by(Author(name="new", id="7"), "forum"), Reach.CONTACT)
    assert again.covers(by(Author(name="n", url="http://shop.example/u/eva"), "forum"), Reach.ALL)
    assert not again.covers(by(Author(name="eva2", id="8"), "forum"), Reach.COLLECT)
    assert not again.covers(by(author, "mastodon"), Reach.COLLECT)
    assert not again.covers(by(None, "forum"), Reach.COLLECT)


def test_reaches_are_told_apart_and_only_grow(store: Store, config: Config) -> None:
    listed = Suppressions.open(store, config)
    add(listed, reach=Reach.CONTACT)
    assert listed.covers(by(EVA), Reach.CONTACT)
    assert not listed.covers(by(EVA), Reach.COLLECT)

    assert 2 == add(listed, reach=Reach.COLLECT)
    assert 0 == add(listed, reach=Reach.CONTACT)
    assert listed.covers(by(EVA), Reach.ALL)
    assert {Reach.ALL} == {each.reach for each in Suppressions.open(store, config).entries()}


def test_the_list_holds_no_name_and_neither_does_the_file(store: Store, config: Config) -> None:
    add(Suppressions.open(store, config))

    written = (config.folder / "sayso.suppressed.ndjson").read_text()
    kept = json.dumps([note.value for note in store.notes.under("suppress").values()])
    assert not any("eva" in text.lower() for text in (written, kept))
    assert {"hmac", "key", "scope", "source", "date", "reason"} == set(
        json.loads(written.splitlines()[0])
    )
    for name in ("sayso.suppressed.ndjson", "sayso.people.key"):
        assert 0o600 == stat.S_IMODE((config.folder / name).stat().st_mode)


def test_what_others_add_is_seen_after_a_refresh(any_store: Store, config: Config) -> None:
    mine, theirs = Suppressions.open(any_store, config), Suppressions.open(any_store, config)
    add(theirs)
    assert not mine.covers(by(EVA), Reach.COLLECT)

    assert mine.refresh()
    assert mine.covers(by(EVA), Reach.COLLECT)
    assert not mine.refresh()
    assert not theirs.refresh()


def test_an_older_store_takes_nobody_off(config: Config, tmp_path: Path) -> None:
    path = tmp_path / "mentions.db"
    with EmbeddedStore(path) as store:
        store.put([by(EVA)])
    shutil.copy(path, tmp_path / "backup.db")
    with EmbeddedStore(path) as store:
        add(Suppressions.open(store, config))
    shutil.copy(tmp_path / "backup.db", path)

    with EmbeddedStore(path) as store:
        assert Suppressions.open(store, config).covers(by(EVA), Reach.COLLECT)
        assert 2 == len(store.notes.under("suppressed/"))


def test_a_lost_folder_takes_nobody_off_where_the_key_is_kept_elsewhere(
    store: Store, config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(Suppressions.open(store, config))
    monkeypatch.setenv("SAYSO_PEOPLE_KEY", (config.folder / "sayso.people.key").read_text())
    new = Config(folder=tmp_path / "new")
    new.folder.mkdir()

    assert Suppressions.open(store, new).covers(by(EVA), Reach.COLLECT)
    assert 2 == len((new.folder / "sayso.suppressed.ndjson").read_text().splitlines())


def test_without_its_key_a_list_lets_nobody_through(store: Store, config: Config) -> None:
    add(Suppressions.open(store, config))
    key = config.folder / "sayso.people.key"
    key.unlink()
    with pytest.raises(SuppressionError, match="not the key that it was made with"):
        Suppressions.open(store, config)
    assert not key.exists()

    key.write_text("another key that is long enough, too")
    with pytest.raises(SuppressionError, match="made with another key"):
        Suppressions.open(store, config)

    key.write_text("short")
    with pytest.raises(SuppressionError, match="32 or more are needed"):
        Suppressions.open(store, config)


def test_a_key_is_the_same_in_the_environment(
    store: Store, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = find_or_make_key(config, store.notes)
    monkeypatch.setenv("SAYSO_PEOPLE_KEY", (config.folder / "sayso.people.key").read_text())
    (config.folder / "sayso.people.key").unlink()

    assert made == find_or_make_key(config, store.notes)
    assert "secret" not in repr(made)


def test_a_line_that_a_crash_cut_off_is_passed_over_and_taken_off(
    store: Store, config: Config
) -> None:
    add(Suppressions.open(store, config))
    file = config.folder / "sayso.suppressed.ndjson"
    with file.open("a") as opened:
        opened.write('{"hmac": "12')

    listed = Suppressions.open(store, config)
    assert 2 == len(listed)
    add(listed, Author(name="bo"))
    assert 3 == len(Suppressions.open(store, config))
    assert 3 == len(file.read_text().splitlines())


@pytest.mark.parametrize(
    "line", ["{", "[]", "{}", '{"hmac": 7}', "\udcff", "[" * 100_000, "9" * 5_000]
)
def test_any_other_broken_line_is_an_error_that_names_it(
    store: Store, config: Config, line: str
) -> None:
    add(Suppressions.open(store, config))
    file = config.folder / "sayso.suppressed.ndjson"
    whole = file.read_bytes()
    file.write_bytes(line.encode("utf-8", "surrogateescape") + b"\n" + whole)

    with pytest.raises(SuppressionError, match="line 1: this is no"):
        Suppressions.open(store, config)


def test_who_has_come_back_is_taken_off_for_good(store: Store, config: Config) -> None:
    listed = Suppressions.open(store, config)
    add(listed)
    later = NOW + dt.timedelta(seconds=1)

    assert 2 == listed.remove(by(EVA), reason="wrote to us", now=later)
    assert 0 == listed.remove(by(EVA), reason="wrote to us", now=later)
    again = Suppressions.open(store, config)
    assert not again.covers(by(EVA), Reach.CONTACT)
    assert (0, []) == (len(again), list(again.entries()))
    assert 2 == again.add(by(EVA), Reach.COLLECT, reason="again", now=NOW + dt.timedelta(days=1))
    assert Suppressions.open(store, config).covers(by(EVA), Reach.COLLECT)


def test_a_store_that_can_only_be_read_is_covered_by_the_file(
    config: Config, tmp_path: Path
) -> None:
    path = tmp_path / "mentions.db"
    with EmbeddedStore(path) as store:
        store.put([by(EVA)])
        add(Suppressions.open(store, config))
        for key, note in store.notes.under("suppress").items():
            store.notes.delete(key, note.version)
    with EmbeddedStore(path, read_only=True) as store:
        assert Suppressions.open(store, config).covers(by(EVA), Reach.COLLECT)


def test_a_byline_counts_on_its_own_site_only_and_where_nothing_better_is_known() -> None:
    anna = Author(name="Anna Berg")
    one, other = by(anna, "website", site="a.example"), by(anna, "website", site="b.example")

    assert len(names_of(one)) == len(names_of(other)) == 1
    assert names_of(one) != names_of(other)
    assert names_from("anna  berg", "website", "a.example")[1:] == names_of(one)
    assert () == names_of(by(anna, "website"))
    known = by(Author(name="Anna Berg", url="https://a.example/anna"), "website", site="a.example")
    assert ["url"] == [name.kind for name in names_of(known)]


def test_what_many_share_is_no_name() -> None:
    front = Author(name="Anonymous", url="https://a.example/")
    page = make_mention(1, source="forum")

    assert () == names_of(by(front, "forum", site="a.example"))
    assert () == names_of(by(Author(name="a customer", url=page.url), "forum"))


@pytest.mark.parametrize(
    "spelling",
    [
        "https://social.example/@Eva", "http://social.example/@Eva/", "HTTPS://WWW.social.example:443/@Eva",
        "https://social.example/@Eva#top", " https://social.example/@Eva\n",
    ],
)  # fmt: skip
def test_an_address_is_the_same_however_it_is_spelt(spelling: str) -> None:
    expected = Name("mastodon", "url", "social.example/@Eva")

    assert expected in names_of(by(Author(name="x", url=spelling)))
    assert expected in names_from(spelling, "mastodon")


ANY = st.none() | st.text(max_size=40) | st.integers() | st.lists(st.text(), max_size=2)


@settings(max_examples=150, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["author", "source", "site", "url"]),
        ANY | st.dictionaries(st.sampled_from(["id", "url", "name"]), ANY),
    )
)
def test_names_of_whatever_quarantine_holds_are_read_without_an_error(plain: object) -> None:
    assert isinstance(plain, dict)
    for name in names_in(plain):
        assert name.value
        find = Name(*name)
        assert find == name


def test_names_of_a_mention_are_those_of_its_json() -> None:
    mention = by(Author(name="Eva", id="7", url="https://a.example/eva"), "forum")
    plain = {"source": "forum", "url": mention.url,
             "author": {"name": "Eva", "id": "7", "url": "https://a.example/eva"}}  # fmt: skip

    assert names_of(mention) == names_in(plain)
