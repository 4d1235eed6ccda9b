"""From a search to a batch: who is asked, who is not, and why."""

import dataclasses
import datetime as dt
from pathlib import Path

import pytest

from search.asking_caps import Caps
from search.config import Config
from search.mention import Author, Mention
from search.permissions.asking import draft
from search.permissions.batches import NoBatch, batches, keep_batch, read_batch
from search.permissions.events import Evidence, Step
from search.permissions.keeping import Permissions
from search.permissions.leaving_alone import leave_alone
from search.permissions.reading import read_scope
from search.permissions.requesting import making
from search.permissions.requesting.making import Made, Request, TooManyDeclined, make_batch
from search.permissions.scope import BadScope
from search.permissions.standing import IllegalTransition
from search.permissions.step_commands import record as say
from search.stores.base import Store
from search.tags import RightsSignal
from search.vocabulary import Basis, Effect, Hold, Permission
from tests.one_store import store
from tests.permissions.inventing import DAY, NOW, event, post
from tests.permissions.test_asking import ASKING, CONFIG

__all__ = ["store"]

USE = "channels=website,instagram; months=12"


def by(number: int, **fields: object) -> Mention:
    """Make a post of an author of its own, unless another is named."""
    author = Author(name=f"ann{number}", id=f"did:{number}")
    return post(number, **{"author": author, "language": "en", **fields})


def ask(
    store: Store, query: str = "storm", now: dt.datetime = NOW, caps: Caps | None = None,
    **said: object,
) -> Made:  # fmt: skip
    asking = ASKING.model_copy(update={"caps": caps or Caps()})
    dry_run = bool(said.pop("dry_run", False))
    request = Request(query=query, **{"use": USE, "by": "Ida", **said})  # type: ignore[arg-type]
    return make_batch(store, Config(asking=asking), request, now, dry_run=dry_run)


def codes(made: Made) -> dict[str, str]:
    return {skip.url.rpartition("/")[2]: skip.code for skip in made.skipped}


def test_a_search_becomes_a_batch_of_queued_requests(store: Store) -> None:
    store.put([by(1), by(2), by(3, text="Lumo instead")])

    made = ask(store)

    assert made.batch is not None
    batch = read_batch(store, 1)
    assert batch == made.batch
    assert {by(1).id, by(2).id} == set(batch.mentions)
    assert ("storm", "Ida", NOW, {}) == (batch.query, batch.by, batch.made_at, batch.skipped)
    assert read_scope(USE, NOW.date()) == batch.scope
    standings = Permissions(store).standings()
    assert dict.fromkeys(batch.mentions, Permission.QUEUED) == {
        name: standing.permission for name, standing in standings.items()
    }
    assert all(
        standing.asked and standing.asked.scope == batch.scope for standing in standings.values()
    )


def test_who_asked_once_asks_nobody_twice(store: Store) -> None:
    store.put([by(1)])
    ask(store)

    again = ask(store, now=NOW + DAY)

    assert (None, (), {"1": "state"}) == (again.batch, again.chosen, codes(again))
    assert 1 == len(list(batches(store)))


def test_a_try_records_nothing(store: Store) -> None:
    store.put([by(1)])

    made = ask(store, dry_run=True)

    assert (None, 1) == (made.batch, len(made.chosen))
    assert {} == Permissions(store).standings()
    with pytest.raises(NoBatch, match="there is none"):
        read_batch(store, 1)


def test_a_try_makes_no_key_and_no_link_and_finds_what_is_too_long(
    store: Store, tmp_path: Path
) -> None:
    store.put([by(1)])
    page = f"https://ask.example/{'r' * 10}"
    config = Config(asking=ASKING.model_copy(update={"page_url": page}), folder=tmp_path)

    made = make_batch(store, config, Request(query="*", use=USE, by="I"), NOW, dry_run=True)

    assert 1 == len(made.chosen)
    assert [] == [each.name for each in tmp_path.iterdir() if "people" in each.name]
    assert {} == store.notes.under("links/")
    long = ASKING.model_copy(update={"page_url": f"https://ask.example/{'r' * 5000}"})
    config = Config(asking=long, folder=tmp_path)
    made = make_batch(store, config, Request(query="*", use=USE, by="I"), NOW, dry_run=True)
    assert ["platform"] == [skip.code for skip in made.skipped]


def test_each_that_is_left_out_is_listed_with_its_reason(store: Store) -> None:
    asks_for_none = RightsSignal(
        name="#nobot", raw="#nobot", found_in="profile", effects=(Effect.NO_CONTACT,)
    )
    store.put([
        by(1), by(2, rights_signals=(asks_for_none,)), by(3, copy_of="0" * 32),
        by(4, author=None), by(5, author=Author(name="Storm", id="did:storm")),
        by(6, author=Author(name="bot", id="did:bot", automated=True)),
        by(7, source="google_places"), by(8), by(9),
    ])  # fmt: skip
    permissions = Permissions(store)
    permissions.record(event(Step.HOLD, mention=by(8).id, hold=Hold.DO_NOT_CONTACT))
    owned = Evidence(text="ours", confirmed_by="Ida")
    permissions.record(event(Step.BASIS, mention=by(9).id, basis=Basis.OWNED, evidence=owned))

    made = ask(store)

    assert {
        "2": "no_contact", "3": "copy", "4": "no_author", "5": "own", "6": "automated",
        "7": "platform", "8": "state", "9": "basis",
    } == codes(made)  # fmt: skip
    assert [by(1).id] == [each.id for each in made.chosen]
    assert made.batch is not None
    assert 8 == len(made.batch.skipped)


def test_one_author_is_asked_for_one_thing_at_a_time(store: Store) -> None:
    ann = Author(name="ann", id="did:ann")
    renamed = dataclasses.replace(ann, name="anna")
    store.put([by(1, author=ann), by(2, author=renamed), by(3)])

    made = ask(store)

    assert made.batch is not None
    assert (2, 2) == (len(made.chosen), len(made.batch.mentions))
    assert ["author_open"] == [skip.code for skip in made.skipped]


def close(store: Store, number: int, step: Step, at: dt.datetime) -> None:
    """Send the request for a post, and end it so."""
    permissions = Permissions(store)
    for each in (
        event(Step.QUEUE, mention=by(number).id, at=at),
        event(Step.SEND, mention=by(number).id, at=at),
        event(step, mention=by(number).id, at=at + 15 * DAY),
    ):
        permissions.record(each)


@pytest.mark.parametrize(
    ("step", "days", "code"),
    [
        (Step.DECLINE, 729, "cool_down"),
        (Step.DECLINE, 730, None),
        (Step.NO_RESPONSE, 179, "cool_down"),
        (Step.NO_RESPONSE, 180, None),
        (Step.GRANT, 0, None),
    ],
)
def test_an_author_who_said_no_or_nothing_is_left_alone_for_a_while(
    store: Store, step: Step, days: int, code: str | None
) -> None:
    ann = Author(name="ann", id="did:ann")
    store.put([by(1, author=ann), by(2, author=ann)])
    close(store, 1, step, NOW)

    made = ask(store, f'url:"{by(2).url}"', now=NOW + (15 + days) * DAY)

    assert ([code] if code else []) == [skip.code for skip in made.skipped]


def test_an_author_is_asked_twice_in_half_a_year_at_most(store: Store) -> None:
    ann = Author(name="ann", id="did:ann")
    store.put([by(number, author=ann) for number in (1, 2, 3)])
    close(store, 1, Step.GRANT, NOW)
    close(store, 2, Step.GRANT, NOW + 20 * DAY)

    soon = ask(store, f'url:"{by(3).url}"', now=NOW + 100 * DAY, dry_run=True)
    later = ask(store, f'url:"{by(3).url}"', now=NOW + 180 * DAY, dry_run=True)

    assert ({"3": "author_cap"}, {}) == (codes(soon), codes(later))


def test_the_account_asks_so_many_a_day_those_first_in_the_order_that_was_wanted(
    store: Store,
) -> None:
    published = [NOW - number * DAY for number in range(9)]
    store.put([by(number, published_at=at) for number, at in enumerate(published)])

    made = ask(store, caps=Caps(per_day=5), limit=3)
    rest = ask(store, caps=Caps(per_day=5))
    later = ask(store, caps=Caps(per_day=5), now=NOW + 2 * DAY)

    assert [by(0).id, by(1).id, by(2).id] == [each.id for each in made.chosen]
    assert (6, 2, 4) == (made.not_looked_at, len(rest.chosen), rest.not_looked_at)
    assert (0, None) == (len(later.chosen), later.batch)  # five are queued, and nobody sent them


def test_what_was_sent_yesterday_leaves_room_today(store: Store) -> None:
    store.put([by(1), by(2)])
    close(store, 1, Step.GRANT, NOW)

    early = ask(store, caps=Caps(per_day=1), now=NOW + dt.timedelta(hours=23), dry_run=True)
    late = ask(store, caps=Caps(per_day=1), now=NOW + DAY, dry_run=True)

    assert (0, 1) == (len(early.chosen), len(late.chosen))


def test_too_many_that_decline_stop_further_requests(store: Store) -> None:
    numbers = range(50)
    store.put([by(number) for number in range(51)])
    for number in numbers:
        close(store, number, Step.DECLINE if number < 3 else Step.GRANT, NOW)

    with pytest.raises(TooManyDeclined, match=r"6 % of the last 50 requests were declined"):
        ask(store, now=NOW + 30 * DAY)

    allowed = ask(store, now=NOW + 30 * DAY, caps=Caps(most_declined_percent=6))
    assert 1 == len(allowed.chosen)


def test_a_few_that_decline_say_nothing_yet(store: Store) -> None:
    store.put([by(number) for number in range(11)])
    for number in range(10):
        close(store, number, Step.DECLINE, NOW)

    assert 1 == len(ask(store, now=NOW + 30 * DAY).chosen)


def test_a_use_that_cannot_be_records_nothing(store: Store) -> None:
    store.put([by(1)])

    with pytest.raises(BadScope):
        ask(store, use="channels=billboard")

    assert {} == Permissions(store).standings()


def test_batches_are_numbered_and_one_that_is_not_there_is_named(store: Store) -> None:
    store.put([by(1), by(2)])
    first, second = ask(store, limit=1), ask(store)

    assert [1, 2] == [each.number for each in batches(store)]
    assert first.batch is not None
    assert second.batch is not None
    assert not set(first.batch.mentions) & set(second.batch.mentions)
    with pytest.raises(NoBatch, match="there is no batch 3; there are 1 to 2"):
        read_batch(store, 3)


def test_caps_hold_for_an_author_whose_post_and_words_are_gone(store: Store) -> None:
    ann = Author(name="ann", id="did:ann")
    store.put([by(1, author=ann), by(2, author=ann)])
    ask(store, f'url:"{by(1).url}"')
    permissions = Permissions(store)
    sent = event(Step.SEND, mention=by(1).id, at=NOW)
    permissions.record(sent)
    permissions.record(event(Step.DECLINE, mention=by(1).id, at=NOW + DAY))
    store.remove([by(1).id])
    for entry in permissions.history(by(1).id):
        permissions.ledger.erase(entry.number, "retention", NOW + 9 * DAY, keep_author=True)

    later = ask(store, now=NOW + 100 * DAY)

    assert {"2": "cool_down"} == codes(later)
    assert [] == list(permissions.ledger.verify())
    assert "did:ann" not in str(store.notes.under("ledger/"))


def test_an_author_on_the_suppression_list_is_not_asked_and_nothing_is_composed(
    store: Store,
) -> None:
    store.put([by(1), by(2)])
    ask(store, f'url:"{by(2).url}"')
    for number in (1, 2):
        leave_alone(store, CONFIG, by(number), NOW, reason="said so")

    refused = ask(store, f'url:"{by(1).url}"')

    assert {"1": "suppressed"} == codes(refused)
    with pytest.raises(IllegalTransition, match="suppression list"):
        draft(store, CONFIG, by(2).id, NOW)


def test_nothing_is_composed_or_reminded_of_while_contact_is_forbidden(store: Store) -> None:
    store.put([by(1)])
    ask(store)
    permissions = Permissions(store)
    permissions.record(event(Step.HOLD, mention=by(1).id, hold=Hold.MINOR_SUSPECTED))

    with pytest.raises(IllegalTransition, match="minor_suspected"):
        draft(store, CONFIG, by(1).id, NOW)

    permissions.record(event(Step.SEND, mention=by(1).id))
    permissions.record(event(Step.NO_RESPONSE, mention=by(1).id, at=NOW + 15 * DAY))
    with pytest.raises(IllegalTransition, match="minor_suspected"):
        permissions.record(event(Step.REMIND, mention=by(1).id, at=NOW + 20 * DAY))


def test_what_is_taken_off_the_queue_is_as_it_was_and_takes_no_room(store: Store) -> None:
    ann = Author(name="ann", id="did:ann")
    store.put([by(1, author=ann), by(2, author=ann)])
    ask(store, f'url:"{by(1).url}"')
    Permissions(store).record(event(Step.CANCEL, mention=by(1).id))

    again = ask(store, f'url:"{by(2).url}"', caps=Caps(per_day=1))

    assert Permission.NOT_REQUESTED is Permissions(store).standing(by(1).id).permission
    assert [by(2).id] == [each.id for each in again.chosen]
    with pytest.raises(IllegalTransition, match="cancel cannot follow on not_requested"):
        Permissions(store).record(event(Step.CANCEL, mention=by(1).id))


def test_who_had_said_no_has_still_said_no_when_it_is_taken_off_the_queue(store: Store) -> None:
    store.put([by(1)])
    close(store, 1, Step.DECLINE, NOW)
    permissions = Permissions(store)
    permissions.record(event(Step.QUEUE, mention=by(1).id, inbound="https://s.example/9"))
    left = permissions.record(event(Step.CANCEL, mention=by(1).id))

    assert Permission.DECLINED is left.permission


def test_what_nobody_has_sent_for_a_week_takes_no_room_today(store: Store) -> None:
    store.put([by(1), by(2), by(3)])
    ask(store, caps=Caps(per_day=2))

    soon = ask(store, caps=Caps(per_day=2), now=NOW + 6 * DAY, dry_run=True)
    later = ask(store, caps=Caps(per_day=2), now=NOW + 7 * DAY, dry_run=True)

    assert (0, 1) == (len(soon.chosen), len(later.chosen))


def test_of_two_who_choose_the_same_author_at_once_one_steps_back(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = Author(name="ann", id="did:ann")
    store.put([by(1, author=ann), by(2, author=ann)])
    keep = keep_batch

    def other_first(*arguments: object, **said: object) -> object:
        monkeypatch.setattr(making, "keep_batch", keep)
        ask(store, f'url:"{by(2).url}"')
        return keep(*arguments, **said)  # type: ignore[arg-type]  # handed on as it came

    monkeypatch.setattr(making, "keep_batch", other_first)
    made = ask(store, f'url:"{by(1).url}"')

    assert ((), {"1": "author_open"}) == (made.chosen, codes(made))
    standings = Permissions(store).standings()
    assert Permission.QUEUED is standings[by(2).id].permission
    assert Permission.NOT_REQUESTED is standings[by(1).id].permission


def test_by_hand_the_same_guards_hold_but_for_what_a_person_has_seen(store: Store) -> None:
    ann = Author(name="ann", id="did:ann")
    store.put([by(1, author=ann), by(2, author=ann), by(3, author=None), by(4)])
    say(store, by(1).id, Step.QUEUE, config=CONFIG, scope=USE, by="Ida")
    say(store, by(3).id, Step.QUEUE, config=CONFIG, scope=USE, by="Ida")

    with pytest.raises(IllegalTransition, match="another request to its author is open"):
        say(store, by(2).id, Step.QUEUE, config=CONFIG, scope=USE, by="Ida")
    leave_alone(store, CONFIG, by(4), NOW, reason="said so")
    with pytest.raises(IllegalTransition, match="suppression list"):
        say(store, by(4).id, Step.QUEUE, config=Config(), scope=USE, by="Ida")

    queued = {name for name, each in Permissions(store).standings().items() if each.asked}
    assert {by(1).id, by(3).id} == queued


def test_a_cool_down_outlives_a_request_that_was_taken_back(store: Store) -> None:
    ann = Author(name="ann", id="did:ann")
    store.put([by(1, author=ann), by(2, author=ann)])
    close(store, 1, Step.DECLINE, NOW)
    permissions = Permissions(store)
    for step, said in ((Step.QUEUE, "https://s.example/9"), (Step.CANCEL, None)):
        permissions.record(event(step, mention=by(1).id, at=NOW + 16 * DAY, inbound=said))

    made = ask(store, f'url:"{by(2).url}"', now=NOW + 20 * DAY)
    for entry in permissions.history(by(1).id):
        permissions.ledger.erase(entry.number, "retention", NOW + 30 * DAY, keep_author=True)

    assert {"2": "cool_down"} == codes(made)
    assert Permission.DECLINED is Permissions(store).standing(by(1).id).permission
    assert {"2": "cool_down"} == codes(ask(store, f'url:"{by(2).url}"', now=NOW + 40 * DAY))


@pytest.mark.parametrize("inbound", ["", "  "])
def test_who_came_to_us_is_shown_by_a_message(store: Store, inbound: str) -> None:
    store.put([by(1)])

    with pytest.raises(IllegalTransition, match="the message with which its author came"):
        say(store, by(1).id, Step.QUEUE, config=CONFIG, scope=USE, by="Ida", inbound=inbound)


def test_who_came_to_us_is_answered_in_a_cool_down_but_not_when_suppressed(store: Store) -> None:
    store.put([by(1), by(2)])
    close(store, 1, Step.DECLINE, NOW - 30 * DAY)
    said = {"config": CONFIG, "scope": USE, "by": "Ida", "inbound": "https://s.example/9"}
    say(store, by(1).id, Step.QUEUE, **said)  # type: ignore[arg-type]  # a short form
    leave_alone(store, CONFIG, by(2), NOW, reason="said so")

    with pytest.raises(IllegalTransition, match="suppression list"):
        say(store, by(2).id, Step.QUEUE, **said)  # type: ignore[arg-type]  # a short form
    queued = Permissions(store).standing(by(1).id)
    assert queued.asked is not None
    assert ("https://s.example/9", 2) == (queued.asked.inbound, len(queued.asked.author))


def test_only_our_own_entry_is_taken_back(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    store.put([by(1)])
    keep = keep_batch

    def other_first(*arguments: object, **said: object) -> object:
        monkeypatch.setattr(making, "keep_batch", keep)
        ask(store)
        return keep(*arguments, **said)  # type: ignore[arg-type]  # handed on as it came

    monkeypatch.setattr(making, "keep_batch", other_first)
    made = ask(store)

    assert ((), {"1": "state"}) == (made.chosen, codes(made))
    assert Permission.QUEUED is Permissions(store).standing(by(1).id).permission


def test_where_nobody_is_asked_not_even_a_key_is_made(store: Store, tmp_path: Path) -> None:
    ask(store, "nothing like it")
    ask(store, use="website", dry_run=True)

    assert [] == list(tmp_path.glob("sayso.people.*"))
