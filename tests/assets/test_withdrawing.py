"""What is withdrawn while files are on their way is not delivered."""

import dataclasses
import datetime as dt
import json
from pathlib import Path

import pytest

from crawlers.assets_command import _handed_in, refuse_now
from search.config import Config
from search.mention import Author, Media, Mention
from search.permissions.events import Event, Step
from search.permissions.keeping import Permissions
from search.permissions.lists.granted_item import GrantedItem
from search.permissions.lists.granting import judge_all
from search.permissions.scope import Use
from search.stores.base import Store
from search.stores.embedded import EmbeddedStore
from search.vocabulary import Basis, Hold, MediaKind
from tests.crawling import run_sayso, write_config
from tests.one_store import store
from tests.permissions.inventing import PROOF, SCOPE, event, post
from tests.rights.files import save
from tests.serving import Asked, Reply, Routes, serve

__all__ = ["store"]

NOW = dt.datetime.now(dt.UTC)
LASTING = dataclasses.replace(
    SCOPE, valid_from=dt.date(2020, 1, 1), valid_until=dt.date(2099, 1, 1)
)
USE = Use(channel="website", territory="SE")
FILES = ("a" * 64, "b" * 64)


def mention_of(number: int, address: str) -> Mention:
    return post(number, author=Author(name="ann", id="did:ann"),
                media=(Media(url=f"{address}/{number}.png", kind=MediaKind.IMAGE),))  # fmt: skip


def granted(store: Store, mention: Mention, files: tuple[str, ...] = ()) -> None:
    store.put([mention])
    permissions = Permissions(store)
    proof = dataclasses.replace(PROOF, files=files)
    for each in (event(Step.QUEUE, scope=LASTING), event(Step.SEND),
                 event(Step.GRANT, evidence=proof)):  # fmt: skip
        permissions.record(dataclasses.replace(each, mention=mention.id, at=NOW))


def item_of(store: Store, mention: Mention) -> GrantedItem:
    (judged,) = judge_all(Permissions(store), [store.get(mention.id)], USE, NOW)
    assert isinstance(judged, GrantedItem)
    return judged


def record(store: Store, step: Step, mention: Mention, **fields: object) -> None:
    made: Event = event(step, NOW, mention.id, **fields)
    Permissions(store).record(made)


POST = mention_of(1, "https://files.example")


def test_what_may_still_be_used_for_the_same_reason_is_not_refused(store: Store) -> None:
    granted(store, POST)
    item, permissions = item_of(store, POST), Permissions(store)
    record(store, Step.PLACE, POST, place="https://shop.example/")

    assert refuse_now(store, permissions, item) is None


@pytest.mark.parametrize(
    ("step", "fields", "problem"),
    [
        (Step.REVOKE, {}, "the author has withdrawn the permission"),
        (Step.HOLD, {"hold": Hold.DISPUTED}, "it is on hold: disputed"),
        (Step.GRANT, {"scope": LASTING}, "as something else says since: export again"),
        (Step.BASIS, {"basis": Basis.OWNED, "evidence": PROOF}, "as something else says since"),
    ],
)
def test_what_changed_since_is_refused(
    store: Store, step: Step, fields: dict[str, object], problem: str
) -> None:
    granted(store, POST)
    item, permissions = item_of(store, POST), Permissions(store)
    assert refuse_now(store, permissions, item) is None

    record(store, step, POST, **fields)

    assert problem in (refuse_now(store, permissions, item) or "")


def test_what_is_gone_or_cannot_be_decided_is_refused(store: Store) -> None:
    granted(store, POST)
    item, permissions = item_of(store, POST), Permissions(store)
    note = store.notes.read(f"ledger/{2:012d}")
    assert note is not None
    store.notes.write(f"ledger/{2:012d}", {"what": "?"}, note.version)

    assert "cannot be decided" in (refuse_now(store, permissions, item) or "")
    store.remove([POST.id])
    assert "its mention is gone" == refuse_now(store, permissions, item)


def test_uploads_of_a_withdrawn_grant_are_still_what_would_be_taken(
    store: Store, tmp_path: Path
) -> None:
    granted(store, POST, FILES)
    item = item_of(store, POST)
    before = _handed_in(Permissions(store), Config(folder=tmp_path), [item])
    record(store, Step.REVOKE, POST)

    assert before == _handed_in(Permissions(store), Config(folder=tmp_path), [item])
    assert [*FILES] == [path.name for path in before[POST.id]]


def test_a_withdrawal_while_files_are_fetched_is_heard(tmp_path: Path) -> None:
    config, database, folder = write_config(tmp_path), tmp_path / "sayso.db", tmp_path / "files"
    mentions: list[Mention] = []

    def withdrawing(_: Asked) -> Reply:
        with EmbeddedStore(database) as store:
            record(store, Step.REVOKE, mentions[0])
        return Reply(save("PNG"), "image/png")

    routes: Routes = {"/1.png": withdrawing, "/2.png": Reply(save("PNG"), "image/png")}
    with serve(routes) as site:
        mentions += [mention_of(number, site.address) for number in (1, 2)]
        with EmbeddedStore(database) as store:
            for mention in mentions:
                granted(store, mention)
        done = run_sayso("--config", str(config), "export", "granted", "--use",
                         "channel=website; territory=SE", "-o", str(tmp_path / "a.csv"),
                         "--assets", str(folder))  # fmt: skip

    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    assert 3 == done.returncode, done.stderr
    assert [mentions[1].id] == [one["mention"] for one in manifest["files"]]
    assert [(mentions[0].id, "the author has withdrawn the permission")] == [
        (one["mention"], one["reason"]) for one in manifest["without_file"]
    ]
    assert [] == list(folder.glob(f"{mentions[0].id}*"))
