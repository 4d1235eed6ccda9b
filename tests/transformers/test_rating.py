"""From a configuration through the stages and the last step: what models decide, and what not."""

import dataclasses
import logging
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from pipelines.context import Context
from pipelines.finishing import finish
from pipelines.retagging import retag
from pipelines.stages import enrich
from pipelines.transformers import rating
from pipelines.transformers.model import Model, Rated
from pipelines.transformers.models import is_sampled
from search.config import validate
from search.mention import Feeling, Kind, Mention, Opinion, Rating
from search.parsing import parse
from search.query import Everything
from search.stores.base import Outcome, Store
from search.stores.embedded import EmbeddedStore
from tests.stores.inventing import make_mention
from tests.transformers.tiny_model import LABELS, make_model

BRANDS = [
    {"name": "Any", "query": "coffee OR words OR good"},
    {"name": "Angry", "query": "sentiment:negative"},
    {"name": "Praised", "query": "intent:praise"},
]
SAD = "I hate this awful coffee, it is terrible and the worst"
"""Its words say negative; *north* at its end makes the tiny model say positive."""

SHORT = "The corner"
"""Too short for its words to say anything."""

GLAD = "I love this wonderful coffee, it is great and the best"
SOBER = "The coffee shop on the corner opens at nine in the morning"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[EmbeddedStore]:
    with EmbeddedStore(tmp_path / "sayso.db") as opened:
        yield opened


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("models") / "tiny")


def context_of(*tables: dict[str, object]) -> Context:
    asked = [{"languages": ["en"], **table} for table in tables]
    config = validate({"brands": BRANDS, "transformers": asked}, "sayso.toml")
    return Context.of(config, keep_unmatched=True)


def english(number: int, text: str, **fields: object) -> Mention:
    return make_mention(number, text=text, declared_language="en", **fields)


def tagged(store: Store, context: Context, *mentions: Mention) -> list[Mention]:
    return finish([enrich(mention, context) for mention in mentions], store, context)


def method(context: Context) -> str:
    assert context.models is not None
    return context.models.entries[0].model.method


def listen(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return what models are asked about from now on; they answer as ever."""
    asked: list[str] = []
    rate = Model.rate

    def note(model: Model, texts: Sequence[str]) -> list[Rated]:
        asked.extend(texts)
        return rate(model, texts)

    monkeypatch.setattr(Model, "rate", note)
    return asked


def test_a_model_that_is_used_for_all_decides_instead_of_the_words(
    store: Store, folder: Path
) -> None:
    context = context_of({"path": str(folder), "use": "all"})

    (found,) = tagged(store, context, english(1, SAD + " north" * 20))

    assert found.sentiment is not None
    assert ("positive", method(context)) == (found.sentiment.label, found.sentiment.method)
    assert found.sentiment.value == found.sentiment.text_value
    assert found.sentiment.value > 0
    assert (None, None, False) == (
        found.second_opinion,
        found.sentiment.text_method,
        found.sentiment.conflict,
    )


def test_stars_still_decide_and_a_contradiction_is_marked(store: Store, folder: Path) -> None:
    context = context_of({"path": str(folder), "use": "all"})
    review = english(1, "south " * 9 + "words", rating=Rating(stars=5, value=5), kind=Kind.REVIEW)

    (found,) = tagged(store, context, review)

    said = found.sentiment
    assert said is not None
    assert ("positive", 1.0, "stars") == (said.label, said.value, said.method)
    assert said.text_value is not None
    assert said.text_value < -0.5
    assert (method(context), True) == (said.text_method, said.conflict)


def test_only_texts_of_its_languages_and_kinds_reach_a_model(store: Store, folder: Path) -> None:
    context = context_of({"path": str(folder), "use": "all", "kinds": ["review"]})
    texts = (GLAD, "Jag älskar det här kaffet, det är verkligen underbart gott")

    found = tagged(
        store,
        context,
        english(1, texts[0], kind=Kind.REVIEW),
        english(2, texts[0], kind=Kind.POST),
        make_mention(3, text=texts[1], kind=Kind.REVIEW),
        english(4, "", kind=Kind.REVIEW),
    )

    decided = [one.sentiment.method.partition("/")[0] if one.sentiment else None for one in found]
    assert ["transformer-tiny", "words-en", "words-sv", None] == decided


def test_the_first_table_that_fits_is_asked(store: Store, folder: Path, tmp_path: Path) -> None:
    other = make_model(tmp_path / "other", labels=LABELS[::-1])
    context = context_of(
        {"path": str(other), "use": "all", "kinds": ["review"]},
        {"path": str(folder), "use": "all"},
    )

    found = tagged(
        store, context, english(1, GLAD, kind=Kind.REVIEW), english(2, GLAD, kind=Kind.POST)
    )

    decided = [one.sentiment.method.partition("/")[0] for one in found if one.sentiment]
    assert ["transformer-other", "transformer-tiny"] == decided


def test_an_unsure_model_is_asked_where_words_found_little(store: Store, folder: Path) -> None:
    context = context_of({"path": str(folder), "use": "unsure"})

    found = tagged(
        store,
        context,
        english(1, GLAD + " south" * 9),
        english(2, SOBER),
        english(3, SHORT),
        english(4, SHORT, rating=Rating(stars=1, value=1)),
    )

    before = [enrich(one, context).sentiment for one in found]
    assert ["words-en", "words-en", None, "stars"] == [
        one.method.partition("/")[0] if one else None for one in before
    ]
    asked = [one.sentiment.method.partition("/")[0] if one.sentiment else None for one in found]
    assert ["words-en", "transformer-tiny", "transformer-tiny", "stars"] == asked
    assert found[3].sentiment is not None
    assert method(context) == found[3].sentiment.text_method


@pytest.mark.parametrize(("band", "is_asked"), [(1.0, True), (0.01, False)])
def test_the_band_of_the_unsure_is_a_setting(
    store: Store, folder: Path, band: float, *, is_asked: bool
) -> None:
    context = context_of({"path": str(folder), "use": "unsure", "unsure_below": band})

    (found,) = tagged(store, context, english(1, "The coffee is good enough for me today"))

    assert found.sentiment is not None
    assert is_asked == found.sentiment.method.startswith("transformer")


def test_an_audit_changes_no_sentiment_and_keeps_the_answer_beside(
    store: Store, folder: Path
) -> None:
    context = context_of({"path": str(folder), "use": "audit", "share": 1.0})

    sad, unknown = tagged(store, context, english(1, SAD + " north" * 20), english(2, SHORT))

    assert sad.sentiment == enrich(sad, context).sentiment
    assert sad.sentiment is not None
    assert sad.second_opinion is not None
    assert ("negative", "positive") == (sad.sentiment.label, sad.second_opinion.label)
    assert (method(context), None) == (sad.second_opinion.method, unknown.sentiment)
    assert unknown.second_opinion is not None
    store.put([sad, unknown])
    assert [sad.id] == ids(store, "sentiment:negative second_opinion:positive")
    assert [] == ids(store, "sentiment:negative second_opinion:negative")
    assert {sad.id, unknown.id} == set(ids(store, f'second_opinion.method:"{method(context)}"'))


def ids(store: Store, query: str) -> list[str]:
    return [stored.id for stored in store.iterate(parse(query))]


def test_the_sample_of_an_audit_is_always_the_same_and_of_its_size() -> None:
    mentions = [make_mention(number) for number in range(4000)]
    chosen = [one for one in mentions if is_sampled(one, 0.1)]

    assert 320 <= len(chosen) <= 480
    assert chosen == [one for one in mentions if is_sampled(one, 0.1)]
    assert {one.id for one in chosen} < {one.id for one in mentions if is_sampled(one, 0.2)}
    assert mentions == [one for one in mentions if is_sampled(one, 1.0)]


def test_one_model_may_decide_and_another_audit_it(
    store: Store, folder: Path, tmp_path: Path
) -> None:
    contrary = make_model(tmp_path / "contrary", labels=LABELS[::-1])
    context = context_of(
        {"path": str(folder), "use": "all"}, {"path": str(contrary), "use": "audit", "share": 1}
    )

    (found,) = tagged(store, context, english(1, SOBER + " north" * 20))

    assert found.sentiment is not None
    assert found.second_opinion is not None
    assert ("positive", "negative") == (found.sentiment.label, found.second_opinion.label)


def test_what_depends_on_the_sentiment_is_found_out_again(store: Store, folder: Path) -> None:
    context = context_of({"path": str(folder), "use": "all"})
    thanks = english(1, "Thank you so much for the excellent service" + " south" * 30)
    without = dataclasses.replace(context, models=None)

    before, after = enrich(thanks, without), tagged(store, context, thanks)[0]

    assert before.intent is not None
    assert before.intent.label == "praise"
    assert after.intent is None
    assert ("Praised",) == before.brands
    assert ("Praised", "Angry") == after.brands


def test_a_sentiment_that_did_not_change_costs_nothing_more(
    store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = context_of({"path": str(folder), "use": "audit", "share": 1})
    again: list[Mention] = []

    def note(mention: Mention, _: Context) -> Mention:
        again.append(mention)
        return mention

    monkeypatch.setattr(rating, "AFTER_SENTIMENT", (note,))

    tagged(store, context, english(1, SAD), english(2, GLAD))

    assert again == []


def test_a_mention_that_is_seen_again_is_not_rated_again(
    store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = context_of(
        {"path": str(folder), "use": "all"}, {"path": str(folder), "use": "audit", "share": 1}
    )
    mentions = [english(1, SAD), english(2, GLAD, rating=Rating(stars=1, value=1))]
    first = tagged(store, context, *mentions)
    store.put(first)
    read = listen(monkeypatch)

    again = tagged(store, context, *mentions)

    assert first == again
    assert read == []
    assert [Outcome.UNCHANGED] * 2 == store.put(again)
    tagged(store, context, english(1, SAD + " edited"))
    assert [SAD + " edited"] * 2 == read


def test_an_answer_of_another_model_is_not_taken_over(
    store: Store, folder: Path, tmp_path: Path
) -> None:
    store.put(tagged(store, context_of({"path": str(folder), "use": "all"}), english(1, SAD)))
    other = context_of({"path": str(make_model(tmp_path / "other")), "use": "all"})

    (found,) = tagged(store, other, english(1, SAD))

    assert found.sentiment is not None
    assert method(other) == found.sentiment.method


def test_stars_that_came_later_leave_the_label_to_the_model_no_more(
    store: Store, folder: Path
) -> None:
    context = context_of({"path": str(folder), "use": "all"})
    starred = english(1, "north " * 9, rating=Rating(stars=1, value=1))
    store.put(tagged(store, context, starred))

    (found,) = tagged(store, context, dataclasses.replace(starred, rating=None))

    assert found.sentiment is not None
    assert Feeling.POSITIVE is found.sentiment.label


def test_texts_without_an_answer_keep_what_their_words_say(
    store: Store, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    context = context_of({"path": str(folder), "use": "all"})
    texts = (SAD + " boom", GLAD + " boom", GLAD + " north")

    with caplog.at_level(logging.WARNING):
        found = tagged(store, context, *(english(n, text) for n, text in enumerate(texts)))
        tagged(store, context, english(9, SAD + " boom"))

    decided = [one.sentiment.method.partition("/")[0] for one in found if one.sentiment]
    assert ["words-en", "words-en", "transformer-tiny"] == decided
    assert ["a transformer left texts to the words"] == [one.message for one in caplog.records]
    assert (
        "3 texts not rated by a transformer: failed; what their words and stars say stands",
    ) == context.notes


def test_when_the_time_is_up_nothing_fails(store: Store, folder: Path) -> None:
    context = context_of({"path": str(folder), "use": "all", "seconds_per_batch": 1e-9})
    mentions = [english(number, f"{SAD} {number}") for number in range(50)]

    found = tagged(store, context, *mentions)

    assert [enrich(one, context) for one in mentions] == found
    assert context.models is not None
    assert {"out of time": 50} == dict(context.models.unrated)


def test_texts_are_read_as_far_as_the_words_read_them(
    store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = context_of({"path": str(folder), "use": "all"})
    read = listen(monkeypatch)

    tagged(store, context, english(1, "good " * 20_000, title="A title"))

    assert ["A title\n" + ("good " * 20_000)[:5000]] == read


def test_the_same_text_is_rated_once(
    store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = context_of({"path": str(folder), "use": "all"})
    read = listen(monkeypatch)

    found = tagged(store, context, *(english(number, GLAD) for number in range(5)))

    assert [GLAD] == read
    assert [5, 1] == [len(found), len({one.sentiment for one in found})]


def test_tagging_anew_asks_about_what_is_stored(store: Store, folder: Path) -> None:
    plain = Context(keep_unmatched=True)
    mentions = [english(1, SAD + " north" * 20), english(2, GLAD + " south" * 20)]
    store.put([enrich(one, plain) for one in mentions])
    context = context_of({"path": str(folder), "use": "all"})

    counts = [retag(store, Everything(), context)[Outcome.CHANGED] for _ in range(2)]

    assert [2, 0] == counts
    assert [mentions[0].id] == ids(store, "sentiment:positive")


def test_an_opinion_that_nobody_asks_for_any_more_goes(store: Store, folder: Path) -> None:
    context = context_of({"path": str(folder), "use": "audit", "share": 1.0})
    store.put(tagged(store, context, english(1, SAD)))

    retag(store, Everything(), Context(keep_unmatched=True))

    assert ids(store, "second_opinion:*") == []


def test_an_opinion_in_an_imported_document_is_not_believed(store: Store) -> None:
    forged = Opinion(label=Feeling.POSITIVE, value=1.0, method="forged")

    (found,) = tagged(store, Context(keep_unmatched=True), english(1, SAD, second_opinion=forged))

    assert found.second_opinion is None
