"""`sayso schedule` lets time pass for permissions, whatever else it does."""

import dataclasses
from pathlib import Path

from search.permissions.events import Step
from search.permissions.keeping import Permissions
from search.stores.embedded import EmbeddedStore
from search.vocabulary import Permission
from tests.permissions.inventing import DAY, SCOPE, event, post
from tests.scheduling.staging import configure, service

LONG_AGO = 4000 * DAY


def test_the_scheduler_ends_what_is_over_and_says_what_there_is_to_do(tmp_path: Path) -> None:
    config = configure(tmp_path, ["http://127.0.0.1:1/rss"], every="1d")
    name, at = post(1).id, event(Step.QUEUE).at - LONG_AGO
    scope = dataclasses.replace(
        SCOPE,
        valid_from=SCOPE.valid_from - LONG_AGO,
        valid_until=SCOPE.valid_until - LONG_AGO,
    )
    with EmbeddedStore(tmp_path / "sayso.db") as store:
        store.put([post(1)])
        permissions = Permissions(store)
        permissions.record(event(Step.QUEUE, at, name, scope=scope))
        for step in (Step.SEND, Step.GRANT):
            permissions.record(event(step, at, name))
        permissions.record(event(Step.PLACE, at, name, place="https://shop.example/"))

    with service("--config", str(config), "schedule") as scheduler:
        scheduler.wait_for("permissions: to do")
        (said,) = scheduler.events("permissions: to do")

    assert (1, 1) == (said["take_down"], said["in_all"])
    assert [name] == [line["mention"] for line in scheduler.events("permission ended")]
    with EmbeddedStore(tmp_path / "sayso.db") as store:
        assert Permission.EXPIRED is store.get(name).state.permission
