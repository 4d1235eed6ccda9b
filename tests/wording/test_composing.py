"""Messages: the words of every template, the size that fits, and what is never composed."""

import dataclasses
import datetime as dt
import hashlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.permissions.scope import Attribution, Modification, Remuneration
from search.permissions.wording.composing import (
    TEMPLATES,
    Composed,
    Situation,
    TooLong,
    compose,
)
from search.permissions.wording.lengths import Unit, length
from search.permissions.wording.particulars import BadParticulars
from search.permissions.wording.platforms import ContactRefused, Way
from search.permissions.wording.shelf import read_shelf, shipped
from search.permissions.wording.templates import BadTemplate, Purpose, Size, Template
from tests.wording.sample import OWN, SAMPLE, request, sample, scope, write_own

GOLDEN = Path(__file__).parent / "golden"
PLATFORM_OF = {Size.S: "tiktok", Size.M: "x", Size.L: "instagram"}
MOST = {
    Size.S: (Unit.UTF16, 142),
    Size.M: (Unit.GRAPHEMES, 272),
    Size.L: (Unit.BYTES, 803),
}
"""How long each size is with the sample's values, at most."""


def message(template: Template, after: Composed | None = None) -> Composed:
    situation = Situation(platform=PLATFORM_OF[template.size], language=template.language)
    return compose(SAMPLE, situation, purpose=template.purpose, after=after)


def reminded(language: str) -> Composed:
    """A request after which a reminder is allowed, as one's own template may allow it."""
    return dataclasses.replace(request("tiktok", language), allow_reminder=True)


@pytest.mark.parametrize("template", shipped().templates, ids=lambda each: each.name)
def test_every_template_reads_as_reviewed_and_fits(template: Template) -> None:
    after = reminded(template.language) if template.purpose is Purpose.REMINDER else None
    golden = GOLDEN / f"{template.id}-{template.size}-{template.language}.txt"

    found = message(template, after)

    assert golden.read_text("utf-8") == found.text + "\n"
    assert (template.id, template.version, template.size) == (
        found.template_id, found.template_version, found.size,
    )  # fmt: skip
    unit, most = MOST[template.size]
    assert length(found.text, unit) <= most


def test_every_golden_text_belongs_to_a_template() -> None:
    names = {f"{each.id}-{each.size}-{each.language}" for each in shipped().templates}

    assert names == {path.stem for path in GOLDEN.iterdir()}


@pytest.mark.parametrize(
    ("platform", "size"),
    [
        ("tiktok", "S"), ("x", "M"), ("bluesky", "M"), ("mastodon", "M"), ("threads", "M"),
        ("instagram", "L"), ("youtube", "L"), ("reddit", "L"), ("facebook", "L"),
        ("website", "L"), ("some_forum", "M"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("language", ["en", "sv", "nl"])
def test_the_largest_size_that_fits_is_taken(platform: str, size: str, language: str) -> None:
    found = request(platform, language)

    assert size == found.size
    assert found.limit is None or found.count <= found.limit


def test_a_message_says_all_that_has_to_be_kept_of_it() -> None:
    found = request("x", "sv")

    assert dataclasses.asdict(found) == {
        "text": (GOLDEN / "permission-M-sv.txt").read_text("utf-8").rstrip("\n"),
        "sha256": hashlib.sha256(found.text.encode()).hexdigest(),
        "purpose": Purpose.REQUEST,
        "template_id": "permission",
        "template_version": 1,
        "language": "sv",
        "language_wanted": "sv",
        "size": "M",
        "count": 254,
        "unit": Unit.X,
        "limit": 280,
        "platform": "x",
        "way": Way.PUBLIC_REPLY,
        "mode": "by hand",
        "note": found.note,
        "allow_reminder": False,
    }
    assert "by hand" in found.note


@pytest.mark.parametrize(
    ("wanted", "language"),
    [("sv", "sv"), ("nl-BE", "nl"), ("fi", "en"), (None, "en"), ("und", "en")],
)
def test_english_stands_in_and_the_result_says_so(wanted: str | None, language: str) -> None:
    found = request("x", wanted)

    assert (language, wanted) == (found.language, found.language_wanted)


def test_too_long_for_every_size_is_refused_never_cut() -> None:
    with pytest.raises(TooLong) as caught:
        request("tiktok", handle="x" * 150)

    assert (273, 150, "TikTok") == (
        caught.value.count, caught.value.limit, caught.value.platform,
    )  # fmt: skip
    assert str(caught.value) == (
        "TikTok: the smallest message has 273, 150 are allowed in a public reply "
        "(counted as utf16)"
    )


@given(st.integers(1, 1200), st.sampled_from(["en", "sv", "nl"]))
def test_any_limit_gives_the_largest_that_fits_or_an_error(limit: int, language: str) -> None:
    situation = Situation(platform="mastodon", language=language, limit=limit)
    smallest = compose(SAMPLE, dataclasses.replace(situation, platform="tiktok", limit=150))
    if length(smallest.text, Unit.MASTODON) > limit:
        with pytest.raises(TooLong):
            compose(SAMPLE, situation)
        return

    found = compose(SAMPLE, situation)

    assert found.count == length(found.text, Unit.MASTODON) <= limit == found.limit
    assert SAMPLE.url in found.text.split()


def test_what_fits_exactly_fits() -> None:
    count = request("mastodon").count

    assert compose(SAMPLE, Situation(platform="mastodon", limit=count)).size == "M"
    assert compose(SAMPLE, Situation(platform="mastodon", limit=count - 1)).size == "S"


def test_a_server_s_own_limit_gives_room_for_more() -> None:
    assert compose(SAMPLE, Situation(platform="mastodon", limit=5_000)).size == "L"
    with pytest.raises(BadParticulars, match="limit -1"):
        compose(SAMPLE, Situation(platform="mastodon", limit=-1))


def test_away_from_the_post_only_a_text_with_its_link_and_a_person_will_do() -> None:
    situation = Situation(platform="mastodon", they_wrote=True, way=Way.DIRECT_MESSAGE)

    with pytest.raises(TooLong, match=r"Mastodon: the smallest message has 6.., 500 are allowed"):
        compose(SAMPLE, situation)
    assert compose(SAMPLE, dataclasses.replace(situation, platform="instagram")).size == "L"


@pytest.mark.parametrize("named", ["handle", "post_url", "person"])
def test_an_own_template_without_link_and_person_is_not_for_a_form(
    tmp_path: Path, named: str
) -> None:
    write_own(tmp_path, OWN.replace("{handle},", f"{{{named}}} ,"))

    with pytest.raises(BadTemplate, match=r"'spring' is a request for a form, with \{post_url\}"):
        compose(
            SAMPLE,
            Situation(platform="website"),
            template_id="spring",
            shelf=read_shelf(tmp_path),
        )


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"handle": None}, "nothing is given for {handle}"),
        (
            {"person": None, "token": None, "respond_by": None, "privacy_url": None},
            "nothing is given for {date}, {person}, {privacy_url}, {token}",
        ),
        ({"scope": scope(paid_ads=True)}, "it says that there are no paid ads"),
        (
            {"scope": scope(modification=Modification.FULL)},
            "it allows modification up to resize_crop, not full",
        ),
        ({"scope": scope(takedown_days=30)}, "it promises removal in 7 days, not 30"),
        (
            {"scope": scope(remuneration=Remuneration.MONEY)},
            "it says remuneration none, not money",
        ),
        (
            {"scope": scope(attribution=Attribution.WAIVED)},
            "it says attribution required, not waived",
        ),
    ],
)
def test_a_text_that_would_lie_or_lack_something_is_not_made(
    changes: dict[str, Any], problem: str
) -> None:
    with pytest.raises(BadTemplate) as caught:
        request("instagram", **changes)

    assert str(caught.value).startswith("template permission 1 (en, L)")
    assert problem in str(caught.value)


@pytest.mark.parametrize(
    ("language", "words"), [("en", "1 month,"), ("sv", "1 månad,"), ("nl", "1 maand ")]
)
def test_one_month_is_not_months(language: str, words: str) -> None:
    one = scope(valid_until=dt.date(2026, 12, 31))

    assert f" {words}" in request("x", language, scope=one).text


def test_where_nobody_may_be_asked_nothing_is_composed() -> None:
    with pytest.raises(ContactRefused, match="Google Maps"):
        request("google_places")


def test_a_reminder_needs_a_request_that_allowed_it() -> None:
    situation = Situation(platform="tiktok")

    with pytest.raises(ContactRefused, match="a reminder follows a request"):
        compose(SAMPLE, situation, purpose=Purpose.REMINDER)
    with pytest.raises(ContactRefused, match=r"permission 1 \(en, S\), which allows no reminder"):
        compose(SAMPLE, situation, purpose=Purpose.REMINDER, after=request("tiktok"))
    with pytest.raises(ContactRefused, match="where the request went: tiktok"):
        compose(SAMPLE, Situation(platform="x"), purpose=Purpose.REMINDER, after=reminded("en"))


def test_a_reminder_goes_the_way_the_request_went() -> None:
    after = dataclasses.replace(reminded("en"), way=Way.DIRECT_MESSAGE)

    with pytest.raises(ContactRefused, match="by direct message an author may not be asked now"):
        compose(SAMPLE, Situation(platform="tiktok"), purpose=Purpose.REMINDER, after=after)


def test_a_reminder_follows_no_reminder() -> None:
    first = compose(
        SAMPLE, Situation(platform="tiktok"), purpose=Purpose.REMINDER, after=reminded("en")
    )

    assert not first.allow_reminder
    with pytest.raises(ContactRefused, match="a reminder follows a request"):
        compose(SAMPLE, Situation(platform="tiktok"), purpose=Purpose.REMINDER, after=first)


def test_an_own_template_is_used_by_its_id(tmp_path: Path) -> None:
    write_own(tmp_path, OWN)
    shelf = read_shelf(tmp_path)

    found = compose(SAMPLE, Situation(platform="x"), template_id="spring", shelf=shelf)

    assert found.text == (
        "Hi @annaandersson9, Espresso House here.\nMay we show your post? " + SAMPLE.url
    )
    assert found.allow_reminder


def test_an_own_language_needs_its_words_before_it_can_be_filled(tmp_path: Path) -> None:
    content = OWN.replace('"en"', '"de"').replace("allow_reminder = true", "")
    write_own(tmp_path, content)

    with pytest.raises(BadTemplate, match=r"no words for this language.*phrases/de\.toml"):
        compose(
            SAMPLE,
            Situation(platform="x", language="de"),
            template_id="spring",
            shelf=read_shelf(tmp_path),
        )


def test_a_template_for_something_else_is_not_taken() -> None:
    with pytest.raises(BadTemplate, match="no template 'thanks' is a request"):
        compose(SAMPLE, Situation(platform="x"), template_id="thanks")


def test_thanks_need_no_scope() -> None:
    found = compose(sample(scope=None), Situation(platform="x"), purpose=Purpose.THANKS)

    assert found.template_id == TEMPLATES[Purpose.THANKS]
