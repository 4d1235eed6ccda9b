"""The report over a search, on every store."""

import dataclasses
import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.context import Context
from pipelines.finishing import keep
from pipelines.stages import enrich
from search.authenticity.accounts import Accounts
from search.authenticity.report import Report, _Reading, make_report
from search.mention import (
    Authenticity,
    Author,
    Kind,
    Mention,
    Rating,
    Sentiment,
    Signal,
    State,
    StoredMention,
    Subject,
)
from search.parsing import parse
from search.query import Everything
from search.stores.base import Store
from tests.crawling import run_sayso
from tests.one_store import store
from tests.stores.conftest import store as both
from tests.stores.inventing import make_mention
from tests.stores.inventing_any import MENTIONS

__all__ = ["both", "store"]

CONTEXT = Context(keep_unmatched=True)
MONDAY = dt.datetime(2026, 1, 5, 12, tzinfo=dt.UTC)
TEXT = "Best kettle that I have ever had in my kitchen, boils fast and looks good on the shelf."
KETTLE = Subject(name="Lumo Pro", url="https://shop.example/lumo", brand="Lumo")


def review(number: int, day: int = 0, **fields: Any) -> Mention:
    whole: dict[str, Any] = {
        "kind": Kind.REVIEW,
        "text": f"Review number {number}",
        "language": "en",
        "site": "shop.example",
        "subject": KETTLE,
        "author": Author(name=f"Buyer {number}x"),
        "published_at": MONDAY + dt.timedelta(days=day),
    }
    return make_mention(number, **(whole | fields))


def of_kind(report: Report, kind: str) -> list[Any]:
    return [finding for finding in report.findings if finding.kind == kind]


def steady(days: int = 60) -> Iterator[Mention]:
    """Three reviews of one brand each day."""
    for day in range(days):
        yield from (review(10 * day + each, day, brands=("Lumo",)) for each in range(3))


def test_groups_of_the_same_text_are_told_with_sites_days_and_ids(both: Store) -> None:
    store = both
    same = [
        review(number, number, text=TEXT, author=Author(name=name), site=site)
        for number, name, site in (
            (1, "Eva", "a.example"),
            (2, "Bo", "b.example"),
            (3, "Eva", "c.example"),
            (4, "Kim", "a.example"),
        )
    ]
    keep(same, store, CONTEXT)

    (found,) = of_kind(make_report(store, Everything()), "same_text")
    assert found.about == TEXT[:80]
    assert found.counted == (
        "3 mentions by 3 authors say the same on a.example, b.example, "
        "from 2026-01-06 to 2026-01-09"
    )
    assert (same[0].id, same[1].id, same[3].id) == found.mentions


def test_a_first_that_the_search_does_not_find_is_told_with_its_copy(store: Store) -> None:
    first = review(1, text=TEXT, author=Author(name="Eva"), site="a.example")
    copy = review(2, 1, text=TEXT, author=Author(name="Bo"), site="b.example")
    keep([first, copy], store, CONTEXT)

    (found,) = of_kind(make_report(store, parse("site:b.example")), "same_text")
    assert (first.id, copy.id) == found.mentions
    assert [] == of_kind(make_report(store, parse("site:a.example")), "same_text")


def test_the_same_text_by_the_same_author_is_no_group(store: Store) -> None:
    keep([review(n, n, text=TEXT, author=Author(name="Eva")) for n in range(4)], store, CONTEXT)

    assert [] == of_kind(make_report(store, Everything()), "same_text")


def test_a_burst_is_told_for_its_brand_and_product_with_its_numbers(store: Store) -> None:
    store.put([*steady(), *(review(5_000 + n, 40, brands=("Lumo",)) for n in range(30))])

    bursts = of_kind(make_report(store, Everything()), "burst")

    assert ["brand Lumo", "product Lumo Pro"] == [burst.about for burst in bursts]
    assert bursts[0].counted == (
        "33 reviews on 2026-02-14, where 3 a day are usual in the 47 days around; "
        "by chance less than once in 1,000,000 days"
    )
    numbers = bursts[0].numbers
    assert ("2026-02-14", 33, 3.0) == (
        numbers["first_day"],
        numbers["reviews"],
        numbers["usual_per_day"],
    )
    assert 33 == len(bursts[0].mentions)


def test_steady_reviews_and_busy_days_of_posts_are_no_burst(store: Store) -> None:
    store.put([*steady(), *(review(5_000 + n, 40, kind=Kind.POST) for n in range(60))])

    assert [] == of_kind(make_report(store, Everything()), "burst")


def test_one_review_on_many_shops_is_no_burst(store: Store) -> None:
    first = review(5_000, 40)
    copies = [
        review(5_001 + n, 40, author=first.author, site=f"shop{n}.example", copy_of=first.id)
        for n in range(60)
    ]
    store.put([*steady(), first, *copies])

    assert [] == of_kind(make_report(store, Everything()), "burst")


def test_accounts_with_many_reviews_of_one_brand_in_one_day_are_told(store: Store) -> None:
    eva = Author(name="Eva", id="7")
    store.put([review(n, 3, author=eva, brands=("Lumo",)) for n in range(3)])
    store.put([review(10 + n, n, author=Author(name="Bo", id="8")) for n in range(9)])

    (found,) = of_kind(make_report(store, Everything()), "account")
    assert ("Eva on shop.example", "3 reviews of Lumo on 2026-01-08") == (
        found.about,
        found.counted,
    )
    assert 3 == len(found.mentions)


@pytest.mark.parametrize(
    ("author", "reviews", "fires"),
    [
        (Author(name="Eva", id="7"), 2, False),
        (Author(name="Eva", url="https://shop.example/eva"), 3, True),
        (Author(name="Eva"), 50, False),
        (Author(name="Eva Lind"), 4, False),
        (Author(name="Eva Lind"), 5, True),
        (Author(name="Amazon Customer"), 50, False),
        (None, 50, False),
    ],
)
def test_who_shows_only_a_name_is_told_later_or_not_at_all(
    author: Author | None,
    reviews: int,
    fires: bool,  # noqa: FBT001 - a case
) -> None:
    accounts = Accounts()
    for number in range(reviews):
        accounts.add(review(number, author=author))

    assert fires == (list(accounts.findings(9)) != [])


def test_the_share_of_each_signal_is_of_those_that_could_have_it(store: Store) -> None:
    one = Authenticity(signal=Signal.ONE_REVIEW_ACCOUNT, evidence="1")
    store.put([review(1, author=Author(name="A", reviews=1), authenticity=(one,))])
    store.put([review(2, author=Author(name="B", reviews=5)), review(3, author=Author(name="C"))])

    (found,) = of_kind(make_report(store, Everything()), "signal")
    assert {"mentions": 1, "among": 2, "share": 0.5} == found.numbers
    assert "1 of 2 mentions whose source counts their author's reviews" in found.counted


def test_what_sources_say_is_counted_and_silence_apart_from_no(store: Store) -> None:
    said = (True, True, False, None)
    store.put([review(n, verified=verified) for n, verified in enumerate(said)])

    (found,) = of_kind(make_report(store, Everything()), "source_says")
    assert "verified" == found.about
    assert {"yes": 2, "no": 1, "not_said": 1} == found.numbers


def test_a_search_larger_than_the_sample_says_so_and_leaves_out_the_day_cut_in_two(
    store: Store,
) -> None:
    launch = [review(5_000 + n, 30, brands=("Lumo",)) for n in range(40)]
    store.put([*steady(), *launch])

    cut = make_report(store, Everything(), sample=100)
    whole = make_report(store, Everything())

    assert (100, 220, True) == (cut.read, cut.found, cut.is_cut)
    assert (220, 220, False) == (whole.read, whole.found, whole.is_cut)
    assert [] == of_kind(cut, "burst")
    assert 2 == len(of_kind(whole, "burst"))


def test_a_burst_on_the_day_that_was_read_in_part_is_not_told(store: Store) -> None:
    store.put([*steady(), *(review(5_000 + n, brands=("Lumo",)) for n in range(40))])

    assert 2 == len(of_kind(make_report(store, Everything()), "burst"))
    assert [] == of_kind(make_report(store, Everything(), sample=215), "burst")


def test_mentions_without_a_date_are_counted_and_in_no_burst(store: Store) -> None:
    store.put([*steady(), *(review(5_000 + n, published_at=None) for n in range(40))])

    report = make_report(store, Everything())
    assert (40, []) == (report.undated, of_kind(report, "burst"))


def test_the_limit_is_kept_for_each_kind(store: Store) -> None:
    store.put([review(n, n // 3, author=Author(name="Eva", id="7")) for n in range(30)])

    assert 4 == len(of_kind(make_report(store, Everything(), limit=4), "account"))


def test_every_finding_says_what_was_counted_and_why_it_may_be_harmless(store: Store) -> None:
    same = [
        review(n, text=TEXT, author=Author(name=name))
        for n, name in ((9_001, "Eva"), (9_002, "Bo"))
    ]
    keep(same, store, CONTEXT)
    store.put([*steady(), *(review(5_000 + n, 40, brands=("Lumo",)) for n in range(30))])
    eva = Author(name="Eva", id="7")
    store.put([review(7_000 + n, author=eva, verified=True) for n in range(3)])

    findings = make_report(store, Everything()).findings
    assert {"same_text", "burst", "account", "signal", "source_says"} == {
        finding.kind for finding in findings
    }
    assert all(finding.counted and finding.harmless for finding in findings)


def test_an_empty_store_has_nothing_to_tell(store: Store) -> None:
    report = make_report(store, Everything())

    assert (0, 0, ()) == (report.read, report.found, report.findings)


def test_signals_and_what_sources_say_can_be_searched(store: Store) -> None:
    gift = review(1, text="I received this product for free.", verified=True, incentivised=False)
    rest = review(2, author=Author(name="B", reviews=1), incentivised=True)
    store.put([enrich(gift, CONTEXT), enrich(rest, CONTEXT)])

    def found(query: str) -> list[str]:
        return [each.mention.source_id for each in store.iterate(parse(query))]

    assert [gift.source_id] == found("signal:incentive_words")
    assert [gift.source_id] == found("verified:true") == found("incentivised:false")
    assert [rest.source_id] == found("incentivised:true") == found("author.reviews:1")
    assert [rest.source_id] == found("signal:one_review_account -signal:incentive_words")


ANY = st.builds(
    lambda mention, extra: dataclasses.replace(mention, **extra),
    MENTIONS,
    st.fixed_dictionaries(
        {
            "kind": st.just(Kind.REVIEW),
            "copy_of": st.none() | st.sampled_from(["00" * 16, "11" * 16, "x"]),
            "verified": st.none() | st.booleans(),
            "authenticity": st.lists(
                st.builds(Authenticity, signal=st.sampled_from(Signal), evidence=st.text()),
                max_size=3,
            ).map(tuple),
        }
    ),
)


class _Firsts:
    """A store that has none of the firsts."""

    def fetch(self, _: object) -> dict[str, StoredMention]:
        return {}


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(ANY, max_size=8))
def test_any_mentions_can_be_reported_on(mentions: list[Mention]) -> None:
    def told() -> list[Any]:
        reading = _Reading()
        for mention in mentions:
            reading.add(StoredMention(mention=mention, state=State()))
        return [
            *reading.same_texts.findings(_Firsts(), 9),  # type: ignore[arg-type]  # all it asks
            *reading.timelines.findings(9, read_behind=None),
            *reading.accounts.findings(9),
            *reading.shares(),
        ]

    findings = told()
    assert findings == told()
    for finding in findings:
        json.dumps(dict(finding.numbers))
        assert finding.counted
        assert finding.harmless


def lines_of_a_burst() -> list[dict[str, object]]:
    days = [day for day in range(40) for _ in range(2)] + [20] * 30
    return [
        {
            "url": f"https://shop.example/{number}",
            "text": f"Kettle number {number} is fine",
            "kind": "review",
            "subject": {"name": "Lumo Pro"},
            "author": {"name": f"Buyer {number}", "reviews": 1},
            "published_at": f"{dt.date(2026, 3, 1) + dt.timedelta(days=day)}T12:00:00Z",
            "verified": True,
        }
        for number, day in enumerate(days)
    ]


def test_the_command_prints_what_was_found(tmp_path: Path) -> None:
    lines = lines_of_a_burst()
    (tmp_path / "a.ndjson").write_text("\n".join(map(json.dumps, lines)))
    run_sayso("import", "a.ndjson", cwd=tmp_path)

    plain = run_sayso("authenticity", "kettle", cwd=tmp_path)
    told = run_sayso("authenticity", "kettle", "--json", cwd=tmp_path)
    nothing = run_sayso("authenticity", "kind:episode", cwd=tmp_path)

    assert 0 == plain.returncode, plain.stderr
    assert plain.stdout.startswith("burst\tproduct Lumo Pro\t32 reviews on 2026-03-21, where 2 a")
    assert "read 110 mentions" in plain.stderr
    assert "none a verdict" in plain.stderr
    documents = [json.loads(line) for line in told.stdout.splitlines()]
    assert ["read", "burst", "signal", "source_says"] == [each["kind"] for each in documents]
    assert (110, 110) == (documents[0]["found"], documents[0]["read"])
    assert 32 == len(documents[1]["mentions"])
    assert "nothing stands out" in nothing.stderr


def test_columns_of_other_programs_are_understood(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(
        "url,text,verified_purchase,received_for_free,num_reviews,reviewer,product_description\n"
        "https://a.example/1,Fine kettle,Y,false,1,Eva,A kettle of steel\n"
        "https://a.example/2,Bad kettle,n,True,12,Bo,\n"
        "https://a.example/3,Just a kettle,,,,Kim,\n"
        "https://a.example/4,Odd kettle,perhaps,,,Ali,\n"
    )
    done = run_sayso("import", "a.csv", cwd=tmp_path)
    run_sayso("export", "mentions", "kettle", "--format", "ndjson", cwd=tmp_path)
    lines = (tmp_path / "mentions.ndjson").read_text("utf-8").splitlines()

    assert "verified: 'perhaps' is not true or false" in done.stderr + done.stdout
    documents = {each["url"][-1]: each for each in map(json.loads, lines)}
    assert [(True, False), (False, True), (None, None)] == [
        (documents[name].get("verified"), documents[name].get("incentivised")) for name in "123"
    ]
    assert (1, 12) == (documents["1"]["author"]["reviews"], documents["2"]["author"]["reviews"])
    assert ["one_review_account"] == [each["signal"] for each in documents["1"]["authenticity"]]


def test_an_import_sets_no_signals_and_the_conflict_of_stars_is_found_anew(tmp_path: Path) -> None:
    document = {
        "url": "https://a.example/1",
        "text": "Fine kettle",
        "authenticity": [{"signal": "copied_from_page", "evidence": "made up"}],
    }
    (tmp_path / "a.ndjson").write_text(json.dumps(document))
    run_sayso("import", "a.ndjson", cwd=tmp_path)

    assert "" == run_sayso("search", "signal:*", "--json", cwd=tmp_path).stdout.strip()


def test_a_column_of_signals_is_not_taken(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(
        "url,text,authenticity.signal\nhttps://a.example/1,Fine kettle,copied_from_page\n"
    )
    done = run_sayso("import", "a.csv", cwd=tmp_path)
    found = run_sayso("search", "kettle", "--json", cwd=tmp_path).stdout

    assert 0 == done.returncode, done.stderr
    assert "kettle" in found
    assert "copied_from_page" not in found


def test_signals_of_a_rating_need_stars_and_words() -> None:
    reading = _Reading()
    sentiment = Sentiment(value=1, method="stars", text_value=-1, conflict=True)
    rated = review(1, rating=Rating(stars=5, value=5), sentiment=sentiment)
    for mention in (rated, review(2)):
        reading.add(StoredMention(mention=enrich(mention, CONTEXT), state=State()))

    assert all(finding.numbers["among"] <= 2 for finding in reading.shares())
