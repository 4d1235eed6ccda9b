"""What a suppressed author writes is dropped before any write, wherever it comes from."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from pipelines.context import Context, DropMention
from pipelines.finishing import keep, set_aside
from pipelines.importing import import_file
from pipelines.retagging import retag
from pipelines.retrying import Fate, retry
from pipelines.stages import enrich
from search.codec import to_plain
from search.config import Config
from search.mention import Mention
from search.people.suppression import Reach, SuppressionError, Suppressions
from search.query import Everything
from search.stores.base import Outcome, Quarantined
from search.stores.embedded import EmbeddedStore
from tests.crawling import run_sayso, write_config
from tests.people.inventing import BO, EVA, NOW, RARE, wrote
from tests.serving import Reply, Routes, serve


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(folder=tmp_path)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[EmbeddedStore]:
    """Open an empty store."""
    with EmbeddedStore(tmp_path / "mentions.db") as opened:
        yield opened


def suppress(store: EmbeddedStore, config: Config, reach: Reach = Reach.ALL) -> None:
    Suppressions.open(store, config).add(wrote(1), reach, reason="asked", now=NOW)


def context_of(store: EmbeddedStore, config: Config) -> Context:
    return Context.of(config, keep_unmatched=True).with_models_of(store)


def ids(store: EmbeddedStore) -> set[str]:
    return {stored.id for stored in store.iterate(Everything())}


def quarantined(mention: Mention) -> Quarantined:
    return Quarantined(mention.id, mention.source, "language", "bad", to_plain(mention), NOW)


def test_the_first_stage_drops_it_even_where_others_would_break(
    store: EmbeddedStore, config: Config
) -> None:
    suppress(store, config)
    broken = wrote(1, title=7)  # the tidy stage takes no number for a title

    with pytest.raises(DropMention, match="suppressed"):
        enrich(broken, context_of(store, config))
    assert RARE in enrich(wrote(2, BO), context_of(store, config)).text


def test_who_only_wants_no_contact_is_still_read(store: EmbeddedStore, config: Config) -> None:
    suppress(store, config, Reach.CONTACT)

    assert enrich(wrote(1), context_of(store, config)).author == EVA


def test_a_list_that_grows_before_the_batch_is_written_counts(
    store: EmbeddedStore, config: Config
) -> None:
    context = context_of(store, config)
    batch = [enrich(wrote(number, author), context) for number, author in ((1, EVA), (2, BO))]
    suppress(store, config)

    assert [None, Outcome.NEW] == keep(batch, store, context)
    assert {wrote(2).id} == ids(store)


def test_a_list_that_grows_while_the_batch_is_written_counts(
    store: EmbeddedStore, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = context_of(store, config)
    batch = [enrich(wrote(number, author), context) for number, author in ((1, EVA), (2, BO))]
    put = store.put

    def late(mentions: Sequence[Mention]) -> list[Outcome]:
        suppress(store, config)
        return put(mentions)

    monkeypatch.setattr(store, "put", late)
    assert [None, Outcome.NEW] == keep(batch, store, context)
    assert {wrote(2).id} == ids(store)
    assert 0 == store.quarantine_size()


def test_a_list_that_grows_while_a_mention_fails_counts(
    store: EmbeddedStore, config: Config
) -> None:
    context = context_of(store, config)
    suppress(store, config)
    for mention in (wrote(1), wrote(2, BO)):
        set_aside(mention, quarantined(mention), store, context)

    assert [wrote(2).id] == [entry.id for entry in store.quarantined()]


def test_a_retry_lets_it_go_from_quarantine(store: EmbeddedStore, config: Config) -> None:
    entries = [quarantined(wrote(1)), quarantined(wrote(2, BO))]
    store.quarantine(entries)
    suppress(store, config)

    done = list(retry(store, context_of(store, config), entries))

    assert [Fate.SUPPRESSED, Fate.NEW] == [each.fate for each in done]
    assert ({wrote(2).id}, 0) == (ids(store), store.quarantine_size())


def test_a_retry_puts_nothing_back_that_was_erased_or_let_go_of_meanwhile(
    store: EmbeddedStore, config: Config
) -> None:
    context = context_of(store, config)
    entries = [unreadable(wrote(1)), unreadable(wrote(2, BO)), unreadable(wrote(3, BO))]
    store.quarantine(entries)
    suppress(store, config)
    store.remove([wrote(1).id])
    store.release([wrote(2, BO).id])

    done = list(retry(store, context, entries))

    assert [Fate.GONE, Fate.GONE, Fate.FAILED] == [each.fate for each in done]
    assert [wrote(3).id] == [each.id for each in store.quarantined()]


def test_a_retry_lets_go_of_what_cannot_be_read_of_a_suppressed_author(
    store: EmbeddedStore, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = context_of(store, config)
    entries = [unreadable(wrote(1)), unreadable(wrote(2, BO))]
    store.quarantine(entries)
    quarantine = store.quarantine

    def late(failed: Sequence[Quarantined]) -> None:
        suppress(store, config)  # just before it is written
        store.remove([wrote(1).id])
        quarantine(failed)

    monkeypatch.setattr(store, "quarantine", late)
    done = list(retry(store, context, entries))
    monkeypatch.undo()

    assert [Fate.SUPPRESSED, Fate.FAILED] == [each.fate for each in done]
    assert [wrote(2).id] == [each.id for each in store.quarantined()]


def unreadable(mention: Mention) -> Quarantined:
    plain = {**to_plain(mention), "title": 7}
    return Quarantined(mention.id, mention.source, "tidy", "bad", plain, NOW)


def test_a_rejected_line_of_a_suppressed_author_is_not_written_down(
    store: EmbeddedStore, config: Config, tmp_path: Path
) -> None:
    suppress(store, config)
    file = tmp_path / "a.ndjson"
    lines = [{**to_plain(wrote(n, a)), "published_at": "soon"} for n, a in ((1, EVA), (2, BO))]
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))

    report = import_file(file, store, context_of(store, config))

    assert ({"suppressed": 1}, 1) == (report.dropped, report.rejected)
    rejected = (tmp_path / "a.ndjson.rejected.ndjson").read_text()
    assert (False, True) == ("social.example/users/eva" in rejected, "users/bo" in rejected)


def test_a_batch_is_taken_back_in_one_step(
    store: EmbeddedStore, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    context, asked = context_of(store, config), list[Sequence[str]]()
    put, remove = store.put, store.remove

    def suppressing(mentions: Sequence[Mention]) -> list[Outcome]:
        outcomes = put(mentions)
        suppress(store, config)
        return outcomes

    def removing(names: Sequence[str], **more: bool) -> int:
        asked.append(list(names))
        return remove(names, **more)

    monkeypatch.setattr(store, "put", suppressing)
    monkeypatch.setattr(store, "remove", removing)
    keep([wrote(1), wrote(2), wrote(3, BO)], store, context)

    assert [[wrote(1).id, wrote(2).id]] == asked
    assert {wrote(3).id} == ids(store)


def test_a_retag_leaves_it_and_does_not_fail(store: EmbeddedStore, config: Config) -> None:
    store.put([wrote(1), wrote(2, BO)])
    suppress(store, config)

    counts = retag(store, Everything(), context_of(store, config))

    assert {"unchanged": 1, "changed": 1} == {
        name: count for name, count in counts.items() if count
    }
    assert wrote(1) == store.get(wrote(1).id).mention


def test_a_retag_brings_nothing_back_that_was_erased_meanwhile(
    store: EmbeddedStore, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.put([wrote(1), wrote(2, BO)])
    fetch = store.fetch
    context = context_of(store, config)

    def erasing(names: Sequence[str]) -> Any:
        found = fetch(names)
        if wrote(1).id in found and len(names) > 1:
            suppress(store, config)
            store.remove([wrote(1).id])
        return found

    monkeypatch.setattr(store, "fetch", erasing)
    retag(store, Everything(), context)

    assert {wrote(2).id} == ids(store)


def test_an_import_counts_it_and_keeps_nothing(
    store: EmbeddedStore, config: Config, tmp_path: Path
) -> None:
    suppress(store, config)
    file = tmp_path / "a.ndjson"
    file.write_text(
        "".join(json.dumps(to_plain(wrote(n, a))) + "\n" for n, a in ((1, EVA), (2, BO)))
    )

    report = import_file(file, store, context_of(store, config))

    assert ({"suppressed": 1}, {wrote(2).id}) == (report.dropped, ids(store))
    assert not (tmp_path / "a.ndjson.rejected.ndjson").exists()


def test_without_the_key_nothing_begins(store: EmbeddedStore, config: Config) -> None:
    suppress(store, config)
    (config.folder / "sayso.people.key").unlink()

    with pytest.raises(SuppressionError):
        context_of(store, config)


def feed(address: str) -> Routes:
    entry = (
        "<item><title>About coffee</title><link>{0}/{1}</link><author>{2}</author>"
        "<description>{3} coffee {1}</description></item>"
    )
    entries = entry.format(address, 1, "Eva Lind", RARE) + entry.format(
        address, 2, "Bo Ek", "good"
    )
    body = f"<rss version='2.0'><channel><title>t</title>{entries}</channel></rss>"
    reply = Reply(body.encode(), "application/rss+xml")
    return {"/rss": reply, "/again": reply}  # what was read at the first is not read there again


def holding(folder: Path, said: bytes) -> set[str]:
    """Return the endings of the files that hold this, in whatever case."""
    files = (file for file in folder.rglob("*") if file.is_file())
    return {file.suffix for file in files if said in file.read_bytes().lower()}


def test_an_erased_author_is_crawled_again_into_nothing(tmp_path: Path) -> None:
    with serve(feed) as site:
        source = f'[[sources]]\nsource = "feed"\naddresses = ["{site.address}/rss"]\n'
        file = str(write_config(tmp_path, sources=source))
        first = run_sayso("--config", file, "crawl", "--json")
        assert 2 == json.loads(first.stdout)["new"]
        assert holding(tmp_path, b"eva lind") >= {".db", ".fast"}
        erased = run_sayso("--config", file, "erase", "--author", "Eva Lind", "--yes", "--json")
        write_config(tmp_path, sources=source.replace("/rss", "/again"))
        again = run_sayso("--config", file, "crawl", "--verbose", "--json")
        left = holding(tmp_path, b"eva lind") | holding(tmp_path, RARE.encode())
        (tmp_path / "sayso.people.key").unlink()
        refused = run_sayso("--config", file, "crawl", "--json")

    assert 1 == json.loads(erased.stdout)["mentions"]
    report = json.loads(again.stdout)
    assert (0, 0, {"suppressed": 1}) == (again.returncode, report["new"], report["dropped"])
    said = again.stderr + refused.stdout + refused.stderr
    assert (False, False) == (RARE in said, "Eva" in said)
    assert set() == left
    assert refused.returncode in {1, 3}
    assert "nothing is collected" in refused.stdout + refused.stderr
