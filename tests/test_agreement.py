"""How often two ways of telling a sentiment agree, and how sure that is."""

import pytest

from search.agreement import agreement_of, wilson
from search.mention import Feeling, Opinion, Sentiment, State, StoredMention
from tests.stores.inventing import make_mention

MODEL = "transformer-x/1"


def compared(number: int, language: str, method: str | None, *, agree: bool) -> StoredMention:
    """Invent a mention that is negative by one method, and by the model or not."""
    label = Feeling.NEGATIVE if agree else Feeling.NEUTRAL
    sentiment = Sentiment(label=Feeling.NEGATIVE, value=-1, method=method) if method else None
    mention = make_mention(
        number,
        language=language,
        sentiment=sentiment,
        second_opinion=Opinion(label=label, value=0, method=MODEL),
    )
    return StoredMention(mention=mention, state=State())


def test_each_language_and_way_of_deciding_has_a_line_of_its_own() -> None:
    mentions = [
        *(compared(n, "en", "words-en/2", agree=n < 6) for n in range(8)),
        *(compared(n, "en", "stars", agree=True) for n in range(3)),
        *(compared(n, "sv", "words-sv/2", agree=False) for n in range(2)),
        compared(1, "nl", None, agree=False),
        StoredMention(mention=make_mention(99), state=State()),
    ]

    rows = agreement_of(mentions)

    assert [
        ("en", "words", 8, 6, 0.75),
        ("en", "stars", 3, 3, 1.0),
        ("sv", "words", 2, 0, 0.0),
        ("nl", "not known", 1, None, None),
    ] == [(row.language, row.decided_by, row.mentions, row.agree, row.share) for row in rows]
    assert (None, None) == (rows[3].low, rows[3].high)
    assert pytest.approx((0.4093, 0.9285), abs=1e-4) == (rows[0].low, rows[0].high)
    assert {MODEL} == {row.model for row in rows}


@pytest.mark.parametrize(
    ("count", "total", "low", "high"),
    [(0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (81, 263, 0.2553, 0.3662)],
)
def test_the_interval_is_wilson_s(count: int, total: int, low: float, high: float) -> None:
    """The last is an example of R. G. Newcombe, *Two-sided confidence intervals*, 1998."""
    assert (low, high) == pytest.approx(wilson(count, total), abs=1e-4)
