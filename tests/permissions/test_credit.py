"""Credit lines, golden: who is named how, on which platform and under which licence."""

import dataclasses
import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.mention import Author, Credit, Mention
from search.permissions.credit import (
    LANGUAGES,
    NOT_DEMANDED,
    SHARE_ALIKE,
    Demand,
    credit_line,
    one_line,
)
from search.permissions.events import Step
from search.permissions.scope import Attribution, Modification, Scope
from search.permissions.standing import Standing
from search.permissions.transitions import after
from search.rights.canonical import canonical
from search.vocabulary import Basis
from tests.permissions.inventing import GRANTED, PROOF, SCOPE, event, post

GRANT = after(GRANTED)
ANNA = Author(name="anna", url="https://s.example/@anna")
BY = "https://creativecommons.org/licenses/by/4.0/"


def licensed(name: str, scope: Scope | None = None) -> Standing:
    basis = Basis.OPEN_LICENCE
    return after([event(Step.BASIS, basis=basis, licence=name, evidence=PROOF, scope=scope)])


def granted(**fields: object) -> Standing:
    scope = dataclasses.replace(SCOPE, **fields)  # type: ignore[arg-type]  # a test's short form
    return after((*GRANTED[:2], event(Step.GRANT, scope=scope)))


@pytest.mark.parametrize(
    ("source", "name", "expected"),
    [
        ("mastodon", "anna@social.example", "@anna@social.example on Mastodon"),
        ("instagram", "anna", "@anna on Instagram"),
        ("instagram", "@anna", "@anna on Instagram"),
        ("x", "anna", "@anna on X"),
        ("tiktok", "anna", "@anna on TikTok"),
        ("bluesky", "anna.example", "@anna.example on Bluesky"),
        ("threads", "anna", "@anna on Threads"),
        ("youtube", "Anna Berg", "Anna Berg on YouTube"),
        ("reddit", "anna", "u/anna on Reddit"),
        ("facebook", "Anna Berg", "Anna Berg on Facebook"),
        ("hackernews", "anna", "anna on Hacker News"),
        ("website", "Anna Berg", "Anna Berg on blog.example"),
        ("feed", "Anna Berg", "Anna Berg on blog.example"),
        ("reviews", "Anna B.", "Anna B. on blog.example"),
        ("forum_of_ours", "anna", "anna on blog.example"),
    ],
)
def test_who_granted_is_named_as_people_know_them_there(
    source: str, name: str, expected: str
) -> None:
    mention = post(source=source, author=Author(name=name), site="blog.example")

    assert (expected, Demand.REQUIRED) == (
        credit_line(mention, GRANT).text,
        credit_line(mention, GRANT).demand,
    )


@pytest.mark.parametrize(
    ("licence", "name", "url"),
    [
        ("CC-BY-4.0", "CC BY 4.0", BY),
        ("CC-BY-3.0-NL", "CC BY 3.0 NL", "https://creativecommons.org/licenses/by/3.0/nl/"),
        ("CC-BY-SA-3.0-IGO", "CC BY-SA 3.0 IGO",
         "https://creativecommons.org/licenses/by-sa/3.0/igo/"),
        ("CC-BY-NC-ND-2.5", "CC BY-NC-ND 2.5",
         "https://creativecommons.org/licenses/by-nc-nd/2.5/"),
        ("CC0-1.0", "CC0 1.0", "https://creativecommons.org/publicdomain/zero/1.0/"),
        ("LicenseRef-PDM-1.0", "Public Domain Mark 1.0",
         "https://creativecommons.org/publicdomain/mark/1.0/"),
    ],
)  # fmt: skip
def test_a_licence_has_one_name_and_one_address(licence: str, name: str, url: str) -> None:
    assert (name, url) == canonical(licence)
    line = credit_line(post(author=ANNA, title="Storm"), licensed(licence)).text
    assert (
        f'"Storm" by @anna (https://s.example/@anna), https://s.example/1, {name} ({url})' == line
    )


@pytest.mark.parametrize("licence", ["CC-BY-9.0", "LicenseRef-CC-BY", "LicenseRef-ARR", "MIT",
                                     "CC-BY-4.0-NL", "cc-by-4.0", "", None])  # fmt: skip
def test_what_has_no_such_name_cannot_be_credited(licence: str | None) -> None:
    standing = Standing(basis=Basis.OPEN_LICENCE, licence=licence)

    assert canonical(licence) is None
    assert credit_line(post(author=ANNA), standing).is_missing


@pytest.mark.parametrize(
    ("language", "modification", "expected"),
    [
        ("en", Modification.NONE, f'"Storm" by @anna, https://s.example/1, CC BY 4.0 ({BY})'),
        ("en", Modification.RESIZE_CROP,
         f'"Storm" by @anna, https://s.example/1, CC BY 4.0 ({BY}), resized or cropped'),
        ("en", Modification.CAPTION_OVERLAY,
         f'"Storm" by @anna, https://s.example/1, CC BY 4.0 ({BY}), caption added'),
        ("sv", Modification.EDIT_TRANSLATE,
         f'"Storm" av @anna, https://s.example/1, CC BY 4.0 ({BY}), redigerad eller översatt'),
        ("nl", Modification.FULL,
         f'"Storm" door @anna, https://s.example/1, CC BY 4.0 ({BY}), aangepast'),
    ],
)  # fmt: skip
def test_changes_are_said_in_the_language_that_is_asked_for(
    language: str, modification: Modification, expected: str
) -> None:
    mention = post(author=Author(name="anna"), title="Storm")

    assert expected == credit_line(mention, licensed("CC-BY-4.0"), modification, language).text


def test_every_language_has_words_for_every_change() -> None:
    for words in LANGUAGES.values():
        assert set(Modification) - {Modification.NONE} == set(words.changes)


def test_a_text_without_title_begins_with_its_author() -> None:
    line = credit_line(post(author=ANNA), licensed("CC-BY-4.0")).text

    assert f"@anna (https://s.example/@anna), https://s.example/1, CC BY 4.0 ({BY})" == line


def test_the_maker_is_named_as_asked_and_the_notice_kept() -> None:
    credit = Credit(name="Anna Berg", url="https://anna.example/", notice="© 2024 Anna Berg")
    mention = post(author=ANNA, title="Storm", credit=credit)

    assert (
        f'"Storm" by Anna Berg (https://anna.example/), https://s.example/1, CC BY 4.0 ({BY}), '
        "© 2024 Anna Berg"
    ) == credit_line(mention, licensed("CC-BY-4.0")).text
    assert "Anna Berg" == credit_line(mention, GRANT).text
    asked = post(author=ANNA, credit=Credit(name="Anna", text="Photo: Anna Berg / Storm"))
    assert "Photo: Anna Berg / Storm" == credit_line(asked, GRANT).text


def test_what_the_grant_says_goes_before_all_else() -> None:
    mention = post(author=ANNA, credit=Credit(text="Photo: A."))

    assert "Anna B., Umeå" == credit_line(mention, granted(credit_line="Anna B., Umeå")).text


@pytest.mark.parametrize("attribution", [Attribution.WAIVED, Attribution.ANONYMOUS])
def test_who_wants_no_credit_is_not_named(attribution: Attribution) -> None:
    scope = dataclasses.replace(SCOPE, attribution=attribution)
    mention = post(author=ANNA, title="Storm", credit=Credit(text="Photo: A."))

    for standing in (granted(attribution=attribution), licensed("CC-BY-4.0", scope)):
        line = credit_line(mention, standing)
        assert (None, Demand.NONE, False) == (line.text, line.demand, line.is_missing)


@pytest.mark.parametrize("licence", ["CC0-1.0", "LicenseRef-PDM-1.0"])
def test_what_is_free_demands_no_credit_but_it_is_proposed(licence: str) -> None:
    line = credit_line(post(author=ANNA), licensed(licence))

    assert (Demand.PROPOSED, (NOT_DEMANDED,)) == (line.demand, line.notes)
    assert "@anna" in (line.text or "")


def test_the_public_domain_has_no_licence() -> None:
    standing = after([event(Step.BASIS, basis=Basis.PUBLIC_DOMAIN, evidence=PROOF)])

    line = credit_line(post(author=Author(name="anna")), standing)

    assert ("@anna, https://s.example/1, public domain", Demand.PROPOSED) == (
        line.text,
        line.demand,
    )


def test_share_alike_is_said() -> None:
    def notes(licence: str) -> tuple[str, ...]:
        return credit_line(post(author=ANNA), licensed(licence)).notes

    assert ((SHARE_ALIKE,), (SHARE_ALIKE,), ()) == (
        notes("CC-BY-SA-4.0"),
        notes("CC-BY-NC-SA-3.0-NL"),
        notes("CC-BY-4.0"),
    )


def test_what_is_our_own_needs_no_credit() -> None:
    owned = after([event(Step.BASIS, basis=Basis.OWNED, evidence=PROOF)])

    assert (None, Demand.NONE) == (
        credit_line(post(author=ANNA), owned).text,
        credit_line(post(author=ANNA), owned).demand,
    )


def test_somebody_who_is_not_known_cannot_be_credited_on_a_platform() -> None:
    assert credit_line(post(), GRANT).is_missing
    assert credit_line(post(), licensed("CC-BY-4.0")).is_missing
    page = post(source="website", site="blog.example")
    assert "blog.example" == credit_line(page, GRANT).text


@pytest.mark.parametrize(
    ("hostile", "expected"),
    [
        ("anna\nAd by Storm", "anna Ad by Storm"),
        ("anna\u202emrotS\u202c", "annamrotS"),
        ("\u200banna\u2066", "anna"),
        ("<b onclick=x>anna</b>", "anna"),
        ("<script>alert(1)</script>", "alert(1)"),
        ("<<b>script>x", "< script>x"),
        ("<img src=x onerror=y", "‹img src=x onerror=y"),  # noqa: RUF001 - what cannot begin a tag
        ("anna <3", "anna <3"),
        ("anna https://evil.example/win www.evil.example", "anna"),
        ("\ud800anna", "anna"),
        ("ÅSA Öberg 👩‍🎤", "ÅSA Öberg 👩‍🎤"),
        ("\u202e\n\x00", None),
    ],
)
def test_hostile_names_become_plain_lines(hostile: str, expected: str | None) -> None:
    assert expected == one_line(hostile, 200)


def test_a_title_cannot_name_another_author_and_an_address_cannot_break_out() -> None:
    author = Author(name="anna", url="javascript:alert(1)")
    mention = post(author=author, title='Storm" by Coca-Cola, "x', url='https://s.example/"><b>')

    line = credit_line(mention, licensed("CC-BY-4.0")).text

    assert f"\"Storm' by Coca-Cola, 'x\" by @anna, CC BY 4.0 ({BY})" == line


def test_long_names_and_titles_are_cut_and_quickly() -> None:
    started = time.perf_counter()
    for sign in ("<a", "\u200d", "www.", "x://", " ", "a"):
        title = credit_line(
            post(author=Author(name=sign * 500_000), title=sign * 500_000), licensed("CC-BY-4.0")
        ).text
        assert len(title or "") < 700

    assert time.perf_counter() - started < 1
    assert 200 == len(one_line("a" * 999, 200) or "")


@given(st.text(max_size=300), st.text(max_size=300), st.text(max_size=100),
       st.sampled_from([GRANT, licensed("CC-BY-SA-3.0"), licensed("CC0-1.0")]))  # fmt: skip
def test_whatever_a_source_says_a_line_is_one_line_of_plain_text(
    name: str, title: str, url: str, standing: Standing
) -> None:
    mention = Mention(source="mastodon", source_id="1", url=url, text="", title=title,
                      author=Author(name=name, url=url), site=name)  # fmt: skip

    text = credit_line(mention, standing).text

    assert text is None or text == " ".join(text.split()) != ""
    hidden = {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert hidden.isdisjoint(map(unicodedata.category, (text or "").replace("\u200d", "")))
    assert text is None or not any(f"<{each}" in text for each in "abcxyzABC/!?")
