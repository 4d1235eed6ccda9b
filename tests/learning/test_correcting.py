"""What a person says of a mention stays, and is learnt from."""

from pipelines.context import Context
from pipelines.correcting import correct, take_back
from pipelines.finishing import keep
from pipelines.lessons import from_store
from pipelines.retagging import retag
from pipelines.stages import enrich
from search.mention import Feeling, Purpose
from search.query import Everything
from search.stores.base import Store
from tests.learning.inventing import reviews, unrated
from tests.stores.conftest import store

__all__ = ["store"]

CONTEXT = Context(keep_unmatched=True)


def test_a_correction_beats_stars_and_stays(store: Store) -> None:
    mention = enrich(reviews(1)[0], CONTEXT)
    store.put([mention])

    corrected = correct(store, mention.id[:8], sentiment=Feeling.NEGATIVE)
    keep([mention], store, CONTEXT)  # a crawl sees it again
    retag(store, Everything(), CONTEXT)

    now = store.get(mention.id).mention
    assert corrected.sentiment == now.sentiment
    assert now.sentiment is not None
    assert (Feeling.NEGATIVE, "person") == (now.sentiment.label, now.sentiment.method)
    assert ("positive 1 stars",) == now.sentiment.earlier
    lesson = next(iter(from_store(store)))
    assert ("negative", True) == (lesson.label, lesson.is_corrected)


def test_a_correction_survives_an_edit_of_the_text(store: Store) -> None:
    mention = unrated("Det var gott.")
    store.put([enrich(mention, CONTEXT)])
    correct(store, mention.id, sentiment=Feeling.NEGATIVE, intent=Purpose.COMPLAINT)

    edited = unrated("Det var gott, verkligen underbart! Tack!")
    keep([enrich(edited, CONTEXT)], store, CONTEXT)

    now = store.get(mention.id).mention
    assert edited.text == now.text
    assert now.sentiment is not None
    assert now.intent is not None
    assert ("person", "person") == (now.sentiment.method, now.intent.method)
    assert (Feeling.NEGATIVE, Purpose.COMPLAINT) == (now.sentiment.label, now.intent.label)


def test_a_correction_can_be_changed_and_taken_back(store: Store) -> None:
    mention = unrated("Det var gott.")
    store.put([enrich(mention, CONTEXT)])
    correct(store, mention.id, sentiment=Feeling.NEGATIVE, intent=Purpose.QUESTION)
    correct(store, mention.id, sentiment=Feeling.NEUTRAL)
    changed = store.get(mention.id).mention.sentiment

    take_back(store, mention.id)
    retag(store, Everything(), CONTEXT)

    now = store.get(mention.id).mention
    assert changed is not None
    assert Feeling.NEUTRAL is changed.label
    assert now.sentiment is not None
    assert (Feeling.POSITIVE, True) == (
        now.sentiment.label,
        now.sentiment.method.startswith("words"),
    )
    assert now.intent is None
    assert now.sentiment.earlier[-1].endswith("person-withdrawn")
