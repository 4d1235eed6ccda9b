"""Yes, no, never, and taking it back: what is recorded of an answer, and when."""

import concurrent.futures
import dataclasses
import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from search.config import Config
from search.errors import SaysoError
from search.mention import Author, StoredMention
from search.permissions.events import Event, Evidence, Step
from search.permissions.form_answers import (
    FormAnswer,
    NoFormAnswer,
    confirm,
    confirm_form,
    keep_answer,
    settle,
    waiting,
)
from search.permissions.form_commands import show_forms
from search.permissions.keeping import Permissions
from search.permissions.standing import IllegalTransition, Standing
from search.permissions.terms_in_use import with_terms
from search.stores.base import Store
from search.vocabulary import Hold, Permission
from search.web.creator.desk import Desk
from search.web.creator.visits import Given, Said
from tests.creators.visiting import (
    NOW,
    PNG,
    POST,
    PRIVATE,
    SCOPE,
    YES,
    Client,
    asked,
    composed,
    config,
    linked,
    multipart,
    queued,
    serving,
)
from tests.permissions.inventing import event
from tests.stores.conftest import store

__all__ = ["store"]

embedded = pytest.mark.parametrize("store", ["embedded"], indirect=True)


def standing_of(store: Store, mention: str = POST.id) -> Standing:
    return Permissions(store).standing(mention)


def steps(store: Store, mention: str = POST.id) -> list[str]:
    events = (entry.read() for entry in Permissions(store).history(mention))
    return [each.step.value for each in events if each]


def test_a_yes_waits_for_a_person_and_then_holds_all_that_rights_ask_for(
    store: Store, tmp_path: Path
) -> None:
    asks = config(tmp_path)
    secret = asked(store, asks)
    with serving(store, asks) as client:
        answered = client.answer(secret, {**YES, "credit": "Ann; of <Storm>"}, PNG)
        receipt = client.get(answered.headers["location"])
        before = steps(store)
        confirm_form(store, POST.id, asks, "Ida", NOW)
        page = client.get(f"/r/{secret}").text

    assert (303, 200) == (answered.status, receipt.status)
    assert "your yes has arrived" in receipt.text
    assert ["queue", "send"] == before
    standing = standing_of(store)
    evidence = standing.grants[0].event.evidence
    text = evidence.text or ""
    assert Permission.GRANTED is standing.permission
    assert dataclasses.replace(SCOPE, credit_line="Ann, of <Storm>") == standing.scope
    assert "Where it is shown\nour website and Instagram" in text
    assert "(x) Yes, you may use it as written above" in text
    assert "[x] I am 18 or older" in text
    assert POST.text in text
    assert (
        Evidence(
            text=text,
            sha256=hashlib.sha256(text.encode()).hexdigest(),
            terms_version="2026-01",
            author_id="did:ann",
            confirmed_by="Ida",
            statements=("made_it", "adult", "people_agree", "music_mine"),
            handle="ann",
            display_name="Ann A",
            account_url="https://social.example/@ann",
            privacy_version="https://storm.example/privacy",
            message_sha256=standing.sent[0].evidence.sha256,
            received_at=evidence.received_at,
            method="form",
            language="en",
            content=standing.sent[0].content,
            files=(hashlib.sha256(PNG).hexdigest(),),
        )
        == evidence
    )
    assert "The name beside it: Ann, of &lt;Storm&gt;" in page
    assert [] == list(Permissions(store).ledger.verify())
    assert {} == store.notes.under("answers/")


@embedded
@pytest.mark.parametrize("named", ["link", "message", "word", "id"])
def test_a_yes_is_confirmed_for_a_mention_named_in_any_way(
    store: Store, tmp_path: Path, named: str
) -> None:
    asks = config(tmp_path)
    secret = asked(store, asks)
    with serving(store, asks) as client:
        client.answer(secret, YES)
    (sent, *_) = standing_of(store).sent
    said = {"link": POST.url, "message": sent.evidence.url, "word": sent.token, "id": POST.id[:8]}

    assert Permission.GRANTED is confirm_form(store, said[named] or "", asks, "I", NOW).permission


def test_two_who_send_the_same_form_at_once_make_one_grant(store: Store, tmp_path: Path) -> None:
    asks = config(tmp_path, confirm_forms="auto")
    secret = asked(store, asks, PRIVATE)
    with serving(store, asks) as client, concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: client.answer(secret, YES, PNG), range(8)))

    assert {303} == {answer.status for answer in answers}
    assert ["queue", "send", "grant"] == steps(store, PRIVATE.id)
    assert 1 == len(list((tmp_path / "sayso.db.uploads" / PRIVATE.id).iterdir()))


@embedded
def test_two_processes_make_one_grant(store: Store, tmp_path: Path) -> None:
    asks = config(tmp_path, confirm_forms="auto")
    secret = asked(store, asks, PRIVATE)
    yes = Given(said=Said.YES, text="yes", language="en", statements=tuple(YES)[1:])
    desks = [Desk(store, asks) for _ in range(4)]

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        visits = list(pool.map(lambda desk: desk.answer(secret, yes), desks))

    assert {visit.situation.value for visit in visits} <= {"granted", "waiting"}
    assert ["queue", "send", "grant"] == steps(store, PRIVATE.id)
    again = dataclasses.replace(
        standing_of(store, PRIVATE.id).grants[0].event, at=NOW, mention=PRIVATE.id
    )
    with pytest.raises(IllegalTransition, match="answered once"):
        Permissions(store).record(again)


@embedded
@pytest.mark.parametrize(
    ("author", "ads", "way", "said"),
    [
        (POST.author, "", "form", "granted"),
        (POST.author, "", "public_reply", "waiting"),
        (POST.author, "paid", "form", "waiting"),
        (None, "", "form", "waiting"),
    ],
    ids=["private", "public link", "paid ads", "author unknown"],
)
def test_only_a_yes_without_doubt_confirms_itself(  # noqa: PLR0913, PLR0917 - a row of a table
    store: Store, tmp_path: Path, author: Author, ads: str, way: str, said: str
) -> None:
    asks = config(tmp_path, confirm_forms="auto")
    scope = dataclasses.replace(SCOPE, paid_ads=ads == "paid")
    secret = linked(store, dataclasses.replace(POST, author=author), scope, way)
    with serving(store, asks) as client:
        client.answer(secret, YES)

    assert said == Desk(store, asks).visit(secret).situation


@embedded
def test_a_yes_without_every_statement_is_asked_for_them_and_keeps_what_was_typed(
    store: Store, tmp_path: Path
) -> None:
    asks = config(tmp_path)
    secret = asked(store, asks)
    typed = {"answer": "yes", "made_it": "1", "adult": "1", "credit": 'Ann "A" <&>'}
    with serving(store, asks) as client:
        page = client.answer(secret, typed, PNG)

    assert 422 == page.status
    assert 'href="#people_agree"' in page.text
    assert 'href="#made_it"' not in page.text
    assert "Files have to be chosen again." in page.text
    assert 'value="Ann &#34;A&#34; &lt;&amp;&gt;"' in page.text
    ticked = re.findall(r'id="(\w+)" value="\w+" checked', page.text)
    assert ["answer", "made_it", "adult"] == ticked
    assert ["queue", "send"] == steps(store)
    assert [] == list((tmp_path / "sayso.db.uploads").iterdir())


@embedded
@pytest.mark.parametrize("credit", ["x" * 101, "see https://spam.example", "\u200b"])
def test_a_credit_that_cannot_stand_beside_a_picture_is_refused(
    store: Store, tmp_path: Path, credit: str
) -> None:
    asks = config(tmp_path)
    secret = asked(store, asks)
    with serving(store, asks) as client:
        page = client.answer(secret, {**YES, "credit": credit})

    assert (422, True) == (page.status, "The name is too long" in page.text)


@embedded
def test_nothing_is_chosen_before_and_nothing_chosen_is_no_answer(
    store: Store, tmp_path: Path
) -> None:
    asks = config(tmp_path)
    secret = asked(store, asks)
    with serving(store, asks) as client:
        shown = client.get(f"/r/{secret}").text
        page = client.answer(secret, {})

    assert " checked" not in shown
    assert (422, True) == (page.status, "Choose yes, no or never." in page.text)


def test_a_no_takes_effect_at_once_and_may_be_thought_over(store: Store, tmp_path: Path) -> None:
    asks = config(tmp_path)
    secret = asked(store, asks)
    with serving(store, asks) as client:
        client.answer(secret, {"answer": "no"})
        said_no = standing_of(store).permission
        receipt = client.get(f"/r/{secret}").text
        client.answer(secret, YES)
        confirm_form(store, POST.id, asks, "Ida", NOW)

    assert Permission.DECLINED is said_no
    assert "do not ask again" in receipt
    assert "Change my mind" in receipt
    assert ["queue", "send", "decline", "grant"] == steps(store)


@embedded
def test_never_is_a_no_and_a_hold_and_is_heard_of(store: Store, tmp_path: Path) -> None:
    asks = config(tmp_path)
    secret = asked(store, asks)
    heard: list[str] = []
    desk = Desk(store, asks, on_never=lambda stored, _: heard.append(stored.id))

    visit = desk.answer(secret, Given(said=Said.NEVER, text="never", language="en"))
    with serving(store, asks) as client:
        receipt = client.get(f"/r/{secret}?again=1").text
        client.answer(secret, YES)

    assert ["queue", "send", "decline", "hold"] == steps(store)
    assert frozenset({Hold.DO_NOT_CONTACT}) == visit.standing.holds
    assert [POST.id] == heard
    assert "We never contact you again." in receipt
    assert "<form" not in receipt


class Busy(SaysoError):
    """A suppression list that cannot be written now."""


class Listener:
    """Hears of everybody who said never, but not the first time."""

    def __init__(self, *, fails: bool = True) -> None:
        self.heard: list[str] = []
        self._fails = fails

    def __call__(self, stored: StoredMention, _: object) -> None:
        if self._fails:
            self._fails = False
            raise Busy
        self.heard.append(stored.id)


@embedded
def test_never_is_heard_again_where_it_could_not_be_kept_at_once(
    store: Store, tmp_path: Path
) -> None:
    asks = config(tmp_path)
    secret = asked(store, asks)
    listener = Listener()
    with serving(store, asks, listener) as client:
        failed = client.answer(secret, {"answer": "never"})
        said_no = (standing_of(store).permission, standing_of(store).holds)
        again = client.answer(secret, {"answer": "never"})

    assert (503, 303) == (failed.status, again.status)
    assert (Permission.DECLINED, frozenset()) == said_no
    assert ["queue", "send", "decline", "hold"] == steps(store)
    assert [POST.id] == listener.heard


@embedded
def test_never_is_heard_each_time_it_is_said(store: Store, tmp_path: Path) -> None:
    asks = config(tmp_path)
    secret = asked(store, asks)
    never = Given(said=Said.NEVER, text="never", language="en")
    Desk(store, asks).answer(secret, never)
    listener = Listener(fails=False)

    Desk(store, asks, on_never=listener).answer(secret, never)

    assert [POST.id] == listener.heard
    assert ["queue", "send", "decline", "hold"] == steps(store)


@embedded
@pytest.mark.parametrize("is_granted", [True, False])
def test_a_withdrawal_stands_where_never_could_not_be_kept(
    store: Store,
    tmp_path: Path,
    is_granted: bool,  # noqa: FBT001 - a row of a table
) -> None:
    asks = config(tmp_path)
    secret = asked(store, asks)
    listener = Listener()
    with serving(store, asks, listener) as client:
        client.answer(secret, YES, PNG)
        if is_granted:
            confirm_form(store, POST.id, asks, "Ida", NOW)
        failed = client.withdraw(secret, never="1")
        standing = standing_of(store)
        files = list((tmp_path / "sayso.db.uploads").iterdir())
        yes = waiting(store, Permissions(store), POST.id)
        client.withdraw(secret, never="1")

    assert 503 == failed.status
    assert (Permission.REVOKED if is_granted else Permission.DECLINED) is standing.permission
    assert ([], None) == (files, yes)
    assert [POST.id] == listener.heard
    assert frozenset({Hold.DO_NOT_CONTACT}) == standing_of(store).holds


def granted(store: Store, asks: Config) -> str:
    secret = asked(store, asks)
    with serving(store, asks) as client:
        client.answer(secret, YES, PNG)
    confirm_form(store, POST.id, asks, "Ida", NOW)
    return secret


def test_a_grant_is_withdrawn_under_the_same_link(store: Store, tmp_path: Path) -> None:
    asks = config(tmp_path)
    secret = granted(store, asks)
    with serving(store, asks) as client:
        question = client.get(f"/r/{secret}/withdraw")
        unchanged = standing_of(store).permission
        done = client.withdraw(secret, never="1")
        receipt = client.get(done.headers["location"])
        client.withdraw(secret)

    assert "within 7 days" in question.text
    assert Permission.GRANTED is unchanged
    assert "take it down everywhere within 7 days" in receipt.text
    assert ["queue", "send", "grant", "revoke", "hold"] == steps(store)
    assert not (tmp_path / "sayso.db.uploads" / POST.id).exists()


@embedded
def test_a_yes_that_waits_is_withdrawn_at_once(store: Store, tmp_path: Path) -> None:
    asks = config(tmp_path)
    secret = asked(store, asks)
    with serving(store, asks) as client:
        client.answer(secret, YES, PNG)
        client.withdraw(secret)

    assert ["queue", "send", "decline"] == steps(store)
    assert not (tmp_path / "sayso.db.uploads" / POST.id).exists()
    with pytest.raises(NoFormAnswer, match="no yes from its page is waiting"):
        confirm_form(store, POST.id, asks, "Ida", NOW)


@embedded
def test_an_answer_shows_that_a_request_was_sent(store: Store, tmp_path: Path) -> None:
    asks = config(tmp_path)
    queued(store)
    secret = composed(store, asks)
    with serving(store, asks) as client:
        client.get(f"/r/{secret}")
        opened = steps(store)
        client.answer(secret, {"answer": "no"})

    assert ["queue"] == opened
    assert ["queue", "send", "decline"] == steps(store)
    assert "author" == standing_of(store).sent[0].by


@embedded
@pytest.mark.parametrize("change", ["content", "terms", "hold"])
def test_what_has_changed_since_is_kept_for_a_person(
    store: Store, tmp_path: Path, change: str
) -> None:
    asks = config(tmp_path)
    secret = asked(store, asks)
    with serving(store, asks) as client:
        shown = re.search(r'"shown" value="(\w+)"', client.get(f"/r/{secret}").text)
    asks = _changed(store, asks, change)
    assert shown is not None
    with serving(store, asks) as client:
        page = client.get(f"/r/{secret}").text
        answered = client.post(f"/r/{secret}", *multipart({**YES, "shown": shown[1]}))
        kept = waiting(store, Permissions(store), POST.id)

    assert "A yes cannot be taken at the moment" in page
    assert 'value="yes"' not in page
    assert (409, True) == (answered.status, "could not be taken" in answered.text)
    expected = change if change == "hold" else f"{change}_changed"
    assert kept is not None
    assert (expected,) == kept.problems
    assert ["queue", "send"] == [each for each in steps(store) if each != "hold"]
    assert 1 == show_forms(store, asks, apply=True, by="Ida", as_json=False)
    if change != "hold":
        with pytest.raises(NoFormAnswer, match="ask again"):
            confirm_form(store, POST.id, asks, "Ida", NOW)


def _changed(store: Store, asks: Config, change: str) -> Config:
    if change == "content":
        store.put([dataclasses.replace(POST, text="something else")])
    if change == "hold":
        Permissions(store).record(event(Step.HOLD, mention=POST.id, hold=Hold.DISPUTED))
    assert asks.asking is not None
    version = "2026-02" if change == "terms" else "2026-01"
    asking = asks.asking.model_copy(update={"terms_version": version})
    return asks.model_copy(update={"asking": asking})


@embedded
def test_a_yes_without_statements_is_never_a_grant(store: Store, tmp_path: Path) -> None:
    asks = config(tmp_path)
    secret = asked(store, asks)
    hold = event(Step.HOLD, mention=POST.id, hold=Hold.DISPUTED)
    Permissions(store).record(hold)
    with serving(store, asks) as client:
        answered = client.answer(secret, {"answer": "yes", "made_it": "1"})
    Permissions(store).record(dataclasses.replace(hold, step=Step.RELEASE, reason="settled"))

    assert 409 == answered.status
    with pytest.raises(NoFormAnswer, match="not confirmed that adult, music_mine, people_agree"):
        confirm_form(store, POST.id, asks, "Ida", NOW)


@embedded
def test_originals_go_with_a_no_that_came_another_way(store: Store, tmp_path: Path) -> None:
    asks = config(tmp_path)
    secret = asked(store, asks)
    with serving(store, asks) as client:
        client.answer(secret, YES, PNG)
        Permissions(store).record(event(Step.DECLINE, mention=POST.id))
        client.answer(secret, {"answer": "never"})

    assert ["queue", "send", "decline", "hold"] == steps(store)
    assert not (tmp_path / "sayso.db.uploads" / POST.id).exists()


@embedded
def test_a_page_that_says_something_else_by_now_is_shown_again(
    store: Store, tmp_path: Path
) -> None:
    asks = config(tmp_path)
    secret = asked(store, asks)
    with serving(store, asks) as client:
        page = client.post(f"/r/{secret}", *multipart({**YES, "shown": "0" * 64}))

    assert (422, True) == (page.status, "has changed since you opened" in page.text)


@embedded
def test_a_kept_yes_that_was_changed_shows_nothing_any_more(store: Store, tmp_path: Path) -> None:
    asks = config(tmp_path)
    secret = asked(store, asks)
    with serving(store, asks) as client:
        client.answer(secret, YES)
    ((key, note),) = store.notes.under("answers/").items()
    forged = json.loads(json.dumps(note.value))
    forged["answer"]["scope"]["paid_ads"] = True
    store.notes.write(key, forged, note.version)

    with pytest.raises(NoFormAnswer, match="was changed"):
        confirm_form(store, POST.id, asks, "Ida", NOW)


@embedded
def test_the_terms_are_shown_as_they_were_asked_for_and_their_hash_is_evidence(
    store: Store, tmp_path: Path
) -> None:
    (tmp_path / "terms").mkdir()
    (tmp_path / "terms" / "2026-01.en.md").write_text("# Terms\n\nBe <kind>.\n", "utf-8")
    asks = config(tmp_path, terms="terms")
    secret = asked(store, asks)
    digest = hashlib.sha256(b"# Terms\n\nBe <kind>.\n").hexdigest()
    with serving(store, asks) as client:
        page, terms = client.get(f"/r/{secret}").text, client.get(f"/r/{secret}/terms")
        client.answer(secret, YES)
    standing = confirm_form(store, POST.id, asks, "Ida", NOW)
    (tmp_path / "terms" / "2026-01.en.md").write_text("# Terms\n\nAll is ours.\n", "utf-8")

    assert digest in page
    assert "Be &lt;kind&gt;." in terms.text
    assert digest == standing.grants[0].event.evidence.terms_sha256
    assert ("terms_changed",) == Desk(store, asks).visit(secret).problems


@embedded
def test_replies_lists_what_waits_and_records_what_is_clear(
    store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asks = config(tmp_path)
    secrets = [asked(store, asks, mention) for mention in (POST, PRIVATE)]
    with serving(store, asks) as client:
        for secret in secrets:
            client.answer(secret, YES)

    assert 1 == show_forms(store, asks, apply=True, by="Ida", as_json=False)
    said = capsys.readouterr().out
    assert f"{POST.id}  yes on its page (not recorded)" in said
    assert "public_link: the link stood in a public message" in said
    assert f"{PRIVATE.id}  yes on its page (recorded)" in said
    assert Permission.GRANTED is standing_of(store, PRIVATE.id).permission
    assert Permission.REQUESTED is standing_of(store).permission


@embedded
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.binary(max_size=300),
    st.sampled_from(
        ["multipart/form-data; boundary=x", "application/x-www-form-urlencoded", "text/plain",
         "multipart/form-data", "multipart/form-data; boundary=" + "y" * 300, ""]
    ),
)  # fmt: skip
def test_whatever_is_posted_records_nothing_and_leaves_nothing(
    store: Store, tmp_path: Path, served: tuple[Client, str], body: bytes, kind: str
) -> None:
    client, secret = served
    for start in (b"", b'--x\r\nContent-Disposition: form-data; name="a"; filename="b"\r\n\r\n'):
        answered = client.post(f"/r/{secret}", start + body, kind)
        assert answered.status in {400, 413, 415, 422}

    assert ["queue", "send"] == steps(store)
    assert [] == list((tmp_path / "sayso.db.uploads").iterdir())


@pytest.fixture
def served(store: Store, tmp_path: Path) -> Any:
    asks = config(tmp_path)
    secret = asked(store, asks)
    with serving(store, asks) as client:
        yield client, secret


def waits(store: Store, asks: Config) -> FormAnswer:
    """Let a yes wait that nothing is in doubt about."""
    secret = asked(store, asks, PRIVATE)
    with serving(store, asks) as client:
        client.answer(secret, YES)
    answer = waiting(store, Permissions(store), PRIVATE.id)
    assert answer is not None
    assert () == answer.doubts
    return answer


HELD = event(Step.HOLD, mention=PRIVATE.id, hold=Hold.DISPUTED)
DECLINED = event(Step.DECLINE, mention=PRIVATE.id)


@embedded
def test_a_hold_since_is_not_overruled_by_a_yes(
    store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asks = config(tmp_path)
    waits(store, asks)
    Permissions(store).record(HELD)

    assert 1 == show_forms(store, asks, apply=True, by="Ida", as_json=False)
    assert "after it hold as disputed was recorded" in capsys.readouterr().err
    with pytest.raises(NoFormAnswer, match=r"after it hold as disputed .* release it first"):
        confirm_form(store, PRIVATE.id, asks, "Ida", NOW)

    Permissions(store).record(dataclasses.replace(HELD, step=Step.RELEASE, reason="settled"))
    assert 1 == show_forms(store, asks, apply=True, by="Ida", as_json=False)
    confirm_form(store, PRIVATE.id, asks, "Ida", NOW)
    expected = ["queue", "send", "hold", "release", "grant"]
    assert expected == steps(store, PRIVATE.id)


@embedded
def test_a_decline_since_is_not_overruled_by_a_yes(store: Store, tmp_path: Path) -> None:
    asks = config(tmp_path)
    answer = waits(store, asks)
    Permissions(store).record(DECLINED)

    assert 0 == show_forms(store, asks, apply=True, by="Ida", as_json=False)
    with pytest.raises(NoFormAnswer, match="after it decline was recorded"):
        confirm_form(store, PRIVATE.id, asks, "Ida", NOW)
    with pytest.raises(NoFormAnswer, match="after it decline was recorded"):
        confirm(store, Permissions(store), answer, asks, "auto", NOW, "auto")
    assert ["queue", "send", "decline"] == steps(store, PRIVATE.id)


@embedded
@pytest.mark.parametrize("meanwhile", [DECLINED, HELD], ids=["decline", "hold"])
def test_what_another_process_records_at_that_moment_is_not_overruled(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, meanwhile: Event
) -> None:
    asks = config(tmp_path)
    waits(store, asks)

    def slowly(*given: Any) -> Evidence:
        Permissions(store).record(meanwhile)
        return with_terms(*given)

    monkeypatch.setattr("search.permissions.form_answers.with_terms", slowly)
    with pytest.raises(IllegalTransition, match="something else meanwhile"):
        confirm_form(store, PRIVATE.id, asks, "Ida", NOW)

    assert ["queue", "send", meanwhile.step.value] == steps(store, PRIVATE.id)


@embedded
def test_nothing_confirms_itself_while_a_hold_is_in_force(store: Store, tmp_path: Path) -> None:
    asks = config(tmp_path)
    answer = waits(store, asks)
    permissions = Permissions(store)
    permissions.record(HELD)
    settle(store, permissions, PRIVATE.id)
    assert keep_answer(store, permissions, answer)

    with pytest.raises(NoFormAnswer, match=r"on hold \(disputed\)"):
        confirm(store, permissions, answer, asks, "auto", NOW, "auto")
