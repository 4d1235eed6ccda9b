"""From stated licences to a basis: what a program records, what people have to, what changed."""

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from search.mention import Author, Confidence, Licence, Media, MediaKind, Mention
from search.parsing import parse
from search.permissions.events import Evidence, Step
from search.permissions.keeping import Permissions
from search.permissions.licences import Action, Finding, apply, findings
from search.permissions.replying.asked import fingerprint
from search.permissions.scope import Modification, Use
from search.permissions.standing import IllegalTransition
from search.stores.base import Store
from search.stores.embedded import EmbeddedStore
from search.vocabulary import Basis, Hold, Permission
from tests.crawling import run_sayso
from tests.permissions.inventing import GRANTED, NOW, PROOF, SCOPE, WEBSITE, event, post
from tests.stores.conftest import store as any_store

__all__ = ["any_store"]

BY = "https://creativecommons.org/licenses/by/4.0/"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with EmbeddedStore(tmp_path / "mentions.db") as opened:
        yield opened


def stated(name: str | None = "CC-BY-4.0", **fields: Any) -> Licence:
    given = {"raw": "by 4.0", "found_in": "API license", "url": BY}
    return Licence(id=name, confidence=Confidence.AUTHORITATIVE, **{**given, **fields})


def scraped(name: str | None = "CC-BY-4.0") -> Licence:
    return dataclasses.replace(stated(name), confidence=Confidence.SCRAPED)


def picture(licence: Licence | None) -> Media:
    return Media(url="https://s.example/1.jpg", kind=MediaKind.IMAGE, licence=licence)


def licensed(licence: Licence | None, *media: Licence | None, text: str = "Storm") -> Mention:
    return post(1, licence=licence, media=tuple(map(picture, media)), text=text,
                author=Author(name="anna"), harvested_at=NOW)  # fmt: skip


def found(store: Store, mention: Mention | None = None) -> list[Finding]:
    if mention is not None:
        store.put([mention])
    permissions = Permissions(store, clock=lambda: NOW)
    permissions.catch_up()
    return list(findings(permissions, store.iterate(parse("*")), NOW))


def carry_out(store: Store, mention: Mention | None = None) -> list[Action]:
    permissions = Permissions(store, clock=lambda: NOW)
    if mention is not None:
        store.put([mention])
    permissions.catch_up()
    done = list(findings(permissions, store.iterate(parse("*")), NOW))
    for each in done:
        apply(permissions, each)
    return [each.action for each in done]


def record(store: Store, step: Step, **fields: Any) -> None:
    Permissions(store, clock=lambda: NOW).record(event(step, mention=post(1).id, **fields))


def test_what_an_interface_states_becomes_a_basis_with_its_proof(any_store: Store) -> None:
    mention = licensed(stated(), stated())

    assert [Action.RECORD] == carry_out(any_store, mention)

    permissions = Permissions(any_store, clock=lambda: NOW)
    standing, entry = permissions.standing(mention.id), permissions.history(mention.id)[-1]
    recorded = entry.read()
    assert (Basis.OPEN_LICENCE, "CC-BY-4.0") == (standing.basis, standing.licence)
    assert recorded is not None
    assert (
        Evidence(
            text="by 4.0 (in API license of https://s.example/1, read 2026-11-28T12:00:00+00:00)",
            url=BY,
            sha256=fingerprint(mention),
            confirmed_by="mastodon: API license",
        )
        == recorded.evidence
    )
    assert ("licences", fingerprint(mention), NOW) == (recorded.by, recorded.content, recorded.at)
    assert permissions.decide(any_store.get(mention.id), WEBSITE).is_usable
    assert [] == carry_out(any_store)


@pytest.mark.parametrize("name", ["CC0-1.0", "LicenseRef-PDM-1.0"])
def test_what_is_free_is_an_open_licence_too(store: Store, name: str) -> None:
    carry_out(store, licensed(stated(name)))

    standing = Permissions(store).standing(post(1).id)
    assert (Basis.OPEN_LICENCE, name) == (standing.basis, standing.licence)


def test_what_a_licence_forbids_is_recorded_and_refused_by_use(store: Store) -> None:
    carry_out(store, licensed(stated("CC-BY-NC-ND-4.0")))
    cropped = Use(channel="website", modification=Modification.RESIZE_CROP)

    decision = Permissions(store).decide(store.get(post(1).id), cropped)

    assert ["non_commercial", "no_derivatives"] == [each.code for each in decision.reasons]


@pytest.mark.parametrize(
    ("mention", "why"),
    [
        (licensed(scraped()), "read from a page"),
        (licensed(stated(), scraped()), "read from a page"),
        (licensed(stated(), stated("CC-BY-SA-4.0")), "differ (CC-BY-4.0, CC-BY-SA-4.0)"),
        (licensed(stated(), stated("LicenseRef-ARR")), "differ (CC-BY-4.0, LicenseRef-ARR)"),
        (licensed(stated(), stated(None, raw="ask me", url=None)), "differ (CC-BY-4.0, None)"),
        (licensed(None, stated()), "for files only"),
        (licensed(stated("LicenseRef-CC-BY", url=None)), "no version"),
        (licensed(stated("LicenseRef-Flickr-NoKnown", url=None)), "no version, or is no licence"),
        (licensed(stated(found_in="imported file")), "imported table"),
    ],
)
def test_everything_else_is_for_a_person(store: Store, mention: Mention, why: str) -> None:
    (finding,) = found(store, mention)

    assert (Action.SUGGEST, None, True) == (finding.action, finding.event, why in finding.why)
    carry_out(store)
    assert Basis.NONE is Permissions(store).standing(mention.id).basis
    assert 0 == len(Permissions(store).history(mention.id))


@pytest.mark.parametrize(
    "mention",
    [post(1), licensed(stated("LicenseRef-ARR")), licensed(stated(None, raw="mine", url=None))],
)
def test_of_what_is_not_open_nothing_is_said(store: Store, mention: Mention) -> None:
    assert [] == found(store, mention)


@pytest.mark.parametrize("basis", [Basis.CONTRACT, Basis.OWNED])
def test_what_was_agreed_is_never_replaced(store: Store, basis: Basis) -> None:
    store.put([licensed(stated())])
    record(store, Step.BASIS, basis=basis, scope=SCOPE, evidence=PROOF)

    assert [] == found(store)


def test_nor_is_a_grant_also_not_one_that_comes_between(store: Store) -> None:
    (finding,) = found(store, licensed(stated()))
    permissions = Permissions(store, clock=lambda: NOW)
    permissions.catch_up()
    other = Permissions(store, clock=lambda: NOW)
    for each in GRANTED:
        other.record(dataclasses.replace(each, mention=post(1).id))

    with pytest.raises(IllegalTransition, match="recorded something else meanwhile"):
        apply(permissions, finding)

    assert Basis.GRANT is Permissions(store).standing(post(1).id).basis
    assert [] == found(store)


@pytest.mark.parametrize("step", [Step.DECLINE, Step.REVOKE])
def test_where_the_author_said_no_a_person_decides(store: Store, step: Step) -> None:
    store.put([licensed(stated())])
    for each in GRANTED if step is Step.REVOKE else GRANTED[:2]:
        record(store, each.step)
    record(store, step)

    (finding,) = found(store)

    assert (Action.SUGGEST, True) == (finding.action, "the author has" in finding.why)


def test_where_a_person_took_the_basis_away_it_does_not_come_back(store: Store) -> None:
    carry_out(store, licensed(stated()))
    record(store, Step.BASIS, basis=Basis.NONE)

    (finding,) = found(store)

    assert (Action.SUGGEST, True) == (finding.action, "Ida has taken" in finding.why)


def test_embedding_is_left_to_whoever_chose_it(store: Store) -> None:
    store.put([licensed(stated())])
    record(store, Step.BASIS, basis=Basis.PLATFORM_EMBED, evidence=PROOF)

    assert [Action.SUGGEST] == [each.action for each in found(store)]


@pytest.mark.parametrize(
    "mention",
    [
        licensed(stated("CC-BY-NC-4.0")),
        licensed(scraped("CC-BY-SA-4.0")),
        licensed(stated("LicenseRef-ARR")),
        licensed(stated(None, raw="ask me", url=None)),
        licensed(stated("CC-BY-3.0")),
        licensed(stated(), stated("CC-BY-NC-4.0")),
        licensed(None),
    ],
)
def test_another_licence_holds_the_mention_and_keeps_the_proof(
    store: Store, mention: Mention
) -> None:
    carry_out(store, licensed(stated()))

    assert [Action.HOLD] == [each.action for each in found(store, mention)]
    assert () == tuple(Permissions(store).standing(mention.id).holds)
    carry_out(store)

    permissions = Permissions(store, clock=lambda: NOW)
    standing = permissions.standing(mention.id)
    assert {Hold.LICENCE_CHANGED} == standing.holds
    assert (Basis.OPEN_LICENCE, "CC-BY-4.0") == (standing.basis, standing.licence)
    assert 2 == len(permissions.history(mention.id))
    assert not permissions.decide(store.get(mention.id), WEBSITE).is_usable
    assert [] == carry_out(store)


@pytest.mark.parametrize(
    "mention",
    [
        licensed(stated(), text="Storm, edited"),
        licensed(stated("LicenseRef-CC-BY", url=None)),
        licensed(scraped(), None),
    ],
)
def test_the_same_licence_said_otherwise_is_no_change(store: Store, mention: Mention) -> None:
    carry_out(store, licensed(stated()))

    assert [] == found(store, mention)


def test_what_a_person_has_released_is_held_again_only_for_another_change(store: Store) -> None:
    carry_out(store, licensed(stated()))
    carry_out(store, licensed(stated("CC-BY-3.0")))
    record(store, Step.RELEASE, hold=Hold.LICENCE_CHANGED)

    assert [] == carry_out(store)
    assert [Action.HOLD] == carry_out(store, licensed(stated("CC-BY-NC-3.0")))


def test_a_basis_of_a_persons_own_holds_though_no_page_states_it(store: Store) -> None:
    store.put([licensed(None)])
    record(store, Step.BASIS, basis=Basis.OPEN_LICENCE, licence="CC-BY-4.0", evidence=PROOF)

    assert [] == found(store)


def test_the_public_domain_is_contradicted_by_any_condition(store: Store) -> None:
    store.put([licensed(stated("CC0-1.0"))])
    record(store, Step.BASIS, basis=Basis.PUBLIC_DOMAIN, evidence=PROOF)

    assert [] == found(store)
    assert [Action.HOLD] == [each.action for each in found(store, licensed(stated("CC-BY-4.0")))]


def test_after_a_grant_has_ended_the_licence_counts_again(store: Store) -> None:
    carry_out(store, licensed(stated()))
    for each in GRANTED:
        record(store, each.step)
    record(store, Step.EXPIRE, at=NOW.replace(year=2028))

    assert Permission.EXPIRED is Permissions(store).standing(post(1).id).permission
    assert [Action.RECORD] == carry_out(store)


def test_a_newcomer_sees_first_and_then_applies(tmp_path: Path) -> None:
    with EmbeddedStore(tmp_path / "sayso.db") as store:
        store.put([licensed(stated()), post(2, licence=scraped())])

    def say(*arguments: str) -> str:
        done = run_sayso("--store", "sayso.db", "permissions", "licences", *arguments,
                         cwd=tmp_path)  # fmt: skip
        assert 0 == done.returncode, done.stderr
        return done.stdout

    before = say()
    assert f"{post(1).id}: to be recorded: CC-BY-4.0; mastodon says so in API license\n" in before
    assert f"{post(2).id}: suggested: CC-BY-4.0; it was read from a page" in before
    assert "nothing was recorded: --apply does it" in before
    done = [json.loads(line) for line in say("--apply", "--json").splitlines()]
    assert {(post(1).id, "recorded"), (post(2).id, "suggested")} == {
        (each["id"], each["became"]) for each in done
    }
    assert "no licence that could become a basis" in say("licence:CC-BY-4.0", "basis:open_licence")


def test_what_pages_state_is_only_ever_suggested() -> None:
    """No source of today has a licence field of an interface: all that spiders read is scraped."""
    stated = {licence["confidence"] for licence in recorded_licences()}

    assert {"scraped"} == stated


def recorded_licences() -> Iterator[dict[str, Any]]:
    for file in sorted((Path(__file__).parents[1] / "fixtures").glob("*/*/output.json")):
        for mention in json.loads(file.read_text("utf-8")).get("mentions", []):
            yield from filter(None, [mention.get("licence")])
            yield from filter(None, [each.get("licence") for each in mention.get("media") or ()])
